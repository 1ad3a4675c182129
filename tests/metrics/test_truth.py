"""Every metric of the report against runners whose true values are known exactly."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from formcheck import kernel
from formcheck.landmarks import SIDES, Landmark, index
from formcheck.metrics.mass import centre_of_mass
from formcheck.types import Floats, Metric, Scene
from tests.gait.exact import Take, take
from tests.synthetic.legs import Indices

# How far off a clip's value may be, with landmarks that scatter by a pixel but lie on the joints.
SIDE_TOLERANCE = {
    "cadence_spm": 0.3,
    "step_time_s": 0.001,
    "stride_time_s": 0.002,
    "contact_time_ms": 10.0,
    "flight_time_ms": 10.0,
    "duty_factor": 0.015,
    "vertical_oscillation_cm": 0.35,
    "vertical_oscillation_pct_leg": 0.45,
    "trunk_lean_deg": 0.6,
    "landing_ankle_hip_cm": 1.2,
    "landing_ankle_hip_pct_leg": 1.3,
    "shank_angle_ic_deg": 2.0,
    "knee_flexion_ic_deg": 2.5,
    "knee_flexion_peak_stance_deg": 1.3,
    "foot_inclination_ic_deg": 1.0,
    "elbow_angle_deg": 0.8,
    "elbow_range_deg": 1.5,
    "arm_swing_deg": 1.0,
    "arm_backswing_deg": 1.0,
    "head_rise_cm": 0.4,
    "vertical_ratio_pct": 0.4,
    "late_swing_reach_cm": 1.2,
    "late_swing_reach_pct_leg": 1.3,
    "lean_bias_deg": 1.2,
    "wrist_height_pct_trunk": 1.5,
    "step_length_m": 0.004,
    "step_length_pct_leg": 4.0,
    "tibia_angle_loading_deg": 2.0,
    "shank_angle_midstance_deg": 1.2,
    "hip_extension_to_deg": 1.5,
    "knee_excursion_stance_deg": 3.0,
    "landing_heel_com_cm": 1.5,
    "head_pitch_deg": 1.5,
}
REAR_TOLERANCE = {
    "cadence_spm": 0.3,
    "step_time_s": 0.001,
    "stride_time_s": 0.002,
    "vertical_oscillation_cm": 0.4,
    "vertical_oscillation_pct_leg": 0.45,
    "head_rise_cm": 0.4,
    "vertical_ratio_pct": 0.4,
    "knee_fppa_midstance_deg": 2.0,  # a knee in front of the hip looks narrower: perspective
    "femoral_adduction_deg": 1.5,
    "hip_adduction_midstance_deg": 1.8,
    "step_length_m": 0.004,
    "step_length_pct_leg": 6.0,
    "pelvic_drop_midstance_deg": 0.8,
    "trunk_side_lean_deg": 0.5,
    "trunk_side_lean_peak_deg": 0.6,
    "trunk_side_lean_excursion_deg": 0.7,
    "hip_adduction_peak_deg": 1.8,
    "step_width_cm": 0.9,
    "knee_window_pct": 12.0,
}
NEAR = ("elbow_deg", "wrist_y_rel_hip", "ankle_ahead", "leg_deg")
STRIDE_S = 0.7
SIDE_CASES: dict[str, dict[str, Any]] = {
    "easy": {},
    "from the right": {"stand": "right"},
    "120 fps": {"fps": 120.0, "seconds": 4.0},
    "reaching": {"cadence_spm": 158.0, "contact_s": 0.28, "landing_cm": 28.0, "speed_mps": 2.5},
    "upright, short steps": {"lean_deg": 1.0, "landing_cm": 10.0, "cadence_spm": 180.0},
    "leaning, bouncing": {"lean_deg": 13.0, "bounce_cm": 10.5},
    "still arms": {"arm_swing_deg": 25.0, "elbow_deg": 120.0, "elbow_swing_deg": 3.0},
    "uphill, rolled": {"incline_pct": 4.0, "roll_deg": 2.0, "scene": Scene(2.0, 0.2)},
    "uneven": {"timing_sd_s": 0.004, "contact_sd_s": 0.004, "landing_sd_cm": 0.8, "seconds": 8.0},
}
REAR_CASES: dict[str, dict[str, Any]] = {
    "neutral": {},
    "30 fps": {"fps": 30.0},
    "dropping right": {"pelvic_drop_deg": (3.0, 8.0), "knee_inward_deg": (0.0, 9.0)},
    "crossing over": {"step_width_cm": -3.0},
    "swaying": {"side_lean_deg": 5.0, "step_width_cm": 12.0},
}


@cache
def side_truth(made: Take) -> dict[str, float]:
    """Add what the synthetic truth leaves out, from the exact joints at 500 Hz."""
    t, joints = dense(made)
    rows = kernel.measure(joints[..., [0, 2]])
    near = {name: rows[kernel.ROW[f"{name}_{made.near}"]] for name in NEAR}
    wrist = near["wrist_y_rel_hip"] / rows[kernel.ROW["trunk_length"]]
    landed, left = near_contacts(made)
    reach = [np.max(near["ankle_ahead"][(t > at - 0.2 * STRIDE_S) & (t <= at)]) for at in landed]
    angle = np.interp(left, t, near["leg_deg"]) + np.interp(landed, t, near["leg_deg"])
    return made.truth | {
        "elbow_range_deg": mean_of([np.ptp(z) for z in per_stride(made, t, near["elbow_deg"])]),
        "wrist_height_pct_trunk": 100 * mean_of([z.mean() for z in per_stride(made, t, wrist)]),
        "late_swing_reach_cm": 100 * mean_of(reach),
        "late_swing_reach_pct_leg": 100 * mean_of(reach) / made.runner.leg_m,
        "lean_bias_deg": -mean_of(angle / 2),
        **stance_truth(made, t, joints),
        **step_length(made),
        **bounce_truth(made, t, rows),
    }


def step_length(made: Take) -> dict[str, float]:
    metres = made.runner.spec.speed_mps * made.truth["step_time_s"]
    return {"step_length_m": metres, "step_length_pct_leg": 100 * metres / made.runner.leg_m}


def stance_truth(made: Take, t: Floats, joints: Floats) -> dict[str, float]:
    """Angles of the near leg in stance, and the heel against the mass, by their definitions."""
    plane = joints[..., [0, 2]]
    rows = kernel.measure(plane)
    shank, thigh = (rows[kernel.ROW[f"{name}_deg_{made.near}"]] for name in ("shank", "thigh"))
    landed, left = near_contacts(made)
    heel = plane[:, index("heel", made.near), 0] - centre_of_mass(plane)[:, 0]
    ears = (plane[:, Landmark.LEFT_EAR] + plane[:, Landmark.RIGHT_EAR]) / 2
    forward, up = (plane[:, Landmark.NOSE] - ears).T
    pitch = np.degrees(np.arctan2(up, forward))
    truth = made.truth
    return {
        "tibia_angle_loading_deg": mean_of(np.interp(landed + 0.02, t, shank)),
        "shank_angle_midstance_deg": -mean_of(np.interp((landed + left) / 2, t, shank)),
        "hip_extension_to_deg": -mean_of(np.interp(left, t, thigh)),
        "knee_excursion_stance_deg": truth["knee_flexion_peak_stance_deg"]
        - truth["knee_flexion_ic_deg"],
        "landing_heel_com_cm": 100 * mean_of(np.interp(landed, t, heel)),
        "head_pitch_deg": mean_of([z.mean() for z in per_stride(made, t, pitch)]),
    }


def mean_of(values: list[Any] | Floats) -> float:
    return float(np.mean(values))


def near_contacts(made: Take) -> tuple[Floats, Floats]:
    """Return contacts and toe-offs of the near foot that lie well inside the clip."""
    c = made.runner.contacts
    own = [k for k in inside(made) if c.is_left[k] == (made.near == "left")]
    own = [k for k in own if c.start_s[k] > 0.2]
    return c.start_s[own], c.end_s[own]


@cache
def rear_truth(made: Take) -> dict[str, float]:
    """Add what the synthetic truth leaves out; the rear plane has x to the runner's right."""
    t, joints = dense(made)
    plane = joints[..., 1:] * [-1.0, 1.0]
    rows = kernel.measure(plane)
    truth = made.truth | bounce_truth(made, t, rows)
    for side in SIDES:
        at = np.searchsorted(t, middles(made, side))
        adduction = rows[kernel.ROW[f"femoral_adduction_deg_{side}"], at]
        truth[f"femoral_adduction_deg_{side}"] = float(adduction.mean())
    truth["femoral_adduction_deg"] = float(
        np.mean([truth[f"femoral_adduction_deg_{side}"] for side in SIDES])
    )
    drop = "pelvic_drop_midstance_deg"
    for suffix in ("", "_left", "_right"):
        thigh = truth[f"femoral_adduction_deg{suffix}"]
        truth[f"hip_adduction_midstance_deg{suffix}"] = thigh + truth[f"{drop}{suffix}"]
    truth["knee_window_pct"] = knee_window(made, t, plane)
    return truth | step_length(made) | stance_peaks(made, t, rows, truth)


