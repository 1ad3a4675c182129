"""A picture to draw on: upright planes in the form that is written, without a detour over RGB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

from formcheck.video.colour import BT709, Coding, coding_of, matrix_of
from formcheck.video.geometry import Placement

Plane = NDArray[np.uint8]

CODING: Final = Coding(2, 2, 8, (16, 128, 128), (0.2126, 0.0722), False)
"""How every canvas carries colour: 8 bits, 4:2:0, BT.709, limited range."""

_FORMAT: Final = "yuv420p"
_MPEG: Final = 1


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """An upright picture whose planes may be drawn on in place.

    Attributes
    ----------
    picture : VideoFrame
        The picture itself, as an encoder takes it.
    planes : (Y, U, V)
        Views of its luma (H, W) and chroma (H / 2, W / 2), coded as `CODING` says.
    """

    picture: VideoFrame
    planes: tuple[Plane, Plane, Plane]

    def rgb(self) -> NDArray[np.uint8]:
        """Return the picture as a new (H, W, 3) uint8 RGB array."""
        rgb = VideoReformatter().reformat(self.picture, format="rgb24", threads=1)
        return cast(NDArray[np.uint8], rgb.to_ndarray())


def blank_canvas(width_px: int, height_px: int) -> Canvas:
    """Return a canvas of even size whose pixels are undefined."""
    picture = VideoFrame(width_px, height_px, _FORMAT)
    picture.colorspace, picture.color_range = BT709, _MPEG
    y, u, v = (_view(plane) for plane in picture.planes)
    return Canvas(picture, (y, u, v))


def canvas_of(frame: VideoFrame, place: Placement, width_px: int, height_px: int) -> Canvas:
    """Return a decoded frame upright, at an even size, as a canvas of its own.

    Parameters
    ----------
    frame : VideoFrame
        The picture as stored; never changed, as the decoder may still refer to it.
    place : Placement
        How it is shown.
    width_px, height_px : int
        Size of the canvas; even.
    """
    stored_px = (height_px, width_px) if place.sideways else (width_px, height_px)
    source = frame if _fits(frame, stored_px) else _converted(frame, *stored_px)
    canvas = blank_canvas(width_px, height_px)
    for plane, target in zip(source.planes, canvas.planes, strict=True):
        _turn(_view(plane), target, place)
    return canvas


def canvas_from_rgb(rgb: NDArray[np.uint8]) -> Canvas:
    """Return a canvas of an (H, W, 3) uint8 RGB picture of even size."""
    height, width = rgb.shape[:2]
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(rgb), "rgb24")
    return canvas_of(frame, Placement(width, height), width, height)


def _fits(frame: VideoFrame, size_px: tuple[int, int]) -> bool:
    return (
        coding_of(frame) == CODING
        and matrix_of(frame) == BT709
        and (frame.width, frame.height) == size_px
    )


def _converted(frame: VideoFrame, width: int, height: int) -> VideoFrame:
    return VideoReformatter().reformat(
        frame,
        width,
        height,
        _FORMAT,
        src_colorspace=matrix_of(frame),
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        interpolation="AREA",
        threads=1,
    )


def _view(plane: VideoPlane) -> Plane:
    """Return a plane's (H, W) samples as a view that keeps it alive."""
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1)
    return rows[:, : plane.width]


def _turn(stored: Plane, target: Plane, place: Placement) -> None:
    """Copy a stored plane upright into another."""
    (xx, xy), (yx, yy) = place.turn
    turned = cv2.transpose(stored) if place.sideways else stored
    flip_x, flip_y = xx + xy < 0, yx + yy < 0
    if flip_x or flip_y:
        turned = cv2.flip(turned, -1 if flip_x and flip_y else int(flip_x))
    np.copyto(target, turned)
