"""Are left and right told apart? A look at every contact seen from behind or in front.

Over the middle of a contact two things show which foot stands: its ankle is lower than the other
one, which swings past, and its knee is on its own side of the other knee. Legs that were exchanged
from some step on, or a lost step, show the contrary from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from formcheck.landmarks import index, other
from formcheck.notes import note
from formcheck.types import Contact, Floats, QualityNote

# Frames this near the middle of a contact.
NEAR_S: Final = 0.07
# A foot that stands is lower than the other by this share of the median, or it says nothing.
CLEAR_SHARE: Final = 0.2
# Share of the contacts that must say the same.
LEAST_AGREE: Final = 0.85
SIDES_UNSURE: Final = "sides_unsure"
SIDES_UNSURE_REASON: Final = "Left and right could not be told apart in all of the clip."


def stands_lower(t_s: Floats, body: Floats, contacts: Sequence[Contact]) -> Floats:
    """Return (N,) how much lower than the other ankle that of each contact's foot is.

    Parameters
    ----------
    t_s : (T,) float
        Frame times.
    body : (T, K, 2) float
        Body-frame points, y up.
    contacts : sequence of Contact
        As they were found.

    Returns
    -------
    (N,) float
        Mean around the middle of each contact, in the unit of the points, NaN where not seen.
    """
    return _at_middles(t_s, body, contacts, "ankle", axis=1)


def knees_in_order(t_s: Floats, body: Floats, contacts: Sequence[Contact]) -> Floats:
    """Return (N,) how far the right knee is to the right of the left one at each contact."""
    apart = _at_middles(t_s, body, contacts, "knee", axis=0)
    return np.asarray(apart * [1.0 if c.side == "left" else -1.0 for c in contacts])


def _at_middles(
    t_s: Floats, body: Floats, contacts: Sequence[Contact], name: str, *, axis: int
) -> Floats:
    """Return (N,) a point of the other leg less that of the standing leg, around each middle."""
    found = np.full(len(contacts), np.nan)
    for n, contact in enumerate(contacts):
        near = np.abs(t_s - (contact.initial_contact_s + contact.toe_off_s) / 2) < NEAR_S
        apart = body[near, index(name, other(contact.side)), axis]
        apart = apart - body[near, index(name, contact.side), axis]
        if np.isfinite(apart).any():
            found[n] = np.nanmean(apart)
    return found


def sides_told(t_s: Floats, body: Floats, contacts: Sequence[Contact]) -> bool:
    """Return whether nearly all contacts show the foot that stands, and the knees in order."""
    return min(map(_agreement, _evidence(t_s, body, contacts))) >= LEAST_AGREE


def _evidence(t_s: Floats, body: Floats, contacts: Sequence[Contact]) -> tuple[Floats, Floats]:
    return stands_lower(t_s, body, contacts), knees_in_order(t_s, body, contacts)


def _agreement(shown: Floats) -> float:
    """Return the share of the contacts that show something clearly which show it the right way."""
    known = shown[np.isfinite(shown)]
    clear = known[np.abs(known) > CLEAR_SHARE * np.median(np.abs(known))] if known.size else known
    return float(np.mean(clear > 0)) if clear.size else 0.0


def sides_notes(*, told: bool) -> tuple[QualityNote, ...]:
    """Say that left and right are not sure, where they are not."""
    if told:
        return ()
    return (note(SIDES_UNSURE),)
