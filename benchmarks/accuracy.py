"""Accuracy against clips with exact truth.

Usage: ``python -m benchmarks.accuracy FOLDER [FOLDER ...] [--tracks FOLDER]``

A folder holds clips (`NAME.mp4`), each with its truth beside it (`NAME.json`). Pose tracks are kept
in the track folder, so that a second run measures again without running the network.
Prints the tables and writes them, and every single value, into the results folder.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

import numpy as np

from benchmarks.clips import ORIGINAL, Truth, clips_with_truth
from benchmarks.scoring import (
    EventErrors,
    Row,
    coverage,
    errors,
    event_errors,
    event_table,
    interval_table,
    metric_rows,
    metric_table,
    rms,
)
from benchmarks.tracks import TrackStore
from formcheck.errors import FormcheckError
from formcheck.pipeline import measure_track
from formcheck.types import Runner

FAST_HZ = 60.0
MARKS = ("<!-- accuracy:begin -->", "<!-- accuracy:end -->")
SHORT_MARKS = ("<!-- accuracy-short:begin -->", "<!-- accuracy-short:end -->")
INPUTS: dict[str, Callable[[Runner], Runner]] = {
    "both": lambda runner: runner,
    "height": lambda runner: replace(runner, belt_speed_mps=None),
    "speed": lambda runner: replace(runner, height_m=None),
    "none": lambda runner: replace(runner, height_m=None, belt_speed_mps=None),
}


@dataclass(slots=True)
class Scores:
    """Everything measured, in the order of the clips."""

    rows: list[Row] = field(default_factory=list)
    events: list[EventErrors] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def score(
    clips: Sequence[tuple[Truth, Path]], store: TrackStore, given: Callable[[Runner], Runner]
) -> Scores:
    """Measure every clip and put the results beside the truth."""
    scores = Scores()
    for truth, path in clips:
        try:
            gait, metrics = measure_track(
                store.track(path),
                given(truth.runner),
                scene=store.scene(path),
                closeups=store.closeups(path),
            )
        except FormcheckError as error:
            scores.failures.append(f"{truth.name}: {error}")
            continue
        if gait.view.kind != truth.view:
            scores.failures.append(f"{truth.name}: taken for a {gait.view.kind} view")
        scores.rows += metric_rows(truth, metrics)
        scores.events += event_errors(truth, gait.contacts)
    return scores


def tables(scores: Scores) -> str:
    """Return all tables as markdown."""
    original = [row for row in scores.rows if row.kind == ORIGINAL]
    sections = {
        f"Side view, {FAST_HZ:g} frames/s and more": _select(original, "side", fast=True),
        f"Side view, below {FAST_HZ:g} frames/s": _select(original, "side", fast=False),
        "Rear view": [row for row in original if row.view != "side"],
    }
    lines: list[str] = []
    for title, rows in sections.items():
        if rows:
            clips = len({row.clip for row in rows})
            lines += [f"## {title} ({clips} clips)", "", *metric_table(rows), ""]
    events = [one for one in scores.events if one.kind == ORIGINAL]
    lines += ["## Contacts and toe-offs", "", *event_table(events), ""]
    if len({row.kind for row in scores.rows}) > 1:
        lines += ["## Degraded copies: RMSE (intervals that hold the truth)", ""]
        lines += [*degraded_table(scores.rows), ""]
    lines += ["## Intervals, all clips", "", *interval_table(scores.rows), ""]
    lines += [f"Intervals that hold the truth, all metrics and clips: {_overall(scores.rows)}", ""]
    lines += [f"- {failure}" for failure in scores.failures]
    return "\n".join(lines)


def _select(rows: Sequence[Row], view: str, *, fast: bool) -> list[Row]:
    return [row for row in rows if row.view == view and (row.fps >= FAST_HZ) == fast]


def _overall(rows: Sequence[Row]) -> str:
    text = coverage(rows)
    if not text:
        return "none"
    held, n = (int(part) for part in text.split("/"))
    return f"{text} ({100.0 * held / n:.1f} %)"


def degraded_table(rows: Sequence[Row]) -> list[str]:
    """Return one line a metric with a column for each kind of degradation."""
    kinds = sorted({row.kind for row in rows}, key=lambda kind: (kind != ORIGINAL, kind))
    lines = [f"| metric | {' | '.join(kinds)} |", "|---" + "|---" * len(kinds) + "|"]
    for key in dict.fromkeys(row.key for row in rows):
        cells = []
        for kind in kinds:
            group = [r for r in rows if r.key == key and r.kind == kind and r.value is not None]
            cells.append(f"{rms(errors(group)):.3g} ({coverage(group)})" if group else "")
        lines.append(f"| `{key}` | {' | '.join(cells)} |")
    return lines


def summary(named: Mapping[str, Scores]) -> str:
    """Return the tables that the page on accuracy shows, for each folder of clips by its name."""
    names = list(named)
    head = " | ".join(f"{name}: clips | RMSE | offset removed | held" for name in names)
    lines = [
        f"| metric | view | {head} |",
        "|---|---" + "|--:|--:|--:|--:" * len(names) + "|",
    ]
    groups = {
        name: {"side": [r for r in one.rows if r.view == "side"], "rear": _rear(one)}
        for name, one in named.items()
    }
    for view in ("side", "rear"):
        rows = [row for group in groups.values() for row in group[view]]
        for key in dict.fromkeys(row.key for row in rows if _is_whole(row)):
            cells = [_summary_cells(group[view], key) for group in groups.values()]
            if any("|  |" not in f"|{cell}|" for cell in cells):
                lines.append(f"| `{key}` | {view} | {' | '.join(cells)} |")
    for name, one in named.items():
        lines += ["", f"{name}: {_overall(one.rows)} of all intervals hold the truth.", *_near(one)]
    return "\n".join(lines)


def short(named: Mapping[str, Scores]) -> str:
    """Return the lines that the README shows, for each folder of clips by its name."""
    lines = [
        f"- {name}: {_overall(one.rows)} of all intervals hold the truth. {' '.join(_near(one))}"
        for name, one in named.items()
    ]
    return "\n".join(lines)


def _is_whole(row: Row) -> bool:
    return not row.key.endswith(("_left", "_right"))


def _summary_cells(rows: Sequence[Row], key: str) -> str:
    group = [row for row in rows if row.key == key and row.value is not None]
    if len(group) < 2:
        return " |  |  | "
    off = errors(group)
    return f"{len(group)} | {rms(off):.2g} | {rms(off - off.mean()):.2g} | {coverage(group)}"


def _near(scores: Scores) -> list[str]:
    """Return a line for each frame rate: how far off the near leg's events are."""
    near = [e for e in scores.events if e.view == "side" and e.leg == "near" and e.error_s.size]
    lines = []
    for fps in sorted({e.fps for e in near}):
        cells = []
        for name in sorted({e.event for e in near}):
            found = [e.error_s for e in near if e.fps == fps and e.event == name]
            title = name.removesuffix("_s").replace("_", " ")
            cells.append(f"{title} {1000 * rms(np.concatenate(found)):.1f} ms")
        lines.append(f"Near leg at {fps:.0f} frames a second, RMSE: {', '.join(cells)}.")
    return lines


