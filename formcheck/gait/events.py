"""Initial contacts and toe-offs to a fraction of a frame.

Rough times come from the stride phase; strides are lined up around them (`formcheck.gait.align`) and
the event is read once from the dense mean curve of the foot:

* from the side, a foot has landed when its heel stops falling, and has left when foot and ankle rise
  with a set share of the belt's speed;
* from behind, by the same vertical speeds, in units of the leg's length.

The shares and the constant delays are data (`calibration.toml`), with their origin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from formcheck.gait.align import Aligned, align
from formcheck.gait.body import mid_hip
from formcheck.gait.calibration import EventRule, event_rules
from formcheck.landmarks import SIDES, Side, index
from formcheck.track.rhythm import Rhythm
from formcheck.types import Contact, Floats

EventKind = Literal["initial_contact", "toe_off"]
BEFORE_S = 0.12
AFTER_S = 0.12
HIP_BEFORE_S = 0.2
FOOT = ("heel", "ankle", "toe")
# A stride's foot path lies beside the mean one by about this much, in trunk lengths: along the belt
# it lands a little earlier or later, but the ground stays where it is.
OFFSET_SD = (0.03, 0.008)
NARROWEST_S = 0.03
WIDTH_FRAMES = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class EventSet:
    """One kind of event of one foot: times, standard errors, and the lined-up curves behind them."""

    time_s: Floats
    sd_s: Floats
    aligned: Aligned


def find_contacts(
    t_s: Floats, body: Floats, rhythm: Rhythm, *, view_kind: str, unit: float
) -> tuple[Contact, ...]:
    """Find every contact of both feet, in order of initial contact.

    Parameters
    ----------
    t_s : (T,) float
        Frame times.
    body : (T, K, 2) float
        Landmarks in the body frame with the slow drift taken out, any unit.
    rhythm : Rhythm
        Stride phase: zero where the left ankle is farthest ahead (side) or lowest (rear).
    view_kind : {"side", "rear", "front"}
        Chooses the rules.
    unit : float
        Trunk length in the unit of `body`.
    """
    contacts: list[Contact] = []
    for side in SIDES:
        landed = find_events(t_s, body, rhythm, side, "initial_contact", view_kind, unit)
        left = find_events(t_s, body, rhythm, side, "toe_off", view_kind, unit)
        contacts += _pair(side, landed, left, 1 / rhythm.stride_hz)
    order = sorted(contacts, key=lambda c: np.nanmin([c.initial_contact_s, c.toe_off_s - 0.25]))
    return tuple(order)


def find_events(
    t_s: Floats,
    body: Floats,
    rhythm: Rhythm,
    side: Side,
    kind: EventKind,
    view_kind: str,
    unit: float,
) -> EventSet | None:
    """Find one kind of event of one foot; None where too few strides show it."""
    rule = event_rules()["side" if view_kind == "side" else "rear", kind]
    guess_s = rough_times(t_s, rhythm, side, rule.phase_deg)
    signals = np.concatenate([body[:, index(name, side)] for name in FOOT], axis=1)
    aligned = align(
        t_s,
        np.concatenate([signals, mid_hip(body)], axis=1) / unit,
        guess_s,
        before_s=BEFORE_S + rule.mirrored * HIP_BEFORE_S,
        after_s=AFTER_S,
        offset_sd=np.tile(OFFSET_SD, len(FOOT) + 1),
        half_width_s=max(NARROWEST_S, WIDTH_FRAMES * float(np.median(np.diff(t_s)))),
    )
    if aligned is None:
        return None
    lag_s = read_event(aligned, rule)
    if not np.isfinite(lag_s):
        return None
    seen = np.isfinite(aligned.anchor_s)
    time_s = aligned.anchor_s[seen] + lag_s - rule.delay_s
    inside = (time_s >= t_s[0]) & (time_s <= t_s[-1])
    return EventSet(time_s[inside], aligned.anchor_sd_s[seen][inside], aligned)


def rough_times(t_s: Floats, rhythm: Rhythm, side: Side, phase_deg: float) -> Floats:
    """Return the times at which a foot's stride phase passes a set angle."""
    start = phase_deg / 360 + (0.0 if side == "left" else 0.5)
    turns = rhythm.phase / (2 * np.pi) - start
    whole = np.arange(np.ceil(turns[0]), np.floor(turns[-1]) + 1)
    return np.asarray(np.interp(whole, turns, t_s))


def read_event(aligned: Aligned, rule: EventRule) -> float:
    """Return the lag at which the chosen points' vertical speed rises through the rule's level.

    The level is a share of the foot's own backward speed in stance (side view) or a speed in trunk
    lengths per second (rear view); NaN when it is never reached. A mirrored rule gives the contact
    that lies as long before the hips' lowest point as the reading lies after it.
    """
    points = [FOOT.index(name) for name in rule.points]
    rise = np.nanmean(aligned.slope[:, 1 : 2 * len(FOOT) : 2][:, points], axis=1)
    level = rule.level * (stance_speed(aligned, rule.kind) if rule.relative else 1.0)
    reading_s = _rising(aligned.lag_s, rise, level, rule.from_s, rule.to_s)
    if not rule.mirrored:
        return reading_s
    hip_rise = aligned.slope[:, -1]
    lowest_s = _rising(aligned.lag_s, hip_rise, 0.0, reading_s - HIP_BEFORE_S, reading_s - 0.04)
    return 2 * lowest_s - reading_s


def _rising(lag_s: Floats, z: Floats, level: float, from_s: float, to_s: float) -> float:
    """Return where a curve first rises through a level after its lowest value, NaN if nowhere."""
    inside = (lag_s >= from_s) & (lag_s <= to_s) & np.isfinite(z)
    lag, z = lag_s[inside], z[inside]
    if lag.size < 2:
        return float("nan")
    early = lag < lag[0] + 0.6 * (lag[-1] - lag[0])
    start = int(np.argmin(np.where(early, z, np.inf)))
    crossing = np.flatnonzero((z[start:-1] < level) & (z[start + 1 :] >= level)) + start
    if crossing.size == 0:
        return float("nan")
    i = int(crossing[0])
    return float(lag[i] + (level - z[i]) / (z[i + 1] - z[i]) * (lag[i + 1] - lag[i]))


def stance_speed(aligned: Aligned, kind: EventKind) -> float:
    """Return how fast the foot goes backward while it is planted (unit of the curves per second)."""
    lag = aligned.lag_s
    planted = (lag > 0.03) & (lag < 0.1) if kind == "initial_contact" else (lag < -0.06)
    return float(-np.nanmedian(aligned.slope[planted][:, 0 : 2 * len(FOOT) : 2]))


def _pair(
    side: Side, landed: EventSet | None, left: EventSet | None, stride_s: float
) -> list[Contact]:
    """Join each initial contact with the toe-off that follows it within a stride."""
    landed_s = landed.time_s if landed else np.array([])
    left_s = left.time_s if left else np.array([])
    contacts = []
    free = np.ones(left_s.size, bool)
    for n, start in enumerate(landed_s):
        after = np.flatnonzero(free & (left_s > start) & (left_s < start + 0.7 * stride_s))
        contact = Contact(side, float(start), float("nan"), float(landed.sd_s[n]) if landed else 0)
        if after.size and left is not None:
            free[after[0]] = False
            contact = replace(
                contact,
                toe_off_s=float(left_s[after[0]]),
                toe_off_sd_s=float(left.sd_s[after[0]]),
            )
        contacts.append(contact)
    contacts += [Contact(side, float("nan"), float(t)) for t in left_s[free]]
    return contacts
