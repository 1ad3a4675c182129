"""The camera's roll: drawn rooms with a known camera, and scenes that do not tell."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from formcheck.errors import ClipError
from formcheck.video.level import clip_level, median_frame, scene_roll
from formcheck.video.vanishing import turn_of_lines
from tests.video.clips import record, steady

WIDTH, HEIGHT, FOCAL = 960, 540, 700.0
FRAMES = 7
WALL = [  # x from, x to, y from (up), y to, grey; metres on the wall
    (-9.0, 9.0, -4.0, 4.0, 150),
    (-9.0, 9.0, -4.0, -1.05, 90),
    (-9.0, 9.0, -1.05, -0.95, 60),
    (-1.9, -1.1, -0.4, 0.9, 220),
    (-0.2, 0.5, 0.2, 0.8, 80),
    (0.9, 1.6, -0.9, 0.9, 200),
    (2.0, 2.5, -0.95, 0.6, 110),
    (-2.6, -2.1, -0.95, 0.3, 70),
]
POST = np.array([(-0.1, -0.9), (0.0, -0.9), (0.1, 0.1), (0.0, 0.1)])


def camera(roll_deg, pitch_deg=0.0, yaw_deg=0.0):
    """World (x right, y up, z to the wall) to camera (x right, y down, z ahead)."""
    roll, pitch, yaw = np.radians((roll_deg, pitch_deg, yaw_deg))
    turn = [[np.cos(yaw), 0, -np.sin(yaw)], [0, -1, 0], [np.sin(yaw), 0, np.cos(yaw)]]
    tilt = [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    spin = [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    return np.array(spin) @ tilt @ turn


def fill(picture, turn, corners, depth, grey):
    seen = np.column_stack((corners, np.full(len(corners), depth))) @ turn.T
    middle = np.array((WIDTH, HEIGHT)) / 2
    points = np.round((seen[:, :2] / seen[:, 2:] * FOCAL + middle - 0.5) * 16).astype(np.int32)
    cv2.fillConvexPoly(picture, points, grey, cv2.LINE_AA, 4)


def room(turn, wall=WALL, posts=2, rng=None):
    """Draw a wall with what hangs and stands there, and treadmill posts that lean before it."""
    picture = np.full((HEIGHT, WIDTH), 150, np.uint8)
    for left, right, low, high, grey in wall:
        corners = np.array([(left, low), (right, low), (right, high), (left, high)])
        fill(picture, turn, corners, 3.0, grey)
    for post in range(posts):
        fill(picture, turn, POST + np.array((0.5 + 0.25 * post, 0)), 2.2, 30)
    noise = (rng or np.random.default_rng(0)).normal(0, 3, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def film(roll_deg, pitch_deg=0.0, yaw_deg=0.0, **scene):
    rng = np.random.default_rng(5)
    turn = camera(roll_deg, pitch_deg, yaw_deg)
    return [room(turn, rng=rng, **scene) for _ in range(FRAMES)]


@pytest.mark.parametrize(
    ("roll_deg", "pitch_deg", "yaw_deg"),
    [(0, 0, 0), (2, 5, 0), (-3, 8, 6), (1.3, -6, -8), (-0.7, 3, 12)],
)
def test_a_room_tells_roll_and_fan(roll_deg, pitch_deg, yaw_deg):
    found = scene_roll(film(roll_deg, pitch_deg, yaw_deg))
    assert found is not None
    assert found.roll_deg == pytest.approx(roll_deg, abs=min(0.25, 2 * found.sd_deg))
    fan_deg = np.degrees(np.tan(np.radians(pitch_deg)) * WIDTH / FOCAL)
    assert found.fan_deg == pytest.approx(fan_deg, abs=3 * found.fan_sd_deg)
    assert found.sd_deg < 0.4
    assert found.uprights > 3
    assert found.aside_deg == pytest.approx(yaw_deg, abs=1.0)


def test_the_line_of_sight_through_a_column():
    """Walls that the camera looks at squarely are seen askew through the picture's sides."""
    found = scene_roll(film(0, 3, 6))
    assert found is not None
    middle, right = found.aside(0.5), found.aside(1.0)
    assert middle[0] == found.aside_deg
    assert middle[1] == pytest.approx(found.aside_sd_deg, abs=1.0)
    assert right[0] - middle[0] == pytest.approx(np.degrees(np.arctan(0.5 / 0.75)), abs=0.1)
    assert right[1] > middle[1]


def test_turning_the_frames_turns_the_answer():
    frames = film(0.5, 4)
    start = scene_roll(frames)
    spin = cv2.getRotationMatrix2D((WIDTH / 2 - 0.5, HEIGHT / 2 - 0.5), -2.0, 1.15)
    turned = scene_roll(
        [np.asarray(cv2.warpAffine(frame, spin, (WIDTH, HEIGHT)), np.uint8) for frame in frames]
    )
    assert start is not None
    assert turned is not None
    assert turned.roll_deg - start.roll_deg == pytest.approx(2.0, abs=0.1)


