"""Truth from exact joints: a leg that swings evenly back, and a pelvis that hangs."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.joints import rear_joints, side_joints

T_S = np.arange(0.0, 1.0, 0.01)
EVENTS = {side: {"initial_contact": [0.2, 0.95], "toe_off": [0.5]} for side in ("left", "right")}


def line(forward: float | np.ndarray, left: float, up: float) -> list[list[float]]:
    """Return a joint's places (T, 3); `forward` may change over time."""
    return np.column_stack([np.broadcast_to(z, T_S.shape) for z in (forward, left, up)]).tolist()


def test_a_straight_leg_that_swings_back_has_the_angles_of_its_instants():
    slope = 0.2 - (T_S - 0.2)  # tangent of the leg's angle: ahead at contact, behind at toe-off
    joints = {
        "right_hip": line(0.0, -0.1, 1.0),
        "right_knee": line(0.5 * slope, -0.1, 0.5),
        "right_ankle": line(slope, -0.1, 0.0),
        "right_heel": line(slope - 0.05, -0.1, 0.0),
        "com": line(0.02, 0.0, 1.1),
        "nose": line(0.1, 0.0, 1.6),
        "left_ear": line(0.0, 0.08, 1.6),
        "right_ear": line(0.0, -0.08, 1.6),
    }
    found = side_joints({"frame_times": T_S, "events": EVENTS, "joints3d": joints}, "right")
    assert found["tibia_angle_loading_deg"] == pytest.approx(np.degrees(np.arctan(0.18)))
    assert found["shank_angle_midstance_deg"] == pytest.approx(-np.degrees(np.arctan(0.05)))
    assert found["hip_extension_to_deg"] == pytest.approx(np.degrees(np.arctan(0.1)))
    assert found["knee_excursion_stance_deg"] == pytest.approx(0.0, abs=1e-9)
    assert found["landing_heel_com_cm"] == pytest.approx(13.0)
    assert found["head_pitch_deg"] == pytest.approx(0.0)


def test_hip_adduction_is_thigh_line_and_pelvic_drop_together():
    joints = {
        "left_hip": line(0.0, 0.1, 1.0),
        "right_hip": line(0.0, -0.1, 0.98),  # hangs on the left leg
        "left_knee": line(0.0, 0.05, 0.5),
        "right_knee": line(0.0, -0.1, 0.5),
        "mid_hip": line(0.0, 0.0, 0.99),
        "mid_shoulder": np.column_stack([0 * T_S, 0.1 * T_S, 0 * T_S + 1.49]).tolist(),
    }
    found = rear_joints({"frame_times": T_S, "events": EVENTS, "joints3d": joints})
    drop = np.degrees(np.arctan(0.1))
    assert found["hip_adduction_midstance_deg_left"] == pytest.approx(2 * drop)
    assert found["hip_adduction_midstance_deg_right"] == pytest.approx(-drop)
    assert found["hip_adduction_midstance_deg"] == pytest.approx(drop / 2)
    assert found["hip_adduction_peak_deg"] == pytest.approx(drop / 2)
    most, least = (np.degrees(np.arctan(0.1 * at / 0.5)) for at in (0.5, 0.2))
    assert found["trunk_side_lean_peak_deg_left"] == pytest.approx(most)
    assert found["trunk_side_lean_peak_deg_right"] == pytest.approx(-least)
    assert found["trunk_side_lean_excursion_deg"] == pytest.approx(most - least)
