"""Rhythm and ground contact: cadence, step and stride time, contact, flight, duty factor.

References
----------
Contact, flight and their order: Novacheck TF. The biomechanics of running. Gait Posture 1998; 7:
77-95. doi:10.1016/S0966-6362(97)00038-6.
Duty factor as contact time over stride time: J Exp Biol 2019; 222: jeb192047.
doi:10.1242/jeb.192047.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from formcheck.landmarks import SIDES, Side, other
from formcheck.metrics.estimate import Estimate, joined, occluded, pooled, sampled
from formcheck.metrics.strides import Strides
from formcheck.types import Floats, Samples

# Scatter of single events about their mean delay, also where the shoe's own pixels tell them.
EVENT_SCATTER_S = 0.0035
SHOE_SCATTER_S = 0.002
# By how much a runner's own strides vary at most.
STRIDES_VARY_S = 0.02
# The same for the rhythm: its error in seconds over the clip.
RHYTHM_ERROR_S = 0.01
# Share of the clip that unbroken steps must cover, the most a step may differ from the usual one,
# and the most that steps and rhythm may differ.
MOSTLY = 0.5
UNEVEN = 0.3
CONTRADICTS = 0.015


def timing(strides: Strides) -> dict[str, Estimate]:
    """Measure every timing metric.

    Contact time is toe-off minus initial contact of the same foot, flight the next foot's contact
    minus this toe-off, duty factor contact time over stride time.
    """
    steps = _steps(strides)
    stride_times = joined(
        _without_missed(sampled(side, landed[:-1], np.diff(landed)), strides.gait.stride_time_s)
        for side, landed in strides.initial_contact_s.items()
    )
    contacts, flights = _contacts_and_flights(strides)
    contact, flight = (
        pooled(each.of(side).value for side in SIDES) for each in (contacts, flights)
    )
    foot = occluded(strides, strides.near, ("ankle", "heel", "toe"))
    stride = float(np.nanmean(stride_times.value)) if stride_times.value.size else np.nan
    landed_sd_s = np.mean([strides.gait.landed_sd_s[side] for side in SIDES])
    shared_s = float(np.hypot(landed_sd_s, strides.gait.left_sd_s))
    rate_spm, rel_error = cadence(stride_times.value, strides)
    step_s = 60 / rate_spm
    own = contacts.of(strides.near).changed(1000)
    of_near = Estimate(own.value, side=strides.near, shared_sd=1000 * shared_s, samples=own, **foot)
    # From behind no foot is nearer than the other.
    near_foot = strides.gait.view.near_side
    count = int(np.ptp(strides.t_s) / step_s)
    return {
        "cadence_spm": Estimate(
            60 / steps.value,
            rate_spm,
            error=rate_spm * rel_error,
            count=count,
            samples=replace(steps, value=60 / steps.value),
        ),
        "step_time_s": Estimate(
            steps.value, step_s, error=step_s * rel_error, count=count, samples=steps
        ),
        "stride_time_s": Estimate(
            stride_times.value,
            2 * step_s,
            error=2 * step_s * rel_error,
            count=count // 2,
            samples=stride_times,
        ),
        "contact_time_ms": Estimate(
            1000 * contact, shared_sd=1000 * shared_s, samples=contacts.changed(1000), **foot
        ),
        **({f"contact_time_ms_{near_foot}": of_near} if near_foot else {}),
        "flight_time_ms": Estimate(
            1000 * flight, shared_sd=1000 * shared_s, samples=flights.changed(1000), **foot
        ),
        "duty_factor": Estimate(
            contact / stride,
            shared_sd=shared_s / stride,
            samples=contacts.changed(1 / stride),
            **foot,
        ),
    }


def _steps(strides: Strides) -> Samples:
    """Return the times between successive contacts of either foot, at the foot that lands."""
    landed = joined(sampled(side, at_s, at_s) for side, at_s in strides.initial_contact_s.items())
    times = Samples(landed.t_s[1:], np.diff(landed.t_s), landed.side[1:])
    return _without_missed(times, strides.gait.stride_time_s / 2)


def _without_missed(times: Samples, expected_s: float) -> Samples:
    """Leave out the times across a missed contact."""
    usual = np.abs(times.value - expected_s) < UNEVEN * expected_s
    side = tuple(side for side, kept in zip(times.side, usual, strict=True) if kept)
    return Samples(times.t_s[usual], times.value[usual], side)


def cadence(stride_times_s: Floats, strides: Strides) -> tuple[float, float]:
    """Return steps per minute and its relative standard error.

    Two readings are averaged. One is strides of the same foot over the time they took: never a mean
    of rates, since single strides vary with the events' scatter but their sum only has the first
    and last one's, and not steps, since the two feet's events may be off by different amounts. The
    other is the rhythm of the legs, which every frame tells. Where contacts were missed, or
    contradict the rhythm, the rhythm counts alone.
    """
    rhythm_spm = 120 / strides.gait.stride_time_s
    clip_s = float(np.ptp(strides.t_s))
    rhythm_alone = rhythm_spm, RHYTHM_ERROR_S / clip_s
    span_s = float(np.sum(stride_times_s)) / 2
    if span_s < MOSTLY * clip_s:
        return rhythm_alone
    rate_spm = 120 / float(np.mean(stride_times_s))
    if abs(rate_spm / rhythm_spm - 1) > CONTRADICTS:
        return rhythm_alone
    scatter_s = SHOE_SCATTER_S if strides.by_shoe(strides.near) else EVENT_SCATTER_S
    scatter_s = max(scatter_s, _excess_scatter(stride_times_s))
    return (rate_spm + rhythm_spm) / 2, float(np.sqrt(2)) * scatter_s / span_s


def _excess_scatter(stride_times_s: Floats) -> float:
    """Return the scatter of single events that strides show beyond what runners vary by.

    A shaken camera moves the events that are read from the trunk's rise and fall.
    """
    beyond = float(np.var(stride_times_s)) - STRIDES_VARY_S**2
    return float(np.sqrt(max(0.0, beyond) / 2))


def _contacts_and_flights(strides: Strides) -> tuple[Samples, Samples]:
    """Return times from each contact to its toe-off, and from there to the other foot's contact."""
    landed, left = strides.initial_contact_s, strides.toe_off_s
    contacts = joined(sampled(side, landed[side], left[side] - landed[side]) for side in SIDES)
    flights = joined(sampled(side, landed[side], _flights(strides, side)) for side in SIDES)
    return contacts, flights


def _flights(strides: Strides, side: Side) -> Floats:
    """Return (N,) times from each toe-off of a foot to the next contact of the other one."""
    landed = strides.initial_contact_s[other(side)]
    times = np.full(strides.toe_off_s[side].size, np.nan)
    for n, toe_off in enumerate(strides.toe_off_s[side]):
        later = landed[landed > toe_off - 0.1]
        if later.size and later[0] - toe_off < 0.5:
            times[n] = later[0] - toe_off
    return times
