"""Metrics that are not shown because of what the footage is."""

from __future__ import annotations

from dataclasses import replace

from formcheck.catalogue import spec_of
from formcheck.gait.footage import rules
from formcheck.types import Gait, Metric

CLOCK_WRONG = "clock_wrong"
_UNITS_OF_TIME = ("s", "ms", "steps/min")


def doubted(metric: Metric, gait: Gait) -> Metric:
    """Withhold a metric that the footage spoils, as the gait's notes and `footage.toml` say."""
    if metric.value is None:
        return metric
    codes = {note.code: note for note in gait.notes}
    if CLOCK_WRONG in codes:
        metric = untimed(
            metric, gait, "The clip does not play at life's speed: give --slow-motion."
        )
    for code, keys in rules()["withheld"].items():
        if code in codes and metric.value is not None and metric.key.startswith(tuple(keys)):
            return withheld(metric, codes[code].text)
    return metric


def untimed(metric: Metric, gait: Gait, reason: str) -> Metric:
    """Withhold what hangs on the clock of a clip.

    That is every time and rate, and every length where the belt's speed gives the scale.
    """
    by_belt = gait.calibration.scale_source in ("belt", "combined") and metric.unit == "cm"
    spec = spec_of(metric.key)
    of_time = metric.unit in _UNITS_OF_TIME or (spec is not None and "speed" in spec.needs)
    if metric.value is None or not (of_time or by_belt):
        return metric
    return withheld(metric, reason)


def withheld(metric: Metric, reason: str) -> Metric:
    """Return the metric without its value, and why."""
    without = Metric(metric.key, metric.unit, "low_confidence", reason=reason)
    return replace(without, side=metric.side, n=metric.n)
