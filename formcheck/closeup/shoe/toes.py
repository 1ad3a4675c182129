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
    Look,
    PlantedFeet,
    PlantedFoot,
    as_seen,
    inside,
    planted_feet,
    surely_flat,
)
from formcheck.landmarks import Side
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

    def in_clip(one: Contact, _contact_s: float) -> bool:
        return bool(one.initial_contact_s >= t_s[0] and one.toe_off_s + AFTER_S <= t_s[-1])

    planted = planted_feet(track, contacts, side, in_clip)
    if planted is None:
        return None
    parts = [_leaving(track, planted, one) for one in planted.feet]
    leaving_s, seen_s, carried_px, flat = (
        np.concatenate(rows) for rows in zip(*parts, strict=True)
    )
    flat = flat.astype(bool)
    _, toe_px, seen_turn = as_seen(track, side, planted.sole_px, seen_s)
    seen_px = toe_px - (TOE_AHEAD - AHEAD) * planted.sole_px
    known = np.isfinite(seen_px).all(axis=1, keepdims=True)
    return Look(
        side,
        planted.sole_px,
        planted.velocity_px,
        leaving_s,
        seen_s,
        np.where(flat[:, None] | ~known, carried_px, seen_px),
        flat,
        seen_px,
        TURN_SHARE * seen_turn,
        COMPARED,
    )


def _leaving(
    track: PoseTrack, planted: PlantedFeet, one: PlantedFoot
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return rough leaving, times, places on the belt and whether flat for a leaving's frames."""
    t_s, sole_px = track.t_s, planted.sole_px
    from_s = one.landing_s + FROM_SHARE * planted.contact_s
    every = every_nth(planted.frame_s)
    seen = t_s[(t_s >= from_s) & (t_s <= one.leaving_s + AFTER_S)][::every]
    place_px = planted.carried_px(one, seen, AHEAD)
    flat = surely_flat(seen, one.landing_s, planted.contact_s, planted.frame_s)
    flat &= inside(place_px, sole_px, np.array([track.width_px, track.height_px], float), COMPARED)
    return np.full(seen.size, one.leaving_s), seen, place_px, flat.astype(float)
