"""``/v1/look``: is the runner framed well? For the camera view, before anything is filmed."""

from __future__ import annotations

from typing import Annotated, Literal

from anyio import to_thread
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from formcheck_api.filming.looking import BusyError
from formcheck_api.parts import Service
from formcheck_api.web.problems import ProblemError, answers, retry_after
from formcheck_api.web.routers.common import JSON, PUBLIC
from formcheck_api.web.security import Owner

router = APIRouter(tags=["filming"])
_JPEG = {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}


class Look(BaseModel):
    """What is right with a picture; null where nobody was found to tell it from."""

    person: bool
    whole_body: bool | None
    feet: bool | None
    near_enough: bool | None
    far_enough: bool | None
    square: bool | None
    light_enough: bool
    size: float | None = Field(description="Height of the body over that of the picture.")
    light: float = Field(description="Mean brightness around the body, 0 to 255.")
    hint: str | None = Field(description="The first thing to change; null when all is well.")


@router.post(
    "/v1/look",
    responses=answers(*PUBLIC, *JSON, "busy"),
    openapi_extra={"requestBody": {"required": True, **_JPEG}},
)
async def look(
    request: Request,
    parts: Service,
    owner: Owner,
    place: Annotated[
        Literal["side", "rear"], Query(description="Where the camera is meant to stand.")
    ] = "side",
) -> Look:
    """Look at one JPEG of at most 64 kB; it is looked at and forgotten."""
    del owner
    jpeg = await request.body()
    try:
        found = await to_thread.run_sync(parts.looker.look, jpeg, place)
    except BusyError:
        text = "Another picture is being looked at: send the next one in a second."
        raise ProblemError("busy", text, headers=retry_after(1)) from None
    if found is None:
        raise ProblemError("bad_request", "This is not a picture: send a JPEG.")
    return Look(**found)
