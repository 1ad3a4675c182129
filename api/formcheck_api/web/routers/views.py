"""What a page of a result is laid out from: its texts and pictures, and the clip to draw on."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import ValidationError
from pydantic_core import to_json

from formcheck.comparison import page as comparison_page
from formcheck.comparison.schema import COMPARISON_NAME, Comparison
from formcheck.outputs import PAGE_NAME
from formcheck.report import page as report_page
from formcheck.report.html import render_again
from formcheck.types import Units
from formcheck_api.parts import Service
from formcheck_api.store.storage import CLIP, PLAYABLE, RESULT
from formcheck_api.store.tables import Job
from formcheck_api.web.files import MEDIA_TYPES, PAGE_HEADERS, stored_file
from formcheck_api.web.lookup import own_job, read_report, result_key, stored_json
from formcheck_api.web.problems import ProblemError, answers
from formcheck_api.web.routers.common import RESULT_FILE, JobId, file_answers
from formcheck_api.web.security import Owner

router = APIRouter(prefix="/v1")
ShownIn = Annotated[
    Units | None,
    Query(description="What to show lengths and speeds in; the report's own if left out."),
]
# The report itself and the fixed texts have addresses of their own.
_LEFT_OUT: Final = ("report", "texts")


@router.get("/analyses/{job_id}/page", tags=["analyses"], responses=answers(*RESULT_FILE))
def get_page(parts: Service, owner: Owner, job_id: JobId, units: ShownIn = None) -> Response:
    """Get what a page shows of an analysis: every text and picture, ready to be laid out."""
    report = read_report(parts, owner, job_id)
    film = "clip" if is_blurred(own_job(parts, owner, "analysis", job_id)) else "original"
    page = report_page.build_page(report, units)
    said = page.report.model_dump(include={"cues", "advice", "quality"}, mode="json")
    return _json({**_shown(page), "film": film, "said": said})


@router.get(
    "/analyses/{job_id}/report.html",
    tags=["analyses"],
    response_class=Response,
    responses=file_answers("text/html"),
)
def get_report_html(
    request: Request, parts: Service, owner: Owner, job_id: JobId, units: ShownIn = None
) -> Response:
    """Get the report as one page, in the units that it was made in or in others."""
    key = result_key(parts, owner, "analysis", job_id, PAGE_NAME)
    report = read_report(parts, owner, job_id) if units else None
    if report is None or report.runner.units == units or parts.storage.find(key) is None:
        return stored_file(request, parts.storage, key)
    with parts.storage.local(key) as path:
        again = render_again(report, path.read_text(encoding="utf-8"), units)
    return Response(again, headers=PAGE_HEADERS, media_type=MEDIA_TYPES["html"])


@router.get("/comparisons/{job_id}/page", tags=["comparisons"], responses=answers(*RESULT_FILE))
def get_comparison_page_model(parts: Service, owner: Owner, job_id: JobId) -> Response:
    """Get what a page shows of a comparison: every text and picture, ready to be laid out."""
    key = result_key(parts, owner, "comparison", job_id, COMPARISON_NAME)
    job = own_job(parts, owner, "comparison", job_id)
    both = [read_report(parts, owner, one or "") for one in (job.first_id, job.second_id)]
    damaged = "The comparison is damaged: make it again."
    try:
        comparison = Comparison.model_validate(stored_json(parts, key, damaged))
    except ValidationError:
        raise ProblemError("no_such_result", damaged) from None
    return _json(_shown(comparison_page.build_page(comparison, *both)))


@router.get(
    "/analyses/{job_id}/original",
    tags=["analyses"],
    response_class=Response,
    responses=file_answers("video/mp4"),
)
def get_original(request: Request, parts: Service, owner: Owner, job_id: JobId) -> Response:
    """Get the clip as it was sent, or a copy as H.264 where browsers cannot play that."""
    copy = result_key(parts, owner, "analysis", job_id, PLAYABLE)
    if is_blurred(own_job(parts, owner, "analysis", job_id)):
        raise ProblemError(
            "no_such_result", "The face is to be blurred: only the annotated clip can be had."
        )
    key = copy if parts.storage.find(copy) else copy.removesuffix(f"{RESULT}/{PLAYABLE}") + CLIP
    return stored_file(request, parts.storage, key, media_type="video/mp4")


def is_blurred(job: Job) -> bool:
    """Return whether a face is not to be seen; where the row does not tell, it is not."""
    request = (job.work or {}).get("request")
    return not isinstance(request, dict) or bool(request.get("blur_face", True))


def _shown(page: report_page.Page | comparison_page.Page) -> dict[str, Any]:
    names = (field.name for field in fields(page))
    return {name: getattr(page, name) for name in names if name not in _LEFT_OUT}


def _json(content: dict[str, Any]) -> Response:
    return Response(to_json(content, inf_nan_mode="null"), media_type="application/json")
