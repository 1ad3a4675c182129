"""formcheck export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from formcheck.cli.terminal import echo
from formcheck.formats import Format
from formcheck.formats import export as export_stored


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
        typer.Option("--format", help="OpenSim's trc or mot, c3d, or a tidy csv or parquet."),
    ],
    out: Annotated[Path, typer.Option(help="The file to write; for a batch a folder.")],
) -> None:
    """Write the landmarks or angles of stored analyses in formats of the field."""
    written = export_stored(source, kind, out)
    echo(f"Wrote {written[0] if len(written) == 1 else f'{len(written)} files into {out}'}.")
