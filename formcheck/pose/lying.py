"""Whether a picture lies on its side or upside down, told by which way the body in it points."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from formcheck.pose.network import Network
from formcheck.pose.people import looks_at
from formcheck.types import Floats
from formcheck.video import ClipInfo, ClipReader, Frame

LOOKS: Final = 5
_QUARTER_RAD: Final = np.pi / 2
_MOST_OFF_RAD: Final = 0.6
_MOST_AGREE: Final = 0.7


def lying_turn(
    clip: ClipInfo, span_s: tuple[float, float], detector: Network, network: Network
) -> int:
    """Return the clockwise turn, in degrees, that would make a clip's picture upright.

    Zero where the body stands, where nobody is seen, or where a few looks over the clip disagree:
    the networks find a body whichever way up it is, and tell where its head is.

    Parameters
    ----------
    clip : ClipInfo
    span_s : (float, float)
        First and last time of the part that is looked at, on the clip's own clock.
    detector, network : Network
        As for `formcheck.pose.people.follow_people`.
    """
    directions = [
        angle
        for frame in _some_frames(clip, span_s)
        if (angle := _direction(frame, detector, network)) is not None
    ]
    return turn_for(np.array(directions))


def turn_for(directions_rad: Floats) -> int:
    """Return the clockwise turn in degrees that rights bodies with these directions (N,).

    A direction is 0 for a body that stands, positive where it was turned clockwise.
    """
    if directions_rad.size < LOOKS // 2 + 1:
        return 0
    quarters = np.round(directions_rad / _QUARTER_RAD)
    near = np.abs(directions_rad - quarters * _QUARTER_RAD) < _MOST_OFF_RAD
    counts = np.bincount((quarters[near] % 4).astype(int), minlength=4)
    lying = int(counts.argmax())
    if counts[lying] < _MOST_AGREE * directions_rad.size:
        return 0
    return -90 * lying % 360


def _some_frames(clip: ClipInfo, span_s: tuple[float, float]) -> Iterable[Frame]:
    """Yield a few frames spread evenly over a part."""
    first_s, last_s = span_s
    wanted = iter(np.linspace(first_s, last_s, LOOKS + 2)[1:-1].tolist())
    due_s = next(wanted, np.inf)
    with ClipReader(clip, first_s, last_s) as frames:
        for frame in frames:
            if frame.t_s >= due_s:
                due_s = next(wanted, np.inf)
                yield frame


def _direction(frame: Frame, detector: Network, network: Network) -> float | None:
    """Return which way the largest body of a frame points, in radians; None where there is none."""
    found = looks_at(frame, detector, network)
    return max(found, key=lambda look: look[1])[0] if found else None
