"""How a camera is turned, from the directions of lines of which many are upright or level.

Upright things in a picture point to one vanishing point, level things of one direction to another,
and the two are tied by their right angle. Which lines are upright or level and which are slanting
(treadmill posts, say) is not known, so each is a mixture of both, and the posterior over the
camera's turn is summed on a grid (after Coughlan and Yuille, "Manhattan World: Compass Direction
from a Single Image by Bayesian Inference", ICCV 1999). Two readings that fit about as well so come
out as one wide answer, not as a sharp wrong one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

import cv2
import numpy as np

from formcheck.types import Floats

_NEAR_DEG: Final = 20.0
_MOST_LINES: Final = 150
_FULL_WEIGHT_LENGTH: Final = 0.12
_STRIP: Final = 0.025
_ENDS_DEG_PX: Final = 15.0
"""Spread of a detected line's direction times its length."""

_STRAY: Final = 0.5
_STRAY_DENSITY: Final = _STRAY / 30.0
"""Per degree: a line that is neither upright nor level may point anywhere near."""

_ROLLS_DEG: Final = np.linspace(-12, 12, 193)
_SLOPES: Final = np.linspace(-0.5, 0.5, 61)
_ROLL_PRIOR_DEG: Final = 3.0
FOCAL: Final = 0.75
"""Focal length of a usual phone camera when filming, in longer sides of the picture."""

FOCAL_REL_SD: Final = 0.15
"""How phones' main cameras differ in focal length."""

_FOCALS: Final = (0.6, FOCAL, 0.95)


@dataclass(frozen=True, slots=True)
class Turn:
    """How upright lines stand in a picture.

    Attributes
    ----------
    roll_deg, roll_sd_deg : float
        Clockwise turn in the picture's middle.
    slope, slope_sd : float
        Further turn, in radians, per longer side of the picture to the right.
    uprights, levels : float
        About how many separate lines of either kind agree.
    aside_deg, aside_sd_deg : float
        How far the camera looks to the right of square to what is level.
    pitch_deg, pitch_sd_deg : float
        How far it looks down.
    """

    roll_deg: float
    roll_sd_deg: float
    slope: float
    slope_sd: float
    uprights: float
    levels: float
    aside_deg: float
    aside_sd_deg: float
    pitch_deg: float
    pitch_sd_deg: float


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is believed of upright or of level lines before any is seen.

    `spread_deg`: how true single ones are; `slope_sd`: of their convergence; `lean_share` and
    `lean_deg`: how often all that are seen lean together (a treadmill on an incline), how far.
    """

    upright: bool
    spread_deg: float
    slope_sd: float
    lean_share: float
    lean_deg: float


_UPRIGHT: Final = _Kind(True, spread_deg=0.3, slope_sd=0.22, lean_share=0.1, lean_deg=5.0)
_LEVEL: Final = _Kind(False, spread_deg=0.4, slope_sd=0.18, lean_share=0.15, lean_deg=1.5)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines that may be of one kind; level ones are turned by 90 degrees to be near upright.

    `angle_deg`: clockwise from upright; `offset`: signed distance from the picture's middle in
    longer sides; `sd_deg`: of the direction; `weight`: 1 for a long line that stands alone.
    """

    angle_deg: Floats
    offset: Floats
    sd_deg: Floats
    weight: Floats


def turn_of_lines(ends_px: Floats, size_px: tuple[int, int]) -> Turn:
    """Return the camera's turn that lines in a picture speak for.

    Parameters
    ----------
    ends_px : (N, 4) float
        Ends ``x1, y1, x2, y2`` of straight lines, whatever they are of.
    size_px : (int, int)
        Width and height of the picture.

    Notes
    -----
    Without lines the answer is level, as uncertain as cameras usually are.
    """
    upright, level = (_lines(ends_px, size_px, kind) for kind in (_UPRIGHT, _LEVEL))
    chance = _posterior(_likelihood(upright, _UPRIGHT), _likelihood(level, _LEVEL))
    roll_deg, roll_sd_deg = _moments(chance.sum((1, 2)), _ROLLS_DEG)
    slope, slope_sd = _moments(chance.sum((0, 2)), _SLOPES)
    slope_level, slope_level_sd = _moments(chance.sum((0, 1)), _SLOPES)
    uprights = _agreeing(upright, roll_deg, slope)
    levels = _agreeing(level, roll_deg, slope_level)
    # Lines meet where the camera would look if it were turned on to their own direction.
    aside_deg, pitch_deg = np.degrees(np.arctan(FOCAL * np.array((slope_level, slope))))
    aside_sd_deg, pitch_sd_deg = np.degrees(FOCAL * np.array((slope_level_sd, slope_sd)))
    return Turn(
        roll_deg,
        roll_sd_deg,
        slope,
        slope_sd,
        uprights,
        levels,
        float(aside_deg),
        float(aside_sd_deg),
        float(pitch_deg),
        float(pitch_sd_deg),
    )


