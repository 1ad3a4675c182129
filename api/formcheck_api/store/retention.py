"""Deleting: on request, and after the time that results are kept. Never what has no row.

What lies in the storage and is in no row of the database may be another database's, or all that is
left of a lost one: it is counted and told, and stays until somebody decides
(`formcheck_api.store.orphans`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import Final

from sqlalchemy.exc import DBAPIError

from formcheck_api.jobs import repository
from formcheck_api.store.database import Database, is_full
from formcheck_api.store.storage import Storage

logger = logging.getLogger(__name__)

SWEEP_EVERY_S: Final = 3600.0
DAY_S: Final = repository.DAY_S


def delete_job(database: Database, storage: Storage, job_id: str) -> list[str]:
    """Delete a job and the comparisons made from it: records first, then files.

    On a full disk, where a record cannot be deleted for want of room, files go first.

    Returns
    -------
    list of str
        The ids of all that was deleted, so that their workers can be ended.
    """
    try:
        gone = _remove(database, job_id)
    except DBAPIError as error:
        if not is_full(error):
            raise
        with database.read() as session:
            _erase(storage, [job_id, *repository.comparisons_of(session, job_id)])
        gone = _remove(database, job_id)
    _erase(storage, gone)
    database.forget_deleted()
    return gone


def _remove(database: Database, job_id: str) -> list[str]:
    """Delete the records; note that their files are to go, should that not come to pass."""
    with database.write() as session:
        gone = [job_id, *repository.comparisons_of(session, job_id)]
        repository.remove(session, gone)
        repository.to_erase(session, gone)
    return gone


def _erase(storage: Storage, job_ids: Sequence[str]) -> None:
    for job_id in job_ids:
        storage.delete(job_id)


def sweep(database: Database, storage: Storage, keep_days: float) -> int:
    """Delete what is too old, and what was to be deleted; return how many jobs were too old."""
    with database.write() as session:
        old = list(repository.expired(session, repository.advance(session, keep_days * DAY_S)))
    for job_id in old:
        delete_job(database, storage, job_id)
    _finish_erasures(database, storage)
    database.forget_deleted()
    return len(old)


def _finish_erasures(database: Database, storage: Storage) -> None:
    """Delete files that a deletion or an upload left, also what a last worker wrote meanwhile."""
    with database.read() as session:
        due = repository.due_erasures(session)
    _erase(storage, [one.job_id for one in due])
    with database.write() as session:
        for one in due:
            if one.due < time.time() - SWEEP_EVERY_S:
                repository.not_to_erase(session, one.job_id)


def orphans(database: Database, storage: Storage) -> list[str]:
    """Return the jobs in the storage that no row of the database tells of."""
    stored = storage.jobs()
    with database.read() as session:
        return sorted(set(stored) - repository.known(session, stored))


def report_others(database: Database, storage: Storage) -> None:
    """Log what lies in the storage and is not this database's."""
    lost, strangers = orphans(database, storage), storage.strangers()
    if lost:
        logger.warning(
            "%d results in the storage have no row in the database (such as %s) and stay: "
            "'formcheck serve --adopt' takes them in, 'formcheck serve --orphans' lists them and "
            "asks whether to delete them",
            len(lost),
            lost[0],
        )
    if strangers:
        logger.warning(
            "the storage holds what formcheck did not make (such as %r): it stays", strangers[0]
        )


class Sweeper:
    """A thread that sweeps at once and then every hour, until it is stopped."""

    def __init__(self, database: Database, storage: Storage, keep_days: float) -> None:
        self._stopping = threading.Event()
        self._database = database
        self._storage = storage
        self._keep_days = keep_days
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
                gone = sweep(self._database, self._storage, self._keep_days)
                logger.info("%d jobs were too old and are deleted", gone)
                report_others(self._database, self._storage)
            except Exception:
                logger.exception("old results could not be deleted and will be tried again")
            if self._stopping.wait(SWEEP_EVERY_S):
                return
