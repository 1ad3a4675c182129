"""What is printed: in any encoding, and nothing in it that a terminal would obey."""

from __future__ import annotations

import codecs
import io
import sys
import tempfile
import traceback
import unicodedata
from pathlib import Path
from typing import Final, NoReturn

from rich.console import Console

from formcheck.text import plain

_HANDLER: Final = "formcheck"
# A minus sign that became a question mark would be another number.
_ALIKE: Final = {"\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2026": "...", "\u00a0": " "}


def prepare_streams() -> None:
    """Let both streams print what their encoding lacks as what looks most like it."""
    codecs.register_error(_HANDLER, _alike)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def _alike(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(map(_ascii, lost)), error.end


def _ascii(character: str) -> str:
    """Return the nearest text of plain letters; a question mark where there is none."""
    if character in _ALIKE:
        return _ALIKE[character]
    parts = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return parts or "?"


def lines_of(text: str) -> str:
    """Return text whose lines are kept and everything else that a terminal obeys is not."""
    return "\n".join(plain(line) for line in text.split("\n"))


def echo(text: str) -> None:
    """Print text to standard output."""
    _print(lines_of(text))


def echo_json(text: str) -> None:
    """Print JSON to standard output; what not every terminal can take as JSON's own escapes."""
    _print("".join(one if one == "\n" or " " <= one <= "~" else _unit(one) for one in text))


def _print(text: str) -> None:
    """Write a line as the stream was prepared, where typer would choose an encoding of its own."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _unit(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))


def complain(text: str) -> None:
    """Print a failure's one sentence to standard error."""
    Console(stderr=True, soft_wrap=True).print(
        plain(f"formcheck: {text}"), highlight=False, markup=False
    )


def give_up(error: BaseException) -> NoReturn:
    """Say in a sentence what nobody foresaw, keep where it came from in a file, and end."""
    kind = f"{type(error).__name__}: {error}"[:300]
    complain(f"formcheck itself failed ({kind}); please report it{_kept(error)}.")
    raise SystemExit(1)


def _kept(error: BaseException) -> str:
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="formcheck-error-", suffix=".txt", encoding="utf-8", delete=False,
            errors="backslashreplace",
        ) as file:  # fmt: skip
            file.writelines(traceback.format_exception(error))
    except OSError:
        return ""
    return f" with {Path(file.name)}"
