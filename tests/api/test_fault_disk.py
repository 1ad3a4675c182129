"""A full disk: what does not fit is refused or fails with a reason, and nothing half-made stays."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.api.parts import small_disk
from tests.api.problems import problem
from tests.api.processes import files_in, held_worker
from tests.api.service import Service, analysed, ended, running, send
from tests.api.uploads import FORM, form_of, padded

DISK_MB = 8
CLIP_MB = 2


@contextmanager
def filled(disk: Path, leave_bytes: int) -> Iterator[None]:
    """Fill a disk until only so much is left."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        room = os.statvfs(disk)
        file.write(bytes(max(0, room.f_bavail * room.f_frsize - leave_bytes)))
    try:
        yield
    finally:
        filler.unlink()


@pytest.fixture(scope="module")
def disk(tmp_path_factory) -> Iterator[Path]:
    with small_disk(tmp_path_factory.mktemp("small"), DISK_MB) as mounted:
        yield mounted


@pytest.fixture(scope="module")
def service(clips, disk) -> Iterator[Service]:
    with running(disk / "data", replay_folder=clips.tracks, keep_free_mb=0) as started:
        yield started


@pytest.mark.parametrize("announced", [True, False])
def test_upload_does_not_fit(service, disk, clips, announced):
    body = form_of(padded(clips.side, CLIP_MB))
    with service.client() as client:
        with filled(disk, 500_000):
            sent = b"".join(body) if announced else body
            problem(client.post("/v1/analyses", content=sent, headers=FORM), 507, "storage_full")
            for folder in ("uploads", "storage"):
                assert files_in(service.folder / folder) == []
        assert client.get("/readyz").status_code == 200


def test_results_do_not_fit(service, disk, clips):
    with service.client() as client:
        room = clips.side.stat().st_size + 150_000
        with filled(disk, room):
            state = ended(client, f"/v1/analyses/{send(client, clips.side).json()['id']}")
            assert (state["status"], state["error"]["code"]) == ("failed", "storage_full")
            assert "disk" in state["error"]["text"]
            assert files_in(service.folder / "storage" / state["id"]) == ["clip", "job.json"]
            assert files_in(service.folder / "work") == []
        analysed(client, clips.side)


def test_uploads_leave_room_and_a_full_disk_can_be_emptied(disk, clips):
    tight = running(disk / "tight", replay_folder=clips.tracks, keep_free_mb=2)
    with tight as service, service.client() as client:
        job_id = analysed(client, clips.side)
        with filled(disk, 1_900_000):
            for body in (b"".join(form_of(clips.side.read_bytes())), form_of(bytes(600_000))):
                answer = client.post("/v1/analyses", content=body, headers=FORM)
                problem(answer, 507, "storage_full")
            assert client.get("/readyz").status_code == 200
        with filled(disk, 0):
            assert client.delete(f"/v1/analyses/{job_id}").status_code == 204
            problem(client.get(f"/v1/analyses/{job_id}"), 404, "not_found")
        assert files_in(service.folder / "storage") == []


def limit_files(pid: int, size: int) -> None:
    """Let no file that a process writes grow beyond a size."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_files_may_not_grow(clips, tmp_path):
    own = running(tmp_path / "data", replay_folder=clips.tracks)
    with own as service, service.client() as client:
        limit_files(service.pid, 500_000)
        body = b"".join(form_of(padded(clips.side, CLIP_MB)))
        answer = client.post("/v1/analyses", content=body, headers=FORM)
        problem(answer, 507, "storage_full")
        for folder in ("uploads", "storage"):
            assert files_in(service.folder / folder) == []
        limit_files(service.pid, resource.RLIM_INFINITY)
        address = f"/v1/analyses/{send(client, clips.side).json()['id']}"
        with held_worker(service) as worker:
            limit_files(worker, 300_000)
        state = ended(client, address)
        assert (state["status"], state["error"]["code"]) == ("failed", "storage_full")
        assert files_in(service.folder / "storage" / state["id"]) == ["clip", "job.json"]
        analysed(client, clips.side)
