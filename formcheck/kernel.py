"""Per-frame measures of a runner: angles, lengths and positions, in one vectorised pass.

The pass works on a structure of arrays: coordinates are first laid out as one contiguous row of
frames per point and axis, and each measure is one row of the result. What connects which points is
data (the tables below), so the arithmetic is a handful of operations for all measures at once.

Input is the body frame: x forward in a side view or to the runner's right in a rear view, y up, any
unit of length. `left` and `right` are the runner's own. Angles are in degrees, in (-180, 180].

Central measures
    ``trunk_deg``
        Mid-hip to mid-shoulder against vertical, positive towards +x.
    ``pelvis_line_deg``, ``shoulder_line_deg``
        Left to right hip (shoulder) against horizontal, positive with the left one lower. In a rear
        view the drop of the swing side is `pelvis_line_deg` in right stance, its negative in left.
    ``mid_hip_x``, ``mid_hip_y``, ``mid_shoulder_x``, ``mid_shoulder_y``
        Midpoints of the left and right point.
    ``head_y``
        Mean height of the ears, of the one known ear where the other is missing.
    ``trunk_length``
        Mid-hip to mid-shoulder.

Measures of each side (suffix ``_left`` or ``_right``)
    ``thigh_deg``, ``shank_deg``, ``leg_deg``
        Hip to knee, knee to ankle, and mid-hip to ankle against straight down, positive with the
        far end towards +x (ahead in a side view).
    ``foot_deg``
        Heel to toe against +x, positive with the toes up.
    ``knee_flexion_deg``
        `thigh_deg` minus `shank_deg`: 0 straight, in a side view positive bent.
    ``upper_arm_deg``
        Shoulder to elbow against the trunk line (mid-shoulder to mid-hip), positive with the elbow
        in front.
    ``elbow_deg``
        Interior angle at the elbow, 0 to 180, 180 straight.
    ``fppa_deg``
        Rear view: frontal plane projection angle, the turn from thigh to shank at the knee in the
        picture plane, positive with the knee towards the body's midline.
    ``femoral_adduction_deg``
        Rear view: hip to knee against vertical, positive with the knee towards the midline.
    ``ankle_ahead``, ``ankle_knee_ahead``
        x of the ankle minus x of the mid-hip (of the knee).
    ``wrist_y_rel_hip``
        Height of the wrist above the mid-hip.
    ``thigh_length``, ``shank_length``, ``foot_length``
        Hip to knee, knee to ankle, heel to toe.
    ``ankle_x``, ``ankle_y``, ``heel_x``, ``heel_y``, ``toe_x``, ``toe_y``
        Coordinates of the foot's points.

References
----------
Trunk, thigh, shank and knee in a video's plane: Souza RB. An evidence-based videotaped running
biomechanics analysis. Phys Med Rehabil Clin N Am 2016; 27: 217-236. doi:10.1016/j.pmr.2015.08.006.
Frontal plane projection angle: Willson JD, Davis IS. Utility of the frontal plane projection angle
in females with patellofemoral pain. J Orthop Sports Phys Ther 2008; 38: 606-615.
doi:10.2519/jospt.2008.2706; here with the knee towards the midline positive.
Angle of the elbow: Yegian AK and others. J Exp Biol 2019; 222: jeb197228. doi:10.1242/jeb.197228.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from formcheck.landmarks import N_LANDMARKS, SIDES, Landmark, index
from formcheck.types import Floats

_MID_HIP: Final = N_LANDMARKS
_MID_SHOULDER: Final = N_LANDMARKS + 1
_N_POINTS: Final = N_LANDMARKS + 2
_FULL_TURN_DEG: Final = 360.0

Reference = Literal["up", "down", "ahead"]


def _sided(*names: str) -> tuple[str, ...]:
    """Return each name with the suffix of both sides, left first."""
    return tuple(f"{name}_{side}" for name in names for side in SIDES)


def _pairs(*segments: tuple[str, str]) -> list[tuple[int, int]]:
    """Return (from, to) point indices of the named segments on both sides, left first."""
    return [
        (_MID_HIP if start == "mid_hip" else index(start, side), index(end, side))
        for start, end in segments
        for side in SIDES
    ]


def _coordinates(points: list[int]) -> tuple[list[int], list[int]]:
    """Return the rows that hold the points' x and those that hold their y."""
    return points, [point + _N_POINTS for point in points]


