"""Values that are not shown: no body can have them, or the footage does not bear them."""

from __future__ import annotations

from collections.abc import Mapping

from formcheck.catalogue import spec_of
from formcheck.metrics.doubted import doubted, withheld
from formcheck.types import Gait, Metric


def believable(metrics: Mapping[str, Metric], gait: Gait) -> dict[str, Metric]:
    """Return the metrics, without the values that no body can have or that the footage spoils."""
    return {key: doubted(_possible(metric), gait) for key, metric in metrics.items()}


def _possible(metric: Metric) -> Metric:
    """Withhold a value that no body can have: it was read from points that lie elsewhere."""
    spec = spec_of(metric.key)
    if metric.value is None or spec is None:
        return metric
    low, high = spec.possible
    if (
        metric.low is not None
        and metric.high is not None
        and 2 * (metric.high - metric.low) > high - low
    ):
        return withheld(metric, "The body was not seen well enough: it could be anything.")
    if low <= metric.value <= high:
        return metric
    reason = f"The body was not seen well enough: {metric.value:.3g} {metric.unit} is impossible."
    return withheld(metric, reason)