def stance_peaks(made: Take, t: Floats, rows: Floats, truth: dict[str, float]) -> dict[str, float]:
    """Peaks over stance by their definitions: those of the mean course over the contacts."""
    found = {}
    for side, sign in (("left", -1.0), ("right", 1.0)):
        c = made.runner.contacts
        own = [k for k in inside(made) if c.is_left[k] == (side == "left")]
        at_s = c.start_s[own, None] + np.linspace(0, 1, 41) * (c.end_s - c.start_s)[own, None]

        def course(name: str, at_s: Floats = at_s) -> Floats:
            return np.asarray(np.interp(at_s, t, rows[kernel.ROW[name]]).mean(axis=0))

        lean = sign * course("trunk_deg")
        found[f"trunk_side_lean_peak_deg_{side}"] = float(lean.max())
        found[f"trunk_side_lean_excursion_deg_{side}"] = float(np.ptp(lean))
        drop = truth[f"pelvic_drop_midstance_deg_{side}"]
        thigh = course(f"femoral_adduction_deg_{side}")
        found[f"hip_adduction_peak_deg_{side}"] = float(thigh.max()) + drop
    keys = {key.rpartition("_")[0] for key in found}
    return found | {key: mean_of([found[f"{key}_{side}"] for side in SIDES]) for key in keys}


