"""The cadence target: a share of the runner's own baseline, under a ceiling that does not climb."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from formcheck.cues.model import Bouts, CadenceRule
from formcheck.cues.signs import usable
from formcheck.errors import UsageError
from formcheck.types import Metric, Runner

Obstacle = Literal["unknown", "not_easy", "ceiling"]

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
    reached : bool
        The clip is already at the target that an earlier baseline gives.
    """

    baseline_spm: float | None = None
    first_baseline_spm: float | None = None
    target_spm: tuple[int, int] | None = None
    obstacle: Obstacle | None = None
    given: bool = False
    reached: bool = False


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

    Without `baseline_spm` the clip's own cadence is the baseline, if it was run at an easy pace.

    Raises
    ------
    UsageError
        When a baseline is no possible cadence.
    """
    for given in (baseline_spm, first_baseline_spm):
        check_baseline(given, rule)
    measured = metrics.get("cadence_spm")
    now = measured.value if measured is not None and usable(measured, min_strides) else None
    easy = runner.pace in (None, "easy")
    baseline = baseline_spm if baseline_spm is not None else (now if easy else None)
    if baseline is None:
        return CadenceState(obstacle="unknown" if now is None else "not_easy")
    given = baseline_spm is not None
    first = baseline if first_baseline_spm is None else first_baseline_spm
    target = cadence_target(baseline, first, rule)
    if target is None:
        return CadenceState(baseline, first, obstacle="ceiling", given=given)
    reached = given and easy and now is not None and round(now) >= target[0]
    return CadenceState(baseline, first, target, given=given, reached=reached)


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
