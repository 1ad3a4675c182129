"""Corrections by hand: strides struck out, contacts and points moved; what was measured stays.

A correction changes what the single strides are, and with them mean, spread and interval. What of
an interval comes from elsewhere (scale, level, known error of the body points) stays as it was.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from formcheck.catalogue import split_side
from formcheck.errors import UsageError
from formcheck.metrics.estimate import mean_error
from formcheck.report.dragging import Shot, changes
from formcheck.report.schema import (
    AnySide,
    CorrectionRecord,
    FootEvents,
    MetricRecord,
    Report,
    SamplesRecord,
)
from formcheck.report.stored import StoredFrames
from formcheck.types import Floats

SAME_EVENT_S: Final = 2e-3
FURTHEST_S: Final = 0.15
LEAST_STRIDES: Final = 2
# Which course of a frame a value at landing is read from; `{side}` is that of the foot.
_COURSES: Final = {
    "landing_ankle_hip_cm": "ankle_ahead_m_{side}",
    "landing_ankle_hip_pct_leg": "ankle_ahead_m_{side}",
    "shank_angle_ic_deg": "shank_deg_{side}",
    "knee_flexion_ic_deg": "knee_flexion_deg_{side}",
    "foot_inclination_ic_deg": "foot_deg_{side}",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it was measured and as it is after corrections; NaN where a value is unknown."""

    side: str
    initial_contact_s: float
    toe_off_s: float
    values: Mapping[str, float] = field(default_factory=dict)
    struck_out: bool = False


def read_steps(columns: Iterable[tuple[str, Sequence[str]]]) -> list[Step]:
    """Return the columns of ``strides.csv`` as steps."""
    table = dict(columns)
    known = ("step", "side", "initial_contact_s", "toe_off_s")
    return [
        Step(
            side=side,
            initial_contact_s=_number(table["initial_contact_s"][k]),
            toe_off_s=_number(table["toe_off_s"][k]),
            values={key: _number(table[key][k]) for key in table if key not in known},
        )
        for k, side in enumerate(table["side"])
    ]


def corrected(
    report: Report,
    steps: Sequence[Step],
    frames: StoredFrames | None,
    corrections: Sequence[CorrectionRecord],
) -> Report:
    """Return a report with corrections by hand; without any, the report as it was measured.

    Parameters
    ----------
    report : Report
        As measured: without corrections.
    steps : sequence of Step
        Its steps, as `read_steps` returns them.
    frames : StoredFrames or None
        Its frames: what a value at a moved contact is read from.
    corrections : sequence of CorrectionRecord
        In the order in which they were made.

    Raises
    ------
    UsageError
        For a step that is not there, a contact or point moved too far, or too few strides left.
    """
    if not corrections:
        return report
    now = steps_after(steps, frames, corrections, Shot.of(report))
    return report.model_copy(
        update={
            "metrics": {key: _metric(key, report.metrics, steps, now) for key in report.metrics},
            "events": report.events.model_copy(
                update={side: _foot(now, side) for side in ("left", "right")}
            ),
            "corrections": tuple(corrections),
        }
    )


def steps_after(
    steps: Sequence[Step],
    frames: StoredFrames | None,
    corrections: Iterable[CorrectionRecord],
    shot: Shot | None = None,
) -> list[Step]:
    """Return the steps as they are after corrections; raises as `corrected`.

    Points move last: they count where a value is read in the end.
    """
    now = list(steps)
    joints: dict[int, list[CorrectionRecord]] = {}
    for correction in corrections:
        k = _index(steps, correction)
        if correction.kind == "joint":
            joints.setdefault(k, []).append(correction)
        else:
            now[k] = _changed(now[k], correction, frames)
    for k, moved in joints.items():
        now[k] = _with_points(now[k], moved, frames, shot)
    return _retimed(steps, now)


