"""The supervisor: takes waiting jobs, has each done by a worker, and writes how it went.

One thread claims jobs and shows that the service is alive; one thread a running job listens to its
worker. What a worker says goes to the database at once, so that any service can tell of it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from formcheck_api.jobs import repository
from formcheck_api.jobs.outcomes import (
    DAMAGED,
    Cancelled,
    Done,
    Failed,
    Failure,
    Lost,
    OnProgress,
    Order,
    Outcome,
)
from formcheck_api.metering import Meters
from formcheck_api.store.database import Database
from formcheck_api.store.storage import Storage
from formcheck_api.store.tables import Job

logger = logging.getLogger(__name__)

TICK_S: Final = 1.0
LEASE_S: Final = 20.0
TELL_EVERY_S: Final = 0.3
RETRY_S: Final = 1.0


class Crew(Protocol):
    """Those who do the work: processes of this machine, or a cluster."""

    @property
    def slots(self) -> int:
        """How many jobs they can do at once, now."""
        ...

    def run(self, order: Order, told: OnProgress, cancelled: Callable[[], bool]) -> Outcome:
        """Do one job, called from a thread of its own; never raises for what the job does."""
        ...

    def close(self) -> None:
        """Give back what is held."""
        ...


@dataclass(frozen=True, slots=True)
class _Running:
    """A job that is worked on: the thread that listens to its worker, and how to end it."""

    thread: threading.Thread
    cancelled: threading.Event


class Supervisor:
    """Runs jobs from the database until it is stopped.

    Parameters
    ----------
    database, storage, crew, meters
        What it works with.
    worker : str
        Name of this service; the same after a restart, different from all others on the database.
    order : callable
        Turns a job into what a worker is told.
    """

    def __init__(
        self,
        database: Database,
        storage: Storage,
        crew: Crew,
        meters: Meters,
        worker: str,
        order: Callable[[Job], Order],
    ) -> None:
        self._database = database
        self._storage = storage
        self._crew = crew
        self._meters = meters
        self._worker = worker
        self._order = order
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._running: dict[str, _Running] = {}
        self._thread = threading.Thread(target=self._watch, name="supervisor")

    @property
    def alive(self) -> bool:
        """Whether jobs are being taken."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Take up jobs that were left, and begin."""
        with self._database.write() as session:
            left = repository.take_up(session, self._worker, LEASE_S)
        if left:
            logger.info("%d jobs taken up again", left)
        self._thread.start()

    def notify(self) -> None:
        """Say that there is a new job."""
        self._wake.set()

    def cancel(self, job_id: str) -> None:
        """End a job's worker, if it runs here."""
        running = self._running.get(job_id)
        if running is not None:
            running.cancelled.set()

    def stop(self) -> None:
        """End all workers; their jobs wait again."""
        self._stopping.set()
        self._wake.set()
        self._thread.join()
        for running in list(self._running.values()):
            running.cancelled.set()
            running.thread.join()
        with suppress(SQLAlchemyError), self._database.write() as session:
            repository.give_back(session, self._worker)

    def _watch(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(TICK_S)
            self._wake.clear()
            try:
                self._beat()
                while len(self._running) < self._crew.slots and not self._stopping.is_set():
                    if not self._start_next():
                        break
            except Exception:
                logger.exception("the supervisor could not look for jobs and will try again")

    def _beat(self) -> None:
        """Show that this service lives, and end the workers of jobs that were deleted elsewhere."""
        with self._database.write() as session:
            mine = repository.beat(session, self._worker)
            repository.take_up_silent(session, LEASE_S)
        for job_id in set(self._running) - set(mine):
            self.cancel(job_id)

    def _start_next(self) -> bool:
        with self._database.write() as session:
            job = repository.claim(session, self._worker)
        if job is None:
            return False
        cancelled = threading.Event()
        thread = threading.Thread(target=self._run, args=(job, cancelled), name=f"job-{job.id}")
        self._running[job.id] = _Running(thread, cancelled)
        thread.start()
        return True

    def _run(self, job: Job, cancelled: threading.Event) -> None:
        began = time.monotonic()
        try:
            if job.work is None:
                self._until_written(job.id, Failed(DAMAGED))
                return
            outcome = self._crew.run(self._order(job), self._teller(job.id), cancelled.is_set)
            self._until_written(job.id, outcome)
            self._meters.job_ended(job.kind, outcome, time.monotonic() - began)
        except Exception:
            logger.exception("job %s could not be run", job.id)
            failure = Failure("internal", "Something went wrong here; the log has it.")
            self._until_written(job.id, Failed(failure))
        finally:
            del self._running[job.id]
            self._wake.set()

    def _teller(self, job_id: str) -> OnProgress:
        """Return what writes progress to the database, not too often."""
        last_s = 0.0

        def told(stage: str, share: float) -> None:
            nonlocal last_s
            if time.monotonic() - last_s < TELL_EVERY_S:
                return
            last_s = time.monotonic()
            try:
                with self._database.write() as session:
                    repository.note_progress(session, self._worker, job_id, stage, share)
            except SQLAlchemyError as error:
                logger.warning("progress of job %s could not be stored: %s", job_id, error)

        return told

    def _until_written(self, job_id: str, outcome: Outcome) -> None:
        """Write how a job ended; a busy database is asked again until the service stops."""
        logger.info("job %s: %s", job_id, _in_words(outcome))
        if isinstance(outcome, Cancelled) and self._stopping.is_set():
            return
        while True:
            try:
                with self._database.write() as session:
                    kept = self._write(session, job_id, outcome)
                break
            except SQLAlchemyError:
                logger.exception("the end of job %s could not be stored", job_id)
                if self._stopping.wait(RETRY_S):
                    return
        if not kept:
            self._forget(job_id)

    def _write(self, session: Session, job_id: str, outcome: Outcome) -> bool:
        match outcome:
            case Done(shown):
                return repository.finish(session, self._worker, job_id, shown)
            case Failed(failure):
                return repository.fail(session, self._worker, job_id, failure)
            case Lost(failure):
                return repository.lose(session, self._worker, job_id, failure)
            case _:
                return False

    def _forget(self, job_id: str) -> None:
        """Delete what a worker stored of a job that was deleted meanwhile.

        Without a note that it was, the database may have been replaced: then everything stays.
        """
        with self._database.read() as session:
            deleted = repository.is_to_erase(session, job_id)
        if deleted:
            self._storage.delete(job_id)


def _in_words(outcome: Outcome) -> str:
    match outcome:
        case Failed(failure) | Lost(failure):
            return f"{type(outcome).__name__.lower()}: {failure.text}"
        case _:
            return type(outcome).__name__.lower()
