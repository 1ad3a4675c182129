"""Every error of the service as an RFC 9457 problem document, made in one place.

::

    ProblemError            anything the service refuses: status, code, sentence
    FormcheckError          the library's own tree, by its kinds
    validation, routing     what the framework refuses
    OSError, database       the disk is full; the database is locked or away
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from formcheck.errors import ClipError, FormcheckError, ModelError, NoRunnerError, UsageError
from formcheck_api.intake.forms import ID_PATTERN
from formcheck_api.jobs.outcomes import as_fields
from formcheck_api.store.database import is_full

logger = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
_NO_ID: Final = "the link is damaged or incomplete: open it from History or copy it again"
RETRY_AFTER_S: Final = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: status, a title that never changes, an example of its sentence."""

    status: int
    title: str
    example: str


KINDS: Final[Mapping[str, Kind]] = {
    "bad_request": Kind(
        400, "Request not understood", "The body is not a multipart form: send one with a clip."
    ),
    "signed_out": Kind(
        401, "A token is needed", "Send Authorization: Bearer TOKEN, or sign in on the page."
    ),
    "wrong_token": Kind(401, "The token is not known", "This token is not known: check it."),
    "other_site": Kind(
        403,
        "Requests from other sites are refused",
        "This request comes from another site: open the service's own page.",
    ),
    "not_found": Kind(404, "There is nothing here", "There is no such analysis: check the id."),
    "no_such_result": Kind(
        404, "The job made no such file", "The analysis was asked to write no annotated clip."
    ),
    "method_not_allowed": Kind(
        405, "Method not allowed", "GET is not possible here: see Allow for what is."
    ),
    "stalled": Kind(408, "Upload timed out", "Nothing came for a minute: send the clip again."),
    "not_ready": Kind(
        409, "The result is not there yet", "The analysis is running: ask again when it is done."
    ),
    "too_large": Kind(
        413, "Too much was sent", "The clip is larger than 500 MB: cut it to ten seconds."
    ),
    "not_a_video": Kind(
        415, "Not a video", "clip is not a video that can be read; give an MP4 or MOV clip."
    ),
    "range": Kind(
        416, "Range not satisfiable", "The file has 4478808 bytes: ask for a range within them."
    ),
    "invalid": Kind(422, "Invalid value", "height: 9 is not a plausible body height: give metres."),
    "unreadable_clip": Kind(
        422, "The clip cannot be read", "clip was cut off or damaged; copy the clip again."
    ),
    "no_runner": Kind(
        422,
        "Nobody could be measured",
        "No runner could be measured in this report; film the run again.",
    ),
    "over_limits": Kind(
        422, "The clip is over the limits", "The clip lasts 900 s, more than the 300 s allowed."
    ),
    "key_reused": Kind(
        422,
        "The idempotency key was used before",
        "This Idempotency-Key came with another clip or other options: choose a new one.",
    ),
    "busy": Kind(429, "The service is busy", "100 jobs are waiting: try again in a minute."),
    "too_many_guesses": Kind(
        429, "Too many wrong tokens", "Too many wrong tokens came from there: wait a while."
    ),
    "internal": Kind(
        500, "Something went wrong here", "This was not foreseen; the log has it under the id."
    ),
    "unavailable": Kind(
        503, "Temporarily unavailable", "The database is busy: try again in a few seconds."
    ),
    "storage_full": Kind(
        507, "The disk is full", "There is no room left to store the clip: nothing was kept."
    ),
}
_BY_STATUS: Final = {
    400: "bad_request",
    401: "signed_out",
    403: "other_site",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    422: "invalid",
}
_BY_ERROR: Final[tuple[tuple[type[FormcheckError], str], ...]] = (
    (ClipError, "unreadable_clip"),
    (NoRunnerError, "no_runner"),
    (ModelError, "unavailable"),
    (UsageError, "invalid"),
    (FormcheckError, "internal"),
)
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Problem(BaseModel):
    """A problem document (RFC 9457); `code` is stable and `detail` a sentence for a person."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Where this kind of problem is described.")
    title: str = Field(description="The kind of problem in words; always the same for a code.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What is wrong this time and what to do.")
    code: str = Field(description="Stable name of the problem, for programs.")
    request_id: str | None = Field(default=None, description="Names this request in the log.")
    errors: list[dict[str, str]] | None = Field(
        default=None, description="For values that cannot be: which `field`, and `text`."
    )


class ProblemError(HTTPException):
    """Raised anywhere in the service to answer with a problem.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    detail : str, optional
        The sentence; the kind's example when left out.
    code : str, optional
        A finer code than the kind's name.
    headers : mapping, optional
        To be sent along, e.g. ``Retry-After``.
    errors : list of dict, optional
        Fields and what is wrong with each.
    """

    def __init__(
        self,
        kind: str,
        detail: str | None = None,
        *,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
        errors: list[dict[str, str]] | None = None,
    ) -> None:
        found = KINDS[kind]
        super().__init__(found.status, detail or found.example, dict(headers or {}))
        self.kind = kind
        self.code = code or kind
        self.errors = errors


def retry_after(seconds: float = RETRY_AFTER_S) -> dict[str, str]:
    """Return the header that says when to try again."""
    return {"Retry-After": str(max(1, round(seconds)))}


def problem_of(error: Exception) -> ProblemError:
    """Return the problem that an error is, ``internal`` for one that was not foreseen."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, FormcheckError):
        return _of_library(error)
    if isinstance(error, RequestValidationError):
        return _of_validation(error)
    if isinstance(error, HTTPException):
        return _of_http(error)
    return _of_machine(error) or ProblemError("internal")