def _with_points(
    step: Step,
    joints: Sequence[CorrectionRecord],
    frames: StoredFrames | None,
    shot: Shot | None,
) -> Step:
    """Return a step whose points were moved."""
    if frames is None or shot is None:
        raise UsageError("Points can be moved where frames.csv is there.", "no_frames")
    found = changes(step.side, step.initial_contact_s, step.toe_off_s, joints, frames, shot)
    values = {key: value + found.get(key, 0.0) for key, value in step.values.items()}
    return replace(step, values=values)


def fitting(
    steps: Sequence[Step],
    frames: StoredFrames | None,
    corrections: Iterable[CorrectionRecord],
    shot: Shot | None = None,
) -> list[CorrectionRecord]:
    """Return those of the corrections whose steps are there, in their order."""
    kept: list[CorrectionRecord] = []
    for one in corrections:
        with suppress(UsageError):
            steps_after(steps, frames, [*kept, one], shot)
            kept.append(one)
    return kept


def _number(cell: str) -> float:
    return float(cell) if cell else math.nan


def _index(steps: Sequence[Step], correction: CorrectionRecord) -> int:
    """Return which step a correction is of: it is named by its contact as it was measured."""
    for k, step in enumerate(steps):
        near = abs(step.initial_contact_s - correction.contact_s) < SAME_EVENT_S
        if near and step.side == correction.side:
            return k
    raise UsageError(
        f"There is no landing of the {correction.side} foot at {correction.contact_s:.3f} s: name "
        "one of the report's contacts.",
        "no_such_step",
    )


def _changed(step: Step, correction: CorrectionRecord, frames: StoredFrames | None) -> Step:
    if correction.kind == "stride":
        return replace(step, struck_out=True)
    to_s = correction.to_s
    if to_s is None or correction.event is None:
        raise UsageError("A moved event needs to_s, in seconds, and which event it is.", "invalid")
    landing = correction.event == "initial_contact"
    old_s = step.initial_contact_s if landing else step.toe_off_s
    if not abs(to_s - old_s) <= FURTHEST_S:
        raise UsageError(
            f"An event is moved by at most {1000 * FURTHEST_S:.0f} ms: strike the stride out "
            "instead.",
            "moved_too_far",
        )
    moved = replace(step, initial_contact_s=to_s) if landing else replace(step, toe_off_s=to_s)
    if moved.toe_off_s <= moved.initial_contact_s:
        raise UsageError("A foot leaves the ground after it lands.", "moved_too_far")
    if not landing or frames is None:
        return moved
    values = dict(step.values)
    for key, value in step.values.items():
        values[key] = value + _difference(key, step, old_s, to_s, frames)
    return replace(moved, values=values)


def _difference(key: str, step: Step, old_s: float, to_s: float, frames: StoredFrames) -> float:
    """Return how much a value read at landing changes when the landing is at another time."""
    course = frames.measures.get(_COURSES.get(key, "").format(side=step.side))
    if course is None:
        return 0.0
    seen = np.isfinite(course)
    old, new = np.interp([old_s, to_s], frames.t_s[seen], course[seen])
    if key == "landing_ankle_hip_cm":
        return float(100 * (new - old))
    if key == "landing_ankle_hip_pct_leg":
        cm, share = step.values["landing_ankle_hip_cm"], step.values[key]
        return float(100 * (new - old) * share / cm) if cm else 0.0
    return float(new - old)


def _retimed(before: Sequence[Step], now: Sequence[Step]) -> list[Step]:
    """Return the steps as they are now with their times changed as their events were moved."""
    found = []
    for k, step in enumerate(now):
        old, new = _times(before, k), _times(now, k)
        # Only the change is added: where no event moved, the value stays the same to the last bit.
        times = {key: step.values[key] + (new[key] - old[key]) for key in old if key in step.values}
        found.append(replace(step, values={**step.values, **times}))
    return found


def _times(steps: Sequence[Step], k: int) -> dict[str, float]:
    """Return the times between a step's events and its neighbours'; NaN at the clip's ends."""
    step = steps[k]
    next_s = steps[k + 1].initial_contact_s if k + 1 < len(steps) else math.nan
    last_s = steps[k - 1].initial_contact_s if k else math.nan
    return {
        "contact_time_ms": 1000 * (step.toe_off_s - step.initial_contact_s),
        "flight_time_ms": 1000 * (next_s - step.toe_off_s),
        "step_time_s": step.initial_contact_s - last_s,
    }


