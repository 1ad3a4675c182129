"""Uploads that break off, stall, come all at once or find no room in the queue."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.api.problems import problem
from tests.api.processes import files_in, held_worker, peak_memory_mb, until
from tests.api.service import PATIENCE_S, Service, ended, running, send
from tests.api.uploads import half_sent, large_clip

MANY = 50
CLIP_MB = 6


@pytest.fixture(scope="module")
def service(clips, tmp_path_factory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("uploads") / "data"
    settings = {"replay_folder": clips.tracks, "jobs": 1, "max_uploads": 2, "max_queue": 2}
    with running(folder, **settings) as started:
        yield started


def test_client_goes_away(service):
    with half_sent(service):
        pass
    until(lambda: files_in(service.folder / "uploads") == [], "the half clip is gone")
    with service.client() as client:
        assert client.get("/v1/analyses").json()["items"] == []
    assert files_in(service.folder / "storage") == []
    assert "Traceback" not in service.log.read_text("utf-8")


def test_too_many_uploads_at_once(service, clips):
    with service.client() as client:
        with half_sent(service), half_sent(service):
            answer = send(client, clips.side)
            problem(answer, 429, "busy")
            assert int(answer.headers["retry-after"]) >= 1
        until(lambda: files_in(service.folder / "uploads") == [], "the half clips are gone")
        answer = send(client, clips.side)
        assert answer.status_code == 202
        client.delete(f"/v1/analyses/{answer.json()['id']}")


def test_full_queue_takes_who_comes_back(service, clips):
    with service.client() as client:
        ids = [send(client, clips.side, incline=0).json()["id"]]
        with held_worker(service):
            ids += [send(client, clips.side, incline=i).json()["id"] for i in (1, 2)]
            answer = send(client, clips.side, incline=3)
            problem(answer, 429, "busy")
            assert int(answer.headers["retry-after"]) >= 1
            assert files_in(service.folder / "uploads") == []
        ended(client, f"/v1/analyses/{ids[0]}")
        until(lambda: send(client, clips.side, incline=3).status_code == 202, "there is room")
        for job_id in ids:
            assert ended(client, f"/v1/analyses/{job_id}")["status"] == "done"


def test_many_uploads_at_once(clips, tmp_path):
    clip = large_clip(clips.side, clips.tracks, tmp_path / "large.mp4", CLIP_MB)
    with running(tmp_path / "data", replay_folder=clips.tracks, jobs=2) as service:
        before_mb = peak_memory_mb(service.pid)

        def sent(number: int) -> str:
            with service.client() as client:
                client.timeout = httpx.Timeout(MANY * PATIENCE_S)  # its turn may come late
                answer = send(client, clip, incline=number / 10, no_video="true")
                assert answer.status_code == 202, answer.text
                job_id: str = answer.json()["id"]
                return job_id

        with ThreadPoolExecutor(MANY) as pool:
            ids = list(pool.map(sent, range(MANY)))
        grown_mb = peak_memory_mb(service.pid) - before_mb
        assert len(set(ids)) == MANY
        with service.client() as client:
            for job_id in ids:
                state = ended(client, f"/v1/analyses/{job_id}")
                assert state["status"] == "done", state
        assert grown_mb < MANY * CLIP_MB / 2
        assert files_in(service.folder / "uploads") == []
