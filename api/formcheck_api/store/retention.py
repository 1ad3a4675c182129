"""Deleting: on request, after the time that results are kept, and what nothing refers to."""

from __future__ import annotations

import logging
import threading
import time
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from formcheck_api.jobs import life
from formcheck_api.store.database import Database
from formcheck_api.store.storage import Storage

logger = logging.getLogger(__name__)

SWEEP_EVERY_S: Final = 3600.0
ORPHAN_AGE_S: Final = 3600.0
DAY_S: Final = 86_400.0


def delete_job(database: Database, storage: Storage, job_id: str) -> list[str]:
    """Delete a job and the comparisons made from it: records first, then files.

    Returns
    -------
    list of str
        The ids of all that was deleted, so that their workers can be ended.
    """
    with database.write() as session:
        gone = [job_id, *life.comparisons_of(session, job_id)]
        life.remove(session, gone)
    for each in gone:
        storage.delete(each)
    database.forget_deleted()
    return gone


def sweep(database: Database, storage: Storage, keep_days: float) -> int:
    """Delete what is too old, and files without a record; return how many jobs that were."""
    with database.read() as session:
        old = list(life.expired(session, time.time() - keep_days * DAY_S))
    for job_id in old:
        delete_job(database, storage, job_id)
    stored = [name for name in storage.jobs() if life.age_s(name) > ORPHAN_AGE_S]
    with database.read() as session:
        orphans = set(stored) - life.known(session, stored)
    for name in orphans:
        storage.delete(name)
    database.forget_deleted()
    return len(old) + len(orphans)


class Sweeper:
    """A thread that sweeps at once and then every hour, until it is stopped."""

    def __init__(self, database: Database, storage: Storage, keep_days: float) -> None:
        self._stopping = threading.Event()
        self._work = (database, storage, keep_days)
        self._thread = threading.Thread(target=self._run, name="sweeper")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                gone = sweep(*self._work)
                logger.info("%d jobs were too old and are deleted", gone)
            except (SQLAlchemyError, OSError):
                logger.exception("old results could not be deleted and will be tried again")
            if self._stopping.wait(SWEEP_EVERY_S):
                return
