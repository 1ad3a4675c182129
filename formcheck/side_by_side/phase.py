"""Two runs on one clock: the same instant of the stride in both, through contacts and toe-offs.

Each run's contacts and toe-offs get a place on a common ladder, four rungs a stride. The rungs that
both runs have are the knots of a piecewise linear map between their times, so contacts coincide
exactly, and the map from second to first is the inverse of that from first to second. Nothing is
mapped outside the first and the last common knot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.errors import UsageError
from formcheck.landmarks import Side, other
from formcheck.report.schema import Events, Report, ViewRecord
from formcheck.types import Floats

LEAST_CONTACTS: Final = 2
"""Contacts of one foot that both runs must have: one whole stride."""

N_KINDS: Final = 4
"""Kinds of event: contact and toe-off of one leg, then of the other."""

_LEAST_STEP_S: Final = 1e-3
_STRIDES_S: Final = (0.4, 1.6)

Whole = NDArray[np.int64]
Legs = tuple[Side, Side]


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """The events of one run in order.

    Attributes
    ----------
    t_s : (N,) float
        Times, increasing.
    stride : (N,) int
        Number of the stride, any origin.
    kind : (N,) int
        0 and 1 contact and toe-off of one leg, 2 and 3 of the other.
    part : (4,) float
        Where each kind usually lies in a stride that begins with kind 0, in strides; a toe-off
        follows its own contact. NaN for a kind that never occurs.
    """

    t_s: Floats
    stride: Whole
    kind: Whole
    part: Floats


@dataclass(frozen=True, slots=True, eq=False)
class PhaseMatch:
    """The common events of two runs, and the map between their times.

    Attributes
    ----------
    first_s, second_s : (N,) float
        When each common event happens in either run, strictly increasing.
    stride : (N,) int
        Number of the stride each event belongs to, from 0.
    kind : (N,) int
        As in `Ladder`.
    part : (4,) float
        Where each kind lies in the stride, mean of both runs; NaN for a kind they do not share.
    legs : (Side, Side)
        The first runner's legs in the order of the kinds.
    second_legs : (Side, Side)
        The second runner's legs that they are matched with.
    """

    first_s: Floats
    second_s: Floats
    stride: Whole
    kind: Whole
    part: Floats
    legs: Legs
    second_legs: Legs

    def to_second(self, first_s: Floats) -> Floats:
        """Return the second run's times (...) at the same phase; NaN outside the common strides."""
        return np.interp(first_s, self.first_s, self.second_s, left=np.nan, right=np.nan)

    def to_first(self, second_s: Floats) -> Floats:
        """Return the first run's times (...) at the same phase; NaN outside the common strides."""
        return np.interp(second_s, self.second_s, self.first_s, left=np.nan, right=np.nan)

    def phase(self, first_s: Floats) -> Floats:
        """Return strides (...) since the first common one began, at the first run's times."""
        rungs = self.stride + self.part[self.kind]
        return np.interp(first_s, self.first_s, rungs, left=np.nan, right=np.nan)

    @property
    def tempo(self) -> float:
        """How many times faster than life the second run is shown, on average."""
        return float(np.ptp(self.second_s) / np.ptp(self.first_s))


def match_phases(first: Report, second: Report) -> PhaseMatch:
    """Match two runs by their contacts and toe-offs.

    Runs filmed from opposite sides are matched near leg to near leg, all others left to left. Where
    one has more strides, the overlap with the most common events is taken, the earliest of equals.

    Parameters
    ----------
    first, second : Report
        Results of two clips.

    Raises
    ------
    UsageError
        When the two do not share one whole stride (``too_few_contacts``).
    """
    legs = leg_order(first.view)
    second_legs = legs if not swaps_legs(first.view, second.view) else (other(legs[0]), legs[0])
    a, b = ladder(first.events, legs), ladder(second.events, second_legs)
    if a is None or b is None:
        raise too_few((first if a is None else second).clip.name)
    shift = _best_shift(a, b)
    own, others = common(a, b, shift)
    keep = _increasing(a.t_s[own], b.t_s[others], a.kind[own])
    own, others = own[keep], others[keep]
    kind = a.kind[own]
    if max(np.bincount(kind[kind % 2 == 0], minlength=1)) < LEAST_CONTACTS:
        raise too_few(first.clip.name if a.t_s.size <= b.t_s.size else second.clip.name)
    return PhaseMatch(
        first_s=a.t_s[own],
        second_s=b.t_s[others],
        stride=a.stride[own] - a.stride[own].min(),
        kind=kind,
        part=_mean_part(a.part, b.part),
        legs=legs,
        second_legs=second_legs,
    )


def _mean_part(first: Floats, second: Floats) -> Floats:
    """Return the mean place of each kind, both counted from the first kind that they share."""
    apart = first - second
    return np.asarray(first - 0.5 * (apart - apart[np.isfinite(apart)][0]))


def too_few(name: str) -> UsageError:
    """Return the error for a run without enough contacts."""
    return UsageError(
        f"Too few ground contacts were found in {name} to match its strides with another clip's; "
        "film ten seconds with both feet in the picture.",
        "too_few_contacts",
    )


def leg_order(view: ViewRecord | None) -> Legs:
    """Return near and far leg, or left and right where none is nearer."""
    near = view.near_side if view is not None else None
    return ("left", "right") if near is None else (near, other(near))


