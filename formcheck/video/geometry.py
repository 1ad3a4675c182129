"""Where a stored picture lies in the upright frame, as 2x3 affine maps.

Points have x right, y down and pixel centres at .5, so a picture of width W spans 0 to W exactly
and maps between sizes need no half-pixel terms; only `index_matrix` adds them, for OpenCV.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from formcheck.types import Floats

UNTURNED = ((1, 0), (0, 1))
Turn = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Placement:
    """How a stored picture is shown: upright size and the turn (or mirror) that gets there.

    Attributes
    ----------
    width_px, height_px : int
        Size of the upright frame with square pixels.
    turn : ((int, int), (int, int))
        Signed permutation that maps stored directions to upright directions, both about the
        picture's middle.
    """

    width_px: int
    height_px: int
    turn: Turn = UNTURNED

    @property
    def rotation_deg(self) -> int:
        """Clockwise turn that was applied to the stored picture: 0, 90, 180 or 270."""
        return round(math.degrees(math.atan2(self.turn[1][0], self.turn[0][0]))) % 360

    @property
    def sideways(self) -> bool:
        """Whether stored rows become upright columns."""
        return self.turn[0][0] == 0

    def turned(self, clockwise_deg: int) -> Placement:
        """Return the placement with the shown picture turned on by 0, 90, 180 or 270 degrees."""
        quarter = ((0, -1), (1, 0))
        turn, size = self.turn, (self.width_px, self.height_px)
        for _ in range(clockwise_deg // 90 % 4):
            turn, size = _product(quarter, turn), size[::-1]
        return Placement(*size, turn)

    def stored_from_upright(self, width: float, height: float) -> Floats:
        """Return the (2, 3) map from upright pixels to a stored picture of that size."""
        linear = np.array(self.turn, float).T  # the inverse of a signed permutation
        scaled = (
            np.diag((width, height)) @ linear @ np.diag((1 / self.width_px, 1 / self.height_px))
        )
        offset = np.array((width, height)) * (0.5 - linear @ (0.5, 0.5))
        return np.column_stack((scaled, offset))


def _product(outer: Turn, inner: Turn) -> Turn:
    rows = (np.array(outer) @ np.array(inner)).tolist()
    return ((rows[0][0], rows[0][1]), (rows[1][0], rows[1][1]))


def placement(
    stored_px: tuple[int, int], turn: Turn = UNTURNED, pixel_aspect: Fraction | None = None
) -> Placement:
    """Return the placement of a stored picture.

    Parameters
    ----------
    stored_px : (int, int)
        Stored width and height.
    turn : Turn
        From `turn_of`.
    pixel_aspect : Fraction, optional
        Width of a stored pixel over its height. The picture is stretched along the longer side of
        its pixels, never squeezed, so no detail is lost.
    """
    width, height = stored_px
    aspect = pixel_aspect if pixel_aspect and Fraction(1, 8) <= pixel_aspect <= 8 else Fraction(1)
    if aspect > 1:
        width = round(width * aspect)
    else:
        height = round(height / aspect)
    sideways = turn[0][0] == 0
    return Placement(height, width, turn) if sideways else Placement(width, height, turn)


def turn_of(display_matrix: bytes | None) -> Turn:
    """Return the signed permutation nearest to a container's display matrix.

    Parameters
    ----------
    display_matrix : bytes or None
        Nine 32-bit integers ``a b u c d v x y w`` that map stored (p, q) to shown
        ``(a p + c q, b p + d q)``, as ISO/IEC 14496-12 (8.2.2) defines the track matrix.
    """
    if display_matrix is None or len(display_matrix) < 36:
        return UNTURNED
    values = np.frombuffer(display_matrix, np.int32, 9).astype(float)
    a, b, c, d = values[0], values[1], values[3], values[4]
    if a * d - b * c == 0:
        return UNTURNED
    quarters = round(math.atan2(b, a) / (math.pi / 2)) % 4
    x_axis = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarters]
    mirror = 1 if a * d - b * c > 0 else -1
    y_axis = (-x_axis[1] * mirror, x_axis[0] * mirror)
    return ((x_axis[0], y_axis[0]), (x_axis[1], y_axis[1]))


def compose(outer: Floats, inner: Floats) -> Floats:
    """Return the (2, 3) map that applies `inner` first, then `outer`."""
    return np.column_stack((outer[:, :2] @ inner[:, :2], outer[:, :2] @ inner[:, 2] + outer[:, 2]))


def index_matrix(matrix: Floats) -> Floats:
    """Return the same (2, 3) map between pixel indices, whose centres are whole numbers."""
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    return shifted
