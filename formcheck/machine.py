"""How much of the machine this process may use."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Final

from threadpoolctl import threadpool_limits

from formcheck.notes import usage

if sys.platform != "win32":
    import resource

THREADS_VARIABLE: Final = "FORMCHECK_THREADS"
MOST_THREADS: Final = 8


def usable_cores() -> list[int]:
    """Return the numbers of the processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def usable_threads() -> int:
    """Return how many threads may work on one clip: one a core, at most eight.

    ``$FORMCHECK_THREADS`` sets it where several processes share a machine.

    Raises
    ------
    UsageError
        When the variable holds no such number.
    """
    named = os.environ.get(THREADS_VARIABLE)
    if named is None:
        return min(len(usable_cores()), MOST_THREADS)
    if not (named.isdecimal() and 1 <= int(named) <= MOST_THREADS):
        raise usage("threads_impossible", name=THREADS_VARIABLE, told=named, most=MOST_THREADS)
    return int(named)


class _OneThreadAlgebra:
    """Keeps numpy's linear algebra on one thread while anybody is inside, in any thread.

    Measuring means many products of small matrices. Shared out over threads they get no faster, and
    the threads wait for the next one by keeping their cores busy.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._limits: threadpool_limits | None = None

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._limits is None:
                self._limits = threadpool_limits(1, user_api="blas")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside and self._limits is not None:
                self._limits.restore_original_limits()
                self._limits = None


one_thread_algebra: Final = _OneThreadAlgebra()


def memory_bytes() -> int:
    """Return the memory this process may use, 0 where the system does not tell.

    The least of the machine's, the container's (control groups, version 2) and the process's limit
    on data.
    """
    if sys.platform == "win32":
        return 0
    try:
        whole = max(0, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except ValueError:
        return 0
    container = Path("/sys/fs/cgroup/memory.max")
    given = container.read_text("ascii").strip() if container.is_file() else "max"
    allowed, _ = resource.getrlimit(resource.RLIMIT_DATA)
    limits = [int(given)] if given.isdigit() else []
    limits += [allowed] if allowed != resource.RLIM_INFINITY else []
    return min(whole, *limits) if limits else whole
