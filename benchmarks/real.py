"""Accuracy on real clips against labels made by eye.

Usage: ``python -m benchmarks.real LABELS CLIPS [--pose heavy] [--tracks FOLDER] [--readme FILE]``

LABELS holds a JSON file a clip (events on the clip's own clock, what the eye could tell of landing,
shin, lean and contact time); CLIPS holds the clips under the same names, with any suffix. Clips
and labels are not part of the project. Prints one table of events (bias, spread, missed), one of
values (label, measured, interval, whether it holds the label with the label's own uncertainty
added), and how many values were shown.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.accuracy import write_readme
from benchmarks.scoring import EVENT_KINDS, match_events
from benchmarks.tracks import TrackStore
from formcheck.errors import FormcheckError
from formcheck.landmarks import SIDES, other
from formcheck.pipeline import Options, analyze
from formcheck.pose import pose_names
from formcheck.types import Analysis, Floats

# What the eye tells of a joint's place: the label's key, the metric, factor and uncertainty where
# the label states none (standard error, metric's unit). A label's landing is a share of the
# vertical from hip to ankle, which at contact is 0.90 of leg length on the rendered runners.
BY_EYE: Mapping[str, tuple[str, float, float]] = {
    "ankle_ahead_of_hip_ratio_at_contact": ("landing_ankle_hip_pct_leg", 90.0, 1.8),
    "tibia_deg_at_contact": ("shank_angle_ic_deg", 1.0, 1.5),
    "trunk_lean_deg": ("trunk_lean_deg", 1.0, 1.5),
}
CONTACT_SD_MS = 6.0
MARKS = ("<!-- real:begin -->", "<!-- real:end -->")
SHORT_MARKS = ("<!-- real-short:begin -->", "<!-- real-short:end -->")
# A label's stated ± is taken for a 95 % interval.
Z95 = 1.96


@dataclass(frozen=True, slots=True)
class Label:
    """What the eye tells of one clip.

    Attributes
    ----------
    name : str
        Of the clip, without suffix.
    events : mapping of (leg, kind) to (N,) float
        Seconds on the clip's own clock; leg ``near`` or ``far``, or ``left`` and ``right``.
    values : mapping of str to (float, float)
        Metric key to value and standard error.
    contact_ms : (float, float) or None
        Contact time on the clip's own clock, mean of the labelled legs, and its standard error.
    """

    name: str
    events: Mapping[tuple[str, str], Floats]
    values: Mapping[str, tuple[float, float]]
    contact_ms: tuple[float, float] | None
    cadence_spm: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Value:
    """One labelled value beside what was measured; None where withheld."""

    clip: str
    key: str
    label: float
    label_sd: float
    value: float | None
    low: float | None
    high: float | None
    status: str

    @property
    def holds(self) -> bool | None:
        """Whether the interval, widened by the label's own, holds the label."""
        if self.value is None or self.low is None or self.high is None:
            return None
        own = Z95 * self.label_sd
        below, above = self.value - self.low, self.high - self.value
        return (
            self.value - float(np.hypot(below, own))
            <= self.label
            <= self.value + float(np.hypot(above, own))
        )


def read_label(content: Mapping[str, Any]) -> Label:
    """Read one label file."""
    times: dict[tuple[str, str], list[float]] = {}
    for event in content.get("events", ()):
        times.setdefault((event["leg"], f"{event['kind']}_s"), []).append(float(event["t_s"]))
    values = {}
    for key, text in content.get("by_eye", {}).items():
        if key in BY_EYE:
            metric, factor, sd = BY_EYE[key]
            value, own = told(text)
            values[metric] = (factor * value, sd if own is None else abs(factor) * own / Z95)
    cadence = content.get("cadence_spm_on_the_clips_clock", content.get("cadence_spm"))
    return Label(
        content["clip"],
        {key: np.sort(one) for key, one in times.items()},
        values,
        _contact(content.get("contact_time_on_the_clips_clock", {})),
        None
        if cadence is None
        else (float(cadence), float(content.get("cadence_uncertainty_spm", 1.0)) / Z95),
    )


def _contact(legs: Mapping[str, Mapping[str, float]]) -> tuple[float, float] | None:
    means = [leg["mean_ms"] for leg in legs.values()]
    return (float(np.mean(means)), CONTACT_SD_MS) if means else None


def told(text: str | float) -> tuple[float, float | None]:
    """Return the number that a text begins with (the middle of a range), and its stated ±."""
    number = r"-?\d+(?:\.\d+)?"
    words = str(text)
    ranged = re.match(rf"\s*({number})\s*(?:-|to)\s*({number})", words)
    single = re.match(rf"\s*({number})", words)
    if ranged:
        value = (float(ranged[1]) + float(ranged[2])) / 2
    elif single:
        value = float(single[1])
    else:
        raise ValueError(f"{words!r} does not begin with a number")
    stated = re.findall(rf"(?:\+-|±)\s*({number})", words)
    return value, float(stated[-1]) if stated else None


