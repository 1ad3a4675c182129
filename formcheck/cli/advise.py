"""formcheck advise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from formcheck.cli.options import BaselineOption, JsonOption, said, takes_fields
from formcheck.cli.summary import text_width
from formcheck.cli.terminal import echo, echo_json
from formcheck.cues import Symptoms, advice_text, advise_reports
from formcheck.report import with_advice, write_report
from formcheck.report.schema import REPORT_NAME, parse_report, save_report
from formcheck.results import ResultFolder, writing
from formcheck.values import files_behind, load_baseline, load_json

PAGE_NAME = "report.html"


@takes_fields
def advise(
    reports: Annotated[
        list[Path],
        typer.Argument(help="report.json files of one run, or their folders.", readable=False),
    ],
    symptoms: Symptoms,
    baseline: BaselineOption = None,
    out: Annotated[
        Path | None,
        typer.Option(help="A folder for the first report with this advice, and its page."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Give advice from stored reports, side and rear of one runner together.

    Several easy runs give the mean of their cadences as the baseline. What is written with --out
    serves as the baseline of the next advice.
    """
    stored = [load_json(path) for path in reports]
    told = said(symptoms)
    advice = advise_reports(stored, told, load_baseline(baseline))
    if out is not None:
        inputs = files_behind([*map(str, reports), *(baseline or ())])
        report = with_advice(parse_report(stored[0], str(reports[0])), advice, told)
        with writing(out), ResultFolder(out, (REPORT_NAME, PAGE_NAME), inputs) as folder:
            save_report(report, folder.part / REPORT_NAME)
            write_report(report, folder.part / PAGE_NAME)
            folder.put_in_place()
    if as_json:
        echo_json(json.dumps(advice.to_dict(), indent=2))
    else:
        echo(advice_text(advice, text_width()))
