"""Contacts as a camera behind or before the runner sees them.

Seen along the running direction a landing shows little: a foot that still falls and one that the
belt carries towards the camera go down the picture alike. Two things show well: the trunk's lowest
point, and the leaving, where heel, ankle and toes together begin to rise faster than the hips. A
contact begins before the trunk's lowest point by a little less than it ends after it: slow runners'
feet stay long on the ground after the trunk has begun to rise.

What was measured of these rules is data (`formcheck.conventions`), with its origin.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from formcheck.conventions import RearRule
from formcheck.gait.align import align
from formcheck.gait.events import OFFSET_SD, rough_times, smoothing_s
from formcheck.gait.readings import lasting_rise
from formcheck.landmarks import SIDES, Side, index, mid_hip
from formcheck.track.local import local_fit
from formcheck.track.rhythm import Rhythm
from formcheck.types import Contact, Floats

BEFORE_S, AFTER_S = 0.1, 0.36
LEAST_SEEN = 0.5
STEADY_STRIDES = 1.5
SHIFT_SD_S = 0.01
FOOT = ("ankle", "heel", "toe")


def find_rear_contacts(
    t_s: Floats,
    body: Floats,
    rhythm: Rhythm,
    unit: float,
    rule: RearRule,
    *,
    from_front: bool = False,
) -> tuple[Contact, ...]:
    """Find every contact of both feet in a rear or front view, in order.

    Parameters
    ----------
    t_s : (T,) float
        Frame times.
    body : (T, K, 2) float
        Landmarks in the body frame with the slow drift taken out, any unit.
    rhythm : Rhythm
        Stride phase that is zero where the trunk is lowest over the left leg.
    unit : float
        Trunk length in the unit of `body`.
    rule : RearRule
        How to look.
    from_front : bool
        Whether the camera stands before the runner.
    """
    if from_front:
        rule = replace(rule, level=rule.front_level)
    stride_s = 1 / rhythm.stride_hz
    lowest_s = {side: rough_times(t_s, rhythm, side, 0.0) for side in SIDES}
    seen = [leaving(t_s, body / unit, lowest_s[side], side, stride_s, rule) for side in SIDES]
    left_s, doubt_s = _left(np.array(seen), stride_s, rule)
    landed_s = left_s - 2 * _middle_after(left_s, rule)
    landed_sd_s, left_sd_s = np.hypot((rule.landed_sd_s, rule.left_sd_s), doubt_s).tolist()
    contacts = [
        Contact(
            side, _inside(t_s, at - landed_s), _inside(t_s, at + left_s), landed_sd_s, left_sd_s
        )
        for side in SIDES
        for at in lowest_s[side].tolist()
    ]
    known = [c for c in contacts if np.isfinite([c.initial_contact_s, c.toe_off_s]).any()]
    return tuple(sorted(known, key=lambda c: np.nanmin([c.initial_contact_s, c.toe_off_s])))


def leaving(
    t_s: Floats, body: Floats, lowest_s: Floats, side: Side, stride_s: float, rule: RearRule
) -> float:
    """Return the time from the trunk's lowest point over a foot to its leaving, NaN if not seen.

    Parameters
    ----------
    t_s : (T,) float
        Frame times.
    body : (T, K, 2) float
        Landmarks in the body frame with the slow drift taken out, in trunk lengths.
    lowest_s : (N,) float
        Times of the trunk's lowest points over that foot.
    side : {"left", "right"}
        The foot.
    stride_s : float
        Time of a stride.
    rule : RearRule
        How to look.
    """
    heights = [body[:, index(name, side), 1] for name in FOOT]
    signals = np.column_stack([*heights, mid_hip(body)[:, 1]])
    if np.isfinite(signals).all(axis=1).mean() < LEAST_SEEN:
        return float("nan")
    # Seen from behind, a runner who moves away shrinks: each signal's own slow change goes out.
    slow = local_fit(t_s, t_s, signals, STEADY_STRIDES * stride_s, order=1)[0]
    aligned = align(
        t_s,
        signals - slow,
        lowest_s,
        before_s=BEFORE_S,
        after_s=AFTER_S,
        offset_sd=np.full(signals.shape[1], OFFSET_SD[1]),
        half_width_s=smoothing_s(t_s),
        shift_sd_s=SHIFT_SD_S,
    )
    if aligned is None:
        return float("nan")
    lag_s, gain = aligned.lag_s, aligned.slope[:, :-1].mean(axis=1) - aligned.slope[:, -1]
    inside = (lag_s >= rule.from_s) & (lag_s <= rule.to_s) & np.isfinite(gain)
    return lasting_rise(lag_s[inside], gain[inside], rule.level) - rule.delay_s


def _left(seen_s: Floats, stride_s: float, rule: RearRule) -> tuple[float, float]:
    """Return when the feet leave after the trunk's lowest point: both feet's mean, or the usual.

    The second value is the standard uncertainty of the usual, zero where the leaving was seen.
    """
    possible = (seen_s > rule.least_share * stride_s / 2) & (
        seen_s < rule.most_share * stride_s / 2
    )
    known = seen_s[possible]
    if known.size:
        return float(np.mean(known)), 0.0
    return rule.usual_share * stride_s / 2, rule.usual_share_sd * stride_s / 2


def _middle_after(left_s: float, rule: RearRule) -> float:
    """Return how long after the trunk's lowest point the middle of a contact is."""
    return max(0.0, rule.longer_share * (left_s - rule.longer_from_s))


def _inside(t_s: Floats, time_s: float) -> float:
    """Return a time, NaN when it lies outside the clip."""
    return time_s if t_s[0] <= time_s <= t_s[-1] else float("nan")
