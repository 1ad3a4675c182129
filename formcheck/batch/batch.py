"""`run_batch`: a folder of clips or a manifest in, a folder of results out."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from formcheck.batch.cluster import DaskCrew
from formcheck.batch.crew import Crew, LocalCrew
from formcheck.batch.inputs import Entry, Inputs, Refused
from formcheck.batch.page import write_page
from formcheck.batch.plan import PAGE_NAME, Task, make_tasks, same_options
from formcheck.batch.record import Record, drop_parts
from formcheck.batch.results import (
    measured_reports,
    summary_table,
    write_failures,
    write_summary,
)
from formcheck.batch.run import run_tasks
from formcheck.batch.work import Measure, measure_clip
from formcheck.errors import UsageError
from formcheck.machine import usable_cores

if sys.platform != "win32":
    import fcntl


@dataclass(frozen=True, slots=True)
class Done:
    """One clip that is done; `state` tells ``kept`` when its results are from an earlier batch."""

    clip: str
    state: Literal["measured", "failed", "kept"]
    sentence: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a batch ended: records by clip in the order of the clips, and the rows refused.

    `kept` counts the records that an earlier batch had left.
    """

    ended: tuple[Record | Refused, ...]
    kept: int

    @property
    def measured(self) -> tuple[Record, ...]:
        """The records of measured clips."""
        return tuple(
            one for one in self.ended if isinstance(one, Record) and one.state == "measured"
        )

    @property
    def failures(self) -> tuple[Record | Refused, ...]:
        """What failed."""
        return tuple(one for one in self.ended if isinstance(one, Refused) or one.state == "failed")


OnDone = Callable[[Done], None]


def silent(done: Done) -> None:
    """Report no progress."""


def run_batch(
    inputs: Inputs,
    out: Path,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    resume: bool = False,
    page: bool = False,
    progress: OnDone = silent,
    measure: Measure = measure_clip,
) -> Outcome:
    """Measure many clips, each into a folder of its own, and write the tables over all of them.

    A clip's folder appears whole or not at all: a batch may be killed at any moment and resumed.

    Parameters
    ----------
    inputs : Inputs
        From `find_inputs`.
    out : Path
        Folder of the results: new or empty, unless `resume`.
    workers : int or None
        Processes of this machine; None for one a core.
    cluster : str or None
        Address of a Dask scheduler to use instead.
    resume : bool
        Go on with what lies in `out`; clips of unchanged content and options are passed over.
    page : bool
        Write ``batch.html`` too.
    progress : callable
        Told of each clip that is done.
    measure : callable
        What is done with a clip; see `formcheck.batch.work.Measure`.

    Raises
    ------
    UsageError
        `out` is not empty and not resumed, or in use, or the cluster cannot be used.
    ModelError
        The pose model is missing or damaged.
    BatchError
        The cluster went away.
    """
    _make_folder(out, resume)
    with _sole_writer(out):
        tasks = make_tasks((one for one in inputs.entries if isinstance(one, Entry)), out)
        records: dict[str, Record] = {}
        kept: set[str] = set()

        def seen(record: Record, before: bool) -> None:
            records[record.clip] = record
            kept.update({record.clip} if before else ())
            progress(Done(record.clip, "kept" if before else record.state, record.sentence))

        crew = _crew(out, workers, cluster, len(tasks), measure)
        try:
            with crew:
                run_tasks(tasks, crew, seen, resume=resume)
        finally:
            drop_parts(out)
            records |= earlier_of(task for task in tasks if task.clip not in records)
            outcome = Outcome(_in_order(inputs, records), len(kept))
            write_results(outcome, out, page=page, extra=_extra(inputs))
        return outcome


def earlier_of(tasks: Iterable[Task]) -> dict[str, Record]:
    """Return the records that lie there of tasks with the same options.

    They matter where a batch is stopped before it came to them; content is not looked at.
    """
    return {task.clip: record for task in tasks if (record := same_options(task)) is not None}


def _extra(inputs: Inputs) -> Mapping[str, Mapping[str, str]]:
    """Return the manifest's further columns by clip."""
    return {one.clip: one.extra for one in inputs.entries if isinstance(one, Entry) and one.extra}


def write_results(
    outcome: Outcome,
    out: Path,
    *,
    page: bool,
    extra: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Write the tables, and the page where it is wanted, of what is done so far."""
    measured = measured_reports(out, outcome.measured)
    write_summary(summary_table(measured, extra), out)
    write_failures(outcome.failures, out)
    if page:
        write_page(measured, outcome.failures, out / PAGE_NAME)


def _in_order(inputs: Inputs, records: Mapping[str, Record]) -> tuple[Record | Refused, ...]:
    """Return what ended, in the order of the clips."""
    ended = (one if isinstance(one, Refused) else records.get(one.clip) for one in inputs.entries)
    return tuple(one for one in ended if one is not None)


def _crew(
    out: Path, workers: int | None, cluster: str | None, tasks: int, measure: Measure
) -> Crew:
    if cluster is not None:
        if workers is not None:
            raise UsageError("--workers and --cluster exclude each other: give one of them.")
        return DaskCrew(cluster, out, measure)
    return LocalCrew(max(1, min(workers or len(usable_cores()), tasks)), measure)


def _make_folder(out: Path, resume: bool) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise UsageError(f"The folder {out} cannot be made: choose another one.") from None
    if not resume and any(out.iterdir()):
        raise UsageError(
            f"{out} is not empty: add --resume to go on with the batch in it, or choose another "
            "folder."
        )


@contextmanager
def _sole_writer(out: Path) -> Iterator[None]:
    """Keep a second batch out of the folder; the system lets go of it when this process dies.

    Only where folders can be locked: not on Windows, not on every network drive.
    """
    if sys.platform == "win32":
        yield
        return
    handle = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise UsageError(
            f"Another batch is writing into {out}: wait for its end, or choose another folder."
        ) from None
    except OSError:
        pass
    try:
        yield
    finally:
        os.close(handle)
