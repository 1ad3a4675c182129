"""Legs of the synthetic runner: the planted foot, two-link legs, the swing from foot to foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicHermiteSpline

from formcheck.landmarks import Side
from formcheck.types import Floats
from tests.synthetic.spec import Body, RunnerSpec

if TYPE_CHECKING:
    from tests.synthetic.runner import SyntheticRunner

Indices = NDArray[np.intp]

FLAT_FROM, FLAT_TO = 0.18, 0.55  # shares of the contact between which the sole lies flat
TOE_BEND = 0.6  # of the heel's rise
TOES_BENT = 0.35  # share of the swing in which the toes straighten, and in which they bend again
RATE_STEP_S = 1e-5


def smooth(u: Floats) -> Floats:
    """Rise from 0 to 1 with level ends."""
    u = np.clip(u, 0.0, 1.0)
    return u * u * (3.0 - 2.0 * u)


def contacts_of(runner: SyntheticRunner, side: Side) -> Indices:
    """Return the indices of one foot's contacts."""
    return np.flatnonzero(runner.contacts.is_left == (side == "left"))


def _pitch(spec: RunnerSpec, u: Floats) -> Floats:
    """Sole against the belt in radians, toes up +, at share `u` of the contact."""
    settle = spec.foot_strike_deg * (1.0 - smooth(u / FLAT_FROM))
    push = np.clip((u - FLAT_TO) / (1.0 - FLAT_TO), 0.0, 1.0) ** 2
    return np.radians(settle - spec.toe_off_deg * push)


def _foot_shape(body: Body, pitch: Floats, toe_bend: Floats) -> dict[str, tuple[Floats, Floats]]:
    """Return (along, above) the belt of the foot's points; 0 along is the flat foot's heel.

    The sole rolls about the heel while the toes are up, about the tip of the toes while the heel is
    up; from the ball on, the toes are bent up against the sole.
    """
    b, toes, a, h = body.ball, body.foot - body.ball, body.ankle_ahead_of_heel, body.ankle_height
    cos, sin = np.cos(pitch), np.sin(pitch)
    tip = b * cos + toes * np.cos(pitch + toe_bend), b * sin + toes * np.sin(pitch + toe_bend)
    heel_up = pitch < 0.0
    along, above = np.where(heel_up, body.foot - tip[0], 0.0), np.where(heel_up, -tip[1], 0.0)
    return {
        "heel": (along, above),
        "toe": (along + tip[0], above + tip[1]),
        "ankle": (along + a * cos - h * sin, above + a * sin + h * cos),
    }


def _bent_toes(pitch: Floats) -> Floats:
    """Bend of the toes on the belt while the heel is up."""
    return TOE_BEND * np.maximum(-pitch, 0.0)


def _to_world(runner: SyntheticRunner, along: Floats, y: Floats, above: Floats) -> Floats:
    """Return (T, 3) world positions of points given along, across and above the belt."""
    cos, sin = np.cos(runner.incline_rad), np.sin(runner.incline_rad)
    return np.stack([along * cos - above * sin, y, along * sin + above * cos], axis=-1)


def planted_foot(runner: SyntheticRunner, k: Indices, t: Floats) -> dict[str, Floats]:
    """Return ankle, heel and toe (T, 3) of the contacts `k` at times `t`."""
    spec, body, c = runner.spec, runner.body, runner.contacts
    start, outward = c.start_s[k], np.where(c.is_left[k], 1.0, -1.0)
    heading = np.radians(spec.toe_out_deg)
    hip = runner.mid_hip(start)
    # Where the heel of the flat foot meets the belt, so that the ankle lands where it should.
    strike = _pitch(spec, np.zeros_like(t))
    along, above = _foot_shape(body, strike, _bent_toes(strike))["ankle"]
    landing = hip[:, 0] + c.landing_m[k] + above * np.sin(runner.incline_rad)
    origin = landing / np.cos(runner.incline_rad) - along * np.cos(heading)
    side = spec.step_width_cm / 200.0 - body.ankle_ahead_of_heel * np.sin(heading)
    elapsed = t - start
    pitch = _pitch(spec, elapsed / (c.end_s[k] - start))
    foot = _foot_shape(body, pitch, _bent_toes(pitch))
    return {
        name: _to_world(
            runner,
            origin + forward * np.cos(heading) - spec.speed_mps * elapsed,
            hip[:, 1] + outward * (side + forward * np.sin(heading)),
            up,
        )
        for name, (forward, up) in foot.items()
    }


