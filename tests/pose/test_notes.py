import numpy as np
import pytest

from formcheck.pose.notes import pose_notes, share_of_feet_cut, share_outside
from tests.pose.test_people import walker

FRAMES = 40


def landmarks(x=400.0, feet_y=500.0):
    xy = np.full((FRAMES, 19, 2), (x, 300.0))
    xy[:, 13:, 1] = feet_y
    return xy


def codes(runner=None, others=0, xy=None, size=(800, 600)):
    xy = landmarks() if xy is None else xy
    return [note.code for note in pose_notes(runner or walker(), others, xy, *size)]


def test_a_good_clip_needs_no_remark():
    assert codes() == []


def test_other_people_are_mentioned():
    one, three = (pose_notes(walker(), n, landmarks(), 800, 600)[0].text for n in (1, 3))
    assert one.startswith("Another person is")
    assert three.startswith("3 other people are")


def test_a_small_runner_is_mentioned_with_the_share_of_the_picture():
    (note,) = pose_notes(walker(side=150.0), 0, landmarks(), 800, 600)
    assert note.code == "small_runner"
    assert "150 pixels, 25 %" in note.text
    assert "closer" in note.fix


def test_a_runner_who_fills_a_picture_of_few_pixels_is_not_sent_closer():
    (note,) = pose_notes(walker(side=280.0), 0, 0.6 * landmarks(), 480, 360)
    assert note.code == "small_runner"
    assert "closer" not in note.fix
    assert "720" in note.fix


def test_a_dark_runner_is_mentioned_with_what_was_measured():
    runner = walker()
    runner.light[:] = [20.0] * len(runner.light)
    (note,) = pose_notes(runner, 0, landmarks(), 800, 600)
    assert note.code == "low_light"
    assert "20 of 255" in note.text


def test_feet_below_the_picture_are_mentioned():
    xy = landmarks()
    xy[: FRAMES // 4, 15:, 1] = 620
    assert codes(xy=xy) == ["feet_cut_off"]
    assert share_of_feet_cut(xy, 800, 600) == pytest.approx(0.25)


def test_frames_without_the_runner_are_mentioned_and_are_no_cut_feet():
    xy = landmarks()
    xy[: FRAMES // 4] = np.nan
    assert codes(xy=xy) == ["runner_leaves_frame"]
    assert share_outside(xy, 800, 600) == pytest.approx(0.25)
    assert share_of_feet_cut(xy, 800, 600) == 0
    assert share_of_feet_cut(np.full((5, 19, 2), np.nan), 800, 600) == 0
