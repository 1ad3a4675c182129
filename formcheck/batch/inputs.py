"""The clips of a batch: the videos under a folder, or the rows of a manifest."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

from formcheck.cues import Symptoms
from formcheck.errors import FormcheckError, UsageError
from formcheck.pipeline import Options
from formcheck.report.schema import REPORT_NAME, Pace
from formcheck.request import Request
from formcheck.text import plain
from formcheck.types import ViewKind
from formcheck.values import from_text

SUFFIXES: Final = frozenset(
    {
        *(".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm"),
        *(".mpg", ".mpeg", ".ts", ".mts", ".m2ts", ".3gp", ".wmv", ".h264", ".gif", ".webp"),
    }
)
COLUMNS: Final = (
    "clip",
    "runner",
    "height_m",
    "speed_kmh",
    "incline_pct",
    "pace",
    "view",
    "person",
    "rotate",
    "shoes",
    "date",
)
ASKED: Final = {field.name: field for field in fields(Symptoms)}
MISTAKEN: Final = {"height": "height_m", "speed": "speed_kmh", "incline": "incline_pct"}
YES_NO: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}

MOST_SHOWN: Final = 200
TOO_LONG: Final = "(a cell of more than 131072 characters)"

Finish = Callable[[Request, Mapping[str, Any]], Options]


@dataclass(frozen=True, slots=True)
class Entry:
    """One clip to measure; `clip` is how tables call it, `path` is absolute.

    `extra` holds the cells of the manifest's further columns, which go into the summary.
    """

    clip: str
    path: Path
    options: Options
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """One row of a manifest that cannot be worked on."""

    clip: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a batch works on, in the order of its tables, and what was passed over."""

    entries: tuple[Entry | Refused, ...]
    skipped: tuple[str, ...] = ()


def find_inputs(source: Path, request: Request, finish: Finish, out: Path) -> Inputs:
    """Return the clips of a folder or of a manifest.

    Parameters
    ----------
    source : Path
        A folder, looked through with everything below it, or a CSV file.
    request : Request
        What holds for every clip; a manifest's cells come before it.
    finish : callable
        Makes checked options of a request and of what a row says of pain, by the fields' names.
    out : Path
        Folder of the results, passed over where it lies among the clips.

    Raises
    ------
    UsageError
        Nothing is there, no clip is in it, the manifest's header is wrong, or `request` is.
    """
    options = finish(request, {})
    if source.is_dir():
        found = _folder(source, options, out)
    elif source.is_file() and source.suffix.lower() == ".csv":
        found = Inputs(tuple(_manifest(source, request, finish)))
    elif source.is_file():
        raise UsageError(
            f"{source} is neither a folder nor a manifest (.csv): use formcheck analyze for a clip."
        )
    else:
        raise UsageError(f"{source} does not exist: give a folder of clips or a manifest (.csv).")
    if not found.entries:
        raise UsageError(f"There is no clip in {source}: {_looked_for(source)}.")
    return found


def _looked_for(source: Path) -> str:
    if source.is_dir():
        return "files are looked for that end in " + ", ".join(sorted(SUFFIXES))
    return "write one row a clip below the header"


def _folder(source: Path, options: Options, out: Path) -> Inputs:
    entries, skipped = [], []
    for path in _files(source, out.resolve()):
        name = plain(path.relative_to(source).as_posix())
        if path.suffix.lower() in SUFFIXES and path.is_file():
            entries.append(Entry(name, path.resolve(), options))
        else:
            skipped.append(name)
    return Inputs(tuple(entries), tuple(skipped))


def _files(folder: Path, out: Path) -> Iterator[Path]:
    """Yield the files below a folder in the order of their names.

    Hidden ones, folders of results (they hold a ``report.json``) and `out` are left out. A folder
    that may not be looked into is yielded itself.
    """
    try:
        members = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        yield folder
        return
    if any(path.name == REPORT_NAME for path in members):
        return
    for path in members:
        if path.is_file():
            yield path
        elif path.is_dir() and not path.is_symlink() and path.resolve() != out:
            yield from _files(path, out)


def _manifest(source: Path, request: Request, finish: Finish) -> Iterator[Entry | Refused]:
    seen: dict[str, int] = {}
    for number, row in _rows(source):
        name = plain(row.get("clip", ""))
        try:
            entry = _entry(source.parent, row, request, finish, seen.get(name))
        except FormcheckError as error:
            shown = name[:MOST_SHOWN] or f"(row {number})"
            yield Refused(shown, error.code, plain(f"Row {number}: {error}"))
        else:
            yield entry
        seen.setdefault(name, number)


