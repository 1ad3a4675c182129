"""The camera's roll and yaw: what room, belt and body say, weighed."""

from __future__ import annotations

import numpy as np
import pytest

from formcheck.gait.belt import BeltLine, followed
from formcheck.gait.camera import (
    INCLINE_SD_DEG,
    UNLEVELLED_SD_DEG,
    UNPLACED_SD_DEG,
    Slope,
    belt_slope,
    find_camera,
)
from formcheck.types import Scene, View
from formcheck.video.vanishing import FOCAL
from tests.gait.exact import filmed, measured, take

LEFT = View("side", "left", "left", 1.0)
RIGHT = View("side", "right", "right", 1.0)
REAR = View("rear", None, None, 1.0)
FRONT = View("front", None, None, 1.0)
# As of a camera at hip height three metres away.
BELOW = (np.radians(17.0), 0.0)


def line(slope_deg: float, sd_deg: float = 0.01) -> BeltLine:
    return BeltLine(1000.0, slope_deg, sd_deg, 0.01)


@pytest.mark.parametrize(("view", "sign"), [(LEFT, 1), (RIGHT, -1)])
def test_a_belt_that_rises_ahead_is_turned_clockwise_when_the_runner_faces_left(view, sign):
    slope = belt_slope(view, [line(3.0)], 0.0, BELOW, None)
    assert slope is not None
    assert slope.deg == pytest.approx(sign * 3.0)
    assert slope.sd_deg == pytest.approx(INCLINE_SD_DEG, rel=0.01)


@pytest.mark.parametrize("view", [LEFT, RIGHT])
def test_incline_is_no_roll(view):
    climb_pct = 100 * np.tan(np.radians(2.0))
    slope = belt_slope(view, [line(2.0)], climb_pct, BELOW, None)
    assert slope is not None
    assert slope.deg == pytest.approx(0.0, abs=1e-6)


def test_a_belt_line_means_nothing_from_behind():
    assert belt_slope(REAR, [line(5.0)], 0.0, BELOW, None) is None
    assert belt_slope(LEFT, [], 0.0, BELOW, None) is None


def test_what_lies_farther_below_the_horizon_leans_more():
    level, down = (
        belt_slope(LEFT, [line(0.0)], 0.0, BELOW, Scene(0.0, 0.2, pitch_deg=deg, pitch_sd_deg=1.0))
        for deg in (0.0, 10.0)
    )
    unknown = belt_slope(LEFT, [line(0.0)], 0.0, BELOW, None)
    assert level is not None
    assert down is not None
    assert unknown is not None
    assert level.per_yaw == pytest.approx(np.tan(np.radians(17.0)))
    assert down.per_yaw == pytest.approx(np.tan(np.radians(27.0)))
    assert unknown.per_yaw_sd > level.per_yaw_sd


@pytest.mark.parametrize("bad", [BeltLine(-900.0, 140.0, 1.0, 0.02), BeltLine(900.0, 40.0, 1, 0.1)])
def test_a_planted_foot_that_goes_forward_or_steeply_was_not_followed(bad):
    assert followed(line(3.0))
    assert not followed(bad)


def test_nothing_known_is_level_and_square_but_unsure():
    found = find_camera(REAR)
    assert (found.roll_deg, found.yaw_deg) == (0.0, 0.0)
    assert found.roll_sd_deg == pytest.approx(UNLEVELLED_SD_DEG)
    assert found.yaw_sd_deg == pytest.approx(UNPLACED_SD_DEG)
    assert set(found.roll_candidates.values()) == {None}


def test_the_room_tells_the_roll():
    found = find_camera(REAR, Scene(2.0, 0.3))
    assert found.roll_deg == pytest.approx(2.0, abs=0.1)
    assert found.roll_sd_deg < 0.3
    assert found.yaw_candidates["room"] is None


@pytest.mark.parametrize(("view", "sign"), [(LEFT, 1), (RIGHT, -1), (REAR, -1), (FRONT, 1)])
def test_the_room_tells_the_yaw(view, sign):
    """A camera that looks to the right stands where its left is."""
    found = find_camera(view, Scene(0.0, 0.2, 7.0, 0.3))
    assert 0.8 * 7 < sign * found.yaw_deg < 7
    assert found.yaw_candidates == {"belt": None, "body": None, "feet": None, "room": sign * 7.0}


@pytest.mark.parametrize(("view", "sign"), [(LEFT, -1), (RIGHT, 1)])
def test_belt_and_room_tell_roll_and_yaw_apart(view, sign):
    """Ahead of a runner who faces right the belt's left end is far: it falls to the right."""
    roll_deg, yaw_deg = 2.0, 6.0
    belt = Slope(roll_deg + sign * 0.4 * yaw_deg, 0.3, 0.4, 0.02)
    found = find_camera(view, Scene(roll_deg, 0.2), belt=belt)
    assert found.roll_deg == pytest.approx(roll_deg, abs=0.1)
    assert found.yaw_deg == pytest.approx(yaw_deg, abs=0.5)
    assert found.yaw_candidates["belt"] == pytest.approx(yaw_deg)


def test_belt_and_body_tell_the_roll_without_a_room():
    roll_deg, yaw_deg = 2.0, 6.0
    belt = Slope(roll_deg + 0.4 * yaw_deg, 0.3, 0.4, 0.02)
    square, told = (find_camera(RIGHT, belt=belt, body=body) for body in (None, (yaw_deg, 1.0)))
    assert told.roll_deg == pytest.approx(roll_deg, abs=0.3)
    assert told.roll_sd_deg < square.roll_sd_deg
    assert told.roll_candidates["belt"] == pytest.approx(roll_deg, abs=0.3)


def test_sources_that_agree_are_surer_and_those_that_do_not_are_unsure():
    alone = find_camera(LEFT, body=(7.0, 2.5))
    agree = find_camera(LEFT, Scene(0.0, 0.2, 6.0, 0.3), body=(7.0, 2.5))
    contradict = find_camera(LEFT, Scene(0.0, 0.2, 13.0, 0.3), body=(-7.0, 2.5))
    assert agree.yaw_sd_deg < alone.yaw_sd_deg < contradict.yaw_sd_deg
    assert contradict.roll_sd_deg == pytest.approx(agree.roll_sd_deg)


@pytest.mark.parametrize("stand", ["left", "right"])
@pytest.mark.parametrize("roll_deg", [-3.0, 3.0])
def test_roll_of_whole_clips(stand, roll_deg):
    """A turned belt may also be a camera off square, so that it is not all taken for roll."""
    calibration = take(stand, roll_deg=roll_deg, incline_pct=2.0).gait.calibration
    assert 0.5 < calibration.roll_deg / roll_deg < 1.1
    assert calibration.roll_deg == pytest.approx(roll_deg, abs=2 * calibration.roll_sd_deg)
    assert calibration.roll_source == "belt"


@pytest.mark.parametrize("stand", ["left", "right"])
def test_a_camera_off_square_is_not_taken_for_a_rolled_one(stand):
    """The lens a metre and a half above the belt, so that its line leans by a third of the yaw."""
    runner, _, track = filmed(stand, yaw_deg=8.0, lens_height_m=1.5, focal_px=FOCAL * 1280)
    room = Scene(0.0, 0.2)
    known = measured(track, runner.as_user_input, scene=room)[0].calibration
    assert known.roll_deg == pytest.approx(0.0, abs=0.3)
    assert known.yaw_candidates["belt"] is not None
    assert abs(known.yaw_candidates["belt"]) == pytest.approx(8.0, abs=4.0)
