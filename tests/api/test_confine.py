"""Processes that decode strangers' video: what they know, may open and reach."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from formcheck_api.confine import environment, missing
from formcheck_api.jobs.outcomes import Order, Task
from formcheck_api.jobs.work import storage_folder, world_of

from formcheck.crew.child import Limits
from tests.api.processes import writing_worker
from tests.api.service import PATIENCE_S, running, send

TOKEN = "annas-token-0123456789"
walled = pytest.mark.skipif(bool(missing()), reason="this system has no such walls")
TRIES = """
import json, os, socket, subprocess, sys
from pathlib import Path
from formcheck_api.confine import World, confine

folder = Path(sys.argv[1])
confine(World((str(folder / "read"),), (str(folder / "write"),)))

def tried(what):
    try:
        what()
    except OSError as error:
        return type(error).__name__
    return "done"

tries = {
    "read": lambda: (folder / "read" / "a").read_bytes(),
    "write": lambda: (folder / "write" / "new").write_bytes(b"x"),
    "move": lambda: (folder / "write" / "new").rename(folder / "write" / "other"),
    "import": lambda: __import__("formcheck.video"),
    "read secret": lambda: (folder / "secret").read_bytes(),
    "list": lambda: list(folder.iterdir()),
    "write read": lambda: (folder / "read" / "a").write_bytes(b"x"),
    "delete": lambda: (folder / "read" / "a").unlink(),
    "make": lambda: (folder / "new").mkdir(),
    "link": lambda: os.symlink(folder / "secret", folder / "read" / "link"),
    "parent": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
    "signal": lambda: os.kill(os.getppid(), 0),
    "tcp": lambda: socket.create_connection(("127.0.0.1", int(sys.argv[2]))),
    "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    "unix": lambda: socket.socket(socket.AF_UNIX),
    "program": lambda: subprocess.run(["/bin/true"]),
}
print(json.dumps({name: tried(what) for name, what in tries.items()}))
"""
MAY = {"read", "write", "move", "import"}


@walled
def test_a_confined_process_has_its_world_and_no_more(tmp_path, service):
    for name in ("read", "write"):
        (tmp_path / name).mkdir()
    (tmp_path / "read" / "a").write_text("a", "ascii")
    (tmp_path / "secret").write_text("secret", "ascii")
    done = subprocess.run(
        [sys.executable, "-P", "-c", TRIES, str(tmp_path), str(service.port)],
        env=environment(tmp_path / "write"),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    got = json.loads(done.stdout)
    assert {name for name, how in got.items() if how == "done"} == MAY, got
    assert set(got.values()) == {"done", "PermissionError"}


@pytest.mark.skipif("FORMCHECK_CLUSTER" in os.environ, reason="workers are elsewhere")
def test_workers_know_no_secrets(clips, tmp_path, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", TOKEN)
    settings = {"replay_folder": clips.tracks, "tokens": f"anna:{TOKEN}"}
    with running(tmp_path / "data", **settings) as service, service.client(TOKEN) as client:
        send(client, clips.side)
        worker = writing_worker(service)
        told = Path(f"/proc/{worker}/environ").read_bytes()
        state = Path(f"/proc/{worker}/status").read_text("ascii")
        if not missing():
            assert "not confined" not in service.log.read_text("utf-8")
    assert TOKEN.encode() not in told
    assert b"FORMCHECK_TOKENS" not in told
    if not missing():
        assert "Seccomp:\t2" in state
        assert "NoNewPrivs:\t1" in state


@pytest.mark.parametrize(("network", "kept"), [(False, False), (True, True)])
def test_what_a_process_is_told(tmp_path, monkeypatch, network, kept):
    secrets = ("FORMCHECK_TOKENS", "FORMCHECK_DATABASE_URL", "FORMCHECK_STORAGE_URL", "PGPASSWORD")
    for name in (*secrets, "AWS_SECRET_ACCESS_KEY", "LC_TIME", "FORMCHECK_THREADS"):
        monkeypatch.setenv(name, "1")
    told = environment(tmp_path, network=network)
    assert set(secrets).isdisjoint(told)
    assert ("AWS_SECRET_ACCESS_KEY" in told) == kept
    assert {"LC_TIME", "FORMCHECK_THREADS", "PATH"} <= set(told)
    assert told["TMPDIR"] == str(tmp_path)


def test_a_job_sees_only_what_it_is_made_from(tmp_path):
    ids = [f"{number:032x}" for number in range(4)]
    work = {"baseline": ids[2]}
    order = Order(ids[0], "comparison", work, str(tmp_path), compared=(ids[1],))
    task = Task(order, Limits(1.0, 1), "/f")
    world = world_of(task)
    assert set(world.read) == {str(tmp_path / ids[1]), str(tmp_path / ids[2])}
    assert set(world.write) == {"/f", str(tmp_path / ids[0]), str(tmp_path / ".incoming")}
    assert not world.network
    away = world_of(replace(task, order=replace(order, storage="s3://bucket/clips")))
    assert away.network


@pytest.mark.parametrize(
    ("url", "folder"),
    [("/a/b", "/a/b"), ("file:///a/b", "/a/b"), ("s3://b/c", None), ("simplecache::s3://b", None)],
)
def test_which_storage_is_a_folder(url, folder):
    assert storage_folder(url) == (None if folder is None else Path(folder))


def test_a_task_comes_back_as_it_was_sent():
    order = Order("0" * 32, "analysis", {"name": "ä"}, "/s", ("1" * 32, "2" * 32), "/r", False)
    task = Task(order, Limits(90.0, 10**9, (0, 3)), "/f")
    assert Task.from_json(task.to_json()) == task
    assert b"\n" not in task.to_json()
