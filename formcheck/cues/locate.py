"""Find the line of a TOML file that an entry stands on; the standard parser does not keep it."""

from __future__ import annotations

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]

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