def _leg_angles(runner: SyntheticRunner, ankle: Floats, hip: Floats) -> Floats:
    """Return thigh, knee and sideways angle in radians (T, 3) that put the ankle in its place."""
    a, b = runner.body.thigh, runner.body.shank
    away = ankle - hip
    down = np.hypot(away[:, 1], away[:, 2])
    length = np.hypot(away[:, 0], down)
    cos_knee = (length**2 - a * a - b * b) / (2 * a * b)
    if np.any(cos_knee > 1.0):
        raise ValueError("the leg is too short for this contact: lower the speed or the landing")
    knee = np.arccos(cos_knee)
    thigh = np.arctan2(away[:, 0], down) + np.arctan2(b * np.sin(knee), a + b * np.cos(knee))
    return np.stack([thigh, knee, np.arctan2(away[:, 1], -away[:, 2])], axis=-1)


def _knee_and_ankle(runner: SyntheticRunner, angles: Floats, hip: Floats) -> tuple[Floats, Floats]:
    """Undo `_leg_angles`."""
    thigh, knee, sideways = angles.T
    zero = np.zeros_like(thigh)
    down = np.stack([zero, np.sin(sideways), -np.cos(sideways)], axis=-1)
    forward = np.array([1.0, 0.0, 0.0])

    def limb(angle: Floats, length: float) -> Floats:
        return length * (np.sin(angle)[:, None] * forward + np.cos(angle)[:, None] * down)

    middle = hip + limb(thigh, runner.body.thigh)
    return middle, middle + limb(thigh - knee, runner.body.shank)


def leg_points(runner: SyntheticRunner, side: Side, t: Floats, hip: Floats) -> dict[str, Floats]:
    """Return knee, ankle, heel and toe (T, 3) of one leg."""
    own = contacts_of(runner, side)
    which = np.clip(np.searchsorted(runner.contacts.start_s[own], t, "right") - 1, 0, own.size - 2)
    stance = t <= runner.contacts.end_s[own][which]
    leg = {name: np.empty((t.size, 3)) for name in ("knee", "ankle", "heel", "toe")}
    if stance.any():
        foot = planted_foot(runner, own[which[stance]], t[stance])
        angles = _leg_angles(runner, foot["ankle"], hip[stance])
        knee, _ = _knee_and_ankle(runner, angles, hip[stance])
        inward = np.radians(runner.stance_bump(t[stance], runner.spec.knee_inward_deg))
        foot["knee"] = _turn_knee(hip[stance], knee, foot["ankle"], inward, side)
        for name, points in foot.items():
            leg[name][stance] = points
    for k in np.unique(which[~stance]):
        during = ~stance & (which == k)
        for name, points in swing_points(
            runner, own[k], own[k + 1], t[during], hip[during]
        ).items():
            leg[name][during] = points
    return leg


def _turn_knee(hip: Floats, knee: Floats, ankle: Floats, inward: Floats, side: Side) -> Floats:
    """Turn the knee about the line from hip to ankle, which keeps both lengths."""
    axis = (ankle - hip) / np.linalg.norm(ankle - hip, axis=-1, keepdims=True)
    arm = knee - hip
    along = np.sum(arm * axis, axis=-1, keepdims=True) * axis
    # The axis points down: about it, a right-handed turn takes +X (the bent knee) to -Y.
    angle = (inward if side == "left" else -inward)[:, None]
    return hip + along + np.cos(angle) * (arm - along) + np.sin(angle) * np.cross(axis, arm - along)


