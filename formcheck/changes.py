"""When a number of two clips differs by more than noise: one rule for advice and comparison.

Each metric's limits stand in ``metrics/catalogue.toml``. A difference counts from its limit on,
which holds both clips' own spread and, unless the camera was left where it stood, what another
day and another camera place add.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from formcheck.catalogue import spec_of

FAST_ROW: Final = 0
SLOW_ROW: Final = 1


@lru_cache(maxsize=1)
def limits_file() -> Mapping[str, Any]:
    """Return ``comparison/rules.toml`` as it stands, read once from the package."""
    return tomllib.loads(files("formcheck").joinpath("comparison/rules.toml").read_text("utf-8"))


def rate_row(rate_hz: float | None) -> int:
    """Return which of a limit's two numbers holds: that of fast clips, or of all others."""
    fast = rate_hz is not None and rate_hz >= limits_file()["limits"]["fast_hz"]
    return FAST_ROW if fast else SLOW_ROW


def added(other_day: float, same_session: float) -> float:
    """Return what another day and camera place add to a limit."""
    return math.sqrt(max(0.0, other_day**2 - same_session**2))


def added_by_another_day(key: str, rate_hz: float | None) -> float:
    """Return what another day and camera place add to a metric's limit, in its unit.

    Zero for a metric that is not known; suffixed keys share their base's.
    """
    row, known = rate_row(rate_hz), spec_of(key)
    return 0.0 if known is None else added(known.other_day[row], known.same_session[row])


def worth(key: str, rate_hz: float | None) -> float:
    """Return the smallest change worth telling of even between clips of one session."""
    known = spec_of(key)
    return 0.0 if known is None else known.same_session[rate_row(rate_hz)]


def threshold(first_half: float, second_half: float, added: float) -> float:
    """Return the size from which on a difference is real, from both half widths in quadrature.

    `added` is what another day and camera position bring.
    """
    return math.sqrt(first_half**2 + second_half**2 + added**2)
