"""What is never deleted: others' files, results without a row, results under a wrong clock."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from formcheck_api.jobs import repository
from formcheck_api.server import open_parts
from formcheck_api.settings import load_settings
from formcheck_api.store.database import Database
from formcheck_api.store.own import MARKER
from formcheck_api.store.retention import DAY_S, delete_job, sweep
from formcheck_api.store.storage import Storage
from formcheck_api.store.tables import Fact, Job
from sqlalchemy import update

from formcheck.errors import UsageError
from tests.api.problems import problem
from tests.api.processes import files_in, until
from tests.api.service import PATIENCE_S, Service, analysed, ended, environment, send

JOB = "019aab12cd3400112233445566778899"
own_database = pytest.mark.skipif("FORMCHECK_DATABASE_URL" in os.environ, reason="rows elsewhere")


def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **settings: object) -> None:
    """Open the parts of a service in a folder and close them again."""
    for name, value in environment(tmp_path / "data", settings).items():
        monkeypatch.setenv(name, value)
    with open_parts(load_settings(), "127.0.0.1"):
        pass


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def filled(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, "utf-8")
    return folder


@pytest.mark.parametrize(
    "names",
    [
        ("Holiday/a.mp4", "thesis.docx", ".ssh/id"),
        (f"{JOB}/clip", "thesis.docx"),
        (f"{JOB}/photo.jpg",),
        (JOB,),
    ],
)
def test_storage_of_others_is_refused(tmp_path, monkeypatch, names):
    theirs = filled(tmp_path / "theirs", *names)
    before = everything(theirs)
    with pytest.raises(UsageError, match="FORMCHECK_STORAGE_URL"):
        opened(tmp_path, monkeypatch, storage_url=theirs)
    assert everything(theirs) == before


@pytest.mark.parametrize(
    "names",
    [("uploads/photo.jpg", "work/thesis.tex"), ("notes.txt",), ("formcheck.sqlite", "a.txt")],
)
def test_data_folder_of_others_is_refused(tmp_path, monkeypatch, names):
    theirs = filled(tmp_path / "data", *names)
    before = everything(theirs)
    with pytest.raises(UsageError, match="FORMCHECK_DATA_FOLDER"):
        opened(tmp_path, monkeypatch)
    assert everything(theirs) == before


@pytest.mark.parametrize("name", ["uploads", "work", "storage"])
def test_links_to_folders_of_others_are_refused(tmp_path, monkeypatch, name):
    theirs = filled(tmp_path / "theirs", "a.txt", f"{JOB}/b.txt")
    opened(tmp_path, monkeypatch)
    shutil.rmtree(tmp_path / "data" / name)
    (tmp_path / "data" / name).symlink_to(theirs)
    before = everything(theirs)
    with pytest.raises(UsageError, match="FORMCHECK_"):
        opened(tmp_path, monkeypatch)
    assert everything(theirs) == before


def test_folders_of_earlier_versions_are_taken_over(tmp_path, monkeypatch):
    data = filled(tmp_path / "data", f"storage/{JOB}/clip", f"uploads/{JOB}", "uploads/photo.jpg")
    (data / "storage" / ".incoming").mkdir()
    (data / "instance").write_text(JOB, "ascii")
    filled(data, "work/job-abcd_123/out", "work/thesis.tex")
    opened(tmp_path, monkeypatch)
    kept = {f"storage/{JOB}/clip", "uploads/photo.jpg", "work/thesis.tex"}
    assert kept <= set(everything(data))
    assert {f"uploads/{JOB}", "work/job-abcd_123/out"}.isdisjoint(everything(data))
    assert (data / MARKER).is_file()
    assert (data / "storage" / MARKER).is_file()
    opened(tmp_path, monkeypatch)


def test_storage_does_not_follow_links(tmp_path):
    storage = Storage(str(tmp_path / "store"))
    storage.prepare()
    secret = filled(tmp_path / "theirs", "secret", "folder/clip")
    (tmp_path / "store" / JOB / "result").mkdir(parents=True)
    (tmp_path / "store" / JOB / "result" / "report.json").symlink_to(secret / "secret")
    other = JOB[::-1]
    (tmp_path / "store" / other).symlink_to(secret / "folder")
    for key in (f"{JOB}/result/report.json", f"{other}/clip"):
        assert storage.find(key) is None
        for ask in (storage.open, lambda key: storage.local(key).__enter__()):
            with pytest.raises(FileNotFoundError):
                ask(key)
    with pytest.raises(OSError, match="link"):
        storage.write(b"mine", f"{other}/clip")
    with pytest.raises(OSError, match="link"):
        storage.write(b"mine", f"{JOB}/result/report.json")
    storage.delete(other)
    storage.delete(JOB)
    assert everything(secret) == {"secret": b"secret", "folder/clip": b"folder/clip"}
    assert storage.jobs() == []


@pytest.mark.parametrize("name", ["", ".incoming", "..", "Holiday", JOB.upper()])
def test_only_jobs_can_be_deleted(tmp_path, name):
    storage = Storage(str(tmp_path / "store"))
    storage.prepare()
    with pytest.raises(ValueError, match="no job"):
        storage.delete(name)


@pytest.fixture
def database(tmp_path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'own.sqlite'}", 5)
    made.migrate()
    yield made
    made.close()


def finished(database: Database, storage: Storage, *days_ago: float) -> list[str]:
    """Store jobs that ended so many days ago."""
    ids = [f"{number:032x}" for number, _ in enumerate(days_ago)]
    with database.write() as session:
        for job_id, days in zip(ids, days_ago, strict=True):
            at = time.time() - days * DAY_S
            session.add(
                Job(
                    id=job_id,
                    kind="analysis",
                    owner="anna",
                    status="done",
                    created=at,
                    finished=at,
                    fingerprint=job_id,
                    work={},
                    shown={},
                )
            )
    for job_id in ids:
        storage.write(b"clip", f"{job_id}/clip")
    return ids


def test_a_wrong_clock_costs_a_day_at_most(tmp_path, database, monkeypatch):
    storage = Storage(str(tmp_path / "store"))
    storage.prepare()
    ids = finished(database, storage, 31, 29.5, 20, 1)
    right = time.time
    assert sweep(database, storage, 30) == 1
    monkeypatch.setattr(time, "time", lambda: right() + 40 * DAY_S)
    assert sweep(database, storage, 30) == 1
    monkeypatch.setattr(time, "time", right)
    assert sweep(database, storage, 30) == 0
    assert storage.jobs() == ids[2:]


def test_what_ends_under_a_clock_of_the_past_is_kept(tmp_path, database, monkeypatch):
    storage = Storage(str(tmp_path / "store"))
    storage.prepare()
    (job_id,) = finished(database, storage, 1)
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() - 400 * DAY_S)
    with database.write() as session:
        session.execute(update(Job).values(status="running", worker="me", finished=None))
        assert repository.finish(session, "me", job_id, {})
    monkeypatch.setattr(time, "time", right)
    assert sweep(database, storage, 30) == 0
    assert storage.jobs() == [job_id]


def test_a_clock_that_was_far_behind_catches_up(tmp_path, database):
    storage = Storage(str(tmp_path / "store"))
    storage.prepare()
    with database.write() as session:
        session.merge(Fact(name="clock", value="1000.0"))
    (_, kept) = finished(database, storage, 30.5, 29)
    sweeps = [sweep(database, storage, 30) for _ in range(40)]
    assert sum(sweeps) == 1
    assert storage.jobs() == [kept]


def test_a_deletion_that_broke_off_is_finished(tmp_path, database, monkeypatch):
    storage = Storage(str(tmp_path / "store"))
    storage.prepare()
    ids = finished(database, storage, 1, 1)

    def dies(job_id: str) -> None:
        raise OSError(f"killed before {job_id} was deleted")

    with monkeypatch.context() as broken:
        broken.setattr(storage, "delete", dies)
        with pytest.raises(OSError, match="killed"):
            delete_job(database, storage, ids[0])
    with database.write() as session:
        repository.to_erase(session, ["f" * 32], in_s=-1)
    storage.write(b"an upload that broke off", f"{'f' * 32}/clip")
    storage.write(b"another database's", f"{JOB}/clip")
    assert sweep(database, storage, 30) == 0
    assert storage.jobs() == [ids[1], JOB]


def damage(service: Service, job_id: str, **columns: object) -> None:
    """Write into a row what cannot be there."""
    with closing(sqlite3.connect(service.folder / "formcheck.sqlite")) as rows, rows:
        for name, value in columns.items():
            rows.execute(f"UPDATE jobs SET {name} = ? WHERE id = ?", (value, job_id))


DAMAGES: list[dict[str, object]] = [
    {"work": "{"},
    {"work": "[1]"},
    {"work": "null", "shown": "[" * 100_000},
    {"shown": "{"},
    {"shown": '{"view": 7}'},
    {"status": "strange"},
    {"created": "yesterday"},
    {"progress": 7.5, "created": float("inf")},
    {"clip_name": b"\xff\xfe"},
]


@own_database
@pytest.mark.skipif("FORMCHECK_CLUSTER" in os.environ, reason="the crew is elsewhere")
def test_lost_rows_and_damaged_ones(clips, tmp_path):
    """Show a service's life with a database that is damaged, lost, taken in again, overwritten."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    service = Service(folder, {"replay_folder": clips.tracks})
    with service, service.client() as client:
        ids = [analysed(client, clip, runner="anna") for clip in (clips.side, clips.tempo)]
        pair = {"first": ids[0], "second": ids[1], "mode": "easy_tempo"}
        comparison = client.post("/v1/comparisons", json=pair).json()["id"]
        assert ended(client, f"/v1/comparisons/{comparison}")["status"] == "done"
        _is_private(folder)
        report = client.get(f"/v1/analyses/{ids[0]}/report").json()
        _stop_at_damaged_rows(service, clips)
    _lose(folder)
    (folder / "storage" / ids[1] / "job.json").unlink()  # as an earlier version left it
    before = everything(folder / "storage")
    with service, service.client() as client:
        until(lambda: "have no row" in service.log.read_text("utf-8"), "it is told")
        assert client.get("/v1/analyses").json()["items"] == []
    assert everything(folder / "storage") == before
    _ask(service, "n", deleted=False)
    service.start(take_in=True)
    with service.client() as client:
        items = client.get("/v1/analyses").json()["items"]
        assert {item["id"] for item in items if item["status"] == "done"} == set(ids)
        assert {item["runner"] for item in items if item["id"] in ids} == {"anna"}
        assert all(item["thumbnail"] for item in items if item["id"] in ids)
        assert client.get(f"/v1/analyses/{ids[0]}/report").json() == report
        assert ended(client, f"/v1/comparisons/{comparison}")["first"] == ids[0]
        _overwritten(service)
    service.kill()
    _lose(folder)
    _ask(service, "y", deleted=True)


