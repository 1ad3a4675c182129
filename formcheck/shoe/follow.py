"""Follow one shoe: its mean picture while it lies flat, laid over the frames of its landing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from formcheck.shoe.look import Look
from formcheck.shoe.pictures import Picture
from formcheck.shoe.register import (
    COLUMNS,
    ROWS,
    Colours,
    Grid,
    Pose,
    Shoe,
    placed,
    register,
    relit,
    tone_of,
)
from formcheck.types import Floats, ShoePath

ROUNDS = 3
# A flat shoe less alike than the others by this does not shape the mean; one less alike than that
# was lost while it was followed.
UNLIKE = 0.15
LOST = 0.55
# Spread of a pixel's colour over the strides, at least and in typical ones, that quarters its
# weight: what lies behind a shoe changes, the shoe does not.
CHANGING, TYPICAL = 8.0, 1.5


def follow_foot(look: Look, pictures: Mapping[int, Picture]) -> ShoePath | None:
    """Follow a shoe through its landings; None where its flat picture is not seen often enough.

    Parameters
    ----------
    look : Look
        Where it is expected.
    pictures : mapping of int to Picture
        By the number of the sample.
    """
    grid = Grid(look.sole_px)
    flat = {n: Pose(look.place_px[n], 0.0) for n in pictures if look.flat[n]}
    if len(flat) < ROUNDS:
        return None
    shoe, flat = mean_shoe(grid, pictures, flat)
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


def mean_shoe(
    grid: Grid, pictures: Mapping[int, Picture], flat: Mapping[int, Pose]
) -> tuple[Shoe, dict[int, Pose]]:
    """Return the mean picture of a flat shoe, and where each of the flat ones that fit it lies.

    The first picture is laid over all others, their median over all again, and so on. What changes
    from picture to picture is not the shoe.
    """
    fade = np.sqrt(np.outer(_fade(ROWS), _fade(COLUMNS))).ravel()
    share = fade / fade.sum()
    poses = dict(flat)
    first = sorted(flat)[len(flat) // 2]
    colours = pictures[first].sample(placed(grid.points, poses[first]))
    shoe = Shoe(grid, colours, fade)
    fitting = sorted(flat)
    for _ in range(ROUNDS):
        found = {n: register(shoe, pictures[n], pose) for n, pose in poses.items()}
        poses = {n: pose for n, (pose, _) in found.items()}
        least = max(LOST, float(np.median([alike for _, alike in found.values()])) - UNLIKE)
        fitting = [n for n, (_, alike) in found.items() if alike >= least] or fitting
        seen = [pictures[n].sample(placed(grid.points, poses[n])) for n in fitting]
        tone = tone_of(colours, share)
        colours, weight = _median_colours([relit(one, tone, share) for one in seen])
        shoe = Shoe(grid, colours, fade * weight)
    return shoe, {n: poses[n] for n in fitting}


def _median_colours(seen: Sequence[Colours]) -> tuple[Colours, Floats]:
    """Return (P, 3) median colours, and (P,) how little they change from 0 to 1."""
    stack = np.stack(seen)
    colours = np.median(stack, axis=0)
    spread = 1.4826 * np.median(np.abs(stack - colours), axis=0).max(axis=-1)
    changing = max(CHANGING, TYPICAL * float(np.median(spread)))
    return colours, 1 / (1 + (spread / changing) ** 2) ** 2


def _fade(size: int) -> Floats:
    return np.asarray(np.hanning(size + 2)[1:-1])


def _follow(
    shoe: Shoe,
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
