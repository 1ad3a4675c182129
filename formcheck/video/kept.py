"""Decoded frames that are kept, so that the stages of an analysis decode a short clip only once."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from typing import Final

from formcheck.machine import memory_bytes, usable_threads
from formcheck.video.frame import Frame

# Twelve seconds of 720p at 60 frames a second, ten of 1080p at 30.
_MOST_BYTES: Final = 1 << 30
# Of the memory, as far as this process may use the cores too: others have their part of both.
_MEMORY_SHARE: Final = 0.25


def spare_bytes() -> int:
    """Return how much memory decoded frames may take."""
    cores = usable_threads() / max(os.cpu_count() or 1, 1)
    return min(_MOST_BYTES, int(_MEMORY_SHARE * min(cores, 1.0) * memory_bytes()))


class KeptFrames:
    """The frames of one part of a clip; may be asked from several threads.

    Parameters
    ----------
    most_bytes : int, optional
        What the frames may take; by default what the machine has to spare.
    """

    def __init__(self, most_bytes: int | None = None) -> None:
        self.most_bytes = spare_bytes() if most_bytes is None else most_bytes
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
        """Pass a part's frames on; when the last was passed on, they are here instead of others."""
        self._held = range(0), []
        new = []
        for frame in frames:
            new.append(frame)
            yield frame
        self._held = part, new
