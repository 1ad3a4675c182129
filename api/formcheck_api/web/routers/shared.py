"""``/shared/...``: what a private link opens, to anybody who has it. Read only.

A link that was withdrawn, has expired or never was answers 404, and those that try many wait as
those do who try tokens.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from formcheck.outputs import CLIP_NAME
from formcheck_api.parts import Service
from formcheck_api.store import sharing
from formcheck_api.store.tables import Share
from formcheck_api.web.files import stored_file
from formcheck_api.web.lookup import result_key
from formcheck_api.web.problems import ProblemError
from formcheck_api.web.routers.page import FOLDER
from formcheck_api.web.routers.visits import visit_page
from formcheck_api.web.schemas import VisitPage
from formcheck_api.web.security import client_of

HEADERS: Final = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}
router = APIRouter(prefix="/shared", include_in_schema=False)


@router.get("/{secret}")
def show(request: Request, parts: Service, secret: str) -> Response:
    """Show the page of a link, or one that says that it does not hold any more."""
    name, status = "shared.html", 200
    try:
        _opened(request, parts, secret)
    except ProblemError as error:
        if error.status_code != 404:
            raise
        name, status = "gone.html", 404
    page = (FOLDER / name).read_bytes()
    return Response(page, status, HEADERS, "text/html; charset=utf-8")


@router.get("/{secret}/visit")
def get_visit(request: Request, parts: Service, secret: str) -> VisitPage:
    """Get the sheet of a link."""
    share, ids = _opened(request, parts, secret)
    return visit_page(parts, share.owner, ids)


@router.get("/{secret}/clips/{job_id}")
def get_clip(request: Request, parts: Service, secret: str, job_id: str) -> Response:
    """Get an annotated clip of a link."""
    share, ids = _opened(request, parts, secret)
    if job_id not in ids:
        raise ProblemError("not_found", "This link shows no such clip.")
    return stored_file(
        request, parts.storage, result_key(parts, share.owner, "analysis", job_id, CLIP_NAME)
    )


def _opened(request: Request, parts: Service, secret: str) -> tuple[Share, list[str]]:
    """Return the link that a secret opens and the ids of its analyses.

    Raises
    ------
    ProblemError
        Kinds ``not_found``, and ``too_many_guesses`` for a client that tried many.
    """
    client = client_of(request)
    parts.wrong_links.check(client)
    with parts.database.read() as session:
        found = sharing.opened(session, secret)
    if found is None:
        parts.wrong_links.failed(client)
        raise ProblemError(
            "not_found", "This link has expired or was withdrawn: ask for a new one."
        )
    share, jobs = found
    return share, [job.id for job in jobs]
