"""A process that does one job: watched, limited, and ended with everything it started.

Only the standard library is imported, so that it is there before anything that decodes.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

if sys.platform != "win32":
    import resource

Lines = queue.Queue[bytes | None]
"""What a child writes, line by line; None at its end."""

# Code and libraries are mapped, threads reserve stacks: this much is not in use.
ADDRESS_SLACK_BYTES: Final = 4_000_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may take; `cores` are the numbers of those it may use, none for all."""

    seconds: float
    memory_bytes: int
    cores: tuple[int, ...] = ()


@contextmanager
def child(
    command: Sequence[str], first_line: bytes, errors: Path, environment: Mapping[str, str]
) -> Iterator[tuple[subprocess.Popen[bytes], Lines]]:
    """Start a child in a process group of its own; kill the whole group in the end.

    Parameters
    ----------
    command : sequence of str
        The program and its arguments. It should end itself when its standard input closes
        (`end_when`), so that none outlives a killed parent.
    first_line : bytes
        Written to its standard input, which then stays open.
    errors : Path
        The file that takes its standard error.
    environment : mapping of str to str
        All that it finds in its environment.
    """
    with errors.open("wb") as told:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=told,
            start_new_session=True,
            env=dict(environment),
            umask=0o077,
        )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.write(first_line + b"\n")
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


def _lines(pipe: IO[bytes]) -> Lines:
    lines: Lines = queue.Queue()

    def read() -> None:
        with suppress(OSError, ValueError):
            for line in pipe:
                lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True, name="child-output").start()
    return lines


def resident_bytes(pid: int) -> int:
    """Return a process's memory in use; 0 where that cannot be told."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def end_when(closed: Callable[[], object]) -> None:
    """End this process on the spot when a function returns, as it does when the parent is gone."""

    def wait() -> None:
        closed()
        os._exit(1)

    threading.Thread(target=wait, daemon=True, name="parent-watch").start()


def input_closed() -> None:
    """Return when standard input closes."""
    while os.read(sys.stdin.fileno(), 1024):  # a buffered read would hold a lock at the end
        pass


def keep_to(cores: Sequence[int]) -> None:
    """Keep this process to some cores, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)


def limit_this_process(limits: Limits, cores: int) -> None:
    """Set the limits that the system keeps: processor time on so many cores, and memory."""
    seconds = int(limits.seconds * cores) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    data = limits.memory_bytes + ADDRESS_SLACK_BYTES
    resource.setrlimit(resource.RLIMIT_DATA, (data, data))
