"""Clips for whole runs: the samples with their truth, parts of them, and files that are no clip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

SAMPLES = Path(__file__).resolve().parents[2] / "sample_videos"
SIDE = SAMPLES / "side_easy_60fps.mp4"
REAR = SAMPLES / "rear_easy_60fps.mp4"
Image = NDArray[np.uint8]


def pictures(path: Path, frames: int, lowest_px: int | None = None) -> Iterator[Image]:
    """Yield the first pictures of a clip, cut off below a line."""
    with av.open(str(path)) as container:
        for frame in islice(container.decode(video=0), frames):
            yield np.asarray(frame.to_ndarray(format="rgb24")[:lowest_px], np.uint8)


def write(path: Path, images: Iterable[Image], rate: int = 60, codec: str = "libx264") -> Path:
    """Encode pictures at an even rate."""
    images = iter(images)
    first = next(images)
    with av.open(str(path), "w") as container:
        stream = cast(VideoStream, container.add_stream(codec, rate=rate))
        stream.height, stream.width = first.shape[:2]
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        if codec == "libx264":
            stream.options = {"preset": "ultrafast", "crf": "22"}
        for image in (first, *images):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def without_index(path: Path, source: Path) -> Path:
    """Cut a clip in the middle, its index not yet written, as a phone that died leaves it."""
    write(path, pictures(source, 60))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


def cut_off(path: Path, source: Path, share: float) -> Path:
    """Keep the first part of a file whose index lies at its beginning."""
    data = source.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    return path


def sound_only(path: Path) -> Path:
    """Write a second of a tone in an MP4."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48_000)
        tone = np.sin(np.arange(48_000) / 20)[None].astype(np.float32)
        frame = av.AudioFrame.from_ndarray(tone, format="flt", layout="mono")
        frame.rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def moving_pattern(frames: int) -> Iterator[Image]:
    """Yield pictures of a drifting slope of colour in which nobody is."""
    y, x = np.mgrid[:360, :640]
    for number in range(frames):
        slopes = (x + 3 * number, y + 2 * number, x // 2 + y + number)
        yield np.stack([slope % 256 for slope in slopes], axis=-1).astype(np.uint8)
