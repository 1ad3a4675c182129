"""The command line: every command by its name, and one sentence for every failure."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from formcheck import __version__
from formcheck.cli.advise import advise
from formcheck.cli.analyze import analyze
from formcheck.cli.batch import batch
from formcheck.cli.compare import compare
from formcheck.cli.export import export
from formcheck.cli.metronome import metronome
from formcheck.cli.models import models_app
from formcheck.cli.progress import progress
from formcheck.cli.serve import serve
from formcheck.cli.terminal import complain, give_up, prepare_streams
from formcheck.errors import FormcheckError, UsageError

app = typer.Typer(
    name="formcheck",
    help="Measure running form from a phone clip. It measures and suggests; it never diagnoses.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in (analyze, compare, progress, batch, export, advise, metronome, serve):
    app.command()(command)
app.add_typer(models_app, name="models")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"formcheck {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Hold the options that belong to no command."""


def main() -> None:
    """Run the command line; every failure is one sentence and an exit code."""
    prepare_streams()
    try:
        app(standalone_mode=True)
    except FormcheckError as error:
        complain(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        complain(f"{where}{error.strerror or error}; check the path, its permissions and the disk.")
        sys.exit(UsageError.exit_code)
    except MemoryError:
        complain("There is not enough memory: close other programs, or cut the clip shorter.")
        sys.exit(FormcheckError.exit_code)
    except Exception as error:  # noqa: BLE001  (the last place that can turn it into a sentence)
        give_up(error)
