"""The service on a Dask cluster: workers that die, services and clusters that start again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.api.parts import Cluster, dask_cluster
from tests.api.processes import children, ended_process, files_in, is_worker, until
from tests.api.service import Service, ended, running, send, state_when


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[Cluster]:
    with dask_cluster(tmp_path_factory.mktemp("dask")) as started:
        yield started


@pytest.fixture
def service(cluster, clips, tmp_path) -> Iterator[Service]:
    settings = {"replay_folder": clips.tracks, "cluster": cluster.address}
    with running(tmp_path / "data", **settings) as started:
        yield started


def jobs_on(cluster: Cluster) -> dict[int, int]:
    """Return the processes that do jobs, each with the Dask worker that started it."""
    workers = [worker for nanny in cluster.workers for worker in children(nanny)]
    return {job: worker for worker in workers for job in children(worker) if is_worker(job)}


def job_on(cluster: Cluster, *others: int) -> tuple[int, int]:
    """Wait for a process that does a job and is none of these; return it and its Dask worker."""
    found = until(
        lambda: [pair for pair in jobs_on(cluster).items() if pair[0] not in others], "a job runs"
    )
    return found[0]


def test_both_workers_do_jobs(service, cluster, clips):
    with service.client() as client:
        ids = [send(client, clips.side, incline=i).json()["id"] for i in range(4)]
        until(lambda: len(set(jobs_on(cluster).values())) == 2, "both are at work")
        for job_id in ids:
            assert ended(client, f"/v1/analyses/{job_id}")["status"] == "done"
        page = client.get("/metrics").text
    assert 'formcheck_jobs_ended_total{kind="analysis",outcome="done"} 4.0' in page
    assert files_in(service.folder / "work") == []


def test_worker_that_dies_is_replaced(service, cluster, clips):
    with service.client() as client:
        address = f"/v1/analyses/{send(client, clips.side).json()['id']}"
        job, worker = job_on(cluster)
        os.kill(worker, signal.SIGKILL)
        ended_process(job)
        assert ended(client, address)["status"] == "done"


def test_job_process_that_dies_twice_fails(service, cluster, clips):
    with service.client() as client:
        address = f"/v1/analyses/{send(client, clips.side).json()['id']}"
        first, _ = job_on(cluster)
        os.kill(first, signal.SIGKILL)
        second, _ = job_on(cluster, first)
        os.kill(second, signal.SIGKILL)
        state = ended(client, address)
        assert (state["status"], state["error"]["code"]) == ("failed", "worker_lost")


def test_delete_ends_the_job_on_the_worker(service, cluster, clips):
    with service.client() as client:
        address = f"/v1/analyses/{send(client, clips.side).json()['id']}"
        job, _ = job_on(cluster)
        assert client.delete(address).status_code == 204
        ended_process(job)
    until(lambda: files_in(service.folder / "storage") == [], "nothing is left")


@pytest.mark.parametrize("how", [Service.stop, Service.kill], ids=["stopped", "killed"])
def test_service_that_starts_again_keeps_track(service, cluster, clips, how):
    with service.client() as client:
        address = f"/v1/analyses/{send(client, clips.side).json()['id']}"
        state_when(client, address, "running")
        job, _ = job_on(cluster)
        os.kill(job, signal.SIGSTOP)  # so that it cannot end before its service does
    how(service)
    ended_process(job)
    service.start()
    with service.client() as client:
        assert ended(client, address)["status"] == "done"
        assert client.get(f"{address}/clip").status_code == 200


def test_cluster_that_comes_back_is_used_again(clips, tmp_path):
    folders = [tmp_path / name for name in ("first", "second")]
    for folder in folders:
        folder.mkdir()
    with ExitStack() as held:
        with dask_cluster(folders[0], workers=1) as first:
            settings = {"replay_folder": clips.tracks, "cluster": first.address}
            service = held.enter_context(running(tmp_path / "data", **settings))
            client = held.enter_context(service.client())
            address = f"/v1/analyses/{send(client, clips.side).json()['id']}"
            job_on(first)
        assert client.get("/readyz").status_code == 200
        port = int(first.address.rpartition(":")[2])
        held.enter_context(dask_cluster(folders[1], workers=1, port=port))
        assert ended(client, address)["status"] == "done"
