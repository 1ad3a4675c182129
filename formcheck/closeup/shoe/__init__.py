"""Follow the shoe's own pixels through its landings, far finer than a pose network's points.

A network's heel and toe stray by a centimetre or two, always in the same way at the same phase of
the stride, so no averaging over strides removes it. The shoe itself is a rigid textured thing that
lies still on the belt for a while: its mean picture there is laid over every frame of the landing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from formcheck.closeup.pictures import cut_pictures
from formcheck.closeup.shoe.follow import follow_foot
from formcheck.closeup.shoe.follow import follow_toes as follow_toes_of
from formcheck.closeup.shoe.look import where_to_look
from formcheck.closeup.shoe.toes import where_to_look_at_toes
from formcheck.landmarks import SIDES, Side
from formcheck.types import Contact, PoseTrack, ShoePath, ToePath
from formcheck.video import ClipInfo

__all__ = ["follow_shoes", "follow_toes"]


def follow_shoes(
    clip: ClipInfo, track: PoseTrack, contacts: Sequence[Contact], *, slower: float = 1.0
) -> tuple[ShoePath, ...]:
    """Follow both shoes of a runner seen from the side through their landings.

    Parameters
    ----------
    clip : ClipInfo
        The clip; frames that are not kept are decoded again.
    track : PoseTrack
        Landmarks at true times, legs told apart.
    contacts : sequence of Contact
        Roughly when the feet land and leave.
    slower : float
        How many times slower than life the clip plays.

    Returns
    -------
    tuple of ShoePath
        At most one a foot; none for a foot that lands too seldom or is not seen well.

    Raises
    ------
    ClipError
        If the clip cannot be read (any more).
    """
    looks = [look for side in SIDES if (look := where_to_look(track, contacts, side)) is not None]
    if not looks:
        return ()
    pictures = cut_pictures(clip, looks, float(np.median(np.diff(track.t_s))), slower)
    # One after the other: it is many short steps of numpy, which threads only slow down.
    paths = [follow_foot(look, cut) for look, cut in zip(looks, pictures, strict=True)]
    return tuple(path for path in paths if path is not None)


def follow_toes(
    clip: ClipInfo,
    track: PoseTrack,
    contacts: Sequence[Contact],
    side: Side,
    *,
    slower: float = 1.0,
) -> ToePath | None:
    """Follow the toes of one foot from the flat foot until after they left the belt.

    Parameters
    ----------
    clip, track, slower
        As for `follow_shoes`.
    contacts : sequence of Contact
        When the feet land and roughly leave.
    side : {"left", "right"}
        The near foot: before the far one leaves, the near leg hides it.

    Returns
    -------
    ToePath or None
        None for a foot that leaves too seldom or is not seen well.

    Raises
    ------
    ClipError
        If the clip cannot be read (any more).
    """
    look = where_to_look_at_toes(track, contacts, side)
    if look is None:
        return None
    (pictures,) = cut_pictures(clip, [look], float(np.median(np.diff(track.t_s))), slower)
    return follow_toes_of(look, pictures)
