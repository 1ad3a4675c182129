"""``/v1/comparisons``: two analyses beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sse_starlette import EventSourceResponse

from formcheck.comparison.folder import PAGE_NAME, VIDEO_NAME
from formcheck.comparison.schema import COMPARISON_NAME
from formcheck.comparison.schema import Comparison as ComparisonReport
from formcheck.report.schema import REPORT_NAME
from formcheck_api.intake.forms import ComparisonBody
from formcheck_api.intake.submitting import JobRequest, check_queue, enqueue
from formcheck_api.jobs import repository
from formcheck_api.parts import Service
from formcheck_api.store.retention import delete_job
from formcheck_api.store.tables import Job
from formcheck_api.web import schemas
from formcheck_api.web.events import progress_of
from formcheck_api.web.files import stored_file
from formcheck_api.web.lookup import own_job, result_key
from formcheck_api.web.problems import ProblemError, answers
from formcheck_api.web.routers.common import (
    JSON,
    ONE,
    PUBLIC,
    RESULT_FILE,
    Cursor,
    IdempotencyKey,
    JobId,
    Limit,
    event_answers,
    file_answers,
)
from formcheck_api.web.routers.views import is_blurred
from formcheck_api.web.schemas import Accepted, Comparison, Comparisons
from formcheck_api.web.security import Owner

router = APIRouter(prefix="/v1/comparisons", tags=["comparisons"])
KIND: Final = "comparison"


@router.post(
    "",
    status_code=202,
    responses=answers(*ONE, *JSON, "no_such_result", "not_ready", "key_reused", "busy"),
)
def compare(
    parts: Service, owner: Owner, body: ComparisonBody, key: IdempotencyKey = None
) -> Accepted:
    """Compare two of your analyses that are done."""
    if body.first == body.second:
        raise ProblemError("invalid", "first and second are the same analysis: choose two.")
    check_queue(parts, owner)
    both = [_finished(parts, owner, job_id) for job_id in (body.first, body.second)]
    _check_one_runner(both)
    options = {"mode": body.mode, "same_setup": body.same_setup}
    wish = JobRequest(
        owner=owner,
        kind=KIND,
        work={**options, "blur_face": any(map(is_blurred, both))},
        shown=options,
        same_as={**options, "first": body.first, "second": body.second},
        key=key,
        compared=(body.first, body.second),
    )
    return schemas.accepted(enqueue(parts, wish))


def _check_one_runner(jobs: Sequence[Job]) -> None:
    """Refuse two people before anything is computed."""
    names = sorted({str(name) for job in jobs if (name := (job.shown or {}).get("runner"))})
    if len(names) > 1:
        text = f"These clips are of {' and '.join(names)}: only clips of one runner are compared."
        raise ProblemError("invalid", text, code="mixed_runners")


def _finished(parts: Service, owner: str, job_id: str) -> Job:
    result_key(parts, owner, "analysis", job_id, REPORT_NAME)
    return own_job(parts, owner, "analysis", job_id)


@router.get("", responses=answers(*PUBLIC))
def list_comparisons(
    parts: Service, owner: Owner, limit: Limit = 20, cursor: Cursor = None
) -> Comparisons:
    """List your own comparisons, newest first."""
    with parts.database.read() as session:
        found = repository.page(session, owner, KIND, limit + 1, cursor)
    items = [schemas.comparison(job) for job in found[:limit]]
    return Comparisons(items=items, next=items[-1].id if len(found) > limit else None)


@router.get("/{job_id}", responses=answers(*ONE))
def get_comparison(parts: Service, owner: Owner, job_id: JobId) -> Comparison:
    """Return how far a comparison is."""
    return schemas.comparison(own_job(parts, owner, KIND, job_id))


@router.delete("/{job_id}", status_code=204, responses=answers(*ONE))
def delete_comparison(parts: Service, owner: Owner, job_id: JobId) -> Response:
    """Delete a comparison and its files; the analyses stay."""
    own_job(parts, owner, KIND, job_id)
    for gone in delete_job(parts.database, parts.storage, job_id):
        parts.supervisor.cancel(gone)
    return Response(status_code=204)


@router.get(
    "/{job_id}/events", response_class=EventSourceResponse, responses=event_answers("Comparison")
)
def watch_comparison(parts: Service, owner: Owner, job_id: JobId) -> EventSourceResponse:
    """Watch a comparison until it ends."""
    return progress_of(parts, own_job(parts, owner, KIND, job_id))


@router.get("/{job_id}/report", response_model=ComparisonReport, responses=answers(*RESULT_FILE))
def get_comparison_report(
    request: Request, parts: Service, owner: Owner, job_id: JobId
) -> Response:
    """Get the comparison as JSON."""
    key = result_key(parts, owner, KIND, job_id, COMPARISON_NAME)
    return stored_file(request, parts.storage, key)


@router.get("/{job_id}/clip", response_class=Response, responses=file_answers("video/mp4"))
def get_comparison_clip(request: Request, parts: Service, owner: Owner, job_id: JobId) -> Response:
    """Get both clips beside each other, step by step."""
    key = result_key(parts, owner, KIND, job_id, VIDEO_NAME)
    return stored_file(request, parts.storage, key)


@router.get("/{job_id}/report.html", response_class=Response, responses=file_answers("text/html"))
def get_comparison_page(request: Request, parts: Service, owner: Owner, job_id: JobId) -> Response:
    """Get the comparison as one page."""
    key = result_key(parts, owner, KIND, job_id, PAGE_NAME)
    return stored_file(request, parts.storage, key)
