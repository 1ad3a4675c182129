"""Open a file as a video, or say in one sentence why it is none."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import av
import av.error
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from formcheck.errors import ClipError
from formcheck.video.webp import as_video, is_webp

MAX_SIDE_PX: Final = 8192
MAX_PIXELS: Final = 8192 * 4320
"""8K video passes; 8000 x 8000 is refused: each picture alone would take 100 MB."""
MOST_OBLONG: Final = 4.0
"""Longest side over shortest. The widest films have 3.6; the search for people takes squares of the
shorter side, whose number grows with this."""
MOST_FRAMES: Final = 500_000
"""Of a file: more than two hours at 60 frames a second. Lists of frames take memory and time."""

_THREADS: Final = min(4, os.cpu_count() or 1)
# Containers that cameras and recorders write, and raw streams, whose rate stands in them. No
# playlists, which would read files other than the one that was named; no still images.
_FORMATS: Final = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,asf,flv,ogg,mp3,wav,flac,aac,"
    "h264,hevc,gif"
)
_OPTIONS: Final = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
_NOT_SHOWN: Final = (
    Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
)


def open_video(path: Path) -> tuple[InputContainer, VideoStream]:
    """Open the file and pick its main video stream, ready to decode with frame threads.

    Raises
    ------
    ClipError
        With code ``not_found``, ``empty_file``, ``not_a_video``, ``truncated``, ``audio_only``,
        ``no_video_stream`` or ``too_large``.
    """
    _check_file(path)
    try:
        container = _opened(path)
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise _unopenable(path) from error
    try:
        return container, _main_stream(container, path)
    except BaseException:
        container.close()
        raise


def _opened(path: Path) -> InputContainer:
    source = as_video(path) if is_webp(path) else f"file:{path.resolve()}"
    return av.open(source, "r", options=dict(_OPTIONS), metadata_errors="ignore")


def _check_file(path: Path) -> None:
    try:
        there = path.exists()
    except (OSError, ValueError) as error:  # a name that is too long, among others
        raise ClipError(
            f"{path.name[:60]} ... is no name of a file; check it.", "not_found"
        ) from error
    if not there:
        raise ClipError(f"{path} does not exist; check the name and folder.", "not_found")
    if not path.is_file():
        raise ClipError(f"{path} is not a file; give the path of a video clip.", "not_a_video")
    if not os.access(path, os.R_OK):
        raise ClipError(f"{path} may not be read; check its permissions.", "not_found")
    if path.stat().st_size == 0:
        raise ClipError(f"{path.name} is empty; copy the clip again.", "empty_file")


def _unopenable(path: Path) -> ClipError:
    with path.open("rb") as file:
        head = file.read(12)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide") or head[:4] == b"\x1a\x45\xdf\xa3":
        return ClipError(
            f"{path.name} was cut off or damaged, its index is missing; copy the clip again.",
            "truncated",
        )
    return ClipError(
        f"{path.name} is not a video that can be read; give an MP4, MOV, MKV or WebM clip.",
        "not_a_video",
    )


def _main_stream(container: InputContainer, path: Path) -> VideoStream:
    moving = [s for s in container.streams.video if not s.disposition & _NOT_SHOWN]
    known = [s for s in moving if s.codec_context is not None and s.codec_context.width > 0]
    if not known:
        raise _without_video(container, path, bool(moving))
    stream = max(known, key=_rank)
    check_size(stream.codec_context.width, stream.codec_context.height, path)
    check_frames(stream.frames, path)
    stream.thread_type = "AUTO"
    stream.thread_count = _THREADS
    stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
    return stream


def _without_video(container: InputContainer, path: Path, moving: bool) -> ClipError:
    if moving:
        text = f"The codec of {path.name} is not known; export it as H.264 MP4."
        return ClipError(text, "no_video_stream")
    if container.streams.audio:
        text = f"{path.name} holds only sound; give a clip with a moving picture."
        return ClipError(text, "audio_only")
    if container.streams.video:
        text = f"{path.name} is a still picture; give a video clip."
        return ClipError(text, "not_a_video")
    text = f"{path.name} holds no video; give an MP4, MOV, MKV or WebM clip."
    return ClipError(text, "no_video_stream")


def _rank(stream: VideoStream) -> tuple[bool, int, int]:
    context = stream.codec_context
    default = bool(stream.disposition & Disposition.default)
    return default, context.width * context.height, -stream.index


def check_frames(frames: int, path: Path) -> None:
    """Refuse files that hold, or announce, too many frames.

    Raises
    ------
    ClipError
        With code ``too_long``.
    """
    if frames > MOST_FRAMES:
        raise ClipError(
            f"{path.name} holds more than {MOST_FRAMES} frames; cut it to ten seconds of running.",
            "too_long",
        )


def check_shape(width: float, height: float, path: Path) -> None:
    """Refuse pictures, as they are shown, that are too oblong for a person to be searched in.

    Raises
    ------
    ClipError
        With code ``too_oblong``.
    """
    if max(width, height) > MOST_OBLONG * min(width, height):
        raise ClipError(
            f"{path.name} is shown as {width:.0f}x{height:.0f} pixels, more than {MOST_OBLONG:g} "
            "times as long as wide; cut the picture to the runner.",
            "too_oblong",
        )


def check_size(width: int, height: int, path: Path) -> None:
    """Refuse pictures beyond 8K.

    Raises
    ------
    ClipError
        With code ``too_large``.
    """
    if max(width, height) > MAX_SIDE_PX or width * height > MAX_PIXELS:
        raise ClipError(
            f"{path.name} is {width}x{height} pixels, more than 8K; scale it down to 4K or less.",
            "too_large",
        )
