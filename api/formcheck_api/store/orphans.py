"""Results that no row of the database tells of: written down beside the clip, taken in again.

A database that was lost, moved, or put back from an older backup leaves them. `adopt` makes rows of
them; nothing deletes them but a person who was asked (`ask_and_delete`).
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.orm import Session

from formcheck.comparison.folder import PAGE_NAME
from formcheck.comparison.schema import COMPARISON_NAME
from formcheck.errors import UsageError
from formcheck.report.schema import REPORT_NAME, Report
from formcheck.request import Request
from formcheck.values import load_json
from formcheck_api.jobs import repository
from formcheck_api.jobs.repository import Kind
from formcheck_api.jobs.shown import shown_of
from formcheck_api.store.database import Database
from formcheck_api.store.retention import orphans
from formcheck_api.store.storage import CLIP, RECORD, RESULT, THUMBNAIL, Storage
from formcheck_api.store.tables import Job

logger = logging.getLogger(__name__)

WHOLE: Final[Mapping[Kind, tuple[str, ...]]] = {
    "analysis": (REPORT_NAME, "report.html", "frames.csv", "strides.csv"),
    "comparison": (COMPARISON_NAME, PAGE_NAME),
}
"""Files without which a result is not whole, and its job is done again."""


class Record(BaseModel):
    """What is written down of a job beside its clip."""

    model_config = ConfigDict(extra="ignore")

    kind: Kind
    owner: str
    created: float
    fingerprint: str
    clip_name: str | None = None
    work: dict[str, Any]
    shown: dict[str, Any]
    first_id: str | None = None
    second_id: str | None = None


@dataclass(frozen=True, slots=True)
class Adopted:
    """How many results were taken in, and why others were not (by the first of each reason)."""

    taken: int
    left: Mapping[str, str]


def record_of(job: Job) -> bytes:
    """Return what is written down of a job."""
    names = Record.model_fields
    return json.dumps({name: getattr(job, name) for name in names}, sort_keys=True).encode("ascii")


def adopt(database: Database, storage: Storage, owner: str | None) -> Adopted:
    """Make rows of results that have none.

    Parameters
    ----------
    database, storage
        Where they belong and where they are.
    owner : str or None
        Whose results of earlier versions are, which did not write it down; None when nobody can
        tell.
    """
    taken, left = 0, dict[str, str]()
    found = orphans(database, storage)
    jobs = [(job_id, _job(storage, job_id, owner)) for job_id in found]
    # Comparisons come last: they refer to analyses.
    for job_id, job in sorted(jobs, key=lambda pair: getattr(pair[1], "kind", "")):
        reason = job if isinstance(job, str) else _insert(database, job)
        if reason is None:
            taken += 1
        else:
            left.setdefault(reason, job_id)
    return Adopted(taken, left)


def ask_and_delete(database: Database, storage: Storage, agreed: Callable[[str], bool]) -> None:
    """Say which stored results have no row, ask whether to delete them, and do that."""
    found = orphans(database, storage)
    if not found:
        sys.stdout.write("every stored result has a row\n")
        return
    for job_id in found:
        sys.stdout.write(f"{job_id}  {repository.made_at(job_id):%Y-%m-%d %H:%M}\n")
    if agreed(f"Delete these {len(found)} results, clips included?"):
        for job_id in found:
            storage.delete(job_id)
        sys.stdout.write(f"{len(found)} results deleted\n")


def _insert(database: Database, job: Job) -> str | None:
    """Insert a row; return why that does not go."""
    with database.write() as session:
        if repository.find_equal(session, job.owner, job.fingerprint) is not None:
            return "there is an equal one already"
        if job.kind == "comparison" and not _both_there(session, job):
            return "its analyses are gone: make the comparison again"
        job.finished = repository.now(session) if job.status == "done" else None
        session.add(job)
    return None


def _both_there(session: Session, job: Job) -> bool:
    return all(each and session.get(Job, each) for each in (job.first_id, job.second_id))


def _job(storage: Storage, job_id: str, owner: str | None) -> Job | str:
    """Return the row that stored files stand for, or why there can be none."""
    written = _record(storage, job_id)
    record = written or _record_of_results(storage, job_id, owner)
    if isinstance(record, str):
        return record
    done = all(storage.find(f"{job_id}/{RESULT}/{name}") for name in WHOLE[record.kind])
    shown = record.shown
    if done and record.kind == "analysis":
        report = _report(storage, job_id)
        done = report is not None and bool(report.metrics)
        if report is not None and done:
            pictured = storage.find(f"{job_id}/{RESULT}/{THUMBNAIL}") is not None
            shown = {**shown_of(report), "thumbnail": pictured}
    if not done and written is None:
        return "its results are not whole: send the clip again"
    if not done and record.kind == "analysis" and storage.find(f"{job_id}/{CLIP}") is None:
        return "its clip is gone: send it again"
    return Job(
        id=job_id,
        status="done" if done else "queued",
        progress=1.0 if done else 0.0,
        losses=0,
        restarts=0,
        **{**record.model_dump(), "shown": shown},
    )


def _record(storage: Storage, job_id: str) -> Record | None:
    """Return what was written down of a job; None when it was not, or cannot be read."""
    try:
        with storage.local(f"{job_id}/{RECORD}") as path:
            return Record.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _record_of_results(storage: Storage, job_id: str, owner: str | None) -> Record | str:
    """Return what the results of an earlier version tell of their job."""
    report = _report(storage, job_id)
    if report is None:
        return "nothing tells what it is: send the clip again"
    if owner is None:
        return "nothing tells whose it is: set FORMCHECK_TOKENS to one name only and try again"
    request = Request(view=report.view.kind if report.view else "auto", blur_face=True)
    work = {
        "request": asdict(request),
        "symptoms": report.runner.symptoms,
        "baseline": None,
        "name": report.clip.name,
        "sha256": report.clip.sha256,
    }
    return Record(
        kind="analysis",
        owner=owner,
        created=repository.made_at(job_id).timestamp(),
        fingerprint=hashlib.sha256(f"adopted {job_id}".encode("ascii")).hexdigest(),
        clip_name=report.clip.name[:200],
        work=work,
        shown={},
    )


def _report(storage: Storage, job_id: str) -> Report | None:
    try:
        with storage.local(f"{job_id}/{RESULT}/{REPORT_NAME}") as path:
            return Report.model_validate(load_json(path))
    except (OSError, ValueError, RecursionError, UsageError):
        return None
