"""When a falling foot first touches the belt, by what a foot does as it lands.

Heel-first, flat and ball-first landings are different events. A heel that touches is held while
the ball goes on falling: the foot begins to turn about it, whether the heel's fall ends sharply or
the sole gives way for another 20 ms. A foot that comes down flat or on its ball does not turn:
there the fall's own end is read. Between both the foot's angle decides by degrees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formcheck.gait.calibration import table
from formcheck.track.local import local_fit
from formcheck.types import Floats

FEWEST_BEFORE, FEWEST_AFTER = 4, 3
FALL_LOOK_S = 0.035
# Where the ball is, as a share of the way from heel to toe.
BALL = 0.72
# The bend is looked for near the rough landing, then again near where it was found, with what is
# fitted before and after it: how far to either side, in which steps, and what is fitted.
FIRST, NEXT = (0.06, 0.003, (-0.06, 0.045)), (0.012, 0.001, (-0.035, 0.03))
# Heights in foot lengths, speeds in foot lengths a second.
HEIGHT_SD = 0.012
LEAST_FALL = 1.2
RESTING = 1.0
# How fast a shoe that has landed may still go up or down, and how much its fall may change.
LANDED_SPEED_SD = 0.8
FALL_CHANGE_SD = 70.0
# Speeds are read in these steps, in a window of so many of the longest gaps between samples.
STEP_S = 0.002
WIDTH_GAPS = 1.2
# Where the fastest turning, and the end of the fall, are looked for about the bend.
TURNS_FROM_S, TURNS_UNTIL_S = -0.03, 0.055
FALLS_FROM_S, FALLS_UNTIL_S = -0.05, 0.05
# The angle of a foot is its median over so long about an instant.
ABOUT_S = 0.008


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


@dataclass(frozen=True, slots=True)
class Touch:
    """The first touch of a foot, one for all of its landings.

    Attributes
    ----------
    lag_s : float
        Time from the rough landing.
    sd_s : float
        Its standard uncertainty.
    instead_s : float or None
        The same by the shoe's other end, where that stops falling soon after and far more clearly.
    """

    lag_s: float
    sd_s: float
    instead_s: float | None = None


def first_touch(fall: Fall) -> Touch | None:
    """Read when a foot first touches the belt; None where its fall shows no landing.

    Notes
    -----
    Two readings are weighed by the foot's angle (`turned_s` for heel-first landings,
    `settled_s` and the bend for others). Where one is missing the other is taken with more
    uncertainty. Heights that scatter much about the best bend add to it as well.
    """
    rule = table()["landing"]
    heel, ball = (touch_down(fall.lag_s, height) for height in (fall.heel, fall.ball))
    (first_s, loss), (second_s, second_loss) = sorted((heel, ball))
    if not np.isfinite(first_s) or loss > rule["most_loss"]:
        return None
    angle_deg = _angle_at(fall, first_s)
    heel_first = float(
        np.clip((angle_deg - rule["flat_deg"]) / rule["heel_first_over_deg"], 0.0, 1.0)
    )
    rates = rates_about(fall, first_s)
    turned_s = turning(rates, first_s) if heel_first > 0 else float("nan")
    flat_s = _flat(fall, rates, first_s, heel[0]) if heel_first < 1 else float("nan")
    lag_s = weighed_mean((turned_s, heel_first), (flat_s, 1.0 - heel_first))
    scatter_s = loss * rule["sd_loss_s"]
    sd_s = heel_first * rule["turned_sd_s"] + (1 - heel_first) * rule["flat_sd_s"]
    if not np.isfinite(lag_s):
        if heel_first < 1:
            return None
        lag_s, sd_s = first_s - rule["bend_late_s"], rule["bend_sd_s"]
    clearer = second_loss < rule["clearer"] * loss and second_s - first_s < rule["soon_after_s"]
    instead_s = second_s - rule["bend_late_s"] if clearer and heel_first < 1 else None
    return Touch(lag_s, float(np.hypot(sd_s, scatter_s)), instead_s)


def weighed_mean(*readings: tuple[float, float]) -> float:
    """Return the weighted mean of the readings that are known, NaN where none has weight."""
    known = [(value, weight) for value, weight in readings if np.isfinite(value) and weight > 0]
    total = sum(weight for _, weight in known)
    return sum(value * weight for value, weight in known) / total if total else float("nan")


def _angle_at(fall: Fall, touch_s: float) -> float:
    """Return the foot's angle as its first end comes to rest, NaN where it was not seen there.

    A fast foot turns in the air: at rest of its first end it lies flat, however it came down.
    """
    near = (np.abs(fall.lag_s - touch_s) <= ABOUT_S) & np.isfinite(fall.foot_deg)
    if near.any():
        return float(np.median(fall.foot_deg[near]))
    lag_s, angle_deg = _known(fall.lag_s, fall.foot_deg)
    order = np.argsort(lag_s)
    return float(np.interp(touch_s, lag_s[order], angle_deg[order])) if order.size else float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """How fast a foot turns flat and its middle falls about a bend, in foot lengths a second."""

    lag_s: Floats
    turning: Floats
    falling: Floats


def rates_about(fall: Fall, about_s: float) -> Rates:
    """Read both rates by one local fit, never narrower than the samples lie apart."""
    seen = np.isfinite(fall.heel) & np.isfinite(fall.ball)
    lag_s, heel, ball = fall.lag_s[seen], fall.heel[seen], fall.ball[seen]
    near = np.sort(lag_s[np.abs(lag_s - about_s) < FALL_LOOK_S])
    gap_s = float(np.diff(near).max(initial=0.0))
    width_s = max(float(table()["landing"]["speed_width_s"]), WIDTH_GAPS * gap_s)
    grid_s = np.arange(about_s + FALLS_FROM_S, about_s + TURNS_UNTIL_S + STEP_S, STEP_S)
    signals = np.column_stack([ball - heel, (heel + ball) / 2])
    turning, falling = -local_fit(grid_s, lag_s, signals, width_s)[1].T
    return Rates(grid_s, turning, falling)


def turning(rates: Rates, about_s: float) -> float:
    """Return when a foot that lands on its heel begins to turn flat; NaN where it does not.

    That is where its turning reaches half of its fastest, on the way there.
    """
    rule = table()["landing"]
    looked = np.where(rates.lag_s >= about_s + TURNS_FROM_S, rates.turning, -np.inf)
    if not np.isfinite(looked).any() or np.nanmax(looked) < rule["least_turning"]:
        return float("nan")
    fastest = int(np.nanargmax(looked))
    begun_s = last_rise(rates.lag_s, rates.turning, fastest, rule["turned_share"])
    return begun_s - float(rule["turned_late_s"])


def last_rise(lag_s: Floats, rate: Floats, fastest: int, share: float) -> float:
    """Return when a rate last rises to a share of its value at a place before it; NaN if unseen."""
    level = share * rate[fastest]
    slower = np.flatnonzero(~(rate[:fastest] > level))
    if not slower.size or not np.isfinite(rate[slower[-1]]):
        return float("nan")
    at = int(slower[-1])
    part = (level - rate[at]) / (rate[at + 1] - rate[at])
    return float(lag_s[at] + part * (lag_s[at + 1] - lag_s[at]))


def settling(rates: Rates, about_s: float) -> float:
    """Return when the middle of a foot begins to stop falling; NaN where it does not fall.

    That is where its fall has slowed to a share of its fastest.
    """
    share = float(table()["landing"]["settled_share"])
    until = rates.lag_s < about_s + FALLS_UNTIL_S
    lag_s, rate = rates.lag_s[until], rates.falling[until]
    falling = np.where(lag_s < about_s + FEWEST_AFTER * STEP_S, rate, -np.inf)
    if not np.isfinite(falling).any() or np.nanmax(falling) < LEAST_FALL:
        return float("nan")
    fastest = int(np.nanargmax(falling))
    slow = np.flatnonzero(rate[fastest:] <= share * rate[fastest])
    return float(lag_s[fastest + slow[0]]) if slow.size else float("nan")


def _flat(fall: Fall, rates: Rates, first_s: float, heel_s: float) -> float:
    """Return the first touch of a foot that comes down flat or on its ball.

    The outer edge of the foot touches before its bones have come down, so that the fall slows
    before it ends: the mean of the slowing and of the end.
    """
    # A ball that comes down while the heel rests is the end of a landing, not its beginning.
    if first_s < heel_s and not _falls(fall.lag_s, fall.heel, first_s):
        return float("nan")
    settled_s = settling(rates, first_s)
    middle_s = first_s if not np.isfinite(settled_s) else (first_s + settled_s) / 2
    return middle_s - float(table()["landing"]["flat_late_s"])


def _known(lag_s: Floats, height: Floats) -> tuple[Floats, Floats]:
    known = np.isfinite(height)
    return lag_s[known], height[known]


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
    """Return whether a height falls in the moment before a time."""
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
