"""formcheck advise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from formcheck.cli.options import BaselineOption, JsonOption, said, takes_fields
from formcheck.cli.summary import text_width
from formcheck.cli.terminal import echo, echo_json
from formcheck.cues import Symptoms, advice_text, advise_reports
from formcheck.values import load_json


@takes_fields
def advise(
    reports: Annotated[
        list[Path],
        typer.Argument(help="report.json files of one run, or their folders.", readable=False),
    ],
    symptoms: Symptoms,
    baseline: BaselineOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give advice from stored reports, side and rear of one runner together."""
    advice = advise_reports(
        [load_json(path) for path in reports], said(symptoms), _stored_baseline(baseline)
    )
    if as_json:
        echo_json(json.dumps(advice.to_dict(), indent=2))
    else:
        echo(advice_text(advice, text_width()))


def _stored_baseline(text: str | None) -> dict[str, Any] | float | None:
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        return load_json(Path(text))
