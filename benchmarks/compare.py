"""How often differences are called real: where there are none, and where they are known.

Usage: ``python -m benchmarks.compare FOLDER [FOLDER ...] [--tracks FOLDER] [--takes A,B]``

Pairs of one gait are the two halves of every clip, a clip and its degraded copies (`NAME__KIND`,
see `benchmarks.degrade`), and the clips named with ``--takes``; of all their metrics at least 95 in
100 must stay below `real`. A difference of twice the repeat half width, put into every metric of
every clip, must be called real with the camera left alone. Last, clips of different gaits are
compared with each other against the differences that the truth files hold.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Final

from benchmarks.clips import ORIGINAL, Truth, clips_with_truth
from benchmarks.repeat import part
from benchmarks.tracks import TrackStore
from formcheck.comparison import Comparison, compare
from formcheck.comparison.difference import repeat_half_width
from formcheck.comparison.schema import Change
from formcheck.errors import FormcheckError
from formcheck.gait.model import Closeups
from formcheck.pipeline import measure_track
from formcheck.report.build import build_report
from formcheck.report.schema import MetricRecord, Report
from formcheck.types import Analysis, Clip, PoseTrack, Provenance, Scene

KNOWN: Final = ("trunk_lean_deg", "landing_ankle_hip_cm", "vertical_oscillation_cm")
SHIFT: Final = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """One clip or half of one, measured."""

    truth: Truth
    report: Report


@dataclass(frozen=True, slots=True)
class Pair:
    """Two takes and what kind of pair they are."""

    kind: str
    first: Take
    second: Take


def take_of(truth: Truth, track: PoseTrack, scene: Scene | None, closeups: Closeups) -> Take | None:
    """Measure a track; None where nobody runs in it."""
    runner = replace(truth.runner, id=truth.name.split("__")[0])
    try:
        gait, metrics = measure_track(track, runner, scene=scene, closeups=closeups)
    except FormcheckError:
        return None
    rate_hz = (track.t_s.size - 1) / float(track.t_s[-1] - track.t_s[0])
    clip = Clip(truth.name, "", track.width_px, track.height_px, 0, truth.duration_s,
                track.t_s.size, rate_hz, to_s=float(track.t_s[-1]))  # fmt: skip
    made = Provenance("", track.convention, "", "")
    return Take(truth, build_report(Analysis(clip, runner, gait, metrics, (), made)))


def measured(
    clips: Sequence[tuple[Truth, Path]], store: TrackStore
) -> tuple[dict[str, Take], list[Pair]]:
    """Return every clip's take by name, and the pairs of halves and of degraded copies."""
    whole: dict[str, Take] = {}
    pairs = []
    for truth, path in clips:
        track, scene = store.track(path), store.scene(path)
        take = None if truth.name in whole else take_of(truth, track, scene, store.closeups(path))
        if take is None:
            continue
        whole[truth.name] = take
        if truth.kind == ORIGINAL:
            halves = [
                take_of(truth, part(track, at, at + 0.5), scene, store.closeups(path, f"+{at:g}"))
                for at in (0.0, 0.5)
            ]
            if halves[0] is not None and halves[1] is not None:
                pairs.append(Pair("halves", halves[0], halves[1]))
        elif (original := whole.get(truth.name.split("__")[0])) is not None:
            pairs.append(Pair("copies", original, take))
    return whole, pairs


def named_pairs(whole: dict[str, Take], takes: Sequence[str]) -> Iterator[Pair]:
    """Yield the pairs of clips that are named as takes of one gait."""
    originals = {name: take for name, take in whole.items() if take.truth.kind == ORIGINAL}
    chosen = [take for name, take in originals.items() if takes and name.startswith(tuple(takes))]
    for first, second in combinations(chosen, 2):
        yield Pair("takes", first, _renamed(second, first))


def _renamed(take: Take, like: Take) -> Take:
    """Return a take as one of another's runner."""
    runner = take.report.runner.model_copy(update={"id": like.report.runner.id})
    return replace(take, report=take.report.model_copy(update={"runner": runner}))


def compared(comparison: Comparison) -> list[Change]:
    """Return the metrics that have a difference."""
    return [one for one in comparison.metrics.values() if one.difference is not None]


