"""Who may send and be looked at now: places in all, and each name's own share of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final

from anyio import CapacityLimiter

from formcheck_api.web.problems import ProblemError, retry_after

BUSY_S: Final = 30.0


def share(most: int, names: int) -> int:
    """Return how many of `most` places are each name's own."""
    return most if names <= 1 else max(1, most // names)


def busy(what: str) -> ProblemError:
    """Return what tells that there is no place now."""
    return ProblemError("busy", f"{what}: try again in a while.", headers=retry_after(BUSY_S))


@dataclass(frozen=True, slots=True)
class _Limits:
    most: int
    each: int


class Places:
    """Uploads under way; used from the event loop alone, so that nothing comes in between.

    Parameters
    ----------
    most : int
        Uploads at once.
    names : int
        How many names share them.
    """

    def __init__(self, most: int, names: int) -> None:
        self._limits = _Limits(most, share(most, names))
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, owner: str) -> Iterator[None]:
        """Hold a place.

        Raises
        ------
        ProblemError
            Kind ``busy``.
        """
        total = self._taken.total()
        if total >= self._limits.most:
            raise busy(f"{total} clips are being received")
        if self._taken[owner] >= self._limits.each:
            raise busy(f"{self._taken[owner]} of your clips are being received")
        self._taken[owner] += 1
        try:
            yield
        finally:
            self._taken[owner] -= 1


class Probes:
    """Clips that are looked at; one name alone never takes all places when there are others.

    Parameters
    ----------
    most : int
        Clips looked at at once.
    names : int
        How many names share them.
    """

    def __init__(self, most: int, names: int) -> None:
        self._all = CapacityLimiter(most)
        self._each = most if names <= 1 else max(1, most - 1)
        self._of: dict[str, CapacityLimiter] = {}

    @asynccontextmanager
    async def taken(self, owner: str) -> AsyncIterator[CapacityLimiter]:
        """Wait for the name's turn; yield the limiter of everybody."""
        own = self._of.setdefault(owner, CapacityLimiter(self._each))
        async with own:
            yield self._all
