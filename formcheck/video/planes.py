"""Pixels of a decoded frame: square crops plane by plane, whole pictures through swscale.

A crop is cut from the luma and chroma planes before they become RGB, so its cost does not depend on
the size of the frame. A whole picture is converted by swscale, several times as fast as OpenCV.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from formcheck.types import Floats
from formcheck.video.colour import RGB_PLANES, Coding, coding_of, matrix_of, to_rgb_matrix
from formcheck.video.geometry import Placement, compose, index_matrix

Codes = NDArray[np.unsignedinteger[Any]]
Image = NDArray[np.uint8]

_SAMPLES_ACROSS = 8


def warp_rgb(frame: VideoFrame, place: Placement, matrix: Floats, size: int) -> Image:
    """Return a (size, size, 3) RGB crop of the upright frame; black outside it.

    Parameters
    ----------
    frame : VideoFrame
        The decoded picture as stored.
    place : Placement
        How it is shown.
    matrix : (2, 3) float
        Maps crop pixels to upright-frame pixels (centres at .5).
    size : int
        Side of the crop in pixels.
    """
    coding, planes = _planes_of(frame)
    to_luma = compose(place.stored_from_upright(frame.width, frame.height), matrix)
    to_chroma = to_luma / ((coding.sub_x,), (coding.sub_y,))
    to_chroma[0, 2] += 0.25 if coding.chroma_left else 0.0
    luma = _warp(planes[:1], to_luma, coding.black[:1], size)
    return _rgb(coding, luma + _warp(planes[1:], to_chroma, coding.black[1:], size))


def _planes_of(frame: VideoFrame) -> tuple[Coding, list[Codes]]:
    """Return a frame's coding and its three planes as views that keep it alive.

    Formats that are not planar 4:2:0, 4:2:2 or 4:4:4 are converted whole to RGB planes.
    """
    coding = coding_of(frame)
    if coding is None:
        frame = _reformatted(frame, RGB_PLANES, frame.width, frame.height)
        coding = cast(Coding, coding_of(frame))
    return coding, [view_of(plane, coding.bits) for plane in frame.planes[:3]]


def view_of(plane: VideoPlane, bits: int) -> Codes:
    """Return a plane's (H, W) codes without the padding of its rows."""
    dtype: type[np.unsignedinteger[Any]] = np.uint8 if bits == 8 else np.uint16
    codes = np.frombuffer(memoryview(plane), dtype)
    return codes.reshape(plane.height, -1)[:, : plane.width]


def _rgb(coding: Coding, planes: list[Codes]) -> Image:
    """Return the (H, W, 3) RGB of three planes of one size."""
    rgb = cv2.transform(cv2.merge(planes), to_rgb_matrix(coding))
    return cast(Image, rgb if coding.bits == 8 else np.minimum(rgb, 255).astype(np.uint8))


def _warp(planes: list[Codes], matrix: Floats, borders: Sequence[int], size: int) -> list[Codes]:
    """Cut the same crop from planes of one size."""
    planes, matrix = _shrunk(planes, matrix, size)
    indexed = index_matrix(matrix)
    crops = [
        cv2.warpAffine(
            plane,
            indexed,
            (size, size),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=float(border),
        )
        for plane, border in zip(planes, borders, strict=True)
    ]
    return cast(list[Codes], crops)


def _shrunk(planes: list[Codes], matrix: Floats, size: int) -> tuple[list[Codes], Floats]:
    """Average what a crop sees by a whole factor where bilinear sampling would skip samples."""
    factor = int(np.hypot(matrix[0, :2], matrix[1, :2]).min())
    if factor < 2:
        return planes, matrix
    corners = matrix @ ((0, size, 0, size), (0, 0, size, size), (1, 1, 1, 1))
    extents = planes[0].shape[::-1]
    (left, top), (right, bottom) = _seen(corners, factor, extents)
    seen_px = np.array((right - left, bottom - top))
    if seen_px.min() <= 0:
        return planes, matrix  # the crop lies outside the frame
    small_px = [math.ceil(side / factor) for side in seen_px]
    small = [
        cv2.resize(plane[top:bottom, left:right], small_px, interpolation=cv2.INTER_AREA)
        for plane in planes
    ]
    moved = matrix - ((0, 0, left), (0, 0, top))
    return cast(list[Codes], small), moved * (small_px / seen_px)[:, None]


def _seen(corners: Floats, factor: int, extents: tuple[int, ...]) -> NDArray[np.int64]:
    """Return ((left, top), (right, bottom)) of what is seen, in whole blocks with a margin."""
    first = np.floor(corners.min(1) / factor) - 1
    last = np.ceil(corners.max(1) / factor) + 1
    blocks = np.stack((first, last)).astype(np.int64) * factor
    return np.clip(blocks, 0, np.array(extents))


def thumbnail(frame: VideoFrame, width_px: int, height_px: int) -> Floats:
    """Return the frame as stored in grey levels, (height, width), 0 for black and 255 for white.

    Each is the mean of about 64 samples spread over it, which is quicker than all of them.
    """
    coding, planes = _planes_of(frame)
    codes = planes[0]
    down, right = (
        max(1, int(side / (small * _SAMPLES_ACROSS)))
        for side, small in zip(codes.shape, (height_px, width_px), strict=True)
    )
    samples = codes[::down, ::right].astype(np.float32)
    small = cv2.resize(samples, (width_px, height_px), interpolation=cv2.INTER_AREA)
    gain = to_rgb_matrix(coding)[:, 0].max()  # of the first plane: luma, or green
    grey: Floats = gain * (small.astype(float) - coding.black[0])
    return grey


def whole_rgb(frame: VideoFrame, place: Placement, width_px: int, height_px: int) -> Image:
    """Return the whole upright frame at any size: (height, width, 3) RGB, contiguous, writable."""
    stored_px = (height_px, width_px) if place.sideways else (width_px, height_px)
    rgb = _reformatted(frame, "rgb24", *stored_px)
    image = rgb.to_ndarray().copy() if rgb is frame else rgb.to_ndarray()
    return np.ascontiguousarray(_upright(cast(Image, image), place))


def _reformatted(frame: VideoFrame, name: str, width: int, height: int) -> VideoFrame:
    # A reformatter of its own costs 0.05 ms and keeps frames safe to use from several threads.
    return VideoReformatter().reformat(
        frame,
        width,
        height,
        name,
        src_colorspace=matrix_of(frame),
        interpolation="AREA",
        threads=1,
    )


def _upright(image: Image, place: Placement) -> Image:
    """Turn (and mirror) a stored (H, W, 3) picture upright."""
    (xx, xy), (yx, yy) = place.turn
    if place.sideways:
        image = cast(Image, cv2.transpose(image))
    flip_x, flip_y = xx + xy < 0, yx + yy < 0
    if not (flip_x or flip_y):
        return image
    return cast(Image, cv2.flip(image, -1 if flip_x and flip_y else int(flip_x)))