def compare(label: Label, analysis: Analysis) -> tuple[list[list[str]], list[Value]]:
    """Return the lines of the event table and the values of one clip."""
    factor = analysis.clip.slow_motion_factor
    near = analysis.gait.view.near_side
    lines = []
    for (leg, kind), true_s in sorted(label.events.items()):
        side = {"near": near, "far": near and other(near)}.get(leg, leg)
        if side not in SIDES or kind not in EVENT_KINDS:
            continue
        found = np.array([getattr(c, kind) for c in analysis.gait.contacts if c.side == side])
        reach_s = analysis.clip.duration_s
        error, missed, extra = match_events(true_s / factor, found, reach_s)
        inside = (found >= true_s.min() / factor - 0.1) & (found <= true_s.max() / factor + 0.1)
        extra = min(extra, int(inside.sum()) - error.size)
        bias, spread = (
            (1000 * float(f(error)) for f in (np.mean, np.std)) if error.size else (np.nan, np.nan)
        )
        rms = float(np.hypot(bias, spread))
        cells = [f"{bias:+.0f}", f"{spread:.0f}", f"{rms:.0f}", str(missed), str(extra)]
        rate = f"{analysis.clip.frame_rate_hz:.0f}"
        lines.append([label.name, rate, leg, kind.removesuffix("_s"), str(error.size), *cells])
    values = [_value(label.name, key, *known, analysis) for key, known in label.values.items()]
    if label.contact_ms is not None:
        ms, sd = label.contact_ms
        values.append(_value(label.name, "contact_time_ms", ms / factor, sd / factor, analysis))
    if label.cadence_spm is not None:
        spm, sd = label.cadence_spm
        values.append(_value(label.name, "cadence_spm", spm * factor, sd * factor, analysis))
    return lines, values


def _value(clip: str, key: str, label: float, sd: float, analysis: Analysis) -> Value:
    metric = analysis.metrics.get(key)
    if metric is None:
        return Value(clip, key, label, sd, None, None, None, "missing")
    return Value(clip, key, label, sd, metric.value, metric.low, metric.high, metric.status)


def _cells(one: Value) -> list[str]:
    shown = one.status
    if one.value is not None and one.low is not None and one.high is not None:
        shown = f"{one.value:.1f} ({one.low:.1f} to {one.high:.1f})"
    holds = {None: "", True: "yes", False: "NO"}[one.holds]
    return [one.clip, one.key, f"{one.label:.1f} ± {Z95 * one.label_sd:.1f}", shown, holds]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(head)} |",
        "|---" * len(head) + "|",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def labelled(labels: Path, clips: Path) -> Iterator[tuple[Label, Path]]:
    """Return every label whose clip is there, with its clip."""
    for path in sorted(labels.glob("*.json")):
        label = read_label(json.loads(path.read_text("utf-8")))
        for clip in sorted(clips.glob(f"{label.name}.*")):
            yield label, clip
            break


def main() -> None:
    """Measure every labelled clip and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labels", type=Path)
    parser.add_argument("clips", type=Path)
    parser.add_argument("--pose", choices=pose_names(), default="heavy")
    parser.add_argument("--tracks", type=Path, default=Path("out/tracks"))
    parser.add_argument(
        "--readme",
        type=Path,
        help="README whose marked tables, and docs/accuracy.md's beside it, are written anew",
    )
    given = parser.parse_args()
    lines: list[list[str]] = []
    values: list[Value] = []
    followed: list[str] = []
    with TrackStore(given.tracks, given.pose) as store:
        for label, clip in labelled(given.labels, given.clips):
            store.track(clip)
            try:
                analysis = analyze(clip, Options(track=store.stored(clip)))
            except FormcheckError as error:
                followed.append(f"- {label.name}: {error}")
                continue
            own, told_values = compare(label, analysis)
            lines += own
            values += told_values
            source = analysis.gait.calibration.landing_source
            notes = ", ".join(sorted({note.code for note in analysis.quality}))
            followed.append(f"- {label.name}: landings by {source}; notes: {notes}")
    text = "\n".join(_text(lines, values))
    print(text, *followed, sep="\n")
    if given.readme:
        write_readme(given.readme, text, MARKS)
        write_readme(given.readme, "\n".join(short(lines, values)), SHORT_MARKS)


def short(lines: Sequence[Sequence[str]], values: Sequence[Value]) -> list[str]:
    """Return a row a metric and a row a kind of event, all clips together."""
    rows = []
    for key in dict.fromkeys(one.key for one in values):
        group = [one for one in values if one.key == key]
        off = [one.value - one.label for one in group if one.value is not None]
        held = sum(one.holds is True for one in group)
        rms = f"{np.sqrt(np.mean(np.square(off))):.1f}" if off else ""
        rows.append([f"`{key}`", str(len(group)), str(len(off)), str(held), rms])
    for event in dict.fromkeys(line[3] for line in lines):
        own = [line for line in lines if line[3] == event and int(line[4])]
        count = np.array([int(line[4]) for line in own])
        rms_ms = np.sqrt(count @ np.square([float(line[7]) for line in own]) / count.sum())
        missed = sum(int(line[8]) for line in own)
        rows.append(
            [f"{event}, ms", str(count.sum() + missed), str(count.sum()), "", f"{rms_ms:.0f}"]
        )
    return _table(["", "labelled", "shown", "hold the label", "RMSE"], rows)


def _text(lines: Sequence[Sequence[str]], values: Sequence[Value]) -> list[str]:
    """Return both tables, and how many values were shown and hold the label."""
    head = ["clip", "frames/s", "leg", "event", "n", "bias ms", "spread", "RMSE", "missed", "extra"]
    shown = [one.holds for one in values if one.holds is not None]
    return [
        *_table(head, lines),
        "",
        *_table(["clip", "key", "eye", "measured", "holds"], map(_cells, values)),
        "",
        f"Shown {len(shown)} of {len(values)}; {sum(shown)} of {len(shown)} hold the label.",
        "",
    ]


if __name__ == "__main__":
    main()
