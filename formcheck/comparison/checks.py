"""May these two clips be compared? Refusals and cautions, each with a stable code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from formcheck.catalogue import spec_of
from formcheck.comparison.difference import ABSENT, change_of
from formcheck.comparison.rules import rate_class, rules, texts
from formcheck.comparison.schema import Caution, Mode
from formcheck.report import words
from formcheck.report.schema import Report, from_both_sides

PACES = ("easy", "tempo")


def speed_step(first: Report, second: Report) -> float | None:
    """Return how much faster the belt ran in the second clip, in m/s; None where not known."""
    speeds = first.runner.belt_speed_mps, second.runner.belt_speed_mps
    return None if speeds[0] is None or speeds[1] is None else speeds[1] - speeds[0]


def speed_differs(first: Report, second: Report) -> bool:
    """Return whether both speeds are known and further apart than belts are set."""
    step = speed_step(first, second)
    # A tenth of a millimetre a second for the rounding of speeds given in other units.
    return step is not None and abs(step) > rules().limits.speed_tolerance_mps + 1e-4


def landing_sources_differ(first: Report, second: Report) -> bool:
    """Return whether only one of two side views shows its landings by the shoe's own pixels."""
    if first.calibration is None or second.calibration is None:
        return False
    return first.calibration.landing_source != second.calibration.landing_source


def faster(first: Report, second: Report) -> int:
    """Return 1 where the second run is the faster one, -1 where the first, 0 where not known.

    The belt's speed tells it, else the paces: tempo is faster than easy.
    """
    step = speed_step(first, second)
    if step is not None:
        return (1 if step > 0 else -1) if speed_differs(first, second) else 0
    paces = first.runner.pace, second.runner.pace
    if paces[0] in PACES and paces[1] in PACES:
        return PACES.index(paces[1]) - PACES.index(paces[0])
    return 0


_SPEED_TEXTS: Final[dict[Mode, str]] = {
    "easy_tempo": "speed_differs",
    "before_after": "speed_differs_refused",
    "left_right": "speed_differs_sides",
}


def usual_mode(first: Report, second: Report) -> Mode:
    """Return what two clips are there for, when nobody says it.

    Easy against tempo where the paces say so, or where the speeds differ and the paces do not say
    that it was the same run; left against right where one run was filmed from either side; else
    before and after.
    """
    paces = {first.runner.pace, second.runner.pace}
    if paces == set(PACES):
        return "easy_tempo"
    same_pace = len(paces) == 1 and paces != {None}
    if speed_differs(first, second) and not same_pace:
        return "easy_tempo"
    return "left_right" if from_both_sides(first, second) else "before_after"


def sides_share(first: Report, second: Report) -> float:
    """Return the share of what another day and camera place add between two side clips."""
    one_day = first.runner.date == second.runner.date
    return rules().limits.sides_added_share if one_day else 1.0


def cautions(
    first: Report, second: Report, mode: Mode, *, same_setup: bool = False
) -> tuple[Caution, ...]:
    """Return everything to mind when comparing two clips, refusals first.

    Codes of refusals: ``runner_differs``, ``view_differs``, ``camera_side_differs``,
    ``one_side_only`` for left against right,
    ``frame_rate_class_differs``, ``model_differs``, ``incline_differs``, and ``speed_differs`` for
    before and after. Other codes: ``speed_differs`` for easy against tempo, ``speed_unknown``,
    ``speed_same``, ``cadence_differs_sides`` for left against right, ``pace_differs``,
    ``shoes_differ``, ``height_differs``, ``scale_differs``, ``formcheck_differs``,
    ``other_day``, ``camera_moved``, ``same_clip`` and ``quality``.
    """
    found = [
        *_filming(first, second, mode),
        *_running(first, second, mode),
        *_measuring(first, second),
    ]
    if same_setup:
        found += _camera(first, second)
    for which, report in (("first", first), ("second", second)):
        for note in report.quality:
            if note.severity != "info":
                found.append(_caution("quality", which=which, text=note.text))
    return tuple(sorted(found, key=lambda caution: not caution.refused))


def refused(first: Report, second: Report, mode: Mode) -> bool:
    """Return whether two clips cannot be compared at all."""
    return any(caution.refused for caution in cautions(first, second, mode))


def _caution(code: str, *, refused: bool = False, text_id: str = "", **named: object) -> Caution:
    text = str(texts()["cautions"][text_id or code]).format_map(named)
    return Caution(code=code, text=text, refused=refused)


def _pair(code: str, one: Any, two: Any, *, refused: bool = False) -> Iterator[Caution]:  # noqa: ANN401
    """Yield a caution where both are known and differ."""
    if one is not None and two is not None and one != two:
        yield _caution(code, refused=refused, first=one, second=two)


