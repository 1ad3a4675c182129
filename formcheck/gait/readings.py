"""When a foot lands and leaves, read from its mean path around the event.

A landing is where the foot has come down, has taken up the belt's speed, and where its heel or its
toes, whichever come first, stop falling. A leaving is where the foot moves off the belt for good.
No single quantity tells it for every runner: the event is the median of several readings, or their
mean by shares.

Levels and delays are data (`formcheck.conventions`), with their origin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formcheck.conventions import EventRule, HeelUp, Reading, Turn
from formcheck.gait.align import Aligned
from formcheck.gait.touchdown import last_rise, weighed_mean
from formcheck.types import Floats

FOOT = ("heel", "ankle", "toe")
# When a foot surely lies flat, after its landing and before its leaving.
PLANTED_AFTER = (0.04, 0.11)
LEAVES_BEFORE = (-0.12, -0.08)
# When the toes surely stay on the belt before they leave, and until when the foot may lie flat.
TOES_DOWN, FLAT_UNTIL = (-0.12, -0.04), -0.05
# A foot has left when its rise lasts this long.
LASTING_S = 0.03
# A foot that stops falling longer than this before the other readings paused in the air.
PAUSE_S = 0.025


@dataclass(frozen=True, slots=True, eq=False)
class Foot:
    """The foot's points over the lag, against the path that they take while they are planted.

    Attributes
    ----------
    lag_s : (G,) float
        Time around the event.
    height : (G, P) float
        Height square to that path, in trunk lengths; only differences mean something.
    rise, backward : (G, P) float
        Speed square to the path and against the running direction, as a share of the planted
        foot's.
    planted : (G,) bool
        Lags at which the foot surely lies flat.
    """

    lag_s: Floats
    height: Floats
    rise: Floats
    backward: Floats
    planted: NDArray[np.bool_]


def read_event(aligned: Aligned, rule: EventRule) -> float:
    """Return the lag of the event: the middle of its readings, each less its known delay.

    That is their mean by shares where they have shares, else their median. The end of a fall is
    looked for where the other readings are, for a foot may pause in the air. NaN where no reading
    finds its level.
    """
    foot = planted_foot(aligned, rule)
    if foot is None:
        return float("nan")
    if any(one.share for one in rule.readings):
        read = [(_read(foot, rule, one), one.share) for one in rule.readings]
        left_s = weighed_mean(*read) - rule.soft_s
        return left_s if rule.heel_up is None else _by_heel(aligned, rule.heel_up, left_s)
    found = [_read(foot, rule, one) for one in rule.readings if one.quantity != "stop"]
    about_s = _median(found) if np.isfinite(found).any() else rule.from_s + PAUSE_S
    stops = [one for one in rule.readings if one.quantity == "stop"]
    found += [_stop(foot, rule, one, about_s - PAUSE_S) for one in stops]
    median_s = _median(found) - rule.soft_s
    if rule.turn is None:
        return median_s
    turned_s = _turning(foot, rule.turn, median_s)
    # A fast foot turns in the air as well: it must still be toes up near where it has come down.
    instants_s = (turned_s, median_s - rule.turn.before_s)
    angle_deg = float(np.mean([_angle_deg(foot, aligned, at_s) for at_s in instants_s]))
    share = (angle_deg - rule.turn.from_deg) / rule.turn.over_deg
    if not share > 0:
        return median_s
    return median_s + min(share, 1.0) * (turned_s - median_s)


def _turning(foot: Foot, rule: Turn, about_s: float) -> float:
    """Return when a foot that landed on its heel begins to turn flat; NaN where it does not.

    As `formcheck.gait.touchdown.turning` reads it from the shoe's own path.
    """
    heel, toe = FOOT.index("heel"), FOOT.index("toe")
    rate = -np.gradient(foot.height[:, toe] - foot.height[:, heel], foot.lag_s)
    near = np.abs(foot.lag_s - about_s) <= rule.reach_s
    looked = np.where(near & np.isfinite(rate), rate, -np.inf)
    fastest = int(np.argmax(looked))
    if not np.isfinite(looked[fastest]) or looked[fastest] <= 0:
        return float("nan")
    lag_s = last_rise(foot.lag_s, rate, fastest, rule.share) - rule.delay_s
    return lag_s if abs(lag_s - about_s) <= rule.reach_s else float("nan")


def _angle_deg(foot: Foot, aligned: Aligned, at_s: float) -> float:
    """Return the foot's angle against the planted one at a lag, toes up positive; NaN if unseen."""
    heel, toe = FOOT.index("heel"), FOOT.index("toe")
    if not np.isfinite(at_s):
        return float("nan")
    length = np.abs(
        aligned.mean[foot.planted][:, 2 * toe] - aligned.mean[foot.planted][:, 2 * heel]
    )
    up = foot.height[:, toe] - foot.height[:, heel]
    turned = (np.interp(at_s, foot.lag_s, up) - _median(up[foot.planted])) / _median(length)
    return float(np.degrees(np.arcsin(np.clip(turned, -1.0, 1.0))))


def _by_heel(aligned: Aligned, rule: HeelUp, left_s: float) -> float:
    """Draw a leaving towards the time at which the heel stands at its usual height.

    As the toes leave the heel stands much the same height above its place under the flat foot,
    however fast the runner and however gently the toes peel off. What the other readings say counts
    as far as it lies near.
    """
    up_s = heel_up(aligned, rule.level)
    if not np.isfinite(up_s) or not np.isfinite(left_s):
        return left_s if np.isfinite(left_s) else up_s
    return up_s + (1 - rule.share) * float(np.clip(left_s - up_s, -rule.reach_s, rule.reach_s))


