"""One decoded frame: stays as the decoder left it until pixels are asked for."""

from __future__ import annotations

from av.video.frame import VideoFrame

from formcheck.types import Floats
from formcheck.video.canvas import Canvas, canvas_of
from formcheck.video.geometry import Placement
from formcheck.video.planes import Image, thumbnail, warp_rgb, whole_rgb


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
