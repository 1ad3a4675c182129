"""When a foot leaves the belt, read from the path of its toes (`formcheck.closeup.shoe.toes`).

Heel and ball rise long before a foot leaves, by how much differs between runners. The tip of the
toes rests on the belt until the foot lets go, and moves off fast. All leavings of a clip lie on one
axis; the tip is read once from their mean path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formcheck.gait.body import x_sign
from formcheck.gait.calibration import table
from formcheck.gait.shoe_path import Belt, along_belt, belt_of
from formcheck.track.local import local_fit
from formcheck.types import Contact, Floats, ToePath, View

# The mean path: its steps, how far it reaches about the rough leaving, half of its windows, at
# least so many of the longest gaps between samples.
STEP_S, FROM_S, UNTIL_S = 0.002, -0.12, 0.085
WIDTH_S, WIDTH_GAPS = 0.025, 1.2
# A tip that has left stays away for so long.
LASTING_S = 0.02
# The tip's place in the toes is where they rest while they turn about it, in this time before.
TURNS_FROM_S, TURNS_UNTIL_S, FEWEST_TURNING = -0.06, -0.008, 6
ROUNDS = 3
# How well a single place is known, in foot lengths.
PLACE_SD = 0.02
# Each leaving is laid over the others by where its toes rest, of at least so many samples.
LIES_FROM_S, LIES_UNTIL_S, FEWEST_LYING = -0.08, -0.01, 2
# When the toes must look like themselves.
ALIKE_S = 0.03
# A longer time without a sample hides the leaving; gaps count from here to there about it.
LARGEST_GAP_S, GAPS_FROM_S, GAPS_UNTIL_S = 0.036, -0.045, 0.03


@dataclass(frozen=True, slots=True, eq=False)
class Toes:
    """The toes against the belt, one sample a row; places in foot lengths, forward and up.

    Attributes
    ----------
    lag_s : (N,) float
        Time from the rough leaving.
    leaving : (N,) float
        The rough time of it.
    middle : (N, 2) float
        Of what is followed, from where it was while the foot lay flat.
    turn : (N,) float
        Toes down, against the flat foot, in radians.
    alike : (N,) float
        How much they look like the flat ones.
    ahead : float
        Of `middle` ahead of the foot's middle.
    """

    lag_s: Floats
    leaving: Floats
    middle: Floats
    turn: Floats
    alike: Floats
    ahead: float

    def only(self, kept: NDArray[np.bool_]) -> Toes:
        """Return the kept samples."""
        return Toes(
            self.lag_s[kept],
            self.leaving[kept],
            self.middle[kept],
            self.turn[kept],
            self.alike[kept],
            self.ahead,
        )


@dataclass(frozen=True, slots=True)
class Left:
    """When a foot leaves: how much later than the rough leavings, and the lag's uncertainty."""

    lag_s: float
    sd_s: float


def read_leaving(path: ToePath, view: View) -> Left | None:
    """Read when a foot leaves the belt; None where its toes were not followed well.

    Parameters
    ----------
    path : ToePath
        Of the near foot.
    view : View
        A side view.
    """
    belt = belt_of(path)
    if belt is None:
        return None
    toes = toes_against(path, belt, view)
    rule = table()["leaving"]
    tip = np.array(rule["tip"])
    places, left_s = tip_path(toes, tip), float("nan")
    for _ in range(ROUNDS):
        left_s = leaves_at(toes.lag_s, places, rule)
        if not np.isfinite(left_s):
            return None
        places = lying_together(toes, tip_path(toes, resting_tip(toes, left_s, rule)), left_s)
    near = np.abs(toes.lag_s - left_s) < ALIKE_S
    gap_s = _largest_gap_s(toes.lag_s, left_s)
    if np.median(toes.alike[near]) < rule["least_alike"] or gap_s > LARGEST_GAP_S:
        return None
    lag_s = left_s - rule["late_s"]
    if abs(lag_s) > rule["farthest_s"]:
        return None
    parts_s = (rule["sd_s"], rule["sd_gaps"] * gap_s, rule["sd_sample_s"] / np.sqrt(near.sum()))
    return Left(lag_s, float(np.linalg.norm(parts_s)))


def toes_against(path: ToePath, belt: Belt, view: View) -> Toes:
    """Take the belt's movement out of the toes' path; leavings without a flat foot are left out."""
    foot_px = float(np.linalg.norm(path.sole_px))
    forward, up = along_belt(path, belt, view)
    lag_s = path.t_s - path.landing_s
    middle, turn = np.full(path.xy_px.shape, np.nan), np.full(lag_s.size, np.nan)
    for leaving_s in belt.single_px:
        own = path.landing_s == leaving_s
        moved = path.xy_px[own] - np.outer(lag_s[own], belt.velocity_px)
        moved = (moved - moved[path.flat[own]].mean(axis=0)) / foot_px
        middle[own] = np.column_stack([moved @ forward, moved @ up])
        turn[own] = x_sign(view) * np.radians(
            path.turn_deg[own] - path.turn_deg[own & path.flat].mean()
        )
    toes = Toes(lag_s, path.landing_s, middle, turn, path.alike, path.ahead)
    return toes.only(np.isfinite(turn))


