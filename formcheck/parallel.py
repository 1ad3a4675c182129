"""Work on other threads: a stream of items in order, a bounded number under way, or one thing."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, TypeVar, cast

Item = TypeVar("Item")
Result = TypeVar("Result")

_END: Final = object()


def ordered_map(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int
) -> Generator[Result, None, None]:
    """Yield ``function(item)`` for every item, in the order of the items.

    Items are taken while results are computed, never more than twice as many as there are workers
    ahead of what was yielded, so memory does not grow with their number. When taking an item,
    computing a result or the caller raises, nothing new is started, what runs is waited for, and
    the error goes on.
    """
    pending: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for item in items:
                pending.append(pool.submit(function, item))
                if len(pending) > 2 * workers:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()


def ahead(items: Iterable[Item], most: int) -> Generator[Item, None, None]:
    """Yield the items while a thread makes the next ones, at most so many of them in advance.

    An error that making one raises comes where that one would have come. Closing the generator
    waits for the one that is being made, then starts no more.
    """
    source = iter(items)
    with ThreadPoolExecutor(1) as pool:
        waiting = deque(pool.submit(next, source, _END) for _ in range(most))
        try:
            while (item := waiting.popleft().result()) is not _END:
                waiting.append(pool.submit(next, source, _END))
                yield cast(Item, item)
        finally:
            for future in waiting:
                future.cancel()


@contextmanager
def beside(work: Callable[[], Result]) -> Iterator[Future[Result]]:
    """Do some work in a thread beside the block, which ends when both are done."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        yield future
        future.result()
