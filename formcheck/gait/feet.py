"""When both feet land and leave: by the landmarks, and landings by the shoes' own pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from formcheck.conventions import Convention
from formcheck.gait.events import find_contacts
from formcheck.gait.landed import Landed, read_landings
from formcheck.gait.landing import agreeing, land, landed_sd_s, within
from formcheck.gait.rear_events import find_rear_contacts
from formcheck.gait.run import Run
from formcheck.landmarks import Side
from formcheck.types import Contact, PoseTrack, ShoePath

Follow = Callable[[PoseTrack, Sequence[Contact]], Sequence[ShoePath]]


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
    by_shoe : bool
        Whether the near foot's landings are read from its shoe.
    """

    contacts: tuple[Contact, ...]
    shoes: Mapping[Side, ShoePath]
    landed_sd_s: dict[Side, float]
    by_shoe: bool


def find_feet(run: Run, convention: Convention, follow: Follow | None) -> Feet:
    """Find when the feet land and leave.

    Parameters
    ----------
    run : Run
        The runner.
    convention : Convention
        How contacts are read from the landmarks.
    follow : callable or None
        Follows the shoes of a runner seen from the side, given rough contacts.
    """
    view, stride_s = run.view, run.stride_s
    contacts = _by_landmarks(run, convention)
    shoes: dict[Side, ShoePath] = {}
    landed: Mapping[Side, Landed] = {}
    if follow is not None and view.near_side is not None:
        shoes = {path.side: path for path in follow(run.cleaned.track, contacts)}
        read = {side: read_landings(path, view) for side, path in shoes.items()}
        known = {side: landings for side, landings in read.items() if landings is not None}
        landed = agreeing(contacts, known, stride_s, view.near_side)
        contacts = land(contacts, landed, stride_s, view.near_side)
        contacts = within(contacts, run.t_s)
    rough_s = convention.events["initial_contact"].sd_s
    return Feet(contacts, shoes, landed_sd_s(landed, rough_s), view.near_side in landed)


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
