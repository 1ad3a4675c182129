"""When and how a foot lands, read from the path of its shoe (`formcheck.closeup.shoe`).

Against the belt that carries it, a shoe falls and then rests. The height of what touches down
first, heel or ball, has a sharp bend there: two curves are fitted that meet in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from formcheck.gait.belt import BeltLine
from formcheck.gait.body import to_body, x_sign
from formcheck.gait.calibration import event_rules, table
from formcheck.landmarks import SIDES, Side, other
from formcheck.types import Contact, Floats, ShoePath, View

FEWEST_LANDINGS = 3
FEWEST_BEFORE, FEWEST_AFTER = 4, 3
# Of a landing that counts the fall was followed for so long.
FALL_SEEN_S = 0.015
FALL_LOOK_S = 0.035
# A longer time without a sample hides the bend.
LARGEST_GAP_S = 0.03
# How well a single landing is told.
SINGLE_SD_S = 0.004
# Where the ball is, as a share of the way from heel to toe.
BALL = 0.72
# The bend is looked for near the rough landing, then again near where it was found, with what is
# fitted before and after it: how far to either side, in which steps, and what is fitted.
FIRST, NEXT = (0.06, 0.003, (-0.06, 0.045)), (0.012, 0.001, (-0.035, 0.03))
# A foot that goes slower than this, in foot lengths a second, is on no belt.
STILL = 2.0
# How well a flat shoe's place is known at best.
PLACE_SD_PX = 0.05
# Feet that seem to land farther off half a stride apart than this were not both read well.
FARTHEST_APART_S = 0.015
# The other end of a shoe may tell its landing where it bends so soon after, and by this share of
# the first one's loss at most. Who lands on the forefoot puts the heel down after 35 ms and more.
SOON_AFTER_S, CLEARER = 0.03, 0.5
# Heights in foot lengths, speeds in foot lengths a second.
HEIGHT_SD = 0.012
LEAST_FALL = 1.2
RESTING = 1.0
# Heights that scatter more about the best bend tell no time.
WORST_LOSS = 0.85
# How fast a shoe that has landed may still go up or down, and how much its fall may change.
LANDED_SPEED_SD = 0.8
FALL_CHANGE_SD = 70.0


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


@dataclass(frozen=True, slots=True, eq=False)
class Fall:
    """A shoe against the belt around its landings, one sample a row.

    Attributes
    ----------
    lag_s : (N,) float
        Time from the rough landing.
    heel, ball : (N,) float
        Heights over their places while the foot lies flat, in foot lengths, square to the belt.
    foot_deg : (N,) float
        Angle of the sole against the belt, toes up positive.
    """

    lag_s: Floats
    heel: Floats
    ball: Floats
    foot_deg: Floats


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
    heel, ball = (touch_down(fall.lag_s, height) for height in (fall.heel, fall.ball))
    (first_s, loss), (second_s, second_loss) = sorted((heel, ball))
    # A ball that comes down while the heel rests is the end of a landing, not its beginning.
    if loss > WORST_LOSS or (first_s < heel[0] and not _falls(fall.lag_s, fall.heel, first_s)):
        return None
    landed = _landed(path, belt, fall, first_s)
    clearer = second_loss < CLEARER * loss and second_s - first_s < SOON_AFTER_S
    if landed is None or not clearer:
        return landed
    return replace(landed, instead=_landed(path, belt, fall, second_s))


def _landed(path: ShoePath, belt: Belt, fall: Fall, lag_s: float) -> Landed | None:
    """Return the landings at a lag, None where too few of them were seen around it."""
    angles = {}
    for landing_s in belt.single_px:
        own = path.landing_s == landing_s
        if fall.lag_s[own].min() <= lag_s - FALL_SEEN_S and lag_s <= fall.lag_s[own].max():
            angles[landing_s] = float(np.interp(lag_s, fall.lag_s[own], fall.foot_deg[own]))
    gap_s = _largest_gap_s(fall, lag_s)
    if len(angles) < FEWEST_LANDINGS or gap_s > LARGEST_GAP_S:
        return None
    rule = table()["landing"]
    return Landed(path.side, lag_s, angles, float(np.hypot(rule["sd_s"], rule["sd_gaps"] * gap_s)))


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


def touch_down(lag_s: Floats, height: Floats) -> tuple[float, float]:
    """Return when a falling height bends sharply into a resting one, and the loss of the fit.

    Both are infinite where there is no such bend.

    Parameters
    ----------
    lag_s : (N,) float
        Times of the samples of all landings, in any order, about a rough landing.
    height : (N,) float
        Heights in foot lengths.

    Notes
    -----
    Before the bend a parabola is fitted, after it a line; the bend is where both meet with the
    smallest loss. Cauchy's loss lets single samples lie off; weak priors keep the line flat and the
    parabola plain where few samples tell.
    """
    bend_s = 0.0
    for reach_s, step_s, (from_s, to_s) in (FIRST, NEXT, NEXT):
        near = (lag_s >= bend_s + from_s) & (lag_s <= bend_s + to_s)
        near &= np.isfinite(height)
        tried = bend_s + np.arange(-reach_s, reach_s + step_s / 2, step_s)
        losses = [_bend_loss(lag_s[near] - at_s, height[near]) for at_s in tried]
        best = int(np.argmin(losses))
        if not np.isfinite(losses[best]) or best in (0, tried.size - 1):
            return np.inf, np.inf
        bend_s = float(tried[best])
    return bend_s, losses[best]


def _falls(lag_s: Floats, height: Floats, until_s: float) -> bool:
    """Tell whether a height falls in the moment before a time."""
    before = (lag_s > until_s - FALL_LOOK_S) & (lag_s < until_s) & np.isfinite(height)
    if before.sum() < FEWEST_BEFORE:
        return False
    return float(np.polyfit(lag_s[before], height[before], 1)[0]) < -LEAST_FALL / 2


def _bend_loss(lag_s: Floats, height: Floats) -> float:
    """Return the mean loss of a bend at lag zero, infinite where none is there."""
    before, after = np.minimum(lag_s, 0), np.maximum(lag_s, 0)
    if (lag_s < 0).sum() < FEWEST_BEFORE or (lag_s > 0).sum() < FEWEST_AFTER:
        return float("inf")
    design = np.column_stack([np.ones(lag_s.size), before, after, before**2])
    prior = np.diag([0.0, 0.0, LANDED_SPEED_SD**-2, FALL_CHANGE_SD**-2])
    weight = np.ones(lag_s.size)
    for _ in range(5):
        pulled = (weight[:, None] * design).T / HEIGHT_SD**2
        fit = np.linalg.solve(pulled @ design + prior + 1e-9 * np.eye(4), pulled @ height)
        off = ((height - design @ fit) / HEIGHT_SD) ** 2
        weight = 1 / (1 + off)
    if fit[1] > -LEAST_FALL or not abs(fit[2]) < RESTING:
        return float("inf")
    return float(np.sum(np.log1p(off)) + fit @ prior @ fit) / lag_s.size


def land(
    contacts: Sequence[Contact], landed: Mapping[Side, Landed], stride_s: float, near: Side
) -> tuple[Contact, ...]:
    """Move initial contacts to where the shoes touch down.

    A foot that was not read, or the far one where it contradicts the near one, is moved to land
    half a stride after the other. Where neither was read the pictures are poor: recorded, blurred,
    and their landmarks settle late.
    """
    lag_s = {side: one.lag_s for side, one in landed.items()}
    if not landed:
        lag_s = dict.fromkeys(SIDES, -table()["landing"]["unread_late_s"])
    elif len(landed) == 1:
        (sure,) = landed
        lag_s[other(sure)] = lag_s[sure] - _apart(contacts, lag_s, sure, stride_s)
    elif abs(apart_s := _apart(contacts, lag_s, near, stride_s)) > FARTHEST_APART_S:
        lag_s[other(near)] -= apart_s
    angles = {side: one.foot_deg for side, one in landed.items()}
    sd_s = {side: SINGLE_SD_S for side in landed}
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


def landed_sd_s(landed: Mapping[Side, Landed]) -> dict[Side, float]:
    """Return the standard uncertainty that all initial contacts of a foot share."""
    rough_s = event_rules()["initial_contact"].sd_s
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
