"""What the pose stage has to say about a clip: who was in it, and how well they could be seen."""

from __future__ import annotations

import numpy as np

from formcheck.landmarks import LEG, SIDES, index
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
        notes.append(_other_person(others))
    side = float(np.median([region[2] for region in runner.regions]))
    if side < SMALL_SIDE_PX:
        notes.append(_small(side, side / height_px))
    outside = share_outside(xy_px, width_px, height_px)
    if outside > _OFTEN:
        notes.append(_leaves(outside))
    cut = share_of_feet_cut(xy_px, width_px, height_px)
    if cut > _OFTEN:
        notes.append(_feet_cut(cut))
    light = float(np.median(runner.light))
    if light < DARK:
        notes.append(_dark(light))
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


def _other_person(others: int) -> QualityNote:
    who = "Another person is" if others == 1 else f"{others} other people are"
    return QualityNote(
        "other_person",
        "warn",
        f"{who} in the picture; the one who runs, stays and is largest was measured.",
        "If the skeleton is drawn on somebody else, film the runner alone, or choose who is meant "
        "with --person (left, right, or a number counted from the left).",
    )


def _small(side_px: float, share: float) -> QualityNote:
    closer = "Move closer, or zoom, until the runner fills two thirds of the height."
    finer = "Film at 720 lines or more, and keep the original file: shared clips are often reduced."
    return QualityNote(
        "small_runner",
        "warn",
        f"The runner is small: body and margin take {side_px:.0f} pixels, {100 * share:.0f} % of "
        "the picture's height, so points are less exact.",
        finer if share > ENOUGH_SHARE else closer,
    )


def _leaves(share: float) -> QualityNote:
    return QualityNote(
        "runner_leaves_frame",
        "warn",
        f"The runner is out of the picture or not seen in {100 * share:.0f} % of the frames.",
        "Keep the runner in the middle of the picture, or choose a part with --from and --to.",
    )


def _feet_cut(share: float) -> QualityNote:
    return QualityNote(
        "feet_cut_off",
        "warn",
        f"The feet reach beyond the picture in {100 * share:.0f} % of the frames, where they are "
        "guessed.",
        "Film with room below the feet.",
    )


def _dark(light: float) -> QualityNote:
    return QualityNote(
        "low_light",
        "warn",
        f"The runner is dark (mean brightness {light:.0f} of 255), so points are less exact.",
        "Film with more light, not against a window.",
    )
