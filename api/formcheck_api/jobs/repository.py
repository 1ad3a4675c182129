"""Jobs in the database: each function is one step of a job's life, within the caller's session."""

from __future__ import annotations

import hashlib
import json
import math
import secrets
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Update, delete, func, or_, select, update
from sqlalchemy.orm import Session

from formcheck_api.jobs.outcomes import Failure
from formcheck_api.store.tables import Erasure, Fact, Job, Key

Kind = Literal["analysis", "comparison"]
Status = Literal["queued", "running", "done", "failed", "cancelled"]
ACTIVE: Final = ("queued", "running", "done")
UNDER_WAY: Final = ("queued", "running")
MAX_LOSSES: Final = 1
DAY_S: Final = 86_400.0
MOST_AT_ONCE: Final = 1000
ROWS_AT_ONCE: Final = 100
_CLOCK: Final = "clock"


def new_id() -> str:
    """Return an id that cannot be guessed; later ids sort behind earlier ones."""
    return f"{int(1000 * time.time()):012x}{secrets.token_hex(10)}"


def made_at(job_id: str) -> datetime:
    """Return when an id was made; the beginning of all time for what is no id."""
    try:
        return datetime.fromtimestamp(int(job_id[:12], 16) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def fingerprint(**parts: object) -> str:
    """Return a hash of plain JSON values."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def find(session: Session, owner: str, kind: Kind, job_id: str) -> Job | None:
    """Return the owner's job, None when there is none or it is another's."""
    job = session.get(Job, job_id)
    return job if job is not None and (job.owner, job.kind) == (owner, kind) else None


def find_equal(session: Session, owner: str, mark: str) -> Job | None:
    """Return the owner's job with this fingerprint that waits, runs or is done."""
    return session.scalar(
        select(Job).where(Job.owner == owner, Job.fingerprint == mark, Job.status.in_(ACTIVE))
    )


def find_key(session: Session, owner: str, key: str) -> Key | None:
    """Return what an idempotency key stands for."""
    return session.get(Key, (owner, key))


def page(session: Session, owner: str, kind: Kind, limit: int, before: str | None) -> Sequence[Job]:
    """Return the owner's jobs older than the id `before`, newest first."""
    query = select(Job).where(Job.owner == owner, Job.kind == kind)
    if before is not None:
        query = query.where(Job.id < before)
    return session.scalars(query.order_by(Job.id.desc()).limit(limit)).all()


def of_runner(session: Session, owner: str, runner: str, most: int) -> Sequence[Job]:
    """Return the owner's latest analyses of a runner, newest first."""
    query = select(Job).where(Job.owner == owner, Job.kind == "analysis").order_by(Job.id.desc())
    rows = session.scalars(query.execution_options(yield_per=ROWS_AT_ONCE))
    named = (job for job in rows if (job.shown or {}).get("runner") == runner)
    return list(islice(named, most))


def count_by_state(session: Session) -> Mapping[tuple[str, str], int]:
    """Return the number of jobs by kind and status."""
    rows = session.execute(
        select(Job.kind, Job.status, func.count()).group_by(Job.kind, Job.status)
    )
    return {(kind, status): count for kind, status, count in rows}


def waiting_by_owner(session: Session) -> Mapping[str, int]:
    """Return how many jobs of each owner wait."""
    rows = session.execute(
        select(Job.owner, func.count()).where(Job.status == "queued").group_by(Job.owner)
    )
    return {owner: count for owner, count in rows}


def claim(session: Session, worker: str) -> Job | None:
    """Take a job of the owner who was served longest ago; two services never get the same one.

    Of that owner's jobs the oldest comes first, behind all others one that was under way whenever
    a service died.
    """
    waiting = waiting_by_owner(session)
    if not waiting:
        return None
    served = {
        owner: last
        for owner, last in session.execute(
            select(Job.owner, func.max(Job.started))
            .where(Job.owner.in_(waiting))
            .group_by(Job.owner)
        )
    }
    owner = min(sorted(waiting), key=lambda name: served.get(name) or 0.0)
    query = select(Job).where(Job.status == "queued", Job.owner == owner)
    query = query.order_by(Job.restarts, Job.id).limit(1)
    job = session.scalar(query.with_for_update(skip_locked=True))
    if job is None:
        return None
    job.status, job.worker = "running", worker
    job.started = job.heartbeat = time.time()
    job.stage, job.progress = None, 0.0
    return job


def beat(session: Session, worker: str) -> Collection[str]:
    """Say that this service is alive; return the jobs that are still its own."""
    session.execute(_own(worker, {"heartbeat": time.time()}))
    return set(session.scalars(select(Job.id).where(Job.worker == worker, _running())))


def note_progress(session: Session, worker: str, job_id: str, stage: str, share: float) -> None:
    """Store how far a job is."""
    session.execute(_own(worker, {"stage": stage, "progress": share}, job_id))


def finish(session: Session, worker: str, job_id: str, shown: Mapping[str, Any]) -> bool:
    """Mark a job as done; False when it was deleted or is no longer this service's."""
    done = {"status": "done", "progress": 1.0, "finished": now(session), "shown": dict(shown)}
    return _changed(session, worker, job_id, done)


def fail(session: Session, worker: str, job_id: str, failure: Failure) -> bool:
    """Mark a job as failed; False as for `finish`."""
    failed = {"status": "failed", "finished": now(session)}
    error = {"error_code": failure.code, "error_text": failure.text}
    return _changed(session, worker, job_id, {**failed, **error})


def lose(session: Session, worker: str, job_id: str, failure: Failure) -> bool:
    """Queue a job again whose worker died, or mark it as failed when that happened before."""
    job = session.get(Job, job_id)
    if job is None or job.losses >= MAX_LOSSES:
        return fail(session, worker, job_id, failure)
    return _changed(session, worker, job_id, {**WAITING, "losses": job.losses + 1})


def give_back(session: Session, worker: str) -> None:
    """Queue this service's running jobs again, because it stops."""
    session.execute(_own(worker, WAITING))


def take_up(session: Session, worker: str, lease_s: float) -> int:
    """Queue jobs again whose service died: this one's earlier self, or one without a heartbeat.

    However often that was: only its own worker's death speaks against a job.
    """
    silent = or_(Job.worker == worker, Job.heartbeat < time.time() - lease_s)
    return _take_up(session, silent)


def take_up_silent(session: Session, lease_s: float) -> int:
    """Queue jobs again whose service has no heartbeat any more."""
    return _take_up(session, Job.heartbeat < time.time() - lease_s)


def comparisons_of(session: Session, job_id: str) -> Sequence[str]:
    """Return the ids of the comparisons made from an analysis."""
    return session.scalars(
        select(Job.id).where(or_(Job.first_id == job_id, Job.second_id == job_id))
    ).all()


def remove(session: Session, job_ids: Collection[str]) -> None:
    """Delete jobs with their keys."""
    session.execute(delete(Key).where(Key.job_id.in_(job_ids)))
    session.execute(delete(Job).where(Job.id.in_(job_ids), Job.kind == "comparison"))
    session.execute(delete(Job).where(Job.id.in_(job_ids)))


def expired(session: Session, before: float) -> Sequence[str]:
    """Return the jobs that ended before a time."""
    return session.scalars(select(Job.id).where(Job.finished < before)).all()


def now(session: Session) -> float:
    """Return how late it is, never earlier than the database was told before.

    So a result that is finished while the machine's clock lags is not old once the clock is right.
    """
    return max(time.time(), _clock(session))


def advance(session: Session, keep_s: float) -> float:
    """Let the database's own clock follow the machine's; return when jobs of `keep_s` are too old.

    It follows by a day at most, and never goes back: a machine that comes up with a wrong clock
    costs one day's worth of results and not all. Over times in which nothing was finished it goes
    at once.
    """
    oldest = session.scalar(select(func.min(Job.finished)))
    told = max(_clock(session), oldest or 0.0)
    clock = max(_clock(session), min(time.time(), told + DAY_S))
    session.merge(Fact(name=_CLOCK, value=repr(clock)))
    return min(time.time(), clock) - keep_s


def _clock(session: Session) -> float:
    fact = session.get(Fact, _CLOCK)
    try:
        clock = float(fact.value) if fact is not None else 0.0
    except ValueError:
        return 0.0
    return clock if math.isfinite(clock) else 0.0


def database_id(session: Session) -> str:
    """Return the name that a database has for itself; empty when there is none."""
    fact = session.get(Fact, "id")
    return fact.value if fact is not None else ""


def known(session: Session, job_ids: Collection[str]) -> set[str]:
    """Return those of the ids that are in the database, as jobs or as files to be erased."""
    ids, found = list(job_ids), set[str]()
    for start in range(0, len(ids), MOST_AT_ONCE):
        some = ids[start : start + MOST_AT_ONCE]
        for column in (Job.id, Erasure.job_id):
            found.update(session.scalars(select(column).where(column.in_(some))))
    return found


def is_to_erase(session: Session, job_id: str) -> bool:
    """Return whether a job's files are to go."""
    return session.get(Erasure, job_id) is not None


def to_erase(session: Session, job_ids: Iterable[str], in_s: float = 0.0) -> None:
    """Note that files are to go, because their jobs are gone or might never come."""
    for job_id in job_ids:
        session.merge(Erasure(job_id=job_id, due=time.time() + in_s))


def not_to_erase(session: Session, job_id: str) -> bool:
    """Take such a note back; False when there is none any more."""
    gone = delete(Erasure).where(Erasure.job_id == job_id).returning(Erasure.job_id)
    return session.scalar(gone) is not None


def due_erasures(session: Session) -> Sequence[Erasure]:
    """Return the notes whose time has come."""
    return session.scalars(select(Erasure).where(Erasure.due <= time.time())).all()


WAITING: Final[Mapping[str, Any]] = {
    "status": "queued",
    "worker": None,
    "heartbeat": None,
    "stage": None,
    "progress": 0.0,
}


def _running() -> ColumnElement[bool]:
    return Job.status == "running"


def _own(worker: str, values: Mapping[str, Any], job_id: str | None = None) -> Update:
    query = update(Job).where(Job.worker == worker, _running())
    if job_id is not None:
        query = query.where(Job.id == job_id)
    return query.values(**values).execution_options(synchronize_session=False)


def _changed(session: Session, worker: str, job_id: str, values: Mapping[str, Any]) -> bool:
    return session.scalar(_own(worker, values, job_id).returning(Job.id)) is not None


def _take_up(session: Session, silent: ColumnElement[bool]) -> int:
    query = select(Job).where(_running(), silent).with_for_update(skip_locked=True)
    taken = session.scalars(query).all()
    for job in taken:
        job.restarts += 1
        for name, value in WAITING.items():
            setattr(job, name, value)
    return len(taken)
