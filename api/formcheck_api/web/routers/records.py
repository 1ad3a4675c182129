"""What goes into a record elsewhere: FHIR, a text note, and what a clinician wrote."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from formcheck.report.fhir import diagnostic_report
from formcheck.report.note import text_note
from formcheck_api.intake.forms import NoteBody
from formcheck_api.parts import Service
from formcheck_api.store import sharing
from formcheck_api.web.finding import own_job, read_report
from formcheck_api.web.problems import answers
from formcheck_api.web.routers.common import JSON, ONE, JobId
from formcheck_api.web.schemas import NoteState, note_state
from formcheck_api.web.security import Owner

FHIR_TYPE = "application/fhir+json"
router = APIRouter(prefix="/v1/analyses", tags=["records"])
_READ = (*ONE, "no_such_result", "not_ready")


@router.get(
    "/{job_id}/fhir",
    response_class=Response,
    responses={200: {"content": {FHIR_TYPE: {"schema": {"type": "object"}}}}, **answers(*_READ)},
)
def get_fhir(parts: Service, owner: Owner, job_id: JobId) -> Response:
    """Get the report as a FHIR R4 DiagnosticReport that holds its Observations."""
    job = own_job(parts, owner, "analysis", job_id)
    report = read_report(parts, owner, job_id)
    issued = datetime.fromtimestamp(job.finished or job.created, UTC)
    made: dict[str, Any] = diagnostic_report(report, issued, _note(parts, owner, job_id))
    return JSONResponse(made, media_type=FHIR_TYPE)


@router.get(
    "/{job_id}/note.txt",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {}}}, **answers(*_READ)},
)
def get_text_note(parts: Service, owner: Owner, job_id: JobId) -> PlainTextResponse:
    """Get the report as a short text to paste into a record."""
    return PlainTextResponse(_note(parts, owner, job_id))


def _note(parts: Service, owner: str, job_id: str) -> str:
    report = read_report(parts, owner, job_id)
    with parts.database.read() as session:
        told = note_state(sharing.note_of(session, [job_id]))
    return text_note(report, told.clinician, told.text)


@router.put("/{job_id}/note", responses=answers(*ONE, *JSON))
def write_note(parts: Service, owner: Owner, job_id: JobId, body: NoteBody) -> NoteState:
    """Write what a clinician notes beside an analysis."""
    own_job(parts, owner, "analysis", job_id)
    with parts.database.write() as session:
        sharing.write_note(session, job_id, body.clinician, body.text)
    return NoteState(clinician=body.clinician, text=body.text)