def _entry(
    folder: Path, row: Mapping[str, str], request: Request, finish: Finish, before: int | None
) -> Entry:
    """Return the clip that one row names, with its options."""
    name = row.get("clip", "")
    if "" in row:
        raise UsageError("the row has more cells than the header: put quotes around commas.")
    if not name:
        raise UsageError("the cell of the clip is empty: give its path.")
    if before is not None:
        raise UsageError(f"{name} already stands in row {before}: give every clip one row.")
    path = _found(folder, name)
    if path is None:
        raise UsageError(
            f"{name[:MOST_SHOWN]} is not there: give its path as seen from the manifest's folder.",
            "missing_clip",
        )
    try:
        options = finish(replace(request, **_overrides(row)), _told(row))
    except UsageError as error:
        raise UsageError(_as_column(str(error))) from error
    extra = {column: text for column, text in row.items() if column not in (*COLUMNS, *ASKED)}
    return Entry(plain(name), path.resolve(), options, extra)


def _told(row: Mapping[str, str]) -> dict[str, Any]:
    """Return what a row says of pain, by the names of `Symptoms`; empty cells are left out."""
    kinds = get_type_hints(Symptoms)
    return {name: _answer(name, kinds[name], row[name]) for name in ASKED if row.get(name)}


def _answer(name: str, kind: object, text: str) -> object:
    if kind is bool or ASKED[name].metadata.get("yes_no"):
        return YES_NO[_word({name: text}, name, YES_NO)]
    if ASKED[name].metadata.get("several") and "," in text:
        return tuple(from_text(name, kind, word.strip()) for word in text.split(","))
    return from_text(name, kind, text)


def _found(folder: Path, name: str) -> Path | None:
    """Return the file that a manifest names, also in the way Windows writes paths."""
    for said in (name, name.replace("\\", "/")):
        try:
            if (folder / said).is_file():
                return folder / said
        except (OSError, ValueError):  # a name that no system takes
            continue
    return None


def _overrides(row: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a request that a row sets."""
    said: dict[str, Any] = {}
    if row.get("runner"):
        said["runner"] = row["runner"]
    if row.get("height_m"):
        said["height"] = row["height_m"]
    if row.get("speed_kmh"):
        said["speed"] = f"{_number(row, 'speed_kmh'):g}km/h"
    if row.get("incline_pct"):
        said["incline"] = _number(row, "incline_pct")
    plain_ones = ("person", "rotate", "shoes", "date")
    said |= {column: row[column] for column in plain_ones if row.get(column)}
    for column, words in (("pace", get_args(Pace)), ("view", ("auto", *get_args(ViewKind)))):
        if row.get(column):
            said[column] = _word(row, column, words)
    return said


def _number(row: Mapping[str, str], column: str) -> float:
    try:
        return float(row[column].replace(",", "."))
    except ValueError:
        raise UsageError(f"{column} {row[column]!r} is no number: give one or nothing.") from None


def _word(row: Mapping[str, str], column: str, words: Iterable[str]) -> str:
    word = row[column].lower()
    if word not in words:
        raise UsageError(
            f"{column} {row[column]!r} is not known: give {', '.join(words)} or nothing."
        )
    return word


def _as_column(sentence: str) -> str:
    """Name the manifest's column where a sentence names the option."""
    for option, column in (
        ("height", "height_m"),
        ("speed", "speed_kmh"),
        ("incline", "incline_pct"),
        ("person", "person"),
        ("rotate", "rotate"),
        ("date", "date"),
        *((name.replace("_", "-"), name) for name in ASKED),
    ):
        sentence = sentence.replace(f"--{option}", column)
    return sentence


def _rows(source: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the number and the cells of every row that is not empty; extra cells under ""."""
    try:
        lines = source.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise UsageError(f"{source} is not UTF-8 text: save it as CSV (UTF-8).") from None
    header = lines[0] if lines else ""
    reader = csv.reader(lines, delimiter=";" if ";" in header and "," not in header else ",")
    names = [name.strip().lower() for name in _cells(reader) or []]
    _check_header(source, names)
    while (cells := _cells(reader)) is not None:
        texts = [cell.strip() for cell in cells]
        if texts == [TOO_LONG]:
            yield reader.line_num, {"clip": TOO_LONG}
        elif any(texts):
            row = dict(zip(names, texts, strict=False))
            extra = "".join(texts[len(names) :])
            yield reader.line_num, row | ({"": extra} if extra else {})


def _cells(reader: Iterator[list[str]]) -> list[str] | None:
    """Return the next row, None after the last.

    Of one with a cell beyond all bounds that is all that is known, so its clip is not found.
    """
    try:
        return next(reader, None)
    except csv.Error:
        return [TOO_LONG]


def _check_header(source: Path, names: list[str]) -> None:
    mistaken = [name for name in names if name in MISTAKEN]
    if mistaken:
        told = " and ".join(f"{name!r} is called {MISTAKEN[name]!r}" for name in mistaken)
        raise UsageError(f"The header of {source} is wrong: the column {told}, with its unit.")
    if "clip" not in names or "" in names or len(set(names)) < len(names):
        raise UsageError(
            f"The header of {source} is wrong: a manifest needs a column clip, and every column a "
            f"name of its own; known are {', '.join((*COLUMNS, *ASKED))}."
        )
