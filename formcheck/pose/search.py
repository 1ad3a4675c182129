"""Find people in a picture: the detector on the whole frame and on tiles of it."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from formcheck.parallel import ordered_map
from formcheck.pose.decode import sigmoid
from formcheck.pose.geometry import crop_matrix, regions_from_circles, to_frame
from formcheck.pose.network import Network
from formcheck.types import Floats


class Picture(Protocol):
    """What crops can be cut from: a frame of a clip, or a single picture."""

    @property
    def width_px(self) -> int:
        """Width of the upright picture."""

    @property
    def height_px(self) -> int:
        """Height of the upright picture."""

    def warp(self, matrix: Floats, size: int) -> NDArray[np.uint8]:
        """Return a square crop; the (2, 3) map leads from its pixels to the picture's."""


_STRIDES_AND_COUNTS = ((8, 2), (16, 2), (32, 6))
_CELLS_PX = 224.0


def anchors() -> Floats:
    """Return the detector's anchor points, (2254, 2), as fractions of the input's side.

    Two for each cell of 8 and of 16 pixels, six for each of 32 (``SsdAnchorsCalculator`` with the
    options of MediaPipe's pose detection graph).
    """
    layers = []
    for stride, count in _STRIDES_AND_COUNTS:
        cells = int(_CELLS_PX) // stride
        y, x = np.divmod(np.arange(cells * cells), cells)
        layers.append(np.repeat((np.stack((x, y), -1) + 0.5) / cells, count, axis=0))
    return np.concatenate(layers)


_ANCHORS = anchors()


def find_people(frame: Picture, detector: Network, threshold: float, finest: int = 2) -> Floats:
    """Return the regions of people in a frame, (P, 4), the surest first.

    Parameters
    ----------
    threshold : float
        Least score of the detector. People are checked by the landmark network afterwards, so a
        low one costs time, not truth.
    finest : int
        How often to halve the tiles: 0 looks at the whole frame only, 1 also at squares as high as
        the shorter side, 2 also at squares half as high, which finds a runner who fills a quarter
        of the frame's height.
    """
    size = detector.card.input.width_px

    def look(tile: Floats) -> tuple[Floats, Floats]:
        matrix = crop_matrix(tile, size)
        outputs = detector([frame.warp(matrix, size)])
        return _people(outputs["boxes"][0], outputs["scores"][0, :, 0], matrix, threshold)

    tiles = tiles_of(frame.width_px, frame.height_px, finest)
    found = list(ordered_map(look, tiles, detector.workers))
    scores, regions = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return distinct(regions[np.argsort(-scores, kind="stable")])


def _people(
    boxes: NDArray[np.float32], logits: NDArray[np.float32], matrix: Floats, threshold: float
) -> tuple[Floats, Floats]:
    """Return scores (P,) and regions (P, 4) in the frame of what one tile shows."""
    scores = sigmoid(logits)
    sure = np.flatnonzero(scores >= threshold)
    points = boxes[sure, 4:8].reshape(-1, 2, 2) + _CELLS_PX * _ANCHORS[sure, None]
    circles = to_frame(points, matrix[None])
    return scores[sure], regions_from_circles(circles[:, 0], circles[:, 1])


def tiles_of(width_px: int, height_px: int, finest: int) -> Floats:
    """Return square regions that cover a frame: all of it, then ever smaller overlapping ones."""
    long, short = max(width_px, height_px), min(width_px, height_px)
    tiles = [(width_px / 2, height_px / 2, float(long), 0.0)]
    for level in range(finest):
        side = short / 2**level
        xs, ys = (_centres(extent, side) for extent in (width_px, height_px))
        tiles += [(x, y, side, 0.0) for y in ys for x in xs]
    return np.array(tiles)


def _centres(extent: float, side: float) -> Floats:
    """Place squares along one direction so that neighbours share half or more."""
    count = int(np.ceil((extent - side) / (side / 2) - 1e-9)) + 1
    return np.linspace(side / 2, extent - side / 2, count)


def distinct(regions: Floats, known: Floats | None = None) -> Floats:
    """Keep regions that show no person that an earlier one, or a known one, shows already."""
    kept = [] if known is None else list(known)
    first = len(kept)
    for region in regions:
        if not any(same_person(region, other) for other in kept):
            kept.append(region)
    return np.array(kept[first:]).reshape(-1, 4)


def same_person(first: Floats, second: Floats) -> bool:
    """Return whether two regions lie on one body: centres close for their size, sizes alike."""
    smaller, larger = sorted((first[2], second[2]))
    apart = float(np.hypot(*(first[:2] - second[:2])))
    return bool(apart < 0.2 * larger and larger < 2.0 * smaller)
