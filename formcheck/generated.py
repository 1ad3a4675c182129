"""Pages of ``docs/`` that are made from the program: written, or checked against it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path


def keep_page(
    module: str, page: Path, text: Callable[[], str], arguments: Sequence[str] | None
) -> int:
    """Write a page, or with ``--check`` only say whether it is up to date.

    Parameters
    ----------
    module : str
        What ``python -m`` runs to write the page.
    page : Path
        Where it is, from the folder that holds ``docs/`` or as a whole path.
    text : callable
        Makes the page.
    arguments : sequence of str or None
        Of the command line; None for those of this process.

    Returns
    -------
    int
        The exit code: 1 for a page that is out of date, else 0.
    """
    parser = argparse.ArgumentParser(f"python -m {module}", description=f"Write {page}.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a difference")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="folder that holds docs/")
    options = parser.parse_args(arguments)
    page = options.root / page
    if not options.check:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text(), encoding="utf-8")
        return 0
    current = page.read_text(encoding="utf-8") if page.is_file() else ""
    if current == text():
        return 0
    sys.stderr.write(f"{page} is out of date; run python -m {module}\n")
    return 1
