"""Parameters and answers that the routers share."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Header, Path, Query

from formcheck_api.intake.forms import ID_PATTERN
from formcheck_api.web import schemas
from formcheck_api.web.problems import answers

JobId = Annotated[str, Path(pattern=ID_PATTERN, examples=[schemas.ID_EXAMPLE])]
Limit = Annotated[int, Query(ge=1, le=100, description="Most entries of a page.")]
Cursor = Annotated[str | None, Query(pattern=ID_PATTERN, description="`next` of the page before.")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern="^[!-~]+$",
        description="Any text of your own: the same key and content give the same job again.",
    ),
]
PUBLIC: Final = (
    "signed_out",
    "wrong_token",
    "too_many_guesses",
    "other_site",
    "invalid",
    "unavailable",
)
ONE: Final = (*PUBLIC, "not_found")
JSON: Final = ("bad_request", "too_large")
RESULT_FILE: Final = (*ONE, "no_such_result", "not_ready", "range")


def file_answers(media_type: str) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses of a stored file."""
    content = {"content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}
    return {
        200: {"description": "The file.", **content},
        206: {"description": "The part that was asked for.", **content},
        304: {"description": "It has not changed."},
        **answers(*RESULT_FILE),
    }


def event_answers(model: str) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses of an event stream; `model` is the schema of its data."""
    data = {
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": {"$ref": f"#/components/schemas/{model}"},
    }
    event = {
        "type": "object",
        "required": ["event", "data"],
        "properties": {"event": {"enum": ["progress", "end"]}, "data": data},
    }
    events = {
        "description": "Server-sent events: `progress` with the job at every change, at last "
        "`end`.",
        "content": {"text/event-stream": {"schema": event}},
    }
    return {200: events, **answers(*ONE)}
