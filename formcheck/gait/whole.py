"""The part of a clip from behind or in front that shows the whole body, at one size.

People film from behind while the runner comes into the picture, or runs away down a road: the first
frames then show a part of the body, and the last ones a small one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from formcheck.landmarks import SIDES, index, mid_hip, mid_shoulder
from formcheck.notes import note
from formcheck.track.local import local_fit
from formcheck.types import Floats, PoseTrack, QualityNote

LEG = [index(name, side) for side in SIDES for name in ("knee", "ankle", "heel", "toe")]
ANKLES = [index("ankle", side) for side in SIDES]
# Where a network sees no legs it hardly believes in them; points that it guesses beyond a picture's
# edge get less than this, those of dark and small runners more.
LEAST_BELIEVED = 0.15
# How far an ankle may be beside the hips, and how far it must be below them, in trunk lengths.
MOST_BESIDE, LEAST_BELOW = 1.2, 0.3
# A look this long decides of each frame, so that single frames cut nothing.
LOOK_S = 0.4
# What is hidden for less in the middle of a clip is no end of it.
LONGEST_GAP_S = 1.0
# Three strides of a slow jogger: less is no clip to measure.
SHORTEST_S = 2.4
# A runner whose size changes by more is brought to one size.
STEADY = 0.08
SLOW_S = 1.2


@dataclass(frozen=True, slots=True, eq=False)
class Sized:
    """How each frame's points are brought to one size, and back.

    Attributes
    ----------
    middle_px : (T, 2) float
        The slowly moving place of the hips, which stays where it is.
    larger : (T,) float
        By how much each frame's points are enlarged about it.
    """

    middle_px: Floats
    larger: Floats

    def level(self, xy_px: Floats) -> Floats:
        """Return points (T, K, 2) at one size."""
        middle = self.middle_px[:, None]
        return np.asarray(middle + (xy_px - middle) * self.larger[:, None, None])

    def restore(self, xy_px: Floats) -> Floats:
        """Return points (T, K, 2) at the size that they have in the picture."""
        middle = self.middle_px[:, None]
        return np.asarray(middle + (xy_px - middle) / self.larger[:, None, None])


def sized(track: PoseTrack) -> Sized | None:
    """Return how to bring a runner who comes nearer or runs away to one size; None if steady."""
    trunk_px = _trunk_px(track)
    tenth, nine_tenths = np.nanpercentile(trunk_px, (10, 90))
    usual_px = float(np.nanmedian(trunk_px))
    if nine_tenths - tenth <= STEADY * usual_px:
        return None
    hips = local_fit(track.t_s, track.t_s, mid_hip(track.xy_px), SLOW_S, order=1, robust_steps=2)
    return Sized(hips[0], usual_px / trunk_px)


def levelled(track: PoseTrack, size: Sized | None) -> PoseTrack:
    """Return the track at one size."""
    return track if size is None else replace(track, xy_px=size.level(track.xy_px))


def restored(track: PoseTrack, size: Sized | None) -> PoseTrack:
    """Return the track at the size that the picture shows."""
    return track if size is None else replace(track, xy_px=size.restore(track.xy_px))


def whole_body(track: PoseTrack) -> tuple[PoseTrack, tuple[QualityNote, ...]]:
    """Return the longest part of a clip from behind that shows the whole body, and what to say.

    A clip that shows it all the time, or hardly at all, is returned as it is.
    """
    seen = _mostly(legs_seen(track), track.t_s)
    start, stop = _longest(seen, track.t_s)
    whole = slice(start, stop)
    if stop - start == seen.size or stop - start < 2:
        return track, ()
    if track.t_s[stop - 1] - track.t_s[start] < SHORTEST_S:
        return track, ()
    told = note("part_measured", from_s=track.t_s[start], to_s=track.t_s[stop - 1])
    cut = replace(
        track,
        t_s=track.t_s[whole],
        xy_px=track.xy_px[whole],
        confidence=track.confidence[whole],
    )
    return cut, (told,)


def legs_seen(track: PoseTrack) -> NDArray[np.bool_]:
    """Return (T,) which frames show both legs, down to the ankles, as those of an upright body."""
    xy = track.xy_px
    believed = np.median(track.confidence[:, LEG], axis=1) >= LEAST_BELIEVED
    ankles = xy[:, ANKLES]
    inside = ((ankles >= 0) & (ankles <= (track.width_px, track.height_px))).all(axis=(1, 2))
    trunk_px = _trunk_px(track)
    ankle = (ankles - mid_hip(xy)[:, None]) / trunk_px[:, None, None]
    upright = (np.abs(ankle[..., 0]) < MOST_BESIDE) & (ankle[..., 1] > LEAST_BELOW)
    return np.asarray(believed & inside & upright.all(axis=1))


def _trunk_px(track: PoseTrack) -> Floats:
    """Return (T,) the trunk's slowly changing length."""
    xy = track.xy_px
    length = np.linalg.norm(mid_shoulder(xy) - mid_hip(xy), axis=1)
    slow = local_fit(track.t_s, track.t_s, length[:, None], SLOW_S, order=1, robust_steps=2)
    return np.asarray(slow[0][:, 0])


def _mostly(seen: NDArray[np.bool_], t_s: Floats) -> NDArray[np.bool_]:
    """Return (T,) of which frames most of those around are seen."""
    before = np.searchsorted(t_s, t_s - LOOK_S / 2)
    after = np.searchsorted(t_s, t_s + LOOK_S / 2, side="right")
    count = np.concatenate([[0], np.cumsum(seen)])
    return np.asarray(2 * (count[after] - count[before]) > after - before)


def _longest(seen: NDArray[np.bool_], t_s: Floats) -> tuple[int, int]:
    """Return [start, stop) of the longest run of seen frames, over short gaps; (0, 0) without.

    Runs that are shorter than a look are chance.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], seen.view(np.int8), [0]])))
    joined: list[tuple[int, int]] = []
    for start, stop in edges.reshape(-1, 2).tolist():
        if t_s[stop - 1] - t_s[start] < LOOK_S:
            continue
        goes_on = joined and t_s[start] - t_s[joined[-1][1] - 1] < LONGEST_GAP_S
        joined.append((joined.pop()[0] if goes_on else start, stop))
    return max(joined, key=lambda run: run[1] - run[0], default=(0, 0))