def _angle_rows(start: int, end: int, reference: Reference) -> tuple[int, int, int, int]:
    """Return the coordinate rows (a, b, c, d) for which atan2(a - b, c - d) is a segment's angle.

    The angle is zero along the reference and grows from there towards +x (from ahead: upwards).
    """
    x_start, x_end, y_start, y_end = start, end, start + _N_POINTS, end + _N_POINTS
    if reference == "up":
        return x_end, x_start, y_end, y_start
    if reference == "down":
        return x_end, x_start, y_start, y_end
    return y_end, y_start, x_end, x_start


_ANGLED: Final[tuple[tuple[int, int, Reference], ...]] = (
    (_MID_HIP, _MID_SHOULDER, "up"),
    (Landmark.LEFT_HIP, Landmark.RIGHT_HIP, "ahead"),
    (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, "ahead"),
    *((a, b, "down") for a, b in _pairs(("hip", "knee"), ("knee", "ankle"), ("mid_hip", "ankle"))),
    *((a, b, "ahead") for a, b in _pairs(("heel", "toe"))),
    *((a, b, "down") for a, b in _pairs(("shoulder", "elbow"), ("elbow", "wrist"))),
)
_SINE_TO, _SINE_FROM, _COSINE_TO, _COSINE_FROM = zip(
    *(_angle_rows(*segment) for segment in _ANGLED), strict=True
)
_LONG: Final = [
    (_MID_HIP, _MID_SHOULDER),
    *_pairs(("hip", "knee"), ("knee", "ankle"), ("heel", "toe")),
]
_LONG_TO_X, _LONG_TO_Y = _coordinates([end for _, end in _LONG])
_LONG_FROM_X, _LONG_FROM_Y = _coordinates([start for start, _ in _LONG])
_AHEAD: Final = _pairs(("mid_hip", "ankle"), ("knee", "ankle"))
_ABOVE: Final = [(a + _N_POINTS, b + _N_POINTS) for a, b in _pairs(("mid_hip", "wrist"))]

# Every difference of two coordinates that the pass needs, gathered at once: the sines and cosines
# of the angles, the x and y of the lengths, then the offsets, which are results as they are.
_TO: Final = np.array(
    [*_SINE_TO, *_COSINE_TO, *_LONG_TO_X, *_LONG_TO_Y, *(b for _, b in _AHEAD + _ABOVE)]
)
_FROM: Final = np.array(
    [*_SINE_FROM, *_COSINE_FROM, *_LONG_FROM_X, *_LONG_FROM_Y, *(a for a, _ in _AHEAD + _ABOVE)]
)
_SINE, _COSINE, _DX, _DY, _DISTANCE = (
    slice(a, b)
    for a, b in pairwise(
        accumulate([len(_ANGLED), len(_ANGLED), len(_LONG), len(_LONG), len(_TO)], initial=0)
    )
)

_CENTRES: Final = _coordinates([_MID_HIP, _MID_SHOULDER])
_FEET: Final = _coordinates(
    [index(name, side) for name in ("ankle", "heel", "toe") for side in SIDES]
)
_COPIED: Final = np.array([*_CENTRES[0], *_CENTRES[1], *_FEET[0], *_FEET[1]])

_GROUPS: Final = {
    "segment": (
        *("trunk_deg", "pelvis_line_deg", "shoulder_line_deg"),
        *_sided("thigh_deg", "shank_deg", "leg_deg", "foot_deg", "upper_arm_deg", "elbow_deg"),
    ),
    "joint": _sided("knee_flexion_deg", "fppa_deg", "femoral_adduction_deg"),
    "length": ("trunk_length", *_sided("thigh_length", "shank_length", "foot_length")),
    "offset": _sided("ankle_ahead", "ankle_knee_ahead", "wrist_y_rel_hip"),
    "copied": (
        *("mid_hip_x", "mid_shoulder_x", "mid_hip_y", "mid_shoulder_y"),
        *_sided("ankle_x", "heel_x", "toe_x", "ankle_y", "heel_y", "toe_y"),
    ),
    "head": ("head_y",),
}

MEASURES: Final[tuple[str, ...]] = tuple(name for names in _GROUPS.values() for name in names)
"""Names of the measures, in the order of the rows that `measure` returns."""

ROW: Final[Mapping[str, int]] = MappingProxyType({name: i for i, name in enumerate(MEASURES)})
"""Row of each measure."""


def _span(first: str, last: str) -> slice:
    """Return the rows from one measure to another, both included."""
    return slice(ROW[first], ROW[last] + 1)


