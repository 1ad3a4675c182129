"""Follow one shoe: its mean picture while it lies flat, laid over the frames of its landing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from formcheck.closeup.mean import LOST, mean_patch
from formcheck.closeup.pictures import Picture
from formcheck.closeup.register import Grid, Patch, Pose, register
from formcheck.closeup.shoe.look import COMPARED, Look
from formcheck.types import ShoePath

FEWEST_FLAT = 3


def follow_foot(look: Look, pictures: Mapping[int, Picture]) -> ShoePath | None:
    """Follow a shoe through its landings; None where its flat picture is not seen often enough.

    Parameters
    ----------
    look : Look
        Where it is expected.
    pictures : mapping of int to Picture
        By the number of the sample.
    """
    grid = Grid(look.sole_px, COMPARED)
    flat = {n: Pose(look.place_px[n], 0.0) for n in pictures if look.flat[n]}
    if len(flat) < FEWEST_FLAT:
        return None
    shoe, flat = mean_patch(grid, pictures, flat)
    found: dict[int, Pose] = {}
    for landing_s in np.unique(look.landing_s):
        own = [n for n in sorted(pictures) if look.landing_s[n] == landing_s]
        planted = [n for n in own if n in flat]
        if planted:
            start = planted[len(planted) // 2]
            found[start] = flat[start]
            for way in (1, -1):
                ahead = [n for n in own if (n - start) * way > 0][::way]
                found |= _follow(shoe, pictures, look, start, flat[start], ahead)
    at = sorted(found)
    if not at:
        return None
    return ShoePath(
        look.side,
        look.sole_px,
        look.landing_s[at],
        look.t_s[at],
        np.array([found[n].xy_px for n in at]),
        np.degrees([found[n].turn for n in at]),
        look.flat[at],
    )


def _follow(
    shoe: Patch,
    pictures: Mapping[int, Picture],
    look: Look,
    start: int,
    pose: Pose,
    ahead: Sequence[int],
) -> dict[int, Pose]:
    """Follow a shoe from a flat one through the samples ahead, until it is lost."""
    found: dict[int, Pose] = {}
    before, last = None, start
    for n in ahead:
        step_s = look.t_s[n] - look.t_s[last]
        guess = Pose(pose.xy_px + look.velocity_px * step_s, pose.turn)
        if before is not None:  # it goes on as it came
            share = step_s / (look.t_s[last] - before[0])
            guess = Pose(
                pose.xy_px + share * (pose.xy_px - before[1].xy_px),
                pose.turn + share * (pose.turn - before[1].turn),
            )
        seen, alike = register(shoe, pictures[n], guess)
        if alike < LOST:
            break
        before, pose, last = (look.t_s[last], pose), seen, n
        found[n] = seen
    return found
