"""Who does the work: processes of this machine, or a Dask cluster; one way to hand out a task."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Literal, Protocol, Self

from formcheck.batch.plan import Task
from formcheck.batch.record import Record
from formcheck.batch.work import Measure, do_task
from formcheck.crew.child import end_when, keep_to
from formcheck.crew.cores import core_shares
from formcheck.machine import MOST_THREADS, THREADS_VARIABLE, usable_cores

Fate = Literal["broken", "died", "lost", "error"]
"""What an exception of a task tells: the pool broke under it, perhaps because of another task; its
own worker died; there is nobody left to work; the task itself went wrong."""


class Crew(Protocol):
    """Workers behind a `concurrent.futures` executor; a context manager."""

    @property
    def capacity(self) -> int:
        """How many tasks to hand out at a time."""
        ...

    def submit(self, task: Task) -> Future[Record]:
        """Hand out a task."""
        ...

    def fate(self, error: BaseException) -> Fate:
        """Return what an exception of a task means."""
        ...

    def renew(self) -> None:
        """Get ready again after the pool broke."""
        ...

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class LocalCrew:
    """A pool of processes, each on cores of its own.

    Leaving the context with an exception ends the workers at once. They also end by themselves when
    this process dies, whatever kills it: each holds the end of a pipe that closes with it.

    Parameters
    ----------
    workers : int
        Number of processes.
    measure : callable
        What is done with a clip.
    """

    def __init__(self, workers: int, measure: Measure) -> None:
        self.capacity = workers
        self._measure = measure
        self._context = multiprocessing.get_context("spawn")
        self._reader, self._lifeline = self._context.Pipe(duplex=False)
        self._pool = self._open()

    def _open(self) -> Executor:
        shares = self._context.SimpleQueue()
        for share in core_shares(usable_cores(), self.capacity):
            shares.put(share)
        return ProcessPoolExecutor(
            self.capacity, self._context, start_worker, (self._reader, shares)
        )

    def submit(self, task: Task) -> Future[Record]:
        """Hand out a task; a pool that broke while idle is replaced first."""
        with _keyboard_held_back():
            try:
                return self._pool.submit(do_task, task, self._measure)
            except BrokenExecutor:
                self.renew()
                return self._pool.submit(do_task, task, self._measure)

    def fate(self, error: BaseException) -> Fate:
        """Return what an exception of a task means."""
        return "broken" if isinstance(error, BrokenExecutor) else "error"

    def renew(self) -> None:
        """Replace the broken pool."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._lifeline.close()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._lifeline.close()
        self._reader.close()


def start_worker(lifeline: Connection, shares: multiprocessing.SimpleQueue[Sequence[int]]) -> None:
    """Prepare a worker: it ends with its parent, leaves Ctrl-C to it, and keeps to its cores."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_when(lambda: lifeline.poll(None))
    share = shares.get()
    os.environ.setdefault(THREADS_VARIABLE, str(min(len(share), MOST_THREADS)))
    keep_to(share)


@contextmanager
def _keyboard_held_back() -> Iterator[None]:
    """Start processes deaf to Ctrl-C until they can leave it to their parent."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
