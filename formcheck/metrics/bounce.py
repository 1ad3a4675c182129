"""Vertical bounce of the hips and the head.

References
----------
From lowest to highest within a stride: Souza RB. Phys Med Rehabil Clin N Am 2016; 27: 217-236.
doi:10.1016/j.pmr.2015.08.006.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from formcheck.metrics.estimate import Estimate, joined, sampled
from formcheck.metrics.sampling import mean_cycle
from formcheck.metrics.small import small_sd
from formcheck.metrics.strides import Strides
from formcheck.track.local import local_fit
from formcheck.types import Floats, Samples

HARMONICS = 6
SMOOTH_S = 0.05
SMOOTH_FRAMES = 2.0
WEIGHTS = {"mid_hip_y": 0.5, "mid_shoulder_y": 1.0, "head_y": 1.0}


def bounce(strides: Strides, leg: float) -> dict[str, Estimate]:
    """Measure vertical oscillation: lowest to highest mid-hip within a step, mean over steps.

    The mean course over the stride carries the value, so frame noise does not add to the range;
    the single steps carry the spread.

    Parameters
    ----------
    leg : float
        Leg length in the unit of the body frame.
    """
    rise, head = trunk_rise(strides), strides.row("head_y")

    def estimate(series: Floats, factor: float, *, scaled: bool) -> Estimate:
        value = cycle_range(strides, series)
        steps = step_ranges(strides, series).changed(factor)
        if value is None:
            return Estimate(steps.value, scaled=scaled, samples=steps)
        less_known = small_sd(strides, "bounce_rel") * factor * value
        return Estimate(
            steps.value, factor * value, shared_sd=less_known, scaled=scaled, samples=steps
        )

    return {
        "vertical_oscillation_cm": estimate(rise, 100, scaled=True),
        "vertical_oscillation_pct_leg": estimate(rise, 100 / leg, scaled=False),
        "head_rise_cm": estimate(head, 100, scaled=True),
    }


def trunk_rise(strides: Strides) -> Floats:
    """Return (T,) height of hips, shoulders and ears together (from behind without the hips).

    They rise and fall as one, and the network's small errors at each average out. Its hips follow
    the legs and the shorts: in loose ones they rise and fall a fifth less than the pelvis does, so
    they count half from the side; from behind they exaggerate the bounce by a fifth.
    """
    weights = WEIGHTS if strides.gait.view.kind == "side" else {**WEIGHTS, "mid_hip_y": 0.0}
    rise = np.zeros_like(strides.t_s)
    for name, weight in weights.items():
        if weight:
            row = strides.row(name)
            rise += weight / sum(weights.values()) * (row - np.nanmean(row))
    return rise


def cycle_range(strides: Strides, series: Floats) -> float | None:
    """Return the mean over both steps of the range of the mean course within each step."""
    cycle = mean_cycle(strides.phase, series, HARMONICS)
    if cycle is None:
        return None
    half = cycle.mean.size // 2
    return float((np.ptp(cycle.mean[:half]) + np.ptp(cycle.mean[half:])) / 2)


def step_ranges(strides: Strides, series: Floats) -> Samples:
    """Return the range of a measure within each step, from a lightly smoothed course.

    A step is that of the foot whose contact begins it.
    """
    contacts = joined(sampled(side, at_s, at_s) for side, at_s in strides.initial_contact_s.items())
    landed = contacts.t_s
    half_s = max(SMOOTH_S, SMOOTH_FRAMES / strides.frame_rate_hz)
    out = np.full(max(0, landed.size - 1), np.nan)
    for n, (start, stop) in enumerate(pairwise(landed)):
        if stop - start < 0.8 * strides.gait.stride_time_s:
            grid = np.linspace(start, stop, 40)
            course = local_fit(grid, strides.t_s, series[:, None], half_s)[0, :, 0]
            if np.isfinite(course).mean() > 0.9:
                out[n] = np.nanmax(course) - np.nanmin(course)
    return Samples(landed[: out.size], out, contacts.side[: out.size])
