"""Regions of the picture that a pose network looks at, and the maps to and from them.

A region is a row ``(centre_x_px, centre_y_px, side_px, turn_rad)``: a square in the upright frame,
turned clockwise (in a picture with y down) so that the runner's trunk is upright in the crop.
"""

from __future__ import annotations

import numpy as np

from formcheck.types import Floats

SIDE_PER_RADIUS = 2.5
"""Side of the square over the radius of the body's circle: its diameter, a quarter larger.

MediaPipe's pose graphs use the same (``RectTransformation`` by 1.25 after alignment points).
"""


def regions_from_circles(centre: Floats, rim: Floats) -> Floats:
    """Return the regions for circles around bodies.

    Parameters
    ----------
    centre : (..., 2) float
        Middle of the hips, pixels.
    rim : (..., 2) float
        A point on the circle that holds the whole body, in the direction from hips to head.

    Returns
    -------
    (..., 4) float
        Regions; the turn is 0 for a body that stands upright, within [-pi, pi].
    """
    up = rim - centre
    side = SIDE_PER_RADIUS * np.hypot(up[..., 0], up[..., 1])
    turn = np.arctan2(up[..., 0], -up[..., 1])
    return np.stack((centre[..., 0], centre[..., 1], side, turn), axis=-1)


def crop_matrix(region: Floats, size_px: int, *, scale: float = 1.0, turned: bool = True) -> Floats:
    """Return the (2, 3) map from pixels of a square crop to pixels of the frame, centres at .5.

    Parameters
    ----------
    region : (4,) float
        Centre, side and turn.
    size_px : int
        Side of the crop in its own pixels.
    scale : float
        Side of the crop over the side of the region.
    turned : bool
        False leaves the crop upright, for networks that were taught on upright boxes.
    """
    x, y, side, turn = region
    turn = turn if turned else 0.0
    step = scale * side / size_px
    cos, sin = step * np.cos(turn), step * np.sin(turn)
    linear = np.array(((cos, -sin), (sin, cos)))
    return np.column_stack((linear, (x, y) - linear @ (size_px / 2, size_px / 2)))


def to_frame(points: Floats, matrices: Floats) -> Floats:
    """Map points of crops, (N, K, 2), to the frame by each crop's map, (N, 2, 3)."""
    return points @ matrices[:, :, :2].transpose(0, 2, 1) + matrices[:, None, :, 2]
