"""Where a belt seen from behind or in front points, by its edges beside the feet.

The edges of belt and deck, and what else runs along the belt, meet in the picture where the camera
would look if it looked along the belt. They stand on both sides of the feet and meet well above
them: so they are told from other lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.types import Floats
from formcheck.video.vanishing import FOCAL, FOCAL_REL_SD

# Of the picture's longer side.
_SHORTEST: Final = 0.05
# Lines of each side that are tried, longest first.
_MOST_LINES: Final = 20
# Where an edge is at the height of the feet, in distances from hips to feet beside them, and how
# far down its lower end comes at least.
_NEAREST, _FARTHEST, _LOWEST = 0.08, 0.9, 0.6
# Edges lean by so many degrees from upright, and outward by this slope at most: the nearer one does
# where the camera stands far aside.
_LEAST_LEAN_DEG, _MOST_LEAN_DEG = 3.0, 70.0
_OUTWARD = 0.3
# They meet no lower than this part of the way from hips to feet, and no higher than so many longer
# sides above the hips.
_LOWEST_MEETING, _HIGHEST_MEETING = 0.45, 0.45
# Directions of lines: how true edges are, and the spread of a found line's times its length in
# longer sides of 900 pixels.
_TRUE_DEG, _ENDS_DEG = 0.3, 0.017
_AGREE_SDS: Final = 3.0
# So much of agreeing lines, in longer sides, must stand on either side.
_LEAST_LENGTH: Final = 0.12
_LEAST_SD_DEG: Final = 0.4


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the runner is in the picture, in longer sides from its upper left corner.

    Attributes
    ----------
    x, hips_y, feet_y : float
        Column of the hips, and heights of hips and of standing feet, y down.
    """

    x: float
    hips_y: float
    feet_y: float


def belt_aside(ends: Floats, at: Standing) -> tuple[float, float] | None:
    """Return how far right of the runner the belt points, and the standard uncertainty, in degrees.

    Parameters
    ----------
    ends : (N, 4) float
        Ends ``x1, y1, x2, y2`` of straight lines, in longer sides of the picture.
    at : Standing
        Where the runner is.

    Returns
    -------
    (float, float) or None
        None where lines do not stand on both sides of the feet or do not meet.
    """
    lines = _Edges.of(ends, at)
    meeting = lines.meeting(at)
    if meeting is None:
        return None
    deg = float(np.degrees(np.arctan((meeting[0] - at.x) / FOCAL)))
    return deg, float(np.hypot(_LEAST_SD_DEG, FOCAL_REL_SD * deg))


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """Lines that may run along the belt.

    `middle` and unit `normal` (N, 2), `length` and `sd_rad` (N,) of the direction, and whether they
    are on the `right` of the feet.
    """

    middle: Floats
    normal: Floats
    length: Floats
    sd_rad: Floats
    right: NDArray[np.bool_]

    @classmethod
    def of(cls, ends: Floats, at: Standing) -> _Edges:
        """Choose from all lines of a picture."""
        upward = (ends[:, 3] < ends[:, 1])[:, None]
        low = np.where(upward, ends[:, :2], ends[:, 2:])
        along = low - np.where(upward, ends[:, 2:], ends[:, :2])
        length = np.hypot(along[:, 0], along[:, 1])
        lean_deg = np.degrees(np.arctan2(np.abs(along[:, 0]), along[:, 1]))
        reach = at.feet_y - at.hips_y
        slope = along[:, 0] / np.maximum(along[:, 1], 1e-9)
        beside = (low[:, 0] + (at.feet_y - low[:, 1]) * slope - at.x) / reach
        fits = (
            (length > _SHORTEST)
            & (lean_deg > _LEAST_LEAN_DEG)
            & (lean_deg < _MOST_LEAN_DEG)
            & (low[:, 1] > at.hips_y + _LOWEST * reach)
            & (np.abs(beside) > _NEAREST)
            & (np.abs(beside) < _FARTHEST)
            & (np.sign(beside) * slope > -_OUTWARD)
        )
        chosen: list[int] = []
        for of_side in (fits & (beside < 0), fits & (beside > 0)):
            rows = np.flatnonzero(of_side)
            chosen += rows[np.argsort(-length[rows], kind="stable")[:_MOST_LINES]].tolist()
        along, length = along[chosen], length[chosen]
        normal = np.column_stack([-along[:, 1], along[:, 0]]) / length[:, None]
        sd_rad = np.radians(np.hypot(_TRUE_DEG, _ENDS_DEG / length))
        return cls(low[chosen] - along / 2, normal, length, sd_rad, beside[chosen] > 0)

    def meeting(self, at: Standing) -> Floats | None:
        """Return the point (2,) at which most length of lines on both sides meets."""
        offset = (self.normal * self.middle).sum(axis=1)
        best, least = None, _LEAST_LENGTH
        top, bottom = at.hips_y - _HIGHEST_MEETING, _LOWEST_MEETING
        for i in np.flatnonzero(~self.right):
            for j in np.flatnonzero(self.right):
                pair = self.normal[[i, j]]
                if abs(np.linalg.det(pair)) < np.sin(np.radians(_LEAST_LEAN_DEG)):
                    continue
                point = np.linalg.solve(pair, offset[[i, j]])
                share = (point[1] - at.hips_y) / (at.feet_y - at.hips_y)
                if point[1] < top or share > bottom:
                    continue
                length = self._agreeing_length(point)
                if length > least:
                    best, least = point, length
        return None if best is None else self._refined(best)

    def _off(self, point: Floats) -> tuple[Floats, Floats]:
        """Return how far lines' directions are off a point, in their spreads, and its distances."""
        apart = self.middle - point
        distance = np.hypot(apart[:, 0], apart[:, 1])
        return (self.normal * apart).sum(axis=1) / distance / self.sd_rad, distance

    def _agreeing_length(self, point: Floats) -> float:
        """Return the length of lines that meet in a point, of the side that has less."""
        agree = self.length * np.exp(-0.5 * self._off(point)[0] ** 2)
        return float(min(agree[self.right].sum(), agree[~self.right].sum()))

    def _refined(self, point: Floats) -> Floats:
        """Return the point by least squares over all lines that agree with it."""
        off, distance = self._off(point)
        weight = (np.abs(off) < _AGREE_SDS) / (self.sd_rad * distance)
        offset = (self.normal * self.middle).sum(axis=1)
        parts = self.normal * weight[:, None]
        return np.asarray(np.linalg.lstsq(parts, offset * weight, rcond=None)[0])
