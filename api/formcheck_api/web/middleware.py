"""What every request passes: an id, limits on bodies, security headers, a log line, a count."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping
from secrets import token_hex
from typing import Final

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from formcheck_api import logs
from formcheck_api.intake.uploads import FORM_SLACK_BYTES, too_large
from formcheck_api.parts import Parts
from formcheck_api.settings import Settings
from formcheck_api.web.problems import ProblemError, response_of
from formcheck_api.web.security import check_sender

logger = logging.getLogger(__name__)

MAX_BODY_BYTES: Final = 64 * 1024
UPLOADS: Final = ("POST", "/v1/analyses")
FORM_TYPE: Final = "multipart/form-data"
METHODS: Final = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
LINGER_S: Final = 10.0
FIRST_REFUSAL: Final = 400
REQUEST_ID: Final = "X-Request-ID"
_GIVEN_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_POLICY: Final = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "style-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}


class Middleware:
    """Wraps the application; a plain ASGI layer, so that bodies are never gathered.

    Parameters
    ----------
    app : ASGIApp
        What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        name = given if _GIVEN_ID.fullmatch(given) else token_hex(8)
        scope["request_id"] = name
        mark = logs.request_id.set(name)
        try:
            body = _Body(scope, receive)
            await self._answer(scope, body, _Answer(send, name, body))
        finally:
            logs.request_id.reset(mark)

    async def _answer(self, scope: Scope, body: _Body, answer: _Answer) -> None:
        began = time.monotonic()
        try:
            self._check(scope, body)
            await self._app(scope, body, answer)
        except Exception as error:
            if answer.status:
                raise
            await response_of(error, scope["request_id"])(scope, body, answer)
        finally:
            _note(scope, answer.status, time.monotonic() - began)

    def _check(self, scope: Scope, body: _Body) -> None:
        """Refuse what other sites send, and what is too large by its own word."""
        parts = _parts(scope)
        if parts is not None:
            check_sender(Headers(scope=scope), scope["method"], scope["path"], parts)
        body.check_announced()


def _parts(scope: Scope) -> Parts | None:
    found: Parts | None = getattr(scope["app"].state, "parts", None)
    return found


class _Body:
    """Receives a body within limits, whoever sends it, and can read on when nobody wants the rest.

    Parameters
    ----------
    scope, receive
        The request's.
    """

    def __init__(self, scope: Scope, receive: Receive) -> None:
        headers = Headers(scope=scope)
        parts = _parts(scope)
        self._settings = Settings() if parts is None else parts.settings
        kind = headers.get("content-type", "").lower()
        self._upload = (scope["method"], scope["path"]) == UPLOADS and kind.startswith(FORM_TYPE)
        self._left = MAX_BODY_BYTES
        if self._upload:
            self._left = self._settings.max_upload_bytes + FORM_SLACK_BYTES
        self._announced = headers.get("content-length", "0")
        self._receive = receive
        self._asked = headers.get("expect", "").lower() != "100-continue"
        self._ended = not ({"content-length", "transfer-encoding"} & set(headers.keys()))
        self._waited_s, self._came = 0.0, 0

    async def __call__(self) -> Message:
        message = await self._in_time()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise self._too_large()
        return message

    def check_announced(self) -> None:
        """Refuse a body that says it is too large before any of it is read."""
        if self._announced.isdecimal() and int(self._announced[:18]) > self._left:
            raise self._too_large()

    async def drain(self) -> None:
        """Read on for a while without keeping anything.

        A client that is still sending would see its connection break instead of the answer.
        """
        with anyio.move_on_after(LINGER_S):
            while self._asked and not self._ended:
                await self._next()

    async def _in_time(self) -> Message:
        """Receive what comes next; a client that sends nothing, or too slowly, is not waited for.

        Only waiting counts, not the time in which the service itself is busy with what came.
        """
        if self._ended:
            return await self._next()
        began = time.monotonic()
        patience_s = self._settings.upload_patience_s
        with anyio.move_on_after(patience_s):
            message = await self._next()
            self._waited_s += time.monotonic() - began
            self._came += len(message.get("body", b""))
            if self._ended or self._waited_s < patience_s:
                return message
            if self._came >= 1000 * self._settings.min_upload_kb_s * self._waited_s:
                self._waited_s, self._came = 0.0, 0
                return message
        self._asked = False
        raise ProblemError("stalled")

    def _too_large(self) -> ProblemError:
        if self._upload:
            return too_large(self._settings.max_upload_bytes)
        return ProblemError("too_large", "The body is longer than 64 kB: send less.")

    async def _next(self) -> Message:
        self._asked = True
        message = await self._receive()
        gone = message["type"] == "http.disconnect"
        self._ended = self._ended or gone or not message.get("more_body", False)
        return message


class _Answer:
    """Sends an answer on with the headers that every answer has."""

    def __init__(self, send: Send, request_id: str, body: _Body) -> None:
        self.status = 0
        self._send = send
        self._request_id = request_id
        self._body = body

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self.status >= FIRST_REFUSAL:
                await self._body.drain()
            headers = MutableHeaders(scope=message)
            headers[REQUEST_ID] = self._request_id
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await self._send(message)


def _note(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", "other")
    method = scope["method"] if scope["method"] in METHODS else "other"
    fields = {
        "method": method,
        "route": route,
        "status": status,
        "seconds": round(seconds, 4),
    }
    logger.info("%s %s %s", method, route, status, extra={logs.FIELDS: fields})
    parts = _parts(scope)
    if parts is not None:
        parts.meters.answered(method, route, status, seconds)
