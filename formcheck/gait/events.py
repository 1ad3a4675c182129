"""Initial contacts and toe-offs to a fraction of a frame.

Rough times come from the stride phase; strides are lined up around them (`formcheck.gait.align`)
and the event is read once from the dense mean curve of the foot. A landing is where heel and toe
stop falling, the heel is down, and the foot has taken up the belt's speed: the median of several
readings. A leaving is where the whole foot rises for good. This is for the side view; from behind
see `formcheck.gait.rear_events`.

Levels and delays are data (`calibration.toml`), with their origin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from formcheck.gait.align import Aligned, align
from formcheck.gait.calibration import EventRule, Reading, event_rules
from formcheck.landmarks import SIDES, Side, index, other
from formcheck.track.rhythm import Rhythm
from formcheck.types import Contact, Floats, View

EventKind = Literal["initial_contact", "toe_off"]
KINDS: tuple[EventKind, EventKind] = ("initial_contact", "toe_off")
BEFORE_S = 0.14
AFTER_S = 0.14
# When a foot surely lies flat, after its landing and before its leaving.
PLANTED_AFTER = (0.04, 0.11)
LEAVES_BEFORE = (-0.12, -0.08)
# A foot has left when its rise lasts this long.
LASTING_S = 0.03
# How far the far leg's events may lie from half a stride after the near leg's.
FAR_LARGEST_OFF_S = 0.035
FAR_SD_S = 0.02
FOOT = ("heel", "ankle", "toe")
# A stride's foot path lies beside the mean one by about this much, in trunk lengths: along the belt
# it lands a little earlier or later, but the ground stays where it is.
OFFSET_SD = (0.03, 0.008)
NARROWEST_S = 0.03
WIDTH_FRAMES = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class EventSet:
    """One kind of event of one foot: times, standard errors, and the curves behind them."""

    time_s: Floats
    sd_s: Floats
    aligned: Aligned


Events = dict[tuple[Side, EventKind], EventSet | None]


def find_contacts(
    t_s: Floats, body: Floats, rhythm: Rhythm, view: View, unit: float
) -> tuple[Contact, ...]:
    """Find every contact of both feet in a side view, in order of initial contact.

    Parameters
    ----------
    t_s : (T,) float
        Frame times.
    body : (T, K, 2) float
        Landmarks in the body frame with the slow drift taken out, any unit.
    rhythm : Rhythm
        Stride phase, as `formcheck.gait.running.running_rhythm` gives it.
    view : View
        Events of its far leg that the near leg contradicts are replaced.
    unit : float
        Trunk length in the unit of `body`.
    """
    events = {
        (side, kind): find_events(t_s, body, rhythm, side, kind, unit)
        for side in SIDES
        for kind in KINDS
    }
    stride_s = 1 / rhythm.stride_hz
    if view.near_side is not None:
        events = _trust_near(events, view.near_side, stride_s, t_s)
    contacts: list[Contact] = []
    for side in SIDES:
        landed, left = (events[side, kind] for kind in KINDS)
        contacts += _pair(side, landed, left, stride_s)
    order = sorted(contacts, key=lambda c: np.nanmin([c.initial_contact_s, c.toe_off_s - 0.25]))
    return tuple(order)


def find_events(
    t_s: Floats,
    body: Floats,
    rhythm: Rhythm,
    side: Side,
    kind: EventKind,
    unit: float,
) -> EventSet | None:
    """Find one kind of event of one foot; None where too few strides show it."""
    rule = event_rules()[kind]
    guess_s = rough_times(t_s, rhythm, side, rule.phase_deg)
    points = [body[:, index(name, side)] for name in FOOT]
    signals = np.concatenate(points, axis=1) / unit
    aligned = align(
        t_s,
        signals,
        guess_s,
        before_s=BEFORE_S,
        after_s=AFTER_S,
        offset_sd=np.tile(OFFSET_SD, len(FOOT)),
        half_width_s=max(NARROWEST_S, WIDTH_FRAMES * float(np.median(np.diff(t_s)))),
    )
    if aligned is None:
        return None
    lag_s = read_event(aligned, rule)
    if not np.isfinite(lag_s):
        return None
    seen = np.isfinite(aligned.anchor_s)
    time_s = aligned.anchor_s[seen] + lag_s
    inside = (time_s >= t_s[0]) & (time_s <= t_s[-1])
    return EventSet(time_s[inside], aligned.anchor_sd_s[seen][inside], aligned)


def rough_times(t_s: Floats, rhythm: Rhythm, side: Side, phase_deg: float) -> Floats:
    """Return the times at which a foot's stride phase passes a set angle."""
    start = phase_deg / 360 + (0.0 if side == "left" else 0.5)
    turns = rhythm.phase / (2 * np.pi) - start
    whole = np.arange(np.ceil(turns[0]), np.floor(turns[-1]) + 1)
    return np.asarray(np.interp(whole, turns, t_s))


def read_event(aligned: Aligned, rule: EventRule) -> float:
    """Return the lag of the event: the median of its readings, each less its known delay.

    Heights and speeds are taken square to the path that the foot takes while it is planted, so a
    belt that looks tilted, by its incline, a rolled camera or one that is not square to it, does
    not matter. NaN where no reading finds its level.
    """
    readings = [_read(aligned, rule, reading) - reading.delay_s for reading in rule.readings]
    found = [reading for reading in readings if np.isfinite(reading)]
    if not found:
        return float("nan")
    return float(np.median(found))


