"""When a number of two clips differs by more than noise: one rule for advice and comparison.

The limits stand in ``comparison/rules.toml``. A difference counts from its limit on, which
holds both clips' own spread and, unless the camera was left where it stood, what another day
and another camera place add.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

FAST_ROW: Final = 0
SLOW_ROW: Final = 1
SIDES: Final = ("_left", "_right")


@lru_cache(maxsize=1)
def limits_file() -> Mapping[str, Any]:
    """Return the limits as they stand in the file, read once from the package."""
    return tomllib.loads(files("formcheck").joinpath("comparison/rules.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def _rows() -> Mapping[str, Mapping[str, Any]]:
    return {row["key"]: row for row in limits_file()["metric"]}


def rate_row(rate_hz: float | None) -> int:
    """Return which of a limit's two numbers holds: that of fast clips, or of all others."""
    fast = rate_hz is not None and rate_hz >= limits_file()["limits"]["fast_hz"]
    return FAST_ROW if fast else SLOW_ROW


def added(other_day: float, same_session: float) -> float:
    """Return what another day and camera place add to a limit."""
    return math.sqrt(max(0.0, other_day**2 - same_session**2))


def added_by_another_day(key: str, rate_hz: float | None) -> float:
    """Return what another day and camera place add to a metric's limit, in its unit.

    Zero for a metric without a rule; suffixed keys share their base's.
    """
    for side in SIDES:
        key = key.removesuffix(side)
    row, found = rate_row(rate_hz), _rows().get(key)
    return 0.0 if found is None else added(found["other_day"][row], found["same_session"][row])


def threshold(first_half: float, second_half: float, added: float) -> float:
    """Return the size from which on a difference is real, from both half widths in quadrature.

    `added` is what another day and camera position bring.
    """
    return math.sqrt(first_half**2 + second_half**2 + added**2)