def _rear(scores: Scores) -> list[Row]:
    return [row for row in scores.rows if row.view == "rear"]


def write_readme(path: Path, text: str, marks: tuple[str, str]) -> None:
    """Put a text between two markers of the README, or of the page on accuracy beside it."""
    for page in (path, path.parent / "docs" / "accuracy.md"):
        before, begin, rest = page.read_text(encoding="utf-8").partition(marks[0])
        if begin:
            after = rest.partition(marks[1])[2]
            page.write_text(f"{before}{begin}\n{text}\n{marks[1]}{after}", encoding="utf-8")


def write(scores: Scores, text: str, folder: Path) -> None:
    """Write the tables, every value, and every event error."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "accuracy.md").write_text(text, encoding="utf-8")
    with (folder / "accuracy.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [part.name for part in fields(Row)])
        writer.writeheader()
        writer.writerows(asdict(row) for row in scores.rows)
    with (folder / "events.csv").open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["clip", "kind", "fps", "leg", "event", "error_ms"])
        for one in scores.events:
            for error in one.error_s:
                lines.writerow(
                    [one.clip, one.kind, one.fps, one.leg, one.event[:-2], f"{1000 * error:.2f}"]
                )


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, default=[Path("sample_videos")])
    parser.add_argument("--tracks", type=Path, default=Path("out/tracks"))
    parser.add_argument("--pose", default="heavy", help="network of the tracks")
    parser.add_argument("--given", choices=INPUTS, default="both", help="what the user typed in")
    parser.add_argument("--only", default="", help="part of the names of the clips to measure")
    parser.add_argument("--out", type=Path, default=Path("out/accuracy"))
    parser.add_argument(
        "--readme",
        type=Path,
        help="README whose marked tables, and docs/accuracy.md's beside it, are written anew",
    )
    return parser.parse_args()


def main() -> None:
    """Measure the clips, print and write the tables, those of each folder apart."""
    args = arguments()
    named: dict[str, Scores] = {}
    with TrackStore(args.tracks, args.pose) as store:
        for folder in args.folders:
            clips = [one for one in clips_with_truth(folder) if args.only in one[0].name]
            named[folder.name] = score(clips, store, INPUTS[args.given])
    parts = [f"# {name}\n\n{tables(one)}" for name, one in named.items()]
    text = "\n".join(parts if len(named) > 1 else [tables(one) for one in named.values()])
    print(text)
    write(_joined(named.values()), text, args.out)
    if args.readme:
        write_readme(args.readme, summary(named), MARKS)
        write_readme(args.readme, short(named), SHORT_MARKS)


def _joined(several: Iterable[Scores]) -> Scores:
    whole = Scores()
    for one in several:
        whole.rows += one.rows
        whole.events += one.events
        whole.failures += one.failures
    return whole


if __name__ == "__main__":
    main()
