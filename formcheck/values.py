"""Turn what users type into numbers, or say in one sentence what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

from formcheck.cues import Past, read_baseline
from formcheck.notes import usage
from formcheck.types import CM_PER_INCH, METRES_PER_MILE

KM_PER_MILE: Final = METRES_PER_MILE / 1000
SPEED_UNITS_MPS: Final = {
    "km/h": 1 / 3.6,
    "kmh": 1 / 3.6,
    "kph": 1 / 3.6,
    "m/s": 1.0,
    "mps": 1.0,
    "mph": KM_PER_MILE / 3.6,
    "mi/h": KM_PER_MILE / 3.6,
}
PACE_UNITS_KM: Final = {"km": 1.0, "mi": KM_PER_MILE, "mile": KM_PER_MILE}
SLOWEST_MPS, FASTEST_MPS = 1.0, 12.0
SHORTEST_M, TALLEST_M = 0.8, 2.4
STEEPEST_PCT = 40.0
EARLIEST: Final = date(1980, 1, 1)
LONGEST_CLIP_S: Final = 86_400.0
MOST_PEOPLE: Final = 9
METRES_PER: Final = {
    "": 1.0,
    "m": 1.0,
    "cm": 0.01,
    "mm": 0.001,
    "in": CM_PER_INCH / 100,
    '"': CM_PER_INCH / 100,
}
# What may stand behind a number, by the option that it is of.
BEHIND: Final = {
    "incline": r"%",
    "pain-during": r"/\s*10",
    "settles-hours": r"h|hours?",
    "weeks": r"w|weeks?",
    "shoe-change-weeks": r"w|weeks?",
    "race-in-weeks": r"w|weeks?",
}
_NUMBER: Final = r"[+\-\u2212]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)"

Typed = str | float | None
"""A value as it is typed, or a number as programs send it."""


def parse_number(option: str, told: str | float, example: str = "3") -> float:
    """Return a number from text such as ``1.5``, ``1,5`` or, for the incline, ``1.5 %``."""
    behind = BEHIND.get(option, "")
    match = re.fullmatch(rf"({_NUMBER})\s*(?:{behind})?", _text(told), re.IGNORECASE)
    if match is None:
        raise usage("number_not_understood", option=option, told=told, example=example)
    return _decimal(match[1])


def parse_word(option: str, told: str, words: Iterable[str]) -> str:
    """Return one of these words, whatever the case of its letters."""
    known = tuple(words)
    word = told.strip().lower()
    if word not in known:
        raise usage("word_not_known", option=option, told=told, known=", ".join(known))
    return word


def parse_speed(text: str | None) -> float | None:
    """Return metres per second from a speed or a pace.

    Such as ``10km/h``, ``2.8 m/s``, ``6.2mph``, ``5:30/km``, ``8:51 min/mile``.
    """
    if text is None:
        return None
    speed_mps = _speed(re.sub(r"\s+", "", text.lower()))
    if speed_mps is None:
        raise usage("speed_not_understood", told=text)
    if not SLOWEST_MPS <= speed_mps <= FASTEST_MPS:
        raise usage("speed_impossible", told=text, speed_kmh=3.6 * speed_mps)
    return speed_mps


def _speed(text: str) -> float | None:
    match = re.fullmatch(r"([0-9]*[.,]?[0-9]+)([a-z/]+)", text)
    if match is not None and match[2] in SPEED_UNITS_MPS:
        return _decimal(match[1]) * SPEED_UNITS_MPS[match[2]]
    match = re.fullmatch(
        r"([0-9]{1,2})(?:[:'’]([0-5][0-9])[\"”]?|([.,][0-9]+))?(?:min)?/(km|miles?|mi)", text
    )
    if match is None:
        return None
    minutes = int(match[1]) + int(match[2] or 0) / 60 + _decimal(match[3] or "0")
    return 1000 * PACE_UNITS_KM[match[4].removesuffix("s")] / (60 * minutes) if minutes else 0.0


def parse_height(told: Typed) -> float | None:
    """Return the height in metres.

    From metres or centimetres with or without their unit (``1.76``, ``1,76 m``, ``176cm``), or from
    feet and inches (``5'10"``, ``5 ft 10 in``, ``70in``).
    """
    if told is None:
        return None
    metres = _height(_text(told).lower())
    if metres is None or not SHORTEST_M <= metres <= TALLEST_M:
        raise usage("height_impossible", told=told)
    return metres


def _height(text: str) -> float | None:
    match = re.fullmatch(rf"({_NUMBER})\s*(m|cm|mm|in|\"|)", text)
    if match is not None:
        number, unit = _decimal(match[1]), match[2]
        if not unit and SHORTEST_M * 100 <= number <= TALLEST_M * 100:
            unit = "cm"
        return number * METRES_PER[unit]
    match = re.fullmatch(
        r"([0-9])\s*(?:'|′|’|ft|feet|\s)\s*([0-9]{1,2}(?:[.,][0-9]+)?)?"
        r"\s*(?:\"|″|”|''|in|inch|inches)?",
        text,
    )
    if match is None:
        return None
    return (12 * int(match[1]) + _decimal(match[2] or "0")) * METRES_PER["in"]


def parse_incline(told: str | float) -> float:
    """Return the incline in per cent (100 times the tangent of the slope)."""
    percent = parse_number("incline", told, "1.5")
    if not -STEEPEST_PCT <= percent <= STEEPEST_PCT:
        raise usage("incline_impossible", told=told)
    return percent


def parse_time(option: str, told: Typed) -> float | None:
    """Return seconds from text such as ``5``, ``5.5 s``, ``0:05`` or ``1:02.5``."""
    if told is None:
        return None
    match = re.fullmatch(
        rf"(?:(?:([0-9]{{1,2}}):)?([0-9]{{1,2}}):([0-5]?[0-9](?:[.,][0-9]+)?)|({_NUMBER})\s*s?)",
        _text(told).lower(),
    )
    seconds = -1.0
    if match is not None:
        hours, minutes, rest, plain_s = match.groups()
        parts = (int(hours or 0), int(minutes or 0), _decimal(rest or plain_s))
        seconds = 3600 * parts[0] + 60 * parts[1] + parts[2]
    if not 0 <= seconds <= LONGEST_CLIP_S:
        raise usage("time_not_in_clip", option=option, told=told)
    return seconds


def parse_date(text: str | None) -> str | None:
    """Return an ISO date that is not in the future, wherever on Earth the clip was filmed."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise usage("date_not_understood", told=text) from None
    if not EARLIEST <= day <= date.today() + timedelta(days=1):
        raise usage("date_impossible", told=text)
    return day.isoformat()


def parse_slow_motion(told: str) -> float | None:
    """Return the slow-motion factor from text such as ``8``, ``2,5`` or ``8x``; None for auto."""
    text = told.strip().lower()
    if text == "auto":
        return None
    match = re.fullmatch(rf"({_NUMBER})\s*[x×]?", text)
    factor = _decimal(match[1]) if match is not None else 0.0
    if not 1.0 <= factor <= 64.0:
        raise usage("slow_motion_not_understood", told=told)
    return factor


def parse_rotation(told: str | float) -> int:
    """Return how far to turn the picture clockwise, in degrees: 0, 90, 180 or 270."""
    turn = int(parse_number("rotate", told, "90"))
    if turn not in (0, 90, 180, 270):
        raise usage("rotation_impossible", told=told)
    return turn


def parse_person(told: str | float) -> Literal["auto", "left", "right"] | int:
    """Return who is to be measured: ``auto``, ``left``, ``right`` or a number from the left."""
    text = _text(told).lower()
    if text.isdecimal() and 1 <= int(text) <= MOST_PEOPLE:
        return int(text)
    match text:
        case "auto" | "left" | "right":
            return text
    raise usage("person_not_understood", told=told, most=MOST_PEOPLE)


def _text(told: str | float) -> str:
    return told.strip() if isinstance(told, str) else f"{told:.12g}"


def _decimal(text: str) -> float:
    return float(text.replace(",", ".").replace("\u2212", "-"))


def from_text(name: str, kind: object, told: str) -> object:
    """Return the value of a field of this kind from what was typed for it.

    Parameters
    ----------
    name : str
        The option's name without its dashes.
    kind : type
        A number, one of some words (``Literal``), or text, each perhaps or None.

    Raises
    ------
    UsageError
        For what cannot be read so.
    """
    words = words_of(kind)
    if words:
        return parse_word(name, told, words)
    return parse_number(name, told) if _kinds(kind) in ([float], [int]) else told


def words_of(kind: object) -> list[str]:
    """Return the words that a field of this kind may be; none where it is no ``Literal``."""
    return [word for one in _kinds(kind) if get_origin(one) is Literal for word in get_args(one)]


def _kinds(kind: object) -> list[object]:
    """Return the parts of a union but None."""
    parts = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    return [part for part in parts if part is not NoneType]


def parse_bouts(text: str | None) -> tuple[float, float] | None:
    """Return minutes on and off from text such as ``2:1``."""
    if text is None:
        return None
    match = re.fullmatch(r"\s*([0-9.]+)\s*:\s*([0-9.]+)\s*", text)
    try:
        if match is not None:
            return float(match[1]), float(match[2])
    except ValueError:
        pass
    raise usage("bouts_not_understood", told=text)


def load_json(path: Path) -> dict[str, Any]:
    """Load a stored report; a folder stands for the report in it."""
    file = path / "report.json" if path.is_dir() else path
    try:
        content = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise usage("no_report", path=path) from None
    if not isinstance(content, dict):
        raise usage("report_no_object", path=path)
    return content


def files_behind(baselines: Iterable[str]) -> list[Path]:
    """Return the files of baselines that are earlier reports."""
    paths = (Path(baseline) for baseline in baselines)
    return [path / "report.json" if path.is_dir() else path for path in paths]


def parse_baseline(texts: str | Sequence[str] | None) -> Past | None:
    """Return the baseline from cadences in steps per minute or earlier reports."""
    return read_baseline(load_baseline([texts] if isinstance(texts, str) else texts))


def load_baseline(texts: Sequence[str] | None) -> list[dict[str, Any] | float] | None:
    """Return what was given as baselines: numbers, and reports as plain values."""
    return [_one_baseline(text) for text in texts] if texts else None


def _one_baseline(text: str) -> dict[str, Any] | float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return load_json(Path(text))