def _metric(
    key: str, metrics: Mapping[str, MetricRecord], steps: Sequence[Step], now: Sequence[Step]
) -> MetricRecord:
    """Return a metric from its single values as they are now; without any it stays.

    A side's own metric has those of its side, which are kept with the metric of both.
    """
    record = metrics[key]
    base, own_side = split_side(key)
    whole = metrics[base].samples if base in metrics else None
    if None in (record.value, record.low, record.high) or whole is None:
        return record
    singles = [
        one
        for one in zip(whole.t_s, whole.value, whole.side, strict=True)
        if own_side in (None, one[2])
    ]
    after = [_sample(base, one, steps, now) for one in singles]
    kept = [one for one in after if one is not None]
    old, new = (_known(one[1] for one in some) for some in (singles, kept))
    if old.size < LEAST_STRIDES or np.array_equal(old, new):
        return record
    if new.size < LEAST_STRIDES:
        raise UsageError("At least two strides have to be left.", "too_few_left")
    changed = _with_strides(record, old, new)
    if record.samples is None:
        return changed
    t_s, values, sides = zip(*kept, strict=True)
    samples = SamplesRecord(t_s=t_s, value=values, side=sides)
    return changed.model_copy(update={"samples": samples})


def _with_strides(record: MetricRecord, old: Floats, new: Floats) -> MetricRecord:
    """Return a metric whose single values have become others."""
    value, low, high = record.value or 0.0, record.low or 0.0, record.high or 0.0
    repeat_high = high if record.repeat_high is None else record.repeat_high
    half, repeat_half = (_half(end - value, old, new) for end in (high, repeat_high))
    moved = value + float(new.mean() - old.mean())
    return MetricRecord.model_validate(
        {
            **record.model_dump(),
            "value": moved,
            "low": moved - half,
            "high": moved + half,
            "repeat_low": moved - repeat_half,
            "repeat_high": moved + repeat_half,
            "sd": float(np.std(new, ddof=1)),
            "n": record.n + new.size - old.size,
            "drift": None,
            "uncorrected": {"value": value, "low": low, "high": high, "n": record.n},
        }
    )


Single = tuple[float, float | None, AnySide]


def _sample(key: str, one: Single, steps: Sequence[Step], now: Sequence[Step]) -> Single | None:
    """Return a single value as it is after corrections; None where its stride was struck out."""
    t_s, value, side = one
    k = _step_of(t_s, side, steps)
    if k is None:
        return one
    if now[k].struck_out:
        return None
    if value is None:
        return one
    changed = now[k].values.get(key, math.nan) - steps[k].values.get(key, math.nan)
    moved_s = now[k].initial_contact_s - steps[k].initial_contact_s
    return t_s + moved_s, value + (changed if math.isfinite(changed) else 0.0), side


def _step_of(t_s: float, side: str, steps: Sequence[Step]) -> int | None:
    """Return the step that a time belongs to: the last one before it, of that foot."""
    before = [
        k
        for k, step in enumerate(steps)
        if side in ("both", step.side) and step.initial_contact_s <= t_s + SAME_EVENT_S
    ]
    return before[-1] if before else None


def _known(values: Iterable[float | None]) -> Floats:
    return np.array([value for value in values if value is not None], dtype=np.float64)


def _half(half: float, old: Floats, new: Floats) -> float:
    """Return the half width of an interval after its strides' own part has changed."""
    before, after = (1.96 * mean_error(each) for each in (old, new))
    return math.sqrt(max(half**2 - before**2, 0.0) + after**2)


def _foot(steps: Sequence[Step], side: str) -> FootEvents:
    own = [step for step in steps if step.side == side]
    landings, leavings = ([s.initial_contact_s for s in own], [s.toe_off_s for s in own])
    return FootEvents(
        initial_contact_s=tuple(sorted(filter(math.isfinite, landings))),
        toe_off_s=tuple(sorted(filter(math.isfinite, leavings))),
    )
