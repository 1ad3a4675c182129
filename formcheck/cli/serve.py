"""formcheck serve."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Annotated

import typer

from formcheck.errors import UsageError

SERVICES = "formcheck.service"


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; others than loopback need FORMCHECK_TOKENS.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 for any free one.", min=0, max=65535)] = 8000,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="First take in stored results the database lost.")
    ] = False,
    orphans: Annotated[
        bool,
        typer.Option("--orphans", help="List stored results the database lost, ask, delete, end."),
    ] = False,
) -> None:
    """Run the service and its web page."""
    found = entry_points(group=SERVICES)
    if not found:
        raise UsageError("The service is not installed: install formcheck with pip.")
    clean = typer.confirm if orphans else None
    next(iter(found)).load()(host, port, take_in=adopt, clean=clean)
