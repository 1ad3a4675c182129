"""What the pose stage has to say about a clip: who was in it, and how well they could be seen."""

from __future__ import annotations

import numpy as np

from formcheck.landmarks import LEG, SIDES, index
from formcheck.notes import note
from formcheck.pose.people import Person
from formcheck.types import Floats, QualityNote

SMALL_SIDE_PX = 320.0
# Of the picture's height: a runner who takes more cannot come much closer.
ENOUGH_SHARE = 0.66
DARK = 45.0
_OFTEN = 0.1
_FOOT = [index(name, side) for side in SIDES for name in LEG[2:]]
_HIPS = [index("hip", side) for side in SIDES]


def pose_notes(
    runner: Person, others: int, xy_px: Floats, width_px: int, height_px: int
) -> tuple[QualityNote, ...]:
    """Return remarks on what the pose stage saw.

    Parameters
    ----------
    runner : Person
        Whom the first pass chose.
    others : int
        People who might be mistaken for the runner.
    xy_px : (T, 19, 2) float
        Landmarks of every frame, NaN where the runner was not seen.
    """
    notes = []
    if others:
        notes.append(note("other_person", "one" if others == 1 else None, others=others))
    side = float(np.median([region[2] for region in runner.regions]))
    if side < SMALL_SIDE_PX:
        share = side / height_px
        form = "coarse" if share > ENOUGH_SHARE else None
        notes.append(note("small_runner", form, side_px=side, share_pct=100 * share))
    outside = share_outside(xy_px, width_px, height_px)
    if outside > _OFTEN:
        notes.append(note("runner_leaves_frame", share_pct=100 * outside))
    cut = share_of_feet_cut(xy_px, width_px, height_px)
    if cut > _OFTEN:
        notes.append(note("feet_cut_off", share_pct=100 * cut))
    light = float(np.median(runner.light))
    if light < DARK:
        notes.append(note("low_light", light=light))
    return tuple(notes)


def share_outside(xy_px: Floats, width_px: int, height_px: int) -> float:
    """Return the share of frames in which the runner's hips are not in the picture, or not seen."""
    hips = xy_px[:, _HIPS].mean(axis=1)
    inside = ((hips >= 0) & (hips <= (width_px, height_px))).all(axis=-1)  # NaN is not inside
    return 1 - float(inside.mean())


def share_of_feet_cut(xy_px: Floats, width_px: int, height_px: int) -> float:
    """Return the share of the frames with a runner in which a foot reaches beyond the picture."""
    feet = xy_px[:, _FOOT]
    feet = feet[np.isfinite(feet).all(axis=(1, 2))]
    if not len(feet):
        return 0.0
    lowest, highest = feet.min(axis=1), feet.max(axis=1)
    beyond = (lowest < 0) | (highest > (width_px, height_px))
    return float(np.mean(beyond[:, 0] | beyond[:, 1]))
