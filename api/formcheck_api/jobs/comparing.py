"""What a worker does with a comparison: two stored analyses in, page and video out."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from formcheck.comparison.folder import compare_to_folder
from formcheck.errors import UsageError
from formcheck.report.stored import StoredRun, load_run
from formcheck_api.jobs.outcomes import OnProgress, Task
from formcheck_api.store.storage import CLIP, RESULT, Storage


def compare(task: Task, told: OnProgress) -> dict[str, Any]:
    """Compare two stored analyses and store the results; return what lists show of it."""
    order = task.order
    storage = Storage(order.storage)
    work, out = order.work, Path(task.folder) / RESULT
    with ExitStack() as held:
        first, second = (_fetched(storage, held, job_id) for job_id in order.compared)
        comparison = compare_to_folder(
            first[0],
            second[0],
            out,
            mode=work["mode"],
            same_setup=work["same_setup"],
            clips=(first[1], second[1]),
            blur_face=work["blur_face"],
            progress=lambda share: told("compare", round(share, 3)),
        )
    storage.put_folder(out, f"{order.id}/{RESULT}")
    return {
        "mode": comparison.mode,
        "same_setup": comparison.same_setup,
        "sentence": comparison.sentence,
    }


def _fetched(storage: Storage, held: ExitStack, job_id: str) -> tuple[StoredRun, Path]:
    """Return a stored analysis and its clip; copies live as long as `held`."""
    try:
        folder = held.enter_context(storage.local(f"{job_id}/{RESULT}"))
        clip = held.enter_context(storage.local(f"{job_id}/{CLIP}"))
    except FileNotFoundError:
        raise UsageError("One of the analyses is gone: choose another one.") from None
    return load_run(folder), clip
