"""Contacts as a camera behind or before the runner sees them.

Seen along the running direction a landing shows little: a foot that still falls and one that the
belt carries towards the camera go down the picture alike. The middle of a contact shows well, for
the trunk is lowest there, and so does the leaving: the ankle begins to rise faster than the hips.
A contact is taken to begin as long before its middle as it ends after it.

What was measured of these rules is data (`calibration.toml`), with its origin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formcheck.gait.align import align
from formcheck.gait.calibration import table
from formcheck.gait.events import OFFSET_SD, rough_times, smoothing_s
from formcheck.gait.readings import lasting_rise
from formcheck.landmarks import SIDES, Side, index, mid_hip
from formcheck.track.local import local_fit
from formcheck.track.rhythm import Rhythm
from formcheck.types import Contact, Floats

BEFORE_S, AFTER_S = 0.1, 0.26
LEAST_SEEN = 0.5
STEADY_STRIDES = 1.5
SHIFT_SD_S = 0.01
ANKLE_Y, HIP_Y = 1, 3


@dataclass(frozen=True, slots=True)
class RearRule:
    """How contacts are read from behind; see ``calibration.toml`` for the fields."""

    level: float
    from_s: float
    to_s: float
    middle_sd_s: float
    half_sd_s: float
    usual_share: float
    usual_share_sd: float
    least_share: float
    most_share: float


def find_rear_contacts(
    t_s: Floats, body: Floats, rhythm: Rhythm, unit: float
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
    """
    rule = RearRule(**table()["rear"])
    stride_s = 1 / rhythm.stride_hz
    middle_s = {side: rough_times(t_s, rhythm, side, 0.0) for side in SIDES}
    seen = [half_contact(t_s, body / unit, middle_s[side], side, stride_s, rule) for side in SIDES]
    half_s, half_sd_s = _half(np.array(seen), stride_s, rule)
    sd_s = float(np.hypot(rule.middle_sd_s, half_sd_s))
    contacts = [
        Contact(side, _inside(t_s, at - half_s), _inside(t_s, at + half_s), sd_s, sd_s)
        for side in SIDES
        for at in middle_s[side].tolist()
    ]
    known = [c for c in contacts if np.isfinite([c.initial_contact_s, c.toe_off_s]).any()]
    return tuple(sorted(known, key=lambda c: np.nanmin([c.initial_contact_s, c.toe_off_s])))


def half_contact(
    t_s: Floats, body: Floats, middle_s: Floats, side: Side, stride_s: float, rule: RearRule
) -> float:
    """Return the time from the middle of a foot's contact to its leaving, NaN where not seen."""
    signals = np.concatenate([body[:, index("ankle", side)], mid_hip(body)], axis=1)
    if np.isfinite(signals).all(axis=1).mean() < LEAST_SEEN:
        return float("nan")
    # Seen from behind, a runner who moves away shrinks: each signal's own slow change goes out.
    slow = local_fit(t_s, t_s, signals, STEADY_STRIDES * stride_s, order=1)[0]
    aligned = align(
        t_s,
        signals - slow,
        middle_s,
        before_s=BEFORE_S,
        after_s=AFTER_S,
        offset_sd=np.tile(OFFSET_SD, 2),
        half_width_s=smoothing_s(t_s),
        shift_sd_s=SHIFT_SD_S,
    )
    if aligned is None:
        return float("nan")
    lag_s, gain = aligned.lag_s, aligned.slope[:, ANKLE_Y] - aligned.slope[:, HIP_Y]
    inside = (lag_s >= rule.from_s) & (lag_s <= rule.to_s) & np.isfinite(gain)
    return lasting_rise(lag_s[inside], gain[inside], rule.level)


def _half(seen_s: Floats, stride_s: float, rule: RearRule) -> tuple[float, float]:
    """Return half a contact's time and its standard uncertainty: both feet's mean, or the usual."""
    possible = (seen_s > rule.least_share * stride_s / 2) & (
        seen_s < rule.most_share * stride_s / 2
    )
    known = seen_s[possible]
    if known.size:
        return float(np.mean(known)), rule.half_sd_s
    return rule.usual_share * stride_s / 2, rule.usual_share_sd * stride_s / 2


def _inside(t_s: Floats, time_s: float) -> float:
    """Return a time, NaN when it lies outside the clip."""
    return time_s if t_s[0] <= time_s <= t_s[-1] else float("nan")
