"""Cut small pictures of what is looked at closely out of a clip, one a sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.types import Floats
from formcheck.video import ClipInfo, ClipReader, Frame, FramePart

# A thing's length in a cut picture, where the clip is that fine, and the picture's side in lengths.
LENGTH_PX = 48
SIDE_LENGTHS = 3.5
BLUR_PX = 0.8
# Faster clips are looked at in every second, third, ... frame.
ENOUGH_HZ = 100.0
# The farthest that the time of a frame may be from that of a look, and as a share of a frame.
SAME_FRAME_S, SAME_FRAME_SHARE = 0.002, 0.4


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
    frame_px : (2,) float
        Width and height of the frame: beyond its edge nothing is known.
    """

    rgb: NDArray[np.float32]
    corner_px: Floats
    scale: float
    frame_px: Floats = field(default_factory=lambda: np.full(2, np.inf))

    def sample(self, at_px: Floats) -> NDArray[np.float32]:
        """Return (P, 3), the colours at (P, 2) points of the frame."""
        shift = -self.corner_px / self.scale - 0.5
        inside = np.column_stack([np.eye(2) / self.scale, shift])
        at = cv2.transform(at_px[None], inside).astype(np.float32)
        x, y = np.ascontiguousarray(at.transpose(2, 0, 1))
        found = cv2.remap(self.rgb, x, y, cv2.INTER_LINEAR)
        return np.asarray(found[0], np.float32)

    def shows(self, at_px: Floats) -> NDArray[np.bool_]:
        """Return (P,), which of (P, 2) points lie within the frame."""
        return np.asarray(((at_px >= 0) & (at_px <= self.frame_px)).all(axis=1))

    @property
    def whole(self) -> bool:
        """Whether no part of it lies beyond the frame's edge."""
        last_px = self.corner_px + self.scale * self.rgb.shape[0]
        return bool((self.corner_px >= 0).all() and (last_px <= self.frame_px).all())


def every_nth(frame_s: float) -> int:
    """Return that every second, third, ... frame of a fast clip is looked at, 1 for all."""
    return max(1, int(1 / (frame_s * ENOUGH_HZ)))


def cut_pictures(
    clip: ClipInfo, looks: Sequence[Look], frame_s: float, slower: float = 1.0
) -> list[dict[int, Picture]]:
    """Return the pictures of every look by the number of its sample; frames not found are left out.

    Parameters
    ----------
    clip : ClipInfo
        The clip; frames that are not kept are decoded again, as far as the looks reach.
    looks : sequence of Look
        One a thing, at least one.
    frame_s : float
        Time from frame to frame.
    slower : float
        How many times slower than life the clip plays.

    Raises
    ------
    ClipError
        If the clip cannot be read (any more).
    """
    pictures: list[dict[int, Picture]] = [{} for _ in looks]
    starts_s = min(float(look.t_s.min()) for look in looks)
    ends_s = max(float(look.t_s.max()) for look in looks)
    same_s = min(SAME_FRAME_S, SAME_FRAME_SHARE * frame_s)
    first_s = max(0.0, slower * (starts_s - same_s))
    last_s = min(slower * (ends_s + same_s), clip.duration_s)
    times = _Times(slower, same_s)
    parts = _kept_parts(clip, looks, times, (first_s, last_s))
    if parts is not None:
        for part in parts:
            _cut_all(part.frame(), looks, pictures, times)
        return pictures
    with ClipReader(clip, first_s, last_s) as frames:
        for frame in frames:
            if frame.t_s / slower > ends_s + same_s:
                break
            _cut_all(frame, looks, pictures, times)
    return pictures


class _Times(NamedTuple):
    """How a frame's time compares with that of a sample."""

    slower: float
    same_s: float

    def samples(self, look: Look, played_s: float) -> Iterator[int]:
        """Yield the numbers of the samples that a frame of the file shows."""
        near = np.abs(look.t_s - played_s / self.slower) < self.same_s
        return (int(n) for n in np.flatnonzero(near))


def _kept_parts(
    clip: ClipInfo, looks: Sequence[Look], times: _Times, span_s: tuple[float, float]
) -> list[FramePart] | None:
    """Return the kept parts of frames that show all samples; None where one of them does not."""
    kept = {} if clip.kept is None else clip.kept.parts
    if not kept:
        return None
    parts = []
    for index in range(*(int(n) for n in np.searchsorted(clip.frame_times_s, span_s))):
        played_s = float(clip.frame_times_s[index])
        squares = [
            square(look.place_px[n], look.length_px)
            for look in looks
            for n in times.samples(look, played_s)
        ]
        if not squares:
            continue
        part = kept.get(index)
        if part is None or not all(part.covers(matrix, size) for matrix, size in squares):
            return None
        parts.append(part)
    return parts


def _cut_all(
    frame: Frame, looks: Sequence[Look], pictures: list[dict[int, Picture]], times: _Times
) -> None:
    for look, found in zip(looks, pictures, strict=True):
        for n in times.samples(look, frame.t_s):
            found[n] = _cut(frame, look.place_px[n], look.length_px)


def square(place_px: Floats, length_px: float) -> tuple[Floats, int]:
    """Return the (2, 3) map from a cut picture's pixels to the frame's, and its side in pixels."""
    scale = max(1.0, length_px / LENGTH_PX)
    size = int(SIDE_LENGTHS * length_px / scale)
    return np.column_stack([scale * np.eye(2), place_px - scale * size / 2]), size


def _cut(frame: Frame, place_px: Floats, length_px: float) -> Picture:
    matrix, size = square(place_px, length_px)
    rgb = frame.warp(matrix, size).astype(np.float32)
    size_px = np.array([frame.width_px, frame.height_px], float)
    blurred = np.asarray(cv2.GaussianBlur(rgb, (0, 0), BLUR_PX), np.float32)
    return Picture(blurred, matrix[:, 2], float(matrix[0, 0]), size_px)
