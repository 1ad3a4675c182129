"""formcheck progress."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Annotated

import typer

from formcheck.cli.compare_summary import aligned
from formcheck.cli.options import JsonOption
from formcheck.cli.summary import text_width
from formcheck.cli.terminal import echo, echo_json
from formcheck.progress.build import progress_of
from formcheck.progress.page import (
    PAGE_NAME,
    RESULT_NAMES,
    group_title,
    section_of,
    strength_text,
    write_progress,
)
from formcheck.progress.schema import Progress
from formcheck.report.words import counted
from formcheck.results import ResultFolder, writing

HEADER = ("", "first", "latest", "difference", "limit", "verdict")


def progress(
    folder: Annotated[
        Path, typer.Argument(help="Folder with results of analyze, at any depth.", readable=False)
    ],
    out: Annotated[Path, typer.Option(help="Folder for progress.json, .html and .csv.")],
    runner: Annotated[
        str | None, typer.Option(help="Whose runs, where there are several runners.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show one runner over weeks: trend of each metric with its noise, pain and targets."""
    found = progress_of(folder, runner)
    inputs = (folder / entry.path for group in found.groups for entry in group.entries)
    with ResultFolder(out, RESULT_NAMES, inputs) as results:
        with writing(out):
            write_progress(found, results.part)
        results.put_in_place()
    if as_json:
        echo_json(found.to_json())
    else:
        echo(progress_text(found, out, text_width()))


def progress_text(progress: Progress, out: Path, width: int) -> str:
    """Return latest against first of every group, the targets, and where the page is."""
    lines: list[str] = []
    for group in progress.groups:
        section = section_of(group, progress.targets)
        lines += ["", f"{group_title(group)}: {counted(len(group.entries), 'run')}"]
        if len(group.entries) > 1:
            rows = [
                (row.name, row.first, row.latest, row.difference, row.limit, row.word)
                for row in section.rows
                if row.limit
            ]
            lines += aligned([HEADER, *rows], right=range(1, 5))
        lines += textwrap.wrap(group.sentence, width)
        lines += [f"Strength: {text}" for text in strength_text(group)]
    closing = [f"Target: {target.text}." for target in progress.targets]
    closing += [f"Film again. {text}" for text in progress.remeasure]
    for text in closing:
        lines += textwrap.wrap(text, width, subsequent_indent="  ")
    for note in progress.notes:
        lines += textwrap.wrap(f"Note: {note}", width, subsequent_indent="  ")
    return "\n".join([*lines, "", f"The page: {out / PAGE_NAME}"])
