"""A database that is locked: requests are told to come again, jobs wait, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, text

from tests.api.problems import problem
from tests.api.processes import files_in, until
from tests.api.service import Service, analysed, database_url, ended, running, send

WAIT_S = 0.3


@contextmanager
def locked(service: Service) -> Iterator[None]:
    """Hold the lock that every write needs, as another program would."""
    url = database_url(service)
    sqlite = url.startswith("sqlite")
    engine = create_engine(url, connect_args={"isolation_level": None} if sqlite else {})
    try:
        with engine.connect() as connection:
            lock = "BEGIN IMMEDIATE" if sqlite else "LOCK TABLE jobs IN EXCLUSIVE MODE"
            connection.execute(text(lock))
            yield
            connection.execute(text("ROLLBACK"))
    finally:
        engine.dispose()


@pytest.fixture(scope="module")
def service(clips, tmp_path_factory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("locked") / "data"
    with running(folder, replay_folder=clips.tracks, database_wait_s=WAIT_S) as started:
        yield started


def test_upload_is_told_to_come_again(service, clips):
    with service.client() as client:
        with locked(service):
            answer = send(client, clips.side)
            problem(answer, 503, "unavailable")
            assert int(answer.headers["retry-after"]) >= 1
            assert client.get("/v1/analyses").json()["items"] == []
            assert client.get("/healthz").status_code == 200
            if database_url(service).startswith("sqlite"):  # elsewhere only a table is locked
                problem(client.get("/readyz"), 503, "not_ready_to_work")
            for folder in ("uploads", "storage"):
                assert files_in(service.folder / folder) == []
        assert client.get("/readyz").status_code == 200
        analysed(client, clips.side)


def test_short_lock_is_waited_for(clips, tmp_path):
    patient = running(tmp_path / "data", replay_folder=clips.tracks, database_wait_s=60)
    with patient as service, service.client() as client, ThreadPoolExecutor(1) as pool:
        with locked(service):
            waiting = pool.submit(send, client, clips.side)
            until(lambda: files_in(service.folder / "uploads"), "the clip is there, its row waits")
        assert waiting.result().status_code == 202


def test_delete_is_told_to_come_again(service, clips):
    with service.client() as client:
        job_id = analysed(client, clips.other)
        with locked(service):
            problem(client.delete(f"/v1/analyses/{job_id}"), 503, "unavailable")
            assert client.get(f"/v1/analyses/{job_id}/clip").status_code == 200
        assert client.delete(f"/v1/analyses/{job_id}").status_code == 204


def test_job_that_ends_meanwhile_is_done(service, clips):
    with service.client() as client:
        address = f"/v1/analyses/{send(client, clips.other, incline=1).json()['id']}"
        until(lambda: client.get(address).json()["status"] == "running", "the job runs")
        with locked(service):
            until(lambda: "could not be stored" in service.log.read_text("utf-8"), "it ended")
            assert client.get(address).json()["status"] == "running"
        assert ended(client, address)["status"] == "done"
