"""One job in one child process: watched, limited, and ended with everything it started."""

from __future__ import annotations

import json
import logging
import queue
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from typing import Final

from formcheck.crew.child import Limits, Lines, child, resident_bytes
from formcheck_api.confine import environment
from formcheck_api.jobs.outcomes import (
    Cancelled,
    Done,
    Failed,
    Failure,
    Lost,
    OnProgress,
    Order,
    Outcome,
    Task,
    out_of_memory,
)
from formcheck_api.jobs.work import storage_folder

logger = logging.getLogger(__name__)

POLL_S: Final = 0.2
LAST_WORDS: Final = 2000
ERRORS_NAME: Final = "stderr"
COMMAND: Final = (sys.executable, "-P", "-m", "formcheck_api.jobs.work")


def run_child(
    order: Order,
    limits: Limits,
    scratch: Path | None,
    told: OnProgress,
    cancelled: Callable[[], bool],
) -> Outcome:
    """Do one job in a child process and return how it ended.

    Parameters
    ----------
    order : Order
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
    network = storage_folder(order.storage) is None
    with tempfile.TemporaryDirectory(prefix="job-", dir=scratch, ignore_cleanup_errors=True) as own:
        folder = Path(own)
        task = Task(order, limits, own)
        env = environment(folder, network=network)
        with child(COMMAND, task.to_json(), folder / ERRORS_NAME, env) as (process, lines):
            outcome = _ended(process, lines, limits, told, cancelled)
        if isinstance(outcome, Lost):
            logger.warning("worker lost: %s", _last_words(folder))
        return outcome


def _ended(
    process: Popen[bytes],
    lines: Lines,
    limits: Limits,
    told: OnProgress,
    cancelled: Callable[[], bool],
) -> Outcome:
    """Watch a child and return how it ended."""
    ends = time.monotonic() + limits.seconds
    while True:
        outcome = _listen(lines, told) or _overstepped(process, limits, ends)
        if outcome is not None:
            return outcome
        if cancelled():
            return Cancelled()


def _listen(lines: Lines, told: OnProgress) -> Outcome | None:
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


def _overstepped(process: Popen[bytes], limits: Limits, ends: float) -> Outcome | None:
    if time.monotonic() > ends:
        text = f"The job took longer than {limits.seconds / 60:g} minutes: cut the clip shorter."
        return Failed(Failure("too_slow", text))
    if resident_bytes(process.pid) > limits.memory_bytes:
        return Failed(out_of_memory(limits.memory_bytes))
    return None


def _last_words(folder: Path) -> str:
    return (folder / ERRORS_NAME).read_text("utf-8", "replace")[-LAST_WORDS:]
