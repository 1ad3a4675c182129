"""The virtual camera against geometry that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from formcheck.landmarks import Landmark
from formcheck.types import Floats
from tests.synthetic import Camera, film, frame_times, make_runner

ONCE = np.zeros(1)


def seen(camera: Camera, *points: tuple[float, float, float]) -> Floats:
    return camera.project(np.array([points]), ONCE)[0]


@pytest.mark.parametrize("stand", ["left", "right", "rear", "front"])
def test_centre_and_scale(stand):
    camera = Camera(stand, distance_m=5.0, lens_height_m=1.0, focal_px=1000.0)
    centre, above = seen(camera, (0, 0, 1.0), (0, 0, 1.5))
    np.testing.assert_allclose(centre, [640, 360])
    np.testing.assert_allclose(above, [640, 360 - 0.5 * 1000 / 5])


@pytest.mark.parametrize(
    ("stand", "point", "right"),
    [
        ("right", (1, 0, 1), True),
        ("left", (1, 0, 1), False),
        ("rear", (0, -1, 1), True),
        ("front", (0, -1, 1), False),
    ],
)
def test_picture_sides(stand, point, right):
    (x, _), *_ = seen(Camera(stand), point)
    assert (x > 640) == right


def test_nearer_is_larger():
    camera = Camera("left")
    near, far = seen(camera, (0.0, 0.3, 1.2), (0.0, -0.3, 1.2))
    assert near[1] < far[1] < 360


def test_roll_turns_the_content_clockwise():
    (x, y), *_ = seen(Camera("left", roll_deg=10.0, lens_height_m=1.0), (0, 0, 1.5))
    assert np.degrees(np.arctan2(x - 640, 360 - y)) == pytest.approx(10.0)


def test_yaw_shortens_along_the_belt_and_lengthens_one_side():
    straight, turned = (
        seen(Camera("right", distance_m=50.0, yaw_deg=yaw), (-0.5, 0, 1), (0.5, 0, 1))
        for yaw in (0.0, 10.0)
    )
    ratio = np.ptp(turned[:, 0]) / np.ptp(straight[:, 0])
    assert ratio == pytest.approx(np.cos(np.radians(10.0)), abs=1e-4)


def test_pitch_moves_the_picture_up():
    (_, y), *_ = seen(Camera("left", pitch_deg=5.0), (0, 0, 1))
    assert y == pytest.approx(360 - 1400 * np.tan(np.radians(5.0)))


def test_sway_has_the_given_size_and_no_offset():
    t = np.linspace(0.0, 100.0, 20001)
    camera = Camera("left", sway_deg=0.3, focal_px=1000.0)
    path = camera.project(np.broadcast_to([0.0, 0.0, 1.0], (t.size, 1, 3)), t)[:, 0] - [640, 360]
    np.testing.assert_allclose(path.mean(axis=0), 0.0, atol=0.2)
    np.testing.assert_allclose(path.std(axis=0), 1000 * np.radians(0.3), rtol=0.03)


def test_film_gives_a_whole_track_in_the_picture():
    runner = make_runner(0)
    for stand in ("left", "right", "rear", "front"):
        track = film(runner, Camera(stand, focal_px=1000.0), frame_times(30, 2))
        assert track.xy_px.shape == (60, 19, 2)
        assert np.all((track.xy_px > 0) & (track.xy_px < [1280, 720]))
    rear = film(runner, Camera("rear"), frame_times(30, 2)).xy_px
    assert np.all(rear[:, Landmark.RIGHT_HIP, 0] > rear[:, Landmark.LEFT_HIP, 0])
    facing_left = film(runner, Camera("left"), frame_times(30, 2)).xy_px
    assert np.all(facing_left[:, Landmark.NOSE, 0] < facing_left[:, Landmark.LEFT_SHOULDER, 0])


def test_frame_times_are_even_unless_told_otherwise():
    np.testing.assert_allclose(frame_times(60, 1.0), np.arange(60) / 60)
    uneven = frame_times(30, 5.0, jitter_s=0.02, drop_share=0.1, seed=1)
    assert uneven[0] == 0.0
    assert np.all(np.diff(uneven) > 0)
    assert 120 < uneven.size < 148
    assert np.diff(uneven).std() > 0.005