def _read(aligned: Aligned, rule: EventRule, reading: Reading) -> float:
    """Return the lag at which one quantity of chosen foot points passes its level."""
    points = [FOOT.index(name) for name in reading.points]
    lag = aligned.lag_s
    place, speed = _foot(aligned.mean)[:, points], _foot(aligned.slope)[:, points]
    planted = _planted(lag, rule)
    flat = _seen_mean(_foot(aligned.slope)[planted])
    flat = flat[np.isfinite(flat).all(axis=1)]
    if not flat.size:
        return float("nan")
    velocity = np.median(flat, axis=0)
    tilt, pace = velocity[1] / velocity[0], -velocity[0]
    if reading.quantity == "rise":
        rise = _seen_mean(speed[..., 1] - tilt * speed[..., 0]) / pace
        return _rising(lag, rise, reading.level, rule)
    if reading.quantity == "height":
        height = _seen_mean(place[..., 1] - tilt * place[..., 0])
        fallen = np.nanmedian(height[planted]) - height
        return _first_in(lag, fallen, -reading.level, rule)
    backward = -_seen_mean(speed[..., 0]) / pace
    return _first_in(lag, backward, reading.level, rule)


def _seen_mean(points: Floats) -> Floats:
    """Return the mean over the points of (G, P, ...) that are seen, NaN where none is."""
    seen = np.isfinite(points).sum(axis=1)
    return np.asarray(np.nansum(points, axis=1) / np.where(seen > 0, seen, np.nan))


def _foot(curves: Floats) -> Floats:
    """Return (G, P, 2) the foot's points of (G, C) curves."""
    return curves[:, : 2 * len(FOOT)].reshape(-1, len(FOOT), 2)


def _planted(lag: Floats, rule: EventRule) -> NDArray[np.bool_]:
    """Return which lags from the event surely have the foot flat on the belt."""
    first, last = PLANTED_AFTER if rule.kind == "initial_contact" else LEAVES_BEFORE
    return (lag > first) & (lag < last)


def _first_in(lag_s: Floats, z: Floats, level: float, rule: EventRule) -> float:
    inside = (lag_s >= rule.from_s) & (lag_s <= rule.to_s) & np.isfinite(z)
    return _first_rise(lag_s[inside], z[inside], level)


def _rising(lag_s: Floats, z: Floats, level: float, rule: EventRule) -> float:
    """Return where a speed rises through a level: a landing after its fall, a leaving for good."""
    inside = (lag_s >= rule.from_s) & (lag_s <= rule.to_s) & np.isfinite(z)
    lag, z = lag_s[inside], z[inside]
    if lag.size < 3:
        return float("nan")
    if rule.kind == "initial_contact":
        early = lag < lag[0] + 0.6 * (lag[-1] - lag[0])
        start = int(np.argmin(np.where(early, z, np.inf)))
        return _first_rise(lag[start:], z[start:], level)
    above = z >= level
    lasting = int(LASTING_S / (lag[1] - lag[0]))
    stays = np.array([above[i : i + lasting].all() for i in range(lag.size)])
    starts = np.flatnonzero(stays[1:] & ~above[:-1])
    return _first_rise(lag[starts[0] :], z[starts[0] :], level) if starts.size else float("nan")


def _first_rise(lag_s: Floats, z: Floats, level: float) -> float:
    """Return the first lag at which a curve rises through a level, NaN if it never does."""
    crossing = np.flatnonzero((z[:-1] < level) & (z[1:] >= level))
    if crossing.size == 0:
        return float("nan")
    i = int(crossing[0])
    return float(lag_s[i] + (level - z[i]) / (z[i + 1] - z[i]) * (lag_s[i + 1] - lag_s[i]))


def _trust_near(events: Events, near: Side, stride_s: float, t_s: Floats) -> Events:
    """Replace a far foot's events that are missing or lie off half a stride from the near foot's.

    Legs differ a little, and the far one is hidden half of the time: beyond a bound the near leg
    half a stride later is the better guess, with an uncertainty that says so.
    """
    far = other(near)
    trusted = dict(events)
    for kind in KINDS:
        ours, theirs = events[near, kind], events[far, kind]
        if ours is None:
            continue
        if theirs is None or abs(_off_half_stride(ours, theirs, stride_s)) > FAR_LARGEST_OFF_S:
            times = np.append(ours.time_s[0] - stride_s, ours.time_s) + stride_s / 2
            times = times[(times >= t_s[0]) & (times <= t_s[-1])]
            trusted[far, kind] = EventSet(times, np.full(times.size, FAR_SD_S), ours.aligned)
    return trusted


def _off_half_stride(ours: EventSet, theirs: EventSet, stride_s: float) -> float:
    """Return how much later than half a stride after one foot's events the other's are."""
    lag = (theirs.time_s[:, None] - ours.time_s[None, :]) / stride_s
    return float(np.median(lag % 1.0 - 0.5)) * stride_s


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
