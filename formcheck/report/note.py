"""A report as a short text to paste into a record."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Final

from formcheck.catalogue import spec_of
from formcheck.cues.wording import complaint
from formcheck.report import words
from formcheck.report.fhir import conclusion
from formcheck.report.page import Row, build_page, corrected, facts, view_text
from formcheck.report.schema import Report

WIDTH: Final = 88
_LEFT_OUT: Final = ("Measured part", "Standing", "Frames")


def text_note(report: Report, clinician: str = "", remarks: str = "") -> str:
    """Return a report as plain text: the run, the complaint, the numbers, what is suggested.

    Parameters
    ----------
    report : Report
        What was measured.
    clinician, remarks : str
        Who saw the runner, and what that person noted; left out where empty.
    """
    parts = [
        [f"Running form {view_text(report)}".strip(), *_table(_run(report, clinician))],
        ["Complaint, as told", *_table(complaint(report.runner.symptoms))],
        ["Measured (95 % interval)", *_numbers(report)],
        ["Corrected by hand", *_wrapped(corrected(report))],
        ["Conclusion", *_wrapped(conclusion(report))],
        ["Caution", *_wrapped(words.without_options(n.text) for n in report.quality
                              if n.severity != "info")],
        ["Notes", *_wrapped(remarks.splitlines())],
        _wrapped([_made_by(report)]),
    ]  # fmt: skip
    return (
        "\n\n".join("\n".join(lines) for lines in parts if len(lines) > 1 or lines is parts[-1])
        + "\n"
    )


def _run(report: Report, clinician: str) -> Iterator[tuple[str, str]]:
    yield from (row for row in facts(report) if row[0] not in _LEFT_OUT)
    if clinician:
        yield "Seen by", clinician


def _table(rows: Iterator[tuple[str, str]] | tuple[tuple[str, str], ...]) -> list[str]:
    return [f"  {label}: {text}" for label, text in rows]


def _numbers(report: Report) -> Iterator[str]:
    for _, rows in build_page(report).groups:
        for row in rows:
            value, interval = _charted(report, row)
            ends = f" ({interval})" if interval else ""
            sides = "".join(f"; {side} {text}" for side, text in row.sides)
            yield f"  {row.name}: {value}{ends}{sides}".replace(words.NO_BREAK, " ")


def _charted(report: Report, row: Row) -> tuple[str, str]:
    """Return a row's value and range; of what runners read in words, the number as well."""
    info, record = spec_of(row.key), report.metrics[row.key]
    if info is None or not info.words or record.low is None or record.high is None:
        return row.value, row.interval
    return words.charted(record, info), words.between(record.low, record.high, info, record.value)


def _wrapped(lines: Iterable[str]) -> list[str]:
    return [
        row
        for line in lines
        for row in textwrap.wrap(line, WIDTH, initial_indent="  ", subsequent_indent="  ")
    ]


def _made_by(report: Report) -> str:
    made = report.provenance
    return (
        f"formcheck {made.formcheck}, {made.model}. It does not diagnose, treat or predict injury "
        "and is not a medical device."
    )
