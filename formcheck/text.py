"""Text that comes from outside, made safe to show, to keep in files and to name folders by."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

# What a terminal obeys or what turns the reading order: control characters of both sets, marks and
# overrides of direction, separators of lines; and lone surrogates, which stand for the bytes of a
# name that is not UTF-8.
_UNSAFE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_BYTES: Final = range(0xDC80, 0xDD00)
# With what a cell begins that spreadsheets take for a formula.
_FORMULA: Final = tuple("=+-@\t\r\n")
MOST_NAME_BYTES: Final = 200
"""Longest name of a folder, in bytes: systems allow 255, and a number may come behind it."""


def plain(text: str) -> str:
    r"""Return text that can be shown and stored anywhere: unsafe characters as ``\x1b``."""
    return _UNSAFE.sub(lambda found: _escaped(ord(found[0])), text)


def _escaped(code: int) -> str:
    if code in _BYTES:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def shown_name(path: Path) -> str:
    """Return a file's name as results and messages call it."""
    return plain(path.name)


def shortened(name: str) -> str:
    """Return a name for a folder, cut where it is too long for one."""
    return plain(name).encode()[:MOST_NAME_BYTES].decode(errors="ignore")


def cell(text: str) -> str:
    """Return text as a table's cell that no spreadsheet takes for a formula.

    What begins like one gets an apostrophe in front, which spreadsheets do not show.
    """
    return f"'{text}" if text.startswith(_FORMULA) else text
