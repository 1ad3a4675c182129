"""The database: SQLite in WAL mode or PostgreSQL, migrated when it is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import Session

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_MIGRATION_LOCK: Final = 0x666F726D  # any number that all services of one database share
_READ_ONLY: Final = "formcheck_read_only"


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

    def migrate(self) -> None:
        """Bring the tables to this version; safe when several services start at once."""
        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
            config = Config()
            config.set_main_option("script_location", str(_MIGRATIONS))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

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
        connection = self._engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


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
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once: a reader that turns writer would fail instead of waiting."""
    read_only = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
