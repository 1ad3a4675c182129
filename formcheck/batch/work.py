"""What a worker does with one clip: measure it aside, then put the whole result in place."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

from formcheck.batch.plan import Task
from formcheck.batch.record import Record, new_part, put_in_place, save_record, sizes_of
from formcheck.errors import FormcheckError
from formcheck.outputs import analyze_to_folder
from formcheck.pipeline import Options
from formcheck.results import file_hash

ERROR_NAME: Final = "error.txt"

Measure = Callable[[Path, Path, Options], object]
"""Measures a clip into a folder: ``measure(clip, folder, options)``. Must be picklable."""


def measure_clip(clip: Path, folder: Path, options: Options) -> None:
    """Write everything that ``formcheck analyze`` writes of one clip."""
    analyze_to_folder(clip, folder, options)


def do_task(task: Task, measure: Measure = measure_clip) -> Record:
    """Measure a clip and leave its folder, with a record in it, in place.

    A clip that cannot be measured gets a folder too, whose record says why. Nothing is seen in the
    folder of results before it is complete.
    """
    part = new_part(task.out)
    sha256 = file_hash(task.path)  # before measuring: a clip that changes meanwhile is done again
    try:
        measure(task.path, part, task.options)
    except FormcheckError as error:
        record = failed(task, error.code, str(error), sha256)
    else:
        record = _record(task, "measured", sha256)
    record = record.model_copy(update={"files": sizes_of(part)})
    save_record(record, part)
    put_in_place(part, task.out / task.folder)
    return record


def keep_failure(
    task: Task, code: str, sentence: str, error: BaseException | None = None
) -> Record:
    """Leave the folder of a clip whose worker could not; with an error, where it came from too."""
    part = new_part(task.out)
    record = failed(task, code, sentence, file_hash(task.path))
    if error is not None:
        text = "".join(traceback.format_exception(error))
        (part / ERROR_NAME).write_text(text, encoding="utf-8")
    save_record(record, part)
    put_in_place(part, task.out / task.folder)
    return record


def failed(task: Task, code: str, sentence: str, sha256: str | None) -> Record:
    """Return the record of a clip that failed."""
    record = _record(task, "failed", sha256)
    return record.model_copy(update={"code": code, "sentence": " ".join(sentence.split())})


def _record(task: Task, state: str, sha256: str | None) -> Record:
    return Record.model_validate(
        {
            "clip": task.clip,
            "folder": task.folder,
            "state": state,
            "clip_sha256": sha256,
            "options_sha256": task.options_sha256,
        }
    )
