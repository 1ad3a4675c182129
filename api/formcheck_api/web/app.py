"""The application: its addresses, what every request passes, and what runs while it does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI

from formcheck import __version__
from formcheck_api.parts import Parts
from formcheck_api.store.retention import Sweeper
from formcheck_api.web import problems
from formcheck_api.web.middleware import Middleware
from formcheck_api.web.openapi import describe
from formcheck_api.web.routers import (
    advice,
    analyses,
    comparisons,
    docs,
    filming,
    operations,
    page,
    records,
    runners,
    session,
    shared,
    shares,
    views,
    visits,
)

_RESOURCES = (
    *(analyses, shares, records, visits, runners, comparisons, views, advice),
    *(filming, session, operations, docs, shared, page),
)


def create_app(parts: Parts | None = None) -> FastAPI:
    """Return the application over the parts of a service; without parts, only to describe it."""
    app = FastAPI(
        title="formcheck",
        version=__version__,
        summary="Measured running form, an annotated clip and one or two cues.",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.parts = parts
    app.add_middleware(Middleware)
    problems.add_handlers(app)
    for resource in _RESOURCES:
        app.include_router(resource.router)
    describe(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Run the supervisor and the sweeper while requests are answered."""
    parts: Parts = app.state.parts
    sweeper = Sweeper(parts.database, parts.storage, parts.settings.retention_days)
    parts.supervisor.start()
    sweeper.start()
    try:
        yield
    finally:
        parts.stopping.set()
        await to_thread.run_sync(sweeper.stop)
        await to_thread.run_sync(parts.supervisor.stop)
