"""Exact events and metrics of a runner known in three dimensions, under the report's keys.

Every value is the report's definition applied to the three-dimensional joints at the exact instant,
with its own few lines of trigonometry: nothing of the measuring code takes part.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Protocol

import numpy as np

from formcheck.landmarks import SIDES, Side, index, other
from formcheck.types import Floats
from tests.synthetic.legs import Indices
from tests.synthetic.spec import Contacts

DENSE_S = 5e-4


class Mover(Protocol):
    """A runner whose joints are known at any instant (World frame: see the synthetic runner)."""

    contacts: Contacts
    incline_rad: float

    @property
    def leg_m(self) -> float:
        """Thigh, shank and height of the ankle."""

    def joints(self, t_s: Floats) -> Floats:
        """Return (T, 19, 3) positions of the landmarks in metres."""


Events = dict[Side, dict[str, Floats]]


def events(runner: Mover, from_s: float, to_s: float) -> Events:
    """Return the instants of initial contact and toe-off of both feet within a window."""
    c = runner.contacts

    def within(times: Floats, side: Side) -> Floats:
        own = times[c.is_left == (side == "left")]
        return own[(own >= from_s) & (own <= to_s)]

    return {
        side: {
            "initial_contact_s": within(c.start_s, side),
            "toe_off_s": within(c.end_s, side),
        }
        for side in SIDES
    }


def metrics(runner: Mover, near: Side, from_s: float = 0.0, to_s: float = 8.0) -> dict[str, float]:
    """Return the truth over all contacts that lie inside a window; landing keys are of `near`."""
    c = runner.contacts
    inside = np.flatnonzero((c.start_s >= from_s) & (c.end_s <= to_s))
    own = inside[c.is_left[inside] == (near == "left")]
    return {
        **_timing(runner, inside),
        **_whole_body(runner, inside),
        **_landing(runner, near, own),
        **_arm(runner, near, inside),
        **_rear(runner, inside),
    }


def _timing(runner: Mover, inside: Indices) -> dict[str, float]:
    c = runner.contacts
    contact = float(np.mean((c.end_s - c.start_s)[inside]))
    first, last = inside[0], inside[-1]
    step = float((c.start_s[last] - c.start_s[first]) / (last - first))
    flight = float(np.mean(c.start_s[inside[1:]] - c.end_s[inside[:-1]]))
    return {
        "cadence_spm": 60.0 / step,
        "step_time_s": step,
        "stride_time_s": 2.0 * step,
        "contact_time_ms": 1000.0 * contact,
        "flight_time_ms": 1000.0 * flight,
        "duty_factor": contact / (2.0 * step),
    }


def _middle(joints: Floats, name: str) -> Floats:
    return (joints[..., index(name, "left"), :] + joints[..., index(name, "right"), :]) / 2.0


def _steps(runner: Mover, inside: Indices) -> list[Floats]:
    """Return dense times of each whole step."""
    start = runner.contacts.start_s[inside]
    return [np.arange(a, b, DENSE_S) for a, b in pairwise(start)]


def _whole_body(runner: Mover, inside: Indices) -> dict[str, float]:
    leaning, rising = [], []
    for t in _steps(runner, inside):
        joints = runner.joints(t)
        trunk = _middle(joints, "shoulder") - _middle(joints, "hip")
        leaning.append(np.mean(np.degrees(np.arctan2(trunk[:, 0], trunk[:, 2]))))
        rising.append(100.0 * np.ptp(_middle(joints, "hip")[:, 2]))
    bounce = float(np.mean(rising))
    return {
        "trunk_lean_deg": float(np.mean(leaning)),
        "vertical_oscillation_cm": bounce,
        "vertical_oscillation_pct_leg": bounce / runner.leg_m,
    }


def _between(a: Floats, b: Floats) -> Floats:
    """Unsigned angle between two vectors in degrees."""
    cosine = np.sum(a * b, -1) / np.linalg.norm(a, axis=-1) / np.linalg.norm(b, axis=-1)
    return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))


def _limb(joints: Floats, side: Side, *names: str) -> list[Floats]:
    return [joints[..., index(name, side), :] for name in names]


def _knee_flexion(joints: Floats, side: Side) -> Floats:
    hip, knee, ankle = _limb(joints, side, "hip", "knee", "ankle")
    return _between(knee - hip, ankle - knee)


def _landing(runner: Mover, near: Side, own: Indices) -> dict[str, float]:
    c = runner.contacts
    joints = runner.joints(c.start_s[own])
    knee, ankle, heel, toe = _limb(joints, near, "knee", "ankle", "heel", "toe")
    shank, sole = ankle - knee, toe - heel
    normal = np.array([-np.sin(runner.incline_rad), 0.0, np.cos(runner.incline_rad)])
    pitch = 90.0 - _between(sole, normal)
    peaks = [
        np.max(_knee_flexion(runner.joints(np.arange(c.start_s[k], c.end_s[k], DENSE_S)), near))
        for k in own
    ]
    ahead = 100.0 * float(np.mean((ankle - _middle(joints, "hip"))[:, 0]))
    return {
        "landing_ankle_hip_cm": ahead,
        "landing_ankle_hip_pct_leg": ahead / runner.leg_m,
        "shank_angle_ic_deg": float(np.mean(np.degrees(np.arctan2(shank[:, 0], -shank[:, 2])))),
        "knee_flexion_ic_deg": float(np.mean(_knee_flexion(joints, near))),
        "knee_flexion_peak_stance_deg": float(np.mean(peaks)),
        "foot_inclination_ic_deg": float(np.mean(pitch)),
    }


def _arm(runner: Mover, near: Side, inside: Indices) -> dict[str, float]:
    """Near arm in the plane of X and Z, over whole strides."""
    start = runner.contacts.start_s[inside]
    elbows, swings, back = [], [], []
    for a, b in zip(start[:-2:2], start[2::2], strict=False):
        joints = runner.joints(np.arange(a, b, DENSE_S))[..., [0, 2]]
        shoulder, elbow, wrist = _limb(joints, near, "shoulder", "elbow", "wrist")
        elbows.append(np.mean(_between(shoulder - elbow, wrist - elbow)))
        upper, trunk = elbow - shoulder, _middle(joints, "hip") - _middle(joints, "shoulder")
        cross = trunk[:, 0] * upper[:, 1] - trunk[:, 1] * upper[:, 0]
        angle = np.degrees(np.arctan2(cross, np.sum(trunk * upper, -1)))
        swings.append(np.ptp(angle))
        back.append(-np.min(angle))
    return {
        "elbow_angle_deg": float(np.mean(elbows)),
        "arm_swing_deg": float(np.mean(swings)),
        "arm_backswing_deg": float(np.mean(back)),
    }


def _rear(runner: Mover, inside: Indices) -> dict[str, float]:
    """Frontal plane values at half of contact, by stance side and as their mean."""
    c = runner.contacts
    middle = (c.start_s + c.end_s)[inside] / 2.0
    joints = runner.joints(middle)[..., 1:] * [-1.0, 1.0]  # x to the runner's right, y up
    is_left = c.is_left[inside]
    values: dict[str, float] = {}
    ankle_x = np.where(
        is_left, joints[:, index("ankle", "left"), 0], joints[:, index("ankle", "right"), 0]
    )
    width = np.diff(ankle_x) * np.where(is_left[:-1], 1.0, -1.0)
    values["step_width_cm"] = 100.0 * float(np.mean(width))
    per_side: dict[str, list[float]] = {}
    for side in SIDES:
        for name, value in _frontal(joints[is_left == (side == "left")], side).items():
            values[f"{name}_{side}"] = value
            per_side.setdefault(name, []).append(value)
    return values | {name: float(np.mean(pair)) for name, pair in per_side.items()}


def _frontal(joints: Floats, side: Side) -> dict[str, float]:
    """Means over the contacts (N, K, 2) of one stance side."""
    outward = -1.0 if side == "left" else 1.0
    hip, knee, ankle = _limb(joints, side, "hip", "knee", "ankle")
    thigh, shank = knee - hip, ankle - knee
    turn = thigh[:, 0] * shank[:, 1] - thigh[:, 1] * shank[:, 0]
    inward = np.degrees(np.arctan2(outward * turn, np.sum(thigh * shank, -1)))
    across = hip - joints[:, index("hip", other(side))]
    drop = np.degrees(np.arctan2(across[:, 1], np.abs(across[:, 0])))
    trunk = _middle(joints, "shoulder") - _middle(joints, "hip")
    lean = np.degrees(np.arctan2(outward * trunk[:, 0], trunk[:, 1]))
    return {
        "knee_fppa_midstance_deg": float(np.mean(inward)),
        "pelvic_drop_midstance_deg": float(np.mean(drop)),
        "trunk_side_lean_deg": float(np.mean(lean)),
    }
