"""Read the advice files, check them, and say in one sentence what is wrong and on which line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from pydantic import ValidationError

from formcheck.cues.guide import checks
from formcheck.cues.guide.checks import Path
from formcheck.cues.guide.shapes import DrillsFile, Guide, RegionsFile, Row, RulesFile, TextsFile
from formcheck.errors import UsageError

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\-]+)\s*\]\]?")
_KEY = re.compile(r"\s*([\w\-]+)\s*=\s*(.*)")


def line_of(text: str, path: Path) -> int:
    """Return the line (from 1) of the entry at `path`, or of the closest thing around it.

    Parameters
    ----------
    text : str
        The file. Of TOML it knows what the advice files use: tables, arrays of tables, keys, and
        arrays of inline tables with one row a line.
    path : tuple
        Keys and indices from the top, e.g. ``("finding", 0, "case", 1, "signs", 0, "above")``.
    """
    lines = dict(_entries(text))
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


def _entries(text: str) -> Iterator[tuple[Path, int]]:
    """Yield every entry's path and line, in order."""
    counts: dict[Path, int] = {}
    table: Path = ()
    array: Path | None = None
    row = 0
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if array is not None:
            if stripped.startswith("]"):
                array = None
            elif stripped and not stripped.startswith("#"):
                yield (*array, row), number
                row += 1
        elif header := _HEADER.match(line):
            table = _table(header[2].split("."), header[1] == "[[", counts)
            yield table, number
        elif entry := _KEY.match(line):
            yield (*table, entry[1]), number
            if entry[2].split("#")[0].strip() == "[":
                array, row = (*table, entry[1]), 0


def _table(names: list[str], is_array: bool, counts: dict[Path, int]) -> Path:
    """Return the path of a table header, counting the rows of arrays of tables in `counts`."""
    path: Path = ()
    for name in names[:-1]:
        path = (*path, name)
        if path in counts:
            path = (*path, counts[path])
    path = (*path, names[-1])
    if is_array:
        counts[path] = counts.get(path, -1) + 1
        path = (*path, counts[path])
    return path


_FileT = TypeVar("_FileT", bound=Row)


@cache
def load_guide() -> Guide:
    """Return the advice data that comes with the program."""
    return read_guide(files("formcheck.cues.guide"))


def read_guide(folder: Traversable) -> Guide:
    """Read and check the advice data in `folder`.

    Parameters
    ----------
    folder : Traversable
        Holds ``rules.toml``, ``drills.toml``, ``regions.toml`` and ``texts.toml``.

    Raises
    ------
    UsageError
        Names the file and the line of the first thing that is wrong, and what it is.
    """
    guide = Guide(
        rules=read_file(folder, "rules.toml", RulesFile),
        drills=read_file(folder, "drills.toml", DrillsFile),
        regions=read_file(folder, "regions.toml", RegionsFile),
        texts=read_file(folder, "texts.toml", TextsFile),
    )
    for name, path, message in checks.problems(guide):
        raise _error(name, line_of(_text(folder, name), path), message)
    return guide


def read_file(folder: Traversable, name: str, kind: type[_FileT]) -> _FileT:
    """Read one of the files into `kind`, checking words and types.

    Raises
    ------
    UsageError
        Names the file and the line of the first thing that is wrong, and what it is.
    """
    text = _text(folder, name)
    try:
        return kind.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name} cannot be read: {error}.", "advice_data") from error
    except ValidationError as error:
        found = error.errors()
        first = next((row for row in found if row["type"] == "extra_forbidden"), found[0])
        path: Path = first["loc"]
        raise _error(name, line_of(text, path), _sentence(first)) from error


def _text(folder: Traversable, name: str) -> str:
    try:
        return folder.joinpath(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{name} cannot be read: {error}.", "advice_data") from error


def _error(name: str, line: int, message: str) -> UsageError:
    return UsageError(f"{name}, line {line}: {message}.", "advice_data")


def _sentence(error: Mapping[str, Any]) -> str:
    """Say a pydantic error in plain words."""
    words: Iterable[str | int] = error["loc"]
    word = next((w for w in reversed(tuple(words)) if isinstance(w, str)), "the file")
    if error["type"] == "missing":
        return f"the word {word!r} is missing here"
    if error["type"] == "extra_forbidden":
        return f"the word {word!r} is not known here"
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{word!r}: {message}"
