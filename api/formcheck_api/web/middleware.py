"""What every request passes: an id, limits on bodies, security headers, a log line, a count."""

from __future__ import annotations

import logging
import math
import re
import time
from collections.abc import Mapping
from secrets import token_hex
from typing import Final

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from formcheck_api import logs
from formcheck_api.web.problems import ProblemError, response_of

logger = logging.getLogger(__name__)

MAX_BODY_BYTES: Final = 64 * 1024
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
            await self._app(scope, body, answer)
        except Exception as error:
            if answer.status:
                raise
            await response_of(error, scope["request_id"])(scope, body, answer)
        finally:
            _note(scope, answer.status, time.monotonic() - began)


class _Body:
    """Receives a body within limits, and can read on when nobody wants the rest.

    Parameters
    ----------
    scope, receive
        The request's. Uploads have limits of their own.
    """

    def __init__(self, scope: Scope, receive: Receive) -> None:
        headers = Headers(scope=scope)
        kind = headers.get("content-type", "").lower()
        upload = scope["method"] == "POST" and kind.startswith("multipart/form-data")
        self._left = math.inf if upload else MAX_BODY_BYTES
        self._receive = receive
        self._asked = headers.get("expect", "").lower() != "100-continue"
        self._ended = not ({"content-length", "transfer-encoding"} & set(headers.keys()))

    async def __call__(self) -> Message:
        message = await self._next()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise ProblemError("too_large", "The body is longer than 64 kB: send less.")
        return message

    async def drain(self) -> None:
        """Read on for a while without keeping anything.

        A client that is still sending would see its connection break instead of the answer.
        """
        with anyio.move_on_after(LINGER_S):
            while self._asked and not self._ended:
                await self._next()

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
    fields = {
        "method": scope["method"],
        "route": route,
        "status": status,
        "seconds": round(seconds, 4),
    }
    logger.info("%s %s %s", scope["method"], route, status, extra={logs.FIELDS: fields})
    parts = getattr(scope["app"].state, "parts", None) if "app" in scope else None
    if parts is not None:
        parts.meters.answered(scope["method"], route, status, seconds)
