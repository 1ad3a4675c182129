"""A service that is killed: nothing it started lives on, and what it had begun is finished."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import pytest
from formcheck_api.store.database import Database
from formcheck_api.store.tables import Job
from sqlalchemy import update

from tests.api.processes import (
    ended_process,
    files_in,
    held_worker,
    worker_of,
    writing_worker,
)
from tests.api.service import database_url, ended, running, send, state_when
from tests.api.uploads import half_sent

pytestmark = pytest.mark.skipif("FORMCHECK_CLUSTER" in os.environ, reason="workers are elsewhere")


def test_killed_service_takes_its_jobs_up_again(clips, tmp_path):
    with running(tmp_path / "data", replay_folder=clips.tracks, jobs=1) as service:
        with service.client() as client:
            ids = [send(client, clips.side, incline=i).json()["id"] for i in range(2)]
        worker = writing_worker(service)
        service.kill()
        ended_process(worker)
        service.start()
        with service.client() as client:
            for job_id in ids:
                assert ended(client, f"/v1/analyses/{job_id}")["status"] == "done"
            listed = client.get("/v1/analyses").json()["items"]
            assert [item["id"] for item in listed] == ids[::-1]
            counted = client.get("/metrics").text
        assert 'formcheck_jobs_ended_total{kind="analysis",outcome="done"} 2.0' in counted
        assert files_in(service.folder / "work") == []


@pytest.mark.parametrize("held", [False, True], ids=["working", "hanging"])
def test_no_worker_outlives_its_service(clips, tmp_path, held):
    with running(tmp_path / "data", replay_folder=clips.tracks) as service:
        with service.client() as client:
            send(client, clips.side)
        worker = writing_worker(service)
        try:
            if not held:
                os.kill(worker, signal.SIGCONT)
            service.kill()
            ended_process(worker)
        finally:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)


def test_restarts_of_the_service_do_not_count_against_a_job(clips, tmp_path):
    with running(tmp_path / "data", replay_folder=clips.tracks) as service:
        with service.client() as client:
            job_id = send(client, clips.side).json()["id"]
        worker_of(service)
        service.kill()
        database = Database(database_url(service), 5)
        with database.write() as session:
            session.execute(update(Job).values(restarts=100))
        database.close()
        service.start()
        with service.client() as client:
            assert ended(client, f"/v1/analyses/{job_id}")["status"] == "done"


def test_killed_during_an_upload(clips, tmp_path):
    with running(tmp_path / "data", replay_folder=clips.tracks) as service:
        with half_sent(service):
            service.kill()
        service.start()
        assert files_in(service.folder / "uploads") == []


def test_stopped_service_gives_its_jobs_back(clips, tmp_path):
    with running(tmp_path / "data", replay_folder=clips.tracks) as service:
        with service.client() as client:
            address = f"/v1/analyses/{send(client, clips.side).json()['id']}"
            with held_worker(service) as worker:
                state_when(client, address, "running")
                assert service.stop() == 0
                ended_process(worker)
        service.start()
        with service.client() as client:
            assert ended(client, address)["status"] == "done"
