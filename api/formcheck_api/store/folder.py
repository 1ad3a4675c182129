"""The data folder: held by one service alone, marked, private, and rid of what was half done."""

from __future__ import annotations

import fcntl
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final
from uuid import uuid4

from formcheck.errors import UsageError
from formcheck_api.store.own import MARK, MARKER, NOBODYS, is_id, is_job_folder, refuse_others

logger = logging.getLogger(__name__)

SETTING: Final = "FORMCHECK_DATA_FOLDER"
DATABASE: Final = "formcheck.sqlite"
STORAGE: Final = "storage"
_INSTANCE: Final = "instance"
_UPLOADS: Final = "uploads"
_WORK: Final = "work"
_DATABASE_FILES: Final = tuple(f"{DATABASE}{end}" for end in ("", "-wal", "-shm", "-journal"))
_OWN: Final = frozenset({*_DATABASE_FILES, _INSTANCE, STORAGE, _UPLOADS, _WORK, *NOBODYS})


@dataclass(frozen=True, slots=True)
class Held:
    """A data folder held by this service: the name kept there, and folders for files meanwhile."""

    instance: str
    uploads: Path
    work: Path


@contextmanager
def own_folder(folder: Path) -> Iterator[Held]:
    """Hold the data folder for this service alone, without what an earlier one left half done.

    Raises
    ------
    UsageError
        When the folder cannot be made, is not the service's own, or another service holds it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _mark(folder)
        file = (folder / _INSTANCE).open("a+", encoding="ascii")
    except OSError as error:
        raise UsageError(
            f"The data folder {folder} cannot be used ({error.strerror}): set {SETTING} to another."
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(
                f"Another formcheck service uses {folder}: stop it, or set {SETTING}."
            ) from None
        uploads = _emptied(folder / _UPLOADS, is_id)
        work = _emptied(folder / _WORK, is_job_folder)
        make_private(folder)
        yield Held(_name_in(file), uploads, work)


def make_private(folder: Path) -> None:
    """Let nobody else on this machine read what is in the folder, even when it was there before."""
    for name in (_INSTANCE, MARKER, *_DATABASE_FILES):
        if (folder / name).is_file() and not (folder / name).is_symlink():
            (folder / name).chmod(0o600)
    for name in (STORAGE, _UPLOADS, _WORK):
        if (folder / name).is_dir() and not (folder / name).is_symlink():
            (folder / name).chmod(0o700)


def _mark(folder: Path) -> None:
    """Mark the folder as the service's own; refuse one that is neither empty nor its own."""
    if (folder / MARKER).is_file():
        return
    if not _held_before(folder / _INSTANCE):
        names = {path.name for path in folder.iterdir()}
        own = _OWN if DATABASE in names else NOBODYS
        refuse_others(str(folder), SETTING, names - own)
    (folder / MARKER).write_bytes(MARK)


def _held_before(instance: Path) -> bool:
    """Return whether an earlier version, which set no marker, held the folder."""
    try:
        return is_id(instance.read_text("ascii").strip())
    except (OSError, UnicodeDecodeError):
        return False


def _emptied(folder: Path, own: Callable[[str], bool]) -> Path:
    """Return the folder without what an earlier service left half done; all else in it stays.

    Raises
    ------
    UsageError
        When something else stands there.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UsageError(
            f"{folder} is a link or a file, not the service's own folder: move it away, or set "
            f"{SETTING} to another."
        )
    folder.mkdir(mode=0o700, exist_ok=True)
    for path in folder.iterdir():
        if not own(path.name):
            logger.warning("%s was not made by formcheck: it stays", path)
        elif path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return folder


def _name_in(file: IO[str]) -> str:
    file.seek(0)
    name = file.read().strip()
    if not name:
        name = uuid4().hex
        file.write(name)
        file.flush()
    return name
