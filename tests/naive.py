"""The kernel's slow, obvious twin: one frame and one point at a time, plain trigonometry.

Angles between two segments come from the cross and the dot product here, not from differences of
directions as in the kernel, so that the two share no formula beyond the definitions.
"""

from __future__ import annotations

import math

import numpy as np

from formcheck.kernel import MEASURES
from formcheck.landmarks import SIDES, Landmark

Point = tuple[float, float]


def measure(body_xy: np.ndarray) -> np.ndarray:
    """Return the kernel's measures of one frame (K, 2) or of a track (T, K, 2)."""
    if body_xy.ndim == 2:
        named = measure_frame([(float(x), float(y)) for x, y in body_xy])
        return np.array([named[name] for name in MEASURES])
    return np.array([measure(frame) for frame in body_xy]).T


def measure_frame(points: list[Point]) -> dict[str, float]:
    """Return every measure of one frame by name."""
    hip = middle(points[Landmark.LEFT_HIP], points[Landmark.RIGHT_HIP])
    shoulder = middle(points[Landmark.LEFT_SHOULDER], points[Landmark.RIGHT_SHOULDER])
    measures = {
        "mid_hip_x": hip[0],
        "mid_hip_y": hip[1],
        "mid_shoulder_x": shoulder[0],
        "mid_shoulder_y": shoulder[1],
        "head_y": mean_known(points[Landmark.LEFT_EAR][1], points[Landmark.RIGHT_EAR][1]),
        "trunk_deg": from_vertical(hip, shoulder, +1),
        "trunk_length": math.dist(hip, shoulder),
        "pelvis_line_deg": slope(points[Landmark.LEFT_HIP], points[Landmark.RIGHT_HIP]),
        "shoulder_line_deg": slope(points[Landmark.LEFT_SHOULDER], points[Landmark.RIGHT_SHOULDER]),
    }
    for side in SIDES:
        limb = {
            name: points[Landmark[f"{side}_{name}".upper()]]
            for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "toe")
        }
        inward = 1 if side == "left" else -1
        for name, value in measure_side(limb, hip, shoulder, inward).items():
            measures[f"{name}_{side}"] = value
    return measures


def measure_side(
    limb: dict[str, Point], mid_hip: Point, mid_shoulder: Point, inward: int
) -> dict[str, float]:
    """Return the measures of one side; `inward` is the sign of x from this leg to the other."""
    thigh = between(limb["hip"], limb["knee"])
    shank = between(limb["knee"], limb["ankle"])
    upper_arm = between(limb["shoulder"], limb["elbow"])
    forearm = between(limb["elbow"], limb["wrist"])
    return {
        "thigh_deg": from_vertical(limb["hip"], limb["knee"], -1),
        "shank_deg": from_vertical(limb["knee"], limb["ankle"], -1),
        "leg_deg": from_vertical(mid_hip, limb["ankle"], -1),
        "foot_deg": slope(limb["heel"], limb["toe"]),
        "knee_flexion_deg": turn(shank, thigh),
        "upper_arm_deg": turn(between(mid_shoulder, mid_hip), upper_arm),
        "elbow_deg": abs(turn(between(limb["elbow"], limb["shoulder"]), forearm)),
        "fppa_deg": inward * turn(shank, thigh),
        "femoral_adduction_deg": inward * from_vertical(limb["hip"], limb["knee"], -1),
        "ankle_ahead": limb["ankle"][0] - mid_hip[0],
        "ankle_knee_ahead": limb["ankle"][0] - limb["knee"][0],
        "wrist_y_rel_hip": limb["wrist"][1] - mid_hip[1],
        "thigh_length": math.dist(limb["hip"], limb["knee"]),
        "shank_length": math.dist(limb["knee"], limb["ankle"]),
        "foot_length": math.dist(limb["heel"], limb["toe"]),
        "ankle_x": limb["ankle"][0],
        "ankle_y": limb["ankle"][1],
        "heel_x": limb["heel"][0],
        "heel_y": limb["heel"][1],
        "toe_x": limb["toe"][0],
        "toe_y": limb["toe"][1],
    }


def middle(a: Point, b: Point) -> Point:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def between(start: Point, end: Point) -> Point:
    return end[0] - start[0], end[1] - start[1]


def mean_known(a: float, b: float) -> float:
    known = [value for value in (a, b) if not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan


def from_vertical(start: Point, end: Point, up: int) -> float:
    """Angle of a segment against straight up (`up` 1) or straight down (-1), + towards +x."""
    dx, dy = between(start, end)
    return math.degrees(math.atan2(dx, up * dy))


def slope(start: Point, end: Point) -> float:
    dx, dy = between(start, end)
    return math.degrees(math.atan2(dy, dx))


def turn(a: Point, b: Point) -> float:
    """Counter-clockwise angle from vector a to vector b."""
    cross, dot = a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1]
    return math.degrees(math.atan2(cross, dot))
