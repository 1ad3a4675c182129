"""Turn what users type into numbers, or say in one sentence what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from formcheck.cues import Past, read_baseline
from formcheck.errors import UsageError

SPEED_UNITS_MPS = {
    "km/h": 1 / 3.6,
    "kmh": 1 / 3.6,
    "kph": 1 / 3.6,
    "m/s": 1.0,
    "mps": 1.0,
    "mph": 0.44704,
}
SLOWEST_MPS, FASTEST_MPS = 1.0, 12.0
SHORTEST_M, TALLEST_M = 0.8, 2.4
STEEPEST_PCT = 40.0

_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def parse_speed(text: str | None) -> float | None:
    """Return metres per second from text such as ``10km/h``, ``2.8m/s`` or ``6.2mph``."""
    if text is None:
        return None
    match = re.fullmatch(r"\s*([0-9]*[.,]?[0-9]+)\s*([a-zA-Z/]+)\s*", text)
    if match is None or match[2].lower() not in SPEED_UNITS_MPS:
        raise UsageError(
            f"--speed {text!r} is not understood: give a number with its unit, "
            "such as 10km/h, 2.8m/s or 6.2mph."
        )
    speed_mps = float(match[1].replace(",", ".")) * SPEED_UNITS_MPS[match[2].lower()]
    if not SLOWEST_MPS <= speed_mps <= FASTEST_MPS:
        raise UsageError(
            f"--speed {text} is {3.6 * speed_mps:.1f} km/h, which is no running speed: "
            "check the number and its unit."
        )
    return speed_mps


def parse_height(height_m: float | None) -> float | None:
    """Return the height in metres; 176 is taken for centimetres."""
    if height_m is None:
        return None
    metres = height_m / 100 if SHORTEST_M * 100 <= height_m <= TALLEST_M * 100 else height_m
    if not SHORTEST_M <= metres <= TALLEST_M:
        raise UsageError(f"--height {height_m:g} is no body height: give metres, such as 1.76.")
    return metres


def parse_incline(percent: float) -> float:
    """Return the incline in per cent (100 times the tangent of the slope)."""
    if not -STEEPEST_PCT <= percent <= STEEPEST_PCT:
        raise UsageError(
            f"--incline {percent:g} is no treadmill incline: give per cent, such as 1.5."
        )
    return percent


def parse_date(text: str | None) -> str | None:
    """Return an ISO date."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--date {text!r} is not a date: give YYYY-MM-DD.") from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise UsageError(f"--date {text!r} is no day on which a clip was filmed: check the year.")
    return day.isoformat()


def parse_slow_motion(text: str) -> float | None:
    """Return the slow-motion factor, None for ``auto``."""
    if text.strip().lower() == "auto":
        return None
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 1.0 <= factor <= 64.0:
        raise UsageError(
            f"--slow-motion {text!r} is not understood: give auto or a factor such as 8."
        )
    return factor


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
    raise UsageError(f"--bouts {text!r} is not understood: give minutes on and off, such as 2:1.")


def load_json(path: Path) -> dict[str, Any]:
    """Load a stored report; a folder stands for the report in it."""
    file = path / "report.json" if path.is_dir() else path
    try:
        content = json.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError):
        raise UsageError(
            f"{path} is not a formcheck report: give a report.json or the folder that holds it."
        ) from None
    if not isinstance(content, dict):
        raise UsageError(f"{path} is not a formcheck report: it does not hold one JSON object.")
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
        return float(text)
    except ValueError:
        return load_json(Path(text))
