"""The camera's place around the runner: what the runner's two sides and feet say, and the note."""

from __future__ import annotations

import numpy as np
import pytest

from formcheck.conventions import convention_of
from formcheck.gait.body import to_body
from formcheck.gait.camera import Camera
from formcheck.gait.model import build_gait
from formcheck.gait.yaw import NOTICED_DEG, path_of_feet, sides_apart, yaw_notes
from formcheck.landmarks import SIDES
from formcheck.types import Metric, Scene, View
from tests.gait.exact import filmed, measured, take

LEFT = View("side", "left", "left", 1.0)
RIGHT = View("side", "right", "right", 1.0)
REAR = View("rear", None, None, 1.0)
FRONT = View("front", None, None, 1.0)
HEIGHT_M = 1.75


# The synthetic camera walks counter-clockwise: from the left towards the runner's back.
AHEAD = {"left": -1.0, "right": 1.0, "rear": 1.0, "front": 1.0}


@pytest.mark.parametrize("view", [LEFT, RIGHT])
@pytest.mark.parametrize("yaw_deg", [-8.0, 0.0, 8.0])
def test_the_runners_two_sides_tell(view, yaw_deg):
    track = filmed(view.near_side, yaw_deg=yaw_deg)[2]
    body_px = to_body(track.xy_px, view)
    found_deg, _ = sides_apart(
        body_px, view.near_side, HEIGHT_M * 1400 / 4, convention_of("joints").yaw
    )
    assert found_deg == pytest.approx(AHEAD[view.near_side] * yaw_deg, abs=1.5)


@pytest.mark.parametrize("view", [REAR, FRONT])
@pytest.mark.parametrize("yaw_deg", [-6.0, 0.0, 6.0])
def test_the_feet_tell_from_behind_and_in_front(view, yaw_deg):
    runner, _, track = filmed(view.kind, yaw_deg=yaw_deg)
    body_m = to_body(track.xy_px, view, unit_per_px=4 / 1400)
    contacts = take("left").gait.contacts
    known = path_of_feet(track.t_s, body_m, contacts, runner.spec.speed_mps)
    unknown = path_of_feet(track.t_s, body_m, contacts, None)
    assert known is not None
    assert unknown is not None
    assert known[0] == pytest.approx(AHEAD[view.kind] * yaw_deg, abs=1.5)
    assert unknown[0] == pytest.approx(known[0], rel=0.2)
    assert unknown[1] > 0.999 * known[1]


def test_too_few_contacts_say_nothing():
    track = filmed("rear")[2]
    contacts = take("left").gait.contacts[:4]
    assert path_of_feet(track.t_s, to_body(track.xy_px, REAR), contacts, 2.9) is None


def off(yaw_deg: float, sd_deg: float) -> Camera:
    return Camera(0.0, 0.2, yaw_deg, sd_deg, {}, {})


@pytest.mark.parametrize(
    ("view", "deg", "words"),
    [
        (LEFT, 10.0, ("ahead of", "1.7 cm", "1.5 %")),
        (RIGHT, -5.0, ("behind", "0.9 cm", "0.4 %")),
        (REAR, 5.0, ("right of the belt", "4 degrees further in")),
        (REAR, -5.0, ("left of the belt", "4 degrees further in")),
    ],
)
def test_what_it_does_to_the_numbers_is_told(view, deg, words):
    (note,) = yaw_notes(view, off(deg, 1.0))
    assert note.code == "camera_aside"
    assert all(word in note.text for word in words)
    assert note.fix


def test_small_and_unsure_angles_are_not_remarked_on():
    for view in (LEFT, REAR):
        assert not yaw_notes(view, off(NOTICED_DEG[view.kind] - 0.1, 0.5))
        assert yaw_notes(view, off(NOTICED_DEG[view.kind] + 0.1, 0.5))
        assert not yaw_notes(view, off(NOTICED_DEG[view.kind] + 1.0, 4.0))


def test_far_aside_even_both_knees_together_are_unsure():
    (near,), (far,) = (yaw_notes(REAR, off(deg, 1.0)) for deg in (9.0, 12.0))
    assert "nearly free of it" in near.text
    assert "are not shown" in far.text


@pytest.mark.parametrize(("yaw_deg", "shown"), [(4.0, True), (14.0, False)])
def test_one_knee_is_as_unsure_as_the_camera_is_aside_from_behind(yaw_deg, shown):
    """The true knees are alike: whatever one looks to do, its interval or silence allows for it."""
    runner, _, track = filmed("rear", yaw_deg=yaw_deg, distance_m=5.0)
    square = measured(filmed("rear", distance_m=5.0)[2], runner.as_user_input)[1]
    aside = measured(track, runner.as_user_input)[1]
    key = "knee_fppa_midstance_deg"
    assert holds(aside[key], square[key])
    for side in SIDES:
        one = aside[f"{key}_{side}"]
        assert (one.status == "measured") is shown
        assert not shown or holds(one, square[f"{key}_{side}"])


def holds(found: Metric, true: Metric) -> bool:
    """Return whether an interval holds another clip's value."""
    assert found.low is not None
    assert found.high is not None
    assert true.value is not None
    return found.low < true.value < found.high


@pytest.mark.parametrize("stand", ["left", "right", "rear"])
def test_whole_clips(stand):
    runner, _, track = filmed(stand, yaw_deg=9.0)
    gait = build_gait(track, runner.as_user_input, scene=Scene(0.0, 0.3, -9.0, 0.5))
    assert gait.calibration.yaw_deg == pytest.approx(AHEAD[stand] * 9.0, abs=1.5)
    assert "camera_aside" in {note.code for note in gait.notes}
    rolled = build_gait(track, runner.as_user_input, scene=Scene(0.0, 0.3))
    assert rolled.calibration.yaw_candidates["room"] is None
    plain = build_gait(filmed(stand)[2], runner.as_user_input, scene=Scene(0.0, 0.3, 0.0, 0.5))
    assert abs(plain.calibration.yaw_deg) < 1.5
    assert "camera_aside" not in {note.code for note in plain.notes}


def test_intervals_are_wider_where_the_camera_is_off_its_place():
    width_deg = {}
    for yaw_deg in (0.0, 9.0):
        runner, _, track = filmed("left", yaw_deg=yaw_deg)
        elbow = measured(track, runner.as_user_input)[1]["elbow_angle_deg"]
        assert elbow.low is not None
        assert elbow.high is not None
        width_deg[yaw_deg] = elbow.high - elbow.low
    assert width_deg[9.0] > 1.1 * width_deg[0.0]


def test_feet_seen_by_a_swaying_camera_tell_less():
    track = filmed("rear")[2]
    contacts = take("left").gait.contacts
    body_m = to_body(track.xy_px, REAR, unit_per_px=4 / 1400)
    sway_m = 0.1 * np.sin(2 * np.pi * 0.9 * track.t_s)
    swaying_m = body_m + sway_m[:, None, None] * [1.0, 0.0]
    still, moved = (path_of_feet(track.t_s, one, contacts, 2.9) for one in (body_m, swaying_m))
    assert still is not None
    assert moved is not None
    assert moved[1] > 1.2 * still[1]
