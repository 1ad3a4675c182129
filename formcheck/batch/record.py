"""What a batch keeps of each clip: a small file in the clip's folder that says how it ended."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, ValidationError

RECORD_NAME: Final = "batch.json"
WORK_NAME: Final = ".unfinished"
_ATTEMPTS: Final = 3  # a worker that an earlier batch left behind may put the same clip in place


class Record(BaseModel):
    """How one clip ended: with which content and options, and why it failed if it did.

    `clip_sha256` is None where the file could not be read; `files` holds the size in bytes of
    everything that lay in the folder, None in records of older versions.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    schema_id: Literal["formcheck.batch_record/1"] = Field(
        default="formcheck.batch_record/1", alias="schema"
    )
    clip: str
    folder: str
    state: Literal["measured", "failed"]
    clip_sha256: str | None
    options_sha256: str
    code: str | None = None
    sentence: str | None = None
    files: dict[str, int] | None = None


def load_record(folder: Path) -> Record | None:
    """Return what a clip's folder says of itself; None where it says nothing that holds."""
    try:
        return Record.model_validate_json((folder / RECORD_NAME).read_bytes())
    except (OSError, ValidationError):
        return None


def save_record(record: Record, folder: Path) -> None:
    """Write a record into a clip's folder."""
    text = record.model_dump_json(by_alias=True, indent=2)
    (folder / RECORD_NAME).write_text(text + "\n", encoding="utf-8")


def sizes_of(folder: Path) -> dict[str, int]:
    """Return the size in bytes of every file in a folder but the record, by name."""
    files = (path for path in folder.iterdir() if path.is_file() and path.name != RECORD_NAME)
    return {path.name: path.stat().st_size for path in sorted(files)}


def is_whole(record: Record, folder: Path) -> bool:
    """Return whether everything that a record names still lies in its folder, as long as then."""
    there = sizes_of(folder)
    return all(there.get(name) == size for name, size in (record.files or {}).items())


def new_part(out: Path) -> Path:
    """Make a folder of its own for unfinished results, on the same disk as the finished ones."""
    part = out / WORK_NAME / uuid4().hex
    part.mkdir(parents=True)
    return part


def put_in_place(part: Path, target: Path) -> None:
    """Move a finished folder to where it belongs, in one step; what was there goes.

    A process that is killed leaves either the old folder, none, or the new one, never a mixture.
    """
    for attempt in range(_ATTEMPTS):
        old = part.with_name(f"{part.name}.old{attempt}")
        if target.exists():
            target.rename(old)
        try:
            part.rename(target)
        except OSError:
            if not target.exists() or attempt == _ATTEMPTS - 1:
                raise
        shutil.rmtree(old, ignore_errors=True)
        if not part.exists():
            return


def drop_parts(out: Path) -> None:
    """Remove what unfinished work has left."""
    shutil.rmtree(out / WORK_NAME, ignore_errors=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there either whole or, when the process is killed, as it was before."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(path)
