"""Step length from the belt's speed and the cadence, for clips that do not hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from formcheck.cues.signs import repeat_half_width
from formcheck.types import Metric, Runner

KEY = "step_length_m"


def with_step_length(metrics: Mapping[str, Metric], runner: Runner) -> Mapping[str, Metric]:
    """Return the metrics with the step length in metres, where the belt's speed is known.

    Its intervals are the cadence's.
    """
    cadence, known = metrics.get("cadence_spm"), metrics.get(KEY)
    if known is not None and known.value is not None:
        return metrics
    if cadence is None or not cadence.value or runner.belt_speed_mps is None:
        return metrics
    value = 60.0 * runner.belt_speed_mps / cadence.value
    half = value * repeat_half_width(cadence) / cadence.value
    low, high = value - half, value + half
    made = replace(
        cadence,
        key=KEY,
        unit="m",
        value=value,
        low=low,
        high=high,
        repeat_low=low,
        repeat_high=high,
    )
    return {**metrics, KEY: made}
