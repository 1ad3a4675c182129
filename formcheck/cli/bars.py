"""Progress on a terminal as bars, in a pipe as plain lines; both on standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from formcheck.pipeline import OnStage, Stage

TITLES: dict[Stage, str] = {
    "open": "Opening the clip",
    "pose": "Finding the runner's body",
    "measure": "Measuring",
    "annotate": "Drawing the clip",
    "write": "Writing the report",
}


@contextmanager
def shown(quiet: bool = False) -> Iterator[OnStage]:
    """Yield a progress callback that shows each stage; silent when `quiet`."""
    console = Console(stderr=True, quiet=quiet)
    if console.is_terminal:
        with _bars(console) as bars:
            yield bars
    else:
        yield _Lines(console)


@contextmanager
def _bars(console: Console) -> Iterator[OnStage]:
    columns = (
        TextColumn("{task.description:<26}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        tasks: dict[Stage, TaskID] = {}

        def update(stage: Stage, share: float) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(TITLES[stage], total=1.0)
            progress.update(tasks[stage], completed=share)

        yield update


class _Lines:
    """One plain line when a stage begins."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._seen: set[Stage] = set()

    def __call__(self, stage: Stage, share: float) -> None:
        if stage not in self._seen:
            self._seen.add(stage)
            self._console.print(f"{TITLES[stage]} ...", highlight=False)
