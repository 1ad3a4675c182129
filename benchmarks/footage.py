"""Footage that is not what it seems: what is still shown, wrongly, and what is said of it.

Usage: ``python -m benchmarks.footage FOLDER [FOLDER ...] [--tracks FOLDER] [--kinds "NAME;NAME"]``

Each clip with truth is cut, played at another speed, backward, squeezed and so on. Most of that is
done to its stored pose track, which says the same as a film of it would at a thousandth of the
time; `benchmarks.degrade` makes the films. What is shown is put beside the truth of the runner.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy import INPUTS
from benchmarks.clips import Truth, clips_with_truth
from benchmarks.scoring import metric_rows
from benchmarks.tracks import TrackStore
from formcheck.errors import FormcheckError
from formcheck.gait.footage import in_one_piece
from formcheck.metrics.doubted import untimed
from formcheck.pace import UNCLEAR, play_pace
from formcheck.pipeline import measure_track
from formcheck.types import Floats, Metric, PoseTrack, QualityNote, Runner, Scene

AS_IT_IS = "as it is"
Change = Callable[[PoseTrack], PoseTrack]

# Notes that name each cause; a wrong value beside one of them is no surprise.
CLOCK = ("clock_wrong", "clock_doubtful", "slow_motion", "scale_against_gravity")
BROKEN = ("footage_broken", "several_speeds", "dropped_frames")
CUT = (*BROKEN, "cadence_drifts")


@dataclass(frozen=True, slots=True)
class Kind:
    """One way in which footage is not what it seems, and the notes that name it."""

    change: Change
    causes: tuple[str, ...]


def _taken(track: PoseTrack, order: NDArray[np.intp], t_s: Floats | None = None) -> PoseTrack:
    """Return the track of some frames in some order, at even times unless others are given."""
    even_s = track.t_s[0] + np.arange(order.size) * float(np.median(np.diff(track.t_s)))
    return replace(
        track,
        t_s=even_s if t_s is None else t_s,
        xy_px=track.xy_px[order],
        confidence=track.confidence[order],
    )


def stretched(factor: float) -> Change:
    """Play so many times slower."""
    return lambda track: replace(track, t_s=track.t_s * factor)


def cut(at: float, lost_s: float) -> Change:
    """Leave out some time, and close the gap."""

    def change(track: PoseTrack) -> PoseTrack:
        from_s = track.t_s[0] + at * np.ptp(track.t_s)
        return _taken(track, np.flatnonzero((track.t_s < from_s) | (track.t_s >= from_s + lost_s)))

    return change


def paused(at: float, lost_s: float, gap_s: float) -> Change:
    """Leave out some time; the clock goes on for `gap_s` longer."""

    def change(track: PoseTrack) -> PoseTrack:
        from_s = track.t_s[0] + at * np.ptp(track.t_s)
        kept = (track.t_s < from_s) | (track.t_s >= from_s + lost_s)
        t_s = track.t_s[kept] + np.where(track.t_s[kept] >= from_s, gap_s, 0.0)
        return _taken(track, np.flatnonzero(kept), t_s)

    return change


def doubled(at: float, again_s: float) -> Change:
    """Show some time twice."""

    def change(track: PoseTrack) -> PoseTrack:
        frames = np.arange(track.t_s.size)
        here = int(at * frames.size)
        back = round(again_s / float(np.median(np.diff(track.t_s))))
        return _taken(track, np.append(frames[:here], frames[max(0, here - back) :]))

    return change


def backward(track: PoseTrack) -> PoseTrack:
    """Play backward."""
    return _taken(track, np.arange(track.t_s.size)[::-1])


def boomerang(track: PoseTrack) -> PoseTrack:
    """Play the first half forward, then back."""
    frames = np.arange(track.t_s.size // 2)
    return _taken(track, np.append(frames, frames[::-1]))


def paced(slower: Callable[[Floats], Floats]) -> Change:
    """Play slower by a factor that depends on the share of the clip that has passed."""

    def change(track: PoseTrack) -> PoseTrack:
        share = (track.t_s[1:] + track.t_s[:-1]) / 2 / track.t_s[-1]
        return replace(track, t_s=np.append(0.0, np.cumsum(np.diff(track.t_s) * slower(share))))

    return change


def squeezed(factor: float) -> Change:
    """Make the picture wider by a factor."""
    return lambda track: replace(
        track, xy_px=track.xy_px * [factor, 1.0], width_px=round(track.width_px * factor)
    )


def zoomed(factor: float) -> Change:
    """Grow about the picture's middle from one to the factor."""

    def change(track: PoseTrack) -> PoseTrack:
        centre = np.array([track.width_px, track.height_px]) / 2
        size = 1 + (factor - 1) * track.t_s / track.t_s[-1]
        return replace(track, xy_px=(track.xy_px - centre) * size[:, None, None] + centre)

    return change


