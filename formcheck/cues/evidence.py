"""What a clip shows: its grade, its usable numbers, and which signs of a finding hold."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple, Protocol

from formcheck.catalogue import spec_of, split_side
from formcheck.changes import added_by_another_day, threshold
from formcheck.cues.advice import ClipGrade
from formcheck.cues.guide.shapes import Case, Finding, Grading, Sign
from formcheck.types import Metric, Runner, ViewKind

SideOrNone = Literal["left", "right"] | None
SIDED: Final[tuple[SideOrNone, ...]] = (None, "left", "right")


Doubt = Literal["near", "wide", "missing"]
DOUBTS: Final[tuple[Doubt, ...]] = ("near", "wide", "missing")


class Reading(NamedTuple):
    """What a sign is tested on: a number and its interval, in the metric's unit."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a reading and the careful end of its interval must lie beyond; None: no such bound."""

    above: float | None = None
    below: float | None = None
    estimate_above: float | None = None
    estimate_below: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the signs look at.

    Attributes
    ----------
    metrics : mapping of key to Metric
        This clip's metrics (or those of several clips of one run).
    before : mapping of key to Metric
        Those of a comparable earlier clip; empty without one.
    faster, uphill : bool
        Run faster than easy, or uphill; uphill: the signs' allowance applies.
    downhill : bool
        Run down a slope, where landing and posture are not judged.
    min_strides : int
        Metrics from fewer steps or strides cannot carry a finding.
    speed_mps : float or None
        The belt's speed.
    rate_hz : float or None
        The lower frame rate of this clip and the earlier one.
    doubt_share : float
        A reading this share of its half width inside a threshold may lie beyond it as well.
    wide_share : float
        So may one this share inside where the interval's end lies clearly beyond.
    """

    metrics: Mapping[str, Metric]
    before: Mapping[str, Metric]
    faster: bool
    min_strides: int
    uphill: bool = False
    downhill: bool = False
    speed_mps: float | None = None
    rate_hz: float | None = None
    doubt_share: float = 0.0
    wide_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """A finding that holds, and the metric keys that say so."""

    finding: Finding
    keys: tuple[str, ...]


def find(findings: Iterable[Finding], evidence: Evidence) -> dict[str, Found]:
    """Return the findings that hold, by id, with the keys of all cases that hold."""
    found = {}
    for finding in findings:
        keys = [key for case in finding.case for key in _case_keys(case, evidence)]
        if keys:
            found[finding.id] = Found(finding, tuple(dict.fromkeys(keys)))
    return found


def told(finding: Finding, evidence: Evidence) -> bool:
    """Return whether all was measured that an answer to this finding asks for."""
    return all(met(group, finding, evidence) for group in finding.needs)


def met(group: tuple[str, ...], finding: Finding, evidence: Evidence) -> bool:
    """Return whether one of some metrics was measured: from behind, of both legs."""

    def seen(key: str) -> bool:
        left, right = (resolve(key, evidence, side) is not None for side in ("left", "right"))
        one = left or right if finding.view == "side" else left and right
        return one or resolve(key, evidence, None) is not None

    return any(seen(key) for key in group)


def looked_at(finding: Finding, evidence: Evidence) -> bool:
    """Return whether at least one case could be looked at, whatever it said."""
    absolute = (
        case for case in finding.case if all(s.rose is None and s.fell is None for s in case.signs)
    )
    return any(
        all(reading(sign, evidence, side) is not None for sign in case.signs if not sign.optional)
        for case in absolute
        for side in (SIDED if case.sided else (None,))
    )


def usable(metric: Metric | None, min_strides: int) -> bool:
    """Return whether a metric may carry a finding: measured, with interval, from enough strides."""
    return (
        metric is not None
        and metric.status == "measured"
        and None not in (metric.value, metric.low, metric.high)
        and metric.n >= min_strides
    )


def repeat_half_width(metric: Metric) -> float:
    """Return half the interval without what two clips of one set-up share (else the whole one)."""
    value = metric.value
    low = metric.low if metric.repeat_low is None else metric.repeat_low
    high = metric.high if metric.repeat_high is None else metric.repeat_high
    if value is None or low is None or high is None:
        return math.inf
    return max(value - low, high - value)


def change(now: Metric, before: Metric, rate_hz: float | None = None) -> Reading | None:
    """Return `now` minus `before` with its interval: both clips' spread and another day's."""
    if now.value is None or before.value is None or now.side != before.side:
        return None
    difference = now.value - before.value
    limit = threshold(
        repeat_half_width(now),
        repeat_half_width(before),
        added_by_another_day(now.key, rate_hz),
    )
    return Reading(difference, difference - limit, difference + limit)


def resolve(key: str, evidence: Evidence, side: SideOrNone) -> str | None:
    """Return the key that holds `key` for `side`, or None when there is none that is usable."""
    if side is None:
        names = (key,)
    else:
        plain = evidence.metrics.get(key)
        names = (f"{key}_{side}", *((key,) if plain is not None and plain.side == side else ()))
    return next((n for n in names if usable(evidence.metrics.get(n), evidence.min_strides)), None)


def reading(sign: Sign, evidence: Evidence, side: SideOrNone) -> Reading | None:
    """Return what `sign` is tested on, or None when it was not measured."""
    if sign.between_sides:
        return _between_sides(sign.metric, evidence)
    key = resolve(sign.metric, evidence, side)
    if key is None:
        return None
    metric = evidence.metrics[key]
    if sign.rose is not None or sign.fell is not None:
        before = evidence.before.get(key)
        return (
            change(metric, before, evidence.rate_hz)
            if usable(before, evidence.min_strides) and before
            else None
        )
    if metric.value is None or metric.low is None or metric.high is None:
        return None
    return Reading(metric.value, metric.low, metric.high)


def _between_sides(key: str, evidence: Evidence) -> Reading | None:
    left, right = (resolve(key, evidence, side) for side in ("left", "right"))
    if left is None or right is None:
        return None
    one, two = evidence.metrics[left], evidence.metrics[right]
    size = abs((one.value or 0.0) - (two.value or 0.0))
    half = math.hypot(repeat_half_width(one), repeat_half_width(two))
    return Reading(size, size - half, size + half)


def bounds(sign: Sign, evidence: Evidence, *, careful: bool = True) -> Bounds:
    """Return the sign's thresholds for this clip's speed, slope and pace.

    Where they follow the speed and that is not known, what is called easy may be faster than they
    are for: a careful finding allows for that.
    """
    by = sign.by_speed
    unknown = by is not None and evidence.speed_mps is None
    more = sign.faster if evidence.faster or (unknown and careful) else 0.0
    if by is not None and evidence.speed_mps is not None:
        more = by.per_mps * (evidence.speed_mps - by.at_mps) + (
            sign.faster if evidence.uphill else 0.0
        )
        return Bounds(above=by.above + more, estimate_above=by.estimate_above + more)
    return Bounds(
        above=_moved(sign.above, more),
        below=_moved(sign.below, -more),
        estimate_above=_moved(sign.estimate_above, more),
        estimate_below=_moved(sign.estimate_below, -more),
    )


def _moved(bound: float | None, more: float) -> float | None:
    return None if bound is None else bound + more


def holds(sign: Sign, what: Reading, evidence: Evidence) -> bool:
    """Return whether the reading lies beyond the sign's thresholds, interval included."""
    bound = bounds(sign, evidence)
    return all(
        (
            bound.above is None or what.low > bound.above,
            bound.below is None or what.high < bound.below,
            bound.estimate_above is None or what.estimate > bound.estimate_above,
            bound.estimate_below is None or what.estimate < bound.estimate_below,
            sign.rose is None or what.low > sign.rose,
            sign.fell is None or -what.high > sign.fell,
        )
    )