def dense(made: Take) -> tuple[Floats, Floats]:
    t = np.arange(0, made.track.t_s[-1], 0.002)
    return t, made.runner.joints(t)


def inside(made: Take) -> Indices:
    c = made.runner.contacts
    return np.flatnonzero((c.start_s >= 0) & (c.end_s <= made.track.t_s[-1]))


def middles(made: Take, side: str) -> Floats:
    c = made.runner.contacts
    own = [k for k in inside(made) if c.is_left[k] == (side == "left")]
    return np.asarray((c.start_s[own] + c.end_s[own]) / 2)


def per_stride(made: Take, t: Floats, series: Floats) -> list[Floats]:
    start = made.runner.contacts.start_s[inside(made)]
    return [series[(t >= a) & (t < b)] for a, b in zip(start[:-2:2], start[2::2], strict=False)]


def bounce_truth(made: Take, t: Floats, rows: Floats) -> dict[str, float]:
    start = made.runner.contacts.start_s[inside(made)]
    head = rows[kernel.ROW["head_y"]]
    rise = [np.ptp(head[(t >= a) & (t < b)]) for a, b in pairwise(start)]
    truth = made.truth
    step_cm = 100 * made.runner.spec.speed_mps * truth["step_time_s"]
    return {
        "head_rise_cm": 100 * float(np.mean(rise)),
        "vertical_ratio_pct": 100 * truth["vertical_oscillation_cm"] / step_cm,
    }


def knee_window(made: Take, t: Floats, plane: Floats) -> float:
    gap = plane[:, index("knee", "right"), 0] - plane[:, index("knee", "left"), 0]
    hips = np.median(plane[:, index("hip", "right"), 0] - plane[:, index("hip", "left"), 0])
    c = made.runner.contacts
    smallest = [
        np.quantile(gap[(t >= c.start_s[k]) & (t <= c.end_s[k])], 0.1) for k in inside(made)
    ]
    return float(100 * np.mean(smallest) / hips)


@pytest.mark.parametrize("case", SIDE_CASES)
def test_side(case):
    made = take(**SIDE_CASES[case])
    check(made.metrics, side_truth(made), SIDE_TOLERANCE, f"{case}, side")


@pytest.mark.parametrize("case", REAR_CASES)
def test_rear(case):
    made = take(stand="rear", **REAR_CASES[case])
    tolerance = REAR_TOLERANCE | {
        f"{key}_{side}": 1.3 * limit
        for key, limit in REAR_TOLERANCE.items()
        for side in SIDES
        if f"{key}_{side}" in made.metrics
    }
    check(made.metrics, rear_truth(made), tolerance, f"{case}, rear")


def check(
    metrics: dict[str, Metric], truth: dict[str, float], tolerance: dict[str, float], case: str
) -> None:
    """Compare everything at once, so that a failure shows all that is off."""
    assert set(tolerance) <= {key for key, m in metrics.items() if m.status == "measured"}, case
    off = {
        key: (metrics[key].value, truth[key])
        for key, limit in tolerance.items()
        if not abs((metrics[key].value or np.nan) - truth[key]) <= limit
    }
    assert off == {}, case


def test_differences_of_the_legs_show_on_the_right_side():
    metrics = take(stand="rear", **REAR_CASES["dropping right"]).metrics
    for key, least in (("pelvic_drop_midstance_deg", 3.5), ("knee_fppa_midstance_deg", 2.5)):
        left, right = (metrics[f"{key}_{side}"].value for side in SIDES)
        assert left is not None
        assert right is not None
        assert right - left > least


@pytest.mark.parametrize("stand", ["left", "right"])
def test_near_limb_is_named(stand):
    metrics = take(stand).metrics
    for key in ("landing_ankle_hip_cm", "shank_angle_ic_deg", "elbow_angle_deg", "arm_swing_deg"):
        assert metrics[key].side == stand
    for key in ("cadence_spm", "vertical_oscillation_cm", "trunk_lean_deg"):
        assert metrics[key].side == "both"


def test_units_and_counts():
    metrics = take().metrics
    assert metrics["cadence_spm"].unit == "steps/min"
    assert metrics["duty_factor"].unit == "1"
    steps = 6.0 * 170 / 60
    for m in metrics.values():
        if m.status == "measured":
            assert 3 <= m.n <= steps + 1
            assert m.sd is not None
            assert m.sd >= 0
