"""Geometry: exact values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.annotate import geometry

NAN = np.nan


def test_content_turned_clockwise_has_its_vertical_leaning_right():
    up = np.array((0.0, -1.0))
    np.testing.assert_allclose(geometry.turned(up, 90.0), (1.0, 0.0), atol=1e-12)
    np.testing.assert_allclose(
        geometry.turned(up, 10.0), (np.sin(np.radians(10)), -np.cos(np.radians(10)))
    )


@given(angle=st.floats(-180, 180), x=st.floats(-1e4, 1e4), y=st.floats(-1e4, 1e4))
def test_turning_there_and_back_changes_nothing(angle, x, y):
    points = np.array(((x, y), (NAN, y)))
    back = geometry.turned(geometry.turned(points, angle), -angle)
    np.testing.assert_allclose(back[0], points[0], atol=1e-8)
    assert np.isnan(back[1]).all()


def test_sampling_is_linear_between_frames():
    t_s = np.array((0.0, 0.05, 0.1))
    values = np.array(((0.0, 10.0), (1.0, 20.0), (4.0, 20.0)))
    got = geometry.sample(t_s, values, np.array((0.025, 0.1)))
    np.testing.assert_allclose(got, ((0.5, 15.0), (4.0, 20.0)))


def test_sampling_never_reaches_beyond_what_is_known():
    t_s = 0.1 * np.arange(5.0)
    values = np.array((NAN, 1.0, 2.0, 3.0, NAN))
    got = geometry.sample(t_s, values, np.array((0.05, 0.1, 0.35, NAN)))
    np.testing.assert_allclose(got, (NAN, 1.0, NAN, NAN))


def test_sampling_bridges_short_gaps_only():
    t_s = 0.02 * np.arange(11.0)
    values = np.arange(11.0)
    short, long = values.copy(), values.copy()
    short[4:7] = NAN
    long[3:9] = NAN
    at = np.array((0.1,))
    np.testing.assert_allclose(geometry.sample(t_s, short, at), 5.0)
    assert np.isnan(geometry.sample(t_s, long, at)).all()


def test_sampling_bridges_one_frame_interval_however_long_it_is():
    got = geometry.sample(np.array((0.0, 0.5)), np.array((0.0, 1.0)), np.array((0.25,)))
    np.testing.assert_allclose(got, 0.5)


def test_sampling_keeps_the_shape_of_the_times():
    got = geometry.sample(np.arange(3.0), np.zeros((3, 2)), np.zeros((4, 5)), max_gap_s=2.0)
    assert got.shape == (4, 5, 2)


def test_sampling_what_was_never_known():
    assert np.isnan(geometry.sample(np.arange(3.0), np.full(3, NAN), np.array((1.0,)))).all()


def test_dashes_fill_a_line_from_end_to_end():
    line = np.array((((((0.0, 0.0), (29.0, 58.0))),),))
    dashes = geometry.dashed(line, 3, filled=0.9)
    assert dashes.shape == (1, 3, 2, 2)
    np.testing.assert_allclose(dashes[0, :, :, 0], ((0, 9), (10, 19), (20, 29)))
    np.testing.assert_allclose(dashes[0, :, :, 1], 2 * dashes[0, :, :, 0])


def test_a_single_dash_is_the_line():
    line = np.array((((((0.0, 0.0), (10.0, 0.0))),),))
    np.testing.assert_allclose(geometry.dashed(line, 1), line)


def test_dash_count_follows_the_usual_length():
    lines = np.zeros((3, 1, 2, 2))
    lines[:, 0, 1, 0] = (100.0, 100.0, NAN)
    assert geometry.dash_count(lines, 20.0) == 5
    assert geometry.dash_count(np.full((2, 1, 2, 2), NAN), 20.0) == 1


def test_arc_from_up_to_the_right():
    got = geometry.arc(np.array(((5.0, 5.0),)), 2.0, 0.0, np.array((90.0,)), n=3)
    half = np.sqrt(2.0)
    np.testing.assert_allclose(got[0, 0], ((5, 3), (5 + half, 5 - half), (7, 5)), atol=1e-12)


def test_trail_shows_past_heights_drifting_away():
    t_s = 0.05 * np.arange(21.0)
    path = np.stack((100 + t_s, 50 + 10 * t_s), axis=-1)
    wake = geometry.trail(t_s, path, span_s=0.4, drift_px=(-80.0, 0.0), n=3)
    np.testing.assert_allclose(wake[20, :, 0], 101 - np.array((0, 40, 80)))
    np.testing.assert_allclose(wake[20, :, 1], (60, 58, 56))


def test_trail_grows_from_the_first_known_point():
    t_s = 0.05 * np.arange(21.0)
    path = np.stack((np.full(21, 100.0), 50 + 10 * t_s), axis=-1)
    path[:4] = NAN
    wake = geometry.trail(t_s, path, span_s=0.4, drift_px=(-80.0, 0.0), n=3)
    assert np.isnan(wake[3]).all()
    np.testing.assert_allclose(wake[4], ((100, 52), (100, 52), (100, 52)))
    np.testing.assert_allclose(wake[6], ((100, 53), (80, 52), (80, 52)))


def test_latest_event_is_told_to_the_nearest_frame():
    which, age = geometry.latest(0.1 * np.arange(6.0), np.array((0.14, 0.41)))
    assert which.tolist() == [-1, 0, 0, 0, 1, 1]
    np.testing.assert_allclose(age, (NAN, -0.04, 0.06, 0.16, -0.01, 0.09))


def test_without_events_nothing_is_latest():
    which, age = geometry.latest(np.arange(3.0), np.empty(0))
    assert (which == -1).all()
    assert np.isnan(age).all()


@pytest.mark.parametrize(
    ("age", "opacity"), [(-0.01, 1), (0.5, 1), (0.55, 0.5), (0.6, 0), (9, 0), (NAN, 0)]
)
def test_a_held_moment_fades(age, opacity):
    np.testing.assert_allclose(geometry.fading(np.array((age,)), 0.5, 0.1), opacity, atol=1e-9)
