"""``/docs``: the OpenAPI document to read, and every kind of problem; nothing is fetched."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import jinja2
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from formcheck_api.web.problems import KINDS

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """Show what the service offers."""
    document: dict[str, Any] = request.app.openapi()
    return HTMLResponse(_template().render(document=document, problems=KINDS))


@router.get("/docs.css")
def style() -> Response:
    """Get the style of the description."""
    text = files("formcheck_api.web").joinpath("templates", "docs.css").read_text("utf-8")
    return Response(text, media_type="text/css")


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("formcheck_api.web"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("docs.html.j2")
