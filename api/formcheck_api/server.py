"""Start the service: check where it listens, open its parts, answer until told to stop."""

from __future__ import annotations

import fcntl
import logging
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType
from typing import IO, Final
from uuid import uuid4

import uvicorn
from sqlalchemy.exc import SQLAlchemyError

from formcheck.errors import UsageError
from formcheck_api import logs
from formcheck_api.jobs.crews import open_crew
from formcheck_api.jobs.outcomes import Order
from formcheck_api.jobs.supervisor import Supervisor
from formcheck_api.metering import Meters
from formcheck_api.parts import Parts
from formcheck_api.settings import Settings, load_settings
from formcheck_api.store.database import Database
from formcheck_api.store.storage import Storage
from formcheck_api.store.tables import Job
from formcheck_api.web.app import create_app
from formcheck_api.web.security import is_loopback

logger = logging.getLogger(__name__)

GRACE_S: Final = 5
SHORT_TOKEN: Final = 16
_INSTANCE: Final = "instance"


def serve(host: str, port: int) -> None:
    """Run the service until it is told to stop.

    Parameters
    ----------
    host : str
        Address to listen on; any but a loopback one needs tokens.
    port : int
        0 for any free one.

    Raises
    ------
    UsageError
        When it cannot be started as asked.
    """
    settings = load_settings()
    check_exposure(host, settings)
    logs.configure(settings.log_level)
    with listening(host, port) as listener, open_parts(settings, host) as parts:
        config = uvicorn.Config(
            create_app(parts),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        _Server(config, parts, _address(host, listener)).run([listener])


def check_exposure(host: str, settings: Settings) -> None:
    """Refuse to listen where others can reach the service without tokens.

    Raises
    ------
    UsageError
        Says how to give tokens.
    """
    if not settings.tokens and not is_loopback(host):
        raise UsageError(
            f"{host} can be reached from other machines: set FORMCHECK_TOKENS=name:token to say "
            "who may use the service, or listen on 127.0.0.1."
        )
    for name, token in settings.tokens.items():
        if len(token) < SHORT_TOKEN:
            logger.warning("the token of %s is short and could be guessed", name)


@contextmanager
def open_parts(settings: Settings, host: str) -> Iterator[Parts]:
    """Open what a service consists of, and close it again.

    Raises
    ------
    UsageError
        When the folder, the database, the storage or the cluster cannot be used.
    """
    with _own_folder(settings.data_folder) as instance:
        uploads, scratch = (_emptied(settings.data_folder / name) for name in ("uploads", "work"))
        database = _open_database(settings)
        storage = _open_storage(settings)
        try:
            meters = Meters()
            crew = open_crew(settings, storage, scratch)

            def order(job: Job) -> Order:
                return order_of(job, settings)

            supervisor = Supervisor(database, storage, crew, meters, instance, order)
            parts = Parts(settings, host, database, storage, supervisor, meters, uploads, Event())
            try:
                yield parts
            finally:
                crew.close()
        finally:
            database.close()


def order_of(job: Job, settings: Settings) -> Order:
    """Return what a worker is told of a job."""
    replay = settings.replay_folder
    return {
        "id": job.id,
        "kind": job.kind,
        "work": job.work,
        "compared": [job.first_id, job.second_id],
        "storage": settings.storage,
        "replay": None if replay is None else str(replay.resolve()),
    }


class _Server(uvicorn.Server):
    """Says where it listens when it does, and ends event streams when it is told to stop."""

    def __init__(self, config: uvicorn.Config, parts: Parts, address: str) -> None:
        super().__init__(config)
        self._parts = parts
        self._at = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            sys.stdout.write(f"formcheck listens on {self._at}\n")
            sys.stdout.flush()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; a second interrupt does not wait for requests under way.

        The base class would raise the signal again at the end, which would cut tidying up short.
        """
        del frame
        self._parts.stopping.set()
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Yield a listening socket.

    Raises
    ------
    UsageError
        When the address is not this machine's or the port is taken.
    """
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except (OSError, OverflowError) as error:
        raise UsageError(f"{host} is no address of this machine: {error}.") from None
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(where)
        except OSError as error:
            raise UsageError(
                f"The service cannot listen on {host} port {port} ({error.strerror}): "
                "choose another port with --port."
            ) from None
        yield listener


def _address(host: str, listener: socket.socket) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}"


@contextmanager
def _own_folder(folder: Path) -> Iterator[str]:
    """Hold the data folder for this service alone; yield the name it has kept there.

    Raises
    ------
    UsageError
        When the folder cannot be made or another service holds it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (folder / _INSTANCE).open("a+", encoding="ascii")
    except OSError as error:
        raise UsageError(
            f"The data folder {folder} cannot be used ({error.strerror}): "
            "set FORMCHECK_DATA_FOLDER to another."
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(
                f"Another formcheck service uses {folder}: stop it, or set FORMCHECK_DATA_FOLDER."
            ) from None
        yield _name_in(file)


def _name_in(file: IO[str]) -> str:
    file.seek(0)
    name = file.read().strip()
    if not name:
        name = uuid4().hex
        file.write(name)
        file.flush()
    return name


def _emptied(folder: Path) -> Path:
    """Return the folder without what an earlier service left half done."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def _open_storage(settings: Settings) -> Storage:
    try:
        storage = Storage(settings.storage)
        storage.prepare()
        storage.check()
    except (OSError, ValueError, ImportError) as error:
        raise UsageError(
            f"The storage {settings.storage} cannot be used ({error}): check FORMCHECK_STORAGE_URL."
        ) from None
    return storage


def _open_database(settings: Settings) -> Database:
    """Open the database and bring its tables to this version.

    Raises
    ------
    UsageError
        When that does not work.
    """
    try:
        database = Database(settings.database, settings.database_wait_s)
        database.migrate()
    except (SQLAlchemyError, ImportError) as error:
        first = str(error).splitlines()[0]
        raise UsageError(
            f"The database cannot be used ({first}): check FORMCHECK_DATABASE_URL."
        ) from None
    return database
