"""Contacts moved to where the shoes land, both feet set against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from formcheck.gait.calibration import table
from formcheck.gait.events import LIMP_LEAST_S, LIMP_SD_S, off_half_stride
from formcheck.gait.landed import SINGLE_SD_S, Landed
from formcheck.landmarks import SIDES, Side, other
from formcheck.types import Contact, Floats

# Feet that seem to land farther off half a stride apart than this were not both read well.
FARTHEST_APART_S = 0.015
# Unless the landmarks show about as much of it, which are tied to half a stride themselves.
LIMP_SHARE = (0.4, 1.3)
# How well a foot's landings are known that were taken from the other foot's.
UNREAD_SD_S, UNREAD_LARGEST_SD_S = 0.02, 0.045


def agreeing(
    contacts: Sequence[Contact], landed: Mapping[Side, Landed], stride_s: float, near: Side
) -> Mapping[Side, Landed]:
    """Return the landings of both feet, one of them by its other end where only so they agree.

    A shoe that was lost for a moment in the air seems to stop falling there.
    """
    if len(landed) < len(SIDES) or _agree(contacts, landed, stride_s, near):
        return landed
    for side in (near, other(near)):
        instead = landed[side].instead
        if instead is not None:
            tried = {**landed, side: instead}
            if _agree(contacts, tried, stride_s, near):
                return tried
    return landed


def _agree(
    contacts: Sequence[Contact], landed: Mapping[Side, Landed], stride_s: float, near: Side
) -> bool:
    """Return whether both feet land half a stride apart, as far as legs differ."""
    lag_s = {side: one.lag_s for side, one in landed.items()}
    return abs(_apart(contacts, lag_s, near, stride_s)) <= FARTHEST_APART_S


def land(
    contacts: Sequence[Contact], landed: Mapping[Side, Landed], stride_s: float, near: Side
) -> tuple[Contact, ...]:
    """Move initial contacts to where the shoes touch down.

    A foot that was not read, or the far one where it contradicts the near one, is moved to land
    half a stride after the other, with an uncertainty that says so; but where its landmarks tell
    the same as its shoe, or land and leave unevenly, the runner limps. Where neither was read the
    pictures are poor: recorded, blurred, and their landmarks settle late.
    """
    lag_s = {side: one.lag_s for side, one in landed.items()}
    sd_s = dict.fromkeys(landed, SINGLE_SD_S)
    if not landed:
        lag_s = dict.fromkeys(SIDES, -table()["landing"]["unread_late_s"])
    elif len(landed) == 1:
        (sure,) = landed
        limps = _limps(contacts, sure, stride_s)
        even_s = 0.0 if limps else _apart(contacts, lag_s, sure, stride_s)
        lag_s[other(sure)] = lag_s[sure] - even_s
        sd_s[other(sure)] = LIMP_SD_S if limps else UNREAD_SD_S
    elif abs(apart_s := _apart(contacts, lag_s, near, stride_s)) > FARTHEST_APART_S:
        by_landmarks_s = _apart(contacts, dict.fromkeys(SIDES, 0.0), near, stride_s)
        if not LIMP_SHARE[0] < by_landmarks_s / apart_s < LIMP_SHARE[1]:
            lag_s[other(near)] -= apart_s
            sd_s[other(near)] = max(UNREAD_SD_S, min(abs(apart_s), UNREAD_LARGEST_SD_S))
    angles = {side: one.foot_deg for side, one in landed.items()}
    return tuple(
        replace(
            contact,
            initial_contact_s=contact.initial_contact_s + lag_s[contact.side],
            initial_contact_sd_s=sd_s.get(contact.side, contact.initial_contact_sd_s),
            foot_deg=angles.get(contact.side, {}).get(contact.initial_contact_s, float("nan")),
        )
        for contact in contacts
    )


def _limps(contacts: Sequence[Contact], sure: Side, stride_s: float) -> bool:
    """Return whether the leavings, of which little is drawn in otherwise, are uneven."""
    left_s = {side: np.array([c.toe_off_s for c in contacts if c.side == side]) for side in SIDES}
    ours, theirs = (one[np.isfinite(one)] for one in (left_s[sure], left_s[other(sure)]))
    if not ours.size or not theirs.size:
        return False
    return abs(off_half_stride(ours, theirs, stride_s)) >= LIMP_LEAST_S


def within(contacts: Sequence[Contact], t_s: Floats) -> tuple[Contact, ...]:
    """Return contacts without the times that moved out of the clip."""
    kept = []
    for contact in contacts:
        landed, left = (
            one if t_s[0] <= one <= t_s[-1] else float("nan")
            for one in (contact.initial_contact_s, contact.toe_off_s)
        )
        known = replace(contact, initial_contact_s=landed, toe_off_s=left)
        if np.isfinite([known.initial_contact_s, known.toe_off_s]).any():
            kept.append(known)
    return tuple(kept)


def _apart(
    contacts: Sequence[Contact], lag_s: Mapping[Side, float], sure: Side, stride_s: float
) -> float:
    """Return how much later than half a stride after one foot the other one lands, as moved.

    A foot without a lag of its own is taken to be moved as the sure one.
    """
    unsure = other(sure)
    theirs = _landings(contacts, sure) + lag_s[sure]
    ours = _landings(contacts, unsure) + lag_s.get(unsure, lag_s[sure])
    if not ours.size or not theirs.size:
        return 0.0
    return off_half_stride(theirs, ours, stride_s)


def _landings(contacts: Sequence[Contact], side: Side) -> Floats:
    times = [c.initial_contact_s for c in contacts if c.side == side]
    return np.array(times)[np.isfinite(times)]


def landed_sd_s(landed: Mapping[Side, Landed], rough_s: float) -> dict[Side, float]:
    """Return the standard uncertainty that all initial contacts of a foot share.

    `rough_s` is that of a foot whose shoe was not followed.
    """
    return {side: landed[side].sd_s if side in landed else rough_s for side in SIDES}
