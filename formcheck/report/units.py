"""A report as it is read in feet, inches and miles; what is stored and exported stays metric."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from formcheck.catalogue import MetricSpec
from formcheck.report.schema import Curve, MetricRecord, Report
from formcheck.report.words import NO_BREAK, pace_per_mile
from formcheck.types import CM_PER_INCH, METRES_PER_MILE, Units

_INCHES_PER_FOOT: Final = 12
_KMH_PER_MPS: Final = 3.6
# How many inches one of a metric's own unit is.
_INCHES: Final[Mapping[str, float]] = {"cm": 1 / CM_PER_INCH, "m": 100 / CM_PER_INCH}
_DECIMALS: Final = 1
_SCALED: Final = (
    "value",
    "low",
    "high",
    "repeat_low",
    "repeat_high",
    "sd",
    "first",
    "last",
    "least",
)
_ENDS: Final = ("axis", "possible", "same_session", "other_day")
_WORDS: Final = ("meaning", "method", "definition")

_NUMBER: Final = r"[−-]?\d+(?:\.\d+)?"
_RANGE: Final = rf"(?P<first>{_NUMBER})(?:(?P<between> to | and |–)(?P<last>{_NUMBER}))?"
_GAP: Final = r"[ \N{NO-BREAK SPACE}]"
_BRACKET: Final = re.compile(rf"{_GAP}\({_NUMBER}{_GAP}m/s\)")


def factor_of(info: MetricSpec, units: Units) -> float:
    """Return how many of the shown unit one of a metric's stored unit is."""
    return _INCHES.get(info.unit, 1.0) if units == "imperial" else 1.0


def spec_in(info: MetricSpec, units: Units) -> MetricSpec:
    """Return what is known of a metric with its limits and sentences in other units."""
    if units == "metric":
        return info
    changed: dict[str, Any] = {name: text_in(getattr(info, name), units) for name in _WORDS}
    changed["context"] = tuple(
        note.model_copy(update={"text": text_in(note.text, units)}) for note in info.context
    )
    by = factor_of(info, units)
    if by != 1.0:
        low, high = info.axis
        changed |= {name: tuple(by * end for end in getattr(info, name)) for name in _ENDS}
        changed["axis"] = (float(math.floor(by * low)), float(math.ceil(by * high)))
        changed |= {"unit": "in", "unit_text": None, "decimals": _DECIMALS}
        if info.usual is not None:
            ends = {"low": by * info.usual.low, "high": by * info.usual.high}
            changed["usual"] = info.usual.model_copy(update=ends)
    return info.model_copy(update=changed)


def report_in(report: Report, units: Units) -> Report:
    """Return a report to be read: its lengths, speeds and sentences in other units.

    It is for showing alone: programs read the metric one.
    """
    if units == "metric":
        return report
    told = {
        name: _texts(getattr(report, name), lambda text: text_in(text, units))
        for name in ("cues", "advice", "quality")
    }
    return report.model_copy(
        update={
            **told,
            "metrics": {key: _record_in(one) for key, one in report.metrics.items()},
            "curves": {key: _curve_in(one) for key, one in report.curves.items()},
        }
    )


def _record_in(record: MetricRecord) -> MetricRecord:
    by = _INCHES.get(record.unit)
    if by is None:
        return record
    told = {"unit": "in", **_scaled(record, by)}
    for name in ("uncorrected", "drift"):
        part = getattr(record, name)
        if part is not None:
            told[name] = part.model_copy(update=_scaled(part, by))
    return record.model_copy(update=told)


def _scaled(record: Any, by: float) -> dict[str, float]:  # noqa: ANN401
    found = ((name, getattr(record, name, None)) for name in _SCALED)
    return {name: by * value for name, value in found if value is not None}


def _curve_in(curve: Curve) -> Curve:
    by = _INCHES.get(curve.unit)
    if by is None:
        return curve

    def scaled(values: tuple[float | None, ...]) -> tuple[float | None, ...]:
        return tuple(None if value is None else by * value for value in values)

    return curve.model_copy(
        update={"unit": "in", "mean": scaled(curve.mean), "sd": scaled(curve.sd)}
    )