def doubt(finding: Finding, evidence: Evidence) -> Doubt | None:
    """Return why a finding that does not hold could do so all the same; None where it could not.

    ``"near"``: the numbers are too near a limit; ``"wide"``: they are too unsure, in that they may
    be clearly beyond it; ``"missing"``: all that was measured fits, and the rest was not.
    """
    found = {
        _may_hold(case, evidence, side)
        for case in finding.case
        if not any(s.rose is not None or s.fell is not None for s in case.signs)
        for side in (SIDED if case.sided else (None,))
    }
    return next((why for why in DOUBTS if why in found), None)


def _may_hold(case: Case, evidence: Evidence, side: SideOrNone) -> Doubt | None:
    """Return the weakest reason among the signs of a case, None where one of them cannot hold."""
    reasons: list[Doubt] = []
    read = 0
    for sign in case.signs:
        what = reading(sign, evidence, side)
        if what is None:
            reasons += [] if sign.optional else ["missing"]
            continue
        why = _may(sign, what, evidence)
        if why is None:
            return None
        reasons.append(why)
        read += not sign.optional
    return max(reasons, key=DOUBTS.index, default=None) if read else None


def _may(sign: Sign, what: Reading, evidence: Evidence) -> Doubt | None:
    bound = bounds(sign, evidence, careful=False)
    above = _limits(bound.above, bound.estimate_above)
    below = _limits(bound.below, bound.estimate_below)
    half = (what.high - what.low) / 2.0

    def beyond(share: float, step: int) -> bool:
        """Return whether a share of the half width reaches a limit, or lies clearly beyond."""
        up, down = what.estimate + share * half, what.estimate - share * half
        return (above is None or up > above[step]) and (below is None or down < below[step])

    if beyond(evidence.doubt_share, 0):
        return "near"
    return "wide" if beyond(evidence.wide_share, 0) and beyond(1.0, 1) else None


def _limits(careful: float | None, estimate: float | None) -> tuple[float, float] | None:
    """Return what a value must be beyond, and what is beyond it by as much as is asked for."""
    if careful is None:
        return None
    limit = careful if estimate is None else estimate
    return limit, limit + (limit - careful)


