"""From a network's raw outputs to points in its crop, with a confidence each.

Every function takes a whole batch. Crop coordinates span 0 to the crop's size in pixels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.pose.models import Card
from formcheck.types import Floats

Outputs = Mapping[str, NDArray[np.float32]]

_PRESENT = 0.5


@dataclass(frozen=True, slots=True)
class Refinement:
    """How points are moved to the nearby mass of their heatmap.

    Attributes
    ----------
    window : int
        Side of the square of cells that counts, odd.
    passes : int
        How often the square is centred anew on the result.
    power : float
        Cells weigh by their probability to this power: more than 1 lets the peak decide.
    floor : float
        A heatmap whose highest cell in the square is below this leaves the point as it was.
    """

    window: int
    passes: int
    power: float
    floor: float = 0.5


MEDIAPIPE: Final = Refinement(window=7, passes=1, power=1.0)
"""What MediaPipe does (``RefineLandmarksFromHeatmapCalculator``, kernel size 7)."""

SHARP: Final = Refinement(window=9, passes=2, power=2.0)
"""What formcheck does: the spread of errors against rendered truth is a tenth smaller."""


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Decoded points of N crops.

    Attributes
    ----------
    xy : (N, 19, 2) float
        Canonical landmarks in crop pixels.
    confidence : (N, 19) float
        0 to 1.
    presence : (N,) float
        How sure the network is that there is a body at all.
    circle : (N, 2, 2) float
        Middle of the hips and a point on the body's circle above it; NaN if the network has none.
    """

    xy: Floats
    confidence: Floats
    presence: Floats
    circle: Floats


def decode(card: Card, outputs: Outputs, refinement: Refinement = SHARP) -> Points:
    """Decode a pose network's outputs as its card says."""
    named = {name: outputs[output] for name, output in card.outputs.items()}
    if card.decoder == "simcc":
        return decode_simcc(card, named["x"], named["y"])
    return decode_blazepose(
        card, named["landmarks"], named["presence"], named["heatmap"], refinement
    )


def decode_blazepose(
    card: Card,
    landmarks: NDArray[np.float32],
    presence: NDArray[np.float32],
    heatmap: NDArray[np.float32],
    refinement: Refinement = SHARP,
) -> Points:
    """Decode BlazePose.

    Parameters
    ----------
    landmarks : (N, 195) float
        39 points of x, y, z in crop pixels, visibility and presence as logits.
    presence : (N, 1) float
        Probability of a body.
    heatmap : (N, 39, H, W) float
        Logits of where each point is.

    Notes
    -----
    The confidence is the visibility (is the point hidden?) times the heatmap's peak (is its place
    certain?). Against rendered truth this ranks bad points better than either alone; the network's
    own presence of a point says next to nothing.
    """
    raw = landmarks.reshape(len(landmarks), -1, 5).astype(float)
    wanted = np.append(card.skeleton, [card.auxiliary["centre"], card.auxiliary["rim"]])
    rough = raw[:, wanted, :2]
    xy, peak = refined(rough, heatmap[:, wanted], card.input.width_px, refinement)
    visible = sigmoid(raw[:, card.skeleton, 3])
    count = len(card.skeleton)
    return Points(
        xy[:, :count], visible * peak[:, :count], presence[:, 0].astype(float), rough[:, count:]
    )


def refined(
    points: Floats, heatmap: NDArray[np.float32], size_px: int, how: Refinement
) -> tuple[Floats, Floats]:
    """Move points to the centre of mass of their heatmap nearby.

    Parameters
    ----------
    points : (N, K, 2) float
        In crop pixels.
    heatmap : (N, K, H, H) float
        Logits. Cell i stands for the coordinate ``i / H`` of the crop, without half a cell: so
        MediaPipe reads it, and so the rendered truth confirms it.
    size_px : int
        Side of the crop.

    Returns
    -------
    xy : (N, K, 2) float
    peak : (N, K) float
        Highest probability in the last square; 0 where the point lies outside the crop.
    """
    cells = heatmap.shape[-1]
    cell_px = size_px / cells
    for _ in range(how.passes):
        columns, rows, chance = _squares(points / cell_px, heatmap, how.window)
        peak = chance.max((-2, -1))
        weight = chance**how.power
        total = np.maximum(weight.sum((-2, -1)), np.finfo(float).tiny)
        x = (weight.sum(-2) * columns).sum(-1) / total
        y = (weight.sum(-1) * rows).sum(-1) / total
        sure = (peak >= how.floor)[..., None]
        points = np.where(sure, np.stack((x, y), -1) * cell_px, points)
    return points, peak


def _squares(
    cell: Floats, heatmap: NDArray[np.float32], window: int
) -> tuple[Floats, Floats, Floats]:
    """Cut a square of probabilities around each point; cells off the map have none."""
    count = heatmap.shape[-1]
    middle = np.floor(cell).astype(int)
    along = middle[..., None] + (np.arange(window) - window // 2)
    inside = (along >= 0) & (along < count)
    inside &= ((middle >= 0) & (middle < count)).all(-1)[..., None, None]
    nearest = along.clip(0, count - 1)
    maps = np.arange(middle[..., 0].size).reshape(*middle.shape[:2], 1)
    row_starts = (maps * count + nearest[..., 1, :]) * count
    logits = heatmap.reshape(-1).take(row_starts[..., None] + nearest[..., 0, None, :])
    known = inside[..., 1, :, None] & inside[..., 0, None, :]
    columns, rows = (along[..., axis, :].astype(float) for axis in (0, 1))
    return columns, rows, np.where(known, sigmoid(logits), 0.0)


def decode_simcc(card: Card, x: NDArray[np.float32], y: NDArray[np.float32]) -> Points:
    """Decode a network that rates every column and every row for each point (SimCC, RTMPose).

    Parameters
    ----------
    x, y : (N, K, W * r) and (N, K, H * r) float
        Ratings at r bins a crop pixel.

    Notes
    -----
    Li et al. 2022, "SimCC: a Simple Coordinate Classification Perspective for Human Pose
    Estimation": the best bin decides. Bin i is read as coordinate ``i / r``, as RTMPose does; the
    lower of the two best ratings, clipped to 0 to 1, is the confidence.
    """
    sides = np.array((card.input.width_px, card.input.height_px))
    bins = np.stack((x.argmax(-1), y.argmax(-1)), -1)
    margin = (sides.max() - sides) / 2  # the network sees the middle of a square crop
    xy = bins * (sides / (x.shape[-1], y.shape[-1])) + margin
    rating = np.minimum(x.max(-1), y.max(-1)).clip(0.0, 1.0).astype(float)
    confidence = rating[:, card.skeleton]
    unknown = np.full((len(x), 2, 2), np.nan)
    return Points(xy[:, card.skeleton], confidence, confidence.mean(-1), unknown)


def sigmoid(logits: NDArray[np.floating]) -> Floats:
    """Return the logistic function of logits, without overflow."""
    chance: Floats = 1 / (1 + np.exp(-np.clip(logits.astype(float), -60, 60)))
    return chance
