"""Gravity as a check of the scale: rise by the times of a step, and what is said of a wrong one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import cumulative_trapezoid

from formcheck.gait.gravity import (
    GRAVITY_MPS2,
    expected_rise_m,
    gravity_scale,
    mean_rise,
)
from formcheck.types import Runner
from tests.gait.exact import filmed, measured, take


@pytest.mark.parametrize(("step_s", "contact_s"), [(0.364, 0.27), (0.333, 0.225), (0.34, 0.34)])
def test_rise_of_a_body_on_half_a_sine_of_force(step_s, contact_s):
    """The force of the contact, integrated twice, agrees with the closed form."""
    t = np.linspace(0, step_s, 20001)
    peak = GRAVITY_MPS2 * np.pi * step_s / (2 * contact_s)
    force = np.where(t < contact_s, peak * np.sin(np.pi * t / contact_s), 0.0)
    speed = cumulative_trapezoid(force - GRAVITY_MPS2, t, initial=0)
    height = cumulative_trapezoid(speed - speed.mean(), t, initial=0)
    assert expected_rise_m(step_s, contact_s) == pytest.approx(np.ptp(height), rel=0.002)


def test_mean_rise_of_two_unequal_steps_under_drift():
    t = np.arange(0, 6, 1 / 60)
    stride_s = 0.7
    single, double = 2 * np.pi * t / stride_s, 4 * np.pi * t / stride_s
    height = 40 * np.cos(double) + 5 * np.cos(single) + 3 * t - 2 * t**2
    fine = np.linspace(0, 2 * np.pi, 20001)
    course = 40 * np.cos(2 * fine) + 5 * np.cos(fine)
    true = (np.ptp(course[:10000]) + np.ptp(course[10000:])) / 2
    height[50:60] = np.nan
    assert mean_rise(t, height, stride_s) == pytest.approx(true, rel=0.002)


def test_whole_clips_carry_what_gravity_says():
    made = take("left")
    found = made.gait.calibration.scale_candidates["gravity"]
    rise_m = expected_rise_m(made.gait.stride_time_s / 2, made.truth["contact_time_ms"] / 1000)
    assert found is not None
    assert found * 1400 / 4 == pytest.approx(
        100 * rise_m / made.truth["vertical_oscillation_cm"], rel=0.06
    )


@pytest.mark.parametrize("fps", [20.0, 60.0])
def test_too_few_frames_say_nothing(fps):
    made = take("left", fps)
    found = gravity_scale(
        made.track.t_s, made.gait.body_xy, made.gait.contacts, made.gait.stride_time_s
    )
    assert (found is None) == (fps == 20.0)
    assert gravity_scale(made.track.t_s, made.gait.body_xy, (), 0.7) is None


def test_gravity_tells_but_does_not_move_the_scale():
    """A height in the wrong unit is noticed though nothing else contradicts it."""
    track = filmed("left")[2]
    gait, _ = measured(track, Runner(height_m=1.75 * 2.4))
    doubts = {"clock_wrong", "clock_doubtful"}
    assert doubts & {note.code for note in gait.notes}
    assert gait.calibration.metres_per_px == pytest.approx(
        gait.calibration.scale_candidates["height"]
    )
    right, _ = measured(track, Runner(height_m=1.75))
    assert not doubts & {note.code for note in right.notes}
