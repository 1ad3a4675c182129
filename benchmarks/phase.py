"""How exactly two runs are matched by the phase of the stride, against true contacts.

Usage: ``python -m benchmarks.phase FOLDER [FOLDER ...] [--tracks FOLDER]``

Every two clips of one view are matched as for the side-by-side clip, from what was measured alone.
Where the first run's truth has an event, the second run's time is asked for; its distance from the
second run's own true event is the error. ``as shown`` adds that a frame, not an instant, is seen.
``even`` is the error of a plain match: the second clip lined up at the first common contact and
played at one speed throughout, so that both end together.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from benchmarks.clips import Truth, clips_with_truth
from benchmarks.scoring import rms
from benchmarks.tracks import TrackStore
from formcheck.errors import FormcheckError
from formcheck.pipeline import measure_track
from formcheck.report.build import build_report
from formcheck.report.schema import Report
from formcheck.side_by_side.phase import PhaseMatch, match_phases
from formcheck.types import Analysis, Clip, Floats, Provenance

EVENTS = ("initial_contact_s", "toe_off_s")
KINDS = ("contact", "toe-off")


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """A clip as it was measured, and its truth."""

    truth: Truth
    report: Report
    t_s: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """Errors in seconds of one kind of event of one pair: of the map, as shown, of a plain match.

    `missed` counts true events of the first run, within the common strides, whose counterpart in
    the second run's truth lies outside of its clip.
    """

    pair: str
    view: str
    fps: float
    group: str
    map_s: Floats
    shown_s: Floats
    even_s: Floats
    missed: int


def takes(folders: Iterable[Path], store: TrackStore) -> Iterator[Take]:
    """Measure every clip with truth; those that cannot be measured are named and left out."""
    for folder in folders:
        for truth, path in clips_with_truth(folder):
            track = store.track(path)
            try:
                gait, metrics = measure_track(
                    track, truth.runner, scene=store.scene(path), closeups=store.closeups(path)
                )
            except FormcheckError as error:
                print(f"{truth.name}: {error}")
                continue
            clip = Clip(
                truth.name,
                "",
                track.width_px,
                track.height_px,
                0,
                truth.duration_s,
                track.t_s.size,
                truth.fps,
            )
            made = Provenance("", "", "", "")
            analysis = Analysis(clip, truth.runner, gait, metrics, (), made)
            yield Take(truth, build_report(analysis), track.t_s)


def errors(first: Take, second: Take) -> Iterator[Errors]:
    """Yield the errors of matching two clips, one record for each foot and kind of event."""
    match = match_phases(first.report, second.report)
    fps = min(first.truth.fps, second.truth.fps)
    pair = f"{first.truth.name} / {second.truth.name}"
    names = match.legs if first.truth.near_side is None else ("near", "far")
    for name, leg, second_leg in zip(names, match.legs, match.second_legs, strict=True):
        for j, event in enumerate(EVENTS):
            own = first.truth.events[leg][event]
            own = own[(own >= match.first_s[0]) & (own <= match.first_s[-1])]
            true = second.truth.events[second_leg][event]
            mapped = match.to_second(own)
            nearest = true[np.abs(mapped[:, None] - true).argmin(axis=1)]
            inside = np.abs(mapped - nearest) < 0.25
            own, nearest, mapped = own[inside], nearest[inside], mapped[inside]
            yield Errors(
                pair,
                first.truth.view,
                fps,
                f"{name} {KINDS[j]}",
                mapped - nearest,
                shown(match, first.t_s, second.t_s, own, nearest),
                evenly(match, own) - nearest,
                int(np.count_nonzero(~inside)),
            )


def shown(
    match: PhaseMatch, first_t: Floats, second_t: Floats, own: Floats, true: Floats
) -> Floats:
    """Return how far apart in phase the frames are that stand beside each other at true events."""
    seen = first_t[np.abs(first_t - own[:, None]).argmin(axis=1)]
    mapped = match.to_second(np.clip(seen, *match.first_s[[0, -1]]))
    beside = second_t[np.abs(second_t - mapped[:, None]).argmin(axis=1)]
    return np.asarray((beside - true) - (seen - own))


def evenly(match: PhaseMatch, own: Floats) -> Floats:
    """Return the second run's times when it plays at one speed from first to last common event."""
    return np.interp(own, match.first_s[[0, -1]], match.second_s[[0, -1]])


def table(found: Sequence[Errors], name: str) -> list[str]:
    """Return one markdown line for each group of events, in milliseconds."""
    lines = [
        f"| {name} | n | bias | RMSE | worst | RMSE as shown | RMSE even | missed |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for key in dict.fromkeys(_key(one, name) for one in found):
        group = [one for one in found if _key(one, name) == key]
        apart, seen, even = (
            1000 * np.concatenate([getattr(one, which) for one in group])
            for which in ("map_s", "shown_s", "even_s")
        )
        worst = apart[np.abs(apart).argmax()]
        missed = sum(one.missed for one in group)
        lines.append(
            f"| {key} | {apart.size} | {apart.mean():+.1f} | {rms(apart):.1f} | {worst:+.1f} "
            f"| {rms(seen):.1f} | {rms(even):.1f} | {missed or ''} |"
        )
    return lines


def _key(one: Errors, name: str) -> str:
    if name == "pair (contacts)":
        return one.pair
    return f"{one.view}, {one.fps:g} frames/s, {one.group}"


def main() -> None:
    """Print one table by kind of event, one by pair of clips."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, default=[Path("sample_videos")])
    parser.add_argument("--tracks", type=Path, default=Path("out/tracks"))
    parser.add_argument("--pose", default="heavy", help="network of the tracks")
    args = parser.parse_args()
    with TrackStore(args.tracks, args.pose) as store:
        measured = list(takes(args.folders, store))
    found: list[Errors] = []
    for first, second in combinations(measured, 2):
        if first.truth.view == second.truth.view:
            found += errors(first, second)
    contacts = [one for one in found if one.group.endswith("contact")]
    print("\n".join(table(found, "events (all pairs), ms")))
    print()
    print("\n".join(table(contacts, "pair (contacts)")))


if __name__ == "__main__":
    main()
