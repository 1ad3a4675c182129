"""``/v1/visits``: clips of one runner and day as one sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query

from formcheck.comparison.visit import MOST, Filmed, visit_of
from formcheck_api.intake.forms import Id
from formcheck_api.parts import Parts, Service
from formcheck_api.store import sharing
from formcheck_api.web.lookup import read_report
from formcheck_api.web.problems import answers
from formcheck_api.web.routers.common import ONE
from formcheck_api.web.schemas import VisitPage, note_state
from formcheck_api.web.security import Owner

router = APIRouter(prefix="/v1/visits", tags=["visits"])
Clips = Annotated[
    list[Id], Query(min_length=1, max_length=MOST, description="Ids of its analyses, repeated.")
]


@router.get("/page", responses=answers(*ONE, "no_such_result", "not_ready", "no_runner"))
def get_visit(parts: Service, owner: Owner, analysis: Clips) -> VisitPage:
    """Get clips of one runner and day as one sheet with one advice.

    Clips of two people or days are refused (codes `mixed_runners`, `mixed_days`).
    """
    return visit_page(parts, owner, analysis)


def visit_page(parts: Parts, owner: str, ids: Sequence[str]) -> VisitPage:
    """Return the sheet of an owner's analyses with the note beside it."""
    once = list(dict.fromkeys(ids))
    visit = visit_of([Filmed(one, read_report(parts, owner, one)) for one in once])
    with parts.database.read() as session:
        note = note_state(sharing.note_of(session, [clip.id for clip in visit.clips]))
    return VisitPage(visit=visit, note=note)
