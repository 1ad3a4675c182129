"""What the service answers; reports and comparisons are the library's own models."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, Literal

from pydantic import BaseModel, Field

from formcheck.comparison import Mode
from formcheck.comparison.visit import Visit
from formcheck.report.schema import AdviceRecord, CueRecord, Pace
from formcheck.types import ViewKind
from formcheck_api.jobs.outcomes import DAMAGED
from formcheck_api.jobs.repository import Status, made_at
from formcheck_api.store.tables import Job, Note, Share

_UNREADABLE: Final = (ValueError, TypeError, OverflowError, OSError)
ID_EXAMPLE = "019aab12cd3400112233445566778899"


class Links(BaseModel):
    """Addresses of a job and what belongs to it."""

    self: str
    events: str
    report: str


class Accepted(BaseModel):
    """A job was queued, or is there already."""

    id: str = Field(examples=[ID_EXAMPLE])
    status: Status
    links: Links


class JobError(BaseModel):
    """Why a job failed: a stable code and a sentence that says what to do."""

    code: str = Field(examples=["no_runner"])
    text: str


class State(BaseModel):
    """How far a job is."""

    id: str = Field(examples=[ID_EXAMPLE])
    status: Status
    stage: str | None = Field(
        default=None,
        description="What the worker does: open, pose, measure, annotate, write or compare.",
    )
    progress: float = Field(ge=0, le=1)
    created: datetime
    error: JobError | None = None


class Analysis(State):
    """An analysis: how far it is, and what lists show of it."""

    clip_name: str
    view: ViewKind | None = None
    pace: Pace | None = None
    runner: str | None = None
    date: str | None = None
    headline: dict[str, float] | None = Field(
        default=None, description="The main measured values by metric key, when done."
    )
    symptoms: dict[str, Any] | None = None
    thumbnail: bool = Field(default=False, description="Whether there is a `thumb.jpg`.")


class Analyses(BaseModel):
    """One page of analyses, newest first; `next` is the cursor of the next page."""

    items: list[Analysis]
    next: str | None = None


class Comparison(State):
    """A comparison: how far it is, what it compares, and its sentence when done."""

    first: str
    second: str
    mode: Mode | None = None
    same_setup: bool = False
    sentence: str | None = None


class Comparisons(BaseModel):
    """One page of comparisons, newest first; `next` is the cursor of the next page."""

    items: list[Comparison]
    next: str | None = None


class AdviceAnswer(BaseModel):
    """Advice from stored measurements."""

    cues: list[CueRecord]
    advice: AdviceRecord


class ShareState(BaseModel):
    """A private link that holds; the address itself is told only when it is made."""

    id: str = Field(examples=[ID_EXAMPLE])
    created: datetime
    expires: datetime


class NewShare(ShareState):
    """A private link that was just made: anybody who has the address can read what it shows."""

    url: str = Field(examples=["https://form.example.org/shared/2vF..."])


class Shares(BaseModel):
    """Private links that hold, newest first."""

    items: list[ShareState]


class NoteState(BaseModel):
    """What a clinician wrote beside an analysis."""

    clinician: str = ""
    text: str = ""


class VisitPage(BaseModel):
    """A visit as the page shows it, and the note that stands beside it."""

    visit: Visit
    note: NoteState


class SessionState(BaseModel):
    """Whether the page is signed in; `needs_token` is false on a service without tokens."""

    signed_in: bool
    needs_token: bool
    name: str | None = None
    max_upload_mb: float
    can_join: bool = Field(
        default=False,
        description="Whether a phone can be signed in by a code (`/v1/session/codes`).",
    )


class JoinCode(BaseModel):
    """A code that signs one other device in, once."""

    url: str = Field(description="What the other device opens.")
    picture: str = Field(description="The address as a QR code: an SVG data address.")
    expires: datetime


class Health(BaseModel):
    """Whether the process answers."""

    status: Literal["alive"] = "alive"


class Readiness(BaseModel):
    """Whether work can be taken: each part, and what is wrong with it (null when nothing is)."""

    ready: bool
    parts: dict[str, str | None]


def accepted(job: Job) -> Accepted:
    """Return the answer to a job that was queued."""
    own = address(job)
    links = Links(self=own, events=f"{own}/events", report=f"{own}/report")
    return Accepted(id=job.id, status=_status(job), links=links)


def address(job: Job) -> str:
    """Return a job's address."""
    folder = {"analysis": "analyses", "comparison": "comparisons"}[job.kind]
    return f"/v1/{folder}/{job.id}"


def analysis(job: Job) -> Analysis:
    """Return what is told of an analysis; of a damaged row, that it is damaged."""
    try:
        own: dict[str, Any] = {"clip_name": job.clip_name or "", **_shown(job)}
        return Analysis(**_state(job), **own)
    except _UNREADABLE:
        return Analysis(**_damaged(job), clip_name="")


def day_of(job: Job) -> str:
    """Return the day of an analysis: when it was filmed, else when it was sent."""
    return str((job.shown or {}).get("date") or made_at(job.id).date().isoformat())


def comparison(job: Job) -> Comparison:
    """Return what is told of a comparison; of a damaged row, that it is damaged."""
    compared: dict[str, Any] = {"first": job.first_id or "", "second": job.second_id or ""}
    try:
        return Comparison(**_state(job), **compared, **_shown(job))
    except _UNREADABLE:
        return Comparison(**_damaged(job), **compared)


def share_state(share: Share) -> ShareState:
    """Return what is told of a link after it was made."""
    return ShareState(
        id=share.id,
        created=datetime.fromtimestamp(share.created, UTC),
        expires=datetime.fromtimestamp(share.expires, UTC),
    )


def note_state(note: Note | None) -> NoteState:
    """Return a note; an empty one where there is none."""
    return NoteState() if note is None else NoteState(clinician=note.clinician, text=note.text)


def told(job: Job) -> Analysis | Comparison:
    """Return what is told of a job."""
    return analysis(job) if job.kind == "analysis" else comparison(job)


def _state(job: Job) -> dict[str, Any]:
    error = None
    if job.error_code is not None:
        error = JobError(code=job.error_code, text=job.error_text or "")
    return {
        "id": job.id,
        "status": _status(job),
        "stage": job.stage if job.status == "running" else None,
        "progress": job.progress,
        "created": datetime.fromtimestamp(job.created, UTC),
        "error": error,
    }


def _shown(job: Job) -> dict[str, Any]:
    if job.shown is None or job.work is None:
        raise ValueError("the row is damaged")
    return job.shown


def _damaged(job: Job) -> dict[str, Any]:
    """Return what can be told of a job whose row is damaged: that it is."""
    error = JobError(code=DAMAGED.code, text=DAMAGED.text)
    return {
        "id": job.id,
        "status": "failed",
        "progress": 0.0,
        "created": made_at(job.id),
        "error": error,
    }


def _status(job: Job) -> Status:
    status: Any = job.status
    return status  # type: ignore[no-any-return]