def response_of(error: Exception, request_id: str | None = None) -> JSONResponse:
    """Return the answer to a request that failed."""
    problem = problem_of(error)
    if problem.kind == "internal":
        logger.error("a request failed in a way that was not foreseen", exc_info=error)
    kind = KINDS[problem.kind]
    body = Problem(
        type=f"/docs#problem-{problem.kind}",
        title=kind.title,
        status=problem.status_code,
        detail=problem.detail,
        code=problem.code,
        request_id=request_id,
        errors=problem.errors,
    )
    return JSONResponse(
        body.model_dump(exclude_none=True),
        problem.status_code,
        headers=dict(problem.headers or {}),
        media_type=MEDIA_TYPE,
    )


def add_handlers(app: FastAPI) -> None:
    """Let the application answer every foreseen error with a problem document."""

    async def handle(request: Request, error: Exception) -> JSONResponse:
        return response_of(error, request.scope.get("request_id"))

    foreseen = (HTTPException, RequestValidationError, FormcheckError, OSError, DBAPIError)
    for kind in (*foreseen, PoolTimeout):
        app.add_exception_handler(kind, handle)


def answers(*kinds: str) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses of these kinds of problems, each with its example."""
    statuses: dict[int | str, dict[str, Any]] = {}
    for name in kinds:
        kind = KINDS[name]
        entry = statuses.setdefault(
            kind.status,
            {
                "description": kind.title,
                "content": {
                    MEDIA_TYPE: {
                        "schema": {"$ref": "#/components/schemas/Problem"},
                        "examples": {},
                    }
                },
            },
        )
        entry["content"][MEDIA_TYPE]["examples"][name] = {
            "summary": kind.title,
            "value": {
                "type": f"/docs#problem-{name}",
                "title": kind.title,
                "status": kind.status,
                "detail": kind.example,
                "code": name,
            },
        }
    return statuses


def _of_library(error: FormcheckError) -> ProblemError:
    kind = next(name for group, name in _BY_ERROR if isinstance(error, group))
    if error.code in KINDS:
        kind = error.code
    headers = retry_after(60) if kind == "unavailable" else None
    code = error.code if error.code != type(error).code else kind
    return ProblemError(kind, as_fields(str(error)), code=code, headers=headers)


def _of_validation(error: RequestValidationError) -> ProblemError:
    found = [
        {"field": ".".join(str(part) for part in one["loc"][1:]), "text": _in_words(one)}
        for one in error.errors()
    ]
    first = found[0]
    where = f"{first['field']}: " if first["field"] else ""
    return ProblemError("invalid", f"{where}{first['text']}.", errors=found)


def _in_words(error: Mapping[str, Any]) -> str:
    """Return what is wrong with a value; a pattern it should match says nothing to a person."""
    if error.get("type") == "string_pattern_mismatch":
        is_id = (error.get("ctx") or {}).get("pattern") == ID_PATTERN
        return _NO_ID if is_id else "has a form that is not possible here: see /docs"
    return str(error["msg"])


def _of_http(error: HTTPException) -> ProblemError:
    kind = _BY_STATUS.get(error.status_code, "internal")
    detail = {
        "bad_request": "The body cannot be read: send UTF-8 text as /docs describes.",
        "not_found": "There is nothing at this address: see /docs for what there is.",
        "method_not_allowed": "This method is not possible here: see /docs for what is.",
    }.get(kind, str(error.detail))
    return ProblemError(kind, detail, headers=error.headers)


def _of_machine(error: Exception) -> ProblemError | None:
    """Return the problem of a full disk, or of a database that is busy or away."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return ProblemError("storage_full")
    if isinstance(error, DBAPIError) and is_full(error):
        return ProblemError("storage_full")
    if isinstance(error, OperationalError | PoolTimeout):
        logger.warning("the database did not answer: %s", error)
        return ProblemError("unavailable", headers=retry_after())
    return None
