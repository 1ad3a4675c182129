"""Animated WebP, which the video library does not read, as a video with the same times."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np

from formcheck.errors import ClipError

MOST_BYTES: Final = 1 << 30
"""Of all pictures decoded, which the reader of such files holds at once: 13 s of 720p at 30 Hz."""
_MS: Final = Fraction(1, 1000)


def is_webp(path: Path) -> bool:
    """Return whether a file begins as WebP does."""
    with path.open("rb") as file:
        head = file.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"WEBP"


def as_video(path: Path) -> io.BytesIO:
    """Return an animated WebP as a lossless Matroska file.

    Raises
    ------
    ClipError
        With code ``not_a_video`` for a still picture or a damaged file, ``too_large`` where its
        pictures take more than `MOST_BYTES`.
    """
    state = path.stat()
    return io.BytesIO(_converted(path, state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=1)
def _converted(path: Path, _changed_ns: int, _size: int) -> bytes:
    _check(path)
    done, animation = cv2.imreadanimation(str(path))
    if not done or len(animation.frames) < 2:
        raise ClipError(f"{path.name} is damaged; make the animation again.", "not_a_video")
    out = io.BytesIO()
    with av.open(out, "w", format="matroska") as container:
        stream = container.add_stream("ffv1", rate=30)
        height, width = animation.frames[0].shape[:2]
        stream.width, stream.height, stream.pix_fmt = width, height, "bgr0"
        stream.time_base = stream.codec_context.time_base = _MS
        ends_ms = np.cumsum(animation.durations).tolist()
        for picture, start_ms in zip(animation.frames, [0, *ends_ms], strict=False):
            bgr = np.ascontiguousarray(picture[..., :3], np.uint8)
            frame = av.VideoFrame.from_ndarray(bgr, "bgr24")
            frame.pts, frame.time_base = start_ms, _MS
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def _check(path: Path) -> None:
    """Refuse stills, and animations that would fill the memory."""
    content = path.read_bytes()
    frames, size = 0, 0
    for name, body in _chunks(content):
        if name == b"VP8X" and len(body) >= 10:
            width, height = (int.from_bytes(body[k : k + 3], "little") + 1 for k in (4, 7))
            size = width * height
        frames += name == b"ANMF"
    if frames < 2:
        raise ClipError(f"{path.name} is a still picture; give a video clip.", "not_a_video")
    if 4 * frames * size > MOST_BYTES:
        raise ClipError(
            f"{path.name} is too large for an animated picture; export it as H.264 MP4.",
            "too_large",
        )


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and body of every chunk of a RIFF file."""
    at = 12
    while at + 8 <= len(content):
        name, length = struct.unpack_from("<4sI", content, at)
        yield name, content[at + 8 : at + 8 + min(length, 16)]
        at += 8 + length + length % 2
