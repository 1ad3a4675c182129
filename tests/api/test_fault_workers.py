"""Workers that die, take too much, or hang: the service lives on and says what happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from formcheck_api.jobs.outcomes import Order, Task

from formcheck.crew.child import Limits
from tests.api.processes import (
    ended_process,
    files_in,
    held_worker,
    until,
    worker_of,
    writing_worker,
)
from tests.api.service import PATIENCE_S, Service, ended, running, send, state_when

pytestmark = pytest.mark.skipif("FORMCHECK_CLUSTER" in os.environ, reason="workers are elsewhere")


@pytest.fixture(scope="module")
def service(clips, tmp_path_factory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("faults") / "data"
    with running(folder, replay_folder=clips.tracks, jobs=1) as started:
        yield started


@pytest.fixture
def client(service):
    with service.client() as made:
        yield made


def sent(client, clip, **fields) -> str:
    answer = send(client, clip, **fields)
    assert answer.status_code == 202, answer.text
    return f"/v1/analyses/{answer.json()['id']}"


def test_worker_killed_once_is_replaced(service, client, clips):
    address = sent(client, clips.side, incline=1)
    worker = writing_worker(service)
    assert client.get(address).json()["status"] == "running"
    os.kill(worker, signal.SIGKILL)
    assert ended(client, address)["status"] == "done"
    assert client.get(f"{address}/clip").status_code == 200
    assert files_in(service.folder / "work") == []


def test_worker_killed_twice_fails_the_job(service, client, clips):
    address = sent(client, clips.side, incline=2)
    first = worker_of(service)
    os.kill(first, signal.SIGKILL)
    second = worker_of(service, first)
    os.kill(second, signal.SIGKILL)
    state = ended(client, address)
    assert (state["status"], state["error"]["code"]) == ("failed", "worker_lost")
    assert state["error"]["text"]
    assert files_in(service.folder / "storage" / state["id"]) == ["clip", "job.json"]
    assert files_in(service.folder / "work") == []
    again = sent(client, clips.side, incline=2)
    assert ended(client, again)["status"] == "done"


def test_delete_ends_the_worker(service, client, clips):
    address = sent(client, clips.side, incline=3)
    waiting = sent(client, clips.side, incline=4)
    worker = writing_worker(service)
    assert client.delete(address).status_code == 204
    ended_process(worker)
    assert client.get(address).status_code == 404
    assert ended(client, waiting)["status"] == "done"
    assert not (service.folder / "storage" / address.rpartition("/")[2]).exists()
    assert files_in(service.folder / "work") == []


def test_others_go_on_when_a_worker_dies(clips, tmp_path):
    two = running(tmp_path / "data", replay_folder=clips.tracks, jobs=2)
    with two as service, service.client() as client:
        first = sent(client, clips.side)
        with held_worker(service) as held:
            second = sent(client, clips.other)
            os.kill(worker_of(service, held), signal.SIGKILL)
            assert ended(client, second)["status"] == "done"
            assert client.get(first).json()["status"] == "running"
        assert ended(client, first)["status"] == "done"


@pytest.mark.parametrize(
    ("limit", "code"),
    [({"job_minutes": 0.02}, "too_slow"), ({"job_memory_mb": 30}, "out_of_memory")],
)
def test_job_that_takes_too_much(clips, tmp_path, limit, code):
    with running(tmp_path / "data", replay_folder=clips.tracks, **limit) as service:
        with service.client() as client:
            state = ended(client, sent(client, clips.side))
            assert (state["status"], state["error"]["code"]) == ("failed", code)
            assert state["error"]["text"]
            assert client.get("/readyz").status_code == 200
        until(lambda: files_in(service.folder / "work") == [], "the worker's files are gone")


def test_worker_that_hangs_can_be_cancelled(service, client, clips):
    address = sent(client, clips.side, incline=5)
    with held_worker(service) as worker:
        state_when(client, address, "running")
        assert client.delete(address).status_code == 204
        ended_process(worker)
    assert client.get("/readyz").status_code == 200


def test_worker_that_breaks_ends_with_a_traceback(tmp_path):
    order = Order("none", "analysis", {}, str(tmp_path))
    task = Task(order, Limits(60.0, 10**9), str(tmp_path))
    with subprocess.Popen(
        [sys.executable, "-m", "formcheck_api.jobs.work"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as worker:
        assert worker.stdin is not None
        assert worker.stderr is not None
        worker.stdin.write(task.to_json() + b"\n")
        worker.stdin.flush()  # and stays open, as a service holds it
        said = worker.stderr.read()
        assert worker.wait(PATIENCE_S) == 1, said
    assert b"FileNotFoundError" in said