def test_large_frames_are_reduced_to_the_same_answer():
    frames = film(1.5, 4)
    twice = [np.asarray(cv2.resize(frame, None, fx=2, fy=2), np.uint8) for frame in frames]
    small, large = scene_roll(frames), scene_roll(twice)
    assert small is not None
    assert large is not None
    assert large.roll_deg == pytest.approx(small.roll_deg, abs=0.1)


def test_a_swaying_hand_gives_the_mean():
    sways = np.array([-0.8, -0.3, 0.5, 0.2, 0.9, -0.2, 0.4])
    frames = [room(camera(1.0 + sway, 4 - sway, sway)) for sway in sways]
    found = scene_roll(frames)
    assert found is not None
    assert found.roll_deg == pytest.approx(1.0 + sways.mean(), abs=0.2)
    assert found.sd_deg > sways.std() / np.sqrt(sways.size)


def test_what_moves_does_not_count():
    frames = film(-1.0, 4)
    for number, frame in enumerate(frames):
        for limb in range(3):
            x = 60 + 40 * number + 280 * limb
            cv2.line(frame, (x, 100), (x + 30, 450), 10, 12, cv2.LINE_AA)
    found = scene_roll(frames)
    assert found is not None
    assert found.roll_deg == pytest.approx(-1.0, abs=0.2)


def test_what_is_masked_does_not_count():
    frames = film(1.0, 4)
    assert scene_roll(frames) is not None
    assert scene_roll(frames, np.ones((HEIGHT, WIDTH), bool)) is None


def test_black_bars_are_not_the_scene():
    frames = film(2.0, 4)
    barred = [np.pad(f, ((0, 0), (150, 150))) for f in frames]
    alone, framed = scene_roll(frames), scene_roll(barred)
    assert alone is not None
    assert framed is not None
    assert framed.roll_deg == pytest.approx(alone.roll_deg, abs=0.15)
    assert framed.uprights <= alone.uprights + 0.5


def test_a_leaning_treadmill_before_a_bare_wall_tells_nothing():
    deck = [(-1.2, 1.2, -0.95, -0.9, 40), (-1.3, 1.3, -1.1, -1.02, 30)]
    assert scene_roll(film(0.0, wall=deck)) is None


def test_scenes_that_do_not_tell():
    rng = np.random.default_rng(3)
    grain = rng.integers(0, 255, (HEIGHT, WIDTH), np.uint8)
    leaves = np.asarray(cv2.equalizeHist(cv2.GaussianBlur(grain, (0, 0), 4)), np.uint8)
    travelling = [np.roll(leaves, 120 * number, axis=1) for number in range(FRAMES)]
    assert scene_roll([]) is None
    assert scene_roll([np.full((HEIGHT, WIDTH), 90, np.uint8)] * FRAMES) is None
    assert scene_roll([np.zeros((8, 8), np.uint8)] * 3) is None
    assert scene_roll([leaves] * FRAMES) is None
    assert scene_roll(travelling) is None


def test_without_lines_the_answer_is_wide():
    turn = turn_of_lines(np.empty((0, 4)), (WIDTH, HEIGHT))
    assert turn.roll_sd_deg > 2
    assert turn.uprights == turn.levels == 0


def test_contradicting_uprights_make_a_wide_answer():
    columns = np.linspace(100, 860, 6)
    leans = np.where(np.arange(6) % 2, 0.0, 5.0)
    ends = [
        (x, 150, x - 240 * np.tan(np.radians(lean)), 390)
        for x, lean in zip(columns, leans, strict=True)
    ]
    together = turn_of_lines(np.array(ends[1::2]), (WIDTH, HEIGHT))
    torn = turn_of_lines(np.array(ends), (WIDTH, HEIGHT))
    assert torn.roll_sd_deg > 1.2 * together.roll_sd_deg


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_clip_is_sampled_and_measured(tmp_path, suffix):
    frames = [cv2.cvtColor(frame, cv2.COLOR_GRAY2RGB) for frame in film(1.7, 5)]
    path = record(tmp_path / f"room{suffix}", steady(40), draw=lambda number: frames[number % 7])
    found = clip_level(path)
    assert found is not None
    assert found.roll_deg == pytest.approx(1.7, abs=0.25)
    assert clip_level(path) == found


def test_a_clip_that_is_none_is_refused(tmp_path):
    (tmp_path / "text.mp4").write_text("no clip")
    with pytest.raises(ClipError):
        clip_level(tmp_path / "text.mp4")


@pytest.mark.parametrize("count", [1, 2, 7, 12])
def test_the_median_of_frames_is_numpys(count):
    frames = np.random.default_rng(count).integers(0, 256, (count, 9, 16), np.uint8)
    expected = np.median(frames, axis=0).astype(np.uint8)
    np.testing.assert_array_equal(median_frame(frames), expected)
