"""``/v1/session``: the page signs in once and holds a cookie that scripts cannot read."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from formcheck_api.intake.forms import SessionBody
from formcheck_api.parts import Service
from formcheck_api.web.problems import answers
from formcheck_api.web.routers.common import JSON
from formcheck_api.web.schemas import SessionState
from formcheck_api.web.security import (
    COOKIE,
    find_owner,
    sign_in,
    sign_out,
    token_owner,
)

router = APIRouter(prefix="/v1/session", tags=["session"])
_DAY_S = 86_400


@router.get("", responses=answers("wrong_token", "too_many_guesses", "other_site", "unavailable"))
def get_session(request: Request, parts: Service) -> SessionState:
    """Tell whether the caller is signed in, and whether that is needed."""
    owner = find_owner(request, parts)
    needed = bool(parts.settings.tokens)
    return SessionState(
        signed_in=owner is not None,
        needs_token=needed,
        name=owner if needed else None,
        max_upload_mb=parts.settings.max_upload_mb,
    )


@router.post(
    "",
    status_code=204,
    responses=answers(
        *JSON, "wrong_token", "too_many_guesses", "other_site", "invalid", "unavailable"
    ),
)
def start_session(request: Request, parts: Service, body: SessionBody) -> Response:
    """Sign in with a token; the answer sets the cookie."""
    response = Response(status_code=204)
    if not parts.settings.tokens:
        return response
    owner = token_owner(request, parts, body.token)
    response.set_cookie(
        COOKIE,
        sign_in(parts.database, parts.settings, owner),
        max_age=int(parts.settings.session_days * _DAY_S),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


@router.delete("", status_code=204, responses=answers("other_site", "unavailable"))
def end_session(request: Request, parts: Service) -> Response:
    """Sign out; the cookie is worthless afterwards."""
    value = request.cookies.get(COOKIE)
    if value:
        sign_out(parts.database, value)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response
