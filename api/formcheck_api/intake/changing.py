"""An analysis put right: other words at once, another height or speed by measuring it again.

The clip is not sent again and no network runs again: its track is kept with the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from sqlalchemy.exc import IntegrityError

from formcheck import __version__
from formcheck.cues import Symptoms
from formcheck.outputs import PAGE_NAME, STRIDES_NAME
from formcheck.report.changing import changed_report
from formcheck.report.corrections import read_steps
from formcheck.report.html import render_again
from formcheck.report.schema import REPORT_NAME, CorrectionRecord, Report, load_report
from formcheck.report.stored import FRAMES_NAME, load_frames
from formcheck.report.tables import read_csv
from formcheck.request import Request
from formcheck_api.intake.forms import CHANGED, said
from formcheck_api.intake.submitting import check_queue
from formcheck_api.jobs import life
from formcheck_api.jobs.shown import shown_of
from formcheck_api.parts import Parts
from formcheck_api.store.orphans import record_of
from formcheck_api.store.storage import MEASURED, RECORD, RESULT, TRACK, Storage
from formcheck_api.store.tables import Job
from formcheck_api.web.problems import ProblemError

MEASURED_WITH: Final = ("height", "speed", "incline")
"""What centimetres rest on: a clip is measured again when it changes."""


def change(parts: Parts, job: Job, body: Any) -> Job:  # noqa: ANN401
    """Put an analysis right; return it as it then is.

    Raises
    ------
    ProblemError
        Kind ``not_ready`` for one that is not done, ``no_such_result`` where its track is not kept.
    UsageError
        For a value or a correction that cannot be.
    """
    if job.status != "done" or job.work is None:
        raise ProblemError(
            "not_ready", f"The analysis is {job.status}: only a finished one can be changed."
        )
    work = changed_work(job.work, body)
    again = any(work["request"][name] != job.work["request"][name] for name in MEASURED_WITH)
    if not again:
        report = rewrite(parts.storage, job.id, work)
        return _stored(parts, job.id, {"work": work, "shown": _shown(job, report)})
    if parts.storage.find(f"{job.id}/{RESULT}/{TRACK}") is None:
        raise ProblemError(
            "no_such_result", "The body's points of this clip were not kept: send it again."
        )
    check_queue(parts, job.owner)
    return _stored(parts, job.id, {"work": {**work, "again": True}, **life.WAITING, "losses": 0})


def changed_work(work: Mapping[str, Any], body: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what an analysis is made from after a change; checks every value."""
    given = {name: getattr(body, name) for name in CHANGED if name in body.model_fields_set}
    request = {**work["request"], **given}
    checked = Request(**request)
    checked.options()
    now = {**work, "request": asdict(checked)}
    if "symptoms" in body.model_fields_set:
        told = None if body.symptoms is None else Symptoms(**body.symptoms.model_dump())
        now["symptoms"] = None if told is None else said(told)
    if "corrections" in body.model_fields_set:
        known = {_mark(one): one for one in work.get("corrections", ())}
        asked = [one.model_dump() for one in body.corrections or ()]
        now["corrections"] = [known.get(_mark(one), {**one, "by": body.by}) for one in asked]
    return now


def _mark(correction: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what tells a correction from others, whoever made it."""
    return tuple(correction.get(name) for name in ("kind", "side", "contact_s", "event", "to_s"))


def rewrite(storage: Storage, job_id: str, work: Mapping[str, Any]) -> Report:
    """Write report and page anew from what was measured, with the words and corrections of now."""
    folder = f"{job_id}/{RESULT}"
    with ExitStack() as held:

        def local(name: str) -> Path:
            return held.enter_context(storage.local(f"{folder}/{name}"))

        kept = storage.find(f"{folder}/{MEASURED}") is not None
        measured = load_report(local(MEASURED if kept else REPORT_NAME))
        page = local(PAGE_NAME).read_text(encoding="utf-8")
        report = changed_report(
            measured,
            read_steps(read_csv(local(STRIDES_NAME))),
            load_frames(local(FRAMES_NAME)),
            Request(**work["request"]).options().runner,
            work["symptoms"],
            records(work.get("corrections", ())),
        )
    if not kept:
        storage.write(measured.to_json().encode(), f"{folder}/{MEASURED}")
    storage.write(render_again(report, page).encode(), f"{folder}/{PAGE_NAME}")
    storage.write(report.to_json().encode(), f"{folder}/{REPORT_NAME}")
    return report


def records(corrections: Sequence[Mapping[str, Any]]) -> list[CorrectionRecord]:
    """Return stored corrections as those of a report."""
    return [CorrectionRecord.model_validate(one) for one in corrections]


def _shown(job: Job, report: Report) -> dict[str, Any]:
    return {**(job.shown or {}), **shown_of(report)}


def _stored(parts: Parts, job_id: str, values: Mapping[str, Any]) -> Job:
    """Store a changed job in the database and beside its clip."""
    try:
        with parts.database.write() as session:
            job = session.get(Job, job_id)
            if job is None or job.status != "done":
                raise ProblemError("not_ready", "The analysis has changed meanwhile: try again.")
            for name, value in values.items():
                setattr(job, name, value)
            job.fingerprint = _fingerprint(values["work"])
            session.flush()
            session.refresh(job)
            session.expunge(job)
    except IntegrityError:
        raise ProblemError(
            "invalid", "This very clip with these very words is there already: open that one."
        ) from None
    parts.storage.write(record_of(job), f"{job_id}/{RECORD}")
    parts.supervisor.notify()
    return job


def _fingerprint(work: Mapping[str, Any]) -> str:
    """Return what tells the changed analysis from others."""
    left_out = ("name", "again")
    made_from = {name: value for name, value in work.items() if name not in left_out}
    return life.fingerprint(kind="analysis", version=__version__, **made_from)
