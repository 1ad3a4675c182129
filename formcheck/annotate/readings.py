"""The numbers that are shown: per frame or per contact, brought into line with the reported ones.

A reported metric may differ from the plain mean of its per-frame measure, because known offsets of
the landmarks were taken out. What is drawn carries the same correction, so the picture and the
report agree. A metric that is withheld gives no number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck.annotate.figure import middle_of
from formcheck.annotate.geometry import sample
from formcheck.kernel import ROW
from formcheck.landmarks import SIDES, Side
from formcheck.types import Analysis, Floats, Metric

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


def moments(analysis: Analysis, side: Side, what: str) -> Floats:
    """Return a foot's initial contacts or midstances (E,) in seconds, known ones only."""
    gait = analysis.gait
    times = [
        c.initial_contact_s if what == "contact" else middle_of(c, gait.stride_time_s)
        for c in gait.contacts
        if c.side == side
    ]
    known = np.array(times, dtype=float)
    return np.sort(known[np.isfinite(known)])


def landings(analysis: Analysis) -> Readings:
    """Return how far ahead of the hips the near foot lands, in cm, else in % of leg length."""
    gait = analysis.gait
    own = [
        i
        for i, contact in enumerate(gait.contacts)
        if contact.side == gait.view.near_side and np.isfinite(contact.initial_contact_s)
    ]
    t_s = np.array([gait.contacts[i].initial_contact_s for i in own])
    wanted = {key: metric for key in _LANDING if (metric := measured(analysis, key))}
    for key, metric in wanted.items():
        if own and key in analysis.steps:
            return Readings(t_s, in_line(analysis.steps[key][own], metric), _LANDING[key])
    return Readings(t_s, np.full(t_s.shape, np.nan), "")


def knee_angles(analysis: Analysis, side: Side) -> Readings:
    """Return the frontal knee angle at a leg's midstances in degrees, knee inward positive.

    Where too few steps tell that leg's mean, single values are shown all the same; where left and
    right or the camera's place are in doubt, none is.
    """
    gait = analysis.gait
    t_s = moments(analysis, side, "midstance")
    angle = sample(gait.track.t_s, gait.measures[ROW[f"fppa_deg_{side}"]], t_s)
    key = f"knee_fppa_midstance_deg_{side}"
    metric = measured(analysis, key)
    if metric is not None:
        return Readings(t_s, in_line(angle, metric), "°")
    doubted = key in analysis.metrics and analysis.metrics[key].status == "low_confidence"
    both = None if doubted else measured(analysis, "knee_fppa_midstance_deg")
    return Readings(t_s, angle if both is not None else np.full(t_s.shape, np.nan), "°")


def step_widths(analysis: Analysis) -> Readings:
    """Return the sideways distance between the ankles of successive midstances in cm."""
    gait = analysis.gait
    times = [moments(analysis, side, "midstance") for side in SIDES]
    at = [
        sample(gait.track.t_s, gait.measures[ROW[f"ankle_x_{side}"]], t)
        for side, t in zip(SIDES, times, strict=True)
    ]
    t_s = np.concatenate(times)
    x = np.concatenate(at)
    left = np.repeat((True, False), [t.size for t in times])
    order = np.argsort(t_s, kind="stable")
    t_s, x, left = t_s[order], x[order], left[order]
    # +x is the runner's right, so a right ankle to the right of the left one is a positive width.
    width = np.where(left[1:], -1.0, 1.0) * np.diff(x)
    width[left[1:] == left[:-1]] = np.nan
    metric = measured(analysis, "step_width_cm")
    if gait.calibration.metres_per_px is None:
        metric = None
    return Readings(t_s[1:], in_line(100 * width, metric), "cm")
