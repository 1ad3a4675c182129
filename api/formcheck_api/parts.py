"""What a running service consists of, handed to every request."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Annotated

from fastapi import Depends, Request

from formcheck_api.filming.looking import Looker
from formcheck_api.intake.places import Places, Probes
from formcheck_api.jobs.supervisor import Supervisor
from formcheck_api.metering import Meters
from formcheck_api.settings import Settings
from formcheck_api.store.database import Database
from formcheck_api.store.storage import Storage
from formcheck_api.web.guesses import Guesses


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
    places: Places
    probes: Probes
    looker: Looker
    guesses: Guesses = field(default_factory=Guesses)
    wrong_links: Guesses = field(default_factory=Guesses)


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


Service = Annotated[Parts, Depends(_parts)]
"""The running service's parts."""
