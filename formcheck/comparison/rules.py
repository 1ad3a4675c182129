"""What counts as a difference: the numbers of ``rules.toml``."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, Literal

from formcheck.catalogue import Entry, split_side
from formcheck.changes import limits_file

Direction = Literal["up", "down", "same"]
RateClass = Literal["fast", "middle", "slow"]
OPPOSITE: Final[dict[Direction, Direction]] = {"up": "down", "down": "up", "same": "same"}


class Limits(Entry):
    """Tolerances that hold for all metrics."""

    possible_share: float
    speed_tolerance_mps: float
    incline_tolerance_pct: float
    height_tolerance_m: float
    fast_hz: float
    slow_hz: float
    moved_roll_deg: float
    moved_size_share: float
    sides_added_share: float


class Healthy(Entry):
    """What the legs of healthy runners differ by."""

    time_share: float
    deg: float
    pct: float
    cm: float

    def apart(self, unit: str, value: float) -> float:
        """Return the least difference of left and right that counts, in a metric's unit."""
        known = {"deg": self.deg, "%": self.pct, "cm": self.cm}
        return known.get(unit, abs(value) * self.time_share)


class Rules(Entry):
    """The whole file."""

    limits: Limits
    healthy: Healthy
    sides: dict[str, str]
    sides_limit: dict[str, float]
    with_speed: dict[str, tuple[Direction, ...]]


@lru_cache(maxsize=1)
def rules() -> Rules:
    """Return the rules, read once from the package."""
    return Rules.model_validate(limits_file())


def with_speed(key: str) -> tuple[Direction, ...]:
    """Return how a metric may go when the same runner runs faster; empty where it is not known."""
    return rules().with_speed.get(split_side(key)[0], ())


def rate_class(rate_hz: float) -> RateClass:
    """Return the class of a frame rate; landings of different classes are not compared."""
    limits = rules().limits
    if rate_hz >= limits.fast_hz:
        return "fast"
    return "middle" if rate_hz >= limits.slow_hz else "slow"


@lru_cache(maxsize=1)
def texts() -> dict[str, Any]:
    """Return the fixed wording of comparisons."""
    content = files("formcheck.comparison").joinpath("texts.toml").read_text(encoding="utf-8")
    return tomllib.loads(content)
