"""A folder of results: written aside, then put in place whole, never over what is read.

Results that lay there before go with the new ones, so that a folder never shows two clips; what
formcheck did not write is never touched.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pydantic_core import from_json

from formcheck.errors import FormcheckError
from formcheck.notes import usage

CANNOT_WRITE: Final = "cannot_write"
_PART: Final = ".formcheck-"
_SCHEMAS: Final = "formcheck."


def is_same_file(first: Path, second: Path) -> bool:
    """Return whether two paths lead to one file, also by links."""
    try:
        return first.samefile(second)
    except (OSError, ValueError):
        return False


def file_hash(path: Path) -> str | None:
    """Return the SHA-256 of a file's bytes; None where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return None


def keep_inputs(inputs: Iterable[Path], targets: Iterable[Path]) -> None:
    """Check that no result would take the place of something that is read.

    Raises
    ------
    UsageError
        Names the first such input.
    """
    there = [target for target in targets if target.exists()]
    for path in inputs:
        if any(is_same_file(path, target) for target in there):
            raise usage("results_replace_input", path=path)


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Turn what the system says when something cannot be written into a sentence.

    Raises
    ------
    FormcheckError
        With code ``cannot_write``.
    """
    try:
        yield
    except OSError as error:
        raise _unwritable(place, error) from error
    except FormcheckError as error:
        if error.code != CANNOT_WRITE:
            raise
        raise _unwritable(place, error.__cause__) from error.__cause__


def _unwritable(place: Path, error: BaseException | None) -> FormcheckError:
    reason = f" ({error.strerror})" if isinstance(error, OSError) and error.strerror else ""
    return FormcheckError(
        f"{place} could not be written{reason}: check the folder and the disk's free space.",
        CANNOT_WRITE,
    )


class ResultFolder:
    """Where the results of one run go; a context manager.

    Entering it makes the folder, and in it a hidden one to write into, so that a place that cannot
    be written to is told before any work is done. Leaving it drops what was not put in place, and
    the folder too where it is new and empty.

    Parameters
    ----------
    folder : Path
        The folder; made where it is not there.
    names : sequence of str
        Every file that such a run can write, the one that names its schema first.
    inputs : iterable of Path
        What is read for the results.

    Raises
    ------
    UsageError
        The folder cannot be made or written to, a result would replace an input, or a file of such
        a name lies there that formcheck did not write.
    """

    def __init__(self, folder: Path, names: Sequence[str], inputs: Iterable[Path] = ()) -> None:
        self.folder = folder
        self._names = tuple(names)
        self._inputs = tuple(inputs)
        self._made = False
        self.part = folder

    def __enter__(self) -> Self:
        self._made = make_folder(self.folder)
        try:
            keep_inputs(self._inputs, (self.folder / name for name in self._names))
            self._check_ours()
            self.part = self._new_part()
        except BaseException:
            self._drop()
            raise
        return self

    def _check_ours(self) -> None:
        found = next((name for name in self._names if (self.folder / name).exists()), None)
        if found is not None and not is_ours(self.folder / self._names[0]):
            raise usage("results_not_by_formcheck", path=self.folder / found)

    def _new_part(self) -> Path:
        try:
            return Path(tempfile.mkdtemp(prefix=_PART, dir=self.folder))
        except OSError as error:
            raise usage(
                "results_not_writable", folder=self.folder, reason=error.strerror
            ) from error

    def put_in_place(self) -> None:
        """Let what lies in `part` take the place of all results that lay there before.

        Old results go first and the file that names the schema comes next, so that a folder that is
        left halfway never shows two runs as one.
        """
        first, *others = self._names
        with writing(self.folder):
            for name in others:
                (self.folder / name).unlink(missing_ok=True)
            for name in (first, *others):
                if (self.part / name).exists():
                    (self.part / name).replace(self.folder / name)

    def _drop(self) -> None:
        if self.part != self.folder:
            shutil.rmtree(self.part, ignore_errors=True)
        if self._made:
            with suppress(OSError):  # where there is something in it
                self.folder.rmdir()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._drop()


def make_folder(folder: Path) -> bool:
    """Make a folder for results; tell whether it is new.

    Raises
    ------
    UsageError
        When it cannot be made.
    """
    try:
        if folder.is_dir():
            return False
        folder.mkdir(parents=True)
    except FileExistsError:
        raise usage("results_folder_is_file", folder=folder) from None
    except (OSError, ValueError):
        raise usage("results_folder_cannot_be", folder=folder) from None
    return True


def is_ours(path: Path) -> bool:
    """Return whether a file is JSON that names a schema of formcheck."""
    try:
        content = from_json(path.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and str(content.get("schema")).startswith(_SCHEMAS)
