"""Where and when to look for a shoe: from rough contacts and the network's heel and toe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formcheck.closeup.pictures import every_nth
from formcheck.closeup.register import Extent
from formcheck.landmarks import Side, index
from formcheck.types import Contact, Floats, PoseTrack

# Frames of a landing: from so long before it until this share of the contact.
BEFORE_S = 0.09
UNTIL_SHARE = 0.5
# Shares of the contact between which the foot lies flat, and those between which the network's
# points tell where: a little more, for they are many and noisy.
FLAT = (0.29, 0.49)
ROUGHLY_FLAT = (0.26, 0.52)
FEWEST_LANDINGS = 3
# More frames would tell little more, and cost time: so many landings at this rate, more at lower
# ones.
MOST_LANDINGS, OF_HZ = 8, 60.0
USUAL_CONTACT_S = 0.25
# And what share of a stride that is.
USUAL_SHARE = 0.36
SMALLEST_FOOT_PX = 12.0
# The part of the picture that is compared, in foot lengths about the middle of the foot: half of
# it along the sole, and below and above the line from heel to toe.
COMPARED = Extent(along=0.75, below=0.3, above=0.42)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """The frames in which one shoe lands, and where it is expected if it lay flat all the time.

    Attributes
    ----------
    side : {"left", "right"}
        The foot.
    sole_px : (2,) float
        From heel to toe while the foot lies flat.
    velocity_px : (2,) float
        How the planted foot goes through the picture, in pixels a second.
    landing_s, t_s : (N,) float
        Rough time of the landing, and time of the frame, for each sample; in order.
    place_px : (N, 2) float
        The middle of the planted foot, carried on by its velocity.
    flat : (N,) bool
        Whether the foot surely lies flat.
    seen_px : (N, 2) float
        Where the network sees the middle of the foot, NaN where it does not.
    seen_turn : (N,) float
        How the network sees it turned against the flat foot, clockwise, in radians.
    compared : Extent
        The part of the picture that is compared, about the place.
    """

    side: Side
    sole_px: Floats
    velocity_px: Floats
    landing_s: Floats
    t_s: Floats
    place_px: Floats
    flat: NDArray[np.bool_]
    seen_px: Floats
    seen_turn: Floats
    compared: Extent = COMPARED

    @property
    def length_px(self) -> float:
        """The foot's length."""
        return float(np.linalg.norm(self.sole_px))


def where_to_look(track: PoseTrack, contacts: Sequence[Contact], side: Side) -> Look | None:
    """Plan the looks at one foot; None with fewer than three landings or too small a foot.

    Parameters
    ----------
    track : PoseTrack
        Landmarks at true times, legs told apart.
    contacts : sequence of Contact
        Roughly when both feet land and leave.
    side : {"left", "right"}
        The foot.
    """
    t_s = track.t_s

    def in_clip(one: Contact, contact_s: float) -> bool:
        landing_s = one.initial_contact_s
        return bool(
            t_s[0] <= landing_s - BEFORE_S and landing_s + UNTIL_SHARE * contact_s <= t_s[-1]
        )

    planted = planted_feet(track, contacts, side, in_clip)
    if planted is None:
        return None
    size_px = np.array([track.width_px, track.height_px], float)
    every = every_nth(planted.frame_s)
    parts = []
    for one in planted.feet:
        until_s = one.landing_s + UNTIL_SHARE * planted.contact_s + planted.frame_s / 2
        seen = t_s[(t_s >= one.landing_s - BEFORE_S) & (t_s <= until_s)][::every]
        place_px = planted.carried_px(one, seen)
        there = ((place_px >= 0) & (place_px <= size_px)).all(axis=1)
        seen, place_px = seen[there], place_px[there]
        flat = surely_flat(seen, one.landing_s, planted.contact_s, planted.frame_s)
        flat &= inside(place_px, planted.sole_px, size_px, COMPARED)
        if not flat.any():
            continue
        parts.append((np.full(seen.size, one.landing_s), seen, place_px, flat))
    if len(parts) < FEWEST_LANDINGS:
        return None
    landing_s, seen_s, place_px, flat = (np.concatenate(rows) for rows in zip(*parts, strict=True))
    heel_px, toe_px, seen_turn = as_seen(track, side, planted.sole_px, seen_s)
    return Look(
        side,
        planted.sole_px,
        planted.velocity_px,
        landing_s,
        seen_s,
        place_px,
        flat.astype(bool),
        (heel_px + toe_px) / 2,
        seen_turn,
    )


def about_contact_s(lengths_s: Floats, apart_s: Floats) -> float:
    """Return about how long the foot is down: half by its leavings, which are told badly."""
    usual_s = USUAL_SHARE * float(np.median(apart_s)) if apart_s.size else USUAL_CONTACT_S
    seen_s = float(np.nanmedian(lengths_s)) if np.isfinite(lengths_s).any() else usual_s
    return (seen_s + usual_s) / 2


