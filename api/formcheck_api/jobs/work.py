"""What a worker process is: one job, told on standard input, progress on standard output.

``python -m formcheck_api.jobs.work`` reads one line, a `formcheck_api.jobs.outcomes.Task` in JSON,
and writes lines ``{"stage": ..., "share": ...}``, at last ``{"done": {...}}`` or
``{"failed": {"code": ..., "text": ...}}``. When standard input closes, it ends itself at once, and
on Linux the system ends it with the thread that started it, even when it hangs.

It imports nothing that decodes, measures or starts threads before it is confined.
"""

from __future__ import annotations

import ctypes
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Final

from formcheck_api.confine import World, confine
from formcheck_api.jobs.outcomes import Task

_PR_SET_PDEATHSIG: Final = 1
_INCOMING: Final = ".incoming"


def main() -> None:
    """Do the job that standard input tells."""
    _die_with_parent()
    task = Task.from_json(sys.stdin.buffer.readline())
    if task.order.confined:
        confine(world_of(task))
    import_module("formcheck_api.jobs.doing").do(task)


def storage_folder(url: str) -> Path | None:
    """Return the folder that a storage is; None when it is elsewhere."""
    path = url.removeprefix("file://")
    return None if "://" in path or "::" in path else Path(path).absolute()


def world_of(task: Task) -> World:
    """Return what a job needs: its own folders, and to read what it is made from."""
    order = task.order
    reads = [order.replay] if order.replay else []
    storage = storage_folder(order.storage)
    if storage is None:
        return World(tuple(reads), (task.folder,), network=True)
    own, incoming = storage / order.id, storage / _INCOMING
    for place in (own, incoming):
        place.mkdir(parents=True, exist_ok=True)
    baseline = order.work.get("baseline")
    others = [*order.compared, *([baseline] if isinstance(baseline, str) else [])]
    reads += [str(storage / other) for other in others]
    return World(tuple(reads), (task.folder, str(own), str(incoming)))


def _die_with_parent() -> None:
    """Let the system kill this process when its parent dies (prctl(2))."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
