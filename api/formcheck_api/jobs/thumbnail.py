"""A small picture of a clip for lists, made in the worker: the service itself decodes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame

LONGEST_PX: Final = 240


def write_thumbnail(clip: Path, out: Path) -> bool:
    """Write a frame from the middle of an annotated clip as a JPEG; return whether there is one."""
    frame = _middle(clip)
    if frame is None:
        return False
    shrink = min(1.0, LONGEST_PX / max(frame.width, frame.height))
    size = (max(2, round(frame.width * shrink)), max(2, round(frame.height * shrink)))
    picture = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
    done, data = cv2.imencode(".jpg", cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
    if done:
        out.write_bytes(data.tobytes())
    return bool(done)


def _middle(clip: Path) -> VideoFrame | None:
    """Return the first frame that can be decoded from the middle of a clip on."""
    if not clip.is_file():
        return None
    with av.open(str(clip)) as container:
        container.seek((container.duration or 0) // 2)
        return next(container.decode(video=0), None)
