"""Initial contacts and toe-offs to a fraction of a frame.

Rough times come from the stride phase; strides are lined up around them (`formcheck.gait.align`)
and the event is read once from the dense mean curve of the foot (`formcheck.gait.readings`). This
is for the side view; from behind see `formcheck.gait.rear_events`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from formcheck.conventions import EventRule
from formcheck.gait.align import Aligned, align
from formcheck.gait.readings import FOOT, read_event
from formcheck.landmarks import SIDES, Side, index, other
from formcheck.track.rhythm import Rhythm
from formcheck.types import Contact, Floats, View

EventKind = Literal["initial_contact", "toe_off"]
KINDS: tuple[EventKind, EventKind] = ("initial_contact", "toe_off")
# What is looked at around an event; before a leaving also the foot while it lies flat.
BEFORE_S: dict[EventKind, float] = {"initial_contact": 0.14, "toe_off": 0.2}
AFTER_S = 0.14
# How far the far leg's events may lie from half a stride after the near leg's.
FAR_LARGEST_OFF_S = 0.025
# Share of what the far leg shows beside the near one; the far foot's leaving is hidden most.
FAR_SHARE: dict[EventKind, float] = {"initial_contact": 0.6, "toe_off": 0.3}
# The same of one who limps.
LIMP_SHARE: dict[EventKind, float] = {"initial_contact": 0.6, "toe_off": 1.0}
FAR_SD_S = 0.02
FAR_LARGEST_SD_S = 0.045
# A far foot that lands and leaves off half a stride the same way, by so much each and together,
# limps. In 19 clips of even runners one kind alone is off by up to 39 ms, both the same way by up
# to 40 together, in one of five real clips by 57, of which labels by eye show 17; two rendered
# runners who limp by 12 % are seen to by 63 and 99.
LIMP_LEAST_S, LIMP_TOGETHER_S = 0.015, 0.06
# A limp is known about as well as this by landmarks: two rendered runners' to 9 ms.
LIMP_SD_S = 0.015
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
    t_s: Floats,
    body: Floats,
    rhythm: Rhythm,
    view: View,
    unit: float,
    rules: Mapping[str, EventRule],
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
    rules : mapping of kind to EventRule
        How each kind of event is read.
    """
    events = {
        (side, kind): find_events(t_s, body, rhythm, side, rules[kind], unit)
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
    rule: EventRule,
    unit: float,
) -> EventSet | None:
    """Find one kind of event of one foot; None where too few strides show it."""
    guess_s = rough_times(t_s, rhythm, side, rule.phase_deg)
    points = [body[:, index(name, side)] for name in FOOT]
    signals = np.concatenate(points, axis=1) / unit
    aligned = align(
        t_s,
        signals,
        guess_s,
        before_s=BEFORE_S[rule.kind],
        after_s=AFTER_S,
        offset_sd=np.tile(OFFSET_SD, len(FOOT)),
        half_width_s=smoothing_s(t_s),
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


def smoothing_s(t_s: Floats) -> float:
    """Return the half width of a mean path's smoothing at these frame times."""
    return max(NARROWEST_S, WIDTH_FRAMES * float(np.median(np.diff(t_s))))


def rough_times(t_s: Floats, rhythm: Rhythm, side: Side, phase_deg: float) -> Floats:
    """Return the times at which a foot's stride phase passes a set angle."""
    start = phase_deg / 360 + (0.0 if side == "left" else 0.5)
    turns = rhythm.phase / (2 * np.pi) - start
    whole = np.arange(np.ceil(turns[0]), np.floor(turns[-1]) + 1)
    return np.asarray(np.interp(whole, turns, t_s))


def _trust_near(events: Events, near: Side, stride_s: float, t_s: Floats) -> Events:
    """Lay a far foot's events between what it shows and half a stride after the near foot's.

    Legs differ a little, and the far one is hidden half of the time: of what it shows only a share
    counts. Beyond a bound, or where it shows nothing, the near leg half a stride later is taken,
    unless landings and leavings both show the same unevenness: then the runner limps. The
    uncertainty says by how much the two contradict each other.
    """
    far = other(near)
    trusted = dict(events)
    limps = uneven(
        *(_off_between(events[near, kind], events[far, kind], stride_s) for kind in KINDS)
    )
    for kind in KINDS:
        ours, theirs = events[near, kind], events[far, kind]
        if ours is None:
            continue
        off_s = _off_between(ours, theirs, stride_s)
        if theirs is not None and limps:
            moved_s = (1 - LIMP_SHARE[kind]) * off_s
            limp_sd_s = np.hypot(theirs.sd_s, LIMP_SD_S)
            trusted[far, kind] = replace(theirs, time_s=theirs.time_s - moved_s, sd_s=limp_sd_s)
            continue
        if theirs is not None and abs(off_s) <= FAR_LARGEST_OFF_S:
            moved_s = (1 - FAR_SHARE[kind]) * off_s
            drawn_sd_s = np.hypot(theirs.sd_s, moved_s)
            trusted[far, kind] = replace(theirs, time_s=theirs.time_s - moved_s, sd_s=drawn_sd_s)
            continue
        times = np.append(ours.time_s[0] - stride_s, ours.time_s) + stride_s / 2
        times = times[(times >= t_s[0]) & (times <= t_s[-1])]
        sd_s = FAR_SD_S if np.isinf(off_s) else min(abs(off_s), FAR_LARGEST_SD_S)
        trusted[far, kind] = EventSet(times, np.full(times.size, sd_s), ours.aligned)
    return trusted


def uneven(landed_off_s: float, left_off_s: float) -> bool:
    """Return whether a far foot's landings and leavings both show that the runner limps.

    Parameters
    ----------
    landed_off_s, left_off_s : float
        How much later than half a stride after the near foot's they are; infinite if not seen.
    """
    offs = np.array([landed_off_s, left_off_s])
    if not np.isfinite(offs).all() or np.prod(offs) < 0:
        return False
    sizes = np.abs(offs)
    return bool(sizes.min() >= LIMP_LEAST_S and sizes.sum() >= LIMP_TOGETHER_S)


def _off_between(ours: EventSet | None, theirs: EventSet | None, stride_s: float) -> float:
    """Return how far one foot's events are off the other's half a stride later, inf if unseen."""
    if ours is None or theirs is None:
        return np.inf
    return off_half_stride(ours.time_s, theirs.time_s, stride_s)


def off_half_stride(ours: Floats, theirs: Floats, stride_s: float) -> float:
    """Return how much later than half a stride after times of one foot those of the other are."""
    lag = (theirs[:, None] - ours[None]) / stride_s
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