def _free_foot(
    runner: SyntheticRunner, side: Side, ankle: Floats, pitch: Floats, toe_bend: Floats
) -> dict[str, Floats]:
    """Return ankle, heel and toe (T, 3) of a foot in the air; `pitch` is against the belt."""
    outward = 1.0 if side == "left" else -1.0
    heading = np.radians(runner.spec.toe_out_deg)
    shape = _foot_shape(runner.body, pitch, toe_bend)
    ankle_along, ankle_above = shape["ankle"]
    return {
        name: ankle
        + _to_world(
            runner,
            (along - ankle_along) * np.cos(heading),
            outward * (along - ankle_along) * np.sin(heading),
            above - ankle_above,
        )
        for name, (along, above) in shape.items()
    }


def _leg_state(
    runner: SyntheticRunner, side: Side, t: float, ankle: Floats, pitch: float
) -> Floats:
    """Return thigh, knee, sideways and ankle joint angles in radians at one instant."""
    hip = runner.hips(np.array([t]))[0][side]
    thigh, knee, sideways = _leg_angles(runner, ankle[None], hip)[0]
    return np.array([thigh, knee, sideways, pitch + runner.incline_rad - (thigh - knee)])


def _swing_ends(runner: SyntheticRunner, side: Side, k: int, following: int) -> tuple[Floats, ...]:
    """Return the leg's state and rate at toe-off and at the next contact."""
    c, dt, spec = runner.contacts, RATE_STEP_S, runner.spec

    def planted(contact: int, t: float) -> tuple[Floats, float]:
        foot = planted_foot(runner, np.array([contact]), np.array([t]))
        u = (t - c.start_s[contact]) / (c.end_s[contact] - c.start_s[contact])
        return foot["ankle"][0], float(_pitch(spec, np.array([u]))[0])

    off, on = float(c.end_s[k]), float(c.start_s[following])
    state_off = _leg_state(runner, side, off, *planted(k, off))
    before_off = _leg_state(runner, side, off - dt, *planted(k, off - dt))
    ankle, pitch = planted(following, on)
    state_on = _leg_state(runner, side, on, ankle, pitch)
    # The foot comes down a little slower than the belt runs back: the landing is a small impact.
    velocity = np.array([-(spec.speed_mps - 0.8), 0.0, -0.7])
    lifted = pitch + np.radians(60.0) * dt * np.sign(spec.foot_strike_deg)
    before_on = _leg_state(runner, side, on - dt, ankle - velocity * dt, lifted)
    return state_off, (state_off - before_off) / dt, state_on, (state_on - before_on) / dt


def swing_points(
    runner: SyntheticRunner, k: int, following: int, t: Floats, hip: Floats
) -> dict[str, Floats]:
    """Return knee, ankle, heel and toe (T, 3) between two contacts of one foot.

    Each joint angle is a cubic from toe-off through one turning point to contact.
    """
    side: Side = "left" if runner.contacts.is_left[k] else "right"
    off, on = runner.contacts.end_s[k], runner.contacts.start_s[following]
    start, start_rate, end, end_rate = _swing_ends(runner, side, k, following)
    turning = (
        (0.65, end[0] + np.radians(8.0 + runner.lift_deg)),
        (0.42, np.radians(runner.spec.swing_knee_deg + runner.lift_deg)),
        (0.50, (start[2] + end[2]) / 2.0),
        (0.55, np.radians(2.0)),
    )
    angles = np.stack(
        [
            CubicHermiteSpline(
                [off, off + where * (on - off), on],
                [start[i], value, end[i]],
                [start_rate[i], 0.0, end_rate[i]],
            )(t)
            for i, (where, value) in enumerate(turning)
        ],
        axis=-1,
    )
    knee, ankle = _knee_and_ankle(runner, angles[:, :3], hip)
    pitch = angles[:, 3] + angles[:, 0] - angles[:, 1] - runner.incline_rad
    share = (t - off) / (on - off)
    still_bent = 1.0 - smooth(share / TOES_BENT) + smooth((share - 1.0 + TOES_BENT) / TOES_BENT)
    bend = still_bent * _bent_toes(pitch)
    return {"knee": knee, **_free_foot(runner, side, ankle, pitch, bend)}