def _filming(first: Report, second: Report, mode: Mode) -> Iterator[Caution]:
    one, two = first.view, second.view
    yield from _pair("runner_differs", first.runner.id, second.runner.id, refused=True)
    if one is not None and two is not None:
        yield from _pair("view_differs", one.kind, two.kind, refused=True)
        if mode == "left_right":
            if not from_both_sides(first, second):
                yield _caution("one_side_only", refused=True)
            yield from _pair("days_differ", first.runner.date, second.runner.date)
            yield from _cadence(first, second)
        elif one.kind == two.kind == "side":
            yield from _pair("camera_side_differs", one.near_side, two.near_side, refused=True)
    rates = first.clip.frame_rate_hz, second.clip.frame_rate_hz
    if rate_class(rates[0]) != rate_class(rates[1]):
        shown = (f"{rate:.4g}" for rate in rates)
        yield from _pair("frame_rate_class_differs", *shown, refused=True)


def _cadence(first: Report, second: Report) -> Iterator[Caution]:
    """Yield a caution where two clips of one run differ in cadence by more than two clips do."""
    key, info = "cadence_spm", spec_of("cadence_spm")
    one, two = (report.metrics.get(key, ABSENT) for report in (first, second))
    rate_hz = min(first.clip.frame_rate_hz, second.clip.frame_rate_hz)
    change = change_of(key, one, two, rate_hz=rate_hz, same_setup=False, faster=0, speed_told=False)
    if change.verdict == "real" and info is not None:
        shown = (words.amount(record.value or 0.0, info) for record in (one, two))
        yield from _pair("cadence_differs_sides", *shown)


def _running(first: Report, second: Report, mode: Mode) -> Iterator[Caution]:
    one, two = first.runner, second.runner
    limits = rules().limits
    if abs(one.incline_pct - two.incline_pct) > limits.incline_tolerance_pct + 1e-9:
        shown = (f"{run.incline_pct:.3g}" for run in (one, two))
        yield from _pair("incline_differs", *shown, refused=True)
    yield from _speed(first, second, mode)
    if mode != "easy_tempo":
        yield from _pair("pace_differs", one.pace, two.pace)
    yield from _pair("shoes_differ", one.shoes, two.shoes)
    heights = one.height_m, two.height_m
    if (
        None not in heights
        and abs((heights[0] or 0) - (heights[1] or 0)) > limits.height_tolerance_m
    ):
        yield from _pair("height_differs", *(f"{height:.2f} m" for height in heights))


def _speed(first: Report, second: Report, mode: Mode) -> Iterator[Caution]:
    speeds = first.runner.belt_speed_mps, second.runner.belt_speed_mps
    if speeds[0] is None or speeds[1] is None:
        both = speeds[0] is None and speeds[1] is None
        which = "both" if both else "first" if speeds[0] is None else "second"
        yield _caution("speed_unknown", which=texts()["which"][which])
        return
    shown = tuple(words.speed(speed) for speed in speeds if speed is not None)
    if speed_differs(first, second):
        refuses = mode != "easy_tempo"
        text_id = _SPEED_TEXTS[mode]
        yield _caution(
            "speed_differs", refused=refuses, text_id=text_id, first=shown[0], second=shown[1]
        )
    elif mode == "easy_tempo":
        yield _caution("speed_same", first=shown[0])


def _measuring(first: Report, second: Report) -> Iterator[Caution]:
    one, two = first.provenance, second.provenance
    if one.model_sha256 != two.model_sha256 and one.model == two.model:
        names = tuple(f"{run.model} {run.model_sha256[:8]}" for run in (one, two))
        yield from _pair("model_differs", *names, refused=True)
    yield from _pair("model_differs", one.model, two.model, refused=True)
    yield from _pair("formcheck_differs", one.formcheck, two.formcheck)
    if first.calibration is not None and second.calibration is not None:
        sources = first.calibration.scale_source, second.calibration.scale_source
        if "none" not in sources:
            yield from _pair("scale_differs", *(_source(name) for name in sources))
    same_part = (first.clip.from_s, first.clip.to_s) == (second.clip.from_s, second.clip.to_s)
    if first.clip.sha256 == second.clip.sha256 != "" and same_part:
        yield _caution("same_clip")


def _source(name: str) -> str:
    return {"combined": "height and belt", "belt": "belt", "height": "height"}[name]


def _camera(first: Report, second: Report) -> Iterator[Caution]:
    """Yield a caution where the day, the picture's turn or its scale is another."""
    yield from _pair("other_day", first.runner.date, second.runner.date)
    one, two = first.calibration, second.calibration
    if one is None or two is None:
        return
    limits = rules().limits
    if abs(one.roll_deg - two.roll_deg) > limits.moved_roll_deg:
        turned = f"it is turned by {abs(two.roll_deg - one.roll_deg):.1f}°"
        yield _caution("camera_moved", what=turned)
    elif one.metres_per_px is not None and two.metres_per_px is not None:
        seen = (
            one.metres_per_px * first.clip.width_px,
            two.metres_per_px * second.clip.width_px,
        )
        if abs(seen[1] / seen[0] - 1.0) > limits.moved_size_share:
            yield _caution("camera_moved", what="the runner has another size in the picture")
