"""``/v1/analyses/{id}/shares``: private links that expire and can be withdrawn."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from formcheck.comparison.visit import check_together
from formcheck_api.intake.forms import ShareBody
from formcheck_api.parts import Service
from formcheck_api.store import sharing
from formcheck_api.web.lookup import own_job, read_report
from formcheck_api.web.problems import ProblemError, answers
from formcheck_api.web.routers.common import JSON, ONE, JobId
from formcheck_api.web.schemas import NewShare, Shares, share_state
from formcheck_api.web.security import SHARED, Owner

router = APIRouter(tags=["shares"])
_DAY_S = 86_400.0


@router.post(
    "/v1/analyses/{job_id}/shares",
    status_code=201,
    responses=answers(*ONE, *JSON, "no_such_result", "not_ready"),
)
def make_share(
    request: Request, parts: Service, owner: Owner, job_id: JobId, body: ShareBody
) -> NewShare:
    """Make a private link to an analysis, or to a visit of several.

    Whoever has the address can read it without a token until it expires or is withdrawn; it is told
    only once.
    """
    ids = [job_id, *body.also]
    check_together([read_report(parts, owner, one).runner for one in ids])
    with parts.database.write() as session:
        made, secret = sharing.share(session, owner, ids, body.days * _DAY_S)
    url = str(request.base_url).rstrip("/") + SHARED + secret
    return NewShare(**share_state(made).model_dump(), url=url)


@router.get("/v1/analyses/{job_id}/shares", responses=answers(*ONE))
def list_shares(parts: Service, owner: Owner, job_id: JobId) -> Shares:
    """List the links that show an analysis and still hold."""
    own_job(parts, owner, "analysis", job_id)
    with parts.database.read() as session:
        found = sharing.shares_of(session, owner, job_id)
    return Shares(items=[share_state(share) for share in found])


@router.delete("/v1/shares/{job_id}", status_code=204, responses=answers(*ONE))
def withdraw_share(parts: Service, owner: Owner, job_id: JobId) -> Response:
    """Withdraw a link by its id: from now on it answers 404."""
    with parts.database.write() as session:
        if not sharing.withdraw(session, owner, job_id):
            raise ProblemError("not_found", "There is no such link: it may have been withdrawn.")
    return Response(status_code=204)
