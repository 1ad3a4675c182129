"""What a synthetic runner is like, and when the feet touch the belt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formcheck.types import Floats

GRAVITY_MPS2 = 9.81


@dataclass(frozen=True)
class RunnerSpec:
    """What a synthetic runner is like; pairs are (left, right)."""

    height_m: float = 1.75
    speed_mps: float = 2.9
    incline_pct: float = 0.0
    cadence_spm: float = 170.0
    contact_s: float = 0.25
    contact_difference_s: float = 0.0  # left minus right
    bounce_cm: float | None = None  # None: what free fall and the ground force's shape give
    force_peakedness: float = 0.0  # third harmonic of the ground force, -0.3 (flat) to 0.3 (sharp)
    lean_deg: float = 6.0
    lean_swing_deg: float = 1.0
    side_lean_deg: float = 2.0
    landing_cm: float = 18.0
    foot_strike_deg: float = 10.0
    toe_off_deg: float = 50.0
    toe_out_deg: float = 5.0
    step_width_cm: float = 6.0
    pelvic_drop_deg: tuple[float, float] = (4.0, 4.0)
    pelvic_turn_deg: float = 5.0
    knee_inward_deg: tuple[float, float] = (0.0, 0.0)  # turn of the knee about the hip-ankle line
    swing_knee_deg: float = 95.0
    elbow_deg: float = 95.0
    elbow_swing_deg: float = 8.0
    arm_mean_deg: float = -14.0
    arm_swing_deg: float = 55.0
    drift_cm: float = 1.5
    timing_sd_s: float = 0.0
    contact_sd_s: float = 0.0
    landing_sd_cm: float = 0.0
    seed: int = 0


@dataclass(frozen=True)
class Body:
    """Lengths between joint centres in metres."""

    thigh: float
    shank: float
    trunk: float
    upper_arm: float
    forearm: float
    foot: float
    ball: float  # from the heel
    ankle_height: float
    ankle_ahead_of_heel: float
    hip_half: float
    shoulder_half: float

    @classmethod
    def of_height(cls, height_m: float) -> Body:
        """Return a body of usual proportions (after Drillis and Contini)."""
        shares = (0.245, 0.246, 0.288, 0.172, 0.146, 0.140, 0.100, 0.045, 0.030, 0.050, 0.105)
        return cls(*(share * height_m for share in shares))

    @property
    def leg(self) -> float:
        """Thigh, shank and height of the ankle."""
        return self.thigh + self.shank + self.ankle_height


@dataclass(frozen=True)
class Contacts:
    """Both feet's contacts in order of time; arrays of equal length."""

    is_left: NDArray[np.bool_]
    start_s: Floats
    end_s: Floats
    landing_m: Floats


def schedule(spec: RunnerSpec, seconds: float) -> Contacts:
    """Lay out contacts from well before 0 to well after `seconds`."""
    rng = np.random.default_rng(spec.seed)
    step = 60.0 / spec.cadence_spm
    n = int(seconds / step) + 12
    start = -5.0 * step + rng.uniform(0.0, step) + step * np.arange(n)
    start = start + spec.timing_sd_s * rng.normal(size=n)
    is_left = np.arange(n) % 2 == 0
    contact = spec.contact_s + np.where(is_left, 0.5, -0.5) * spec.contact_difference_s
    end = start + contact + spec.contact_sd_s * rng.normal(size=n)
    if not np.all(end[:-1] < start[1:]):
        raise ValueError("the runner has no flight: shorten the contact or lower the cadence")
    landing = (spec.landing_cm + spec.landing_sd_cm * rng.normal(size=n)) / 100.0
    return Contacts(is_left, start, end, landing)


def free_rise(contacts: Contacts, peakedness: float, t: Floats) -> Floats:
    """Height over that at contact: free fall in flight, a sum of sines as ground force in stance.

    The force's first harmonic carries the change of velocity from one flight to the next, the
    second the change of level (none), the third is the given share of the first.
    """
    start, end = contacts.start_s, contacts.end_s
    k = np.clip(np.searchsorted(start, t, "right") - 1, 1, start.size - 2)
    duration = (end - start)[k]
    down = -GRAVITY_MPS2 * (start[k] - end[k - 1]) / 2.0
    up = GRAVITY_MPS2 * (start[k + 1] - end[k]) / 2.0
    e = np.clip(t - start[k], 0.0, duration)

    def twice_integrated(harmonic: int) -> Floats:
        w = harmonic * np.pi / duration
        return (e - np.sin(w * e) / w) / w

    first = (up - down + GRAVITY_MPS2 * duration) * np.pi / duration / (2.0 + 2.0 * peakedness / 3)
    mean_rise = (
        down + first * duration * (1.0 + peakedness / 3) / np.pi - GRAVITY_MPS2 * duration / 2
    )
    second = -mean_rise * 2.0 * np.pi / duration
    stance = (
        down * e
        - GRAVITY_MPS2 * e * e / 2.0
        + first * (twice_integrated(1) + peakedness * twice_integrated(3))
        + second * twice_integrated(2)
    )
    f = np.clip(t - end[k], 0.0, None)
    return np.where(t < end[k], stance, up * f - GRAVITY_MPS2 * f * f / 2.0)
