"""How far the free side of the pelvis drops, read from the turns of waist and back from behind."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

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
    Pictures tell how far the waist turns, not which way is level. Halfway between two contacts the
    pelvis passes from one side's drop to the other's; what it shows there, as the mean of passing
    from left to right and from right to left, counts as level. It is exactly so in a runner whose
    sides are alike, and a drop over one foot alone hardly reaches there. Where the waist was not
    followed there, halfway between the two feet's means is taken.
    """
    if path is None:
        return Pelvis({}, NOT_FOLLOWED)
    waist, back = (
        _by_foot(path.middle_s, path.left, turn_deg) for turn_deg in (path.waist_deg, path.back_deg)
    )
    if not all(_followed(steps) for steps in waist):
        return Pelvis({}, NOT_FOLLOWED)
    drop_deg, back_deg = (float(left.mean() - right.mean()) / 2 for left, right in (waist, back))
    if drop_deg < max(LEAST_DROP_DEG, back_deg + LEAST_BEYOND_BACK_DEG):
        return Pelvis({}, LOOSE_TOP)
    between = _by_foot(path.between_s, path.next_left, path.between_deg)
    known = all(_followed(steps) for steps in between)
    left, right = between if known else waist
    level_deg = (left.mean() + right.mean()) / 2
    # In left stance the right side drops: clockwise from behind.
    drops = dict(zip(SIDES, (waist[0] - level_deg, level_deg - waist[1]), strict=True))
    middles = (np.unique(path.middle_s[own]) for own in (path.left, ~path.left))
    return Pelvis(drops, level_known=known, middle_s=dict(zip(SIDES, middles, strict=True)))


def _followed(steps_deg: Floats) -> bool:
    """Return whether enough steps were seen, and all of them alike."""
    return steps_deg.size >= FEWEST_STEPS and bool(steps_deg.std() <= LARGEST_SD_DEG)


def _by_foot(middle_s: Floats, left: NDArray[np.bool_], turn_deg: Floats) -> tuple[Floats, Floats]:
    """Return the mean turn around each instant, of the left foot and of the right."""
    own_left, own_right = (
        np.array([turn_deg[middle_s == at].mean() for at in np.unique(middle_s[own])])
        for own in (left, ~left)
    )
    return own_left, own_right
