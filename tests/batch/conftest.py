"""Processes that run a batch over made-up clips, and what they leave."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from tests.batch.fake import LOG

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Bench:
    """A folder of made-up clips, one for results, one for notes of what was started."""

    clips: Path
    out: Path
    log: Path

    def start(self, *words: object, source: Path | None = None) -> subprocess.Popen[str]:
        """Start a batch as a terminal does: in a process group of its own."""
        command = [sys.executable, "-W", "error", "-m", "tests.batch.drive", "batch"]
        command += [str(source or self.clips), "--out", str(self.out), *map(str, words)]
        return subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, LOG: str(self.log), "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
            start_new_session=True,
        )

    def run(self, *words: object, source: Path | None = None) -> tuple[int, str, str]:
        """Run a batch to its end."""
        process = self.start(*words, source=source)
        out, err = process.communicate(timeout=300)
        return process.returncode, out, err

    def started(self) -> list[str]:
        """Name the clip of every start of a measurement, in no order."""
        return [file.name.rsplit(".", 2)[0] for file in self.log.iterdir()]

    def pids(self) -> set[int]:
        return {int(file.name.rsplit(".", 2)[1]) for file in self.log.iterdir()}

    def finished(self) -> set[str]:
        return {file.parent.name for file in self.out.glob("*/batch.json")}

    def rows(self, name: str = "summary.csv") -> list[dict[str, str]]:
        with (self.out / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def forget(self) -> None:
        """Empty the notes."""
        for file in self.log.iterdir():
            file.unlink()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path / "clips", tmp_path / "out", tmp_path / "log")
    made.clips.mkdir()
    made.log.mkdir()
    return made


def until(true: Callable[[], bool], what: str) -> None:
    """Wait until something holds; give up after a minute."""
    end_s = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end_s, f"waited in vain until {what}"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Return whether a process is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


@contextmanager
def two_workers(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Run a Dask scheduler and two worker processes on the loopback; yield address and processes.

    What the processes say goes to ``dask.txt``.
    """
    file = folder / "scheduler.json"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    dask = [sys.executable, "-m", "dask"]
    place = ["--host", "127.0.0.1", "--scheduler-file", str(file), "--no-dashboard"]
    with (folder / "dask.txt").open("w") as log:

        def start(*words: str) -> subprocess.Popen[bytes]:
            return subprocess.Popen([*dask, *words], cwd=folder, env=env, stdout=log, stderr=log)

        started = [start("scheduler", "--port", "0", *place)]
        try:
            until(file.exists, "the scheduler is there")
            started.append(start("worker", "--nworkers", "2", "--nthreads", "1", *place))
            address: str = json.loads(file.read_text("utf-8"))["address"]
            until(lambda: workers_of(address) == 2, "both workers are there")
            yield address, started
        finally:
            for process in reversed(started):
                process.terminate()
                process.wait(timeout=30)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a Dask cluster of two workers, shared by the tests."""
    pytest.importorskip("distributed", reason="needs the extra 'cluster' (distributed)")
    with two_workers(tmp_path_factory.mktemp("dask")) as (address, _):
        yield address


def workers_of(address: str) -> int:
    with import_module("distributed").Client(address, set_as_default=False) as client:
        return len(client.nthreads())
