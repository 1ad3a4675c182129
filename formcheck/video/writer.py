"""Write clips that every browser plays, at the times they were filmed."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import av
import av.error
import numpy as np
from av.container import OutputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from formcheck.errors import FormcheckError, UsageError
from formcheck.video.canvas import Canvas

TIME_BASE: Final = Fraction(1, 90_000)
"""Holds every usual frame interval exactly, also 1001/30000 s."""
DEFAULT_MAX_SIDE_PX: Final = 1920

_BT709: Final = 1
_LIMITED: Final = 1
# One core draws the next frames.
_THREADS: Final = max(1, min(4, (os.cpu_count() or 1) - 1))
# Processor time, luma PSNR and size of a frame, over three clips of 1080p and one of 720p:
# ultrafast at qp 23 3 to 8 ms, 41 to 45 dB, 27 to 49 kB; at qp 25 3 to 7 ms, 39 to 44 dB, 17 to
# 40 kB; at qp 27 hardly quicker, 38 to 42 dB; at crf 25, which looks ahead to share out its bits,
# 4 to 8 ms, 39 to 44 dB, 13 to 44 kB; superfast at qp 26 6 to 15 ms, 40 to 44 dB, 7 to 25 kB.
# Encoding is half of what annotating a frame costs, so time wins.
_ENCODER: Final = {"preset": "ultrafast", "qp": "25"}
_MUXER: Final = {"movflags": "+faststart", "movie_timescale": str(TIME_BASE.denominator)}


class ClipWriter:
    """An MP4 (H.264, 4:2:0, BT.709 limited range, index in front) that appears when it is complete.

    Parameters
    ----------
    path : path
        The file to write. Until `close` it exists only under a hidden temporary name beside it; it
        is not touched when an exception leaves the ``with`` block.
    width_px, height_px : int
        Size of the frames that will be given.
    fps_hint : float
        Usual frame rate; only the encoder's planning and the last frame's duration rest on it.
    max_side_px : int
        Larger frames are scaled down to this longer side, as 4K is to Full HD.

    Notes
    -----
    Holds pictures only: neither sound, nor place, nor any other tag of the source is carried over.
    Sides are made even, as 4:2:0 needs, by scaling less than a pixel. Times are kept to 1/90000 s,
    and count from the first frame that is written.

    Raises
    ------
    UsageError
        For an impossible size or rate, or a folder that does not exist.

    Examples
    --------
    ::

        with ClipWriter("out.mp4", 1280, 720, fps_hint=60) as out:
            for frame in clip:
                out.write(frame.rgb(), frame.t_s)
    """

    def __init__(
        self,
        path: str | Path,
        width_px: int,
        height_px: int,
        *,
        fps_hint: float,
        max_side_px: int = DEFAULT_MAX_SIDE_PX,
    ) -> None:
        self.path = Path(path)
        if min(width_px, height_px, max_side_px) < 2 or not 0 < fps_hint < 10_000:
            raise UsageError("A clip needs at least 2x2 pixels and a positive frame rate.")
        if not self.path.parent.is_dir():
            raise UsageError(f"The folder {self.path.parent} does not exist; create it first.")
        self._given_px = (width_px, height_px)
        self.width_px, self.height_px = _even_size(width_px, height_px, max_side_px)
        self._step_s = 1 / fps_hint
        self._part = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}.part")
        self._reformatter = VideoReformatter()
        self._start_s: float | None = None
        self._last_tick = -1
        self._last_ticks = _ticks(self._step_s)
        self._container, self._stream = self._open(fps_hint)

    def _open(self, fps_hint: float) -> tuple[OutputContainer, VideoStream]:
        try:
            container = av.open(str(self._part), "w", format="mp4", options=dict(_MUXER))
        except (av.error.FFmpegError, OSError) as error:
            raise self._failure() from error
        rate = Fraction(fps_hint).limit_denominator(1001)
        stream = container.add_stream("libx264", rate=rate, options=dict(_ENCODER))
        stream.width, stream.height, stream.pix_fmt = self.width_px, self.height_px, "yuv420p"
        stream.time_base = stream.codec_context.time_base = TIME_BASE
        stream.thread_type, stream.thread_count = "FRAME", _THREADS
        context = stream.codec_context
        context.color_range = _LIMITED
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        return container, stream

    def write(self, rgb: NDArray[np.uint8], t_s: float, duration_s: float | None = None) -> None:
        """Append a frame.

        Parameters
        ----------
        rgb : (H, W, 3) uint8
            Of the size that was announced; not kept, not changed.
        t_s : float
            Its time, later than the last frame's.
        duration_s : float, optional
            How long it stays; matters for the last frame only, one frame of `fps_hint` by default.

        Raises
        ------
        ValueError
            If size or time does not fit.
        """
        if rgb.shape != (self._given_px[1], self._given_px[0], 3) or rgb.dtype != np.uint8:
            raise ValueError(f"expected uint8 {self._given_px[::-1]}, got {rgb.dtype} {rgb.shape}")
        self._append(self._converted(np.ascontiguousarray(rgb)), t_s, duration_s)

    def write_canvas(self, canvas: Canvas, t_s: float, duration_s: float | None = None) -> None:
        """Append a canvas of the size that is written, (`width_px`, `height_px`), as it is.

        Parameters
        ----------
        canvas : Canvas
            Not to be drawn on any more: the encoder may still refer to it.
        t_s, duration_s
            As in `write`.

        Raises
        ------
        ValueError
            If size or time does not fit.
        """
        picture = canvas.picture
        if (picture.width, picture.height) != (self.width_px, self.height_px):
            raise ValueError(f"expected {self.width_px}x{self.height_px} pixels, got {picture}")
        self._append(picture, t_s, duration_s)

    def _append(self, picture: VideoFrame, t_s: float, duration_s: float | None) -> None:
        self._start_s = t_s if self._start_s is None else self._start_s
        tick = _ticks(t_s - self._start_s)
        if tick <= self._last_tick:
            raise ValueError(f"frame at {t_s} s does not come after the last one")
        self._last_tick = tick
        self._last_ticks = _ticks(self._step_s if duration_s is None else duration_s)
        picture.pts, picture.time_base = tick, TIME_BASE
        self._mux(picture)

    def _converted(self, rgb: NDArray[np.uint8]) -> VideoFrame:
        same_size = self._given_px == (self.width_px, self.height_px)
        return self._reformatter.reformat(
            VideoFrame.from_numpy_buffer(rgb, "rgb24"),
            self.width_px,
            self.height_px,
            "yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            # At the same size only chroma is resampled; POINT averages its columns and takes a
            # third less time than averaging its rows too.
            interpolation="POINT" if same_size else "AREA",
            threads=1,
        )

    def _mux(self, picture: VideoFrame | None) -> None:
        try:
            for packet in self._stream.encode(picture):
                if packet.pts == self._last_tick:
                    packet.duration = self._last_ticks
                self._container.mux(packet)
        except (av.error.FFmpegError, OSError) as error:
            raise self._failure() from error

    def _failure(self) -> FormcheckError:
        return FormcheckError(
            f"{self.path} could not be written; check the folder and the disk's free space.",
            "cannot_write",
        )

    def close(self) -> None:
        """Finish the clip and put it in its place.

        Raises
        ------
        ValueError
            If no frame was written.
        FormcheckError
            If the file cannot be written (``cannot_write``).
        """
        if self._start_s is None:
            self.discard()
            raise ValueError("no frame was written")
        try:
            self._mux(None)
            self._container.close()
            self._part.replace(self.path)
        except (av.error.FFmpegError, OSError) as error:
            raise self._failure() from error
        finally:
            self.discard()

    def discard(self) -> None:
        """Drop the clip; nothing of it stays on disk."""
        with suppress(av.error.FFmpegError, OSError):
            self._container.close()
        self._part.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()
        else:
            self.discard()


def _ticks(seconds: float) -> int:
    return round(seconds / TIME_BASE)


def _even_size(width_px: int, height_px: int, max_side_px: int) -> tuple[int, int]:
    """Return even sides at or under a longest side, in the same proportion to within a pixel."""
    scale = min(1.0, max_side_px / max(width_px, height_px))
    return max(2, int(width_px * scale) // 2 * 2), max(2, int(height_px * scale) // 2 * 2)
