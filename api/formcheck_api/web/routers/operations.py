"""``/healthz``, ``/readyz``, ``/metrics``: for those who run the service."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from formcheck.errors import ModelError
from formcheck.pose import verify_models
from formcheck_api.jobs import repository
from formcheck_api.parts import Parts, Service
from formcheck_api.web.problems import ProblemError, answers, retry_after
from formcheck_api.web.schemas import Health, Readiness
from formcheck_api.web.security import find_owner

CLOSED: Final = ("signed_out", "wrong_token", "too_many_guesses", "other_site")
router = APIRouter(tags=["operations"])


@router.get("/healthz", responses=answers("other_site"))
def healthz() -> Health:
    """Tell that the process answers."""
    return Health()


@router.get(
    "/readyz", responses=answers("unavailable", "wrong_token", "too_many_guesses", "other_site")
)
def readyz(request: Request, parts: Service) -> Readiness:
    """Return whether work can be taken: database, storage, models and supervisor.

    What is wrong with a part is told to those with a token only: it can name folders.
    """
    found = {name: _wrong(check, parts) for name, check in _CHECKS.items()}
    wrong = [{"field": name, "text": text} for name, text in found.items() if text is not None]
    if wrong:
        if find_owner(request, parts) is None:
            wrong = [{**one, "text": "see the log"} for one in wrong]
        listed = ", ".join(one["field"] for one in wrong)
        raise ProblemError(
            "unavailable",
            f"No work can be taken: {listed}.",
            code="not_ready_to_work",
            headers=retry_after(),
            errors=wrong,
        )
    return Readiness(ready=True, parts=found)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}, **answers(*CLOSED)},
)
def metrics(request: Request, parts: Service) -> Response:
    """Get counters as Prometheus reads them; needs a token where there are any."""
    if not parts.settings.open_metrics and find_owner(request, parts) is None:
        raise ProblemError("signed_out", headers={"WWW-Authenticate": "Bearer"})
    try:
        with parts.database.read() as session:
            states = repository.count_by_state(session)
    except SQLAlchemyError:
        states = {}
    return Response(parts.meters.page(states), media_type=CONTENT_TYPE_LATEST)


def _wrong(check: Callable[[Parts], None], parts: Parts) -> str | None:
    """Return what is wrong with a part, None when nothing is."""
    try:
        check(parts)
    except (SQLAlchemyError, sqlite3.Error, OSError, ModelError) as error:
        return str(error).splitlines()[0]
    return None


def _check_database(parts: Parts) -> None:
    parts.database.check()


def _check_storage(parts: Parts) -> None:
    parts.storage.check()


def _check_models(parts: Parts) -> None:
    del parts
    _verified()


@lru_cache(maxsize=1)
def _verified() -> None:
    """Check the models' hashes once; a failure is not remembered."""
    for state in verify_models():
        if not state.good:
            raise ModelError(state.reason)


def _check_supervisor(parts: Parts) -> None:
    if not parts.supervisor.alive:
        raise OSError("the supervisor has ended; start the service again")


_CHECKS: Mapping[str, Callable[[Parts], None]] = {
    "database": _check_database,
    "storage": _check_storage,
    "models": _check_models,
    "supervisor": _check_supervisor,
}
