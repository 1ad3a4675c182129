"""Pictures that a converter repeated to raise the frame rate: found in the track and left out.

A repeated picture shows the runner exactly where the one before does, while in running some part of
the body always moves. Only repeats at regular intervals are taken for a converter's.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from formcheck.notes import note
from formcheck.types import Floats, PoseTrack, QualityNote

REPEATED = "repeated_frames"
# A repeated picture moves the points by less than this share of what others do.
STILL = 0.2
BUSY_PERCENTILE = 80
# The least share of repeats, and of steps that are as long as a converter makes them.
LEAST_SHARE = 0.12
REGULAR = 0.95


def without_repeats(track: PoseTrack) -> tuple[PoseTrack, tuple[QualityNote, ...]]:
    """Return the track without repeated pictures, at the times of even exposure, and what to say.

    A converter that makes 30 pictures of 24 shows some of them early; as the camera took them
    evenly, they are put back on an even grid unless pictures are missing as well.
    """
    kept = ~repeated(track.xy_px)
    if kept.all():
        return track, ()
    shown_s = track.t_s[kept]
    count = np.arange(shown_s.size) - (shown_s.size - 1) / 2
    even_s = shown_s.mean() + count * float(count @ shown_s / (count @ count))
    frame_s = float(np.median(np.diff(track.t_s)))
    t_s = even_s if np.max(np.abs(even_s - shown_s)) < frame_s else shown_s
    played_hz, true_hz = 1 / frame_s, (t_s.size - 1) / float(np.ptp(t_s))
    told = note(REPEATED, played_hz=played_hz, true_hz=true_hz)
    thinned = replace(track, t_s=t_s, xy_px=track.xy_px[kept], confidence=track.confidence[kept])
    return thinned, (told,)


def repeated(xy_px: Floats) -> NDArray[np.bool_]:
    """Return (T,) which frames repeat the one before; none where repeats are not regular.

    Parameters
    ----------
    xy_px : (T, K, 2) float
        Landmarks as the network gave them, NaN where unknown.
    """
    nothing = np.zeros(len(xy_px), dtype=bool)
    apart = np.linalg.norm(np.diff(xy_px, axis=0), axis=2)
    seen = np.isfinite(apart).any(axis=1)
    if seen.sum() < 2 / LEAST_SHARE:
        return nothing
    moved = np.full(len(apart), np.inf)
    moved[seen] = np.nanmedian(apart[seen], axis=1)
    still = moved < STILL * np.percentile(moved[seen], BUSY_PERCENTILE)
    if still.mean() < LEAST_SHARE:
        return nothing
    found = np.append(False, still)
    steps = np.diff(np.flatnonzero(~found))
    # Any even resampling makes steps of only two neighbouring lengths.
    shortest = np.floor(1 / float(np.mean(~found)))
    regular = (steps == shortest) | (steps == shortest + 1)
    return found if regular.mean() >= REGULAR else nothing
