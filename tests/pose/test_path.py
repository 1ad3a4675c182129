import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.pose.path import smooth_path

TIMES = np.arange(0, 6, 0.1)
number = st.floats(-500, 500)


def region(path, now):
    found = path.at(now)
    assert found is not None
    return found


def steady(start, speed, times=TIMES):
    return np.array(start) + np.outer(times, speed)


@given(st.tuples(number, number), st.tuples(number, number), st.floats(0, 5.9))
def test_steady_motion_is_followed_without_lag(start, speed, now):
    regions = steady((*start, 300, 0.1), (*speed, 20, 0.05))
    path = smooth_path(TIMES, regions)
    expected = np.array((*start, 300, 0.1)) + now * np.array((*speed, 20, 0.05))
    assert path.at(now) == pytest.approx(expected, abs=1e-6)


def test_jitter_shrinks():
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 1, (len(TIMES), 4)) * (5, 5, 5, 0.05)
    regions = steady((400, 300, 500, 0), (0, 0, 0, 0)) + noise
    smooth = smooth_path(TIMES, regions).regions
    assert np.all(smooth.std(axis=0) < 0.6 * regions.std(axis=0))


def test_turns_through_half_a_circle_do_not_jump():
    regions = steady((0, 0, 100, 3.1), (0, 0, 0, 0.2))
    wrapped = regions.copy()
    wrapped[:, 3] = (wrapped[:, 3] + np.pi) % (2 * np.pi) - np.pi
    assert smooth_path(TIMES, wrapped).regions[:, 3] == pytest.approx(regions[:, 3])


def test_a_long_gap_has_no_region_and_does_not_mix_both_sides():
    kept = (TIMES < 2) | (TIMES > 4)
    regions = np.where(TIMES[:, None] < 3, (0.0, 0.0, 100.0, 0.0), (900.0, 0.0, 100.0, 0.0))
    path = smooth_path(TIMES[kept], regions[kept])
    assert path.at(3.0) is None
    assert region(path, 1.9)[0] == pytest.approx(0)
    assert region(path, 3.9)[0] == pytest.approx(900)


def test_a_short_gap_is_bridged():
    kept = (TIMES < 2) | (TIMES > 2.35)
    regions = steady((0, 0, 100, 0), (50, 0, 0, 0))
    assert region(smooth_path(TIMES[kept], regions[kept]), 2.2)[0] == pytest.approx(110)


@pytest.mark.parametrize(("now", "known"), [(-0.2, True), (-0.4, False), (6.1, True), (6.4, False)])
def test_the_ends_reach_a_quarter_of_a_second(now, known):
    path = smooth_path(TIMES, steady((0, 0, 100, 0), (0, 0, 0, 0)))
    assert (path.at(now) is not None) == known


def test_a_single_look_is_its_own_path():
    region = np.array([(1.0, 2.0, 3.0, 0.4)])
    assert smooth_path(np.array([0.5]), region).at(0.6) == pytest.approx(region[0])
