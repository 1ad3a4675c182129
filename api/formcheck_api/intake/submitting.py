"""From what was sent to a job that waits: equal jobs are found, room is checked, files are kept."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from formcheck import __version__
from formcheck_api.intake.places import busy, share
from formcheck_api.jobs import repository
from formcheck_api.jobs.repository import Kind
from formcheck_api.parts import Parts
from formcheck_api.store.orphans import record_of
from formcheck_api.store.storage import CLIP, RECORD
from formcheck_api.store.tables import Job, Key
from formcheck_api.web.problems import ProblemError, retry_after

WITHIN_S: Final = 3600.0
"""A clip whose job has no row after this time has been given up."""


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A job as it was asked for, not yet in the database.

    `same_as` holds everything that tells it from other jobs; `key` the client's idempotency key.
    """

    owner: str
    kind: Kind
    work: Mapping[str, Any]
    shown: Mapping[str, Any]
    same_as: Mapping[str, Any]
    key: str | None = None
    clip_name: str | None = None
    compared: tuple[str | None, str | None] = field(default=(None, None))

    @property
    def fingerprint(self) -> str:
        """Hash of everything that tells the job from others."""
        return repository.fingerprint(kind=self.kind, version=__version__, **self.same_as)


def check_room(parts: Parts, owner: str, announced_bytes: int) -> None:
    """Refuse an upload for which there is no room, before it is read.

    Raises
    ------
    ProblemError
        Kinds ``busy`` and ``storage_full``.
    """
    kept = parts.settings.keep_free_bytes
    if announced_bytes + kept > shutil.disk_usage(parts.uploads).free:
        raise ProblemError("storage_full")
    check_queue(parts, owner)


def check_queue(parts: Parts, owner: str) -> None:
    """Refuse a job when too many wait, in all or of this owner.

    Raises
    ------
    ProblemError
        Kind ``busy``.
    """
    with parts.database.read() as session:
        _check_queue(parts, session, owner)


def find_same(parts: Parts, wish: JobRequest) -> Job | None:
    """Return the job that is already there for this wish.

    Raises
    ------
    ProblemError
        When the idempotency key stands for something else.
    """
    with parts.database.read() as session:
        return _same(session, wish)


def enqueue(parts: Parts, wish: JobRequest, clip: Path | None = None) -> Job:
    """Keep the clip and queue the job; return it, or the equal one that came first.

    Raises
    ------
    ProblemError
        When too many jobs wait, or the idempotency key stands for something else.
    OSError
        When the clip cannot be stored; nothing of it is kept.
    """
    job = _job(wish)
    with parts.database.write() as session:
        repository.to_erase(session, [job.id], WITHIN_S)
    try:
        if clip is not None:
            parts.storage.put(clip, f"{job.id}/{CLIP}")
        parts.storage.write(record_of(job), f"{job.id}/{RECORD}")
        kept = _insert(parts, wish, job)
    except BaseException:
        _give_up(parts, job.id)
        raise
    if kept is not job:
        _give_up(parts, job.id)
    parts.supervisor.notify()
    return kept


def _give_up(parts: Parts, job_id: str) -> None:
    """Delete the files of a job that did not come to be; the sweeper does what fails here."""
    with suppress(OSError):
        parts.storage.delete(job_id)
    with suppress(SQLAlchemyError), parts.database.write() as session:
        repository.not_to_erase(session, job_id)


def _insert(parts: Parts, wish: JobRequest, job: Job) -> Job:
    try:
        with parts.database.write() as session:
            same = _same(session, wish)
            if same is None:
                _check_queue(parts, session, wish.owner)
                if not repository.not_to_erase(
                    session, job.id
                ):  # a clock that jumped: files are gone
                    raise ProblemError("unavailable", headers=retry_after(1))
                session.add(job)
                session.flush()
            kept = same or job
            if wish.key is not None and repository.find_key(session, wish.owner, wish.key) is None:
                session.add(_key(wish, wish.key, kept))
            return kept
    except IntegrityError:  # an equal one came at the same moment
        same = find_same(parts, wish)
        if same is None:
            raise ProblemError("unavailable", headers=retry_after(1)) from None
        return same


def _same(session: Session, wish: JobRequest) -> Job | None:
    if wish.key is not None:
        known = repository.find_key(session, wish.owner, wish.key)
        if known is not None and known.fingerprint != wish.fingerprint:
            raise ProblemError("key_reused")
        if known is not None:
            return session.get(Job, known.job_id)
    return repository.find_equal(session, wish.owner, wish.fingerprint)


def _check_queue(parts: Parts, session: Session, owner: str) -> None:
    waiting = repository.waiting_by_owner(session)
    total, own = sum(waiting.values()), waiting.get(owner, 0)
    most = parts.settings.max_queue
    if total >= most:
        raise busy(f"{total} jobs are waiting")
    if own >= share(most, len(parts.settings.tokens)):
        raise busy(f"{own} of your jobs are waiting")


def _job(wish: JobRequest) -> Job:
    return Job(
        id=repository.new_id(),
        kind=wish.kind,
        owner=wish.owner,
        status="queued",
        progress=0.0,
        created=time.time(),
        fingerprint=wish.fingerprint,
        losses=0,
        restarts=0,
        clip_name=wish.clip_name,
        work=dict(wish.work),
        shown=dict(wish.shown),
        first_id=wish.compared[0],
        second_id=wish.compared[1],
    )


def _key(wish: JobRequest, key: str, job: Job) -> Key:
    return Key(owner=wish.owner, key=key, fingerprint=wish.fingerprint, job_id=job.id)
