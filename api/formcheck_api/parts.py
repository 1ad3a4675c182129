"""What a running service consists of, handed to every request."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends, Request

from formcheck.machine import usable_cores
from formcheck_api.jobs.supervisor import Supervisor
from formcheck_api.metering import Meters
from formcheck_api.settings import Settings
from formcheck_api.store.database import Database
from formcheck_api.store.storage import Storage


@dataclass(slots=True)
class Parts:
    """The parts of one service; `host` is the address it listens on, as it was given."""

    settings: Settings
    host: str
    database: Database
    storage: Storage
    supervisor: Supervisor
    meters: Meters
    uploads: Path
    stopping: Event
    uploads_under_way: int = 0
    probes: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(len(usable_cores())))


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


Service = Annotated[Parts, Depends(_parts)]
"""The running service's parts."""