def tip_path(toes: Toes, tip: Floats) -> Floats:
    """Return (N, 2) how far a point of the toes is from where it was while the foot lay flat."""
    ahead, above = tip - (toes.ahead, 0.0)
    cos, sin = np.cos(toes.turn), np.sin(toes.turn)
    turned = np.column_stack([cos * ahead + sin * above, cos * above - sin * ahead])
    return np.asarray(toes.middle + turned - (ahead, above))


def resting_tip(toes: Toes, left_s: float, rule: Mapping[str, Any]) -> Floats:
    """Return (2,) the point of the toes that rests while they turn about it, before they leave.

    By least squares that single samples hardly pull (Cauchy's loss), from where the tip usually is.
    """
    usual = np.array(rule["tip"])
    lag_s = toes.lag_s - left_s
    turns = (lag_s > TURNS_FROM_S) & (lag_s < TURNS_UNTIL_S)
    count = int(turns.sum())
    if count < FEWEST_TURNING:
        return usual
    cos, sin, none = np.cos(toes.turn[turns]), np.sin(toes.turn[turns]), np.zeros(count)
    # The tip's place as it turns, less where it rests, is minus the middle's.
    along = np.column_stack([cos - 1, sin, none - 1, none])
    upward = np.column_stack([-sin, cos - 1, none, none - 1])
    design = np.vstack([along, upward])
    wanted = -toes.middle[turns].T.ravel()
    start = np.append(usual - (toes.ahead, 0.0), (0.0, 0.0))
    prior = np.diag(np.append(np.array(rule["tip_sd"]) ** -2.0, (0.0, 0.0)))
    weight, fit = np.ones(2 * count), start
    for _ in range(4):
        pulled = (design.T * weight) / PLACE_SD**2
        fit = np.linalg.solve(pulled @ design + prior, pulled @ wanted + prior @ start)
        weight = 1 / (1 + ((design @ fit - wanted) / PLACE_SD) ** 2)
    return np.array([fit[0] + toes.ahead, fit[1]])


def lying_together(toes: Toes, places: Floats, left_s: float) -> Floats:
    """Lay leavings over each other by where the tip lies before: a hand may sway the camera."""
    lag_s = toes.lag_s - left_s
    lies = (lag_s > LIES_FROM_S) & (lag_s < LIES_UNTIL_S)
    if not lies.any():
        return places
    usual, laid = np.median(places[lies], axis=0), places.copy()
    for leaving_s in np.unique(toes.leaving):
        own = toes.leaving == leaving_s
        count = int((own & lies).sum())
        if count >= FEWEST_LYING:
            laid[own] -= count / (count + 1) * (places[own & lies].mean(axis=0) - usual)
    return laid


def leaves_at(lag_s: Floats, places: Floats, rule: Mapping[str, Any]) -> float:
    """Return when the tip has moved off from where it just rested, to stay away; NaN if never."""
    grid_s = np.arange(FROM_S, UNTIL_S, STEP_S)
    gap_s = _largest_gap_s(lag_s, 0.0)
    mean = local_fit(grid_s, lag_s, places, max(WIDTH_S, WIDTH_GAPS * gap_s), robust_steps=2)[0]
    moved = _moved(grid_s, mean, rule)
    lasting = round(LASTING_S / STEP_S)
    away = moved > rule["moved"]
    known = np.isfinite(moved)
    for n in np.flatnonzero(away[1:] & known[:-1] & ~away[:-1]) + 1:
        after = slice(n, n + lasting)
        if away[after][known[after]].all():
            part = (rule["moved"] - moved[n - 1]) / (moved[n] - moved[n - 1])
            return float(grid_s[n - 1] + part * STEP_S)
    return float("nan")


def _moved(grid_s: Floats, mean: Floats, rule: Mapping[str, Any]) -> Floats:
    """Return (G,) how far each place of a path is from where it was just before."""
    until, width = (
        round(span_s / STEP_S)
        for span_s in (-rule["rests_until_s"], rule["rests_until_s"] - rule["rests_from_s"])
    )
    moved = np.full(grid_s.size, np.nan)
    for n in range(until + width, grid_s.size):
        rested = mean[n - until - width : n - until + 1]
        moved[n] = float(np.linalg.norm(mean[n] - rested.mean(axis=0)))
    return moved


def _largest_gap_s(lag_s: Floats, about_s: float) -> float:
    """Return the longest time about a leaving at which no sample lies."""
    near = lag_s[(lag_s > about_s + GAPS_FROM_S) & (lag_s < about_s + GAPS_UNTIL_S)]
    return float(np.diff(np.sort(near)).max(initial=0.0)) if near.size > 1 else np.inf


def leave(contacts: Sequence[Contact], left: Left | None, rough_s: float) -> tuple[Contact, ...]:
    """Move toe-offs to where the near foot's toes leave, both feet's alike.

    Toes and landmarks (known to `rough_s`) count by their variances, what the landmarks say only as
    far as it lies near. They tell how the feet differ.
    """
    if left is None:
        return tuple(contacts)
    reach_s = table()["leaving"]["reach_s"]
    share = left.sd_s**2 / (left.sd_s**2 + rough_s**2)
    lag_s = left.lag_s + share * float(np.clip(-left.lag_s, -reach_s, reach_s))
    return tuple(replace(one, toe_off_s=one.toe_off_s + lag_s) for one in contacts)


def left_sd_s(left: Left | None, rough_s: float) -> float:
    """Return the standard uncertainty that all toe-offs share; `rough_s` is the landmarks' own."""
    return rough_s if left is None else left.sd_s
