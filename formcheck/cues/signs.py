"""Does a finding hold? Signs are tested on the value and on the careful end of its interval."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from formcheck.cues.model import Case, Finding, Sign
from formcheck.types import Metric

SideOrNone = Literal["left", "right"] | None
SIDED: Final[tuple[SideOrNone, ...]] = (None, "left", "right")


class Reading(NamedTuple):
    """What a sign is tested on: a number and its interval, in the metric's unit."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Scene:
    """What the signs look at.

    Attributes
    ----------
    metrics : mapping of key to Metric
        This clip's metrics (or those of several clips of one run).
    before : mapping of key to Metric
        Those of a comparable earlier clip; empty without one.
    faster : bool
        Run faster than easy, or uphill: the signs' allowance applies.
    min_strides : int
        Metrics from fewer steps or strides cannot carry a finding.
    """

    metrics: Mapping[str, Metric]
    before: Mapping[str, Metric]
    faster: bool
    min_strides: int


@dataclass(frozen=True, slots=True)
class Found:
    """A finding that holds, and the metric keys that say so."""

    finding: Finding
    keys: tuple[str, ...]


def find(findings: Iterable[Finding], scene: Scene) -> dict[str, Found]:
    """Return the findings that hold, by id, with the keys of all cases that hold."""
    found = {}
    for finding in findings:
        keys = [key for case in finding.case for key in _case_keys(case, scene)]
        if keys:
            found[finding.id] = Found(finding, tuple(dict.fromkeys(keys)))
    return found


def judged(finding: Finding, scene: Scene) -> bool:
    """Tell whether at least one case could be looked at, whatever it said."""
    absolute = (
        case for case in finding.case if all(s.rose is None and s.fell is None for s in case.signs)
    )
    return any(
        all(reading(sign, scene, side) is not None for sign in case.signs if not sign.optional)
        for case in absolute
        for side in (SIDED if case.sided else (None,))
    )


def usable(metric: Metric | None, min_strides: int) -> bool:
    """Tell whether a metric may carry a finding: measured, with interval, from enough strides."""
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


def change(now: Metric, before: Metric) -> Reading | None:
    """Return `now` minus `before` with its interval, from the repeat intervals of both."""
    if now.value is None or before.value is None or now.side != before.side:
        return None
    difference = now.value - before.value
    half = math.hypot(repeat_half_width(now), repeat_half_width(before))
    return Reading(difference, difference - half, difference + half)


def resolve(key: str, scene: Scene, side: SideOrNone) -> str | None:
    """Return the key that holds `key` for `side`, or None when there is none that is usable."""
    if side is None:
        names = (key,)
    else:
        plain = scene.metrics.get(key)
        names = (f"{key}_{side}", *((key,) if plain is not None and plain.side == side else ()))
    return next((n for n in names if usable(scene.metrics.get(n), scene.min_strides)), None)


def reading(sign: Sign, scene: Scene, side: SideOrNone) -> Reading | None:
    """Return what `sign` is tested on, or None when it was not measured."""
    if sign.between_sides:
        return _between_sides(sign.metric, scene)
    key = resolve(sign.metric, scene, side)
    if key is None:
        return None
    metric = scene.metrics[key]
    if sign.rose is not None or sign.fell is not None:
        before = scene.before.get(key)
        return change(metric, before) if usable(before, scene.min_strides) and before else None
    if metric.value is None or metric.low is None or metric.high is None:
        return None
    return Reading(metric.value, metric.low, metric.high)


def _between_sides(key: str, scene: Scene) -> Reading | None:
    left, right = (resolve(key, scene, side) for side in ("left", "right"))
    if left is None or right is None:
        return None
    one, two = scene.metrics[left], scene.metrics[right]
    size = abs((one.value or 0.0) - (two.value or 0.0))
    half = math.hypot(repeat_half_width(one), repeat_half_width(two))
    return Reading(size, size - half, size + half)


def holds(sign: Sign, what: Reading, faster: bool) -> bool:
    """Tell whether the reading lies beyond the sign's thresholds, interval included."""
    more = sign.faster if faster else 0.0
    return all(
        (
            sign.above is None or what.low > sign.above + more,
            sign.below is None or what.high < sign.below - more,
            sign.estimate_above is None or what.estimate > sign.estimate_above + more,
            sign.estimate_below is None or what.estimate < sign.estimate_below - more,
            sign.rose is None or what.low > sign.rose,
            sign.fell is None or -what.high > sign.fell,
        )
    )


def _case_keys(case: Case, scene: Scene) -> list[str]:
    """Return the keys that make the case hold, on any side; empty if it does not."""
    sides = SIDED if case.sided else (None,)
    return [key for side in sides for key in _keys_on_side(case, scene, side)]


def _keys_on_side(case: Case, scene: Scene, side: SideOrNone) -> list[str]:
    keys = []
    for sign in case.signs:
        what = reading(sign, scene, side)
        if what is None and sign.optional:
            continue
        if what is None or not holds(sign, what, scene.faster):
            return []
        key = resolve(sign.metric, scene, side)
        keys += [key] if key is not None else []
    return keys
