"""formcheck batch."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bars

from formcheck.batch import Done, Inputs, Outcome, find_inputs, run_batch
from formcheck.batch.batch import OnDone
from formcheck.batch.plan import FAILURES_CSV, PAGE_NAME, SUMMARY_CSV, TABLES
from formcheck.cli.options import BaselineOption, JsonOption, said, takes_fields
from formcheck.cli.terminal import complain, echo, echo_json
from formcheck.cues import Symptoms
from formcheck.errors import BatchError, UsageError
from formcheck.pipeline import Options
from formcheck.request import Request
from formcheck.results import keep_inputs
from formcheck.text import plain
from formcheck.values import files_behind, parse_baseline

INTERRUPTED = 130
FEW = 3


@takes_fields
def batch(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER_OR_MANIFEST",
            help="Folder of clips, looked through with its subfolders, or a manifest (.csv).",
            readable=False,
        ),
    ],
    request: Request,
    symptoms: Symptoms,
    out: Annotated[Path, typer.Option(help="Folder for the results: new, or with --resume.")],
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; default: one a processor core.")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(help="A Dask scheduler, tcp://host:8786; its workers must see both folders."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a batch; unchanged clips are skipped.")
    ] = False,
    report: Annotated[
        bool, typer.Option("--report", help="Write batch.html, a page over the group.")
    ] = False,
    baseline: BaselineOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure many clips: a folder each, and tables over all of them."""
    past = parse_baseline(baseline)

    def finish(one: Request, told: Mapping[str, Any]) -> Options:
        return one.options(said(replace(symptoms, **told)), past)

    console = Console(stderr=True, quiet=as_json, soft_wrap=True)
    try:
        inputs = find_inputs(source, request, finish, out)
        read = [source] if baseline is None else [source, *files_behind(baseline)]
        keep_inputs(read, (out / name for name in TABLES))
        _tell_skipped(inputs, console)
        with shown(len(inputs.entries), console) as progress:
            outcome = run_batch(
                inputs,
                out,
                workers=workers,
                cluster=cluster,
                resume=resume,
                page=report,
                progress=progress,
            )
    except KeyboardInterrupt:
        complain("Stopped; what is finished stays, and --resume goes on from there.")
        raise typer.Exit(INTERRUPTED) from None
    except OSError as error:
        raise UsageError(
            f"{error.filename or out}: {error.strerror or error}; what is finished stays, and "
            "--resume goes on once that is put right."
        ) from error
    _tell(outcome, out, report, as_json)


def _tell_skipped(inputs: Inputs, console: Console) -> None:
    if inputs.skipped:
        some = plain(", ".join(inputs.skipped[:FEW]))
        more = ", ..." if len(inputs.skipped) > FEW else ""
        console.print(
            f"Passed over {len(inputs.skipped)} files that are no clips by their name "
            f"({some}{more}).",
            highlight=False,
            markup=False,
        )


def _tell(outcome: Outcome, out: Path, report: bool, as_json: bool) -> None:
    """Print the result; clips that failed are an error after everything is written."""
    measured, failures = len(outcome.measured), len(outcome.failures)
    if as_json:
        echo_json(json.dumps(_content(outcome), indent=2, ensure_ascii=False))
    else:
        kept = f" ({outcome.kept} clips were done before)" if outcome.kept else ""
        page = f", the page {out / PAGE_NAME}" if report else ""
        echo(f"{measured} clips measured{kept}: {out / SUMMARY_CSV}{page}")
    if failures:
        raise BatchError(
            f"{failures} of {measured + failures} clips failed; {out / FAILURES_CSV} says why of "
            "each."
        )


def _content(outcome: Outcome) -> dict[str, object]:
    return {
        "schema": "formcheck.batch/1",
        "measured": [{"clip": one.clip, "folder": one.folder} for one in outcome.measured],
        "failures": [
            {"clip": one.clip, "code": one.code, "sentence": one.sentence}
            for one in outcome.failures
        ],
        "kept": outcome.kept,
    }


class Clock:
    """Tells the time left from the clips worked on since it was made."""

    def __init__(self, total: int) -> None:
        self._left = total
        self._worked = 0
        self._start_s = time.monotonic()

    def tick(self, done: Done) -> float | None:
        """Count a clip; return the seconds left as far as can be told."""
        self._left -= 1
        self._worked += done.state != "kept"
        if not self._worked:
            return None
        return self._left * (time.monotonic() - self._start_s) / self._worked


def in_words(seconds: float | None) -> str:
    """Return a time left as one says it."""
    if seconds is None:
        return ""
    if seconds < 90:
        return f"about {max(5 * round(seconds / 5), 5)} s left"
    if seconds < 5400:
        return f"about {round(seconds / 60)} min left"
    return f"about {seconds / 3600:.1f} h left"


@contextmanager
def shown(total: int, console: Console) -> Iterator[OnDone]:
    """Yield a callback that shows each clip's end and the time left."""
    clock = Clock(total)
    if not console.is_terminal:
        yield _lines(total, console, clock)
        return
    columns = (
        TextColumn("Measuring clips"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
    )
    with Bars(*columns, console=console) as bars:
        bar = bars.add_task("", total=total)

        def advance(done: Done) -> None:
            if done.state == "failed":
                bars.console.print(escape(_line(done)), highlight=False)
            bars.update(bar, advance=1, description=in_words(clock.tick(done)))

        yield advance


def _lines(total: int, console: Console, clock: Clock) -> OnDone:
    count = 0

    def print_line(done: Done) -> None:
        nonlocal count
        count += 1
        left = in_words(clock.tick(done)) if count < total else ""
        ending = f" ({left})" if left else ""
        console.print(f"{count}/{total} {_line(done)}{ending}", highlight=False, markup=False)

    return print_line


def _line(done: Done) -> str:
    how = "failed" if done.sentence else "measured"
    when = " before" if done.state == "kept" else ""
    return plain(f"{done.clip} {how}{when}{': ' + done.sentence if done.sentence else ''}")
