"""When and how a foot lands, read from the path of its shoe (`formcheck.closeup.shoe`).

Against the belt that carries it, a shoe falls and then rests; `formcheck.gait.touchdown` tells when
it first touches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from formcheck.gait.belt import BeltLine
from formcheck.gait.body import to_body, x_sign
from formcheck.gait.calibration import table
from formcheck.gait.touchdown import BALL, FALL_LOOK_S, Fall, first_touch
from formcheck.landmarks import SIDES, Side, other
from formcheck.types import Contact, Floats, ShoePath, View

FEWEST_LANDINGS = 3
# Of a landing that counts the fall was followed for so long.
FALL_SEEN_S = 0.015
# A longer time without a sample hides the landing.
LARGEST_GAP_S = 0.036
# How well a single landing is told.
SINGLE_SD_S = 0.004
# A foot that goes slower than this, in foot lengths a second, is on no belt.
STILL = 2.0
# How well a flat shoe's place is known at best.
PLACE_SD_PX = 0.05
# Feet that seem to land farther off half a stride apart than this were not both read well.
FARTHEST_APART_S = 0.015
# Unless the landmarks show about as much of it, which are tied to half a stride themselves.
LIMP_SHARE = (0.4, 1.3)
# How well a foot's landings are known that were taken from the other foot's.
UNREAD_SD_S, UNREAD_LARGEST_SD_S = 0.02, 0.045


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


def agreeing(
    contacts: Sequence[Contact], landed: Mapping[Side, Landed], stride_s: float, near: Side
) -> Mapping[Side, Landed]:
    """Return the landings of both feet, one of them by its other end where only so they agree.

    A shoe that was lost for a moment in the air seems to stop falling there.
    """
    if len(landed) < len(SIDES) or _agree(contacts, landed, stride_s, near):
        return landed
    for side in (near, other(near)):
        instead = landed[side].instead
        if instead is not None:
            tried = {**landed, side: instead}
            if _agree(contacts, tried, stride_s, near):
                return tried
    return landed


def _agree(
    contacts: Sequence[Contact], landed: Mapping[Side, Landed], stride_s: float, near: Side
) -> bool:
    """Tell whether both feet land half a stride apart, as far as legs differ."""
    lag_s = {side: one.lag_s for side, one in landed.items()}
    return abs(_apart(contacts, lag_s, near, stride_s)) <= FARTHEST_APART_S


def _largest_gap_s(fall: Fall, about_s: float) -> float:
    """Return the longest time near a touch-down at which no landing has a sample.

    Where a stride takes a whole number of frames all landings are seen at the same instants.
    """
    lag_s = fall.lag_s[np.isfinite(fall.heel)]
    return float(np.diff(np.sort(lag_s[np.abs(lag_s - about_s) < FALL_LOOK_S])).max(initial=0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Belt:
    """How flat shoes go through the picture, in pixels a second, y down.

    Attributes
    ----------
    velocity_px : (2,) float
        Mean over the landings.
    sd_px : (2,) float
        Its standard error.
    single_px : mapping of float to (2,) float
        Of each landing, by its rough time: the mean, or as far from it as a hand that sways the
        camera brings it.
    """

    velocity_px: Floats
    sd_px: Floats
    single_px: Mapping[float, Floats]


def belt_of(path: ShoePath) -> Belt | None:
    """Return the belt's movement by a flat shoe; None with fewer than three landings.

    Single landings differ by the noise of the places and by the camera's own movement. They are
    drawn to their mean by the share of the first (random effects, DerSimonian and Laird 1986).
    """
    landings, velocities, squares, residuals, spare = [], [], [], [], 0
    for landing_s in np.unique(path.landing_s):
        own = path.flat & (path.landing_s == landing_s)
        if own.sum() < 2:
            continue
        lag_s, xy_px = path.t_s[own] - path.t_s[own].mean(), path.xy_px[own]
        velocity = lag_s @ xy_px / (lag_s @ lag_s)
        landings.append(float(landing_s))
        velocities.append(velocity)
        squares.append(float(lag_s @ lag_s))
        residuals.append(xy_px - xy_px.mean(axis=0) - np.outer(lag_s, velocity))
        spare += int(own.sum()) - 2
    if len(landings) < FEWEST_LANDINGS:
        return None
    single, square = np.array(velocities), np.array(squares)
    noise = np.sum(np.concatenate(residuals) ** 2, axis=0) / max(spare, 1)
    noise = np.maximum(noise, PLACE_SD_PX**2) / square[:, None]
    mean = square @ single / square.sum()
    camera = np.maximum(0.0, np.var(single, axis=0, ddof=1) - noise.mean(axis=0))
    drawn = mean + camera / (camera + noise) * (single - mean)
    sd = np.std(single, axis=0, ddof=1) / np.sqrt(len(landings))
    return Belt(mean, sd, dict(zip(landings, drawn, strict=True)))


def against_belt(path: ShoePath, belt: Belt, view: View) -> Fall:
    """Take the belt's movement out of a shoe's path: what is left is falling and turning.

    Samples of a landing of which the flat shoe was not followed are NaN.
    """
    foot_px = float(np.linalg.norm(path.sole_px))
    lag_s = path.t_s - path.landing_s
    moved_px, turn_deg = np.full(path.xy_px.shape, np.nan), np.full(lag_s.size, np.nan)
    for landing_s, velocity_px in belt.single_px.items():
        own = path.landing_s == landing_s
        moved = path.xy_px[own] - np.outer(lag_s[own], velocity_px)
        moved_px[own] = moved - moved[path.flat[own]].mean(axis=0)
        turn_deg[own] = path.turn_deg[own] - path.turn_deg[own & path.flat].mean()
    up = _up(path, belt)
    half_px = path.sole_px / 2
    cos, sin = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    turned_px = np.stack([cos * half_px[0] - sin * half_px[1], sin * half_px[0] + cos * half_px[1]])
    lever = (turned_px.T - half_px) @ up
    middle = moved_px @ up
    return Fall(
        lag_s,
        (middle - lever) / foot_px,
        (middle + (2 * BALL - 1) * lever) / foot_px,
        -x_sign(view) * turn_deg,
    )


def _up(path: ShoePath, belt: Belt) -> Floats:
    """Return the unit vector of the picture that is square to the belt, upwards.

    Off a treadmill planted feet stand still in the picture: then the sole tells.
    """
    moves = np.linalg.norm(belt.velocity_px) > STILL * np.linalg.norm(path.sole_px)
    along = belt.velocity_px if moves else path.sole_px
    up = np.array([along[1], -along[0]]) / float(np.linalg.norm(along))
    return np.asarray(up if up[1] < 0 else -up)


def land(
    contacts: Sequence[Contact], landed: Mapping[Side, Landed], stride_s: float, near: Side
) -> tuple[Contact, ...]:
    """Move initial contacts to where the shoes touch down.

    A foot that was not read, or the far one where it contradicts the near one, is moved to land
    half a stride after the other, with an uncertainty that says so; but where its landmarks tell
    the same as its shoe, the runner limps. Where neither was read the pictures are poor: recorded,
    blurred, and their landmarks settle late.
    """
    lag_s = {side: one.lag_s for side, one in landed.items()}
    sd_s = dict.fromkeys(landed, SINGLE_SD_S)
    if not landed:
        lag_s = dict.fromkeys(SIDES, -table()["landing"]["unread_late_s"])
    elif len(landed) == 1:
        (sure,) = landed
        lag_s[other(sure)] = lag_s[sure] - _apart(contacts, lag_s, sure, stride_s)
        sd_s[other(sure)] = UNREAD_SD_S
    elif abs(apart_s := _apart(contacts, lag_s, near, stride_s)) > FARTHEST_APART_S:
        by_landmarks_s = _apart(contacts, dict.fromkeys(SIDES, 0.0), near, stride_s)
        if not LIMP_SHARE[0] < by_landmarks_s / apart_s < LIMP_SHARE[1]:
            lag_s[other(near)] -= apart_s
            sd_s[other(near)] = max(UNREAD_SD_S, min(abs(apart_s), UNREAD_LARGEST_SD_S))
    angles = {side: one.foot_deg for side, one in landed.items()}
    return tuple(
        replace(
            contact,
            initial_contact_s=contact.initial_contact_s + lag_s[contact.side],
            initial_contact_sd_s=sd_s.get(contact.side, contact.initial_contact_sd_s),
            foot_deg=angles.get(contact.side, {}).get(contact.initial_contact_s, float("nan")),
        )
        for contact in contacts
    )


def within(contacts: Sequence[Contact], t_s: Floats) -> tuple[Contact, ...]:
    """Return contacts without the times that moved out of the clip."""
    kept = []
    for contact in contacts:
        inside = t_s[0] <= contact.initial_contact_s <= t_s[-1]
        known = contact if inside else replace(contact, initial_contact_s=float("nan"))
        if np.isfinite([known.initial_contact_s, known.toe_off_s]).any():
            kept.append(known)
    return tuple(kept)


def _apart(
    contacts: Sequence[Contact], lag_s: Mapping[Side, float], sure: Side, stride_s: float
) -> float:
    """Return how much later than half a stride after one foot the other one lands, as moved.

    A foot without a lag of its own is taken to be moved as the sure one.
    """
    unsure = other(sure)
    theirs = _landings(contacts, sure) + lag_s[sure]
    ours = _landings(contacts, unsure) + lag_s.get(unsure, lag_s[sure])
    if not ours.size or not theirs.size:
        return 0.0
    turns = (ours[:, None] - theirs[None]) / stride_s
    return float(np.median(turns % 1.0 - 0.5)) * stride_s


def _landings(contacts: Sequence[Contact], side: Side) -> Floats:
    times = [c.initial_contact_s for c in contacts if c.side == side]
    return np.array(times)[np.isfinite(times)]


def landed_sd_s(landed: Mapping[Side, Landed], rough_s: float) -> dict[Side, float]:
    """Return the standard uncertainty that all initial contacts of a foot share.

    `rough_s` is that of a foot whose shoe was not followed.
    """
    return {side: landed[side].sd_s if side in landed else rough_s for side in SIDES}


def shoe_belt_line(path: ShoePath, view: View) -> BeltLine | None:
    """Return the belt's line by a flat shoe in pixels; None with few landings or without a belt."""
    rule = table()["landing"]
    belt = belt_of(path)
    if belt is None:
        return None
    forward, up = to_body(belt.velocity_px, view)
    if -forward < STILL * np.linalg.norm(path.sole_px):
        return None  # no belt moves it
    forward_sd, up_sd = belt.sd_px
    return BeltLine(
        float(-forward) * rule["speed_ratio"],
        float(np.degrees(np.arctan2(-up, -forward))),
        float(np.hypot(np.degrees(up_sd / -forward), rule["slope_sd_deg"])),
        float(np.hypot(forward_sd / -forward, rule["speed_rel_sd"])),
    )
