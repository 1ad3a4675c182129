"""Decoded frames that are kept, so that the stages of an analysis decode a short clip only once."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Mapping
from typing import Final

from formcheck.machine import memory_bytes, usable_threads
from formcheck.video.frame import Frame, FramePart

# Twelve seconds of 720p at 60 frames a second, ten of 1080p at 30.
_MOST_BYTES: Final = 1 << 30
# Of the memory, as far as this process may use the cores too: others have their part of both.
_MEMORY_SHARE: Final = 0.25


def spare_bytes(memory: int | None = None) -> int:
    """Return how much memory decoded frames may take.

    Parameters
    ----------
    memory : int, optional
        What this process may use if that is less than what the system tells.
    """
    cores = min(1.0, usable_threads() / max(os.cpu_count() or 1, 1))
    room = int(_MEMORY_SHARE * cores * memory_bytes())
    return min(_MOST_BYTES, room if memory is None else min(room, int(_MEMORY_SHARE * memory)))


class KeptFrames:
    """The frames of one part of a clip; may be asked from several threads.

    Parameters
    ----------
    most_bytes : int
        What the frames may take; see `spare_bytes`.

    Attributes
    ----------
    parts : mapping of int to FramePart
        Of a clip of which not all frames could be kept, what close looks will want of some, by the
        number of the frame.
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.parts: Mapping[int, FramePart] = {}
        self._held: tuple[range, list[Frame]] = range(0), []

    def find(self, part: range) -> list[Frame] | None:
        """Return what could be decoded of the frames with these indices; None if not all is here.

        Damaged ones are missing, as they are from the file.
        """
        held, frames = self._held
        if not part or part[0] not in held or part[-1] not in held:
            return None
        return [frame for frame in frames if frame.index in part]

    def collect(self, frames: Iterator[Frame], part: range) -> Generator[Frame, None, None]:
        """Pass a part's frames on; when the last was passed on, they are here instead of others.

        Nothing is kept of frames that turn out to be larger than there is room for.
        """
        new: list[Frame] = []
        room = self.most_bytes
        for frame in frames:
            room -= frame.picture_bytes
            if room >= 0:
                new.append(frame)
            else:
                new.clear()
            yield frame
        if room >= 0:
            self._held = part, new
