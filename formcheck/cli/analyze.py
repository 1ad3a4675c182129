"""formcheck analyze."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from formcheck.cli.options import BaselineOption, JsonOption, default_folder, said, takes_fields
from formcheck.cli.progress import shown
from formcheck.cli.summary import summary, text_width
from formcheck.cues import Symptoms
from formcheck.pipeline import analyze_to_folder
from formcheck.request import Request
from formcheck.values import parse_baseline


@takes_fields
def analyze(
    clip: Annotated[Path, typer.Argument(help="The video of one runner, from the side or behind.")],
    request: Request,
    symptoms: Symptoms,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results; default: the clip's name.")
    ] = None,
    baseline: BaselineOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure one clip: report, tables, a page to read, and an annotated clip."""
    options = request.options(said(symptoms), parse_baseline(baseline))
    folder = default_folder(clip, out)
    with shown(quiet=as_json) as progress:
        report, advice = analyze_to_folder(clip, folder, options, progress)
    if as_json:
        typer.echo(report.to_json())
    else:
        typer.echo(summary(report, advice, folder, text_width()))
