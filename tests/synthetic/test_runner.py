"""The synthetic runner keeps the promises that other tests build on."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from formcheck import kernel
from formcheck.landmarks import SIDES, Landmark, index
from formcheck.types import Floats
from tests.synthetic import SyntheticRunner, events, make_runner, metrics
from tests.synthetic.legs import FLAT_FROM, FLAT_TO
from tests.synthetic.spec import GRAVITY_MPS2

SPECS = {
    "easy": {},
    "fast forefoot": {
        "speed_mps": 3.7,
        "cadence_spm": 184.0,
        "contact_s": 0.2,
        "landing_cm": 22.0,
        "foot_strike_deg": -6.0,
    },
    "uphill": {"incline_pct": 6.0},
    "reaching": {"cadence_spm": 158.0, "contact_s": 0.28, "landing_cm": 28.0, "speed_mps": 2.5},
    "uneven": {
        "timing_sd_s": 0.004,
        "contact_sd_s": 0.004,
        "landing_sd_cm": 0.8,
        "contact_difference_s": 0.02,
        "force_peakedness": 0.2,
    },
}
BONES = [
    ("hip", "knee"),
    ("knee", "ankle"),
    ("ankle", "heel"),
    ("shoulder", "elbow"),
    ("elbow", "wrist"),
]


@cache
def runner_of(name: str) -> SyntheticRunner:
    return make_runner(5, **SPECS[name])


@pytest.fixture(params=SPECS)
def runner(request: pytest.FixtureRequest) -> SyntheticRunner:
    return runner_of(request.param)


def above_belt(runner: SyntheticRunner, points: Floats) -> Floats:
    beta = runner.incline_rad
    return points[..., 2] * np.cos(beta) - points[..., 0] * np.sin(beta)


def along_belt(runner: SyntheticRunner, points: Floats) -> Floats:
    beta = runner.incline_rad
    return points[..., 0] * np.cos(beta) + points[..., 2] * np.sin(beta)


def test_lengths_are_constant(runner):
    joints = runner.joints(np.arange(0.0, 4.0, 0.003))
    for side in SIDES:
        for start, end in BONES:
            bone = joints[:, index(end, side)] - joints[:, index(start, side)]
            assert np.ptp(np.linalg.norm(bone, axis=-1)) < 1e-9
    trunk = (joints[:, 3] + joints[:, 4] - joints[:, 9] - joints[:, 10]) / 2
    assert np.ptp(np.linalg.norm(trunk, axis=-1)) < 1e-9


def test_joints_move_without_jumps(runner):
    joints = runner.joints(np.arange(0.0, 8.0, 0.001))
    assert np.abs(np.diff(joints, axis=0)).max() < 0.02


@pytest.mark.parametrize("side", SIDES)
def test_flat_foot_runs_back_at_belt_speed(runner, side):
    c = runner.contacts
    speed = runner.spec.speed_mps
    own = np.flatnonzero(c.is_left == (side == "left"))[3:6]
    for k in own:
        u = np.linspace(FLAT_FROM, FLAT_TO, 9)
        t = c.start_s[k] + u * (c.end_s[k] - c.start_s[k])
        joints = runner.joints(t)
        for name in ("heel", "toe"):
            points = joints[:, index(name, side)]
            np.testing.assert_allclose(above_belt(runner, points), 0.0, atol=1e-9)
            np.testing.assert_allclose(
                np.diff(along_belt(runner, points)), -speed * np.diff(t), atol=1e-9
            )
            np.testing.assert_allclose(points[:, 1], points[0, 1], atol=1e-9)


@pytest.mark.parametrize("side", SIDES)
def test_rolling_foot_turns_about_a_point_that_does_not_slip(runner, side):
    c = runner.contacts
    first = "heel" if runner.spec.foot_strike_deg > 0 else "toe"
    k = np.flatnonzero(c.is_left == (side == "left"))[4]
    for name, shares in ((first, (0.0, FLAT_FROM)), ("toe", (FLAT_TO, 1.0))):
        t = c.start_s[k] + np.linspace(*shares, 7) * (c.end_s[k] - c.start_s[k])
        pivot = runner.joints(t)[:, index(name, side)]
        np.testing.assert_allclose(above_belt(runner, pivot), 0.0, atol=1e-9)
        slip = along_belt(runner, pivot) + runner.spec.speed_mps * t
        assert np.ptp(slip) < 1e-9


def test_feet_touch_the_belt_in_contact_only(runner):
    t = np.arange(0.2, 6.0, 0.0005)
    joints = runner.joints(t)
    c = runner.contacts
    for side in SIDES:
        lowest = np.minimum(
            *(above_belt(runner, joints[:, index(name, side)]) for name in ("heel", "toe"))
        )
        assert lowest.min() > -1e-9
        own = c.is_left == (side == "left")
        for start, end in zip(c.start_s[own], c.end_s[own], strict=True):
            near = (np.abs(t - start) < 0.004) | (np.abs(t - end) < 0.004)
            inside = (t > start) & (t < end)
            assert np.all(lowest[inside & ~near] < 1e-9)
            lowest[inside | near] = np.inf
        assert lowest.min() > 1e-4


def test_pelvis_falls_freely_in_flight_and_moves_smoothly():
    runner = runner_of("uneven")
    dt = 1e-4
    t = np.arange(0.0, 3.0, dt)
    z = runner.mid_hip(t)[:, 2]
    speed, acceleration = np.diff(z) / dt, np.diff(z, 2) / dt**2
    assert np.abs(np.diff(speed)).max() < 60 * dt
    c = runner.contacts
    for start, end in zip(c.end_s[5:9], c.start_s[6:10], strict=True):
        flight = (t[1:-1] > start + 2 * dt) & (t[1:-1] < end - 2 * dt)
        np.testing.assert_allclose(acceleration[flight], -GRAVITY_MPS2, atol=1e-3)


def test_natural_bounce_follows_from_times_alone():
    """Half-sine ground force: the bounce in closed form."""
    step, contact = 60.0 / 168.0, 0.24
    runner = make_runner(2, cadence_spm=168.0, contact_s=contact)
    flight, g = step - contact, GRAVITY_MPS2
    expected = g * flight**2 / 8 + g * flight * contact / 4 + g * contact**2 / 8
    expected -= g * step * contact * (0.25 - 1 / (2 * np.pi))
    truth = metrics(runner, "left")["vertical_oscillation_cm"]
    assert truth == pytest.approx(100 * expected, abs=2e-4)


@pytest.mark.parametrize("bounce_cm", [5.0, 11.5])
def test_bounce_can_be_prescribed(bounce_cm):
    runner = make_runner(1, bounce_cm=bounce_cm)
    truth = metrics(runner, "right")
    assert truth["vertical_oscillation_cm"] == pytest.approx(bounce_cm, abs=1e-3)


def test_metrics_return_what_was_asked_for():
    asked = {
        "cadence_spm": 174.0,
        "contact_s": 0.23,
        "lean_deg": 9.0,
        "side_lean_deg": 3.0,
        "landing_cm": 24.0,
        "foot_strike_deg": 14.0,
        "step_width_cm": -2.0,
        "incline_pct": 3.0,
    }
    truth = metrics(
        make_runner(8, pelvic_drop_deg=(3.0, 7.0), pelvic_turn_deg=0.0, **asked), "left"
    )
    for key, expected, tolerance in (
        ("cadence_spm", 174.0, 1e-9),
        ("step_time_s", 60 / 174.0, 1e-9),
        ("contact_time_ms", 230.0, 1e-9),
        ("flight_time_ms", 60000 / 174.0 - 230.0, 1e-9),
        ("duty_factor", 0.23 / (120 / 174.0), 1e-9),
        ("trunk_lean_deg", 9.0, 0.02),
        ("trunk_side_lean_deg", 3.0, 1e-6),
        ("landing_ankle_hip_cm", 24.0, 1e-6),
        ("foot_inclination_ic_deg", 14.0, 1e-6),
        ("step_width_cm", -2.0, 0.05),
        ("pelvic_drop_midstance_deg_left", 3.0, 1e-6),
        ("pelvic_drop_midstance_deg_right", 7.0, 1e-6),
        ("pelvic_drop_midstance_deg", 5.0, 1e-6),
        ("elbow_angle_deg", 95.0, 0.05),
        ("arm_swing_deg", 55.0, 2.0),
    ):
        assert truth[key] == pytest.approx(expected, abs=tolerance), key


def test_turned_knee_is_a_turn_inward():
    truth = metrics(make_runner(8, knee_inward_deg=(10.0, -10.0)), "left")
    assert truth["knee_fppa_midstance_deg_left"] > 4.0
    assert truth["knee_fppa_midstance_deg_right"] < -4.0


def test_truth_agrees_with_the_kernel_on_a_dense_sampling():
    """The kernel sees the same joints in both planes; instants come from the events alone."""
    runner = runner_of("easy")
    truth = metrics(runner, "left", 0.0, 6.0)
    contact = events(runner, 0.0, 5.7)["left"]["initial_contact_s"]
    at_contact = kernel.measure(runner.joints(contact)[..., [0, 2]])

    def mean(name: str) -> float:
        return float(np.mean(at_contact[kernel.ROW[name]]))

    assert mean("knee_flexion_deg_left") == pytest.approx(truth["knee_flexion_ic_deg"], abs=0.3)
    assert mean("shank_deg_left") == pytest.approx(truth["shank_angle_ic_deg"], abs=1e-6)
    assert 100 * mean("ankle_ahead_left") == pytest.approx(truth["landing_ankle_hip_cm"], abs=1e-6)
    stance = runner.contacts.is_left & (runner.contacts.start_s > 0) & (runner.contacts.end_s < 6)
    middle = ((runner.contacts.start_s + runner.contacts.end_s) / 2)[stance]
    rear = kernel.measure(runner.joints(middle)[..., 1:] * [-1.0, 1.0])
    for name, key, sign in (
        ("fppa_deg_left", "knee_fppa_midstance_deg_left", 1.0),
        ("pelvis_line_deg", "pelvic_drop_midstance_deg_left", -1.0),
        ("trunk_deg", "trunk_side_lean_deg_left", -1.0),
    ):
        measured = sign * float(np.mean(rear[kernel.ROW[name]]))
        assert measured == pytest.approx(truth[key], abs=1e-6), key


def test_events_alternate_and_lie_in_the_window():
    runner = runner_of("uneven")
    found = events(runner, 1.0, 5.0)
    both = np.sort(np.r_[found["left"]["initial_contact_s"], found["right"]["initial_contact_s"]])
    assert both.min() >= 1.0
    assert both.max() <= 5.0
    steps = np.diff(both)
    np.testing.assert_allclose(steps, 60.0 / runner.spec.cadence_spm, atol=0.03)


def test_same_seed_gives_the_same_runner():
    t = np.linspace(0.0, 1.0, 50)
    a, b, c = (make_runner(seed, timing_sd_s=0.003).joints(t) for seed in (4, 4, 5))
    np.testing.assert_array_equal(a, b)
    assert np.abs(a - c).max() > 0.01


def test_arms_swing_against_the_legs():
    runner = runner_of("easy")
    contact = events(runner, 0.0, 6.0)["left"]["initial_contact_s"]
    joints = runner.joints(contact)
    shoulder_to_elbow = joints[:, Landmark.LEFT_ELBOW, 0] - joints[:, Landmark.LEFT_SHOULDER, 0]
    assert np.all(shoulder_to_elbow < 0)


def test_impossible_timing_is_refused():
    with pytest.raises(ValueError, match="no flight"):
        make_runner(0, cadence_spm=180.0, contact_s=0.34)
