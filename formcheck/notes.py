"""What is said, by code: remarks on a clip's quality, reasons to refuse it, and wrong usage.

The words are data (``notes.toml``, ``usage.toml``); ``python -m formcheck.notes`` writes
``docs/notes.md`` of them.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from formcheck.errors import NoRunnerError, UsageError
from formcheck.generated import keep_page
from formcheck.types import QualityNote, Severity

PAGE: Final = Path("docs/notes.md")
_MEANING: Final[Mapping[Severity, str]] = {
    "error": "Nothing was measured",
    "warn": "Numbers are less sure, or wrong",
    "info": "Good to know",
}


_HEAD: Final = """\
# What is said of a clip

Each remark on a clip stands in `report.json` under `quality` with a stable `code`, a `severity`, a
sentence and what to do about it; the web page, the report and the terminal show the same words.
With `error` nothing was measured, and `formcheck analyze` ends with exit code 4. What stands in
brackets ‹so› is filled in.

This page is made by `python -m formcheck.notes` from `formcheck/notes.toml` and
`formcheck/usage.toml`.
"""
_USAGE: Final = """\
## Wrong usage

What is wrong with an option, a file or a folder. The command ends with exit code 2; in Python it is
a `UsageError` whose `detail` is the code."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said under one code; see the head of ``notes.toml`` for the fields."""

    severity: Severity
    text: str
    fix: str = ""
    also: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def form(self, name: str | None) -> Entry:
        """Return the entry with another form's words in place of its own."""
        return self if name is None else replace(self, **self.forms[name])


@cache
def entries() -> Mapping[str, Entry]:
    """Return every entry by its code, in the order of the file."""
    text = (files("formcheck") / "notes.toml").read_text("utf-8")
    return MappingProxyType({code: Entry(**row) for code, row in tomllib.loads(text).items()})


def note(
    code: str, form: str | None = None, *, also: Iterable[str] = (), **values: object
) -> QualityNote:
    """Return a remark with its words.

    Parameters
    ----------
    code : str
        The entry.
    form : str, optional
        Another text under the same code.
    also : iterable of str
        Sentences of the entry that follow the text.
    **values
        What is filled in.
    """
    whole = entries()[code]
    entry = whole.form(form)
    text = " ".join((entry.text, *(whole.also[name] for name in also)))
    return QualityNote(code, entry.severity, text.format(**values), entry.fix.format(**values))


def refusal(code: str, form: str | None = None, **values: object) -> NoRunnerError:
    """Return the error that says why nobody can be measured in a clip, to be raised."""
    return NoRunnerError(note(code, form, also=(), **values).text, code)


@cache
def usage_texts() -> Mapping[str, str]:
    """Return every sentence on wrong usage by its code, in the order of the file."""
    return MappingProxyType(tomllib.loads((files("formcheck") / "usage.toml").read_text("utf-8")))


def usage(code: str, **values: object) -> UsageError:
    """Return the error that says what is wrong with what was given, to be raised.

    Parameters
    ----------
    code : str
        The sentence, kept as the error's `detail`.
    **values
        What is filled in.
    """
    return UsageError(usage_texts()[code].format(**values), detail=code)


def page() -> str:
    """Return the page that lists every code."""
    parts = [_HEAD]
    for severity, meaning in _MEANING.items():
        rows = "\n".join(_rows(severity))
        table = "| code | what is said | what to do |\n|---|---|---|"
        parts.append(f"## {meaning} (`{severity}`)\n\n{table}\n{rows}\n")
    told = "\n".join(f"| `{code}` | {_filled(text)} |" for code, text in usage_texts().items())
    parts.append(f"{_USAGE}\n\n| code | what is said |\n|---|---|\n{told}\n")
    return "\n".join(parts)


def _rows(severity: Severity) -> Iterator[str]:
    for code, whole in sorted(entries().items()):
        for entry in (whole, *(whole.form(name) for name in whole.forms)):
            if entry.severity == severity:
                text = " ".join((entry.text, *(f"({more})" for more in entry.also.values())))
                yield f"| `{code}` | {_filled(text)} | {_filled(entry.fix)} |"


def _filled(text: str) -> str:
    """Return a text with the names of what is filled in, in brackets."""
    parts = []
    for piece in text.split("{"):
        name, brace, rest = piece.partition("}")
        parts.append(f"‹{re.split('[:!]', name)[0]}›{rest}" if brace else piece)
    return "".join(parts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or check it."""
    return keep_page("formcheck.notes", PAGE, page, arguments)


if __name__ == "__main__":
    sys.exit(main())
