"""Pictures, frames and clips for the pose tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.video import ClipWriter, Frame
from formcheck.video.geometry import placement

REFERENCES = Path(__file__).parent / "references"
NAMES = ("side", "rear")
Image = NDArray[np.uint8]


@cache
def picture(name: str) -> Image:
    """Return a stored picture of a rendered runner, (480, 480, 3) RGB."""
    bgr = cv2.imread(str(REFERENCES / f"{name}.webp"))
    assert bgr is not None
    return np.ascontiguousarray(bgr[..., ::-1])


@cache
def stored(name: str) -> dict[str, NDArray[Any]]:
    """Return the arrays of a stored reference file."""
    with np.load(REFERENCES / f"{name}.npz") as data:
        return dict(data)


def frame_of(image: Image, index: int = 0, t_s: float = 0.0) -> Frame:
    """Make a frame of a picture, as if it had been decoded."""
    height, width = image.shape[:2]
    coded = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
    return Frame(index, t_s, coded, placement((width, height)))


def on_canvas(
    image: Image, scale: float, width: int, height: int, left: int, top: int, grey: int = 96
) -> Image:
    """Put a smaller copy of a picture on a plain one."""
    canvas = np.full((height, width, 3), grey, np.uint8)
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    canvas[top : top + small.shape[0], left : left + small.shape[1]] = small
    return canvas


def write_clip(path: Path, images: list[Image], rate_hz: float = 30.0) -> Path:
    """Write pictures as a clip."""
    height, width = images[0].shape[:2]
    with ClipWriter(path, width, height, fps_hint=rate_hz) as writer:
        for i, image in enumerate(images):
            writer.write(image, i / rate_hz)
    return path
