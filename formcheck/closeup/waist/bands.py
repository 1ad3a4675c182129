"""Two bands across the trunk: where they are expected, and how far each of their pictures turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.closeup.mean import mean_patch
from formcheck.closeup.pictures import Picture, every_nth
from formcheck.closeup.register import Extent, Grid, Pose
from formcheck.landmarks import mid_hip, mid_shoulder
from formcheck.types import Contact, Floats, PoseTrack


class Band(NamedTuple):
    """A band across the trunk, in trunk lengths: from and to above the hips, half its width."""

    low: float
    high: float
    half_width: float


# Where markers for pelvic drop are put, on the spines of the pelvis; and the shoulder blades.
WAIST: Final = Band(0.05, 0.35, 0.25)
BACK: Final = Band(0.5, 0.8, 0.25)

# Frames this near the middle of a contact.
NEAR_S = 0.025
FEWEST_STEPS = 3
# More steps would tell little more, and cost time.
MOST_STEPS = 16
SMALLEST_TRUNK_PX = 60.0
# A runner who gets larger or smaller by more is not laid over himself.
STEADY = 0.08
# What counts as the band's length, in trunk lengths.
UNIT_SHARE = 0.3
# How far the waist usually turns, as a first guess.
USUAL_TURN_DEG = {WAIST: 4.0, BACK: 0.0}
# No pelvis turns farther.
MOST_TURN_DEG = 12.0


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """The frames in which a band is looked at, and where it is expected.

    Attributes
    ----------
    band : Band
        What is looked at.
    length_px : float
        A third of the trunk's length.
    t_s, middle_s : (N,) float
        Time of the frame, and middle of the contact that it belongs to; in order.
    left : (N,) bool
        Whether the left foot stands.
    place_px : (N, 2) float
        The middle of the band.
    between : (N,) bool
        Whether it is not a contact but halfway to it from the one before; `middle_s` is that
        instant, and `left` tells whether the left foot lands next. These come last.
    """

    band: Band
    length_px: float
    t_s: Floats
    middle_s: Floats
    left: NDArray[np.bool_]
    place_px: Floats
    between: NDArray[np.bool_]


def where_to_look(track: PoseTrack, contacts: Sequence[Contact]) -> dict[Band, Spots] | None:
    """Plan the looks; None with few contacts, and for a runner who is small or does not stay so.

    The waist is looked at between the contacts as well.

    Parameters
    ----------
    track : PoseTrack
        Landmarks at true times, legs told apart.
    contacts : sequence of Contact
        When both feet land and leave.
    """
    whole = [c for c in contacts if np.isfinite(c.toe_off_s - c.initial_contact_s)][:MOST_STEPS]
    lefts = sum(c.side == "left" for c in whole)
    if min(lefts, len(whole) - lefts) < FEWEST_STEPS:
        return None
    hip, shoulder = mid_hip(track.xy_px), mid_shoulder(track.xy_px)
    trunk_px = np.linalg.norm(shoulder - hip, axis=1)
    middle_s = np.array([(c.initial_contact_s + c.toe_off_s) / 2 for c in whole])
    left = np.array([c.side == "left" for c in whole])
    half_step_s = float(np.median(np.diff(np.sort(middle_s)))) / 2
    seen = np.isfinite(trunk_px)
    stands, number = _near(track.t_s, middle_s, seen)
    apart, next_one = _near(track.t_s, middle_s - half_step_s, seen)
    if not stands.size:
        return None
    usual_px = float(np.median(trunk_px[stands]))
    tenth, nine_tenths = np.percentile(trunk_px[stands], (10, 90))
    if usual_px < SMALLEST_TRUNK_PX or nine_tenths - tenth > STEADY * usual_px:
        return None

    def spots(band: Band, frames: NDArray[np.intp], of: NDArray[np.intp], at_s: Floats) -> Spots:
        up_px = (band.low + band.high) / 2 * usual_px
        return Spots(
            band,
            UNIT_SHARE * usual_px,
            track.t_s[frames],
            at_s,
            left[of],
            hip[frames] - [0.0, up_px],
            np.arange(frames.size) >= stands.size,
        )

    both, of_both = np.append(stands, apart), np.append(number, next_one)
    at_s = np.append(middle_s[number], middle_s[next_one] - half_step_s)
    return {
        WAIST: spots(WAIST, both, of_both, at_s),
        BACK: spots(BACK, stands, number, middle_s[number]),
    }


def _near(
    t_s: Floats, at_s: Floats, seen: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the frames near each instant that show the trunk, and the number of the instant."""
    frame_s = float(np.median(np.diff(t_s)))
    every = every_nth(frame_s)
    frames, numbers = [], []
    for number, instant_s in enumerate(at_s):
        near = np.abs(t_s - instant_s) < max(NEAR_S, 0.51 * frame_s)
        found = np.flatnonzero(near & seen)[::every]
        frames += found.tolist()
        numbers += [number] * found.size
    return np.array(frames, np.intp), np.array(numbers, np.intp)


def turns_of(spots: Spots, pictures: Mapping[int, Picture]) -> dict[int, float]:
    """Return how far the band's picture is turned, clockwise in degrees, by the sample's number.

    Against the mean picture; samples that are not like it, or turned as no trunk is, are left out.
    """
    band = spots.band
    half = (band.high - band.low) / 2 / UNIT_SHARE
    extent = Extent(band.half_width / UNIT_SHARE, half, half)
    grid = Grid(np.array([spots.length_px, 0.0]), extent)
    usual = np.radians(USUAL_TURN_DEG[band])
    turned_rad = np.where(spots.left, usual, -usual) * ~spots.between
    guess = {n: Pose(spots.place_px[n], float(turned_rad[n])) for n in pictures}
    if len(guess) < FEWEST_STEPS:
        return {}
    _, found = mean_patch(grid, pictures, guess)
    turned = {n: float(np.degrees(pose.turn)) for n, pose in found.items()}
    return {n: deg for n, deg in turned.items() if abs(deg) <= MOST_TURN_DEG}
