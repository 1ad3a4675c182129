"""How far the free side of the pelvis drops, read from the turns of waist and back from behind."""

from __future__ import annotations

from typing import Final

import numpy as np

from formcheck.landmarks import SIDES
from formcheck.types import Floats, Pelvis, WaistPath

FEWEST_STEPS: Final = 3
# Steps of one foot that differ by more were not all followed.
LARGEST_SD_DEG: Final = 1.5
# What turns no farther than this, or hardly farther than the back, hangs from the shoulders.
LEAST_DROP_DEG: Final = 0.5
LEAST_BEYOND_BACK_DEG: Final = 1.0

NOT_FOLLOWED: Final = (
    "The waist was not alike from step to step: film from close behind, in a plain tight top."
)
FROM_BEHIND: Final = "The pelvis is read from the waist's own pixels: film from behind."
LOOSE_TOP: Final = "The top hangs too loosely to show the pelvis: tuck it in or wear a tight one."


def read_pelvis(path: WaistPath | None) -> Pelvis:
    """Return the drop towards the free side at the middle of each contact, or why it is not known.

    Parameters
    ----------
    path : WaistPath or None
        None where the waist could not be followed.

    Notes
    -----
    Pictures tell how far the waist turns from one foot's contact to the other's, not which way is
    level, so that the mean of both feet's drops is what they say; each foot's is taken from halfway
    between the two.
    """
    if path is None:
        return Pelvis({}, NOT_FOLLOWED)
    waist, back = (_by_foot(path, turn_deg) for turn_deg in (path.waist_deg, path.back_deg))
    if any(steps.size < FEWEST_STEPS or steps.std() > LARGEST_SD_DEG for steps in waist):
        return Pelvis({}, NOT_FOLLOWED)
    drop_deg, back_deg = (float(left.mean() - right.mean()) / 2 for left, right in (waist, back))
    if drop_deg < max(LEAST_DROP_DEG, back_deg + LEAST_BEYOND_BACK_DEG):
        return Pelvis({}, LOOSE_TOP)
    level_deg = (waist[0].mean() + waist[1].mean()) / 2
    # In left stance the right side drops: clockwise from behind.
    return Pelvis(dict(zip(SIDES, (waist[0] - level_deg, level_deg - waist[1]), strict=True)))


def _by_foot(path: WaistPath, turn_deg: Floats) -> tuple[Floats, Floats]:
    """Return the mean turn around the middle of each contact, of the left foot and of the right."""
    left, right = (
        np.array([turn_deg[path.middle_s == at].mean() for at in np.unique(path.middle_s[own])])
        for own in (path.left, ~path.left)
    )
    return left, right
