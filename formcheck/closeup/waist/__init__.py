"""Follow a runner's waist and back by their own pixels in a view from behind.

A pose network's hips stay level while the pelvis drops: it draws them where hips usually are. The
picture of the waist turns with the pelvis, as far as what is worn there does. How far the back
turns beside it tells a tight waist from a top that hangs from the shoulders.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from formcheck.closeup.pictures import cut_pictures
from formcheck.closeup.waist.bands import BACK, WAIST, turns_of, where_to_look
from formcheck.types import Contact, PoseTrack, WaistPath
from formcheck.video import ClipInfo

__all__ = ["follow_waist"]


def follow_waist(
    clip: ClipInfo, track: PoseTrack, contacts: Sequence[Contact], *, slower: float = 1.0
) -> WaistPath | None:
    """Follow waist and back of a runner seen from behind through the middles of the contacts.

    Parameters
    ----------
    clip : ClipInfo
        The clip; frames that are not kept are decoded again.
    track : PoseTrack
        Landmarks at true times, legs told apart.
    contacts : sequence of Contact
        When the feet land and leave.
    slower : float
        How many times slower than life the clip plays.

    Returns
    -------
    WaistPath or None
        None with fewer than three contacts of either foot, for a runner who is small in the picture
        or gets nearer or farther, and where waist or back are not alike from step to step.

    Raises
    ------
    ClipError
        If the clip cannot be read (any more).
    """
    bands = where_to_look(track, contacts)
    if bands is None:
        return None
    looks = [bands[WAIST], bands[BACK]]
    pictures = cut_pictures(clip, looks, float(np.median(np.diff(track.t_s))), slower)
    waist, back = (turns_of(look, cut) for look, cut in zip(looks, pictures, strict=True))
    both = sorted(waist.keys() & back.keys())
    if not both:
        return None
    seen = looks[0]
    apart = sorted(n for n in waist if seen.between[n])
    return WaistPath(
        seen.t_s[both],
        seen.middle_s[both],
        seen.left[both],
        np.array([waist[n] for n in both]),
        np.array([back[n] for n in both]),
        seen.middle_s[apart],
        seen.left[apart],
        np.array([waist[n] for n in apart]),
    )
