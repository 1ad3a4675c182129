"""The runner's own zero: a spell of standing still side-on, at the start of a clip or in another.

Where a network puts hips and shoulders hangs on body and clothes, and it does so alike whether a
runner stands or runs. Lean against the own standing posture is free of most of that.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from formcheck.gait.body import to_body, trunk_length
from formcheck.gait.view import forward_sign
from formcheck.kernel import MEASURES, measure
from formcheck.landmarks import SIDES, index, mid_hip, mid_shoulder
from formcheck.notes import note
from formcheck.types import Floats, Gait, PoseTrack, Posture, QualityNote, Standing, View

# Hips, shoulders, ankles and heels of somebody who stands stay within this part of the trunk's
# length for this time on either side; a foot on a slow belt moves twenty times as far.
STILL_SHARE, AROUND_S = 0.08, 0.15
SHORTEST_S = 0.7
# A spell at the start of a clip begins this soon.
SOON_S = 2.0
# Of somebody who stands side-on: bend of the knees, distance of the ankles, width of the shoulders
# and length of each foot in the picture (the last three in trunk lengths), and lean.
MOST_KNEE_DEG = 30.0
MOST_ANKLES, MOST_SHOULDERS, LEAST_FOOT = 0.6, 0.5, 0.15
MOST_LEAN_DEG = 35.0
# The run has begun when one foot is lifted nearly as far above the other as later, within a stride
# or so; who walks first lifts them half as far.
RUNS_SHARE, STRIDE_S = 0.75, 0.9
LEAST_RUN_S = 1.5
# What a second of standing leaves open: slow sway has a few independent values in it.
SWAYS_PER_S = 2.0
# How far two placings of one camera differ in roll.
PLACED_AGAIN_SD_DEG = 0.7


def find_standing(track: PoseTrack) -> Posture | None:
    """Return the posture of the longest spell of standing still side-on, if there is one.

    Parameters
    ----------
    track : PoseTrack
        Raw landmarks.
    """
    spells = _spells(track)
    if not spells:
        return None
    start, stop = max(spells, key=lambda spell: track.t_s[spell[1] - 1] - track.t_s[spell[0]])
    return _posture(track, start, stop)


def split_standing(track: PoseTrack) -> tuple[Posture | None, PoseTrack]:
    """Return the posture in which a clip begins, if the runner stands there, and the run after it.

    Parameters
    ----------
    track : PoseTrack
        Raw landmarks of the whole clip.

    Returns
    -------
    posture : Posture or None
    run : PoseTrack
        From where the legs swing as they do later; the whole track where nobody stands at first.
    """
    early = [spell for spell in _spells(track) if track.t_s[spell[0]] - track.t_s[0] <= SOON_S]
    if not early:
        return None, track
    begins = _run_begins(track, early[-1][1])
    if begins >= track.t_s.size or track.t_s[-1] - track.t_s[begins] < LEAST_RUN_S:
        return None, track
    run = replace(
        track,
        t_s=track.t_s[begins:],
        xy_px=track.xy_px[begins:],
        confidence=track.confidence[begins:],
    )
    longest = max(early, key=lambda spell: track.t_s[spell[1] - 1] - track.t_s[spell[0]])
    return _posture(track, *longest), run


def standing_of(posture: Posture | None, view: View, roll_deg: float) -> Standing | None:
    """Return how a posture leans; None of a runner who stood facing another way than running.

    Parameters
    ----------
    posture : Posture or None
        How the runner stood.
    view : View
        Of the run.
    roll_deg : float
        How the camera of the run is rolled; a posture that knows its own camera's roll has that
        taken out instead.
    """
    if posture is None or view.kind != "side" or view.facing != posture.facing:
        return None
    rolled = roll_deg if posture.roll_deg is None else posture.roll_deg
    level = to_body(posture.xy_px[None], view, rolled)
    lean_deg = float(measure(level)[MEASURES.index("trunk_deg"), 0])
    lean_sd_deg = float(np.hypot(posture.lean_sd_deg, posture.roll_sd_deg))
    return Standing(posture.source, posture.from_s, posture.to_s, lean_deg, lean_sd_deg)


def _spells(track: PoseTrack) -> list[tuple[int, int]]:
    """Return [start, stop) of every long enough spell of standing still side-on."""
    track = replace(track, xy_px=_bridged(track.t_s, track.xy_px))
    still = _still(track) & _upright(track)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], still.view(np.int8), [0]])))
    runs = [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
    return [(a, b) for a, b in runs if track.t_s[b - 1] - track.t_s[a] >= SHORTEST_S]


def _bridged(t_s: Floats, xy_px: Floats) -> Floats:
    """Return points with what was missing for a moment put on the line between its neighbours."""
    flat = xy_px.reshape(t_s.size, -1).copy()
    for column in flat.T:
        seen = np.isfinite(column)
        if seen.any() and not seen.all():
            column[~seen] = np.interp(t_s[~seen], t_s[seen], column[seen])
    return flat.reshape(xy_px.shape)


def _still(track: PoseTrack) -> NDArray[np.bool_]:
    """Return (T,) whether trunk and feet stay in place around each frame."""
    places = [mid_hip(track.xy_px), mid_shoulder(track.xy_px)]
    places += [track.xy_px[:, index(name, side)] for name in ("ankle", "heel") for side in SIDES]
    xy = np.concatenate(places, axis=1)
    first = np.searchsorted(track.t_s, track.t_s - AROUND_S)
    last = np.searchsorted(track.t_s, track.t_s + AROUND_S, side="right")
    most_px = STILL_SHARE * trunk_length(track.xy_px)
    moved = [np.ptp(xy[a:b], axis=0).max() for a, b in zip(first, last, strict=True)]
    return np.asarray(np.array(moved) < most_px)


def _upright(track: PoseTrack) -> NDArray[np.bool_]:
    """Return (T,) whether the body looks like somebody's who stands side-on."""
    xy = track.xy_px
    trunk_px = trunk_length(xy)
    across = {
        name: xy[:, index(name, "left"), 0] - xy[:, index(name, "right"), 0]
        for name in ("shoulder", "ankle")
    }
    feet = np.stack([xy[:, index("toe", s), 0] - xy[:, index("heel", s), 0] for s in SIDES])
    rows = measure(xy * (1.0, -1.0))
    knees = np.stack([rows[MEASURES.index(f"knee_flexion_deg_{side}")] for side in SIDES])
    lean = rows[MEASURES.index("trunk_deg")]
    with np.errstate(invalid="ignore"):
        return np.asarray(
            (np.abs(across["shoulder"]) < MOST_SHOULDERS * trunk_px)
            & (np.abs(across["ankle"]) < MOST_ANKLES * trunk_px)
            & (np.abs(feet) > LEAST_FOOT * trunk_px).all(axis=0)
            & (np.sign(feet[0]) == np.sign(feet[1]))
            & (np.abs(knees) < MOST_KNEE_DEG).all(axis=0)
            & (np.abs(lean) < MOST_LEAN_DEG)
        )


