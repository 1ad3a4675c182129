"""formcheck analyze."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from formcheck.cli.bars import shown
from formcheck.cli.options import BaselineOption, JsonOption, default_folder, said, takes_fields
from formcheck.cli.summary import summary, text_width
from formcheck.cli.terminal import echo, echo_json
from formcheck.cost import StageClock
from formcheck.cues import Symptoms
from formcheck.outputs import RESULT_NAMES, analyze_to_folder
from formcheck.request import Request
from formcheck.results import keep_inputs
from formcheck.values import files_behind, parse_baseline


@takes_fields
def analyze(
    clip: Annotated[
        Path,
        typer.Argument(help="The video of one runner, from the side or behind.", readable=False),
    ],
    request: Request,
    symptoms: Symptoms,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the results; default: the clip's name.")
    ] = None,
    standing: Annotated[
        Path | None,
        typer.Option(
            help="A clip of standing still, from the same place: lean is told against it, too. "
            "A clip that begins with two seconds of it needs none.",
            readable=False,
        ),
    ] = None,
    baseline: BaselineOption = None,
    as_json: JsonOption = False,
    profile: Annotated[
        bool, typer.Option("--profile", help="Say on standard error where the time went.")
    ] = False,
) -> None:
    """Measure one clip: report, tables, a page to read, and an annotated clip."""
    options = request.options(said(symptoms), parse_baseline(baseline))
    options = replace(options, standing=standing)
    folder = out or default_folder(clip)
    read = [*files_behind(baseline)] if baseline is not None else []
    read += [standing] if standing is not None else []
    keep_inputs(read, (folder / name for name in RESULT_NAMES))
    with shown(quiet=as_json) as progress:
        clock = StageClock(progress)
        report, advice = analyze_to_folder(clip, folder, options, clock)
    if profile:
        print(clock.table(), file=sys.stderr)  # noqa: T201
    if as_json:
        echo_json(report.to_json())
    else:
        echo(summary(report, advice, folder, text_width()))