def _slow_between(low: float, high: float, factor: float) -> Callable[[Floats], Floats]:
    return lambda share: np.where((share > low) & (share < high), factor, 1.0)


KINDS: Mapping[str, Kind] = {
    AS_IT_IS: Kind(lambda track: track, ()),
    "1.25 times slower": Kind(stretched(1.25), CLOCK),
    "1.35 times slower": Kind(stretched(1.35), CLOCK),
    "1.5 times slower": Kind(stretched(1.5), CLOCK),
    "1.25 times faster": Kind(stretched(1 / 1.25), CLOCK),
    "1.5 times faster": Kind(stretched(1 / 1.5), CLOCK),
    "2 times slower": Kind(stretched(2.0), CLOCK),
    "1.0 s cut out": Kind(cut(0.4, 1.0), CUT),
    "0.9 s cut out": Kind(cut(0.55, 0.9), CUT),
    "0.3 s cut out": Kind(cut(0.4, 0.3), CUT),
    "0.15 s cut out": Kind(cut(0.6, 0.15), CUT),
    "paused, hole of 20 s": Kind(paused(0.4, 0.5, 20.0), BROKEN),
    "0.45 s shown twice": Kind(doubled(0.4, 0.45), BROKEN),
    "backward": Kind(backward, ()),
    "boomerang": Kind(boomerang, ()),
    "middle third 4 times slower": Kind(paced(_slow_between(0.33, 0.67, 4.0)), BROKEN),
    "last half 2 times slower": Kind(paced(_slow_between(0.5, 1.1, 2.0)), BROKEN),
    "cadence drifts by 20 %": Kind(paced(lambda s: 0.9 + 0.2 * s), ("cadence_drifts",)),
    "cadence drifts by 5 %": Kind(paced(lambda s: 0.975 + 0.05 * s), ("cadence_drifts",)),
    "belt 7 % faster from half on": Kind(
        paced(_slow_between(0.5, 1.1, 0.93)), ("cadence_drifts", *BROKEN)
    ),
    "a quarter narrower": Kind(squeezed(0.75), ("picture_squeezed",)),
    "a third wider": Kind(squeezed(4 / 3), ("picture_squeezed",)),
    "zoom by 25 %": Kind(zoomed(1.25), ("size_changes", "camera_moves")),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one changed clip."""

    clip: str
    kind: str
    refused: str
    wrong: tuple[str, ...]
    notes: tuple[str, ...]
    named: bool


def outcome(
    truth: Truth, kind: str, track: PoseTrack, runner: Runner, scene: Scene | None
) -> Outcome:
    """Measure a changed track and put what is shown beside the truth."""
    what = KINDS[kind]
    try:
        shown, notes = measured(what.change(track), runner, scene)
    except FormcheckError as error:
        return Outcome(truth.name, kind, error.code, (), (), named=True)
    rows = [row for row in metric_rows(truth, shown) if row.low is not None]
    wrong = tuple(
        f"{row.key} {row.value:.3g} [{row.low:.3g}, {row.high:.3g}] for {row.truth:.3g}"
        for row in rows
        if row.low is not None and row.high is not None and not row.low <= row.truth <= row.high
    )
    codes = tuple(note.code for note in notes if note.severity != "info")
    return Outcome(truth.name, kind, "", wrong, codes, named=bool(set(codes) & set(what.causes)))


def measured(
    track: PoseTrack, runner: Runner, scene: Scene | None
) -> tuple[Mapping[str, Metric], tuple[QualityNote, ...]]:
    """Measure a track on its clip's own clock, as a clip is measured."""
    rate_hz = 1 / float(np.median(np.diff(track.t_s)))
    track = in_one_piece(track)
    pace = play_pace(track, rate_hz)
    track = replace(track, t_s=track.t_s / pace.factor)
    gait, metrics = measure_track(track, runner, scene=scene)
    if not pace.clear:
        metrics = {key: untimed(metric, gait, UNCLEAR) for key, metric in metrics.items()}
    return metrics, track.notes + pace.notes + gait.notes


def tables(outcomes: Sequence[Outcome]) -> str:
    """Return the summary by kind and every wrong value as markdown."""
    usual = {
        one.clip: {text.split()[0] for text in one.wrong}
        for one in outcomes
        if one.kind == AS_IT_IS
    }
    lines = [
        "Values that are wrong in the clip as it is are not counted again. Warnings: notes of",
        "severity warn.",
        "",
        "| footage | clips | refused | cause named | clips with a wrong value and no cause named |",
        "|---|--:|--:|--:|--:|",
    ]
    for kind in dict.fromkeys(one.kind for one in outcomes):
        group = [one for one in outcomes if one.kind == kind]
        refused = sum(bool(one.refused) for one in group)
        named = sum(one.named and not one.refused for one in group)
        silent = sum(bool(new_wrong(one, usual)) and not one.named for one in group)
        lines.append(f"| {kind} | {len(group)} | {refused} | {named} | {silent} |")
    lines += [
        "",
        "| footage | clip | warnings or refusal | values whose interval leaves out the truth |",
    ]
    lines.append("|---|---|---|---|")
    for one in outcomes:
        said = one.refused or ", ".join(dict.fromkeys(one.notes))
        wrong = new_wrong(one, usual)
        if (wrong and not one.named) or (one.kind == AS_IT_IS and said):
            lines.append(f"| {one.kind} | {one.clip} | {said} | {'; '.join(wrong)} |")
    return "\n".join(lines) + "\n"


def new_wrong(one: Outcome, usual: Mapping[str, set[str]]) -> list[str]:
    """Return the wrong values of a changed clip that are right in the clip as it is."""
    if one.kind == AS_IT_IS:
        return []
    return [text for text in one.wrong if text.split()[0] not in usual.get(one.clip, set())]


def main() -> None:
    """Measure the changed clips, print and write the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--tracks", type=Path, default=Path("out/tracks"))
    parser.add_argument("--pose", default="heavy", help="network of the tracks")
    parser.add_argument("--given", choices=INPUTS, default="both", help="what the user typed in")
    parser.add_argument("--only", default="", help="part of the names of the clips")
    parser.add_argument("--kinds", default=";".join(KINDS))
    parser.add_argument("--out", type=Path, help="file to write the tables into")
    args = parser.parse_args()
    outcomes = []
    with TrackStore(args.tracks, args.pose) as store:
        for truth, clip in (found for folder in args.folders for found in clips_with_truth(folder)):
            if args.only not in truth.name:
                continue
            runner = INPUTS[args.given](truth.runner)
            for kind in args.kinds.split(";"):
                outcomes.append(outcome(truth, kind, store.track(clip), runner, store.scene(clip)))
    text = tables(sorted(outcomes, key=lambda one: list(KINDS).index(one.kind)))
    print(text)
    if args.out:
        args.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
