"""Cut small pictures of what is looked at closely out of a clip, one a sample."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.types import Floats
from formcheck.video import Frame

# A thing's length in a cut picture, where the clip is that fine, and the picture's side in lengths.
LENGTH_PX = 48
SIDE_LENGTHS = 3.5
BLUR_PX = 0.8
SAME_FRAME_S = 0.002


class Look(Protocol):
    """When and where to look at one thing, and how large it is."""

    @property
    def t_s(self) -> Floats:
        """(N,), the time of each sample."""
        ...

    @property
    def place_px(self) -> Floats:
        """(N, 2), the middle of the thing in the frame."""
        ...

    @property
    def length_px(self) -> float:
        """Its length in the frame."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A square part of a frame.

    Attributes
    ----------
    rgb : (S, S, 3) float32
        Slightly blurred, so that small shifts change it smoothly.
    corner_px : (2,) float
        Its upper left corner in the frame.
    scale : float
        Frame pixels a picture pixel.
    """

    rgb: NDArray[np.float32]
    corner_px: Floats
    scale: float

    def sample(self, at_px: Floats) -> NDArray[np.float32]:
        """Return (P, 3), the colours at (P, 2) points of the frame."""
        shift = -self.corner_px / self.scale - 0.5
        inside = np.column_stack([np.eye(2) / self.scale, shift])
        at = cv2.transform(at_px[None], inside).astype(np.float32)
        found = cv2.remap(self.rgb, at, None, cv2.INTER_LINEAR)
        return np.asarray(found[0], np.float32)


def cut_pictures(
    frames: Iterable[Frame],
    looks: Sequence[Look],
    slower: float = 1.0,
    same_s: float = SAME_FRAME_S,
) -> list[dict[int, Picture]]:
    """Return the pictures of every look by the number of its sample; frames not found are left out.

    Parameters
    ----------
    frames : iterable of Frame
        In order of time; reading stops after the last look.
    looks : sequence of Look
        One a thing.
    slower : float
        How many times slower than life the clip plays.
    same_s : float
        The farthest that the time of a frame may be from that of a look, less than half a frame.
    """
    pictures: list[dict[int, Picture]] = [{} for _ in looks]
    last_s = max(float(look.t_s.max()) for look in looks)
    for frame in frames:
        t_s = frame.t_s / slower
        if t_s > last_s + same_s:
            break
        for look, found in zip(looks, pictures, strict=True):
            for n in np.flatnonzero(np.abs(look.t_s - t_s) < same_s):
                found[int(n)] = _cut(frame, look.place_px[n], look.length_px)
    return pictures


def _cut(frame: Frame, place_px: Floats, length_px: float) -> Picture:
    scale = max(1.0, length_px / LENGTH_PX)
    size = int(SIDE_LENGTHS * length_px / scale)
    corner_px = place_px - scale * size / 2
    matrix = np.column_stack([scale * np.eye(2), corner_px])
    rgb = frame.warp(matrix, size).astype(np.float32)
    return Picture(np.asarray(cv2.GaussianBlur(rgb, (0, 0), BLUR_PX)), corner_px, scale)
