"""Rhythm and ground contact: cadence, step and stride time, contact, flight, duty factor."""

from __future__ import annotations

import numpy as np

from formcheck.gait.calibration import event_rules
from formcheck.landmarks import SIDES
from formcheck.metrics.estimate import Estimate
from formcheck.metrics.strides import Strides
from formcheck.types import Floats

# Scatter of single events about their mean delay.
EVENT_SCATTER_S = 0.005


def timing(strides: Strides) -> dict[str, Estimate]:
    """Measure every timing metric.

    Contact time is toe-off minus initial contact of the same foot, flight the next foot's contact
    minus this toe-off, duty factor contact time over stride time.
    """
    landed = np.sort(np.concatenate([strides.landed_s[side] for side in SIDES]))
    steps = step_times(landed)
    stride_times = np.concatenate([step_times(strides.landed_s[side], 1.5) for side in SIDES])
    contact, flight = _contact_and_flight(strides)
    stride = float(np.nanmean(stride_times)) if stride_times.size else np.nan
    rules = event_rules()
    view = "side" if strides.gait.view.kind == "side" else "rear"
    shared_s = float(np.hypot(rules[view, "initial_contact"].sd_s, rules[view, "toe_off"].sd_s))
    # Single steps vary with the events' scatter, but their sum only has the first and last one's.
    span_s = max(float(np.sum(steps)), 1e-9)
    rel_error = float(np.sqrt(2)) * EVENT_SCATTER_S / span_s
    rate_spm = cadence(steps)
    step_s = float(np.mean(steps)) if steps.size else 0.0
    return {
        "cadence_spm": Estimate(60 / steps, rate_spm, error=(rate_spm or 0.0) * rel_error),
        "step_time_s": Estimate(steps, error=step_s * rel_error),
        "stride_time_s": Estimate(stride_times, error=2 * step_s * rel_error),
        "contact_time_ms": Estimate(1000 * contact, timing_sd=1000 * shared_s),
        "flight_time_ms": Estimate(1000 * flight, timing_sd=1000 * shared_s),
        "duty_factor": Estimate(contact / stride, timing_sd=shared_s / stride),
    }


def step_times(landed_s: Floats, longest: float = 1.6) -> Floats:
    """Return (N,) times between successive contacts, without those across a missed contact."""
    times = np.diff(landed_s)
    if times.size == 0:
        return times
    return np.asarray(times[np.abs(times - np.median(times)) < (longest - 1) * np.median(times)])


def cadence(step_times_s: Floats) -> float | None:
    """Return steps per minute: steps over the time they took, never a mean of rates."""
    return 60 / float(np.mean(step_times_s)) if step_times_s.size else None


def _contact_and_flight(strides: Strides) -> tuple[Floats, Floats]:
    contact = np.concatenate([strides.left_s[s] - strides.landed_s[s] for s in SIDES])
    flight = []
    for side, opposite in (SIDES, SIDES[::-1]):
        for toe_off in strides.left_s[side]:
            later = strides.landed_s[opposite][strides.landed_s[opposite] > toe_off - 0.1]
            if np.isfinite(toe_off) and later.size and later[0] - toe_off < 0.5:
                flight.append(later[0] - toe_off)
    return contact, np.array(flight)
