"""Where clips and results are kept: a folder or any fsspec address, one folder a job.

::

    .formcheck           tells that the service made all this
    JOB/clip             what was uploaded
    JOB/job.json         what was asked for, and by whom
    JOB/result/NAME      what the job wrote

Symbolic links are not followed in a folder: whoever can put one there would have any file read.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, cast
from uuid import uuid4

import fsspec
from fsspec.implementations.local import LocalFileSystem

from formcheck_api.store.own import (
    MARK,
    MARKER,
    NOBODYS,
    is_id,
    is_unfinished,
    refuse_others,
)

CLIP: Final = "clip"
RECORD: Final = "job.json"
RESULT: Final = "result"
THUMBNAIL: Final = "thumb.jpg"
"""A result: a small picture of the clip for lists."""
MEASURED: Final = "measured.json"
"""A result: the report as it was measured, where something of it was put right."""
TRACK: Final = "track.npz"
"""A result: the body's points as the network saw them, so that it need not look again."""
PLAYABLE: Final = "original.mp4"
"""A result: the clip as browsers play it, where they do not play what was uploaded."""
SETTING: Final = "FORMCHECK_STORAGE_URL"

UNFINISHED_S: Final = 86_400.0
_INCOMING: Final = ".incoming"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file in the storage: its key, size, and when it was written as the storage tells it."""

    key: str
    size: int
    version: str


class Storage:
    """Files of jobs, by keys such as ``JOB/result/report.json``.

    Parameters
    ----------
    url : str
        A folder or an fsspec address.

    Notes
    -----
    A file is there whole or not at all: it is written under another name and then moved.
    """

    def __init__(self, url: str) -> None:
        self._fs, self._root = fsspec.core.url_to_fs(url)
        self._local = isinstance(self._fs, LocalFileSystem)

    def prepare(self) -> None:
        """Make and mark the root folder, and forget files that were never finished.

        Other services may be writing to the same storage, so only old ones are forgotten.

        Raises
        ------
        UsageError
            When the folder is there, and neither empty nor the service's own.
        """
        self._fs.makedirs(self._root, exist_ok=True)
        names = self._names()
        if MARKER not in names:
            self._refuse_others(names)
            self._fs.pipe_file(self._path(MARKER), MARK)
        for name in filter(is_unfinished, self._names(_INCOMING)):
            if time.time() - _begun_s(name) > UNFINISHED_S:
                self._remove(f"{_INCOMING}/{name}")

    def _refuse_others(self, names: list[str]) -> None:
        """Refuse what no earlier version can have left."""
        known = {_INCOMING, *NOBODYS}
        others = {name for name in names if name not in known and not is_id(name)}
        for job in sorted(set(names) - known - others):
            if not {CLIP, RECORD, RESULT}.issuperset(self._names(job)):
                others.add(job)
        refuse_others(self._root, SETTING, others)

    def put(self, source: Path, key: str) -> None:
        """Move a local file into the storage; nothing is left of it when that fails."""
        with self._place(key) as (incoming, target):
            if self._local:
                _move(source, Path(incoming), Path(target))
            else:
                self._fs.put_file(str(source), incoming)
                self._fs.mv(incoming, target)
                source.unlink()

    def write(self, content: bytes, key: str) -> None:
        """Write a small file, whole or not at all."""
        with self._place(key) as (incoming, target):
            self._fs.pipe_file(incoming, content)
            if self._local:
                Path(incoming).replace(target)
            else:
                self._fs.mv(incoming, target)

    @contextmanager
    def _place(self, key: str) -> Iterator[tuple[str, str]]:
        """Yield where to write a file first, and where it is to be in the end."""
        incoming, target = self._path(_incoming()), self._path(key)
        for path in (incoming, target):
            self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
        if self._links(key):
            raise OSError(errno.ELOOP, "a symbolic link is in the way", key)
        try:
            yield incoming, target
        except BaseException:
            with suppress(OSError):
                self._fs.rm_file(incoming)
            raise

    def put_folder(self, source: Path, key: str) -> None:
        """Move every file of a local folder into a folder of the storage."""
        for file in sorted(source.iterdir()):
            self.put(file, f"{key}/{file.name}")

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """Yield a local path of a file or folder; a copy where the storage is elsewhere.

        Raises
        ------
        FileNotFoundError
            When there is none.
        """
        path = self._path(key)
        if self._local:
            if self._links(key) or not Path(path).exists():
                raise FileNotFoundError(errno.ENOENT, "not in the storage", key)
            yield Path(path)
            return
        with tempfile.TemporaryDirectory(prefix="formcheck-") as folder:
            copy = Path(folder) / key.rpartition("/")[2]
            self._fs.get(path, str(copy), recursive=True)
            yield copy

    def find(self, key: str) -> StoredFile | None:
        """Return what is known of a file, None when there is none."""
        if self._links(key):
            return None
        try:
            info = self._fs.info(self._path(key))
        except FileNotFoundError:
            return None
        if info["type"] != "file":
            return None
        marks = (info.get(name) for name in ("ETag", "mtime", "LastModified", "created"))
        version = next((str(mark) for mark in marks if mark), "")
        return StoredFile(key, int(info["size"]), version)

    def open(self, key: str) -> IO[bytes]:
        """Open a file to read.

        Raises
        ------
        FileNotFoundError
            When there is none.
        """
        if self._links(key):
            raise FileNotFoundError(errno.ENOENT, "not in the storage", key)
        return cast(IO[bytes], self._fs.open(self._path(key), "rb"))

    def delete(self, job: str) -> None:
        """Delete everything of a job; nothing happens when there is nothing.

        Raises
        ------
        ValueError
            For a name that no job can have.
        """
        if not is_id(job):
            raise ValueError(f"{job!r} is no job's folder")
        self._remove(job)

    def jobs(self) -> list[str]:
        """Return the names of all jobs' folders."""
        return sorted(filter(is_id, self._names()))

    def strangers(self) -> list[str]:
        """Return the names of what the service did not put here; it leaves them alone."""
        own = {MARKER, _INCOMING, *NOBODYS}
        return sorted(name for name in self._names() if name not in own and not is_id(name))

    @contextmanager
    def marked(self) -> Iterator[str]:
        """Yield the key of a small file that is there meanwhile.

        Raises
        ------
        OSError
            When it cannot be written or deleted.
        """
        key = _incoming()
        path = self._path(key)
        self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
        self._fs.pipe_file(path, b"formcheck")
        try:
            yield key
        finally:
            self._fs.rm_file(path)

    def check(self) -> None:
        """Write and delete a small file.

        Raises
        ------
        OSError
            When that does not work.
        """
        with self.marked():
            pass

    def _names(self, folder: str = "") -> list[str]:
        """Return the names in a folder, none when it is not there."""
        self._fs.invalidate_cache()
        try:
            entries: list[dict[str, Any]] = self._fs.ls(self._path(folder).rstrip("/"), detail=True)
        except FileNotFoundError:
            return []
        names = (str(entry["name"]).rstrip("/").rpartition("/")[2] for entry in entries)
        return [name for name in names if name]

    def _remove(self, name: str) -> None:
        path = self._path(name)
        if self._local and Path(path).is_symlink():
            Path(path).unlink()
            return
        with suppress(FileNotFoundError):
            self._fs.rm(path, recursive=True)

    def _links(self, key: str) -> bool:
        """Return whether a symbolic link stands on the way to a file of a folder."""
        if not self._local:
            return False
        path = Path(self._path(key))
        return any(part.is_symlink() for part in (path, *path.parents[: key.count("/")]))

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}"


def _incoming() -> str:
    """Return a new key for a file that is not finished; it tells when it was begun."""
    return f"{_INCOMING}/{int(time.time())}-{uuid4().hex}"


def _begun_s(name: str) -> float:
    """Return when an unfinished file was begun; long ago for other names."""
    begun = name.partition("-")[0]
    return float(begun) if begun.isdigit() else 0.0


def _move(source: Path, incoming: Path, target: Path) -> None:
    """Move a file, by way of `incoming` when it lies on another file system."""
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        shutil.copyfile(source, incoming)
        with incoming.open("rb") as file:
            os.fsync(file.fileno())
        incoming.replace(target)
        source.unlink()
