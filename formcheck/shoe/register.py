"""Lay one picture of a shoe over another: shift and turn by weighted, robust least squares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.shoe.pictures import Picture
from formcheck.types import Floats

Image = NDArray[np.float32]

# The part of the picture that is compared, in foot lengths about the middle of the foot: half of
# it along the sole, and below and above the line from heel to toe.
ALONG = 0.75
BELOW, ABOVE = 0.3, 0.42
COLUMNS, ROWS = 64, 40
ROUNDS = 20
# A difference of colours above this counts ever less.
OTHER_THING = 15.0
# A picture is made brighter or darker to match, by so much at most.
MOST_GAIN = 2.5
# The farthest a round may shift, in foot lengths.
LONGEST = 0.08
SHIFT_DONE, TURN_DONE = 3e-4, 2e-4


class Pose(NamedTuple):
    """Where a shoe lies: its middle (2,) in frame pixels, and its clockwise turn in radians."""

    xy_px: Floats
    turn: float


class Grid:
    """The points of a flat shoe that are compared.

    Parameters
    ----------
    sole_px : (2,) float
        From heel to toe of the flat shoe in frame pixels.
    """

    def __init__(self, sole_px: Floats) -> None:
        self.foot_px = float(np.linalg.norm(sole_px))
        along = sole_px / self.foot_px
        # Square to the sole, and up in the picture, where y runs down.
        up = np.array([along[1], -along[0]]) * (-1 if along[0] < 0 else 1)
        self._axes = np.stack([along, up])
        x = np.linspace(-ALONG, ALONG, COLUMNS) * self.foot_px
        y = np.linspace(-BELOW, ABOVE, ROWS) * self.foot_px
        self._step_px = float(x[1] - x[0]), float(y[1] - y[0])
        self.points = x[None, :, None] * along + y[:, None, None] * up

    def placed(self, pose: Pose) -> Floats:
        """Return (H, W, 2), the points of the shoe as it lies in the frame."""
        return np.asarray(self.points @ _rotation(pose.turn).T + pose.xy_px)

    def gradient(self, image: Image) -> Floats:
        """Return (H, W, C, 3): how an image on the grid changes as the shoe shifts and turns."""
        up, along = np.gradient(image, self._step_px[1], self._step_px[0], axis=(0, 1))
        shift = np.stack([along, up], axis=-1) @ self._axes
        turned = np.stack([-self.points[..., 1], self.points[..., 0]], axis=-1)
        return np.concatenate([shift, np.einsum("hwcx,hwx->hwc", shift, turned)[..., None]], -1)


@dataclass(frozen=True, slots=True, eq=False)
class Shoe:
    """A shoe's mean picture.

    Attributes
    ----------
    grid : Grid
        Where its pixels are.
    image : (H, W, 3) float32
        Its colours.
    weight : (H, W) float
        0 where something else than the shoe is seen, up to 1.
    gradient : (H, W, 3, 3) float
        From `Grid.gradient`.
    """

    grid: Grid
    image: Image
    weight: Floats
    gradient: Floats

    @classmethod
    def of(cls, grid: Grid, image: Image, weight: Floats) -> Shoe:
        """Return the shoe that looks like an image on a grid."""
        return cls(grid, image, weight, grid.gradient(image))


def register(shoe: Shoe, picture: Picture, guess: Pose) -> tuple[Pose, float]:
    """Return where the shoe lies in a picture, and how much alike both are there.

    Parameters
    ----------
    guess : Pose
        Good to a fifth of the foot's length or so.

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
    slopes = shoe.gradient.reshape(-1, 3)
    weight = np.repeat(shoe.weight.ravel(), 3)
    used = weight > 0.02
    slopes, weight = slopes[used], weight[used]
    colours = shoe.image.ravel()[used]
    pose = guess
    for _ in range(ROUNDS):
        seen = relit(picture.sample(shoe.grid.placed(pose)), shoe.image, shoe.weight)
        missing = colours - seen.ravel()[used]
        trust = (weight / (1 + (missing / OTHER_THING) ** 2))[:, None] * slopes
        # A faint hold on the guess where the colours tell nothing of a shift or of a turn.
        hold = np.diag([1.0, 1.0, shoe.grid.foot_px**2])
        shift_turn = np.linalg.solve(trust.T @ slopes + hold, trust.T @ missing)
        shift, turn = shift_turn[:2], float(shift_turn[2])
        far = float(np.hypot(*shift)) / shoe.grid.foot_px
        if far > LONGEST:
            shift, turn = shift * LONGEST / far, turn * LONGEST / far
        pose = Pose(pose.xy_px + _rotation(pose.turn) @ shift, pose.turn + turn)
        if far < SHIFT_DONE and abs(turn) < TURN_DONE:
            break
    return pose, likeness(shoe, picture.sample(shoe.grid.placed(pose)))


def relit(image: Image, like: Image, weight: Floats) -> Image:
    """Return an image as bright and as rich in contrast as another one, by weighted moments."""
    mean, like_mean = (_mean(one, weight) for one in (image, like))
    spread, like_spread = (
        float(np.sqrt(np.mean(_mean((one - about) ** 2, weight))))
        for one, about in ((image, mean), (like, like_mean))
    )
    gain = np.clip(like_spread / (spread + 1e-9), 1 / MOST_GAIN, MOST_GAIN)
    return np.asarray((image - mean) * gain + like_mean, np.float32)


def likeness(shoe: Shoe, seen: Image) -> float:
    """Return the weighted correlation of the shoe's colours and an image's, each about its mean."""
    own, other = (one - _mean(one, shoe.weight) for one in (shoe.image, seen))
    both, own_square, other_square = (
        float(np.sum(_mean(product, shoe.weight))) for product in (own * other, own**2, other**2)
    )
    return both / float(np.sqrt(own_square * other_square) + 1e-9)


def _mean(image: Floats | Image, weight: Floats) -> Floats:
    """Return (3,), the weighted mean colour."""
    return np.asarray(np.tensordot(weight, image, axes=2) / weight.sum())


def _rotation(turn: float) -> Floats:
    """Return (2, 2), the turn of picture points, clockwise as seen since y runs down."""
    cos, sin = np.cos(turn), np.sin(turn)
    return np.array([[cos, -sin], [sin, cos]])
