"""A Dask cluster as a crew (extra ``cluster``)."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from formcheck import __version__
from formcheck.batch.crew import Fate
from formcheck.batch.plan import Task
from formcheck.batch.record import WORK_NAME, Record
from formcheck.batch.work import Measure, do_task
from formcheck.crew.dask import check_workers, connect, dask_library
from formcheck.errors import UsageError

ASKED_BY: Final = "--cluster"


class DaskCrew:
    """The workers of a Dask cluster, one task a worker thread at a time.

    Parameters
    ----------
    address : str
        The scheduler's, e.g. ``tcp://host:8786``.
    out : Path
        Folder of the results. Workers read clips and write results themselves, so that it and the
        clips must lie at the same path on each of their machines.
    measure : callable
        What is done with a clip.

    Raises
    ------
    UsageError
        Dask is not installed, nobody answers, there are no workers, they run another version of
        formcheck, or they do not see the folder.
    """

    def __init__(self, address: str, out: Path, measure: Measure) -> None:
        distributed = dask_library(ASKED_BY)
        self._died: type[BaseException] = distributed.KilledWorker
        self._lost = (CancelledError, distributed.comm.CommClosedError)
        self._measure = measure
        self._threads = 1
        self._client = connect(distributed, address, ASKED_BY)
        try:
            self._check(address, out)
        except BaseException:
            self._client.close()
            raise
        self._executor = self._client.get_executor()

    def _check(self, address: str, out: Path) -> None:
        if not self._client.nthreads():
            raise UsageError(
                f"The cluster at {address} has no workers: start some with 'dask worker {address}'."
            )
        mark = out / WORK_NAME / "mark"
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(__version__, encoding="utf-8")
        check_workers(
            self._client,
            _sees,
            str(mark),
            missing=f"does not see {out}: clips and results must lie at the same path on every "
            "machine of the cluster.",
        )

    @property
    def capacity(self) -> int:
        """How many threads the workers have; workers may come and go."""
        try:
            threads: dict[str, int] = self._client.nthreads()
        except OSError:  # gone: tasks that are handed out tell
            return self._threads
        self._threads = max(1, sum(threads.values()))
        return self._threads

    def submit(self, task: Task) -> Future[Record]:
        """Hand out a task."""
        future: Future[Record] = self._executor.submit(do_task, task, self._measure)
        return future

    def fate(self, error: BaseException) -> Fate:
        """Tell what an exception of a task means."""
        if isinstance(error, self._died):
            return "died"
        return "lost" if isinstance(error, self._lost) else "error"

    def renew(self) -> None:
        """Nothing to do: the scheduler replaces workers itself."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._executor.shutdown(wait=kind is None)
        self._client.close()


def _sees(mark: str) -> bool:
    """Return whether a worker sees a file of the results' folder."""
    return Path(mark).is_file()
