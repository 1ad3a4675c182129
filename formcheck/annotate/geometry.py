"""Shapes from points, vectorised over time: plumb lines, dashes, trails, arcs, held moments.

Points are pixels with x right and y down. "Level" points are turned so that gravity is straight
down.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from formcheck.types import Floats


def turn_matrix(clockwise_deg: float) -> Floats:
    """Return the (2, 2) matrix that turns picture points clockwise about the top left corner."""
    angle = np.radians(clockwise_deg)
    return np.array(((np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))))


def turned(points_px: Floats, clockwise_deg: float) -> Floats:
    """Return points (..., 2) turned clockwise about the top left corner."""
    return points_px @ turn_matrix(clockwise_deg).T


def sample(t_s: Floats, values: Floats, at_s: Floats, max_gap_s: float = 0.1) -> Floats:
    """Interpolate values at given times, bridging short gaps only.

    Parameters
    ----------
    t_s : (T,) float
        Times, strictly increasing.
    values : (T, ...) float
        NaN where unknown, each column by itself.
    at_s : (...) float
        Times to sample at, any shape S; NaN gives NaN.
    max_gap_s : float
        Known neighbours further apart than this, and than one and a half frames, are not joined.

    Returns
    -------
    (S, ...) float
        NaN outside the known values and within long gaps.
    """
    columns = values.reshape(t_s.size, -1)
    flat = np.stack([_sample_column(t_s, c, at_s.ravel(), max_gap_s) for c in columns.T], axis=-1)
    return flat.reshape(*at_s.shape, *values.shape[1:])


def _sample_column(t_s: Floats, values: Floats, at_s: Floats, max_gap_s: float) -> Floats:
    known = np.isfinite(values)
    if not known.any():
        return np.full(at_s.shape, np.nan)
    t_known = t_s[known]
    result = np.interp(at_s, t_known, values[known], left=np.nan, right=np.nan)
    after = np.clip(np.searchsorted(t_known, at_s, side="left"), 0, t_known.size - 1)
    before = np.clip(np.searchsorted(t_known, at_s, side="right") - 1, 0, t_known.size - 1)
    gap = t_known[after] - t_known[before]
    limit = max(max_gap_s, 1.5 * float(np.median(np.diff(t_s)))) if t_s.size > 1 else max_gap_s
    result[gap > limit] = np.nan
    return result


def between(start: Floats, end: Floats) -> Floats:
    """Return the lines (..., 2, 2) from points (..., 2) to points (..., 2)."""
    return np.stack(np.broadcast_arrays(start, end), axis=-2)


def dashed(lines_px: Floats, count: int, filled: float = 0.55) -> Floats:
    """Cut straight lines into dashes.

    Parameters
    ----------
    lines_px : (T, L, 2, 2) float
        Start and end of each line.
    count : int
        Dashes a line, at least one.
    filled : float
        Part of the way that is drawn; the first dash starts at the line's start and the last one
        ends at its end.

    Returns
    -------
    (T, L * count, 2, 2) float
    """
    pitch = 1.0 / (count - 1 + filled)
    first = np.arange(count) * pitch
    at = np.stack((first, first + filled * pitch), axis=-1)[:, :, None]
    start, end = lines_px[:, :, None, None, 0], lines_px[:, :, None, None, 1]
    pieces = start + (end - start) * at
    return pieces.reshape(lines_px.shape[0], -1, 2, 2)


def dash_count(lines_px: Floats, pitch_px: float) -> int:
    """Return how many dashes of about `pitch_px` the usual line (..., 2, 2) holds, at least one."""
    length = np.hypot(*np.moveaxis(lines_px[..., 1, :] - lines_px[..., 0, :], -1, 0))
    usual = float(np.nanmedian(length)) if np.isfinite(length).any() else 0.0
    return max(1, round(usual / pitch_px))


def arc(
    center_px: Floats, radius_px: float, from_deg: float, to_deg: Floats, n: int = 12
) -> Floats:
    """Return arcs (T, 1, n, 2) around centres, angles clockwise from straight up.

    Parameters
    ----------
    center_px : (T, 2) float
        Centres.
    radius_px : float
        Radius.
    from_deg : float
        Where each arc starts.
    to_deg : (T,) float
        Where it ends.
    n : int
        Points.
    """
    angles = np.radians(from_deg + (to_deg[:, None] - from_deg) * np.linspace(0.0, 1.0, n))
    around = np.stack((np.sin(angles), -np.cos(angles)), axis=-1)
    return (center_px[:, None] + radius_px * around)[:, None]


def trail(
    t_s: Floats, path_px: Floats, span_s: float, drift_px: tuple[float, float], n: int = 49
) -> Floats:
    """Return the recent course of a point as a wake that drifts away from where it is now.

    Parameters
    ----------
    t_s : (T,) float
        Frame times.
    path_px : (T, 2) float
        The point; NaN where unknown.
    span_s : float
        How far back the wake goes; less far at the start of the clip.
    drift_px : (float, float)
        Where a part of that age has drifted to, relative to the newest.
    n : int
        Points of the wake, newest first.

    Returns
    -------
    (T, n, 2) float
        Only the height of the path shows; sideways it is anchored to the point as it is now. NaN
        where the point is unknown.
    """
    known = np.isfinite(path_px[:, 1])
    begin_s = t_s[np.argmax(known)] if known.any() else t_s[-1]
    age_s = np.minimum(np.linspace(0.0, span_s, n), np.maximum(t_s[:, None] - begin_s, 0.0))
    drift = age_s[..., None] / span_s * np.array(drift_px)
    heights = sample(t_s, path_px[:, 1], t_s[:, None] - age_s)
    sideways = np.broadcast_to(path_px[:, :1], heights.shape)
    return np.asarray(np.stack((sideways, heights), axis=-1) + drift)


def latest(t_s: Floats, events_s: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Return for each frame the latest event, to the nearest frame, and its age.

    Parameters
    ----------
    t_s : (T,) float
        Frame times.
    events_s : (E,) float
        Event times, increasing.

    Returns
    -------
    which : (T,) int
        Index of the latest event, -1 before the first.
    age_s : (T,) float
        Time since it; negative by up to half a frame in the frame nearest to it, NaN before.
    """
    half = 0.5 * float(np.median(np.diff(t_s))) if t_s.size > 1 else 0.0
    which = np.searchsorted(events_s, t_s + half, side="right") - 1
    age = np.full(t_s.shape, np.nan)
    age[which >= 0] = t_s[which >= 0] - events_s[which[which >= 0]]
    return which, age


def fading(age_s: Floats, hold_s: float, fade_s: float) -> Floats:
    """Return the opacity (T,) of a moment that is held, then fades; 0 where `age_s` is NaN."""
    return np.nan_to_num(np.clip((hold_s + fade_s - age_s) / fade_s, 0.0, 1.0))
