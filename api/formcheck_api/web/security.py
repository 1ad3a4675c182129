"""Who is asking: tokens, the page's cookie, and what keeps other sites out."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import time
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from sqlalchemy import delete
from starlette.datastructures import Headers

from formcheck_api.parts import Parts
from formcheck_api.settings import EVERYBODY, Settings
from formcheck_api.store.database import Database
from formcheck_api.store.sharing import secret_hash
from formcheck_api.store.tables import SignIn
from formcheck_api.web.problems import ProblemError

COOKIE: Final = "formcheck_session"

_BEARER: Final = HTTPBearer(auto_error=False, description="A token of FORMCHECK_TOKENS.")
_COOKIE: Final = APIKeyCookie(
    name=COOKIE, auto_error=False, description="Set by POST /v1/session; for the page."
)
_DAY_S: Final = 86_400.0
PAGES: Final = ("/", "/docs")
SHARED: Final = "/shared/"
_OWN_PAGE: Final = ("same-origin", "none")


def is_loopback(host: str) -> bool:
    """Return whether an address or name can only be reached from this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def owner_of(token: str, settings: Settings) -> str | None:
    """Return whose token it is; every comparison takes the same time."""
    given = token.encode("utf-8", "replace")
    found = None
    for name, known in settings.tokens.items():
        if hmac.compare_digest(given, known.encode("utf-8")):
            found = name
    return found


def sign_in(database: Database, settings: Settings, owner: str) -> str:
    """Store a new session of the page; return the cookie's value."""
    value = secrets.token_urlsafe(32)
    expires = time.time() + settings.session_days * _DAY_S
    with database.write() as session:
        session.execute(delete(SignIn).where(SignIn.expires < time.time()))
        session.add(
            SignIn(
                value_hash=secret_hash(value),
                owner=owner,
                expires=expires,
                token_hash=secret_hash(settings.tokens[owner]),
            )
        )
    return value


def sign_out(database: Database, value: str) -> None:
    """Forget a session of the page."""
    with database.write() as session:
        session.execute(delete(SignIn).where(SignIn.value_hash == secret_hash(value)))


def signed_in(database: Database, settings: Settings, value: str) -> str | None:
    """Return whose session it is; None when it ended or its token is no longer valid."""
    with database.read() as session:
        found = session.get(SignIn, secret_hash(value))
    if found is None or found.expires < time.time():
        return None
    token = settings.tokens.get(found.owner)
    return found.owner if token is not None and secret_hash(token) == found.token_hash else None


def check_own_page(headers: Headers) -> None:
    """Refuse what a page of another site makes a browser send.

    Raises
    ------
    ProblemError
        When the browser says that the request does not come from the service's own page.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        own = site in _OWN_PAGE
    else:  # an older browser, or a program, which sends neither
        own = origin is None or urlsplit(origin).netloc == headers.get("host")
    if not own:
        raise ProblemError("other_site")


def check_host(headers: Headers, bound: str) -> None:
    """Refuse other names for this machine than its own (DNS rebinding), when no token is needed.

    Raises
    ------
    ProblemError
        When the Host header names another machine.
    """
    try:
        name = urlsplit(f"//{headers.get('host', '')}").hostname or ""
    except ValueError:
        name = ""
    if not is_loopback(name) and name != bound.lower():
        raise ProblemError(
            "other_site", f"This service answers as {bound} only: open it by that name."
        )


def check_sender(headers: Headers, method: str, path: str, parts: Parts) -> None:
    """Refuse, before anything of a request's body is read, what a page of another site sends.

    Raises
    ------
    ProblemError
        Kind ``other_site``.
    """
    if parts.settings.tokens and "authorization" in headers:
        return  # a program: no browser sends this for another site's page
    if not parts.settings.tokens:
        check_host(headers, parts.host)
    opens = method == "GET" and headers.get("sec-fetch-mode") == "navigate"
    # A link to a page with nothing personal in it, or to one that the link itself opens.
    if not (opens and (path in PAGES or path.startswith(SHARED))):
        check_own_page(headers)


def find_owner(request: Request, parts: Parts) -> str | None:
    """Return who is asking: by bearer token, else by the page's cookie; None for nobody.

    Raises
    ------
    ProblemError
        For a wrong token, and after many of them.
    """
    settings = parts.settings
    if not settings.tokens:
        return EVERYBODY
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme:
        return token_owner(request, parts, token if scheme.lower() == "bearer" else "")
    value = request.cookies.get(COOKIE)
    return signed_in(parts.database, settings, value) if value else None


def client_of(request: Request) -> str:
    """Return the address that guesses are counted by; empty where there is none."""
    return request.client.host if request.client else ""


def token_owner(request: Request, parts: Parts, token: str) -> str:
    """Return whose token it is.

    Raises
    ------
    ProblemError
        Kinds ``wrong_token``, and ``too_many_guesses`` for a client that sent many of them.
    """
    client = client_of(request)
    parts.guesses.check(client)
    owner = owner_of(token.strip(), parts.settings)
    if owner is None:
        parts.guesses.failed(client)
        raise ProblemError("wrong_token", headers={"WWW-Authenticate": "Bearer"})
    return owner


def _owner(
    request: Request,
    bearer: Annotated[object, Security(_BEARER)],
    cookie: Annotated[object, Security(_COOKIE)],
) -> str:
    del bearer, cookie  # they only tell the OpenAPI document how to sign in
    owner = find_owner(request, request.app.state.parts)
    if owner is None:
        raise ProblemError("signed_out", headers={"WWW-Authenticate": "Bearer"})
    return owner


Owner = Annotated[str, Depends(_owner)]
"""Who is asking; a request from nobody is refused."""
