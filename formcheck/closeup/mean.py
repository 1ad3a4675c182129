"""The mean picture of one thing in many frames, made by laying them over each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from formcheck.closeup.pictures import Picture
from formcheck.closeup.register import (
    COLUMNS,
    ROWS,
    Colours,
    Grid,
    Patch,
    Pose,
    placed,
    register,
    relit,
    tone_of,
)
from formcheck.types import Floats

ROUNDS = 3
# A picture less alike than the others by this does not shape the mean; one less alike than that
# shows something else.
UNLIKE = 0.15
LOST = 0.55
# Spread of a pixel's colour over the pictures, at least and in typical ones, that quarters its
# weight: what lies behind a thing changes, the thing does not.
CHANGING, TYPICAL = 8.0, 1.5


def mean_patch(
    grid: Grid, pictures: Mapping[int, Picture], guess: Mapping[int, Pose]
) -> tuple[Patch, dict[int, Pose]]:
    """Return the mean picture of a thing, and where it lies in each of the pictures that fit it.

    The first picture is laid over all others, their median over all again, and so on. What changes
    from picture to picture is not the thing.
    """
    fade = np.sqrt(np.outer(_fade(ROWS), _fade(COLUMNS))).ravel()
    share = fade / fade.sum()
    poses = dict(guess)
    first = sorted(guess)[len(guess) // 2]
    colours = pictures[first].sample(placed(grid.points, poses[first]))
    patch = Patch(grid, colours, fade)
    fitting = sorted(guess)
    for _ in range(ROUNDS):
        found = {n: register(patch, pictures[n], pose) for n, pose in poses.items()}
        poses = {n: pose for n, (pose, _) in found.items()}
        least = max(LOST, float(np.median([alike for _, alike in found.values()])) - UNLIKE)
        fitting = [n for n, (_, alike) in found.items() if alike >= least] or fitting
        seen = [pictures[n].sample(placed(grid.points, poses[n])) for n in fitting]
        tone = tone_of(colours, share)
        colours, weight = _median_colours([relit(one, tone, share) for one in seen])
        patch = Patch(grid, colours, fade * weight)
    return patch, {n: poses[n] for n in fitting}


def _median_colours(seen: Sequence[Colours]) -> tuple[Colours, Floats]:
    """Return (P, 3) median colours, and (P,) how little they change from 0 to 1."""
    stack = np.stack(seen)
    colours = np.median(stack, axis=0)
    spread = 1.4826 * np.median(np.abs(stack - colours), axis=0).max(axis=-1)
    changing = max(CHANGING, TYPICAL * float(np.median(spread)))
    return colours, 1 / (1 + (spread / changing) ** 2) ** 2


def _fade(size: int) -> Floats:
    return np.asarray(np.hanning(size + 2)[1:-1])
