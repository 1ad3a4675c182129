"""Lay one picture of a thing over another: shift and turn by weighted, robust least squares."""

from __future__ import annotations

from copy import copy
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.closeup.pictures import Picture
from formcheck.types import Floats

Colours = NDArray[np.float32]

COLUMNS, ROWS = 48, 30
ROUNDS = 20
# A difference of colours above this counts ever less.
OTHER_THING = 15.0
# Points that weigh less do not count.
LEAST_WEIGHT = 0.02
# A picture is made brighter or darker to match, by so much at most.
MOST_GAIN = 2.5
# A thing of which the frame shows less than this share is not found.
LEAST_SHOWN = 0.5
# The farthest a round may shift, in lengths of the thing.
LONGEST = 0.08
SHIFT_DONE, TURN_DONE = 3e-4, 2e-4


class Pose(NamedTuple):
    """Where a thing lies: its middle (2,) in frame pixels, and its clockwise turn in radians."""

    xy_px: Floats
    turn: float


class Tone(NamedTuple):
    """How bright colours are, (3,), and how rich in contrast."""

    mean: NDArray[np.floating]
    spread: float


class Extent(NamedTuple):
    """The part of a thing that is compared, about its middle, in lengths of the thing.

    `along` is half of it along its length; `below` and `above` are square to it.
    """

    along: float
    below: float
    above: float


class Grid:
    """The P points of a thing that are compared, row by row from below upwards.

    Parameters
    ----------
    length_px : (2,) float
        Along the thing from end to end in frame pixels, as it usually lies.
    extent : Extent
        What is compared.
    """

    def __init__(self, length_px: Floats, extent: Extent) -> None:
        self.length_px = float(np.linalg.norm(length_px))
        ahead = length_px / self.length_px
        # Square to it, and up in the picture, where y runs down.
        up = np.array([ahead[1], -ahead[0]]) * (-1 if ahead[0] < 0 else 1)
        self._axes = np.stack([ahead, up])
        x = np.linspace(-extent.along, extent.along, COLUMNS) * self.length_px
        y = np.linspace(-extent.below, extent.above, ROWS) * self.length_px
        self._step_px = float(x[1] - x[0]), float(y[1] - y[0])
        self.points = (x[None, :, None] * ahead + y[:, None, None] * up).reshape(-1, 2)

    def gradient(self, colours: Colours) -> Floats:
        """Return (P, 3, 3): how the colours (P, 3) change as the thing shifts and turns."""
        image = colours.reshape(ROWS, COLUMNS, 3)
        up = np.gradient(image, self._step_px[1], axis=0)
        along = np.gradient(image, self._step_px[0], axis=1)
        shift = np.stack([along, up], axis=-1).reshape(-1, 3, 2) @ self._axes
        turned = np.stack([-self.points[:, 1], self.points[:, 0]], axis=-1)
        return np.concatenate([shift, np.einsum("pcx,px->pc", shift, turned)[..., None]], axis=-1)


def placed(points: Floats, pose: Pose) -> Floats:
    """Return (P, 2) points of a thing as it lies in the frame."""
    turned = np.column_stack([_rotation(pose.turn), pose.xy_px])
    return np.asarray(cv2.transform(points[None], turned)[0])


class Patch:
    """A thing's mean picture: the points of a grid that show it.

    Parameters
    ----------
    grid : Grid
        Where its pixels are.
    colours : (P, 3) float32
        Of every point.
    weight : (P,) float
        0 where something else is seen, up to 1.
    """

    def __init__(self, grid: Grid, colours: Colours, weight: Floats) -> None:
        shown = weight > LEAST_WEIGHT
        self.length_px = grid.length_px
        self.points = grid.points[shown]
        self.colours = colours[shown]
        self.weight = (weight[shown] / weight[shown].sum()).astype(np.float32)
        self.tone = tone_of(self.colours, self.weight)
        # One row for a shift across, one for a shift down and one for a turn: long rows are quick.
        slopes = grid.gradient(colours)[shown].astype(np.float32)
        self.slopes = np.ascontiguousarray(slopes.reshape(-1, 3).T)
        # The plain weights, so that the faint hold below means the same for every thing.
        self.trust = np.repeat(weight[shown], 3).astype(np.float32)

    def seen(self, picture: Picture, pose: Pose) -> Colours:
        """Return (P, 3), what a picture shows where the thing would lie."""
        return picture.sample(placed(self.points, pose))

    def within(self, picture: Picture, pose: Pose) -> Patch:
        """Return the part of the thing that the frame shows; itself where it shows all of it."""
        if picture.whole:
            return self
        shown = picture.shows(placed(self.points, pose))
        if shown.all() or float(self.weight[shown].sum()) < LEAST_SHOWN:
            return self
        part = copy(self)
        part.points, part.colours = self.points[shown], self.colours[shown]
        part.weight = self.weight[shown] / self.weight[shown].sum()
        part.tone = tone_of(part.colours, part.weight)
        kept = np.repeat(shown, 3)
        part.slopes = np.ascontiguousarray(self.slopes[:, kept])
        part.trust = self.trust[kept]
        return part


