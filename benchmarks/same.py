"""Whether a change that should move no number moved one.

Usage: ``python -m benchmarks.same CLIPS... [--pose heavy] [--tracks FOLDER] --save FILE`` before
the change, ``... --beside FILE`` after it.

Every clip is measured from its stored track twice, with what its truth file or nobody says of the
runner. Written down are the whole report, the advice for a few soreness stories, the page, and each
run's comparison with the next. Differences are printed with their place, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from benchmarks.clips import read_truth
from benchmarks.tracks import TrackStore
from formcheck.comparison import compare
from formcheck.cues import Symptoms, advise_reports
from formcheck.errors import FormcheckError
from formcheck.pipeline import measure_track
from formcheck.pose import pose_names
from formcheck.report.build import build_report
from formcheck.report.page import build_page
from formcheck.report.schema import Report
from formcheck.types import Analysis, Clip, Provenance, Runner
from formcheck.video import probe

SUFFIXES: Final = (".mp4", ".mov")
STORIES: Final = {
    "nothing": None,
    "knee": Symptoms(region="knee", pain_during=3, settles_hours=10),
    "calf": Symptoms(region="achilles", pain_during=5, stiff_next_morning=True),
    "shin at night": Symptoms(region="shin", pain_during=4, night_pain=True),
}
MOST_SHOWN: Final = 40


def runners_of(clip: Path) -> Iterator[tuple[str, Runner]]:
    """Yield what may be said of a clip's runner: what the truth beside it holds, and nothing."""
    truth = clip.with_suffix(".json")
    if truth.is_file():
        known = read_truth(clip.stem, json.loads(truth.read_text(encoding="utf-8"))).runner
        yield "told", known
    yield "untold", Runner(date="2026-03-01")


def measured(clip: Path, runner: Runner, store: TrackStore) -> Report:
    """Return the report of a clip, measured from its stored track."""
    track, info = store.track(clip), probe(clip)
    gait, metrics = measure_track(
        track, runner, scene=store.scene(clip), closeups=store.closeups(clip)
    )
    record = Clip(
        name=clip.name,
        sha256="",
        width_px=info.width_px,
        height_px=info.height_px,
        rotation_deg=0,
        duration_s=info.duration_s,
        frames=track.t_s.size,
        frame_rate_hz=info.frame_rate_hz,
        from_s=float(gait.track.t_s[0]),
        to_s=float(gait.track.t_s[-1]),
    )
    made_by = Provenance("", track.network or "", "", "none")
    return build_report(Analysis(record, runner, gait, metrics, gait.notes, made_by))


def advised(reports: Sequence[Report], symptoms: Symptoms | None) -> dict[str, Any]:
    """Return the advice on some runs, or the sentence that refuses it, as plain values."""
    try:
        return advise_reports([report.plain() for report in reports], symptoms).to_dict()
    except FormcheckError as error:
        return {"refused": str(error)}


def everything(clips: Sequence[Path], store: TrackStore) -> dict[str, Any]:
    """Return all that is said of every clip, by its name."""
    found: dict[str, Any] = {}
    before: Report | None = None
    for clip in clips:
        for said, runner in runners_of(clip):
            try:
                report = measured(clip, runner, store)
            except FormcheckError as error:
                found[f"{clip.stem}, {said}"] = {"refused": str(error)}
                continue
            found[f"{clip.stem}, {said}"] = {
                "report": report.plain(),
                "advice": {name: advised([report], told) for name, told in STORIES.items()},
                "page": asdict(build_page(report)),
                "beside the last": None if before is None else compared(before, report),
            }
            before = report
    return found


def compared(first: Report, second: Report) -> object:
    """Return the comparison of two runs as plain values, or the sentence that refuses it."""
    try:
        return compare(first, second, None, False).model_dump(mode="json", by_alias=True)
    except FormcheckError as error:
        return {"refused": str(error)}


def differences(one: object, other: object, place: str = "") -> Iterator[str]:
    """Yield a line for every place at which two trees of plain values differ."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in dict.fromkeys((*one, *other)):
            yield from differences(one.get(key), other.get(key), f"{place}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for k, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{place}/{k}")
    elif one != other:
        yield f"{place}: {one!r} became {other!r}"


def _plain(found: object) -> Any:
    return json.loads(json.dumps(found, default=str))


def main() -> int:
    """Write down what is said of the clips, or set it beside what was written down before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", type=Path, nargs="+", help="folders of clips")
    parser.add_argument("--pose", choices=pose_names(), default="heavy")
    parser.add_argument("--tracks", type=Path, default=Path("out/tracks"))
    parser.add_argument("--save", type=Path)
    parser.add_argument("--beside", type=Path)
    given = parser.parse_args()
    clips = [c for folder in given.clips for c in sorted(folder.iterdir()) if c.suffix in SUFFIXES]
    with TrackStore(given.tracks, given.pose) as store:
        found = _plain(everything(clips, store))
    if given.save:
        given.save.write_bytes(gzip.compress(json.dumps(found).encode("utf-8")))
    if not given.beside:
        return 0
    before = json.loads(gzip.decompress(given.beside.read_bytes()))
    lines = list(differences(before, found))
    print(*lines[:MOST_SHOWN], sep="\n")
    print(f"{len(found)} runs of {len(clips)} clips: {len(lines)} differences")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