def as_seen(
    track: PoseTrack, side: Side, sole_px: Floats, at_s: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return (N, 2) heels, (N, 2) toes and (N,) turns of a foot as the network sees it."""
    frames = np.searchsorted(track.t_s, at_s - 1e-9)
    heel_px, toe_px = (track.xy_px[frames, index(name, side)] for name in ("heel", "toe"))
    along = toe_px - heel_px
    turn = np.arctan2(along[:, 1], along[:, 0]) - np.arctan2(sole_px[1], sole_px[0])
    return heel_px, toe_px, (turn + np.pi) % (2 * np.pi) - np.pi


@dataclass(frozen=True, slots=True, eq=False)
class PlantedFoot:
    """What the network's points tell of one planted foot: (F,) times and (F, 2) middles of it."""

    landing_s: float
    leaving_s: float
    flat_s: Floats
    middle_px: Floats
    sole_px: Floats
    velocity_px: Floats


@dataclass(frozen=True, slots=True, eq=False)
class PlantedFeet:
    """One side's planted feet, and how all of them lie and go through the picture.

    Attributes
    ----------
    feet : sequence of PlantedFoot
    contact_s : float
        About how long a foot is down.
    frame_s : float
        From one frame to the next.
    sole_px, velocity_px : (2,) float
        From heel to toe, and in pixels a second: medians of the feet.
    """

    feet: Sequence[PlantedFoot]
    contact_s: float
    frame_s: float
    sole_px: Floats
    velocity_px: Floats

    def carried_px(self, one: PlantedFoot, at_s: Floats, ahead: float = 0.0) -> Floats:
        """Return (N, 2) a point of one of the feet, carried on by the velocity of all.

        It lies `ahead` of the foot's middle, in foot lengths.
        """
        moved_px = self.velocity_px * (one.flat_s - one.landing_s)[:, None]
        flat_px = np.mean(one.middle_px - moved_px, 0) + ahead * self.sole_px
        return np.asarray(flat_px + self.velocity_px * (at_s - one.landing_s)[:, None])


def planted_feet(
    track: PoseTrack,
    contacts: Sequence[Contact],
    side: Side,
    in_clip: Callable[[Contact, float], bool],
) -> PlantedFeet | None:
    """Return the planted feet that a look may be at; None with fewer than three or too small ones.

    Parameters
    ----------
    track : PoseTrack
        Landmarks at true times, legs told apart.
    contacts : sequence of Contact
        Roughly when both feet land and leave.
    side : {"left", "right"}
        The foot.
    in_clip : callable
        Whether what is looked at of a contact, which lasts about so many seconds, was filmed.
    """
    own = [c for c in contacts if c.side == side and np.isfinite(c.initial_contact_s)]
    lengths = np.array([c.toe_off_s - c.initial_contact_s for c in own])
    contact_s = about_contact_s(lengths, np.diff([c.initial_contact_s for c in own]))
    frame_s = float(np.median(np.diff(track.t_s)))
    most = int(np.ceil(MOST_LANDINGS * max(1.0, OF_HZ * frame_s)))
    feet = [
        foot
        for c in own
        if in_clip(c, contact_s) and (foot := planted_foot(track, c, contact_s)) is not None
    ][:most]
    if len(feet) < FEWEST_LANDINGS:
        return None
    sole_px = np.median([one.sole_px for one in feet], axis=0)
    if np.linalg.norm(sole_px) < SMALLEST_FOOT_PX:
        return None
    velocity_px = np.median([one.velocity_px for one in feet], axis=0)
    return PlantedFeet(feet, contact_s, frame_s, sole_px, velocity_px)


def planted_foot(track: PoseTrack, contact: Contact, contact_s: float) -> PlantedFoot | None:
    """Return what is seen of one planted foot, None with fewer than two frames of it."""
    landing_s = contact.initial_contact_s
    heel, toe = (track.xy_px[:, index(name, contact.side)] for name in ("heel", "toe"))
    part = (track.t_s - landing_s) / contact_s
    planted = (part > ROUGHLY_FLAT[0]) & (part < ROUGHLY_FLAT[1])
    planted &= np.isfinite(heel + toe).all(axis=1)
    if planted.sum() < 2:
        return None
    flat_s, middle_px = track.t_s[planted], (heel + toe)[planted] / 2
    lag_s = flat_s - flat_s.mean()
    return PlantedFoot(
        landing_s,
        contact.toe_off_s,
        flat_s,
        middle_px,
        (toe - heel)[planted].mean(axis=0),
        lag_s @ middle_px / (lag_s @ lag_s),
    )


def surely_flat(
    t_s: Floats, landing_s: float, contact_s: float, frame_s: float
) -> NDArray[np.bool_]:
    """Return in which frames the foot surely lies flat: at least two, also at low frame rates."""
    middle, half = sum(FLAT) / 2 * contact_s, (FLAT[1] - FLAT[0]) / 2 * contact_s
    return np.asarray(np.abs(t_s - landing_s - middle) <= max(half, 1.02 * frame_s))


def inside(
    place_px: Floats, sole_px: Floats, size_px: Floats, compared: Extent
) -> NDArray[np.bool_]:
    """Return where the whole of what is compared lies in the picture, so that it can be learnt."""
    up = np.array([sole_px[1], -sole_px[0]]) * (-1 if sole_px[0] < 0 else 1)
    corners = [
        a * sole_px + b * up
        for a in (-compared.along, compared.along)
        for b in (-compared.below, compared.above)
    ]
    at_px = place_px[:, None] + np.array(corners)
    return np.asarray(((at_px >= 0) & (at_px <= size_px)).all(axis=(1, 2)))
