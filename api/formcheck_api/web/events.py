"""Progress as server-sent events, read from the database: any service can tell of any job."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import anyio
from anyio import to_thread
from sse_starlette import EventSourceResponse, ServerSentEvent

from formcheck_api.jobs import repository
from formcheck_api.parts import Parts
from formcheck_api.store.tables import Job
from formcheck_api.web import schemas

LOOK_EVERY_S: Final = 0.4
PING_S: Final = 15


def progress_of(parts: Parts, job: Job) -> EventSourceResponse:
    """Answer with the job's state at every change, and with ``end`` when it has ended."""
    return EventSourceResponse(_events(parts, job), ping=PING_S)


async def _events(parts: Parts, job: Job) -> AsyncIterator[ServerSentEvent]:
    state: schemas.State = schemas.told(job)
    yield _event("progress", state)
    while state.status in repository.UNDER_WAY and not parts.stopping.is_set():
        await anyio.sleep(LOOK_EVERY_S)
        new = await to_thread.run_sync(_look, parts, job.id)
        latest = schemas.told(new) if new else state.model_copy(update={"status": "cancelled"})
        if latest != state:
            state = latest
            yield _event("progress", state)
    if state.status not in repository.UNDER_WAY:
        yield _event("end", state)


def _look(parts: Parts, job_id: str) -> Job | None:
    with parts.database.read() as session:
        return session.get(Job, job_id)


def _event(name: str, state: schemas.State) -> ServerSentEvent:
    return ServerSentEvent(state.model_dump_json(), event=name)
