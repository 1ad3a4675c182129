"""A service's life: restarts, health, what it counts and logs, what it keeps and forgets."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest
from formcheck_api.store.database import Database
from formcheck_api.store.retention import DAY_S, sweep
from formcheck_api.store.storage import Storage
from formcheck_api.store.tables import Job
from sqlalchemy import update

from tests.api.problems import problem
from tests.api.service import Service, analysed, ended, environment, running, send


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(word) for path in found for word in path.read_text("ascii").split()]


def test_restart_keeps_results_and_finishes_what_waited(clips, tmp_path):
    with running(tmp_path / "data", replay_folder=clips.tracks, jobs=1) as service:
        with service.client() as client:
            kept = analysed(client, clips.side)
            waiting = [send(client, clips.other, incline=i).json()["id"] for i in range(3)]
        assert service.stop() == 0
        service.start()
        with service.client() as client:
            assert client.get(f"/v1/analyses/{kept}/report").status_code == 200
            for job_id in waiting:
                assert ended(client, f"/v1/analyses/{job_id}")["status"] == "done"


@pytest.mark.skipif("FORMCHECK_CLUSTER" in os.environ, reason="workers are elsewhere")
def test_stopped_service_leaves_no_process(clips, tmp_path):
    with running(tmp_path / "data", replay_folder=clips.tracks) as service:
        with service.client() as client:
            send(client, clips.side)
            while not (workers := children_of(service.pid)):
                time.sleep(0.05)
        service.stop()
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


def test_healthy_and_ready(client):
    assert client.get("/healthz").json() == {"status": "alive"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["parts"] == dict.fromkeys(("database", "storage", "models", "supervisor"))


def test_not_ready_without_storage(tmp_path):
    with running(tmp_path / "data", storage_url=tmp_path / "store") as service:
        shutil.rmtree(tmp_path / "store")
        (tmp_path / "store").write_text("no folder", "utf-8")
        with service.client() as client:
            found = problem(client.get("/readyz"), 503, "not_ready_to_work")
            assert [error["field"] for error in found["errors"]] == ["storage"]
            assert client.get("/healthz").status_code == 200


def test_counts_for_prometheus(client, clips):
    done = analysed(client, clips.side, runner="counted")
    page = client.get("/metrics")
    assert page.headers["content-type"].startswith("text/plain")
    lines = dict(line.rsplit(" ", 1) for line in page.text.splitlines() if not line.startswith("#"))
    assert float(lines['formcheck_jobs{kind="analysis",status="done"}']) >= 1
    assert float(lines["formcheck_queue_length"]) == 0
    assert float(lines["formcheck_uploaded_bytes_total"]) >= clips.side.stat().st_size
    assert float(lines['formcheck_jobs_ended_total{kind="analysis",outcome="done"}']) >= 1
    assert done not in page.text


def test_log_lines_carry_the_request_id(service, client):
    answer = client.get("/v1/analyses", headers={"X-Request-ID": "mine-1"})
    assert answer.headers["x-request-id"] == "mine-1"
    foreign = client.get("/v1/analyses", headers={"X-Request-ID": "a b\x7f"})
    assert foreign.headers["x-request-id"] != "a b\x7f"
    lines = [json.loads(line) for line in service.log.read_text("utf-8").splitlines()]
    mine = [line for line in lines if line.get("request_id") == "mine-1"]
    assert [(line["route"], line["status"]) for line in mine] == [("/v1/analyses", 200)]


def test_old_jobs_are_swept_and_orphans_stay(clips, tmp_path):
    service = Service(tmp_path / "data", {"replay_folder": clips.tracks})
    with service, service.client() as client:
        old, new = (analysed(client, clips.side, incline=i) for i in range(2))
    storage = Storage(str(service.folder / "storage"))
    settings = environment(service.folder, {})
    own = f"sqlite:///{service.folder / 'formcheck.sqlite'}"
    database = Database(settings.get("FORMCHECK_DATABASE_URL", own), 5)
    orphan = f"{0:012x}{'0' * 20}"
    (service.folder / "storage" / orphan).mkdir()
    with database.write() as session:
        long_ago = time.time() - 31 * DAY_S
        session.execute(update(Job).where(Job.id == old).values(finished=long_ago))
    assert sweep(database, storage, keep_days=30) == 1
    assert storage.jobs() == [orphan, new]
    database.close()
    with service, service.client() as client:
        assert [item["id"] for item in client.get("/v1/analyses").json()["items"]] == [new]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/docs", "text/html"),
        ("/docs.css", "text/css"),
        ("/openapi.json", "application/json"),
        ("/page/words.json", "application/json"),
        ("/page/plotly.min.js", "text/javascript"),
    ],
)
def test_pages(client, path, kind):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    mark = answer.headers.get("etag")
    if path.startswith("/page/"):
        assert answer.headers["cache-control"] == "no-cache"
        again = client.get(path, headers={"If-None-Match": mark})
        assert (again.status_code, again.content) == (304, b"")


def test_plotly_comes_packed_or_plain(client):
    packed = client.get("/page/plotly.min.js")
    plain = client.get("/page/plotly.min.js", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert b"plotly" in plain.content[:500]
