"""How far two takes of one gait differ, and whether the intervals for comparisons say so.

Usage: ``python -m benchmarks.repeat FOLDER [FOLDER ...] [--tracks FOLDER] [--takes A,B]``

Takes of one gait are: the two halves of a clip, a clip and its degraded copies
(`NAME__KIND`, see `benchmarks.degrade`), and the clips named with ``--takes``. The interval of a
difference is the two `repeat` intervals added in quadrature.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np

from benchmarks.clips import ORIGINAL, Truth, clips_with_truth
from benchmarks.scoring import rms
from benchmarks.tracks import TrackStore
from formcheck.errors import FormcheckError
from formcheck.gait.model import Closeups
from formcheck.pipeline import measure_track
from formcheck.types import Metric, PoseTrack, Scene

Take = Mapping[str, Metric]


@dataclass(frozen=True, slots=True)
class Difference:
    """Second take minus first, and the half width within which it should lie 95 times in 100."""

    pair: str
    key: str
    value: float
    half_width: float


def part(track: PoseTrack, from_share: float, to_share: float) -> PoseTrack:
    """Return the frames of a share of the track, at the clip's times."""
    first, last = (round(share * track.t_s.size) for share in (from_share, to_share))
    return replace(
        track,
        t_s=track.t_s[first:last],
        xy_px=track.xy_px[first:last],
        confidence=track.confidence[first:last],
    )


def differences(pair: str, first: Take, second: Take) -> Iterator[Difference]:
    """Yield the difference of every metric that both takes have with a repeat interval."""
    for key in first:
        a, b = first[key], second.get(key)
        if b is None or a.value is None or b.value is None:
            continue
        width = float(np.hypot(_half_width(a), _half_width(b)))
        if np.isfinite(width):
            yield Difference(pair, key, b.value - a.value, width)


def _half_width(metric: Metric) -> float:
    if metric.repeat_low is None or metric.repeat_high is None:
        return float("nan")
    return (metric.repeat_high - metric.repeat_low) / 2.0


def pairs(
    clips: Sequence[tuple[Truth, Path]], store: TrackStore, takes: Sequence[str]
) -> Iterator[Difference]:
    """Measure every clip and its halves, and yield the differences between takes."""
    whole: dict[str, Take] = {}
    for truth, path in clips:
        track, scene = store.track(path), store.scene(path)
        whole[truth.name] = _measured(track, truth, scene, store.closeups(path))
        if truth.kind == ORIGINAL:
            first, second = (
                _measured(part(track, a, a + 0.5), truth, scene, store.closeups(path, f"+{a:g}"))
                for a in (0.0, 0.5)
            )
            yield from differences("halves", first, second)
        else:
            original = whole.get(truth.name.split("__")[0], {})
            yield from differences(truth.kind, original, whole[truth.name])
    named = [name for take in takes for name in whole if name.startswith(take)]
    for one, other in combinations(named, 2):
        yield from differences("takes", whole[one], whole[other])


def _measured(track: PoseTrack, truth: Truth, scene: Scene | None, closeups: Closeups) -> Take:
    try:
        return measure_track(track, truth.runner, scene=scene, closeups=closeups)[1]
    except FormcheckError:
        return {}


def table(found: Sequence[Difference]) -> list[str]:
    """Return one markdown line a metric: spread of the differences against their intervals."""
    lines = ["| metric | n | RMS difference | mean half width | inside |", "|---|--:|--:|--:|--:|"]
    for key in dict.fromkeys(one.key for one in found):
        group = [one for one in found if one.key == key]
        value = np.array([one.value for one in group])
        width = np.array([one.half_width for one in group])
        inside = np.count_nonzero(np.abs(value) <= width)
        lines.append(
            f"| `{key}` | {value.size} | {rms(value):.3g} | {width.mean():.3g} "
            f"| {inside}/{value.size} |"
        )
    total = sum(abs(one.value) <= one.half_width for one in found)
    return [*lines, "", f"Inside over all: {total}/{len(found)}", ""]


def main() -> None:
    """Print one table for each kind of pair."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, default=[Path("sample_videos")])
    parser.add_argument("--tracks", type=Path, default=Path("out/tracks"))
    parser.add_argument("--pose", default="heavy", help="network of the tracks")
    parser.add_argument("--takes", default="", help="names of clips of one gait, with commas")
    args = parser.parse_args()
    clips = [found for folder in args.folders for found in clips_with_truth(folder)]
    with TrackStore(args.tracks, args.pose) as store:
        takes = [name for name in args.takes.split(",") if name]
        found = list(pairs(clips, store, takes))
    for pair in dict.fromkeys(one.pair for one in found):
        print(f"## {pair}\n")
        print("\n".join(table([one for one in found if one.pair == pair])))


if __name__ == "__main__":
    main()
