"""A stored analysis as motion in space: level, in metres, at an even rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck.formats.even import Resampler, even_rate_hz
from formcheck.gait.body import to_body
from formcheck.landmarks import LEG, SIDES, index, mid_hip
from formcheck.notes import usage
from formcheck.report.schema import Report
from formcheck.report.stored import StoredFrames, StoredRun
from formcheck.types import Floats, View, ViewKind

GROUND_PERCENTILE: Final = 5.0
FEET: Final = [index(name, side) for name in LEG[-2:] for side in SIDES]
ANGLES: Final[Mapping[ViewKind, tuple[str, ...]]] = {
    "side": ("trunk", "thigh", "shank", "leg", "foot", "knee_flexion", "upper_arm", "elbow"),
    "rear": ("trunk", "pelvis_line", "shoulder_line", "fppa", "femoral_adduction", "shank"),
    "front": ("trunk", "pelvis_line", "shoulder_line", "fppa", "femoral_adduction", "shank"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """The landmarks and angles of T instants at an even rate.

    Attributes
    ----------
    t_s : (T,) float
        True times.
    rate_hz, source_rate_hz : float
        Of `t_s`, and of the frames it was made of.
    source_frames : int
        Number of those frames.
    points_m : (T, K, 3) float
        Landmarks: X forward, Y up along gravity, Z to the runner's right. What one camera does not
        see is zero: Z from the side, X from behind. X and Z count from the mean place of the hips,
        Y from about the height of the belt. NaN where unknown.
    angles_deg : mapping of str to (T,) float
        The kernel's angles that the view shows, by their names without the unit.
    """

    report: Report
    t_s: Floats
    rate_hz: float
    source_rate_hz: float
    source_frames: int
    points_m: Floats
    angles_deg: Mapping[str, Floats]


def frames_of(run: StoredRun) -> tuple[StoredFrames, View]:
    """Return the frames of a stored analysis and the view they were seen in.

    Raises
    ------
    UsageError
        Nobody was measured in the clip, or there is no ``frames.csv``.
    """
    name = run.report.clip.name
    if run.report.view is None:
        raise usage("export_nobody", clip=name)
    if run.frames is None:
        raise usage("export_no_frames", clip=name)
    record = run.report.view
    view = View(record.kind, record.facing, record.near_side, record.confidence, record.given)
    return run.frames, view


def level_points(run: StoredRun, unit_per_px: float) -> Floats:
    """Return (T, K, 2) landmarks in the body frame: x forward (or to the right), y up, level.

    x counts from the mean place of the hips, y from the height to which the feet come down.
    """
    frames, view = frames_of(run)
    roll_deg = run.report.calibration.roll_deg if run.report.calibration else 0.0
    body = to_body(frames.xy_px, view, roll_deg, unit_per_px)
    lowest = np.fmin.reduce(body[:, FEET, 1], axis=1)
    origin = (np.nanmean(mid_hip(body)[:, 0]), np.nanpercentile(lowest, GROUND_PERCENTILE))
    return np.asarray(body - np.array(origin))


def read_motion(run: StoredRun) -> Motion:
    """Return a stored analysis as motion in space.

    Frames that do not come at an even rate are interpolated at even times (see
    `formcheck.formats.even`); otherwise nothing is changed.

    Raises
    ------
    UsageError
        Nobody was measured, frames are missing, or the clip has no scale.
    """
    frames, view = frames_of(run)
    scale = run.report.calibration.metres_per_px if run.report.calibration else None
    if scale is None:
        raise usage("export_no_scale", clip=run.report.clip.name)
    rate_hz, even = even_rate_hz(frames.t_s)
    resampler = Resampler(frames.t_s, None if even else rate_hz)
    plane = resampler(level_points(run, scale).reshape(frames.t_s.size, -1))
    plane = plane.reshape(resampler.t_s.size, -1, 2)
    angles = {name: resampler.angle(values) for name, values in _angles(frames, view.kind).items()}
    return Motion(
        report=run.report,
        t_s=resampler.t_s,
        rate_hz=rate_hz,
        source_rate_hz=(frames.t_s.size - 1) / float(frames.t_s[-1] - frames.t_s[0]),
        source_frames=frames.t_s.size,
        points_m=_in_space(plane, view.kind),
        angles_deg=angles,
    )


def _in_space(plane: Floats, kind: ViewKind) -> Floats:
    """Return (..., 3) points of (..., 2) ones: x is X from the side, else Z."""
    nothing = np.where(np.isnan(plane[..., 0]), np.nan, 0.0)
    x, y = plane[..., 0], plane[..., 1]
    return np.stack([x, y, nothing] if kind == "side" else [nothing, y, x], axis=-1)


def _angles(frames: StoredFrames, kind: ViewKind) -> dict[str, Floats]:
    named = {
        f"{name}{side}": f"{name}_deg{side}"
        for name in ANGLES[kind]
        for side in ("", *(f"_{side}" for side in SIDES))
    }
    return {
        name: frames.measures[column] for name, column in named.items() if column in frames.measures
    }
