"""Iterate a clip's frames with their true times."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from formcheck.errors import UsageError
from formcheck.notes import note
from formcheck.parallel import ahead
from formcheck.types import QualityNote
from formcheck.video.container import check_size, open_video
from formcheck.video.decoding import decoded, stamped
from formcheck.video.frame import Frame
from formcheck.video.info import ClipInfo, probe

_SEEK_MARGIN_S = 1.0
# Frames that are decoded while the caller is busy with the one before; more of them where they are
# kept anyway, so that decoding never waits for a caller who takes some frames quickly, some slowly.
_AHEAD, _AHEAD_KEPT = 3, 32


class ClipReader:
    """The frames of a clip, one after the other, the next decoded while the caller works on one.

    Holds a few decoded frames, never the clip. Frames that an earlier reader kept in the clip's
    `ClipInfo.kept` are not decoded again.

    Parameters
    ----------
    clip : path or ClipInfo
        The file, or what `probe` said of it (saves reading it again).
    from_s, to_s : float, optional
        Part to read, ``from_s <= t_s < to_s``. Times and indices still count from the first frame
        of the file.
    keep : bool
        Keep the frames for later readers of the same `ClipInfo`, where its `kept` has room for all
        of them.

    Attributes
    ----------
    info : ClipInfo
        What the file says of itself.

    Examples
    --------
    ::

        with ClipReader("run.mp4") as clip:
            for frame in clip:
                crop = frame.warp(matrix, 256)

    Each iteration starts over; one at a time. Frames stay valid after the next one is read, at the
    price of their memory.
    """

    def __init__(
        self,
        clip: str | Path | ClipInfo,
        from_s: float | None = None,
        to_s: float | None = None,
        *,
        keep: bool = False,
    ) -> None:
        self.info = clip if isinstance(clip, ClipInfo) else probe(clip)
        self._from_s = 0.0 if from_s is None else from_s
        self._to_s = float("inf") if to_s is None else to_s
        self._container: InputContainer | None = None
        self._frames: Generator[Frame, None, None] | None = None
        self._keep = keep
        self._unseen = 0
        self._check_span()
        first, stop = np.searchsorted(self.info.frame_times_s, (self._from_s, self._to_s))
        self._part = range(int(first), int(stop))

    def _check_span(self) -> None:
        if not 0 <= self._from_s < min(self._to_s, self.info.duration_s):
            until = "its end" if self._to_s == float("inf") else f"{self._to_s:g} s"
            raise UsageError(
                f"Nothing of {self.info.name} ({self.info.duration_s:.1f} s) lies from "
                f"{self._from_s:g} s to {until}; choose a part within the clip."
            )

    @property
    def notes(self) -> tuple[QualityNote, ...]:
        """What the file's description and, after iterating, its decoding have to report.

        Adds ``damaged_frames`` to the notes of `info` when pictures could not be decoded.
        """
        if not self._unseen:
            return self.info.notes
        told = note("damaged_frames", unseen=self._unseen, frames=self.info.frames)
        return (*self.info.notes, told)

    @property
    def damage(self) -> list[QualityNote]:
        """The notes that decoding added to those of `info`."""
        return [one for one in self.notes if one not in self.info.notes]

    @property
    def keeps(self) -> bool:
        """Whether there is room for the whole part: later readers of it decode nothing."""
        kept = self.info.kept
        return kept is not None and self.count * self.info.picture_bytes <= kept.most_bytes

    @property
    def count(self) -> int:
        """How many frames the part has by the container's packets."""
        return len(self._part)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the file and the decoder back."""
        if self._frames is not None:
            self._frames.close()
            self._frames = None
        self._close_file()

    def _close_file(self) -> None:
        if self._container is not None:
            self._container.close()
            self._container = None

    def __iter__(self) -> Iterator[Frame]:
        self.close()
        self._frames = self._source()
        return self._frames

    def _source(self) -> Generator[Frame, None, None]:
        """Return the frames from where they are had: kept ones, or decoded in a thread."""
        part = self._part
        frames = self._counted(self._read(), part)
        kept = self.info.kept
        if kept is None:
            return ahead(frames, _AHEAD)
        found = kept.find(part)
        if found is not None:
            return self._counted(iter(found), part)
        if self._keep and self.keeps:
            return ahead(kept.collect(frames, part), _AHEAD_KEPT)
        return ahead(frames, _AHEAD)

    def _counted(self, frames: Iterator[Frame], part: range) -> Generator[Frame, None, None]:
        """Pass on the frames of a part and count those that are missing between them and after."""
        self._unseen, last = 0, -1
        for frame in frames:
            self._unseen += 0 if last < 0 else frame.index - last - 1
            last = frame.index
            yield frame
        self._unseen += part.stop - 1 - max(last, part.start - 1)

    def _read(self) -> Iterator[Frame]:
        for index, t_s, picture in self._timed():
            if t_s >= self._to_s:
                break
            if t_s >= self._from_s:
                check_size(picture.width, picture.height, self.info.path)
                yield Frame(index, t_s, picture, self.info.place)
        self._close_file()

    def _timed(self) -> Iterator[tuple[int, float, VideoFrame]]:
        """Pair each picture with its index and time; without a usable stamp it follows the last."""
        times_s, ticks = self.info.frame_times_s, self.info.ticks
        last = -1
        for picture, stamp in stamped(self._pictures()):
            found = -1 if stamp is None else int(np.searchsorted(ticks, stamp))
            last = max(found, last + 1)
            if last >= times_s.size:
                return
            yield last, float(times_s[last]), picture

    def _pictures(self) -> Iterator[VideoFrame]:
        """Decode from a key frame before the part if that can be found, else from the start."""
        container, stream = self._open()
        # pieces of a joined transport stream count their times each from its own beginning
        start = None if container.format.name == "mpegts" else self._seek_tick(stream)
        if start is None:
            yield from decoded(container, stream)
            return
        container.seek(start, stream=stream)
        pictures = decoded(container, stream)
        first = next(pictures, None)
        if first is None or first.pts is None or first.pts > start:
            yield from decoded(*self._open())
            return
        yield first
        yield from pictures

    def _seek_tick(self, stream: VideoStream) -> int | None:
        """Return a time stamp well before the part, or None where seeking cannot help."""
        ticks = self.info.ticks
        stamps_are_good = bool(np.all(np.diff(ticks) > 0))
        if self._from_s < 2 * _SEEK_MARGIN_S or not stamps_are_good:
            return None
        start_s = self._from_s - _SEEK_MARGIN_S
        return int(ticks[np.searchsorted(self.info.frame_times_s, start_s)])

    def _open(self) -> tuple[InputContainer, VideoStream]:
        self._close_file()
        self._container, stream = open_video(self.info.path)
        return self._container, stream
