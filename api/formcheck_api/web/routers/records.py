"""What goes into a record elsewhere: FHIR, a text note, and what a clinician wrote."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from formcheck.formats.record import fhir_text
from formcheck.report.note import text_note
from formcheck_api.intake.forms import NoteBody
from formcheck_api.parts import Service
from formcheck_api.store import sharing
from formcheck_api.web.lookup import own_job, read_report
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
    told = _told(parts, job_id)
    return Response(fhir_text(report, issued, told.clinician, told.text), media_type=FHIR_TYPE)


@router.get(
    "/{job_id}/note.txt",
    response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {}}}, **answers(*_READ)},
)
def get_text_note(parts: Service, owner: Owner, job_id: JobId) -> PlainTextResponse:
    """Get the report as a short text to paste into a record."""
    report = read_report(parts, owner, job_id)
    told = _told(parts, job_id)
    return PlainTextResponse(text_note(report, told.clinician, told.text))


def _told(parts: Service, job_id: str) -> NoteState:
    with parts.database.read() as session:
        return note_state(sharing.note_of(session, [job_id]))


@router.put("/{job_id}/note", responses=answers(*ONE, *JSON))
def write_note(parts: Service, owner: Owner, job_id: JobId, body: NoteBody) -> NoteState:
    """Write what a clinician notes beside an analysis."""
    own_job(parts, owner, "analysis", job_id)
    with parts.database.write() as session:
        sharing.write_note(session, job_id, body.clinician, body.text)
    return NoteState(clinician=body.clinician, text=body.text)
