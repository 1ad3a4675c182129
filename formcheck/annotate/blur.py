"""Hide the runner's face: where the head is, and what is done to the picture there.

Only the measured runner's head is hidden; other people in the picture are not looked for.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from formcheck.annotate.stamps import Planes
from formcheck.landmarks import Landmark
from formcheck.types import Floats

_RADIUS_TRUNKS: Final = 0.4
_HEAD_TRUNKS: Final = 0.38
_SMOOTH_FRAMES: Final = 15
_CELLS: Final = 5


def head_circles(xy_px: Floats) -> Floats:
    """Return a circle around the head in every frame.

    Parameters
    ----------
    xy_px : (T, K, 2) float
        Landmarks in picture pixels; NaN where unknown.

    Returns
    -------
    (T, 3) float
        x, y and radius in pixels. The centre lies between ears and nose; without either, it is
        found above the shoulders along the trunk. Frames without any of this take over from their
        neighbours, so that no frame is left open; NaN only if no frame has anything.
    """
    trunk = _mid(xy_px, "SHOULDER") - _mid(xy_px, "HIP")
    length = np.hypot(trunk[:, 0], trunk[:, 1])
    if not np.isfinite(length).any():
        return np.full((xy_px.shape[0], 3), np.nan)
    held = np.pad(_filled(length), _SMOOTH_FRAMES // 2, mode="edge")
    length = np.median(sliding_window_view(held, _SMOOTH_FRAMES), axis=-1)
    up = trunk / np.where(length > 0, length, np.nan)[:, None]
    centre = _face(xy_px)
    above = _mid(xy_px, "SHOULDER") + _HEAD_TRUNKS * length[:, None] * up
    centre = np.where(np.isfinite(centre).all(axis=1, keepdims=True), centre, above)
    if not np.isfinite(centre).all(axis=1).any():
        return np.full((xy_px.shape[0], 3), np.nan)
    columns = [_filled(column) for column in centre.T]
    return np.stack((*columns, _RADIUS_TRUNKS * length), axis=1)


def _mid(xy: Floats, name: str) -> Floats:
    both = xy[:, [Landmark[f"LEFT_{name}"], Landmark[f"RIGHT_{name}"]]]
    return np.asarray(0.5 * (both[:, 0] + both[:, 1]))


def _face(xy: Floats) -> Floats:
    """Return (T, 2) the mean of the ears, a third of the way to the nose; what is known of them."""
    ears = xy[:, [Landmark.LEFT_EAR, Landmark.RIGHT_EAR]]
    middle = 0.5 * (np.fmax(ears[:, 0], ears[:, 1]) + np.fmin(ears[:, 0], ears[:, 1]))
    nose = xy[:, Landmark.NOSE]
    known = np.isfinite(middle)
    between = np.where(np.isfinite(nose), middle + (nose - middle) / 3, middle)
    return np.where(known, between, nose)


def _filled(values: Floats) -> Floats:
    """Return values (T,) with gaps bridged and ends held."""
    known = np.flatnonzero(np.isfinite(values))
    return np.interp(np.arange(values.size), known, values[known])


def blur_circle(planes: Planes, circle: Floats) -> None:
    """Blur a circle (x, y, radius) of a picture's planes beyond recognition, in place.

    A few cells of averaged colour remain: the detail is gone from the file, not just from sight.
    """
    if not np.isfinite(circle).all():
        return
    for i, plane in enumerate(planes):
        x, y, radius = circle * (0.5 if i else 1.0)
        left, top = max(0, int(x - radius)), max(0, int(y - radius))
        part = plane[top : max(0, int(y + radius) + 1), left : max(0, int(x + radius) + 1)]
        if not part.size:
            continue
        cells = (min(_CELLS, part.shape[1]), min(_CELLS, part.shape[0]))
        small = cv2.resize(part, cells, interpolation=cv2.INTER_AREA)
        smooth = cv2.resize(small, part.shape[::-1], interpolation=cv2.INTER_LINEAR)
        mask = np.zeros(part.shape, np.uint8)
        centre = (round((x - left - 0.5) * 16), round((y - top - 0.5) * 16))
        cv2.circle(mask, centre, round(radius * 16), (255,), cv2.FILLED, cv2.LINE_8, 4)
        cv2.copyTo(smooth, mask, part)
