"""From picture pixels to the body frame: level with gravity, x forward (or to the right), y up."""

from __future__ import annotations

import numpy as np

from formcheck.landmarks import mid_hip, mid_shoulder
from formcheck.track.local import local_fit
from formcheck.types import Floats, PoseTrack, View

DRIFT_STRIDES = 1.5


def x_sign(view: View) -> float:
    """Return the sign of picture x along body x: forward from the side, else the runner's right."""
    if view.kind == "side":
        return 1.0 if view.facing == "right" else -1.0
    return 1.0 if view.kind == "rear" else -1.0


def to_body(xy_px: Floats, view: View, roll_deg: float = 0.0, unit_per_px: float = 1.0) -> Floats:
    """Turn picture points level, flip y up and x forward, and scale.

    Parameters
    ----------
    xy_px : (..., 2) float
        Picture points, y down.
    view : View
        Gives the direction of body x.
    roll_deg : float
        Clockwise turn of the picture's content that is taken out.
    unit_per_px : float
        Scale, e.g. metres per pixel.

    Returns
    -------
    (..., 2) float
        Points in the body frame; NaN stays NaN.
    """
    cos, sin = np.cos(np.radians(roll_deg)), np.sin(np.radians(roll_deg))
    x = xy_px[..., 0] * cos + xy_px[..., 1] * sin
    y = -xy_px[..., 0] * sin + xy_px[..., 1] * cos
    return np.stack([x_sign(view) * x, -y], axis=-1) * unit_per_px


def trunk_length(xy: Floats) -> float:
    """Return the median distance of mid-hip and mid-shoulder."""
    return float(np.nanmedian(np.linalg.norm(mid_shoulder(xy) - mid_hip(xy), axis=-1)))


def drift(track: PoseTrack, stride_s: float) -> Floats:
    """Return (T, 2) the slow wander of the mid-hip in pixels: runner on the belt, hand on phone.

    Slower than a stride, so bounce and sway of the gait itself stay in the landmarks.
    """
    hip = mid_hip(track.xy_px)
    slow = local_fit(track.t_s, track.t_s, hip, DRIFT_STRIDES * stride_s, order=1)[0]
    return np.asarray(slow - np.nanmean(slow, axis=0))
