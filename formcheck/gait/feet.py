"""When both feet land and leave: by the landmarks, and landings by the shoes' own pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from formcheck.conventions import Convention
from formcheck.gait.events import find_contacts
from formcheck.gait.landed import Landed, read_landings
from formcheck.gait.landing import agreeing, land, landed_sd_s, within
from formcheck.gait.leaving import leave, left_sd_s, read_leaving
from formcheck.gait.rear_events import find_rear_contacts
from formcheck.gait.run import Run
from formcheck.landmarks import Side
from formcheck.types import Contact, PoseTrack, ShoePath, ToePath


class FollowsFeet(Protocol):
    """Follows the shoes of a runner seen from the side, and the near foot's toes."""

    def shoes(self, track: PoseTrack, contacts: Sequence[Contact]) -> Sequence[ShoePath]:
        """Follow both shoes through their landings, given rough contacts."""
        ...

    def toes(self, track: PoseTrack, contacts: Sequence[Contact], side: Side) -> ToePath | None:
        """Follow the toes of one foot through its leavings, given rough ones."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Feet:
    """Contacts of both feet, and what tells them.

    Attributes
    ----------
    contacts : tuple of Contact
        In order of initial contact.
    shoes : mapping of Side to ShoePath
        The shoes that were followed.
    landed_sd_s : dict of Side to float
        Uncertainty that all landings of a foot share.
    left_sd_s : float
        Uncertainty that all leavings share.
    by_shoe : bool
        Whether the near foot's landings are read from its shoe.
    """

    contacts: tuple[Contact, ...]
    shoes: Mapping[Side, ShoePath]
    landed_sd_s: dict[Side, float]
    left_sd_s: float
    by_shoe: bool


def find_feet(run: Run, convention: Convention, follow: FollowsFeet | None) -> Feet:
    """Find when the feet land and leave.

    Parameters
    ----------
    run : Run
        The runner.
    convention : Convention
        How contacts are read from the landmarks.
    follow : FollowsFeet or None
        Looks closely at the pictures of a runner seen from the side.
    """
    view, stride_s = run.view, run.stride_s
    landed_rough_s, left_rough_s = (
        convention.events[kind].sd_s for kind in ("initial_contact", "toe_off")
    )
    contacts = _by_landmarks(run, convention)
    shoes: dict[Side, ShoePath] = {}
    landed: Mapping[Side, Landed] = {}
    left = None
    if follow is not None and view.near_side is not None:
        shoes = {path.side: path for path in follow.shoes(run.cleaned.track, contacts)}
        read = {side: read_landings(path, view) for side, path in shoes.items()}
        known = {side: landings for side, landings in read.items() if landings is not None}
        landed = agreeing(contacts, known, stride_s, view.near_side)
        contacts = land(contacts, landed, stride_s, view.near_side)
        toes = follow.toes(run.cleaned.track, contacts, view.near_side)
        left = None if toes is None else read_leaving(toes, view)
        contacts = within(leave(contacts, left, left_rough_s), run.t_s)
    return Feet(
        contacts,
        shoes,
        landed_sd_s(landed, landed_rough_s),
        left_sd_s(left, left_rough_s),
        view.near_side in landed,
    )


def _by_landmarks(run: Run, convention: Convention) -> tuple[Contact, ...]:
    if run.view.kind == "side":
        return find_contacts(
            run.t_s, run.level_px, run.rhythm, run.view, run.unit_px, convention.events
        )
    return find_rear_contacts(
        run.t_s,
        run.level_px,
        run.rhythm,
        run.unit_px,
        convention.rear,
        from_front=run.view.kind == "front",
    )