def _run_begins(track: PoseTrack, after: int) -> int:
    """Return the first frame from which on the feet are lifted as far as they are later."""
    t_s = track.t_s[after:]
    if t_s.size < 2:
        return after
    left, right = (track.xy_px[after:, index("ankle", side), 1] for side in SIDES)
    lifted = np.nan_to_num(np.abs(left - right))
    usual = np.percentile(lifted[t_s.size // 2 :], 90)
    last = np.searchsorted(t_s, t_s + STRIDE_S, side="right")
    highest = np.array([lifted[a:b].max() for a, b in enumerate(last)])
    whole = t_s <= t_s[-1] - STRIDE_S
    low = np.flatnonzero(whole & (highest < RUNS_SHARE * usual))
    begins = low[-1] + 1 if low.size else 0
    # The window looked ahead: the run begins where the foot is first lifted that far.
    high = np.flatnonzero(lifted[begins:] >= RUNS_SHARE * usual)
    return after + int(begins + (high[0] if high.size else 0))


def _posture(track: PoseTrack, start: int, stop: int) -> Posture:
    xy = track.xy_px[start:stop]
    t_s = track.t_s[start:stop]
    trunk = mid_shoulder(xy) - mid_hip(xy)
    lean = np.degrees(np.arctan2(trunk[:, 0], -trunk[:, 1]))
    independent = max(1.0, SWAYS_PER_S * float(np.ptp(t_s)))
    names = [index(name, side) for name in ("shoulder", "hip") for side in SIDES]
    middle = np.full(xy.shape[1:], np.nan)
    middle[names] = np.nanmedian(xy[:, names], axis=0)
    return Posture(
        source="start",
        facing="right" if forward_sign(xy) > 0 else "left",
        xy_px=middle,
        lean_sd_deg=float(np.nanstd(lean)) / float(np.sqrt(independent)),
        from_s=float(t_s[0]),
        to_s=float(t_s[-1]),
    )


def in_clip(posture: Posture, roll: tuple[float, float] | None) -> Posture:
    """Return a posture found in a clip of its own, with that clip's roll where its room tells it.

    Parameters
    ----------
    posture : Posture
        By `find_standing`.
    roll : (float, float) or None
        Roll and its standard error in degrees; None where the room does not tell: then the camera
        is taken to stand as for the run.
    """
    if roll is None:
        return replace(posture, source="clip", roll_sd_deg=PLACED_AGAIN_SD_DEG)
    return replace(posture, source="clip", roll_deg=roll[0], roll_sd_deg=roll[1])


def at_true_times(posture: Posture | None, slower: float) -> Posture | None:
    """Return the posture that a clip begins with at true times; it plays so many times slower."""
    if posture is None:
        return None
    return replace(posture, from_s=posture.from_s / slower, to_s=posture.to_s / slower)


def standing_notes(gait: Gait, posture: Posture | None, *, asked: bool) -> tuple[QualityNote, ...]:
    """Say so where a clip of standing was given that does not serve as the runner's zero."""
    if not asked or gait.standing is not None:
        return ()
    if gait.view.kind != "side":
        return (note("no_standing", "not_from_side"),)
    return (note("no_standing", None if posture is None else "other_way"),)


__all__ = [
    "at_true_times",
    "find_standing",
    "in_clip",
    "split_standing",
    "standing_notes",
    "standing_of",
]
