"""``/v1/analyses``: send a clip, watch it, get what came of it, delete it."""

from __future__ import annotations

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sse_starlette import EventSourceResponse

from formcheck.report.schema import REPORT_NAME, Report
from formcheck_api.intake.changing import change
from formcheck_api.intake.forms import ChangeBody, form_schema, read_form
from formcheck_api.intake.probing import probe_clip
from formcheck_api.intake.submitting import JobRequest, check_room, enqueue, find_same
from formcheck_api.intake.uploads import Upload, received
from formcheck_api.jobs import repository
from formcheck_api.parts import Parts, Service
from formcheck_api.store.retention import delete_job
from formcheck_api.store.tables import Job
from formcheck_api.web import schemas
from formcheck_api.web.events import progress_of
from formcheck_api.web.files import stored_file
from formcheck_api.web.lookup import own_job, result_key
from formcheck_api.web.problems import answers
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
from formcheck_api.web.schemas import Accepted, Analyses, Analysis
from formcheck_api.web.security import Owner

router = APIRouter(prefix="/v1/analyses", tags=["analyses"])


@router.post(
    "",
    status_code=202,
    responses=answers(
        *ONE,
        "bad_request",
        "busy",
        "stalled",
        "no_such_result",
        "not_ready",
        "too_large",
        "not_a_video",
        "unreadable_clip",
        "over_limits",
        "key_reused",
        "storage_full",
    ),
    openapi_extra={"requestBody": form_schema()},
)
async def send_clip(
    request: Request, parts: Service, owner: Owner, key: IdempotencyKey = None
) -> Accepted:
    """Send a clip to be measured. The same clip with the same options gives the same analysis."""
    settings = parts.settings
    with parts.places.taken(owner):
        announced = request.headers.get("content-length", "0")
        size = int(announced) if announced.isdecimal() else 0
        await to_thread.run_sync(check_room, parts, owner, size)
        async with received(
            request, parts.uploads, settings.max_upload_bytes, settings.keep_free_bytes
        ) as upload:
            parts.meters.uploaded(upload.size)
            return schemas.accepted(await _submit(parts, owner, key, upload))


async def _submit(parts: Parts, owner: str, key: str | None, upload: Upload) -> Job:
    wish = _wish(parts, owner, key, upload)
    same = await to_thread.run_sync(find_same, parts, wish)
    if same is not None:
        return same
    await to_thread.run_sync(_check_baseline, parts, owner, wish.work["baseline"])
    async with parts.probes.taken(owner) as limiter:
        await to_thread.run_sync(probe_clip, upload.path, parts.settings, limiter=limiter)
    return await to_thread.run_sync(enqueue, parts, wish, upload.path)


def _wish(parts: Parts, owner: str, key: str | None, upload: Upload) -> JobRequest:
    form = read_form(upload.fields)
    request = form["request"]
    view = request["view"]
    return JobRequest(
        owner=owner,
        kind="analysis",
        work={**form, "name": upload.clip_name, "sha256": upload.sha256},
        shown={
            "view": None if view == "auto" else view,
            "pace": request["pace"],
            "runner": request["runner"],
            "date": request["date"],
            "symptoms": form["symptoms"],
        },
        same_as={**form, "sha256": upload.sha256},
        key=key,
        clip_name=upload.clip_name,
    )


def _check_baseline(parts: Parts, owner: str, baseline: float | str | None) -> None:
    if isinstance(baseline, str):
        result_key(parts, owner, "analysis", baseline, REPORT_NAME)


@router.get("", responses=answers(*PUBLIC))
def list_analyses(
    parts: Service, owner: Owner, limit: Limit = 20, cursor: Cursor = None
) -> Analyses:
    """List your own analyses, newest first."""
    with parts.database.read() as session:
        found = repository.page(session, owner, "analysis", limit + 1, cursor)
    items = [schemas.analysis(job) for job in found[:limit]]
    return Analyses(items=items, next=items[-1].id if len(found) > limit else None)


@router.get("/{job_id}", responses=answers(*ONE))
def get_analysis(parts: Service, owner: Owner, job_id: JobId) -> Analysis:
    """Tell how far an analysis is."""
    return schemas.analysis(own_job(parts, owner, "analysis", job_id))


@router.patch(
    "/{job_id}",
    responses=answers(*ONE, *JSON, "not_ready", "no_such_result", "busy"),
)
def change_analysis(
    parts: Service,
    owner: Owner,
    job_id: JobId,
    body: ChangeBody,  # type: ignore[valid-type]
) -> Analysis:
    """Put right what was said of a clip or measured in it; what is left out stays as it is.

    Words and corrections of strides hold at once. With another height, speed or incline the clip is
    measured again without the network: the analysis is queued.
    """
    return schemas.analysis(change(parts, own_job(parts, owner, "analysis", job_id), body))


@router.delete("/{job_id}", status_code=204, responses=answers(*ONE))
def delete_analysis(parts: Service, owner: Owner, job_id: JobId) -> Response:
    """Delete an analysis, its clip and results, and comparisons made from it; ends its worker."""
    own_job(parts, owner, "analysis", job_id)
    for gone in delete_job(parts.database, parts.storage, job_id):
        parts.supervisor.cancel(gone)
    return Response(status_code=204)


@router.get(
    "/{job_id}/events",
    response_class=EventSourceResponse,
    responses=event_answers("Analysis"),
)
def watch_analysis(parts: Service, owner: Owner, job_id: JobId) -> EventSourceResponse:
    """Watch an analysis until it ends."""
    return progress_of(parts, own_job(parts, owner, "analysis", job_id))


@router.get("/{job_id}/report", response_model=Report, responses=answers(*RESULT_FILE))
def get_report(request: Request, parts: Service, owner: Owner, job_id: JobId) -> Response:
    """Get the report; a clip in which nobody was seen has one that says why."""
    key = result_key(parts, owner, "analysis", job_id, REPORT_NAME)
    return stored_file(request, parts.storage, key)


def _file(name: str, media_type: str, address: str, summary: str) -> None:
    """Add the address of one stored file."""

    @router.get(
        f"/{{job_id}}/{address}",
        response_class=Response,
        responses=file_answers(media_type),
        summary=summary,
        name=f"get_{address}",
        operation_id=f"get_{address.replace('.', '_')}",
    )
    def get_file(request: Request, parts: Service, owner: Owner, job_id: JobId) -> Response:
        key = result_key(parts, owner, "analysis", job_id, name)
        return stored_file(request, parts.storage, key)


_file("annotated.mp4", "video/mp4", "clip", "Get the annotated clip")
_file("frames.csv", "text/csv", "frames.csv", "Get one row a frame")
_file("strides.csv", "text/csv", "strides.csv", "Get one row a step")
_file("thumb.jpg", "image/jpeg", "thumb.jpg", "Get a small picture of the clip")
