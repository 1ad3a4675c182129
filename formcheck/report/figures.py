"""Mean body positions at four instants of a stride, for stick figures."""

from __future__ import annotations

import numpy as np

from formcheck.gait.body import trunk_length
from formcheck.landmarks import NAMES, mid_hip
from formcheck.report.curves import MIN_STRIDES, mean_and_sd, stride_windows
from formcheck.report.schema import INSTANTS, Posture, StrideFigures
from formcheck.types import Floats, Gait


def stride_figures(gait: Gait) -> StrideFigures | None:
    """Average the body's points at contact, midstance, toe-off and mid-swing of one foot.

    Parameters
    ----------
    gait : Gait
        Level points of every frame and the contacts. The foot is the near one, from behind and
        from the front the left one.

    Returns
    -------
    StrideFigures or None
        Points relative to mid-hip, x forward (from behind: to the runner's right) and y up, in
        metres with a scale, else in lengths of the trunk. Midstance and mid-swing lie halfway
        between the instants around them. None where fewer than three strides are complete.
    """
    side = gait.view.near_side or "left"
    strides = stride_windows(gait, side)
    strides = strides[np.isfinite(strides).all(axis=1)]
    hips = mid_hip(gait.body_xy)
    if strides.shape[0] < MIN_STRIDES or not np.isfinite(hips).any():
        return None
    start, leave, end = strides.T
    at_s = np.column_stack([start, (start + leave) / 2.0, leave, (leave + end) / 2.0])
    scaled = gait.calibration.metres_per_px is not None
    points = gait.body_xy - hips[:, None]
    points = points if scaled else points / trunk_length(gait.body_xy)
    phases = np.mean((at_s - start[:, None]) / (end - start)[:, None], axis=0)
    t_s = gait.track.t_s
    instants = {
        name: Posture(phase_pct=100.0 * phase, points=_named(points_at(t_s, points, times)))
        for name, phase, times in zip(INSTANTS, phases, at_s.T, strict=True)
    }
    return StrideFigures(
        side=side, unit="m" if scaled else "trunk", n=strides.shape[0], instants=instants
    )


def _named(read: Floats) -> dict[str, tuple[float, float]]:
    """Return the mean of each point over strides; points that are not known are left out."""
    mean, _ = mean_and_sd(read.reshape(read.shape[0], -1))
    places = mean.reshape(-1, 2).tolist()
    return {
        name: (x, y)
        for name, (x, y) in zip(NAMES, places, strict=True)
        if np.isfinite(x) and np.isfinite(y)
    }


def points_at(t_s: Floats, points: Floats, at_s: Floats) -> Floats:
    """Read points between frames, linearly.

    Parameters
    ----------
    t_s : (T,) float
        Frame times.
    points : (T, K, 2) float
        Positions; NaN where unknown.
    at_s : (S,) float
        When to read them.

    Returns
    -------
    (S, K, 2) float
        NaN beside a frame where a point is unknown, and outside the frames.
    """
    after = np.clip(np.searchsorted(t_s, at_s, side="right"), 1, t_s.size - 1)
    before = after - 1
    share = (at_s - t_s[before]) / (t_s[after] - t_s[before])
    share = np.where((at_s >= t_s[0]) & (at_s <= t_s[-1]), share, np.nan)[:, None, None]
    return np.asarray((1.0 - share) * points[before] + share * points[after])
