"""Whether browsers play a clip as it is, and a copy of it that they all do."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np

from formcheck.parallel import ahead
from formcheck.video.container import open_video
from formcheck.video.info import ClipInfo
from formcheck.video.reader import ClipReader
from formcheck.video.writer import ClipWriter

# Containers by FFmpeg's names, and codecs with the pixel formats that every browser decodes.
_CONTAINERS: Final = frozenset({"mp4", "mov", "webm"})
_CODECS: Final = {
    "h264": ("yuv420p", "yuvj420p"),
    "vp8": ("yuv420p",),
    "vp9": ("yuv420p",),
    "av1": ("yuv420p",),
    "libdav1d": ("yuv420p",),
}
_AHEAD: Final = 2


def plays_in_browsers(path: Path) -> bool:
    """Return whether every browser plays a clip's file as it is."""
    container, stream = open_video(path)
    with container:
        names = set(container.format.name.split(","))
        context = stream.codec_context
        return bool(names & _CONTAINERS) and context.pix_fmt in _CODECS.get(context.name, ())


def write_browser_copy(info: ClipInfo, out: Path) -> None:
    """Write a clip upright and without sound as H.264, every frame at its own time.

    Parameters
    ----------
    info : ClipInfo
        The clip, turned as it is to be seen.
    out : Path
        The MP4 to write.

    Raises
    ------
    ClipError
        If the clip cannot be read.
    FormcheckError
        If the copy cannot be written.
    """
    rate_hz = info.frame_rate_hz if np.isfinite(info.frame_rate_hz) else 1 / info.duration_s
    with (
        ClipReader(info, None, None) as clip,
        ClipWriter(out, info.width_px, info.height_px, fps_hint=rate_hz) as writer,
    ):
        size_px = writer.width_px, writer.height_px
        frames = ((frame.canvas(*size_px), frame.t_s) for frame in clip)
        with closing(ahead(frames, _AHEAD)) as ready:
            for canvas, t_s in ready:
                writer.write_canvas(canvas, t_s)
