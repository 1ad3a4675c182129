"""When and how one foot lands, read from the path of its shoe (`formcheck.closeup.shoe`).

Against the belt that carries it, a shoe falls and then rests; `formcheck.gait.touchdown` tells when
it first touches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from formcheck.gait.calibration import table
from formcheck.gait.shoe_path import FEWEST_LANDINGS, Belt, against_belt, belt_of
from formcheck.gait.touchdown import FALL_LOOK_S, Fall, first_touch
from formcheck.landmarks import Side
from formcheck.types import ShoePath, View

# Of a landing that counts the fall was followed for so long.
FALL_SEEN_S = 0.015
# A longer time without a sample hides the landing.
LARGEST_GAP_S = 0.036
# How well a single landing is told.
SINGLE_SD_S = 0.004


@dataclass(frozen=True, slots=True, eq=False)
class Landed:
    """What the shoe's path tells of the landings of one foot.

    Attributes
    ----------
    lag_s : float
        How much later than the rough landings the foot touches down.
    foot_deg : mapping of float to float
        Angle of the sole against the belt when it touches down, toes up positive, by the rough
        time of the landing.
    sd_s : float
        Standard uncertainty of the lag.
    instead : Landed or None
        The same by the other end of the shoe, where that stops falling soon after and far more
        clearly.
    """

    side: Side
    lag_s: float
    foot_deg: Mapping[float, float]
    sd_s: float = SINGLE_SD_S
    instead: Landed | None = None


def read_landings(path: ShoePath, view: View) -> Landed | None:
    """Read when and how a foot lands; None where its path shows no clear touch-down.

    Parameters
    ----------
    path : ShoePath
        Of one foot.
    view : View
        A side view.
    """
    belt = belt_of(path)
    if belt is None:
        return None
    fall = against_belt(path, belt, view)
    touch = first_touch(fall)
    if touch is None:
        return None
    landed = _landed(path, belt, fall, touch.lag_s, touch.sd_s)
    if landed is None or touch.instead_s is None:
        return landed
    return replace(landed, instead=_landed(path, belt, fall, touch.instead_s, touch.sd_s))


def _landed(path: ShoePath, belt: Belt, fall: Fall, lag_s: float, sd_s: float) -> Landed | None:
    """Return the landings at a lag, None where too few of them were seen around it."""
    angles = {}
    for landing_s in belt.single_px:
        own = (path.landing_s == landing_s) & np.isfinite(fall.foot_deg)
        if not own.any():
            continue
        if fall.lag_s[own].min() <= lag_s - FALL_SEEN_S and lag_s <= fall.lag_s[own].max():
            angles[landing_s] = float(np.interp(lag_s, fall.lag_s[own], fall.foot_deg[own]))
    gap_s = _largest_gap_s(fall, lag_s)
    if len(angles) < FEWEST_LANDINGS or gap_s > LARGEST_GAP_S:
        return None
    gaps_s = table()["landing"]["sd_gaps"] * gap_s
    return Landed(path.side, lag_s, angles, float(np.hypot(sd_s, gaps_s)))


def _largest_gap_s(fall: Fall, about_s: float) -> float:
    """Return the longest time near a touch-down at which no landing has a sample.

    Where a stride takes a whole number of frames all landings are seen at the same instants.
    """
    lag_s = fall.lag_s[np.isfinite(fall.heel)]
    return float(np.diff(np.sort(lag_s[np.abs(lag_s - about_s) < FALL_LOOK_S])).max(initial=0.0))
