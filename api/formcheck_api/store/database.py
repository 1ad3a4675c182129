"""The database: SQLite in WAL mode or PostgreSQL, migrated when it is opened."""

from __future__ import annotations

import math
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from formcheck_api.jobs.repository import database_id

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_MIGRATION_LOCK: Final = 0x666F726D  # any number that all services of one database share
_READ_ONLY: Final = "formcheck_read_only"
_SQLITE: Final = b"SQLite format 3\0"
CHECK_EVERY_S: Final = 30.0


class Database:
    """Connections to one database, for threads; a context manager that closes them.

    Parameters
    ----------
    url : str
        SQLAlchemy address.
    wait_s : float
        How long a statement waits for a lock before it fails.
    """

    def __init__(self, url: str, wait_s: float) -> None:
        self._engine = _open(url, wait_s)
        place = self._engine.url.database if self._engine.dialect.name == "sqlite" else None
        self._file = Path(place) if place and place != ":memory:" else None
        self._held = -1
        self._checked_s = -math.inf

    def migrate(self) -> None:
        """Bring the tables to this version; safe when several services start at once.

        Raises
        ------
        SQLAlchemyError
            The database does not answer or is none.
        CommandError
            It was made by a newer version.
        """
        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
            config = Config()
            config.set_main_option("script_location", str(_MIGRATIONS))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        if self._file is not None and self._held < 0:
            # Held until the end: closing any handle of the file would drop SQLite's locks on it.
            self._held = os.open(self._file, os.O_RDONLY | os.O_CLOEXEC)

    def check(self) -> None:
        """Ask the database itself, not what its connections remember of it.

        Raises
        ------
        SQLAlchemyError, sqlite3.Error
            It does not answer, or cannot be written.
        OSError
            Its file is gone, damaged, or another one.
        """
        with self.write() as session:
            name = database_id(session)
            session.execute(text("SELECT 1 FROM jobs LIMIT 1"))
        if self._file is None:
            return
        if not os.path.samestat(self._file.stat(), os.fstat(self._held)):
            raise OSError("the database's file was replaced while the service ran")
        if os.pread(self._held, len(_SQLITE), 0) != _SQLITE:
            raise OSError("the database's file was overwritten while the service ran")
        self._check_pages(name)

    def _check_pages(self, name: str) -> None:
        """Read the whole file with a connection of its own, once in a while."""
        if time.monotonic() - self._checked_s < CHECK_EVERY_S:
            return
        assert self._file is not None
        address = f"{self._file.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as fresh:
            said = fresh.execute("PRAGMA quick_check(1)").fetchone()[0]
            kept = fresh.execute("SELECT value FROM facts WHERE name = 'id'").fetchone()
        if said != "ok" or (kept[0] if kept else "") != name:
            raise OSError("the database's file was damaged while the service ran")
        self._checked_s = time.monotonic()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session that only reads; it never waits for a writer of SQLite."""
        engine = self._engine.execution_options(**{_READ_ONLY: True})
        with Session(engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Yield a session whose changes are kept when the block ends without an error."""
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    def forget_deleted(self) -> None:
        """Empty SQLite's log, in which deleted rows stand until it is written anew.

        Does nothing while others read or write; the next call does it then.
        """
        if self._engine.dialect.name != "sqlite":
            return
        with closing(self._engine.raw_connection()) as connection, suppress(sqlite3.Error):
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")  # on a full disk: later

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()
        if self._held >= 0:
            os.close(self._held)
            self._held = -1


def is_full(error: DBAPIError) -> bool:
    """Return whether a statement failed because there is no room on the disk."""
    return "disk is full" in str(error.orig)


def _open(url: str, wait_s: float) -> Engine:
    if not url.startswith("sqlite"):
        lock_ms = int(1000 * wait_s)
        options = {"options": f"-c lock_timeout={lock_ms}"} if "psycopg" in url else {}
        return create_engine(
            url, pool_pre_ping=True, pool_size=10, max_overflow=40, connect_args=options
        )
    engine = create_engine(
        url,
        pool_size=10,
        max_overflow=40,
        connect_args={"timeout": wait_s, "isolation_level": None},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:  # noqa: ANN401
    del record
    connection.text_factory = _as_text
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _as_text(stored: bytes) -> str:
    """Read damaged text too: one row must not stop all others."""
    return stored.decode("utf-8", "replace")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once: a reader that turns writer would fail instead of waiting."""
    read_only = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
