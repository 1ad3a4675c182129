"""Start and stop a service as a process of its own, and speak to it over HTTP.

A test says which settings it wants; ``FORMCHECK_DATABASE_URL`` and ``FORMCHECK_CLUSTER`` of the
environment are passed on, so that the same tests run on PostgreSQL and on a cluster.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx
from sqlalchemy import create_engine, make_url, text

START = "from formcheck_api.server import serve; serve({host!r}, {port}, take_in={take_in})"
LISTENS = "formcheck listens on "
PATIENCE_S = 120.0
ENDED = ("done", "failed", "cancelled")


@dataclass
class Service:
    """A running service.

    `folder` is its data folder; `settings` are given without the prefix, in small letters.
    """

    folder: Path
    settings: Mapping[str, object] = field(default_factory=dict)
    host: str = "127.0.0.1"
    port: int = 0
    url: str = ""
    process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, *, take_in: bool = False) -> None:
        """Start it; return when it listens. Stored results without a row are taken in if asked."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    START.format(host=self.host, port=self.port, take_in=take_in),
                ],
                env=environment(self.folder, self.settings),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        while take_in and "taken in" in line:
            line = self.process.stdout.readline()
        if not line.startswith(LISTENS):
            self.process.wait()
            raise RuntimeError(f"the service did not start:\n{self.log.read_text('utf-8')}")
        self.url = line.removeprefix(LISTENS).strip()
        self.port = int(self.url.rpartition(":")[2])

    def stop(self) -> int:
        """Ask it to stop; return its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it without a chance to tidy up."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Start it again on the same folder and port."""
        self.stop()
        self.start()

    @property
    def log(self) -> Path:
        """What it wrote to standard error."""
        return self.folder.with_name(f"{self.folder.name}.log")

    @property
    def pid(self) -> int:
        """Number of the service's process."""
        assert self.process is not None
        return self.process.pid

    def client(
        self, token: str | None = None, headers: Mapping[str, str] | None = None, **more: Any
    ) -> httpx.Client:
        """Return a client of it."""
        own = {"Authorization": f"Bearer {token}"} if token else {}
        every = {**own, **(headers or {})}
        return httpx.Client(base_url=self.url, headers=every, timeout=PATIENCE_S, **more)

    def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE_S)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        return code


def environment(folder: Path, settings: Mapping[str, object]) -> dict[str, str]:
    """Return the environment of a service with these settings."""
    passed = ("FORMCHECK_DATABASE_URL", "FORMCHECK_CLUSTER")
    kept = {k: v for k, v in os.environ.items() if not k.startswith("FORMCHECK_") or k in passed}
    own = {f"FORMCHECK_{name.upper()}": str(value) for name, value in settings.items()}
    if "FORMCHECK_DATABASE_URL" in kept:
        kept["FORMCHECK_DATABASE_URL"] = own_database(kept["FORMCHECK_DATABASE_URL"], folder)
    return {**kept, "FORMCHECK_DATA_FOLDER": str(folder), **own}


def database_url(service: Service) -> str:
    """Return the address of a service's database."""
    own = f"sqlite:///{service.folder / 'formcheck.sqlite'}"
    return environment(service.folder, service.settings).get("FORMCHECK_DATABASE_URL", own)


def own_database(url: str, folder: Path) -> str:
    """Return the address of a folder's own database on a server, made when it is not there yet."""
    name = f"formcheck_{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        known = text("SELECT 1 FROM pg_database WHERE datname = :name")
        if connection.execute(known, {"name": name}).first() is None:
            connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def running(folder: Path, **settings: object) -> Iterator[Service]:
    """Run a service in a folder with these settings."""
    with Service(folder, settings) as service:
        yield service


def send(
    client: httpx.Client, clip: Path, *, headers: Mapping[str, str] | None = None, **fields: Any
) -> httpx.Response:
    """Upload a clip with form fields; ``from_`` stands for ``from``."""
    data = {name.rstrip("_"): str(value) for name, value in fields.items()}
    with clip.open("rb") as file:
        return client.post(
            "/v1/analyses",
            files={"clip": (clip.name, file, "video/mp4")},
            data=data,
            headers=dict(headers or {}),
        )


def analysed(client: httpx.Client, clip: Path, **fields: Any) -> str:
    """Upload a clip, wait until it is done, and return the analysis's id."""
    answer = send(client, clip, **fields)
    assert answer.status_code == 202, answer.text
    job_id: str = answer.json()["id"]
    state = ended(client, f"/v1/analyses/{job_id}")
    assert state["status"] == "done", state
    return job_id


def ended(client: httpx.Client, address: str) -> dict[str, Any]:
    """Wait until a job has ended; return its state."""
    return state_when(client, address, *ENDED)


def state_when(client: httpx.Client, address: str, *statuses: str) -> dict[str, Any]:
    """Wait until a job has one of these states; return it."""
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        state: dict[str, Any] = client.get(address).raise_for_status().json()
        if state["status"] in statuses:
            return state
        time.sleep(0.1)
    raise TimeoutError(f"{address} did not become {' or '.join(statuses)}: {state}")
