"""Choose the runner among the people of a clip."""

from __future__ import annotations

from typing import Literal

import numpy as np

from formcheck.errors import UsageError
from formcheck.landmarks import Landmark
from formcheck.pose.people import PATIENCE_S, Person
from formcheck.types import Floats

Chosen = Literal["auto", "left", "right"] | int
_LEAST_SEEN_S = 0.9
_OFTEN = 0.3
_LEAST_SWING = 0.015


def choose_runner(
    people: list[Person], width_px: int, height_px: int, chosen: Chosen = "auto"
) -> Person | None:
    """Return the person who moves like a runner, stays, is large and near the middle.

    None if nobody was seen for a second. Somebody who stands still is chosen only when nobody moves
    their legs: whether what is seen is running is for later stages to say.

    Parameters
    ----------
    people : list of Person
    width_px, height_px : int
        The picture's size.
    chosen : {"auto", "left", "right"} or int
        Who else the user says it is: the one farthest to a side, or a number counted from the left,
        from 1, among those who stay in the picture.

    Raises
    ------
    UsageError
        When there are fewer people than that number.
    """
    staying = [person for person in people if seen_s(person) >= _LEAST_SEEN_S]
    if not staying:
        return None
    if chosen != "auto":
        return _named(staying, chosen)
    return max(staying, key=lambda person: _claim(person, width_px, height_px))


def _named(staying: list[Person], chosen: Literal["left", "right"] | int) -> Person:
    """Return the one whom the user means among those who stay about as long as anybody."""
    least_s = _OFTEN * max(map(seen_s, staying))
    row = sorted((person for person in staying if seen_s(person) >= least_s), key=_across)
    number = {"left": 1, "right": len(row)}.get(str(chosen)) or int(chosen)
    if number > len(row):
        who = "only one person stays" if len(row) == 1 else f"only {len(row)} people stay"
        raise UsageError(
            f"--person {number} is not there: {who} in the picture, counted from the left."
        )
    return row[number - 1]


def _across(person: Person) -> float:
    return float(np.median([region[0] for region in person.regions]))


def others_beside(people: list[Person], runner: Person) -> int:
    """Count the people beside the runner who stay and are of a size to be mistaken for them."""
    least_s = max(_LEAST_SEEN_S, _OFTEN * seen_s(runner))
    return sum(seen_s(person) >= least_s and _rivals(person, runner) for person in people)


def _rivals(person: Person, runner: Person) -> bool:
    """Return whether this is somebody else of like size, not a second view of the runner's body."""
    side = _side(runner)
    apart = np.median(person.regions, axis=0)[:2] - np.median(runner.regions, axis=0)[:2]
    return _side(person) > side / 2 and float(np.hypot(*apart)) > side / 4


def seen_s(person: Person) -> float:
    """Return for how long a person was seen, in seconds; longer gaps count nothing."""
    steps = np.diff(person.t_s)
    return float(steps[steps <= PATIENCE_S].sum())


def leg_swing(points: Floats, sides_px: Floats) -> float:
    """Return how much the feet move against each other, as a fraction of the region's side.

    Parameters
    ----------
    points : (N, 19, 2) float
        Landmarks of one person, pixels.
    sides_px : (N,) float
        Sides of the person's regions.

    Returns
    -------
    float
        Standard deviation of left ankle minus right ankle over both axes: about 0.1 for running
        and walking seen from the side, somewhat less from behind, under 0.02 for standing. A swap
        of the legs' names for a moment adds little, since it mirrors a difference that is small
        when legs are mistaken for each other.
    """
    apart = points[:, Landmark.LEFT_ANKLE] - points[:, Landmark.RIGHT_ANKLE]
    relative = apart / sides_px[:, None]
    return float(np.hypot(*relative.std(axis=0)))


def _claim(person: Person, width_px: int, height_px: int) -> float:
    regions = np.array(person.regions)
    swing = max(leg_swing(np.array(person.points), regions[:, 2]), _LEAST_SWING)
    middle = np.array((width_px, height_px)) / 2
    off = np.abs(regions[:, :2].mean(axis=0) - middle) / middle
    central = 1 - 0.5 * min(float(off.max()), 1.0)
    return swing * seen_s(person) * _side(person) * central


def _side(person: Person) -> float:
    return float(np.median([region[2] for region in person.regions]))
