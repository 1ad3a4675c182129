"""``/v1/runners``: one person over weeks, from everything that was measured of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel

from formcheck.progress.build import Run, progress_from
from formcheck.progress.page import Section, section_of, strength_text
from formcheck.report.schema import Report
from formcheck_api.intake.forms import Text
from formcheck_api.jobs import repository
from formcheck_api.parts import Service
from formcheck_api.store import sharing
from formcheck_api.store.tables import Job
from formcheck_api.web import schemas
from formcheck_api.web.lookup import read_report
from formcheck_api.web.problems import ProblemError, answers
from formcheck_api.web.routers.common import PUBLIC
from formcheck_api.web.schemas import Analysis
from formcheck_api.web.security import Owner

MOST: Final = 100
router = APIRouter(prefix="/v1/runners", tags=["runners"])


class Tried(BaseModel):
    """A cue that was given on a day, or what became of it."""

    date: str
    analysis: str
    cue: str
    text: str
    verdict: str | None = None


class Written(BaseModel):
    """A note that stands beside one of the clips."""

    date: str
    analysis: str
    clinician: str
    text: str


class RunnerPage(BaseModel):
    """A person's clips, trends with their noise, cues tried, targets, strength tests and notes."""

    runner: str
    clips: list[Analysis]
    sections: list[Section]
    strength: list[str]
    targets: list[str]
    remeasure: list[str]
    tried: list[Tried]
    notes: list[Written]
    remarks: list[str]


@router.get("/page", responses=answers(*PUBLIC, "not_found"))
def get_runner(
    parts: Service,
    owner: Owner,
    runner: Annotated[Text, Query(min_length=1, description="Whose page, as it was typed.")],
) -> RunnerPage:
    """Get one person's clips, newest first, and how the numbers went over the weeks."""
    with parts.database.read() as session:
        jobs = repository.of_runner(session, owner, runner, MOST)
        ids = [job.id for job in jobs]
        written = sharing.notes_of(session, ids)
    if not jobs:
        raise ProblemError("not_found", "There is no clip of this runner: check the name.")
    reports = dict(_reports(parts, owner, jobs))
    runs = [Run(job_id, report) for job_id, report in reports.items() if report.view is not None]
    progress = progress_from(runs) if runs else None
    groups = progress.groups if progress is not None else ()
    targets = progress.targets if progress is not None else ()
    days = {job.id: schemas.day_of(job) for job in jobs}
    return RunnerPage(
        runner=runner,
        clips=[schemas.analysis(job) for job in jobs],
        sections=[section_of(group, targets) for group in groups],
        strength=[text for group in groups for text in strength_text(group)],
        targets=[target.text for target in targets],
        remeasure=list(progress.remeasure) if progress is not None else [],
        tried=sorted(_tried(reports, days), key=lambda one: one.date),
        notes=[
            Written(date=days[n.job_id], analysis=n.job_id, clinician=n.clinician, text=n.text)
            for n in written
        ],
        remarks=list(progress.notes) if progress is not None else [],
    )


def _reports(parts: Service, owner: str, jobs: Sequence[Job]) -> Iterator[tuple[str, Report]]:
    """Yield the stored reports of analyses that are done, oldest first."""
    for job in reversed(jobs):
        if job.status != "done":
            continue
        try:
            yield job.id, read_report(parts, owner, job.id)
        except ProblemError:  # damaged or deleted at this moment: the others still count
            continue


def _tried(reports: dict[str, Report], days: dict[str, str]) -> Iterator[Tried]:
    for job_id, report in reports.items():
        titles = {cue.id: cue.title for cue in report.cues}
        for cue in report.cues:
            yield Tried(date=days[job_id], analysis=job_id, cue=cue.id, text=cue.title)
        for one in report.advice.response:
            yield Tried(
                date=days[job_id],
                analysis=job_id,
                cue=titles.get(one.cue, one.cue),
                text=one.text,
                verdict=one.verdict,
            )
