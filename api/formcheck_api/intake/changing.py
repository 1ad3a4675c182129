"""An analysis put right: other words at once, another height or speed by measuring it again.

The clip is not sent again and no network runs again: its track is kept with the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy.exc import IntegrityError

from formcheck import __version__
from formcheck.cues import Symptoms
from formcheck.report.schema import Report
from formcheck.request import Request
from formcheck_api.intake.forms import CHANGED, said
from formcheck_api.intake.submitting import check_queue
from formcheck_api.jobs import repository
from formcheck_api.jobs.rewriting import rewrite
from formcheck_api.jobs.shown import shown_of
from formcheck_api.parts import Parts
from formcheck_api.store.orphans import record_of
from formcheck_api.store.storage import RECORD, RESULT, TRACK
from formcheck_api.store.tables import Job
from formcheck_api.web.problems import ProblemError

MEASURED_WITH: Final = ("height", "speed", "incline")
"""What centimetres rest on: a clip is measured again when it changes."""
_TOLD: Final = ("kind", "side", "contact_s", "event", "to_s", "joint", "at_s", "to_px")
_THERE: Final = "This very clip with these very words is there already: open that one."


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
        _check_alone(parts, job, work)
        asked = "corrections" in body.model_fields_set
        report = rewrite(parts.storage, job.id, work, every_correction=asked)
        return _stored(parts, job.id, {"work": work, "shown": _shown(job, report)})
    if parts.storage.find(f"{job.id}/{RESULT}/{TRACK}") is None:
        raise ProblemError(
            "no_such_result", "The body's points of this clip were not kept: send it again."
        )
    check_queue(parts, job.owner)
    return _stored(
        parts, job.id, {"work": {**work, "again": True}, **repository.WAITING, "losses": 0}
    )


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
    told = (correction.get(name) for name in _TOLD)
    return tuple(tuple(one) if isinstance(one, list) else one for one in told)


def _shown(job: Job, report: Report) -> dict[str, Any]:
    return {**(job.shown or {}), **shown_of(report)}


def _check_alone(parts: Parts, job: Job, work: Mapping[str, Any]) -> None:
    """Refuse, before anything is written, what would be the same as another analysis."""
    with parts.database.read() as session:
        same = repository.find_equal(session, job.owner, _fingerprint(work))
    if same is not None and same.id != job.id:
        raise ProblemError("invalid", _THERE)


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
        raise ProblemError("invalid", _THERE) from None
    parts.storage.write(record_of(job), f"{job_id}/{RECORD}")
    parts.supervisor.notify()
    return job


def _fingerprint(work: Mapping[str, Any]) -> str:
    """Return what tells the changed analysis from others."""
    left_out = ("name", "again") if work.get("corrections") else ("name", "again", "corrections")
    made_from = {name: value for name, value in work.items() if name not in left_out}
    return repository.fingerprint(kind="analysis", version=__version__, **made_from)