def swaps_legs(first: ViewRecord | None, second: ViewRecord | None) -> bool:
    """Return whether left is matched with right: one filmed from the left, one from the right."""
    sides = [view.near_side for view in (first, second) if view is not None]
    return len(sides) == 2 and None not in sides and sides[0] != sides[1]


def ladder(events: Events, legs: Legs) -> Ladder | None:
    """Return the events of a run on its ladder; None without a rhythm.

    Strides are counted from event to event by the usual stride time, so a missed event leaves its
    rung empty and does not shift those that follow. Of two events on one rung the one that fits the
    rhythm better stays.
    """
    times, kind = _listed(events, legs)
    stride_s = _stride_time(times, kind)
    if stride_s is None:
        return None
    part = _parts(times, kind, stride_s)
    stride = _counted(times, part[kind], stride_s)
    keep = _one_a_rung(times, stride, kind, stride_s, part)
    return Ladder(times[keep], stride[keep], kind[keep], part)


def common(first: Ladder, second: Ladder, shift: int) -> tuple[Whole, Whole]:
    """Return the indices into both of the rungs that they share, `second` moved up by `shift`."""
    rung, moved = (N_KINDS * each.stride + each.kind for each in (first, second))
    _, own, others = np.intersect1d(rung, moved + N_KINDS * shift, return_indices=True)
    order = np.argsort(first.t_s[own], kind="stable")
    return own[order].astype(np.int64), others[order].astype(np.int64)


def _listed(events: Events, legs: Legs) -> tuple[Floats, Whole]:
    lists: Mapping[int, tuple[float, ...]] = {
        2 * i + j: getattr(getattr(events, leg), name)
        for i, leg in enumerate(legs)
        for j, name in enumerate(("initial_contact_s", "toe_off_s"))
    }
    times = np.array([t for each in lists.values() for t in each], dtype=np.float64)
    kind = np.array([k for k, each in lists.items() for _ in each], dtype=np.int64)
    order = np.argsort(times, kind="stable")
    return times[order], kind[order]


def _stride_time(times: Floats, kind: Whole) -> float | None:
    """Return the usual time between events of one kind that are one stride apart."""
    steps = np.concatenate([np.diff(times[kind == k]) for k in range(N_KINDS)])
    steps = steps[(steps >= _STRIDES_S[0]) & (steps <= _STRIDES_S[1])]
    if not steps.size:
        return None
    # Where every other event was missed, most steps are two strides long: trust the short ones.
    single = steps[steps < 1.5 * np.quantile(steps, 0.1)]
    return float(np.median(single))


def _parts(times: Floats, kind: Whole, stride_s: float) -> Floats:
    """Return where each kind lies after kind 0 (or the first kind there is), in strides."""
    part = np.full(N_KINDS, np.nan)
    origin = int(kind.min())
    anchors = times[kind == origin]
    for k in np.unique(kind):
        gap = times[kind == k][:, None] - anchors
        nearest = np.take_along_axis(gap, np.abs(gap).argmin(axis=1)[:, None], axis=1)
        turns = np.exp(2j * np.pi * nearest[:, 0] / stride_s)
        part[k] = (np.angle(np.median(turns.real) + 1j * np.median(turns.imag)) / (2 * np.pi)) % 1.0
    part[origin] = 0.0
    if part[3] < part[2]:  # a toe-off follows its own contact, also where feet are long on the belt
        part[3] += 1.0
    return part


def _counted(times: Floats, part: Floats, stride_s: float) -> Whole:
    """Return the number of each event's stride, counted from event to event."""
    ahead = np.diff(times) / stride_s - np.diff(part)
    return np.concatenate(([0], np.cumsum(np.rint(ahead)))).astype(np.int64)


def _one_a_rung(
    times: Floats, stride: Whole, kind: Whole, stride_s: float, part: Floats
) -> NDArray[np.intp]:
    """Return the indices of the events to keep, in order of time."""
    begins = times - stride_s * (stride + part[kind])
    off = np.abs(begins - np.median(begins))
    _, rungs = np.unique(N_KINDS * stride + kind, return_inverse=True)
    order = np.lexsort((off, rungs))
    first = np.concatenate(([True], np.diff(rungs[order]) > 0))
    return np.sort(order[first])


def _best_shift(first: Ladder, second: Ladder) -> int:
    """Return the stride shift with the most common rungs; of equals the earliest in both runs."""
    low = int(first.stride.min() - second.stride.max())
    high = int(first.stride.max() - second.stride.min())

    def merit(shift: int) -> tuple[int, float, int]:
        own, others = common(first, second, shift)
        begin = first.t_s[own[:1]].sum() + second.t_s[others[:1]].sum()
        return own.size, -float(begin), -abs(shift)

    return max(range(low, high + 1), key=merit)


def _increasing(first_s: Floats, second_s: Floats, kind: Whole) -> NDArray[np.intp]:
    """Return the knots to keep so that both times increase; a contact stays before a toe-off."""
    kept: list[int] = []
    for i in np.lexsort((first_s, kind % 2)):
        apart_first = first_s[kept] - first_s[i]
        apart_second = second_s[kept] - second_s[i]
        agree = np.sign(apart_first) == np.sign(apart_second)
        wide = np.minimum(np.abs(apart_first), np.abs(apart_second)) >= _LEAST_STEP_S
        if (agree & wide).all():
            kept.append(int(i))
    return np.sort(np.array(kept, dtype=np.intp))
