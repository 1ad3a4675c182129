"""What counts as a difference: the numbers of ``rules.toml``."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from formcheck.changes import added, limits_file, rate_row
from formcheck.report.info import split_side

Direction = Literal["up", "down", "same"]
RateClass = Literal["fast", "middle", "slow"]
OPPOSITE: Final[dict[Direction, Direction]] = {"up": "down", "down": "up", "same": "same"}


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(_Entry):
    """Tolerances that hold for all metrics."""

    possible_share: float
    speed_tolerance_mps: float
    incline_tolerance_pct: float
    height_tolerance_m: float
    fast_hz: float
    slow_hz: float
    moved_roll_deg: float
    moved_size_share: float


class MetricRule(_Entry):
    """Smallest changes worth telling of one metric, and what speed does to it."""

    key: str
    family: str
    same_session: tuple[float, float]
    other_day: tuple[float, float]
    with_speed: tuple[Direction, ...] = ()
    landing: bool = False

    def added(self, rate_hz: float) -> float:
        """Return what another day and camera position add to a limit, in the metric's unit."""
        row = self._row(rate_hz)
        return added(self.other_day[row], self.same_session[row])

    def worth(self, rate_hz: float) -> float:
        """Return the smallest change that is worth telling even between clips of one session."""
        return self.same_session[self._row(rate_hz)]

    def _row(self, rate_hz: float) -> int:
        return rate_row(rate_hz)


class Rules(_Entry):
    """The whole file."""

    limits: Limits
    metrics: tuple[MetricRule, ...] = Field(alias="metric")


@lru_cache(maxsize=1)
def rules() -> Rules:
    """Return the rules, read once from the package."""
    return Rules.model_validate(limits_file())


@lru_cache(maxsize=1)
def _by_key() -> dict[str, MetricRule]:
    return {rule.key: rule for rule in rules().metrics}


def rule_of(key: str) -> MetricRule | None:
    """Return a metric's rule (suffixed keys share their base's), None for a metric without one."""
    return _by_key().get(split_side(key)[0])


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