_SEGMENT: Final = _span("trunk_deg", "elbow_deg_right")
_ANGLE: Final = _span("trunk_deg", "femoral_adduction_deg_right")
_LENGTH: Final = _span("trunk_length", "foot_length_right")
_OFFSET: Final = _span("ankle_ahead_left", "wrist_y_rel_hip_right")
_TRUNK: Final = ROW["trunk_deg"]
_HEAD: Final = ROW["head_y"]
_COPY: Final = _span("mid_hip_x", "toe_y_right")
_THIGH, _SHANK, _UPPER_ARM, _ELBOW, _KNEE = (
    _span(f"{name}_left", f"{name}_right")
    for name in ("thigh_deg", "shank_deg", "upper_arm_deg", "elbow_deg", "knee_flexion_deg")
)
_FPPA: Final = _span("fppa_deg_left", "fppa_deg_right")
_ADDUCTION: Final = _span("femoral_adduction_deg_left", "femoral_adduction_deg_right")
# In the rear view +x points to the runner's right: inward for the left leg, outward for the right.
_INWARD: Final = np.array([[1.0], [-1.0]])


def measure(body_xy: ArrayLike, out: Floats | None = None) -> Floats:
    """Measure one frame or a whole track.

    Parameters
    ----------
    body_xy : (K, 2) or (T, K, 2) float
        Landmarks in the body frame (see the module's text), any unit of length; NaN where unknown.
    out : (M,) or (M, T) float, optional
        Array to fill instead of a new one.

    Returns
    -------
    (M,) or (M, T) float
        One row for each of `MEASURES`: degrees for names with ``_deg``, else the unit of `body_xy`.
        NaN where a point that the measure needs is unknown.

    Raises
    ------
    ValueError
        If the shape of `body_xy` or `out` does not fit.
    """
    points = np.asarray(body_xy, dtype=np.float64)
    if points.ndim not in (2, 3) or points.shape[-2:] != (N_LANDMARKS, 2):
        raise ValueError(f"body_xy must be (..., {N_LANDMARKS}, 2), got {points.shape}")
    shape = (len(MEASURES), *points.shape[:-2])
    result = np.empty(shape) if out is None else out
    if result.shape != shape or result.dtype != np.float64:
        raise ValueError(f"out must be float64 {shape}, got {result.dtype} {result.shape}")
    if points.ndim == 2:
        _fill(points[None], result[:, None])
    else:
        _fill(points, result)
    return result


def _fill(frames: Floats, out: Floats) -> None:
    """Write the measures of `frames` (T, K, 2) into `out` (M, T)."""
    rows = _structure_of_arrays(frames)
    difference = rows[_TO]
    difference -= rows[_FROM]
    _angles(difference[_SINE], difference[_COSINE], out)
    np.hypot(difference[_DX], difference[_DY], out=out[_LENGTH])
    out[_OFFSET] = difference[_DISTANCE]
    out[_COPY] = rows[_COPIED]
    # fmax and fmin skip a missing ear, so their mean is that of the ears that are known.
    left, right = rows[_N_POINTS + Landmark.LEFT_EAR], rows[_N_POINTS + Landmark.RIGHT_EAR]
    out[_HEAD] = (np.fmax(left, right) + np.fmin(left, right)) / 2.0


def _structure_of_arrays(frames: Floats) -> Floats:
    """Return (2 * points, T) contiguous rows: x of the landmarks and the two midpoints, then y."""
    coordinates = np.empty((2, _N_POINTS, frames.shape[0]))
    coordinates[:, :N_LANDMARKS] = frames.transpose(2, 1, 0)
    for middle, left in ((_MID_HIP, Landmark.LEFT_HIP), (_MID_SHOULDER, Landmark.LEFT_SHOULDER)):
        np.add(coordinates[:, left], coordinates[:, left + 1], out=coordinates[:, middle])
    coordinates[:, _MID_HIP:] *= 0.5
    return coordinates.reshape(2 * _N_POINTS, -1)


def _angles(sine: Floats, cosine: Floats, out: Floats) -> None:
    """Write the angle rows of `out` from the sines and cosines (S, T) of the segments."""
    segment = out[_SEGMENT]
    np.arctan2(sine, cosine, out=segment)
    segment *= 180.0 / np.pi
    np.subtract(out[_THIGH], out[_SHANK], out=out[_KNEE])
    np.multiply(out[_KNEE], _INWARD, out=out[_FPPA])
    np.multiply(out[_THIGH], _INWARD, out=out[_ADDUCTION])
    # Until here the elbow's rows hold the forearm's direction; straight on is an angle of 180.
    out[_ELBOW] -= out[_UPPER_ARM]
    out[_ELBOW] += 180.0
    out[_UPPER_ARM] += out[_TRUNK]
    angle = out[_ANGLE]
    angle -= _FULL_TURN_DEG * (angle > 180.0)
    angle += _FULL_TURN_DEG * (angle <= -180.0)
    np.abs(out[_ELBOW], out=out[_ELBOW])