def _lines(ends_px: Floats, size_px: tuple[int, int], kind: _Kind) -> _Lines:
    """Return the longest of those lines that may be of a kind."""
    long_px = max(size_px)
    x1, y1, x2, y2 = ((ends_px - np.tile(size_px, 2) / 2) / long_px).T
    if not kind.upright:
        x1, y1, x2, y2 = -y1, x1, -y2, x2
    down = np.where(y2 < y1, -1.0, 1.0)
    angle = np.arctan2((x1 - x2) * down, (y2 - y1) * down)
    length = np.hypot(x2 - x1, y2 - y1)
    near = np.flatnonzero(np.abs(angle) < np.radians(_NEAR_DEG))
    near = near[np.argsort(-length[near], kind="stable")[:_MOST_LINES]]
    angle, length, across = angle[near], length[near], ((x1 + x2) / 2)[near]
    offset = across * np.cos(angle) + ((y1 + y2) / 2)[near] * np.sin(angle)
    sd_deg = np.hypot(kind.spread_deg, _ENDS_DEG_PX / (length * long_px))
    return _Lines(np.degrees(angle), offset, sd_deg, _weights(across, length))


def _weights(across: Floats, length: Floats) -> Floats:
    """Weigh lines by length; those in one strip (the edges of one post) count as one."""
    weight = np.minimum(1.0, length / _FULL_WEIGHT_LENGTH)
    strip = np.floor(across / _STRIP).astype(int) + round(1 / _STRIP)
    crowd = np.bincount(strip, weight, 1)[strip]
    return cast(Floats, weight / np.maximum(crowd, 1.0))


def _off_deg(lines: _Lines, rolls_deg: Floats, slopes: Floats) -> Floats:
    """Return how far lines are off the vanishing point that a roll and a slope define.

    A line at angle a and signed distance u from the picture's middle goes through the point when
    sin(a - roll) = slope * u.
    """
    turned = np.sin(np.radians(lines.angle_deg - rolls_deg))
    return cast(Floats, np.degrees(turned - slopes * lines.offset))


def _fit(lines: _Lines, off_deg: Floats) -> Floats:
    """Return the density, per degree, of true lines that are off by so much."""
    z = off_deg / lines.sd_deg
    return cast(Floats, np.exp(-0.5 * z * z) * ((1 - _STRAY) / np.sqrt(2 * np.pi) / lines.sd_deg))


def _likelihood(lines: _Lines, kind: _Kind) -> Floats:
    """Return the (rolls, slopes) likelihood of lines times the prior of the slopes."""
    off_deg = _off_deg(lines, _ROLLS_DEG[:, None, None], _SLOPES[:, None])
    log = np.log(_fit(lines, off_deg) + _STRAY_DENSITY)
    # Not by `@`: the linear algebra library's threads spin on for longer than all of this takes.
    log = np.einsum("rsn,n->rs", log, lines.weight)
    together = np.exp(log - log.max())
    blur = np.exp(-0.5 * (np.subtract.outer(_ROLLS_DEG, _ROLLS_DEG) / kind.lean_deg) ** 2)
    leaning = np.einsum("ij,js->is", blur, together) / blur.sum(axis=1, keepdims=True)
    mixed = (1 - kind.lean_share) * together + kind.lean_share * leaning + 1e-12
    return cast(Floats, mixed * np.exp(-0.5 * (_SLOPES / kind.slope_sd) ** 2))


def _posterior(upright: Floats, level: Floats) -> Floats:
    """Return the (rolls, slopes of uprights, slopes of levels) posterior, summing to 1.

    Level lines that run in depth look turned when the camera also looks up or down. The right
    angle between the two kinds says by how much: sin(roll_level - roll) = -slope * slope_level *
    focal**2.
    """
    columns = np.arange(_SLOPES.size, dtype=np.float32)
    product = np.multiply.outer(_SLOPES, _SLOPES)
    chance = np.zeros((_ROLLS_DEG.size, *product.shape))
    for focal in _FOCALS:
        turned_deg = _ROLLS_DEG[:, None, None] - np.degrees(np.arcsin(product * focal**2))
        rows = (turned_deg - _ROLLS_DEG[0]) / (_ROLLS_DEG[1] - _ROLLS_DEG[0])
        rows = rows.reshape(-1, columns.size).astype(np.float32)
        across = np.broadcast_to(columns, rows.shape)
        seen = cv2.remap(level.astype(np.float32), across, rows, cv2.INTER_LINEAR)
        chance += seen.reshape(chance.shape)
    prior = np.exp(-0.5 * (_ROLLS_DEG / _ROLL_PRIOR_DEG) ** 2)
    chance *= (upright * prior[:, None])[:, :, None]
    return cast(Floats, chance / chance.sum())


def _moments(chances: Floats, values: Floats) -> tuple[float, float]:
    mean = float(chances @ values)
    return mean, float(chances @ (values - mean) ** 2) ** 0.5


def _agreeing(lines: _Lines, roll_deg: float, slope: float) -> float:
    fit = _fit(lines, _off_deg(lines, np.array(roll_deg), np.array(slope)))
    return float((fit / (fit + _STRAY_DENSITY)) @ lines.weight)