def same_gait_lines(pairs: Sequence[Pair]) -> list[str]:
    """Return one markdown line a kind of pair: the share that stays below `real`.

    The last line counts every pair as it was filmed: halves with the camera untouched, copies and
    takes, whose pictures are turned, shaken or from another place, with the camera moved.
    """
    lines = [
        "| pairs of one gait | compared | refused | differences | below real, camera untouched "
        "| below real, camera moved |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    totals = [0, 0]
    for kind in dict.fromkeys(pair.kind for pair in pairs):
        own = [pair for pair in pairs if pair.kind == kind]
        changes = [
            [one for pair in own for one in compared(_compare(pair, same_setup=same))]
            for same in (True, False)
        ]
        refused = sum(not _compare(pair).comparable for pair in own)
        below = [sum(one.verdict != "real" for one in group) for group in changes]
        count = len(changes[0])
        totals = [totals[0] + count, totals[1] + below[0 if kind == "halves" else 1]]
        lines.append(
            f"| {kind} | {len(own) - refused} | {refused} | {count} "
            f"| {_share(below[0], count)} | {_share(below[1], count)} |"
        )
    return [*lines, "", f"Below real, each as it was filmed: {_share(totals[1], totals[0])}", ""]


def _compare(pair: Pair, *, same_setup: bool = False) -> Comparison:
    return compare(pair.first.report, pair.second.report, "before_after", same_setup)


def _share(part_of: int, count: int) -> str:
    return f"{part_of}/{count} ({100 * part_of / max(count, 1):.1f} %)"


def shifted(report: Report, by: float) -> Report:
    """Return a report with every metric moved by `by` times its repeat half width."""

    def moved(record: MetricRecord) -> MetricRecord:
        step = by * (repeat_half_width(record) or 0.0)
        names = ("value", "low", "high", "repeat_low", "repeat_high")
        values = {name: getattr(record, name) for name in names}
        changed = {name: None if x is None else x + step for name, x in values.items()}
        return record.model_copy(update=changed)

    metrics = {key: moved(record) for key, record in report.metrics.items()}
    return report.model_copy(update={"metrics": metrics})


def injected_lines(whole: dict[str, Take], pairs: Sequence[Pair]) -> list[str]:
    """Return how often differences of twice the repeat half width are called real."""
    clean = [
        one
        for take in whole.values()
        for sign in (-SHIFT, SHIFT)
        for one in compared(
            compare(take.report, shifted(take.report, sign), "before_after", same_setup=True)
        )
    ]
    noisy = [
        one
        for pair in pairs
        if pair.kind == "halves"
        for sign in (-SHIFT, SHIFT)
        for one in compared(
            compare(
                pair.first.report,
                shifted(pair.second.report, sign),
                "before_after",
                same_setup=True,
            )
        )
    ]
    rates = [_share(sum(one.verdict == "real" for one in group), len(group))
             for group in (clean, noisy)]  # fmt: skip
    return [
        "| twice the repeat half width, camera untouched | called real |",
        "|---|--:|",
        f"| put into a clip and compared with the same clip | {rates[0]} |",
        f"| put into the second half of a clip, on top of its own noise | {rates[1]} |",
        "",
    ]


def known_lines(whole: dict[str, Take]) -> list[str]:
    """Return true against measured differences of all pairs that may be compared."""
    lines = [
        "| first | second | metric | true difference | measured | limit | verdict "
        "| true one inside |",
        "|---|---|---|--:|--:|--:|---|---|",
    ]
    originals = [take for take in whole.values() if take.truth.kind == ORIGINAL]
    for first, other in combinations(originals, 2):
        second = _renamed(other, first)
        found = compare(first.report, second.report, "easy_tempo")
        for key in KNOWN:
            change = found.metrics.get(key)
            true = [take.truth.metrics.get(key) for take in (first, second)]
            if change is None or change.difference is None or None in true:
                continue
            wanted = (true[1] or 0.0) - (true[0] or 0.0)
            inside = (change.low or 0.0) <= wanted <= (change.high or 0.0)
            lines.append(
                f"| {first.truth.name} | {second.truth.name} | `{key}` | {wanted:+.1f} "
                f"| {change.difference:+.1f} | {change.threshold:.1f} | {change.verdict} "
                f"| {'yes' if inside else 'no'} |"
            )
    return [*lines, ""]


def main() -> None:
    """Print the rates and the table of known differences."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, default=[Path("sample_videos")])
    parser.add_argument("--tracks", type=Path, default=Path("out/tracks"))
    parser.add_argument("--pose", default="heavy", help="network of the tracks")
    parser.add_argument("--takes", default="", help="names of clips of one gait, with commas")
    parser.add_argument("--known", default="", help="only pairs of clips with such names, commas")
    args = parser.parse_args()
    clips = [found for folder in args.folders for found in clips_with_truth(folder)]
    with TrackStore(args.tracks, args.pose) as store:
        whole, pairs = measured(clips, store)
    pairs += named_pairs(whole, [name for name in args.takes.split(",") if name])
    known = tuple(name for name in args.known.split(",") if name)
    chosen = {name: take for name, take in whole.items() if not known or name.startswith(known)}
    print("\n".join([*same_gait_lines(pairs), *injected_lines(whole, pairs), *known_lines(chosen)]))


if __name__ == "__main__":
    main()