def _is_private(folder: Path) -> None:
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def _lose(folder: Path) -> None:
    for path in folder.glob("formcheck.sqlite*"):
        path.unlink()


def _stop_at_damaged_rows(service: Service, clips) -> None:
    """Damage waiting jobs in all ways, and see that the others go on."""
    with service.client() as client:
        sent = [
            send(client, clips.side, incline=1 + n / 10, no_video="true").json()["id"]
            for n in range(len(DAMAGES))
        ]
        service.stop()
        for job_id, columns in zip(sent, DAMAGES, strict=True):
            damage(service, job_id, **{"status": "queued", **columns})
        service.start()
    with service.client() as client:
        whole = send(client, clips.other).json()["id"]
        assert ended(client, f"/v1/analyses/{whole}")["status"] == "done"
        until(lambda: 'status="queued"' not in client.get("/metrics").text, "all have ended")
        items = {item["id"]: item for item in client.get("/v1/analyses").json()["items"]}
        for job_id in sent[:3]:
            assert items[job_id]["error"]["code"] == "damaged_record"
        assert client.get("/readyz").status_code == 200
        for job_id in (*sent, whole):
            assert client.get(f"/v1/analyses/{job_id}").status_code == 200
            assert client.delete(f"/v1/analyses/{job_id}").status_code == 204


def _ask(service: Service, said: str, *, deleted: bool) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "formcheck", "serve", "--orphans"],
        env=environment(service.folder, service.settings),
        input=f"{said}\n",
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert "clips included?" in ran.stdout, ran.stderr
    assert (files_in(service.folder / "storage") == []) == deleted


def _overwritten(service: Service) -> None:
    """Overwrite the database under the running service, which says so."""
    with service.client() as client:
        assert client.get("/readyz").status_code == 200
        with (service.folder / "formcheck.sqlite").open("r+b") as file:
            file.write(b"garbage" * 1000)
        found = problem(client.get("/readyz"), 503, "not_ready_to_work")
        assert [one["field"] for one in found["errors"]] == ["database"]
        assert client.get("/healthz").status_code == 200


def test_record_beside_the_clip_is_plain_json(client, service, done):
    record = json.loads((service.folder / "storage" / done / "job.json").read_text("ascii"))
    assert record["owner"] == "local"
    assert record["work"]["request"]["runner"] == "anna"