def heel_up(aligned: Aligned, level: float) -> float:
    """Return the lag at which the heel has risen to a height, NaN if it does not.

    In trunk lengths, square to the path of the toes, which stay on the belt longest, above where
    the heel is lowest before.
    """
    heel, toe = FOOT.index("heel"), FOOT.index("toe")
    place, speed = (_of_points(curves) for curves in (aligned.mean, aligned.slope))
    first, last = TOES_DOWN
    down = (aligned.lag_s > first) & (aligned.lag_s < last) & np.isfinite(speed[:, toe]).all(axis=1)
    if not down.any():
        return float("nan")
    forward, up = np.median(speed[down, toe], axis=0)
    height = place[:, heel, 1] - up / forward * place[:, heel, 0]
    before = (aligned.lag_s <= FLAT_UNTIL) & np.isfinite(height)
    if not before.any():
        return float("nan")
    lowest = int(np.flatnonzero(before)[np.argmin(height[before])])
    return _first_rise(aligned.lag_s[lowest:], height[lowest:] - height[lowest], level)


def planted_foot(aligned: Aligned, rule: EventRule) -> Foot | None:
    """Lay the foot's curves along its path in stance, None where that was not seen.

    A belt that looks tilted, by its incline, a rolled camera or one that is not square to it, then
    does not matter.
    """
    place, speed = (_of_points(curves) for curves in (aligned.mean, aligned.slope))
    first, last = PLANTED_AFTER if rule.kind == "initial_contact" else LEAVES_BEFORE
    planted = (aligned.lag_s > first) & (aligned.lag_s < last)
    flat = np.stack([_seen_mean(speed[planted, :, axis]) for axis in (0, 1)], axis=-1)
    flat = flat[np.isfinite(flat).all(axis=1)]
    if not flat.size:
        return None
    forward, up = np.median(flat, axis=0)
    return Foot(
        aligned.lag_s,
        place[..., 1] - up / forward * place[..., 0],
        -(speed[..., 1] - up / forward * speed[..., 0]) / forward,
        speed[..., 0] / forward,
        planted,
    )


def _of_points(curves: Floats) -> Floats:
    """Return (G, P, 2) of the foot's points from curves laid side by side."""
    return curves[:, : 2 * len(FOOT)].reshape(-1, len(FOOT), 2)


def _read(foot: Foot, rule: EventRule, reading: Reading) -> float:
    """Return the lag, less the delay, at which a quantity of chosen points passes its level."""
    points = [FOOT.index(name) for name in reading.points]
    level = reading.level
    if reading.quantity == "rise":
        lag_s = lasting_rise(*_window(foot, rule, _seen_mean(foot.rise[:, points])), level)
    elif reading.quantity == "slip":
        slip = np.hypot(foot.rise, 1 - foot.backward)[:, points]
        lag_s = lasting_rise(*_window(foot, rule, _seen_mean(slip)), level)
    elif reading.quantity == "backward":
        lag_s = _first_rise(*_window(foot, rule, _seen_mean(foot.backward[:, points])), level)
    else:
        height = _seen_mean(foot.height[:, points])
        fallen = _median(height[foot.planted]) - height
        lag_s = _first_rise(*_window(foot, rule, fallen), -level)
    return lag_s - reading.delay_s


def _stop(foot: Foot, rule: EventRule, reading: Reading, from_s: float) -> float:
    """Return the lag, less the delay, at which the first of two groups of points stops falling."""
    ends = []
    for names in (reading.points, reading.or_points):
        points = [FOOT.index(name) for name in names]
        lag_s, rise = _window(foot, rule, _seen_mean(foot.rise[:, points]))
        late = lag_s >= from_s + reading.delay_s
        ends.append(_first_rise(lag_s[late], rise[late], reading.level))
    return float(np.fmin(ends[0], ends[1])) - reading.delay_s


def _window(foot: Foot, rule: EventRule, z: Floats) -> tuple[Floats, Floats]:
    """Return lags and values where the event is looked for, without those not seen."""
    inside = (foot.lag_s >= rule.from_s) & (foot.lag_s <= rule.to_s) & np.isfinite(z)
    return foot.lag_s[inside], z[inside]


def _seen_mean(points: Floats) -> Floats:
    """Return the mean over the points of (G, P) that are seen, NaN where none is."""
    seen = np.isfinite(points).sum(axis=1)
    return np.asarray(np.nansum(points, axis=1) / np.where(seen > 0, seen, np.nan))


def _median(values: Floats | list[float]) -> float:
    """Return the median of the known values, NaN where none is."""
    known = np.asarray(values)[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")


def lasting_rise(lag_s: Floats, z: Floats, level: float) -> float:
    """Return the first lag at which a curve rises through a level to stay above for a while."""
    if lag_s.size < 3:
        return float("nan")
    above = z >= level
    lasting = int(LASTING_S / (lag_s[1] - lag_s[0]))
    stays = np.array([above[i : i + lasting].all() for i in range(lag_s.size)])
    starts = np.flatnonzero(stays[1:] & ~above[:-1])
    return _first_rise(lag_s[starts[0] :], z[starts[0] :], level) if starts.size else float("nan")


def _first_rise(lag_s: Floats, z: Floats, level: float) -> float:
    """Return the first lag at which a curve rises through a level, NaN if it never does."""
    crossing = np.flatnonzero((z[:-1] < level) & (z[1:] >= level))
    if crossing.size == 0:
        return float("nan")
    i = int(crossing[0])
    return float(lag_s[i] + (level - z[i]) / (z[i + 1] - z[i]) * (lag_s[i + 1] - lag_s[i]))