def register(patch: Patch, picture: Picture, guess: Pose) -> tuple[Pose, float]:
    """Return where a thing lies in a picture, and how much alike both are there.

    Parameters
    ----------
    guess : Pose
        Good to a fifth of the thing's length or so.

    Returns
    -------
    Pose
        Where it lies.
    float
        Weighted correlation of the colours, at most 1.

    References
    ----------
    Lucas and Kanade 1981; Baker and Matthews 2004, doi:10.1023/B:VISI.0000011205.11775.fd: the
    gradient of the mean picture stands for that of every single one.
    """
    # A faint hold on the guess where the colours tell nothing of a shift or of a turn.
    hold = np.diag([1.0, 1.0, patch.length_px**2])
    pose = guess
    patch = patch.within(picture, guess)
    for _ in range(ROUNDS):
        seen = relit(patch.seen(picture, pose), patch.tone, patch.weight)
        missing = (patch.colours - seen).ravel()
        pull = patch.trust / (1 + (missing / OTHER_THING) ** 2) * patch.slopes
        shift_turn = np.linalg.solve(
            np.vecdot(pull[:, None], patch.slopes) + hold, np.vecdot(pull, missing)
        )
        far = float(np.hypot(*shift_turn[:2])) / patch.length_px
        shift_turn *= min(1.0, LONGEST / max(far, 1e-9))
        shift, turn = shift_turn[:2], float(shift_turn[2])
        pose = Pose(pose.xy_px + _rotation(pose.turn) @ shift, pose.turn + turn)
        if far < SHIFT_DONE and abs(turn) < TURN_DONE:
            break
    if not picture.whole and not picture.shows(placed(patch.points, pose)).all():
        patch = patch.within(picture, pose)
    return pose, likeness(patch, patch.seen(picture, pose))


def tone_of(colours: Colours, weight: NDArray[np.floating]) -> Tone:
    """Return the weighted mean of colours (P, 3) and their spread about it.

    The weights (P,) sum to one.
    """
    mean = weight @ colours
    return Tone(mean, _spread(colours - mean, weight))


def relit(colours: Colours, like: Tone, weight: NDArray[np.floating]) -> Colours:
    """Return colours (P, 3) as bright and as rich in contrast as others, by weighted moments.

    The weights (P,) sum to one.
    """
    off = colours - weight @ colours
    gain = like.spread / (_spread(off, weight) + 1e-9)
    return np.asarray(off * min(max(gain, 1 / MOST_GAIN), MOST_GAIN) + like.mean, np.float32)


def _spread(off: NDArray[np.floating], weight: NDArray[np.floating]) -> float:
    return float(np.sqrt(np.sum(weight @ off**2)))


def likeness(patch: Patch, seen: Colours) -> float:
    """Return the weighted correlation of a patch's colours and others, each about its mean."""
    own, other = (one - patch.weight @ one for one in (patch.colours, seen))
    both, own_square, other_square = (
        float(np.sum(patch.weight @ product)) for product in (own * other, own**2, other**2)
    )
    return both / float(np.sqrt(own_square * other_square) + 1e-9)


def _rotation(turn: float) -> Floats:
    """Return (2, 2), the turn of picture points, clockwise as seen since y runs down."""
    cos, sin = np.cos(turn), np.sin(turn)
    return np.array([[cos, -sin], [sin, cos]])
