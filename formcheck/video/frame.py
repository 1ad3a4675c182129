"""One decoded frame: stays as the decoder left it until pixels are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from formcheck.types import Floats
from formcheck.video.canvas import Canvas, canvas_of
from formcheck.video.colour import Coding, coding_of
from formcheck.video.geometry import Placement
from formcheck.video.planes import Codes, Image, thumbnail, view_of, warp_rgb, whole_rgb

# Samples around a crop, in chroma samples and in the crop's own pixels, that shape it.
_REACH: Final = 8.0


class Frame:
    """One picture of a clip and its time.

    Attributes
    ----------
    index : int
        Position among the file's frames, whatever part of it is read.
    t_s : float
        Presentation time since the first frame of the file.
    width_px, height_px : int
        Size of the upright frame.
    """

    __slots__ = ("_picture", "_place", "index", "t_s")

    def __init__(self, index: int, t_s: float, picture: VideoFrame, place: Placement) -> None:
        self.index = index
        self.t_s = t_s
        self._picture = picture
        self._place = place

    @property
    def width_px(self) -> int:
        """Width of the upright frame."""
        return self._place.width_px

    @property
    def height_px(self) -> int:
        """Height of the upright frame."""
        return self._place.height_px

    @property
    def picture_bytes(self) -> int:
        """What the decoded picture takes in memory."""
        return sum(plane.buffer_size for plane in self._picture.planes)

    def rgb(self) -> Image:
        """Return the whole upright frame, (H, W, 3) uint8 RGB, the caller's own to draw on."""
        return whole_rgb(self._picture, self._place, self.width_px, self.height_px)

    def scaled_rgb(self, max_side: int) -> Image:
        """Return the upright frame with a longer side of at most `max_side` pixels."""
        return whole_rgb(self._picture, self._place, *self._scaled(max_side))

    def thumbnail(self, long_px: int) -> Floats:
        """Return a rough grey picture, (H, W) of 0 to 255, as stored: not turned upright.

        All frames of a clip have thumbnails of one size, whatever size each is stored in.
        """
        width, height = self._scaled(long_px)
        stored_px = (height, width) if self._place.sideways else (width, height)
        return thumbnail(self._picture, *stored_px)

    def _scaled(self, max_side: int) -> tuple[int, int]:
        scale = min(1.0, max_side / max(self.width_px, self.height_px))
        return max(1, round(self.width_px * scale)), max(1, round(self.height_px * scale))

    def canvas(self, width_px: int, height_px: int) -> Canvas:
        """Return the upright frame at an even size, the caller's own to draw on and to write."""
        return canvas_of(self._picture, self._place, width_px, height_px)

    def warp(self, matrix: Floats, size: int) -> Image:
        """Return a square crop, (size, size, 3) uint8 RGB, straight from the decoded planes.

        Parameters
        ----------
        matrix : (2, 3) float
            Maps crop pixels to upright-frame pixels: ``frame_xy = matrix @ (crop_x, crop_y, 1)``,
            pixel centres at .5 in both, so the crop's corners are 0 and `size`.
        size : int
            Side of the crop in pixels.

        Notes
        -----
        Outside the frame is black. Where the crop shrinks the picture by two or more, the part it
        sees is averaged first by the whole factor; the rest is bilinear.
        """
        return warp_rgb(self._picture, self._place, matrix, size)

    def part(self, low_px: Floats, high_px: Floats) -> FramePart | None:
        """Return a copy of the box between two corners (x, y) of the upright frame.

        None where the box lies outside, or for formats of which no box can be copied.
        """
        picture = self._picture
        coding = coding_of(picture)
        if coding is None:
            return None
        corners = np.column_stack(
            [low_px, high_px, (low_px[0], high_px[1]), (high_px[0], low_px[1])]
        )
        box = _even_box(self._stored(corners), (picture.width, picture.height))
        if (box[1] <= box[0]).any():
            return None
        copies = [plane.copy() for plane in _boxes(picture, coding, box)]
        return FramePart(self.index, self.t_s, self._place, picture, box, copies)

    def _stored(self, at_px: Floats) -> Floats:
        """Return (2, N) points of the upright frame in pixels of the stored picture."""
        matrix = self._place.stored_from_upright(self._picture.width, self._picture.height)
        return np.asarray(matrix[:, :2] @ at_px + matrix[:, 2:])


class FramePart:
    """A box of a frame, kept without the rest of it.

    Attributes
    ----------
    index, t_s
        As of the frame.
    picture_bytes : int
        What it takes in memory.
    """

    __slots__ = ("_box", "_copies", "_look", "_place", "index", "picture_bytes", "t_s")

    def __init__(
        self,
        index: int,
        t_s: float,
        place: Placement,
        picture: VideoFrame,
        box: NDArray[np.int64],
        copies: list[Codes],
    ) -> None:
        self.index = index
        self.t_s = t_s
        self.picture_bytes = sum(copy.nbytes for copy in copies)
        self._place = place
        self._look = (
            (picture.width, picture.height, picture.format.name),
            picture.colorspace,
            picture.color_range,
        )
        self._box = box
        self._copies = copies

    def covers(self, matrix: Floats, size: int) -> bool:
        """Return whether a crop, as `Frame.warp` cuts it, rests on what is here alone."""
        (width, height, _), *_ = self._look
        corners = matrix @ ((0, size, 0, size), (0, 0, size, size), (1, 1, 1, 1))
        stored = self._place.stored_from_upright(width, height)
        at = stored[:, :2] @ corners + stored[:, 2:]
        reach = _REACH * (1 + float(np.abs(stored[:, :2] @ matrix[:, :2]).max()))
        whole = np.array((width, height))
        low, high = (
            np.clip(at.min(axis=1) - reach, 0, whole),
            np.clip(at.max(axis=1) + reach, 0, whole),
        )
        return bool((low >= self._box[0]).all() and (high <= self._box[1]).all())

    def frame(self) -> Frame:
        """Return the frame; nothing is known of it outside the box."""
        shape, colorspace, color_range = self._look
        picture = VideoFrame(*shape)
        picture.colorspace, picture.color_range = colorspace, color_range
        coding = cast(Coding, coding_of(picture))
        for plane, copy in zip(_boxes(picture, coding, self._box), self._copies, strict=True):
            np.copyto(plane, copy)
        return Frame(self.index, self.t_s, picture, self._place)


def _even_box(at: Floats, size_px: tuple[int, int]) -> NDArray[np.int64]:
    """Return the box ((left, top), (right, bottom)) around points of a picture, whole in chroma."""
    low = np.floor(at.min(axis=1) / 2).astype(np.int64) * 2
    high = np.ceil(at.max(axis=1) / 2).astype(np.int64) * 2
    return np.asarray(np.clip(np.stack((low, high)), 0, np.array(size_px)))


def _boxes(picture: VideoFrame, coding: Coding, box: NDArray[np.int64]) -> Iterator[Codes]:
    """Yield a box of each plane as a view."""
    for i, plane in enumerate(view_of(each, coding.bits) for each in picture.planes[:3]):
        by = np.array((coding.sub_x, coding.sub_y)) if i else np.ones(2, np.int64)
        (left, top), (right, bottom) = box[0] // by, -(-box[1] // by)
        yield plane[top:bottom, left:right]
