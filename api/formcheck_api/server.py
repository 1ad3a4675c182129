"""Start the service: check where it listens, open its parts, answer until told to stop."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType
from typing import Final

import uvicorn
from alembic.util.exc import CommandError
from sqlalchemy.exc import SQLAlchemyError

from formcheck.errors import UsageError
from formcheck.machine import usable_cores
from formcheck_api import logs
from formcheck_api.confine import missing
from formcheck_api.filming.looking import Looker
from formcheck_api.intake.places import Places, Probes
from formcheck_api.jobs.crews import open_crew
from formcheck_api.jobs.outcomes import Order
from formcheck_api.jobs.supervisor import Supervisor
from formcheck_api.metering import Meters
from formcheck_api.parts import Parts
from formcheck_api.settings import EVERYBODY, Settings, load_settings
from formcheck_api.store.database import Database
from formcheck_api.store.folder import make_private, own_folder
from formcheck_api.store.orphans import adopt, ask_and_delete
from formcheck_api.store.storage import Storage
from formcheck_api.store.tables import Job
from formcheck_api.web.app import create_app
from formcheck_api.web.connections import Config
from formcheck_api.web.security import is_loopback

logger = logging.getLogger(__name__)

GRACE_S: Final = 5
SHORT_TOKEN: Final = 16


def serve(
    host: str, port: int, *, take_in: bool = False, clean: Callable[[str], bool] | None = None
) -> None:
    """Run the service until it is told to stop.

    Parameters
    ----------
    host : str
        Address to listen on; any but a loopback one needs tokens.
    port : int
        0 for any free one.
    take_in : bool
        Before that, make rows of stored results that have none.
    clean : callable, optional
        Instead of it, ask this whether to delete stored results that have no row.

    Raises
    ------
    UsageError
        When it cannot be started as asked.
    """
    os.umask(0o077)
    settings = load_settings()
    check_exposure(host, settings)
    logs.configure(settings.log_level)
    if clean is not None:
        with own_folder(settings.data_folder), _open_stores(settings) as stores:
            ask_and_delete(*stores, clean)
        return
    _say_what_is_open(settings)
    with listening(host, port) as listener, open_parts(settings, host) as parts:
        if take_in:
            _take_in(parts)
        config = Config(create_app(parts), settings, GRACE_S)
        _Server(config, parts, _address(host, listener)).run([listener])


def _say_what_is_open(settings: Settings) -> None:
    """Log which walls around the processes that decode video are not there."""
    for wall in missing() if settings.confine else ["files", "network"]:
        logger.warning("workers are not confined as to %s (see docs/security.md)", wall)


def _take_in(parts: Parts) -> None:
    """Make rows of stored results that have none, and say how many."""
    names = list(parts.settings.tokens) or [EVERYBODY]
    adopted = adopt(parts.database, parts.storage, names[0] if len(names) == 1 else None)
    sys.stdout.write(f"{adopted.taken} results without a row taken in\n")
    for reason, job_id in adopted.left.items():
        sys.stdout.write(f"not taken in, such as {job_id}: {reason}\n")


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
    with own_folder(settings.data_folder) as held, _open_stores(settings) as stores:
        database, storage = stores
        make_private(settings.data_folder)
        meters = Meters()
        crew = open_crew(settings, storage, held.work)
        looker = Looker(held.work, confined=settings.confine)
        try:

            def order(job: Job) -> Order:
                return order_of(job, settings)

            supervisor = Supervisor(database, storage, crew, meters, held.instance, order)
            names = len(settings.tokens)
            yield Parts(
                settings,
                host,
                database,
                storage,
                supervisor,
                meters,
                held.uploads,
                Event(),
                Places(settings.max_uploads, names),
                Probes(len(usable_cores()), names),
                looker,
            )
        finally:
            looker.close()
            crew.close()


@contextmanager
def _open_stores(settings: Settings) -> Iterator[tuple[Database, Storage]]:
    """Open database and storage, and close them again."""
    database = _open_database(settings)
    try:
        yield database, _open_storage(settings)
    finally:
        database.close()


def order_of(job: Job, settings: Settings) -> Order:
    """Return what a worker is told of a job."""
    replay = settings.replay_folder
    return Order(
        id=job.id,
        kind=job.kind,
        work=job.work or {},
        storage=settings.storage,
        compared=tuple(one for one in (job.first_id, job.second_id) if one is not None),
        replay=None if replay is None else str(replay.resolve()),
        confined=settings.confine,
    )


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
    except CommandError:
        raise UsageError(
            "The database was made by a newer version of formcheck: install that version, or set "
            "FORMCHECK_DATABASE_URL to another database."
        ) from None
    return database
