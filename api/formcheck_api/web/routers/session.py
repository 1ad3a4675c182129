"""``/v1/session``: the page signs in once and holds a cookie that scripts cannot read."""

from __future__ import annotations

from datetime import UTC, datetime

import segno
from fastapi import APIRouter, Request
from fastapi.responses import Response

from formcheck_api.intake.forms import JoinBody, SessionBody
from formcheck_api.parts import Service
from formcheck_api.store import joining
from formcheck_api.web.problems import ProblemError, answers
from formcheck_api.web.routers.common import JSON, PUBLIC
from formcheck_api.web.schemas import JoinCode, SessionState
from formcheck_api.web.security import (
    COOKIE,
    Owner,
    client_of,
    find_owner,
    is_loopback,
    sign_in,
    sign_out,
    token_owner,
)

router = APIRouter(prefix="/v1/session", tags=["session"])
_DAY_S = 86_400


@router.get("", responses=answers("wrong_token", "too_many_guesses", "other_site", "unavailable"))
def get_session(request: Request, parts: Service) -> SessionState:
    """Return whether the caller is signed in, and whether that is needed."""
    owner = find_owner(request, parts)
    needed = bool(parts.settings.tokens)
    return SessionState(
        signed_in=owner is not None,
        needs_token=needed,
        name=owner if needed else None,
        max_upload_mb=parts.settings.max_upload_mb,
        can_join=needed and not is_loopback(parts.host),
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
    _sign_in(request, parts, response, token_owner(request, parts, body.token))
    return response


def _sign_in(request: Request, parts: Service, response: Response, owner: str) -> None:
    response.set_cookie(
        COOKIE,
        sign_in(parts.database, parts.settings, owner),
        max_age=int(parts.settings.session_days * _DAY_S),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


@router.post("/codes", status_code=201, responses=answers(*PUBLIC, "not_found"))
def make_join_code(request: Request, parts: Service, owner: Owner) -> JoinCode:
    """Make a code that signs a phone in, once, within five minutes; only where others can reach it.

    The code stands behind the # of the address, which browsers do not send.
    """
    if not parts.settings.tokens or is_loopback(parts.host):
        raise ProblemError("not_found", "This service can be reached from this machine only.")
    if is_loopback(request.url.hostname or ""):
        text = "Open this page by the computer's name or address in the network, then try again."
        raise ProblemError("not_found", text)
    with parts.database.write() as session:
        code, expires = joining.make_code(session, owner)
    url = f"{request.base_url}#/join/{code}"
    picture = segno.make(url, error="m").svg_data_uri(scale=6, border=3, light="#fff")
    return JoinCode(url=url, picture=picture, expires=datetime.fromtimestamp(expires, UTC))


@router.post(
    "/join",
    status_code=204,
    responses=answers(
        *JSON, "wrong_token", "too_many_guesses", "other_site", "invalid", "unavailable"
    ),
)
def join(request: Request, parts: Service, body: JoinBody) -> Response:
    """Sign in with a code from another device; it is used up."""
    client = client_of(request)
    parts.guesses.check(client)
    with parts.database.write() as session:
        owner = joining.use_code(session, body.code)
    if owner is None or owner not in parts.settings.tokens:
        parts.guesses.failed(client)
        raise ProblemError("wrong_token", "This code was used or is too old: make another.")
    response = Response(status_code=204)
    _sign_in(request, parts, response, owner)
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