def _case_keys(case: Case, evidence: Evidence) -> list[str]:
    """Return the keys that make the case hold, on any side; empty if it does not."""
    sides = SIDED if case.sided else (None,)
    return [key for side in sides for key in _keys_on_side(case, evidence, side)]


def _keys_on_side(case: Case, evidence: Evidence, side: SideOrNone) -> list[str]:
    keys = []
    for sign in case.signs:
        what = reading(sign, evidence, side)
        if what is None and sign.optional:
            continue
        if what is None or not holds(sign, what, evidence):
            return []
        key = resolve(sign.metric, evidence, side)
        keys += [key] if key is not None else []
    return keys


STEP_LENGTH = "step_length_m"


def with_step_length(metrics: Mapping[str, Metric], runner: Runner) -> Mapping[str, Metric]:
    """Return the metrics with the step length in metres, where the belt's speed is known.

    Its intervals are the cadence's.
    """
    cadence, known = metrics.get("cadence_spm"), metrics.get(STEP_LENGTH)
    if known is not None and known.value is not None:
        return metrics
    if cadence is None or not cadence.value or runner.belt_speed_mps is None:
        return metrics
    value = 60.0 * runner.belt_speed_mps / cadence.value
    half = value * repeat_half_width(cadence) / cadence.value
    low, high = value - half, value + half
    made = replace(
        cadence,
        key=STEP_LENGTH,
        unit="m",
        value=value,
        low=low,
        high=high,
        repeat_low=low,
        repeat_high=high,
    )
    return {**metrics, STEP_LENGTH: made}


class Note(Protocol):
    """A remark on a clip's quality."""

    @property
    def code(self) -> str:
        """What it is about."""

    @property
    def severity(self) -> str:
        """Info, warn or error."""


WALKING_DUTY_FACTOR = 0.5
LANDINGS = ("landing_ankle_hip_pct_leg", "landing_ankle_hip_cm", "shank_angle_ic_deg")


@dataclass(frozen=True, slots=True)
class Graded:
    """A clip's grade and its metrics, without the values that may not be judged."""

    grade: ClipGrade
    metrics: Mapping[str, Metric]


def graded(
    metrics: Mapping[str, Metric],
    notes: Iterable[Note],
    views: tuple[ViewKind, ...],
    rule: Grading,
    min_strides: int,
    *,
    downhill: bool = False,
) -> Graded:
    """Grade a clip and leave out what its quality makes doubtful.

    Parameters
    ----------
    metrics : mapping of key to Metric
        All that was measured.
    notes : iterable of Note
        The report's remarks on quality.
    downhill : bool
        Run down a slope: what is other there is left out.

    Returns
    -------
    Graded
        ``"good"``; ``"rhythm_and_posture"`` where nothing may rest on the landing; ``"film_again"``
        where nothing may be judged.
    """
    told = tuple(notes)
    codes = {note.code for note in told if note.severity != "info"}
    errors = {note.code for note in told if note.severity == "error"}
    nothing = not any(usable(metric, min_strides) for metric in metrics.values())
    reasons = (errors | (codes & set(rule.film_again))) | ({"walking"} & _walking(metrics))
    if reasons or nothing:
        return Graded(ClipGrade("film_again", tuple(sorted(reasons))), {})
    landing = codes & set(rule.rhythm_and_posture)
    unseen = "side" in views and not any(_seen(metrics, key, min_strides) for key in LANDINGS)
    slope = {"downhill"} if downhill else set()
    dropped = {key for code in codes | slope for key in rule.drops.get(code, ())}
    low = bool(landing) or unseen

    def kept(key: str) -> bool:
        spec = spec_of(key)
        on_landing = low and spec is not None and spec.landing
        return not on_landing and split_side(key)[0] not in dropped

    grade = ClipGrade("rhythm_and_posture" if low else "good", tuple(sorted(landing)))
    rows = metrics.items()
    return Graded(grade, {key: metric if kept(key) else _unsure(metric) for key, metric in rows})


def _unsure(metric: Metric) -> Metric:
    """Return a metric that the clip's quality makes doubtful as one that was not seen clearly."""
    if metric.status != "measured":
        return metric
    return replace(
        metric,
        status="low_confidence",
        value=None,
        low=None,
        high=None,
        repeat_low=None,
        repeat_high=None,
    )


def _walking(metrics: Mapping[str, Metric]) -> set[str]:
    return {"walking"} if is_walking(metrics) else set()


def _seen(metrics: Mapping[str, Metric], key: str, min_strides: int) -> bool:
    return any(
        usable(metrics.get(name), min_strides) for name in (key, f"{key}_left", f"{key}_right")
    )


def is_walking(metrics: Mapping[str, Metric]) -> bool:
    """Return whether there is no flight: a foot is on the ground for over half of its stride."""
    duty, flight = (metrics.get(key) for key in ("duty_factor", "flight_time_ms"))
    return (duty is not None and (duty.value or 0.0) > WALKING_DUTY_FACTOR) or (
        flight is not None and (flight.value or 0.0) < 0.0
    )
