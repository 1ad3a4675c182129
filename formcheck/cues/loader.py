"""Read the advice files, check them, and say in one sentence what is wrong and on which line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from pydantic import ValidationError

from formcheck.cues import checks
from formcheck.cues.locate import Path, line_of
from formcheck.cues.model import Guide, TextsFile
from formcheck.cues.regions_model import DrillsFile, RegionsFile
from formcheck.cues.row import Row
from formcheck.cues.rules_model import RulesFile
from formcheck.errors import UsageError

_FileT = TypeVar("_FileT", bound=Row)


@cache
def load_guide() -> Guide:
    """Return the advice data that comes with the program."""
    return read_guide(files("formcheck.cues"))


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
