"""A runner on a treadmill as an exact function of time.

World frame: X forward, Y to the runner's left, Z up, metres. The belt's surface passes through the
origin and rises towards +X by the incline. Everything the gait is made of is prescribed: contact
times, the planted foot (heel or toe fixed to the belt while the sole rolls), the pelvis' rise and
fall (free fall in flight), the trunk. Only the angles inside the legs follow from those.
"""

from __future__ import annotations

from functools import cached_property
from itertools import islice, pairwise
from typing import Any

import numpy as np

from formcheck.landmarks import N_LANDMARKS, SIDES, Landmark, Side, index
from formcheck.types import Floats, Runner
from tests.synthetic.legs import contacts_of, leg_points, planted_foot, swing_points
from tests.synthetic.spec import Body, RunnerSpec, free_rise, schedule

CLEARANCE_M = 0.008
SWINGS_CHECKED = 4


def make_runner(seed: int = 0, seconds: float = 12.0, **spec: Any) -> SyntheticRunner:
    """Make a runner; the keyword arguments are the fields of `RunnerSpec`."""
    return SyntheticRunner(RunnerSpec(seed=seed, **spec), seconds)


class SyntheticRunner:
    """A runner whose joints are known at any instant from 0 to the given number of seconds."""

    def __init__(self, spec: RunnerSpec, seconds: float) -> None:
        self.spec = spec
        self.body = Body.of_height(spec.height_m)
        self.incline_rad = float(np.arctan(spec.incline_pct / 100.0))
        self.contacts = schedule(spec, seconds)
        self._wander = np.random.default_rng(spec.seed + 1).uniform(0.0, 2 * np.pi, 2)
        self._pelvis_height = 0.0
        self._pelvis_height = self._highest_reachable_pelvis()
        # The swinging leg is lifted just enough for the foot to clear the belt.
        self.lift_deg = 0.0
        while self._clearance_m() < CLEARANCE_M:
            self.lift_deg += 2.0

    @property
    def as_user_input(self) -> Runner:
        """What the runner would type in."""
        return Runner(
            height_m=self.spec.height_m,
            belt_speed_mps=self.spec.speed_mps,
            incline_pct=self.spec.incline_pct,
        )

    @property
    def leg_m(self) -> float:
        """Thigh, shank and height of the ankle."""
        return self.body.leg

    def joints(self, t_s: Floats) -> Floats:
        """Return (T, 19, 3) positions of the landmarks in metres."""
        t = np.asarray(t_s, dtype=float)
        out = np.empty((t.size, N_LANDMARKS, 3))
        hips, centre = self.hips(t)
        for side in SIDES:
            leg = leg_points(self, side, t, hips[side])
            for name, point in {"hip": hips[side], **leg}.items():
                out[:, index(name, side)] = point
        self._upper_body(t, centre, out)
        return out

    # ---------------------------------------------------------------- pelvis

    def step_phase(self, t: Floats) -> Floats:
        """Steps since the first contact of the schedule, linear between contacts."""
        starts = self.contacts.start_s
        return np.interp(t, starts, np.arange(starts.size))

    def rise(self, t: Floats) -> Floats:
        """Height of the mid-hip above its height at initial contact, in metres."""
        return self._bounce_scale * free_rise(self.contacts, self.spec.force_peakedness, t)

    @cached_property
    def _bounce_scale(self) -> float:
        if self.spec.bounce_cm is None:
            return 1.0
        t = np.linspace(0.0, 4.0, 40001)
        nominal = schedule(
            RunnerSpec(cadence_spm=self.spec.cadence_spm, contact_s=self.spec.contact_s), 5.0
        )
        natural = np.ptp(free_rise(nominal, self.spec.force_peakedness, t))
        return self.spec.bounce_cm / 100.0 / float(natural)

    def mid_hip(self, t: Floats) -> Floats:
        """Return (T, 3) positions of the middle between the hips."""
        drift = self.spec.drift_cm / 100.0
        sway = 0.008 * self._side_sign * np.sin(np.pi * self.step_phase(t))
        x = drift * np.sin(2 * np.pi * t / 5.3 + self._wander[0])
        x += 0.004 * np.sin(2 * np.pi * self.step_phase(t) + 0.6)
        y = 0.4 * drift * np.sin(2 * np.pi * t / 6.1 + self._wander[1]) + sway
        return np.stack([x, y, self._pelvis_height + self.rise(t)], axis=-1)

    @property
    def _side_sign(self) -> float:
        """1 where the schedule's first contact is a left one."""
        return 1.0 if self.contacts.is_left[0] else -1.0

    def _stride_wave(self, t: Floats) -> Floats:
        """Cosine of the stride: 1 at left contact, -1 at right contact."""
        return self._side_sign * np.cos(np.pi * self.step_phase(t))

    def stance_bump(self, t: Floats, of: tuple[float, float]) -> Floats:
        """Values `of` (left, right), each times a bump over the contacts of that side."""
        c = self.contacts
        k = np.clip(np.searchsorted(c.start_s, t, "right") - 1, 0, c.start_s.size - 1)
        u = np.clip((t - c.start_s[k]) / (c.end_s[k] - c.start_s[k]), 0.0, 1.0)
        return np.where(c.is_left[k], of[0], of[1]) * np.sin(np.pi * u) ** 2

    def hips(self, t: Floats) -> tuple[dict[Side, Floats], Floats]:
        """Return both hip joints and the mid-hip, each (T, 3)."""
        left, right = self.spec.pelvic_drop_deg
        centre = self.mid_hip(t)
        # In left stance the right hip drops: the left end of the hip line goes up.
        roll = np.radians(self.stance_bump(t, (left, -right)))
        # The hip of the landing leg is in front.
        turn = -np.radians(self.spec.pelvic_turn_deg * self._stride_wave(t))
        half = self.body.hip_half
        along = half * np.stack(
            [-np.sin(turn) * np.cos(roll), np.cos(turn) * np.cos(roll), np.sin(roll)], axis=-1
        )
        return {"left": centre + along, "right": centre - along}, centre

    def _highest_reachable_pelvis(self, bent_deg: float = 14.0) -> float:
        """Height of the mid-hip at contact that makes the straightest knee in stance `bent_deg`."""
        a, b = self.body.thigh, self.body.shank
        reach = np.sqrt(a * a + b * b + 2 * a * b * np.cos(np.radians(bent_deg)))
        lowest = np.inf
        for side in SIDES:
            for k in contacts_of(self, side)[1:-1]:
                t = np.linspace(self.contacts.start_s[k], self.contacts.end_s[k], 60)
                ankle = planted_foot(self, np.full(t.size, k), t)["ankle"]
                away = ankle - self.hips(t)[0][side]
                level = np.sqrt(reach**2 - away[:, 0] ** 2 - away[:, 1] ** 2)
                lowest = min(lowest, float(np.min(away[:, 2] + level)))
        return lowest

    def _clearance_m(self) -> float:
        """Lowest heel or toe above the belt in the middle of a few swings of both legs."""
        lowest = np.inf
        for side in SIDES:
            own = contacts_of(self, side)[1:-1]
            for k, following in islice(pairwise(own), SWINGS_CHECKED):
                off, on = self.contacts.end_s[k], self.contacts.start_s[following]
                t = off + np.linspace(0.1, 0.9, 25) * (on - off)
                foot = swing_points(self, k, following, t, self.hips(t)[0][side])
                for name in ("heel", "toe"):
                    x, _, z = foot[name].T
                    slope = np.tan(self.incline_rad)
                    lowest = min(lowest, float(np.min(z - slope * x)))
        return lowest

    # ---------------------------------------------------------------- trunk, arms, head

    def lean_deg(self, t: Floats) -> Floats:
        """Forward lean of the trunk line; its mean over whole steps is the specified one."""
        swing = self.spec.lean_swing_deg * np.sin(2 * np.pi * self.step_phase(t) + 1.0)
        return self.spec.lean_deg + swing

    def _upper_body(self, t: Floats, mid_hip: Floats, out: Floats) -> None:
        spec, body = self.spec, self.body
        side_lean = self.stance_bump(t, (spec.side_lean_deg, -spec.side_lean_deg))
        up = np.stack(
            [np.tan(np.radians(self.lean_deg(t))), np.tan(np.radians(side_lean)), np.ones_like(t)],
            axis=-1,
        )
        up /= np.linalg.norm(up, axis=-1, keepdims=True)
        chest = mid_hip + body.trunk * up
        turn = np.radians(8.0 * self._stride_wave(t))
        left = np.stack([-np.sin(turn), np.cos(turn), np.zeros_like(t)], axis=-1)
        out[:, Landmark.NOSE] = chest + spec.height_m * np.array([0.06, 0.0, 0.125])
        for side in SIDES:
            sign = 1.0 if side == "left" else -1.0
            ear = spec.height_m * np.array([0.01, sign * 0.04, 0.13])
            out[:, index("ear", side)] = chest + ear
            shoulder = chest + sign * body.shoulder_half * left
            elbow, wrist = self._arm(t, shoulder, sign)
            for name, point in (("shoulder", shoulder), ("elbow", elbow), ("wrist", wrist)):
                out[:, index(name, side)] = point

    def _arm(self, t: Floats, shoulder: Floats, sign: float) -> tuple[Floats, Floats]:
        """Return elbow and wrist, which swing in the plane of X and Z against the leg's swing."""
        spec = self.spec
        forward = -sign * self._stride_wave(t)
        upper = np.radians(spec.arm_mean_deg + 0.5 * spec.arm_swing_deg * forward)
        bend = np.radians(180.0 - spec.elbow_deg + spec.elbow_swing_deg * forward)
        zero = np.zeros_like(t)
        elbow = shoulder + self.body.upper_arm * np.stack([np.sin(upper), zero, -np.cos(upper)], -1)
        lower = upper + bend
        wrist = elbow + self.body.forearm * np.stack([np.sin(lower), zero, -np.cos(lower)], -1)
        return elbow, wrist
