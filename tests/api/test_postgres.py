"""The service on PostgreSQL: faults, several services on one database, migrations."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from formcheck_api.store import database as service_database
from formcheck_api.store.database import Database
from formcheck_api.store.tables import Table
from sqlalchemy import create_engine, make_url, text

from tests.api.parts import postgres, suite_passes
from tests.api.processes import worker_of
from tests.api.service import (
    Service,
    analysed,
    database_url,
    ended,
    own_database,
    send,
    state_when,
)

MIGRATIONS = Path(service_database.__file__).parent / "migrations"
FAULTS = (
    "test_fault_database.py",
    "test_fault_service.py::test_killed_service_takes_its_jobs_up_again",
)

BREAK = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgres() as address:
        yield address


def test_faults_are_told_and_survived(url):
    suite_passes(FAULTS, database_url=url)


def test_migrations_from_the_first_revision(url, tmp_path):
    own = own_database(url, tmp_path)
    engine = create_engine(own)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    database = Database(own, 5)
    database.migrate()
    database.close()
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []
    engine.dispose()


@pytest.fixture
def two(url, clips, tmp_path) -> Iterator[tuple[Service, Service]]:
    """Start two services at the same moment on one new database and one storage."""
    shared = {
        "database_url": own_database(url, tmp_path),
        "storage_url": tmp_path / "storage",
        "replay_folder": clips.tracks,
        "jobs": 1,
    }
    first, second = (Service(tmp_path / name, shared) for name in ("first", "second"))
    with ExitStack() as held:
        for service in (first, second):
            held.callback(service.stop)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(Service.start, (first, second)))
        yield first, second


@pytest.mark.skipif("FORMCHECK_CLUSTER" in os.environ, reason="workers are elsewhere")
def test_two_services_share_the_work(two, clips):
    first, second = two
    with first.client() as client, second.client() as other:
        ids = [send(client, clips.side, incline=i).json()["id"] for i in range(3)]
        both = {worker_of(first), worker_of(second)}
        assert len(both) == 2
        for job_id in ids:
            assert ended(other, f"/v1/analyses/{job_id}")["status"] == "done"
            assert other.get(f"/v1/analyses/{job_id}/clip").status_code == 200
        same = send(other, clips.side, incline=0).json()
        assert (same["id"], same["status"]) == (ids[0], "done")
        assert other.delete(f"/v1/analyses/{ids[0]}").status_code == 204
        assert client.get(f"/v1/analyses/{ids[0]}").status_code == 404


def test_job_of_a_dead_service_is_done_by_the_other(two, clips):
    first, second = two
    with first.client() as client, second.client() as other:
        address = f"/v1/analyses/{send(client, clips.side).json()['id']}"
        state_when(other, address, "running")
        first.kill()
        assert ended(other, address)["status"] == "done"
        analysed(other, clips.other)


def test_connections_that_break_are_made_anew(two, url, clips):
    first, second = two
    engine = create_engine(url)
    with first.client() as client, second.client() as other:
        address = f"/v1/analyses/{send(client, clips.side).json()['id']}"
        state_when(client, address, "running")
        with engine.connect() as connection:
            found = connection.execute(BREAK, {"name": make_url(database_url(first)).database})
            broken = found.all()
        assert len(broken) >= 2
        assert ended(client, address)["status"] == "done"
        assert other.get(address).json()["status"] == "done"
    engine.dispose()
