"""One job in one child process: watched, limited, and ended with everything it started."""

from __future__ import annotations

import json
import logging
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Final

from formcheck_api.confine import environment
from formcheck_api.jobs.outcomes import (
    Cancelled,
    Done,
    Failed,
    Failure,
    Limits,
    Lost,
    Order,
    Outcome,
    Told,
    out_of_memory,
)
from formcheck_api.jobs.work import storage_folder

logger = logging.getLogger(__name__)

POLL_S: Final = 0.2
LAST_WORDS: Final = 2000


def run_child(
    order: Order, limits: Limits, scratch: Path | None, told: Told, cancelled: Callable[[], bool]
) -> Outcome:
    """Do one job in a child process and return how it ended.

    Parameters
    ----------
    order : dict
        What to do.
    limits : Limits
        Time and memory; the child is killed when it takes more.
    scratch : Path or None
        Folder for files meanwhile; the system's own when None.
    told : callable
        Told of progress.
    cancelled : callable
        Asked a few times a second whether to stop.
    """
    with (
        tempfile.TemporaryDirectory(prefix="job-", dir=scratch, ignore_cleanup_errors=True) as own,
        _child({**order, **asdict(limits), "folder": own}) as (process, lines),
    ):
        ends = time.monotonic() + limits.seconds
        outcome: Outcome | None = None
        while outcome is None:
            outcome = _listen(lines, told) or _overstepped(process, limits, ends)
            if outcome is None and cancelled():
                outcome = Cancelled()
        if isinstance(outcome, Lost):
            logger.warning("worker lost: %s", _last_words(Path(own)))
        return outcome


@contextmanager
def _child(order: Order) -> Iterator[tuple[subprocess.Popen[bytes], queue.Queue[bytes | None]]]:
    """Start a child in a process group of its own; kill the whole group in the end.

    The child ends itself when its standard input closes, so none outlives a killed service.
    """
    folder = Path(order["folder"])
    with (folder / "stderr").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "formcheck_api.jobs.work"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            env=environment(folder, network=storage_folder(order["storage"]) is None),
            umask=0o077,
        )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(order).encode("ascii") + b"\n")
            process.stdin.flush()
        yield process, _lines(process.stdout)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()


def _lines(pipe: IO[bytes]) -> queue.Queue[bytes | None]:
    """Return a queue of the pipe's lines that ends with None."""
    lines: queue.Queue[bytes | None] = queue.Queue()

    def read() -> None:
        with suppress(OSError, ValueError):
            for line in pipe:
                lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True, name="child-output").start()
    return lines


def _listen(lines: queue.Queue[bytes | None], told: Told) -> Outcome | None:
    """Take one line, or wait a moment for it; return the outcome when it says so."""
    try:
        line = lines.get(timeout=POLL_S)
    except queue.Empty:
        return None
    if line is None:
        return Lost(Failure("worker_lost", "The worker process died."))
    message = json.loads(line)
    match message:
        case {"stage": stage, "share": share}:
            told(stage, share)
        case {"done": shown}:
            return Done(shown)
        case {"failed": failure}:
            return Failed(Failure(**failure))
    return None


def _overstepped(process: subprocess.Popen[bytes], limits: Limits, ends: float) -> Outcome | None:
    if time.monotonic() > ends:
        text = f"The job took longer than {limits.seconds / 60:g} minutes: cut the clip shorter."
        return Failed(Failure("too_slow", text))
    if resident_bytes(process.pid) > limits.memory_bytes:
        return Failed(out_of_memory(limits.memory_bytes))
    return None


def resident_bytes(pid: int) -> int:
    """Return a process's memory in use; 0 where that cannot be told."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _last_words(folder: Path) -> str:
    return (folder / "stderr").read_text("utf-8", "replace")[-LAST_WORDS:]
