"""The cadence target: a share of the runner's own baseline, under a ceiling that does not climb."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from formcheck.cues.evidence import is_walking, usable
from formcheck.cues.guide.shapes import Bouts, CadenceRule
from formcheck.errors import UsageError
from formcheck.types import Metric, Runner

Obstacle = Literal["unknown", "not_easy", "ceiling", "quick"]
Place = Literal["below", "reached", "above"]

ROUNDING_SPM = 1e-6


@dataclass(frozen=True, slots=True)
class CadenceState:
    """What is known of the runner's cadence, and the target if there can be one.

    Attributes
    ----------
    baseline_spm, first_baseline_spm : float or None
        The baseline the target is a share of; the earliest one, which sets the ceiling.
    target_spm : (int, int) or None
        Steps per minute, whole numbers.
    obstacle : str or None
        Why there is no target.
    given : bool
        The baseline does not come from this clip.
    now_spm : float or None
        The clip's own cadence, if it is an easy run.
    place : {"below", "reached", "above"} or None
        Where the clip stands against the target that an earlier baseline gives; "above" is so far
        above that the runner is asked to come back.
    """

    baseline_spm: float | None = None
    first_baseline_spm: float | None = None
    target_spm: tuple[int, int] | None = None
    obstacle: Obstacle | None = None
    given: bool = False
    now_spm: float | None = None
    place: Place | None = None

    @property
    def raised_percent(self) -> float | None:
        """How far the clip's cadence lies above the first baseline; None where not known."""
        if self.now_spm is None or self.first_baseline_spm is None:
            return None
        return 100.0 * (self.now_spm / self.first_baseline_spm - 1.0)


def cadence_state(
    metrics: Mapping[str, Metric],
    runner: Runner,
    *,
    baseline_spm: float | None,
    first_baseline_spm: float | None,
    rule: CadenceRule,
    min_strides: int,
) -> CadenceState:
    """Work out baseline and target.

    Without `baseline_spm` the clip's own cadence is the baseline, if it was an easy run.

    Raises
    ------
    UsageError
        When a baseline is no possible cadence.
    """
    for given in (baseline_spm, first_baseline_spm):
        check_baseline(given, rule)
    measured = metrics.get("cadence_spm")
    seen = measured.value if measured is not None and usable(measured, min_strides) else None
    now = seen if is_easy(runner, metrics, rule) else None
    baseline = baseline_spm if baseline_spm is not None else now
    if baseline is None:
        return CadenceState(obstacle="unknown" if seen is None else "not_easy")
    is_given = baseline_spm is not None
    first = baseline if first_baseline_spm is None else first_baseline_spm
    known = CadenceState(baseline, first, given=is_given, now_spm=now)
    if first > rule.quickest_start_spm:
        return _without(known, "quick")
    target = cadence_target(baseline, first, rule)
    if target is None:
        return _without(known, "ceiling")
    place = _place(now, target, first, rule) if is_given and now is not None else None
    return CadenceState(baseline, first, target, None, is_given, now, place)


def _without(known: CadenceState, obstacle: Obstacle) -> CadenceState:
    return CadenceState(
        known.baseline_spm,
        known.first_baseline_spm,
        obstacle=obstacle,
        given=known.given,
        now_spm=known.now_spm,
    )


def _place(now_spm: float, target: tuple[int, int], first_spm: float, rule: CadenceRule) -> Place:
    ceiling = first_spm * (1.0 + rule.ceiling_percent / 100.0)
    if now_spm > min(target[1] + rule.above_spm, max(ceiling, target[1] + 1.0)):
        return "above"
    return "reached" if round(now_spm) >= target[0] else "below"


def is_easy(runner: Runner, metrics: Mapping[str, Metric], rule: CadenceRule) -> bool:
    """Return whether a clip can give an easy cadence: no other pace, level, slow, and running."""
    speed = runner.belt_speed_mps
    return (
        runner.pace in (None, "easy")
        and abs(runner.incline_pct) < rule.climb_percent
        and (speed is None or speed <= rule.easy_max_mps)
        and not is_walking(metrics)
    )


def cadence_target(
    baseline_spm: float, first_baseline_spm: float, rule: CadenceRule
) -> tuple[int, int] | None:
    """Return the target in whole steps per minute, or None when the ceiling leaves no room."""
    share = 1.0 + rule.ceiling_percent / 100.0
    ceiling = math.floor(first_baseline_spm * share + ROUNDING_SPM)
    if ceiling - baseline_spm < rule.least_raise_spm:
        return None
    low, high = (round(baseline_spm * (1.0 + p / 100.0)) for p in rule.raise_percent)
    return min(low, ceiling), min(high, ceiling)


def check_baseline(spm: float | None, rule: CadenceRule) -> None:
    """Check that a baseline can be a running cadence.

    Raises
    ------
    UsageError
        When it cannot.
    """
    low, high = rule.possible_spm
    if spm is not None and not low <= spm <= high:
        raise UsageError(
            f"A baseline cadence of {spm:g} steps a minute is impossible; "
            f"give both feet's steps, between {low:g} and {high:g}."
        )


def most_careful(bouts: Iterable[Bouts], wanted: Iterable[str | None]) -> Bouts:
    """Return, of the wanted ways of practising, the one with the least time on the beat."""
    names = set(wanted)
    return min(
        (row for row in bouts if row.id in names),
        key=lambda row: row.on_min / (row.on_min + row.off_min),
    )
