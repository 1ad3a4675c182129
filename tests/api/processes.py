"""Look at the processes of a service, and stop, hold or kill its workers."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from formcheck_api.store.own import MARKER

from tests.api.service import PATIENCE_S, Service

T = TypeVar("T")
LOOK_EVERY_S = 0.01


def until(found: Callable[[], T], what: str, patience_s: float = PATIENCE_S) -> T:
    """Ask until the answer is true or not empty; return it."""
    ends = time.monotonic() + patience_s
    while not (answer := found()):
        if time.monotonic() > ends:
            raise TimeoutError(f"waited in vain: {what}")
        time.sleep(LOOK_EVERY_S)
    return answer


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and that have not ended."""
    found: list[int] = []
    with suppress(OSError):
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            found += [int(word) for word in path.read_text("ascii").split()]
    return [child for child in found if alive(child)]


def alive(pid: int) -> bool:
    """Return whether a process is there and has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def is_worker(pid: int) -> bool:
    """Return whether a process is one that does a job."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"formcheck_api.jobs.work" in words


def workers(service: Service) -> list[int]:
    """Return the processes that do jobs of a service on this machine."""
    return [pid for pid in children(service.pid) if is_worker(pid)]


def worker_of(service: Service, *others: int) -> int:
    """Wait for a worker that is none of these; return it."""
    return until(
        lambda: [pid for pid in workers(service) if pid not in others], "a worker has started"
    )[0]


def writing_worker(service: Service) -> int:
    """Wait until a job has begun to write its results; return its worker, held."""
    until(lambda: list((service.folder / "work").glob("job-*/result/*")), "results are written")
    worker = worker_of(service)
    os.kill(worker, signal.SIGSTOP)
    return worker


@contextmanager
def held_worker(service: Service, *others: int) -> Iterator[int]:
    """Wait for a worker and hold it meanwhile, so that its job is under way."""
    worker = worker_of(service, *others)
    os.kill(worker, signal.SIGSTOP)
    try:
        yield worker
    finally:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGCONT)


def ended_process(pid: int) -> None:
    """Wait until a process has ended."""
    until(lambda: not alive(pid), f"process {pid} has ended")


def peak_memory_mb(pid: int) -> float:
    """Return the most memory a process has had in use so far."""
    text = Path(f"/proc/{pid}/status").read_text("ascii")
    kilobytes = next(line.split()[1] for line in text.splitlines() if line.startswith("VmHWM"))
    return int(kilobytes) * 1024 / 1e6


def files_in(folder: Path) -> list[str]:
    """Return every file in a folder, by its path in there, but for the service's marker."""
    found = (p for p in folder.rglob("*") if p.is_file() and p.name != MARKER)
    return sorted(str(p.relative_to(folder)) for p in found)
