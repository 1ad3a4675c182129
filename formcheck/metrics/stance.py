"""The near leg through its contact: shin, knee and hip at the instants that clinics chart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from formcheck.landmarks import LEG, Side
from formcheck.metrics.estimate import Estimate, occluded, sampled
from formcheck.metrics.sampling import at_events
from formcheck.metrics.strides import Strides
from formcheck.types import Floats

MIDSTANCE = 0.5
# The shoe has met the belt and begins to give (loading response in Souza 2016).
LOADING_S = 0.02


def stance(
    strides: Strides, near: Side, landed: Estimate, deepest: Estimate
) -> dict[str, Estimate]:
    """Measure shin at loading and midstance, knee excursion, and hip extension at toe-off.

    Parameters
    ----------
    landed, deepest : Estimate
        Knee flexion at initial contact and its greatest in stance.
    """
    toe_off_sd_s = strides.gait.left_sd_s
    landed_sd_s = strides.gait.landed_sd_s[near]
    shank, thigh = strides.row(f"shank_deg_{near}"), strides.row(f"thigh_deg_{near}")
    contact_s, toe_off_s = strides.initial_contact_s[near], strides.toe_off_s[near]
    middle_s = strides.part_of_contact(near, MIDSTANCE)
    middle_sd_s = float(np.hypot(landed_sd_s, toe_off_sd_s)) / 2
    loading_s = contact_s + LOADING_S
    return {
        "tibia_angle_loading_deg": at_instants(strides, near, shank, loading_s, landed_sd_s),
        "shank_angle_midstance_deg": at_instants(strides, near, -shank, middle_s, middle_sd_s),
        "hip_extension_to_deg": at_instants(strides, near, -thigh, toe_off_s, toe_off_sd_s),
        "knee_excursion_stance_deg": knee_excursion(landed, deepest),
    }


def knee_excursion(landed: Estimate, deepest: Estimate) -> Estimate:
    """How far the knee bends from contact to its deepest bend; their own offsets are left in."""
    if deepest.value is None or landed.each.size != deepest.each.size:
        return replace(deepest, value=None, each=np.array([]), samples=None)
    each = deepest.each - landed.each
    value = deepest.value - float(np.nanmean(landed.each)) if np.isfinite(each).any() else None
    samples = deepest.samples and sampled(landed.side, deepest.samples.t_s, each)
    return replace(deepest, each=each, value=value, shared_sd=landed.shared_sd, samples=samples)


def at_instants(
    strides: Strides,
    near: Side,
    series: Floats,
    at_s: Floats,
    sd_s: float,
    level_gain: float = 1.0,
    *,
    scaled: bool = False,
) -> Estimate:
    """Read a (T,) series of the near leg at the same instant of every contact.

    Parameters
    ----------
    at_s : (E,) float
        The instants, known to `sd_s` seconds all together.
    level_gain : float
        How much the value changes for each degree that the level is off.
    scaled : bool
        Whether the value rests on the scale.
    """
    sample = at_events(strides.t_s, series, at_s)
    return Estimate(
        sample.each,
        side=near,
        shared_sd=abs(sample.slope_per_s) * sd_s,
        level_gain=level_gain,
        scaled=scaled,
        samples=sampled(near, at_s, sample.each),
        **occluded(strides, near, LEG),
    )
