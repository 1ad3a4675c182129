"""Recorded trials become landmarks, contacts and belt speed; on trials written here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import mocap_data
from benchmarks.mocap_data import Recorded, looped, turning_point
from formcheck.types import Floats
from tests.synthetic import make_runner
from tests.synthetic.spec import Contacts

ezc3d = pytest.importorskip("ezc3d")


def turned(points: Floats, yaw: float, tilt: float, shift: Floats) -> Floats:
    cos, sin = np.cos(yaw), np.sin(yaw)
    about_z = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    cos, sin = np.cos(tilt), np.sin(tilt)
    about_x = np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])
    return points @ (about_z @ about_x).T + shift


def test_points_move_rigidly_with_their_markers():
    rng = np.random.default_rng(0)
    body = rng.normal(size=(5, 3))
    frames = np.stack(
        [turned(body, a, 0.5 * a, np.array([a, 2 * a, 0])) for a in np.linspace(0, 2, 9)]
    )
    running = {str(i): frames[:, i] for i in range(5)}
    static = {str(i): body[i] for i in range(5)}
    found = mocap_data.carried({"knee": body[4]}, running, static, ["0", "1", "2", "3"])
    np.testing.assert_allclose(found["knee"], frames[:, 4], atol=1e-9)


def test_frames_with_a_mistaken_marker_are_bridged():
    rng = np.random.default_rng(1)
    body = rng.normal(size=(4, 3))
    noise = 1e-3 * rng.normal(size=(20, 4, 3))
    frames = body + noise + np.linspace(0, 1, 20)[:, None, None]
    frames[7, 2] += 0.5
    running = {str(i): frames[:, i] for i in range(4)}
    static = {str(i): body[i] for i in range(4)}
    found = mocap_data.carried({"hip": body[0]}, running, static, list(running))
    expected = body[0] + np.linspace(0, 1, 20)[:, None]
    np.testing.assert_allclose(found["hip"], expected, atol=5e-3)


def write_forces(path: Path, newtons: Floats, rate_hz: float) -> None:
    trial = ezc3d.c3d()
    trial["parameters"]["POINT"]["RATE"]["value"] = [rate_hz]
    trial["parameters"]["POINT"]["LABELS"]["value"] = ["hip"]
    trial["data"]["points"] = np.zeros((4, 1, newtons.size))
    trial["parameters"]["ANALOG"]["RATE"]["value"] = [rate_hz]
    trial["parameters"]["ANALOG"]["LABELS"]["value"] = ["F1X", "F1Y", "F1Z"]
    forces = np.stack([np.zeros_like(newtons), np.zeros_like(newtons), -newtons / 1000.0])
    trial["data"]["analogs"] = forces[None]
    trial.write(str(path))


def test_contacts_are_crossings_of_the_force_and_know_their_foot(tmp_path):
    runner = make_runner(0, seconds=6.0)
    t = np.arange(0.0, 5.0, 1 / 300)
    force = np.zeros_like(t)
    c = runner.contacts
    for start, end in zip(c.start_s, c.end_s, strict=True):
        share = np.clip((t - start) / (end - start), 0, 1)
        force += 1500.0 * np.sin(np.pi * share)
    force[30] += 200.0  # a spike is no contact
    write_forces(tmp_path / "run.c3d", force, 300.0)
    found = mocap_data.force_contacts(tmp_path / "run.c3d", t, runner.joints(t))
    inside = (c.start_s > 0.0) & (c.end_s < 5.0)
    late = np.arcsin(50.0 / 1500.0) / np.pi * (c.end_s - c.start_s)[inside]
    whole = slice(None, np.count_nonzero(inside))
    np.testing.assert_allclose(found.start_s[whole], c.start_s[inside] + late, atol=3e-4)
    np.testing.assert_allclose(found.end_s[whole], c.end_s[inside] - late, atol=3e-4)
    np.testing.assert_array_equal(found.is_left[whole], c.is_left[inside])


def test_belt_speed_is_that_of_the_planted_heels():
    runner = make_runner(0, speed_mps=3.1, seconds=6.0)
    t = np.arange(0.0, 5.0, 1 / 200)
    speed = mocap_data.belt_speed_mps(t, runner.joints(t))
    assert speed == pytest.approx(3.1, abs=0.03)


def test_markers_come_in_metres_forward_left_up(tmp_path):
    trial = ezc3d.c3d()
    trial["parameters"]["POINT"]["RATE"]["value"] = [100.0]
    trial["parameters"]["POINT"]["LABELS"]["value"] = ["a"]
    points = np.ones((4, 1, 3))
    points[:3, 0] = np.array([[1000.0, 2000.0, 3000.0]]).T
    trial["data"]["points"] = points
    trial.write(str(tmp_path / "a.c3d"))
    t, markers = mocap_data.read_markers(tmp_path / "a.c3d", mocap_data.FUKUCHI.axes)
    np.testing.assert_allclose(t, [0.0, 0.01, 0.02])
    np.testing.assert_allclose(markers["a"], [[1.0, -3.0, 2.0]] * 3, atol=1e-6)


def test_two_segments_turn_about_the_point_they_share():
    angle = np.linspace(0.0, 1.5, 40)
    cos, sin, none = np.cos(angle), np.sin(angle), np.zeros(40)
    hinge = np.stack([0.2 * angle, none, 0.5 + 0.1 * angle], axis=1)
    markers = {"U1": [0.0, 0.05, 0.1], "U2": [0.05, 0.0, 0.3], "U3": [-0.05, 0.0, 0.2]}
    below = {"L1": [0.0, 0.05, -0.1], "L2": [0.05, 0.0, -0.3], "L3": [-0.05, 0.0, -0.2]}
    points = {name: hinge + place for name, place in markers.items()}
    for name, (x, y, z) in below.items():
        turned = np.stack([cos * x + sin * z, none + y, -sin * x + cos * z], axis=1)
        points[name] = hinge + turned
    found = turning_point(points, sorted(markers), sorted(below))
    assert found[:, [0, 2]] == pytest.approx(hinge[:, [0, 2]], abs=0.01)


def test_a_loop_repeats_whole_strides_without_a_jump():
    t_s = np.arange(0.0, 2.0, 0.01)
    course = np.sin(2 * np.pi * t_s / 0.7) + 0.1 * t_s
    points = np.repeat(course[:, None, None], 3, axis=2).repeat(19, axis=1)
    start_s = np.array([0.1, 0.45, 0.8, 1.15, 1.5])
    left = np.array([True, False, True, False, True])
    one = Recorded("a", t_s, points, Contacts(left, start_s, start_s + 0.2, start_s), 3.0)
    made = looped(one, 6.0)
    assert np.abs(np.diff(made.points[:, 0, 0])).max() < 0.06
    assert np.diff(made.contacts.start_s) == pytest.approx(0.35)
    assert made.contacts.is_left[:5].tolist() == [True, False, True, False, True]
