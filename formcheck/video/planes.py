"""Resample the planes of a decoded frame: one warp or one resize a plane, then colour."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from formcheck.types import Floats
from formcheck.video.colour import RGB_PLANES, Coding, coding_of, to_rgb_matrix
from formcheck.video.geometry import Placement, compose, index_matrix

Codes = NDArray[np.unsignedinteger[Any]]
Image = NDArray[np.uint8]


def planes_of(frame: VideoFrame) -> tuple[Coding, tuple[Codes, ...]]:
    """Return a frame's coding and its three planes as views; they live as long as the frame.

    Formats that are not planar 4:2:0, 4:2:2 or 4:4:4 are converted whole to RGB planes.
    """
    coding = coding_of(frame)
    if coding is None:
        frame = frame.reformat(format=RGB_PLANES)
        coding = coding_of(frame)
        assert coding is not None  # RGB planes are always known
    dtype = np.uint8 if coding.bits == 8 else np.uint16
    return coding, tuple(_view(plane, dtype) for plane in frame.planes[:3])


def _view(plane: Any, dtype: type[np.uint8] | type[np.uint16]) -> Codes:
    rows = np.frombuffer(plane, dtype).reshape(-1, plane.line_size // np.dtype(dtype).itemsize)
    return rows[: plane.height, : plane.width]


def rgb_from_codes(coding: Coding, planes: tuple[Codes, ...]) -> Image:
    """Return the (H, W, 3) RGB of three planes of one size."""
    codes = cv2.merge(planes)
    rgb = cv2.transform(codes, to_rgb_matrix(coding))
    return rgb if rgb.dtype == np.uint8 else np.minimum(rgb, 255).astype(np.uint8)


def warp_rgb(frame: VideoFrame, place: Placement, matrix: Floats, size: int) -> Image:
    """Return a (size, size, 3) RGB crop of the upright frame.

    Parameters
    ----------
    frame : VideoFrame
        The decoded picture as stored.
    place : Placement
        How it is shown.
    matrix : (2, 3) float
        Maps crop pixels to upright-frame pixels (centres at .5).
    size : int
        Side of the crop in pixels. What lies outside the frame is black.
    """
    coding, planes = planes_of(frame)
    to_stored = compose(place.stored_from_upright(frame.width, frame.height), matrix)
    luma = _warp(planes[0], to_stored, size, coding.black[0])
    to_chroma = np.diag((1 / coding.sub_x, 1 / coding.sub_y)) @ to_stored
    if coding.sub_x == 2 and coding.chroma_left:
        to_chroma[0, 2] += 0.25
    chroma = (_warp(p, to_chroma, size, b) for p, b in zip(planes[1:], coding.black[1:], strict=True))
    return rgb_from_codes(coding, (luma, *chroma))


def _warp(plane: Codes, matrix: Floats, size: int, border: int) -> Codes:
    plane, matrix = _shrunk(plane, matrix, size)
    return cv2.warpAffine(  # type: ignore[no-any-return]
        plane,
        index_matrix(matrix),
        (size, size),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=float(border),
    )


def _shrunk(plane: Codes, matrix: Floats, size: int) -> tuple[Codes, Floats]:
    """Average the part that is seen by a whole factor, where bilinear sampling would skip pixels."""
    factor = int(np.hypot(matrix[0, :2], matrix[1, :2]).min())
    if factor < 2:
        return plane, matrix
    corners = matrix @ ((0, size, 0, size), (0, 0, size, size), (1, 1, 1, 1))
    spans = [
        _aligned(low, high, factor, extent)
        for low, high, extent in zip(
            corners.min(1), corners.max(1), plane.shape[::-1], strict=True
        )
    ]
    (left, right), (top, bottom) = spans
    if left >= right or top >= bottom:
        return plane, matrix  # nothing of the frame is seen
    shrunk_px = [math.ceil((high - low) / factor) for low, high in spans]
    small = cv2.resize(plane[top:bottom, left:right], shrunk_px, interpolation=cv2.INTER_AREA)
    scale = np.array(shrunk_px) / ((right - left), (bottom - top))
    moved = matrix - np.array(((0, 0, left), (0, 0, top)))
    return small, scale[:, None] * moved


def _aligned(low: float, high: float, factor: int, extent: int) -> tuple[int, int]:
    first = (math.floor(low) - factor) // factor * factor
    last = -(-(math.ceil(high) + factor) // factor) * factor
    return max(first, 0), min(last, extent)


def resized_rgb(frame: VideoFrame, place: Placement, width_px: int, height_px: int) -> Image:
    """Return the upright frame at another size, by averaging areas where it shrinks."""
    coding, planes = planes_of(frame)
    stored_px = (height_px, width_px) if place.sideways else (width_px, height_px)
    resized = tuple(_resize(plane, stored_px) for plane in planes)
    return upright(rgb_from_codes(coding, resized), place)


def _resize(plane: Codes, size_px: tuple[int, int]) -> Codes:
    if plane.shape[::-1] == size_px:
        return plane
    shrinks = plane.shape[1] > size_px[0] or plane.shape[0] > size_px[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(plane, size_px, interpolation=method)  # type: ignore[no-any-return]


def upright(image: Image, place: Placement) -> Image:
    """Turn (and mirror) a stored (H, W, 3) picture upright; a contiguous array, copied if turned."""
    (xx, _), (yx, yy) = place.turn
    if place.sideways:
        image = image.transpose(1, 0, 2)
    flip_x, flip_y = (xx or place.turn[0][1]) < 0, (yx or yy) < 0
    image = image[:: -1 if flip_y else 1, :: -1 if flip_x else 1]
    return np.ascontiguousarray(image)
