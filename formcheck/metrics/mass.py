"""Where the heel lands against the body's centre of mass, and how the head is held."""

from __future__ import annotations

import numpy as np

from formcheck.landmarks import SIDES, Landmark, Side, index, mid_hip, mid_shoulder
from formcheck.metrics.estimate import Estimate
from formcheck.metrics.stance import at_instants
from formcheck.metrics.strides import Strides
from formcheck.types import Floats

# Share of the body's mass, and where on the way from the first to the second point its centre lies
# (de Leva 1996, means of men; women differ by less than a centimetre along the running direction).
LIMBS = (
    ("shoulder", "elbow", 0.0271, 0.5772),
    ("elbow", "wrist", 0.0162 + 0.0061, 0.62),
    ("hip", "knee", 0.1416, 0.4095),
    ("knee", "ankle", 0.0433, 0.4395),
    ("heel", "toe", 0.0137, 0.4415),
)
HEAD_SHARE = 0.0694
TRUNK_SHARE, TRUNK_AT = 0.4346, 0.431


def centre_of_mass(xy: Floats) -> Floats:
    """Return (T, 2) the centre of mass of points (T, K, 2), in their unit; NaN where one lacks.

    The hand hangs on the forearm, whose centre lies further out for it.
    """
    ears = (xy[:, Landmark.LEFT_EAR] + xy[:, Landmark.RIGHT_EAR]) / 2
    shoulder, hip = mid_shoulder(xy), mid_hip(xy)
    centre = HEAD_SHARE * ears + TRUNK_SHARE * (shoulder + TRUNK_AT * (hip - shoulder))
    for start, end, share, part in LIMBS:
        for side in SIDES:
            first, last = xy[:, index(start, side)], xy[:, index(end, side)]
            centre = centre + share * (first + part * (last - first))
    return np.asarray(centre)


def heel_ahead(strides: Strides, near: Side, leg: float) -> Estimate:
    """Measure how far ahead of the centre of mass the near heel is at its initial contact."""
    xy = strides.gait.body_xy
    ahead = 100 * (xy[:, index("heel", near), 0] - centre_of_mass(xy)[:, 0])
    lever = 100 * leg * float(np.sin(np.radians(1.0)))
    sd_s = strides.gait.landed_sd_s[near]
    return at_instants(
        strides, near, ahead, strides.initial_contact_s[near], sd_s, lever, scaled=True
    )


def head_pitch_rows(strides: Strides) -> Floats:
    """Return (T,) degrees of the line from between the ears to the nose, chin up positive.

    The nose lies halfway between the ears as the camera sees it; the near ear alone looks higher
    than it is to a camera below the head.
    """
    xy = strides.gait.body_xy
    line = xy[:, Landmark.NOSE] - (xy[:, Landmark.LEFT_EAR] + xy[:, Landmark.RIGHT_EAR]) / 2
    return np.asarray(np.degrees(np.arctan2(line[:, 1], line[:, 0])))
