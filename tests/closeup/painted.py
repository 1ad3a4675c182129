"""A painted shoe over a painted background, anywhere to a fraction of a pixel."""

from __future__ import annotations

import numpy as np

from formcheck.closeup.pictures import Picture
from formcheck.closeup.register import Pose
from formcheck.types import Floats

SOLE_PX = np.array([60.0, 0.0])
SIZE_PX = 260


def shoe_colours(along: Floats, up: Floats) -> tuple[Floats, Floats]:
    """Return the shoe's colours (..., 3) and how much of it is there, at points in foot lengths."""
    body = _edge(0.55 - np.abs(along)) * _edge(up + 0.18) * _edge(0.22 - 0.25 * along - up)
    stripes = 40 * np.sin(14 * along + 5 * up)
    red = 150 + stripes + 60 * _edge(-0.1 - up)
    green = 90 - 50 * along + 0.5 * stripes
    blue = 60 + 120 * _edge(along - 0.25)
    return np.stack([red, green, blue], axis=-1), body


def background(x: Floats, y: Floats) -> Floats:
    """Return what stands still behind the shoe."""
    return np.stack(
        [70 + 20 * np.sin(x / 17) * np.cos(y / 11), 75 + 15 * np.sin(y / 9), 80 + 0 * x], axis=-1
    )


def paint(
    pose: Pose,
    *,
    sole_px: Floats = SOLE_PX,
    corner_px: tuple[float, float] = (0.0, 0.0),
    gain: float = 1.0,
    shoe: bool = True,
) -> Picture:
    """Return a picture of the shoe as it lies, at one frame pixel a picture pixel."""
    rows, columns = np.mgrid[:SIZE_PX, :SIZE_PX] + 0.5
    x, y = columns + corner_px[0], rows + corner_px[1]
    colours = background(x, y)
    if shoe:
        foot_px = float(np.linalg.norm(sole_px))
        ahead = _turned(sole_px / foot_px, pose.turn)
        up = np.array([ahead[1], -ahead[0]]) * (-1 if sole_px[0] < 0 else 1)
        off = np.stack([x - pose.xy_px[0], y - pose.xy_px[1]], axis=-1) / foot_px
        own, there = shoe_colours(off @ ahead, off @ up)
        colours = there[..., None] * own + (1 - there[..., None]) * colours
    return Picture((gain * colours).astype(np.float32), np.array(corner_px), 1.0)


def _edge(inside: Floats) -> Floats:
    """Return 0 outside, 1 inside, with a soft edge a tenth of a foot wide."""
    return np.asarray(0.5 + 0.5 * np.tanh(inside / 0.04))


def _turned(vector: Floats, turn: float) -> Floats:
    cos, sin = np.cos(turn), np.sin(turn)
    return np.array([cos * vector[0] - sin * vector[1], sin * vector[0] + cos * vector[1]])
