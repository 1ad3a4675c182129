"""Follow one shoe: its mean picture while it lies flat, laid over the frames of its landing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from formcheck.closeup.mean import LOST, mean_patch
from formcheck.closeup.pictures import Picture
from formcheck.closeup.register import Grid, Patch, Pose, likeness, register
from formcheck.closeup.shoe.look import Look
from formcheck.closeup.shoe.toes import AHEAD
from formcheck.landmarks import Side
from formcheck.types import Floats, ShoePath, ToePath

FEWEST_FLAT = 3
# So many frames of a landing in a row may show it too little.
MOST_MISSED = 1
# A place so much alike needs no second guess.
SURE = 0.85


def follow_foot(look: Look, pictures: Mapping[int, Picture]) -> ShoePath | None:
    """Follow a shoe through its landings; None where its flat picture is not seen often enough.

    Parameters
    ----------
    look : Look
        Where it is expected.
    pictures : mapping of int to Picture
        By the number of the sample.
    """
    found = _found(look, pictures)
    if not found:
        return None
    at = sorted(found)
    return ShoePath(*_path(look, found, at))


def follow_toes(look: Look, pictures: Mapping[int, Picture]) -> ToePath | None:
    """Follow the toes from the flat foot until after they left, as `follow_foot` does a shoe."""
    found = _found(look, pictures)
    if not found:
        return None
    at = sorted(found)
    alike = np.array([found[n][1] for n in at])
    return ToePath(*_path(look, found, at), alike, AHEAD)


Found = dict[int, tuple[Pose, float]]


def _path(
    look: Look, found: Found, at: Sequence[int]
) -> tuple[Side, Floats, Floats, Floats, Floats, Floats, NDArray[np.bool_]]:
    return (
        look.side,
        look.sole_px,
        look.landing_s[at],
        look.t_s[at],
        np.array([found[n][0].xy_px for n in at]),
        np.degrees([found[n][0].turn for n in at]),
        look.flat[at],
    )


def _found(look: Look, pictures: Mapping[int, Picture]) -> Found:
    """Return where it lies in the samples in which it was found, and how much alike they are."""
    grid = Grid(look.sole_px, look.compared)
    flat = {n: Pose(look.place_px[n], 0.0) for n in pictures if look.flat[n]}
    if len(flat) < FEWEST_FLAT:
        return {}
    shoe, flat = mean_patch(grid, pictures, flat)
    found: Found = {}
    for landing_s in np.unique(look.landing_s):
        own = [n for n in sorted(pictures) if look.landing_s[n] == landing_s]
        planted = [n for n in own if n in flat]
        if planted:
            start = planted[len(planted) // 2]
            seen = shoe.seen(pictures[start], flat[start])
            found[start] = flat[start], likeness(shoe, seen)
            for way in (1, -1):
                ahead = [n for n in own if (n - start) * way > 0][::way]
                found |= _follow(shoe, pictures, look, start, flat[start], ahead)
    return found


def _follow(
    shoe: Patch,
    pictures: Mapping[int, Picture],
    look: Look,
    start: int,
    pose: Pose,
    ahead: Sequence[int],
) -> Found:
    """Follow a shoe from a flat one through the samples ahead, until it is lost for good.

    It is looked for where it would go on as it came, and where the network sees it: a shoe may fall
    by a third of its length from frame to frame, and a picture or two may be too blurred to tell.
    """
    found: Found = {}
    before, last, missed = None, start, 0
    seen_off_px = pose.xy_px - look.seen_px[start]
    for n in ahead:
        step_s = look.t_s[n] - look.t_s[last]
        guess = Pose(pose.xy_px + look.velocity_px * step_s, pose.turn)
        if before is not None:  # it goes on as it came
            share = step_s / (look.t_s[last] - before[0])
            guess = Pose(
                pose.xy_px + share * (pose.xy_px - before[1].xy_px),
                pose.turn + share * (pose.turn - before[1].turn),
            )
        guesses = [guess, Pose(look.seen_px[n] + seen_off_px, look.seen_turn[n])]
        seen, alike = _best(shoe, pictures[n], guesses)
        if alike < LOST:
            missed += 1
            if missed > MOST_MISSED:
                break
            continue
        before, pose, last, missed = (look.t_s[last], pose), seen, n, 0
        found[n] = seen, alike
    return found


def _best(shoe: Patch, picture: Picture, guesses: Sequence[Pose]) -> tuple[Pose, float]:
    """Return where a shoe is most alike, of the places found from several guesses in turn."""
    found: list[tuple[Pose, float]] = []
    for guess in guesses:
        if np.isfinite(guess.xy_px).all() and np.isfinite(guess.turn):
            found.append(register(shoe, picture, guess))
            if found[-1][1] >= SURE:
                break
    return max(found, key=lambda one: one[1])
