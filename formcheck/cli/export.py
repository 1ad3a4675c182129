"""formcheck export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import formcheck
from formcheck.cli.terminal import echo
from formcheck.formats import WRITERS, Format

FORMS = "; ".join(f"{kind}: {form.holds}" for kind, form in WRITERS.items())


def export(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="REPORT_OR_FOLDER",
            help="What formcheck analyze wrote, or the whole folder of a batch.",
            readable=False,
        ),
    ],
    kind: Annotated[
        Format,
        typer.Option("--format", help=f"{FORMS}."),
    ],
    out: Annotated[Path, typer.Option(help="The file to write; for a batch a folder.")],
) -> None:
    """Write stored analyses in formats of the field: motion, tables, records."""
    written = formcheck.export(source, kind, out)
    echo(f"Wrote {written[0] if len(written) == 1 else f'{len(written)} files into {out}'}.")
