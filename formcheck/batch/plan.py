"""From the clips of a batch to its tasks: a folder for each, and what its results depend on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from formcheck import __version__
from formcheck.batch.inputs import Entry
from formcheck.batch.record import RECORD_NAME, Record, is_whole, load_record
from formcheck.errors import FormcheckError, UsageError
from formcheck.pipeline import Options
from formcheck.pose import open_estimator
from formcheck.report.schema import load_report
from formcheck.results import file_hash
from formcheck.text import shortened

SUMMARY_CSV: Final = "summary.csv"
SUMMARY_PARQUET: Final = "summary.parquet"
FAILURES_CSV: Final = "failures.csv"
PAGE_NAME: Final = "batch.html"
TABLES: Final = (SUMMARY_CSV, SUMMARY_PARQUET, FAILURES_CSV, PAGE_NAME)


@dataclass(frozen=True, slots=True)
class Task:
    """One clip to work on: everything that a worker on another machine needs to know.

    Attributes
    ----------
    clip : str
        How tables call it.
    path, out : Path
        The clip and the folder of all results, both absolute.
    folder : str
        Name of the clip's own folder in `out`.
    options_sha256 : str
        Hash of everything but the clip that the results depend on.
    """

    clip: str
    path: Path
    out: Path
    folder: str
    options: Options
    options_sha256: str


def make_tasks(entries: Iterable[Entry], out: Path) -> list[Task]:
    """Return a task for every clip; clips that have results in `out` keep their folder.

    Raises
    ------
    UsageError
        When a clip lies in the folder that its own results, or another clip's, would replace.
    ModelError
        When the pose model is missing or damaged.
    """
    entries = list(entries)
    folders = name_folders([entry.clip for entry in entries], out)
    _keep_clips(entries, {(out / folder).resolve() for folder in folders})
    models = {pose: _model(pose) for pose in {entry.options.pose for entry in entries}}
    return [
        Task(
            clip=entry.clip,
            path=entry.path,
            out=out.resolve(),
            folder=folder,
            options=entry.options,
            options_sha256=options_hash(entry.options, models[entry.options.pose]),
        )
        for entry, folder in zip(entries, folders, strict=True)
    ]


def _keep_clips(entries: Iterable[Entry], folders: set[Path]) -> None:
    for entry in entries:
        if folders.intersection(entry.path.parents):
            raise UsageError(
                f"{entry.clip} lies in a folder of results that would be replaced: move it out of "
                "there, or choose another folder with --out."
            )


def _model(pose: str) -> tuple[str, str]:
    with open_estimator(pose) as estimator:
        return estimator.name, estimator.sha256


def options_hash(options: Options, model: tuple[str, str]) -> str:
    """Return the SHA-256 of options, program version, and name and hash of the model."""
    content = {"options": asdict(options), "formcheck": __version__, "model": model}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def name_folders(clips: list[str], out: Path) -> list[str]:
    """Return a folder name for every clip: its stem, with a number where that is taken.

    The folder in which results of a clip already lie stays its folder. Nothing else that lies in
    `out` is ever taken.
    """
    kept = {record.clip: folder for folder, record in earlier_records(out).items()}
    there = (path.name for path in out.iterdir()) if out.is_dir() else ()
    taken = {name.casefold() for name in (*there, SUMMARY_CSV, SUMMARY_PARQUET, FAILURES_CSV)}
    taken.add(PAGE_NAME)
    return [
        kept.get(clip) or _free(PurePosixPath(clip.replace("\\", "/")).stem, taken)
        for clip in clips
    ]


def _free(stem: str, taken: set[str]) -> str:
    """Return the stem, or with the first number that makes it free, and take it."""
    stem = shortened(stem.lstrip(".")) or "clip"
    name, number = stem, 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}_{number}"
    taken.add(name.casefold())
    return name


def earlier_records(out: Path) -> Mapping[str, Record]:
    """Return the records that lie in a folder of results, by the name of the clip's folder."""
    files = sorted(out.glob(f"[!.]*/{RECORD_NAME}"))
    found = ((file.parent.name, load_record(file.parent)) for file in files)
    return {name: record for name, record in found if record is not None}


def same_options(task: Task) -> Record | None:
    """Return the record that lies in a task's folder, made of its clip with the same options."""
    record = load_record(task.out / task.folder)
    if record is None or record.clip != task.clip:
        return None
    if record.options_sha256 != task.options_sha256:
        return None
    folder = task.out / task.folder
    if not is_whole(record, folder) or (record.state == "measured" and not _has_report(folder)):
        return None
    return record


def finished_before(task: Task) -> Record | None:
    """Return the record of a task that was done before, of the same content and options."""
    record = same_options(task)
    if record is None or record.clip_sha256 is None:
        return None
    return record if record.clip_sha256 == file_hash(task.path) else None


def _has_report(folder: Path) -> bool:
    try:
        load_report(folder)
    except FormcheckError:
        return False
    return True
