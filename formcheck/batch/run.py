"""Hand tasks to a crew, a few at a time, and see every one of them to its end."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from typing import Final

from formcheck.batch.crew import Crew
from formcheck.batch.plan import Task, finished_before
from formcheck.batch.record import Record
from formcheck.batch.work import failed, keep_failure
from formcheck.errors import BatchError

DIED: Final = (
    "worker_died",
    "The process that measured this clip was ended twice, most likely for want of memory: use "
    "fewer --workers, or cut the clip shorter.",
)
_BAD_NAME: Final = (errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ)
Seen = Callable[[Record, bool], None]
"""Told of each clip that is done, and whether its results are from an earlier batch."""


def run_tasks(tasks: Iterable[Task], crew: Crew, seen: Seen, *, resume: bool = False) -> None:
    """See every task to its end: measured, failed, or found done before.

    Parameters
    ----------
    tasks : iterable of Task
        Taken one by one, so that no more are under way than the crew can hold.
    crew : Crew
        Who does the work.
    seen : callable
        Told of each clip that is done.
    resume : bool
        Pass over clips whose results are there.

    Raises
    ------
    BatchError
        When the crew is lost. Whatever was finished stays.
    """
    running: dict[Future[Record], Task] = {}
    for task in tasks:
        kept = finished_before(task) if resume else None
        if kept is not None:
            seen(kept, True)
            continue
        if len(running) >= crew.capacity:
            _settle(running, crew, seen)
        running[crew.submit(task)] = task
    while running:
        _settle(running, crew, seen)


def _settle(running: dict[Future[Record], Task], crew: Crew, seen: Seen) -> None:
    """Wait until a task is done, and settle it and whatever else is done by then."""
    done, _ = wait(running, return_when=FIRST_COMPLETED)
    if any(_broke(future, crew) for future in done):
        done, _ = wait(running)
        suspects = [(future, running.pop(future)) for future in done if _broke(future, crew)]
        crew.renew()
        for _, task in suspects:
            seen(_alone(task, crew), False)
    for future in done & running.keys():
        seen(_outcome(future, running.pop(future), crew), False)


def _error(future: Future[Record]) -> BaseException | None:
    return CancelledError() if future.cancelled() else future.exception()


def _broke(future: Future[Record], crew: Crew) -> bool:
    error = _error(future)
    return error is not None and crew.fate(error) == "broken"


def _alone(task: Task, crew: Crew) -> Record:
    """Work on one of the tasks under which the pool broke, with nothing beside it."""
    future = crew.submit(task)
    wait([future])
    if _broke(future, crew):
        crew.renew()
        return kept_failure(task, *DIED)
    return _outcome(future, task, crew)


def kept_failure(
    task: Task, code: str, sentence: str, error: BaseException | None = None
) -> Record:
    """Keep a failure in the clip's folder, or where its name allows no folder in the tables only.

    A disk that is full or closed stops the batch, as every other clip would fail by it too.
    """
    try:
        return keep_failure(task, code, sentence, error)
    except ValueError:
        return failed(task, code, sentence, None)
    except OSError as refused:
        if refused.errno not in _BAD_NAME:
            raise
        return failed(task, code, sentence, None)


def _outcome(future: Future[Record], task: Task, crew: Crew) -> Record:
    """Return how a task ended; what no clip should be able to do is kept as its failure."""
    error = _error(future)
    if error is None:
        return future.result()
    fate = crew.fate(error)
    if fate == "lost":
        raise BatchError(
            "The cluster went away; what is finished stays: start it again and add --resume."
        ) from error
    if fate == "died":
        return kept_failure(task, *DIED)
    sentence = (
        f"formcheck itself failed on this clip ({type(error).__name__}: {error}); please report "
        f"it with {task.folder}/error.txt."
    )
    return kept_failure(task, "internal", sentence, error)