def _texts(part: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401
    """Return a part of a report with every sentence in it changed; single words have no numbers."""
    if isinstance(part, str):
        return change(part) if " " in part or NO_BREAK in part else part
    if isinstance(part, tuple):
        return tuple(_texts(one, change) for one in part)
    if isinstance(part, Mapping):
        return {key: _texts(one, change) for key, one in part.items()}
    if hasattr(part, "model_copy"):
        names = type(part).model_fields
        return part.model_copy(update={name: _texts(getattr(part, name), change) for name in names})
    return part


def text_in(text: str, units: Units) -> str:
    """Return a sentence with lengths and speeds in other units; other numbers stay.

    Centimetres become inches, metres feet, kilometres miles, and speeds a pace per mile.
    """
    if units == "metric":
        return text
    text = _BRACKET.sub("", text)
    for pattern, convert in _RULES:
        text = pattern.sub(convert, text)
    return text


def _clause(by: float, unit: str) -> Callable[[re.Match[str]], str]:
    """Convert every number of a clause in which only one is followed by its unit."""

    def convert(match: re.Match[str]) -> str:
        done = re.sub(_NUMBER, lambda one: _converted(one[0], by), match[0])
        return re.sub(rf"(?<={_GAP})(cm|m)(?!\w)", unit, done)

    return convert


def _length(by: float, unit: str) -> Callable[[re.Match[str]], str]:
    def convert(match: re.Match[str]) -> str:
        first = _converted(match["first"], by)
        last = match["last"]
        span = first if last is None else f"{first}{match['between']}{_converted(last, by)}"
        return f"{span}{match['gap']}{unit}"

    return convert


def _converted(figure: str, by: float) -> str:
    value = by * float(figure.replace("−", "-"))
    text = f"{abs(value):.1f}" if "." in figure else f"{abs(value):.1f}".removesuffix(".0")
    return f"−{text}" if value < 0 and float(text) != 0 else text


def _speed(by: float) -> Callable[[re.Match[str]], str]:
    def convert(match: re.Match[str]) -> str:
        first, last = match["first"], match["last"]
        if not float(first.replace("−", "-")) > 0:
            return match[0]
        paces = [pace_per_mile(by * float(one)) for one in (first, last) if one is not None]
        if last is None:
            return paces[0]
        return f"{paces[0].removesuffix(f'{NO_BREAK}min/mile')}{match['between']}{paces[1]}"

    return convert


def _rule(unit: str, convert: Callable[[re.Match[str]], str]) -> tuple[re.Pattern[str], Any]:
    return re.compile(rf"(?<![\w.]){_RANGE}(?P<gap>{_GAP}?){unit}(?![\w/])"), convert


def _clauses(unit: str) -> tuple[re.Pattern[str], ...]:
    """Return how advice words a value with its range, and a goal with what is noise."""
    return (
        re.compile(rf"{_NUMBER} {unit} \(between {_NUMBER} and {_NUMBER}\)"),
        re.compile(
            rf"from {_NUMBER} to (?:between {_NUMBER} and )?{_NUMBER} {unit}(?![\w/])"
            rf"(?:, changes under {_NUMBER} are within measurement error)?"
        ),
    )


_RULES: Final = (
    *((one, _clause(1 / CM_PER_INCH, "in")) for one in _clauses("cm")),
    *((one, _clause(100 / CM_PER_INCH, "in")) for one in _clauses("m")),
    (re.compile(rf"{_RANGE}{_GAP}cm \((?P<said>[^()]* (?:inch|inches|in))\)"), r"\g<said>"),
    _rule("cm", _length(1 / CM_PER_INCH, "in")),
    _rule("km/h", _speed(1 / _KMH_PER_MPS)),
    _rule("m/s", _speed(1.0)),
    _rule("km", _length(1000 / METRES_PER_MILE, "miles")),
    _rule("m", _length(100 / CM_PER_INCH / _INCHES_PER_FOOT, "ft")),
)
