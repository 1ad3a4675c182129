"""Metrics of a clip from its gait model, each with interval and status."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from formcheck.catalogue import specs
from formcheck.conventions import convention_of
from formcheck.gait.scale import BELT_DISPLAY_REL_SD
from formcheck.metrics.bounce import bounce
from formcheck.metrics.differences import differences
from formcheck.metrics.estimate import Estimate, finish
from formcheck.metrics.rear import rear_metrics
from formcheck.metrics.side import side_metrics
from formcheck.metrics.strides import Strides, strides_of
from formcheck.metrics.timing import timing
from formcheck.types import Gait, Metric, Runner

__all__ = ["leg_length", "measure_gait"]


def measure_gait(gait: Gait, runner: Runner) -> dict[str, Metric]:
    """Measure every metric of a clip; those that cannot be measured carry the reason.

    Parameters
    ----------
    gait : Gait
        The clip's gait model.
    runner : Runner
        The belt speed gives the step length that the vertical ratio needs.

    Returns
    -------
    dict of Metric
        All keys of ``catalogue.toml``, in that order, with `_left` and `_right` where there are
        any; those that need more than the run only where that was filmed.
    """
    strides = strides_of(gait)
    leg = leg_length(strides)
    found = timing(strides) | bounce(strides, leg)
    found |= side_metrics(strides, leg) if gait.view.kind == "side" else rear_metrics(strides)
    found["vertical_ratio_pct"] = _vertical_ratio(found, runner)
    found |= differences(strides, found["step_time_s"], found["contact_time_ms"])
    found |= _step_length(found["step_time_s"], runner, leg)
    metrics: dict[str, Metric] = {}
    for key, rule in specs().items():
        if "standing" in rule.needs and key not in found:
            continue
        metrics[key] = finish(key, found.get(key), strides)
        for sided in (f"{key}_left", f"{key}_right"):
            if sided in found:
                metrics[sided] = finish(sided, found[sided], strides)
    return metrics


def leg_length(strides: Strides) -> float:
    """Return thigh plus shank plus ankle height in the unit of the body frame.

    The network's hip lies a little low and segments out of the picture plane look short, so a high
    percentile is taken and scaled by a measured ratio.
    """
    side = strides.near
    segments = [
        np.nanpercentile(strides.row(f"{name}_length_{side}"), 90) for name in ("thigh", "shank")
    ]
    rule = convention_of(strides.gait.track.convention).leg
    return float(sum(segments) * rule.share(strides.gait.view.kind))


def _vertical_ratio(found: dict[str, Estimate], runner: Runner) -> Estimate:
    """Bounce over step length, in per cent; on a treadmill a step is belt speed times step time."""
    if runner.belt_speed_mps is None:
        return Estimate(np.array([]), status="no_scale", reason="Needs the belt speed.")
    rise_cm, step_s = found["vertical_oscillation_cm"], found["step_time_s"].each
    if step_s.size == 0 or rise_cm.value is None:
        return Estimate(np.array([]))
    step_cm = 100 * runner.belt_speed_mps * float(np.mean(step_s))
    share = 100 / step_cm
    return Estimate(
        share * rise_cm.each,
        share * rise_cm.value,
        shared_sd=share * rise_cm.shared_sd,
        scaled=True,
        samples=rise_cm.samples and rise_cm.samples.changed(share),
    )


def _step_length(step: Estimate, runner: Runner, leg: float) -> dict[str, Estimate]:
    """Belt speed times step time, in metres and over the leg's length."""
    if runner.belt_speed_mps is None:
        missing = Estimate(np.array([]), status="no_scale", reason="Needs the belt speed.")
        return {"step_length_m": missing, "step_length_pct_leg": missing}

    def times(factor: float, *, scaled: bool) -> Estimate:
        value = None if step.value is None else factor * step.value
        return replace(
            step,
            each=factor * step.each,
            value=value,
            error=None if step.error is None else factor * step.error,
            shared_sd=BELT_DISPLAY_REL_SD * (value or 0.0),
            scaled=scaled,
            samples=step.samples and step.samples.changed(factor),
        )

    speed = runner.belt_speed_mps
    return {
        "step_length_m": times(speed, scaled=False),
        "step_length_pct_leg": times(100 * speed / leg, scaled=True),
    }
