"""The numbers that are shown: the metrics' own samples, and the trunk's lean frame by frame.

A reported metric may differ from the plain mean of its per-frame measure, because known offsets of
the landmarks were taken out; the lean that is drawn carries the same correction. A metric that is
withheld gives no number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck.annotate.figure import middle_of
from formcheck.kernel import ROW
from formcheck.landmarks import Side
from formcheck.types import CM_PER_INCH, Analysis, Floats, Metric

_KNEE: Final = "knee_fppa_midstance_deg"
_LANDING: Final = {"landing_ankle_hip_cm": "cm", "landing_ankle_hip_pct_leg": "% of leg"}


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """One value at each of a number of moments.

    Attributes
    ----------
    t_s : (E,) float
        When, increasing.
    value : (E,) float
        In `unit`; NaN where it is not known or withheld.
    unit : str
        As printed after the number.
    """

    t_s: Floats
    value: Floats
    unit: str

    def known(self) -> Readings:
        """Return the moments whose value is known."""
        keep = np.isfinite(self.value)
        return Readings(self.t_s[keep], self.value[keep], self.unit)


def measured(analysis: Analysis, key: str) -> Metric | None:
    """Return a metric if it was measured, None if it is missing or withheld."""
    metric = analysis.metrics.get(key)
    return metric if metric and metric.status == "measured" and metric.value is not None else None


def in_line(values: Floats, metric: Metric | None) -> Floats:
    """Return values shifted so that their mean is the metric's value; all NaN without a metric."""
    if metric is None or metric.value is None or not np.isfinite(values).any():
        return np.full(values.shape, np.nan)
    return values + (metric.value - np.nanmean(values))


def lean_now(analysis: Analysis) -> Floats:
    """Return the trunk's lean (T,) in degrees, forward positive; NaN where withheld."""
    trunk = analysis.gait.measures[ROW["trunk_deg"]]
    return in_line(trunk, measured(analysis, "trunk_lean_deg"))


def stances(analysis: Analysis, side: Side) -> Floats:
    """Return (E, 2) initial contacts and midstances of a foot in seconds, where both are known."""
    gait = analysis.gait
    times = [
        (c.initial_contact_s, middle_of(c, gait.stride_time_s))
        for c in gait.contacts
        if c.side == side
    ]
    known = np.array(times, dtype=float).reshape(-1, 2)
    return np.asarray(known[np.isfinite(known).all(axis=1)])


def landings(analysis: Analysis) -> Readings:
    """Return how far ahead of the hips the near foot lands, in cm, else in % of leg length."""
    for key, unit in _LANDING.items():
        if (metric := measured(analysis, key)) is not None:
            return _in_units(_of_samples(metric, unit), analysis)
    return _nothing("")


def knee_angles(analysis: Analysis, side: Side) -> Readings:
    """Return the frontal knee angle at a leg's midstances in degrees, knee inward positive.

    Where too few steps tell that leg's mean, single values are shown all the same; where left and
    right or the camera's place are in doubt, none is.
    """
    metric = analysis.metrics.get(f"{_KNEE}_{side}")
    if metric is None:
        return _nothing("°")
    few = metric.status == "too_few_strides" and measured(analysis, _KNEE) is not None
    return _of_samples(metric, "°") if few or metric.status == "measured" else _nothing("°")


def step_widths(analysis: Analysis) -> Readings:
    """Return the sideways distance between the ankles of successive midstances in cm."""
    metric = measured(analysis, "step_width_cm")
    return _nothing("cm") if metric is None else _in_units(_of_samples(metric, "cm"), analysis)


def _of_samples(metric: Metric, unit: str) -> Readings:
    """Return a metric's single values, at known times."""
    samples = metric.samples
    if samples is None:
        return _nothing(unit)
    shown = np.isfinite(samples.t_s)
    return Readings(samples.t_s[shown], samples.value[shown], unit)


def _in_units(readings: Readings, analysis: Analysis) -> Readings:
    """Return readings in the units that the user chose."""
    if readings.unit != "cm" or analysis.runner.units == "metric":
        return readings
    return Readings(readings.t_s, readings.value / CM_PER_INCH, "in")


def _nothing(unit: str) -> Readings:
    return Readings(np.array([]), np.array([]), unit)
