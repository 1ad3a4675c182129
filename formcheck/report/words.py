"""Numbers in plain words: amounts with their unit, ranges, sides, and what a category is called."""

from __future__ import annotations

import re
from typing import Final

from formcheck.catalogue import MetricSpec
from formcheck.report.schema import MetricRecord
from formcheck.types import CM_PER_INCH, METRES_PER_MILE, Units

NO_BREAK: Final = "\N{NO-BREAK SPACE}"
MINUS: Final = "\N{MINUS SIGN}"
_TIGHT_UNIT: Final = "°"
_IN_BRACKETS: Final = re.compile(r" \(--[^)]*\)")
_FROM_TO: Final = re.compile(r"a part with --from and --to")
_OPTION: Final = re.compile(r"--([a-z][a-z-]*)")
_UNITS: Final = {"deg": _TIGHT_UNIT, "1": ""}


def number(value: float, decimals: int) -> str:
    """Return a number with fixed decimals and a true minus sign; zero has no sign."""
    text = f"{abs(value):.{decimals}f}"
    return f"{MINUS}{text}" if value < 0 and float(text) != 0 else text


def with_unit(figure: str, unit: str) -> str:
    """Return a number's text followed by a unit."""
    return figure + unit if unit in (_TIGHT_UNIT, "") else f"{figure}{NO_BREAK}{unit}"


def direction(value: float, info: MetricSpec) -> str:
    """Return the word for the value's sign; empty where it has none or the value is near zero."""
    if near_zero(value, info):
        return ""
    return info.positive if value > 0 else info.negative


def near_zero(value: float, info: MetricSpec) -> bool:
    """Return whether a value is nearer to zero than half of what two clips of a session can tell.

    To call it one side's or the other's would say more than was seen.
    """
    return abs(value) < info.same_session[0] / 2


def figure(value: float, info: MetricSpec) -> str:
    """Return the number alone, its sign left to `direction` where that has a word for it."""
    named = bool(direction(value, info))
    return number(abs(value) if named else value, info.decimals)


def unit(info: MetricSpec) -> str:
    """Return the unit as it is printed after a value."""
    return info.unit_text or _UNITS.get(info.unit, info.unit)


def amount(value: float, info: MetricSpec) -> str:
    """Return a value in words, e.g. ``4.0° forward`` or ``163.9 steps/min``."""
    return f"{with_unit(figure(value, info), unit(info))} {direction(value, info)}".rstrip()


def between(low: float, high: float, info: MetricSpec, value: float | None = None) -> str:
    """Return a range in words, e.g. ``4.0 to 6.5°``.

    Where signs have words and the ends differ in sign, they count in the value's own direction:
    ``−1.9 to 6.5°`` beside ``2.3° backward`` reaches from 1.9° forward to 6.5° backward. Beside a
    value near zero, whose sign has no word, both ends keep theirs.
    """
    short = _UNITS.get(info.unit, "" if "/" in info.unit else info.unit)
    unnamed = value is not None and near_zero(value, info)
    if info.positive and not unnamed:
        if low >= 0 or high <= 0:
            low, high = sorted((abs(low), abs(high)))
        elif value is not None and value < 0:
            low, high = -high, -low
    ends = number(low, info.decimals), number(high, info.decimals)
    return f"{ends[0]} to {with_unit(ends[1], short)}"


def category(record: MetricRecord, info: MetricSpec) -> str:
    """Return the words for a value shown in words only, hedged where its range leaves them."""
    if record.value is None:
        return ""
    best = _wording(record.value, info)
    ends = (end for end in (record.low, record.high) if end is not None)
    sure = all(_wording(end, info) == best for end in ends)
    return best if sure else f"Probably {best[0].lower()}{best[1:]}"


def charted(record: MetricRecord, info: MetricSpec) -> str:
    """Return the words of a value shown in words only with the number that a clinic charts."""
    named = category(record, info)
    return f"{named}, {amount(record.value, info)}" if record.value is not None else named


def _wording(value: float, info: MetricSpec) -> str:
    return next(word.text for word in info.words if value < word.below)


def duration(seconds: float, decimals: int = 1) -> str:
    """Return seconds as they are read, e.g. ``8.0 s``."""
    return f"{number(seconds, decimals)}{NO_BREAK}s"


def speed(metres_per_second: float, units: Units = "metric") -> str:
    """Return a belt speed as treadmills and papers tell it, or as a pace per mile and in mph."""
    if units == "imperial":
        mph = number(3600 * metres_per_second / METRES_PER_MILE, 1)
        return f"{pace_per_mile(metres_per_second)} ({mph}{NO_BREAK}mph)"
    km_h = number(3.6 * metres_per_second, 1)
    return f"{km_h}{NO_BREAK}km/h ({number(metres_per_second, 2)}{NO_BREAK}m/s)"


def pace_per_mile(metres_per_second: float) -> str:
    """Return a speed as a runner's pace, e.g. ``9:40 min/mile``."""
    minutes, seconds = divmod(round(METRES_PER_MILE / metres_per_second), 60)
    return f"{minutes}:{seconds:02d}{NO_BREAK}min/mile"


def height(metres: float, units: Units = "metric") -> str:
    """Return a person's height, e.g. ``1.76 m`` or ``5 ft 9 in``."""
    if units == "metric":
        return f"{metres:.2f} m"
    feet, inches = divmod(round(100 * metres / CM_PER_INCH), 12)
    return f"{feet} ft {inches} in"


def without_options(text: str) -> str:
    """Return a sentence for readers of a page, who type no commands: without option names."""
    text = _IN_BRACKETS.sub("", text)
    text = _FROM_TO.sub("a part of the clip", text)
    return _OPTION.sub(lambda match: match[1].replace("-", " "), text)


def counted(n: int, what: str) -> str:
    """Return a count with its noun, e.g. ``1 step`` or ``19 steps``."""
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
