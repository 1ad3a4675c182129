"""Pictures of a run: frames of its clip by time, in order, warped into a pane of the screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import cv2
import numpy as np

from formcheck.annotate.blur import blur_circle
from formcheck.annotate.stamps import Plane, Planes
from formcheck.errors import ClipError, UsageError
from formcheck.report.stored import StoredRun
from formcheck.types import Floats
from formcheck.video import ClipInfo, ClipReader, Frame, probe
from formcheck.video.geometry import index_matrix

ANNOTATED_NAME: Final = "annotated.mp4"
_SHRINK_BELOW: Final = 0.6
_EARLY_S: Final = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Footage:
    """A file with pictures of a run.

    Attributes
    ----------
    info : ClipInfo
        What the file says of itself.
    begin_s : float
        Time of its first frame on the original clip's own clock.
    play_factor : float
        How many times slower than life the clip plays.
    drawn : bool
        Whether skeleton and numbers are in the pictures already.
    """

    info: ClipInfo
    begin_s: float
    play_factor: float
    drawn: bool

    def played(self, t_s: Floats) -> Floats:
        """Return when true times (...) are presented in the file."""
        return np.asarray(t_s * self.play_factor - self.begin_s)


def footage_of(run: StoredRun, clip: Path | None) -> Footage | None:
    """Return where pictures of a run come from: the clip, else the annotated one, else nowhere.

    Raises
    ------
    UsageError
        When the clip is not the one that was analysed (``other_clip``).
    ClipError
        When a clip cannot be read.
    """
    record = run.report.clip
    if clip is not None:
        info = probe(clip)
        if info.sha256 != record.sha256:
            raise UsageError(
                f"{clip} is not the clip that the result of {record.name} was made from; give the "
                "very file that was analysed.",
                "other_clip",
            )
        upright = info.turned((record.rotation_deg - info.rotation_deg) % 360)
        return Footage(upright, 0.0, record.slow_motion_factor, drawn=False)
    annotated = run.folder / ANNOTATED_NAME if run.folder is not None else None
    if annotated is None or run.frames is None or not annotated.is_file():
        return None
    begin_s = float(run.frames.t_s[0]) * record.slow_motion_factor
    return Footage(probe(annotated), begin_s, record.slow_motion_factor, drawn=True)


class FrameStream:
    """The frames of a clip by time, asked for in order; holds two of them.

    Parameters
    ----------
    info : ClipInfo
        The clip.
    from_s, to_s : float
        First and last time that will be asked for.
    """

    def __init__(self, info: ClipInfo, from_s: float, to_s: float) -> None:
        begin_s = max(0.0, min(from_s, float(info.frame_times_s[-1])) - _EARLY_S)
        self._reader = ClipReader(info, begin_s, max(to_s, begin_s) + _EARLY_S)
        self._frames: Iterator[Frame] = iter(self._reader)
        self._now: Frame | None = next(self._frames, None)
        self._next: Frame | None = next(self._frames, None)

    def at(self, played_s: float) -> Frame:
        """Return the frame nearest to a time of the file, which never goes back.

        Raises
        ------
        ClipError
            When no frame of the part can be decoded (``undecodable``).
        """
        if self._now is None:
            name = self._reader.info.name
            raise ClipError(
                f"No picture of {name} could be decoded where it is shown; copy the clip again.",
                "undecodable",
            )
        while self._next is not None and (self._next.t_s - played_s <= played_s - self._now.t_s):
            self._now, self._next = self._next, next(self._frames, None)
        return self._now

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._reader.close()


def warped(
    frame: Frame,
    matrix: Floats,
    clip_px: tuple[int, int],
    pane_px: tuple[int, int],
    outside: tuple[float, float, float],
    head: Floats | None = None,
) -> Planes:
    """Return a frame as planes of a pane.

    Parameters
    ----------
    frame : Frame
        The picture; may be of another size than the clip that was analysed.
    matrix : (2, 3) float
        From pixels of the clip to pixels of the pane, pixel centres at .5.
    clip_px, pane_px : (int, int)
        Width and height of the analysed clip and of the pane; the pane's are even.
    outside : (float, float, float)
        Codes of what lies outside the picture.
    head : (3,) float, optional
        Circle (x, y, radius) in pixels of the clip to blur first.
    """
    size_px = _working_size(frame, matrix, clip_px)
    canvas = frame.canvas(*size_px)
    if head is not None:
        blur_circle(canvas.planes, head * (size_px[1] / clip_px[1]))
    per_px = np.array((clip_px[0] / size_px[0], clip_px[1] / size_px[1], 1.0))
    luma = matrix * per_px
    chroma = luma * (1.0, 1.0, 0.5)
    y, u, v = canvas.planes
    small_px = (pane_px[0] // 2, pane_px[1] // 2)
    return (
        _warp(y, luma, pane_px, outside[0]),
        _warp(u, chroma, small_px, outside[1]),
        _warp(v, chroma, small_px, outside[2]),
    )


def _working_size(frame: Frame, matrix: Floats, clip_px: tuple[int, int]) -> tuple[int, int]:
    """Return the even size to warp from: the frame's own, smaller where it is much too large."""
    scale = float(np.hypot(*matrix[:, 0])) * clip_px[0] / frame.width_px
    shrink = scale if scale < _SHRINK_BELOW else 1.0
    width, height = (2 * max(1, round(0.5 * shrink * k)) for k in (frame.width_px, frame.height_px))
    return width, height


def _warp(plane: Plane, matrix: Floats, size_px: tuple[int, int], outside: float) -> Plane:
    warp = cv2.warpAffine(
        plane,
        index_matrix(matrix),
        size_px,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(outside,),
    )
    return np.asarray(warp, np.uint8)
