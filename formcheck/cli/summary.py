"""What the terminal shows when a clip has been measured."""

from __future__ import annotations

import shutil
import textwrap
from pathlib import Path

from formcheck.cues import Advice, advice_text
from formcheck.report.info import catalogue
from formcheck.report.schema import Report
from formcheck.report.words import number

WIDEST_TEXT = 88


def text_width() -> int:
    """Return how wide text may run: the terminal's width, within what reads well."""
    return max(40, min(WIDEST_TEXT, shutil.get_terminal_size().columns))


def summary(report: Report, advice: Advice, folder: Path, width: int) -> str:
    """Return the measured values with their intervals, remarks, advice, and where the files are."""
    lines = ["", *_values(report), ""]
    for note in report.quality:
        lines += textwrap.wrap(f"Note: {note.text} {note.fix}", width, subsequent_indent="  ")
    if report.quality:
        lines.append("")
    page = folder / "report.html"
    return "\n".join([*lines, advice_text(advice, width), "", f"The whole report: {page}"])


def _values(report: Report) -> list[str]:
    rows = []
    for info in catalogue().metrics.values():
        record = report.metrics.get(info.key)
        if record is None or record.value is None or record.low is None or record.high is None:
            continue
        value, low, high = (
            number(x, info.decimals) for x in (record.value, record.low, record.high)
        )
        rows.append(
            (info.name, value, record.unit if record.unit != "1" else "", f"{low} to {high}")
        )
    if not rows:
        return ["Nothing could be measured; the notes say why."]
    wide = max(len(row[0]) for row in rows)
    return [
        f"{name:<{wide}}  {value:>7} {unit:<10} {interval}" for name, value, unit, interval in rows
    ]
