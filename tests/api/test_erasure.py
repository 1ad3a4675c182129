"""What is deleted, on request or because it is old, is gone from every file of the service."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.api.problems import problem
from tests.api.processes import files_in, until
from tests.api.service import Service, analysed, ended, running

NAMES = ("gerda-who-runs", "gerdas-clip")


def traces(folder: Path) -> list[str]:
    """Return the files of a folder in which one of the names stands."""
    return [
        name
        for name in files_in(folder)
        if any(word.encode() in (folder / name).read_bytes() for word in NAMES)
    ]


@pytest.fixture
def service(clips, tmp_path):
    with running(tmp_path / "data", replay_folder=clips.tracks) as started:
        yield started


@pytest.fixture
def gerdas(clips, tmp_path) -> Path:
    return Path(shutil.copyfile(clips.side, tmp_path / f"{NAMES[1]}.mp4"))


def compared(service: Service, gerdas: Path, other: Path) -> tuple[str, str, str]:
    """Make two analyses and their comparison; return their addresses."""
    with service.client() as client:
        ids = [analysed(client, clip, runner=NAMES[0]) for clip in (gerdas, other)]
        answer = client.post("/v1/comparisons", json={"first": ids[0], "second": ids[1]})
        comparison = f"/v1/comparisons/{answer.json()['id']}"
        assert ended(client, comparison)["status"] == "done"
    return f"/v1/analyses/{ids[0]}", f"/v1/analyses/{ids[1]}", comparison


def test_deleted_analysis_takes_its_comparison_along(service, gerdas, clips):
    first, second, comparison = compared(service, gerdas, clips.other)
    with service.client() as client:
        assert client.delete(first).status_code == 204
        problem(client.get(comparison), 404, "not_found")
        stored = {name.split("/")[0] for name in files_in(service.folder / "storage")}
        assert stored == {second.rpartition("/")[2]}
        assert client.delete(second).status_code == 204
    assert files_in(service.folder / "storage") == []
    assert traces(service.folder) == []


@pytest.mark.skipif("FORMCHECK_DATABASE_URL" in os.environ, reason="rows are elsewhere")
def test_old_analyses_are_erased(service, gerdas):
    with service.client() as client:
        analysed(client, gerdas, runner=NAMES[0])
    service.settings = {**service.settings, "retention_days": 1e-6}
    service.restart()
    with service.client() as client:
        until(lambda: client.get("/v1/analyses").json()["items"] == [], "the rows are gone")
    until(lambda: traces(service.folder) == [], "nothing tells of it")
    assert files_in(service.folder / "storage") == []
