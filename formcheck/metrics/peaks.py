"""Peaks of a view from behind: where a measure is greatest while a foot stands, and its excursion.

Instants are those of the mean course over all contacts of a foot, so that the scatter of single
frames is not taken for a peak.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from formcheck.landmarks import SIDES, Side
from formcheck.metrics.estimate import Estimate, of_feet
from formcheck.metrics.sampling import Sample, at_events
from formcheck.metrics.strides import Strides
from formcheck.types import Floats

# Shares of the contact at which the mean course is read.
SHARES = np.linspace(0.0, 1.0, 11)


def highest(strides: Strides, key: str, rows: Mapping[Side, Floats]) -> dict[str, Estimate]:
    """Measure the greatest value of each foot's (T,) row over stance.

    The rows are in degrees; a rolled camera adds its roll to one foot's.
    """
    at_s, each = {}, {}
    for side in SIDES:
        instants, course = _course(strides, side, rows[side])
        top = _first(np.argmax, course)
        at_s[side], each[side] = instants[top], course[top].each
    return of_feet(key, at_s, each, level_gain=1.0)


def excursions(strides: Strides, key: str, rows: Mapping[Side, Floats]) -> dict[str, Estimate]:
    """Measure the highest less the lowest value of each foot's (T,) row over stance."""
    at_s, each = {}, {}
    for side in SIDES:
        instants, course = _course(strides, side, rows[side])
        top, bottom = (_first(of, course) for of in (np.argmax, np.argmin))
        at_s[side], each[side] = instants[top], course[top].each - course[bottom].each
    return of_feet(key, at_s, each)


def _course(strides: Strides, side: Side, row: Floats) -> tuple[list[Floats], list[Sample]]:
    """Return the instants at each share of the contacts, and the row there."""
    instants = [strides.part_of_contact(side, float(part)) for part in SHARES]
    return instants, [at_events(strides.t_s, row, one) for one in instants]


def _first(of: Callable[[Floats], np.intp], course: list[Sample]) -> int:
    """Return where `of` finds the course's end; 0 where nothing of it is known."""
    mean = np.array([sample.mean for sample in course])
    known = np.flatnonzero(np.isfinite(mean))
    return int(known[of(mean[known])]) if known.size else 0
