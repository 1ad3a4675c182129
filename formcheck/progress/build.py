"""One runner over weeks: which runs belong together, in which order, and where they lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from formcheck.comparison.build import compare, ordered
from formcheck.comparison.checks import refused
from formcheck.comparison.rules import texts
from formcheck.comparison.schema import Comparison
from formcheck.cues.symptoms import RETESTS
from formcheck.errors import UsageError
from formcheck.landmarks import SIDES
from formcheck.progress.schema import Entry, Group, Point, Progress, Target, Trend
from formcheck.report.schema import REPORT_NAME, MetricRecord, Report, load_report

TESTS: Final = tuple(f"{name}_{side}" for name in RETESTS for side in SIDES)
Order = Literal["date", "name"]


@dataclass(frozen=True, slots=True)
class Run:
    """A report and its path below the folder that was searched."""

    path: str
    report: Report


def progress_of(folder: Path, runner: str | None = None) -> Progress:
    """Return how one runner's runs went over time.

    Parameters
    ----------
    folder : Path
        Every ``report.json`` in it or below counts, each part of a clip once.
    runner : str, optional
        Whose runs; needed where the folder holds those of several runners.

    Raises
    ------
    UsageError
        When there is no usable report, or those of several runners and none was named.
    """
    found, notes = find_runs(folder)
    chosen, left_out = choose_runner(found, runner)
    return progress_from(chosen, notes, left_out)


def progress_from(chosen: Sequence[Run], notes: Sequence[str] = (), left_out: int = 0) -> Progress:
    """Return how one runner's runs went over time.

    Parameters
    ----------
    chosen : sequence of Run
        The runner's runs in which somebody was measured; at least one.
    notes : sequence of str
        What was left out, and why.
    left_out : int
        How many runs were left out because they name nobody.
    """
    order, runs = in_order(chosen)
    notes = list(notes)
    said = texts()["progress"]
    if left_out:
        notes.append(said["unnamed"].format(count=left_out))
    if order == "name":
        notes.append(said["by_name"])
    return Progress(
        runner=next((run.report.runner.id for run in runs if run.report.runner.id), None),
        ordered_by=order,
        groups=tuple(group_of(members) for members in grouped(runs)),
        targets=targets_of(runs),
        remeasure=_remeasure(runs),
        notes=tuple(notes),
    )


def find_runs(folder: Path) -> tuple[list[Run], list[str]]:
    """Return the runs below a folder in the order of their paths, and what was left out and why."""
    said = texts()["progress"]
    found: list[Run] = []
    notes: list[str] = []
    seen: set[tuple[str, float, float]] = set()
    for file in sorted(folder.rglob(REPORT_NAME)):
        path = file.relative_to(folder).as_posix()
        try:
            report = load_report(file)
        except UsageError:
            notes.append(said["unreadable"].format(path=path))
            continue
        clip = report.clip
        key = (clip.sha256 or path, clip.from_s, clip.to_s)
        if report.view is None:
            notes.append(said["nobody"].format(path=path))
        elif key in seen:
            notes.append(said["again"].format(path=path))
        else:
            seen.add(key)
            found.append(Run(path, report))
    if not found:
        raise UsageError(
            f"There is no report with a measured runner in {folder} or below: give a folder with "
            "results of formcheck analyze."
        )
    return found, notes


def choose_runner(runs: Sequence[Run], runner: str | None) -> tuple[list[Run], int]:
    """Return one runner's runs, and how many are left out because they name nobody.

    Raises
    ------
    UsageError
        When several runners are there and none was named, or the named one is not there.
    """
    names = sorted({run.report.runner.id for run in runs if run.report.runner.id})
    if runner is None and len(names) > 1:
        listed = ", ".join(names)
        raise UsageError(f"The folder holds runs of {listed}: choose one with --runner.")
    wanted = runner if runner is not None else names[0] if names else None
    chosen = [run for run in runs if run.report.runner.id == wanted]
    if not chosen:
        listed = ", ".join(names) or "nobody by name"
        raise UsageError(f"No run of {runner} is in the folder, which holds {listed}.")
    return chosen, sum(run.report.runner.id is None for run in runs if wanted is not None)


def in_order(runs: Sequence[Run]) -> tuple[Order, list[Run]]:
    """Return runs by date, where every one has a date; else by the name of their files."""
    if all(run.report.runner.date for run in runs):
        return "date", sorted(runs, key=lambda run: (run.report.runner.date or "", run.path))
    return "name", sorted(runs, key=lambda run: run.path)


def grouped(runs: Sequence[Run]) -> list[list[Run]]:
    """Return runs in groups of the same pace that may all be compared with their first one.

    What may be compared is what `compare` does not refuse for before and after: same view, side,
    speed, incline, class of frame rate and network.
    """
    groups: list[list[Run]] = []
    for run in runs:
        home = next((members for members in groups if _belongs(run, members[0])), None)
        if home is None:
            groups.append([run])
        else:
            home.append(run)
    return groups


def _belongs(run: Run, first: Run) -> bool:
    same_pace = _pace(run.report) == _pace(first.report)
    return same_pace and not refused(first.report, run.report, "before_after")


def _pace(report: Report) -> Literal["easy", "tempo", "other"]:
    return report.runner.pace or "easy"


def group_of(runs: Sequence[Run]) -> Group:
    """Return the trends of runs that belong together, the latest compared with the first."""
    first, latest = runs[0].report, runs[-1].report
    comparison = compare(first, latest, "before_after") if len(runs) > 1 else None
    keys = ordered(key for run in runs for key in run.report.metrics if _known(runs, key))
    return Group(
        view=first.view.kind if first.view is not None else "side",
        near_side=first.view.near_side if first.view is not None else None,
        pace=_pace(first),
        belt_speed_mps=first.runner.belt_speed_mps,
        incline_pct=first.runner.incline_pct,
        entries=tuple(_entry(run) for run in runs),
        metrics={key: _trend(runs, key, comparison) for key in keys},
        warnings=comparison.warnings if comparison is not None else (),
        sentence=comparison.sentence if comparison is not None else texts()["progress"]["one"],
    )


def _known(runs: Sequence[Run], key: str) -> bool:
    return any(record.value is not None for run in runs if (record := run.report.metrics.get(key)))


def _entry(run: Run) -> Entry:
    runner, told = run.report.runner, _told(run.report)
    return Entry(
        clip=run.report.clip.name,
        path=run.path,
        date=runner.date,
        pain_during=told.get("pain_during"),
        pain_after=told.get("pain_after"),
        tests={name: told[name] for name in TESTS if name in told},
        shoes=runner.shoes,
    )


def _told(report: Report) -> dict[str, float]:
    """Return the numbers that were told with a run."""
    return {
        name: float(value)
        for name, value in (report.runner.symptoms or {}).items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def _trend(runs: Sequence[Run], key: str, comparison: Comparison | None) -> Trend:
    records = [run.report.metrics.get(key) for run in runs]
    known = next(record for record in records if record is not None)
    change = comparison.metrics.get(key) if comparison is not None else None
    base, limit = records[0].value if records[0] else None, change.threshold if change else None
    banded = base is not None and limit is not None
    return Trend(
        unit=known.unit,
        side=known.side,
        points=tuple(_point(record) for record in records),
        noise_low=(base or 0.0) - (limit or 0.0) if banded else None,
        noise_high=(base or 0.0) + (limit or 0.0) if banded else None,
        difference=change.difference if change is not None else None,
        threshold=limit,
        verdict=change.verdict if change is not None else "not_comparable",
        reason=change.reason if change is not None else texts()["progress"]["one"],
    )


def _point(record: MetricRecord | None) -> Point:
    if record is None or record.value is None:
        return Point()
    return Point(value=record.value, low=record.repeat_low, high=record.repeat_high)


def targets_of(runs: Sequence[Run]) -> tuple[Target, ...]:
    """Return the cadence that the latest advice with a target aims at."""
    for run in reversed(runs):
        cadence = run.report.advice.cadence
        if cadence is not None and cadence.target_low_spm is not None:
            text = texts()["progress"]["target"].format(
                low=f"{cadence.target_low_spm:.0f}",
                high=f"{cadence.target_high_spm or cadence.target_low_spm:.0f}",
                baseline=f"{cadence.first_baseline_spm:.0f}",
            )
            ends = cadence.target_low_spm, cadence.target_high_spm
            return (Target(metric="cadence_spm", low=ends[0], high=ends[1], text=text),)
    return ()


def _remeasure(runs: Sequence[Run]) -> tuple[str, ...]:
    """Return when the cues of the latest run that has some ask for the next clip."""
    for run in reversed(runs):
        found = [f"{cue.title}: {cue.remeasure}" for cue in run.report.cues if cue.remeasure]
        if found:
            return tuple(found)
    return ()
