"""``/v1/advice``: one advice from stored measurements."""

from __future__ import annotations

from fastapi import APIRouter

from formcheck.cues import Symptoms, advise_reports
from formcheck_api.intake.forms import AdviceBody
from formcheck_api.parts import Service
from formcheck_api.web.lookup import stored_report
from formcheck_api.web.problems import answers
from formcheck_api.web.routers.common import JSON, ONE
from formcheck_api.web.schemas import AdviceAnswer
from formcheck_api.web.security import Owner

router = APIRouter(tags=["advice"])


@router.post(
    "/v1/advice",
    responses=answers(*ONE, *JSON, "no_such_result", "not_ready", "no_runner"),
)
def advise(parts: Service, owner: Owner, body: AdviceBody) -> AdviceAnswer:
    """Give one advice from analyses of one runner, side and rear together."""
    reports = [stored_report(parts, owner, job_id) for job_id in body.analyses]
    told = body.baseline if isinstance(body.baseline, list) else [body.baseline]
    past = [
        stored_report(parts, owner, one) if isinstance(one, str) else one
        for one in told
        if one is not None
    ]
    answers = None if body.symptoms is None else Symptoms(**body.symptoms.model_dump())
    return AdviceAnswer.model_validate(advise_reports(reports, answers, past or None).to_dict())
