"""Real parts for a service, each as processes of its own: PostgreSQL, a Dask cluster, a small disk.

Everything is started on this machine for one test and gone afterwards.
"""

from __future__ import annotations

import importlib.util
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.api.processes import until
from tests.api.service import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
DEBIAN_POSTGRES = "/usr/lib/postgresql"
PORT = 5432  # names the socket file; nothing listens on the network
SUITE_PATIENCE_S = 1800


def postgres_programs() -> Path:
    """Return the folder of PostgreSQL's programs; skip the test where there is none."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    installed = sorted(Path(DEBIAN_POSTGRES).glob("*/bin/initdb"))
    if not installed:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    return installed[-1].parent


@contextmanager
def postgres() -> Iterator[str]:
    """Run a PostgreSQL cluster in a folder of its own; yield the address of a database in it.

    It answers on a socket in that folder only, and runs as an unprivileged user, as it insists to.
    """
    programs = postgres_programs()
    with tempfile.TemporaryDirectory(prefix="formcheck-pg-") as name:
        folder, as_user = Path(name), _give_away(Path(name))
        data, log = folder / "data", folder / "log"

        def run(program: str, *words: str) -> None:
            command = [*as_user, str(programs / program), "-D", str(data), *words]
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S, check=False
            )
            if done.returncode:
                said = log.read_text("utf-8") if log.exists() else ""
                raise RuntimeError(f"{program}: {done.stdout}{done.stderr}{said}")

        run("initdb", "-U", "formcheck", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c port={PORT} -F"
        run("pg_ctl", "-l", str(log), "-w", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://formcheck@/postgres?host={folder}&port={PORT}"
        finally:
            run("pg_ctl", "-m", "immediate", "-w", "stop")


def _give_away(folder: Path) -> list[str]:
    """Give a folder to an unprivileged user; return what starts a program as that user."""
    if os.geteuid() != 0:
        return []
    names = {user.pw_name for user in pwd.getpwall()}
    name = "postgres" if "postgres" in names else "nobody"
    user = pwd.getpwnam(name)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["runuser", "-u", name, "--"]


@dataclass(frozen=True)
class Cluster:
    """A Dask cluster: its scheduler's address, and the process that watches each worker."""

    address: str
    workers: tuple[int, ...]


@contextmanager
def dask_cluster(folder: Path, workers: int = 2, port: int = 0) -> Iterator[Cluster]:
    """Run a Dask scheduler and workers of one thread each on the loopback; 0 for any free port."""
    if importlib.util.find_spec("distributed") is None:
        pytest.skip("Dask is not installed (extra cluster)")
    file = folder / "scheduler.json"
    place = ["--host", "127.0.0.1", "--scheduler-file", str(file), "--no-dashboard"]
    with ExitStack() as held:
        held.enter_context(_dask(folder, "scheduler", [*place, "--port", str(port)]))
        until(file.exists, "the scheduler is there")
        each = [*place, "--nthreads", "1"]
        started = [held.enter_context(_dask(folder, "worker", each)) for _ in range(workers)]
        address = json.loads(file.read_text("utf-8"))["address"]
        said = folder / "log"
        until(lambda: said.read_text("utf-8").count("Registered to") >= workers, "workers")
        yield Cluster(address, tuple(started))


@contextmanager
def _dask(folder: Path, kind: str, words: Sequence[str]) -> Iterator[int]:
    """Run one of Dask's programs; yield its process."""
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", kind, *words], cwd=folder, stdout=log, stderr=log
        )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a file system of a few megabytes; skip the test where that is not allowed."""
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("file systems cannot be mounted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def suite_passes(tests: Sequence[str], **settings: str) -> None:
    """Run tests of the service over again, in a process of their own, on other parts.

    Parameters
    ----------
    tests : sequence of str
        Files of this folder, or tests in them.
    settings : str
        Of all services that they start.
    """
    own = {f"FORMCHECK_{name.upper()}": value for name, value in settings.items()}
    paths = [str(Path(__file__).parent / name) for name in tests]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-m", "not model", *paths],
        cwd=ROOT,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        timeout=SUITE_PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
