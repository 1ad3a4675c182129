"""The caller's own jobs and their results, or a problem that says what is missing."""

from __future__ import annotations

from typing import Any, Final

from formcheck.errors import UsageError
from formcheck.report.schema import REPORT_NAME, Report, parse_report
from formcheck.values import load_json
from formcheck_api.jobs import repository
from formcheck_api.jobs.repository import Kind
from formcheck_api.parts import Parts
from formcheck_api.store.storage import RESULT
from formcheck_api.store.tables import Job
from formcheck_api.web.problems import ProblemError

DAMAGED: Final = "The stored report of this analysis is damaged: send the clip again."


def own_job(parts: Parts, owner: str, kind: Kind, job_id: str) -> Job:
    """Return a job of the caller.

    Raises
    ------
    ProblemError
        Kind ``not_found``, also when it is another's.
    """
    with parts.database.read() as session:
        job = repository.find(session, owner, kind, job_id)
    if job is None:
        raise ProblemError("not_found", f"There is no such {kind}: check the id.")
    return job


def result_key(parts: Parts, owner: str, kind: Kind, job_id: str, name: str) -> str:
    """Return the storage's key of a file that a job of the caller wrote.

    Raises
    ------
    ProblemError
        Kinds ``not_found``, ``not_ready``, and ``no_such_result`` for a failed job without it.
    """
    job = own_job(parts, owner, kind, job_id)
    if job.status in repository.UNDER_WAY:
        raise ProblemError("not_ready", f"The {kind} is {job.status}: ask again when it is done.")
    key = f"{job.id}/{RESULT}/{name}"
    if job.status == "failed" and parts.storage.find(key) is None:
        raise ProblemError("no_such_result", f"The {kind} failed: {job.error_text}")
    return key


def stored_report(parts: Parts, owner: str, job_id: str) -> dict[str, Any]:
    """Return the report of an analysis of the caller.

    Raises
    ------
    ProblemError
        As `result_key`.
    """
    return stored_json(parts, result_key(parts, owner, "analysis", job_id, REPORT_NAME))


def stored_json(parts: Parts, key: str, damaged: str = DAMAGED) -> dict[str, Any]:
    """Return the JSON object of a stored result; `damaged` is said where it is none.

    Raises
    ------
    ProblemError
        Kind ``no_such_result``.
    """
    try:
        with parts.storage.local(key) as path:
            return load_json(path)
    except FileNotFoundError:  # deleted at this very moment
        raise ProblemError("no_such_result", "This result is not there any more.") from None
    except (UsageError, ValueError, RecursionError):  # the sentence would name the folder
        raise ProblemError("no_such_result", damaged) from None


def read_report(parts: Parts, owner: str, job_id: str) -> Report:
    """Return the report of an analysis of the caller as its model.

    Raises
    ------
    ProblemError
        As `result_key`; also for a report that is not one of this version.
    """
    content = stored_report(parts, owner, job_id)
    try:
        return parse_report(content)
    except UsageError:
        raise ProblemError("no_such_result", DAMAGED) from None
