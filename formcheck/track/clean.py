"""From raw landmarks to a track that can be measured: swaps, outliers, gaps; and one to look at."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from formcheck.landmarks import N_LANDMARKS, SIDES, index
from formcheck.notes import note
from formcheck.track.legs import POINTS, fit_legs, leg_points, repair_swaps
from formcheck.track.local import local_fit
from formcheck.track.rhythm import Rhythm
from formcheck.types import Floats, PoseTrack, QualityNote

# A tenth of a second: two lost frames of a 29.97 Hz clip, whatever the rounding of its times.
LONGEST_GAP_S = 0.105
# A leg point this many spreads off its mean path, or another point this many spreads off its own
# neighbours in time, was not seen where the network says.
LEG_OUTLIER = 5.0
POINT_OUTLIER = 6.0
NEIGHBOURS_S = 0.12
# Below this the network itself says that a point is hidden.
HIDDEN = 0.3
SMOOTH_S = 0.045
SMOOTH_FRAMES = 2.2
MANY_SWAPS = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class CleanTrack:
    """A repaired track.

    Attributes
    ----------
    track : PoseTrack
        Landmarks with swaps undone, outliers taken out and short gaps filled; not smoothed.
    modelled : (T, K) bool
        Points that were filled in, lie beyond the picture, or that the network calls hidden.
    swapped : (T,) bool
        Frames in which left and right leg were exchanged.
    notes : tuple of QualityNote
        What was repaired.
    """

    track: PoseTrack
    modelled: NDArray[np.bool_]
    swapped: NDArray[np.bool_]
    notes: tuple[QualityNote, ...]


def clean(track: PoseTrack, rhythm: Rhythm) -> CleanTrack:
    """Repair a raw track: undo leg swaps, take out outliers, fill what the stride tells."""
    repaired, swapped = repair_swaps(track, rhythm)
    xy = repaired.xy_px.copy()
    xy[_time_outliers(repaired)] = np.nan
    leg_path = _fill_legs(xy, rhythm)
    xy = _fill_gaps(repaired.t_s, xy)
    still_missing = np.isnan(xy)
    xy[still_missing] = leg_path[still_missing]
    filled = np.isnan(repaired.xy_px).any(axis=2) | (xy != repaired.xy_px).any(axis=2)
    modelled = filled | (repaired.confidence < HIDDEN) | _outside(repaired)
    return CleanTrack(replace(repaired, xy_px=xy), modelled, swapped, _notes(swapped))


def _outside(track: PoseTrack) -> NDArray[np.bool_]:
    """Return (T, K) points beyond the picture's edge, where nobody can see them."""
    beyond = (track.xy_px < 0) | (track.xy_px > (track.width_px, track.height_px))
    return np.asarray(beyond.any(axis=2))


def smooth(track: PoseTrack) -> PoseTrack:
    """Return the track smoothed on true time, for drawing and export; never for events."""
    frame_s = float(np.median(np.diff(track.t_s)))
    half_s = max(SMOOTH_S, SMOOTH_FRAMES * frame_s)
    flat = track.xy_px.reshape(track.t_s.size, -1)
    smoothed = local_fit(track.t_s, track.t_s, flat, half_s)[0]
    smoothed = np.where(np.isfinite(smoothed), smoothed, flat)
    smoothed = np.where(np.isfinite(flat), smoothed, np.nan)
    return replace(track, xy_px=smoothed.reshape(track.xy_px.shape))


def _notes(swapped: NDArray[np.bool_]) -> tuple[QualityNote, ...]:
    frames, share = int(swapped.sum()), float(swapped.mean())
    if share == 0:
        return ()
    form = {
        (True, True): "one_of_few",
        (True, False): "one",
        (False, True): "many",
        (False, False): None,
    }[frames == 1, share > MANY_SWAPS]
    return (note("legs_swapped", form, frames=frames),)


def _time_outliers(track: PoseTrack) -> NDArray[np.bool_]:
    """Return (T, K) points that jump away from their neighbours in time (Hampel's test)."""
    t_s, flat = track.t_s, track.xy_px.reshape(track.t_s.size, -1)
    half_s = max(NEIGHBOURS_S, 4 * float(np.median(np.diff(t_s))))
    residual = np.abs(flat - local_fit(t_s, t_s, flat, half_s, robust_steps=2)[0])
    spread = 1.4826 * np.nanmedian(residual, axis=0)
    y = flat[:, 1::2]
    # fmax and fmin leave a frame in which nothing was seen NaN without a warning.
    size_px = float(np.nanmedian(np.fmax.reduce(y, axis=1) - np.fmin.reduce(y, axis=1)))
    limit = POINT_OUTLIER * np.maximum(spread, 0.01 * size_px)
    # A large jump drags the fit at its neighbours along; more rounds let go of it.
    suspect = (residual > limit).any(axis=1)
    closer = local_fit(t_s[suspect], t_s, flat, half_s, robust_steps=6)[0]
    residual[suspect] = np.abs(flat[suspect] - closer)
    return np.asarray((residual > limit).reshape(-1, N_LANDMARKS, 2).any(axis=2))


def _fill_legs(xy: Floats, rhythm: Rhythm) -> Floats:
    """Take leg points off their mean path out of `xy` and return that path for all landmarks."""
    model = fit_legs(xy, rhythm)
    hip = (xy[:, index("hip", "left")] + xy[:, index("hip", "right")]) / 2
    off = np.abs(leg_points(xy) - model.path_px) > LEG_OUTLIER * model.spread_px
    path = np.full_like(xy, np.nan)
    for s, side in enumerate(SIDES):
        for p, name in enumerate(POINTS):
            k = index(name, side)
            path[:, k] = model.path_px[:, s, p] + hip
            xy[off[:, s, p].any(axis=1), k] = np.nan
    return path


def _fill_gaps(t_s: Floats, xy: Floats) -> Floats:
    """Fill gaps up to a bounded length by a local fit; ends are never extrapolated."""
    out = xy.copy()
    for k in range(xy.shape[1]):
        missing = np.asarray(np.isnan(xy[:, k]).any(axis=1))
        if not missing.any() or (~missing).sum() < 8:
            continue
        fitted = local_fit(t_s, t_s[~missing], xy[~missing, k], LONGEST_GAP_S)[0]
        for start, stop in _runs(missing):
            inner = start > 0 and stop < t_s.size
            if inner and t_s[stop] - t_s[start - 1] <= LONGEST_GAP_S:
                out[start:stop, k] = fitted[start:stop]
    return out


def _runs(flag: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return [start, stop) of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flag.view(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
