"""Where and when to look for the toes of a shoe: from the flat foot until they have left the belt.

A shoe bends at the ball as its heel rises. The toes go on lying on the belt, so only their part of
the picture is followed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from formcheck.closeup.pictures import every_nth
from formcheck.closeup.register import Extent
from formcheck.closeup.shoe.look import (
    FEWEST_LANDINGS,
    MOST_LANDINGS,
    OF_HZ,
    SMALLEST_FOOT_PX,
    Look,
    PlantedFoot,
    about_contact_s,
    inside,
    planted_foot,
    surely_flat,
)
from formcheck.landmarks import Side, index
from formcheck.types import Contact, Floats, PoseTrack

# Frames of a leaving: from this share of the contact until so long after the rough leaving.
FROM_SHARE = 0.25
AFTER_S = 0.09
# Middle of what is followed, and of the network's toe, ahead of the foot's middle; in its lengths.
AHEAD, TOE_AHEAD = 0.44, 0.5
COMPARED = Extent(along=0.24, below=0.18, above=0.28)
# The toes turn less than the foot does, by about this share.
TURN_SHARE = 0.55


def where_to_look_at_toes(track: PoseTrack, contacts: Sequence[Contact], side: Side) -> Look | None:
    """Plan the looks at the toes of one foot; None with fewer than three leavings or a small foot.

    Parameters
    ----------
    track : PoseTrack
        Landmarks at true times, legs told apart.
    contacts : sequence of Contact
        When both feet land and roughly leave.
    side : {"left", "right"}
        The foot.

    Returns
    -------
    Look or None
        Its `landing_s` are the rough times of the leavings.
    """
    t_s = track.t_s
    own = [c for c in contacts if c.side == side and np.isfinite(c.initial_contact_s)]
    lengths = np.array([c.toe_off_s - c.initial_contact_s for c in own])
    contact_s = about_contact_s(lengths, np.diff([c.initial_contact_s for c in own]))
    frame_s = float(np.median(np.diff(t_s)))
    most = int(np.ceil(MOST_LANDINGS * max(1.0, OF_HZ * frame_s)))
    leavings = [
        (planted, c.toe_off_s)
        for c in own
        if c.initial_contact_s >= t_s[0]
        and c.toe_off_s + AFTER_S <= t_s[-1]
        and (planted := planted_foot(track, side, c.initial_contact_s, contact_s)) is not None
    ][:most]
    if len(leavings) < FEWEST_LANDINGS:
        return None
    sole_px = np.median([one.sole_px for one, _ in leavings], axis=0)
    if np.linalg.norm(sole_px) < SMALLEST_FOOT_PX:
        return None
    velocity_px = np.median([one.velocity_px for one, _ in leavings], axis=0)
    parts = [
        _leaving(track, one, left_s, contact_s, (sole_px, velocity_px)) for one, left_s in leavings
    ]
    landing_s, seen_s, carried_px, flat = (
        np.concatenate(rows) for rows in zip(*parts, strict=True)
    )
    flat = flat.astype(bool)
    seen_px, seen_turn = _as_seen(track, side, sole_px, seen_s)
    known = np.isfinite(seen_px).all(axis=1, keepdims=True)
    place_px = np.where(flat[:, None] | ~known, carried_px, seen_px)
    return Look(
        side,
        sole_px,
        velocity_px,
        landing_s,
        seen_s,
        place_px,
        flat,
        seen_px,
        TURN_SHARE * seen_turn,
        COMPARED,
    )


def _leaving(
    track: PoseTrack,
    one: PlantedFoot,
    left_s: float,
    contact_s: float,
    flat_foot: tuple[Floats, Floats],
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return rough leaving, times, places on the belt and whether flat for the frames of a leaving.

    `flat_foot` is the direction from heel to toe and the velocity of the planted foot, in pixels.
    """
    sole_px, velocity_px = flat_foot
    t_s = track.t_s
    frame_s = float(np.median(np.diff(t_s)))
    from_s = one.landing_s + FROM_SHARE * contact_s
    seen = t_s[(t_s >= from_s) & (t_s <= left_s + AFTER_S)][:: every_nth(frame_s)]
    flat_px = np.mean(one.middle_px - velocity_px * (one.flat_s - one.landing_s)[:, None], 0)
    place_px = flat_px + AHEAD * sole_px + velocity_px * (seen - one.landing_s)[:, None]
    flat = surely_flat(seen, one.landing_s, contact_s, frame_s)
    flat &= inside(place_px, sole_px, np.array([track.width_px, track.height_px], float), COMPARED)
    return np.full(seen.size, left_s), seen, place_px, flat.astype(float)


def _as_seen(track: PoseTrack, side: Side, sole_px: Floats, at_s: Floats) -> tuple[Floats, Floats]:
    """Return (N, 2) places of the toes and (N,) turns of the foot as the network sees them."""
    frames = np.searchsorted(track.t_s, at_s - 1e-9)
    heel, toe = (track.xy_px[frames, index(name, side)] for name in ("heel", "toe"))
    along = toe - heel
    turn = np.arctan2(along[:, 1], along[:, 0]) - np.arctan2(sole_px[1], sole_px[0])
    return toe - (TOE_AHEAD - AHEAD) * sole_px, (turn + np.pi) % (2 * np.pi) - np.pi
