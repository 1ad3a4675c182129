"""Who runs, who walks, who stands; and clips that play slower than life."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from formcheck.errors import NoRunnerError
from formcheck.gait.model import build_gait
from formcheck.gait.running import (
    play_step_rate,
    refuse_exercise,
    refuse_walking,
    running_rhythm,
)
from formcheck.gait.view import find_view
from formcheck.landmarks import SIDES, Landmark, index, mid_hip
from formcheck.types import Floats, PoseTrack, Runner
from formcheck.video import fitting_factors
from tests.gait.exact import filmed
from tests.synthetic import with_gap, with_leg_swaps, with_noise

FAST_FROM_ABOVE = {
    "speed_mps": 4.5,
    "cadence_spm": 180.0,
    "contact_s": 0.2,
    "lens_height_m": 2.4,
    "pitch_deg": 20.0,
}
LEG = ("knee", "ankle", "heel", "toe")
TRUNK_AND_HEAD = [point for point in Landmark if point <= Landmark.RIGHT_HIP]


@cache
def run(stand: str, fps: float = 60.0, seconds: float = 5.0, **more: Any) -> PoseTrack:
    return filmed(stand, fps, seconds, **more)[2]


@cache
def walk(stand: str, rise_cm: float = 4.0) -> PoseTrack:
    """Return a walk: the trunk highest over the standing leg, lowest when the legs are apart."""
    runner, _, track = filmed(stand, 60.0, 5.0, cadence_spm=112.0, contact_s=0.4, speed_mps=1.5)
    px_per_m = 350.0
    rise = runner.rise(track.t_s)
    up = rise + 0.01 * rise_cm * (rise - rise.mean()) / np.ptp(rise)
    xy = track.xy_px.copy()
    xy[:, TRUNK_AND_HEAD, 1] += px_per_m * up[:, None]
    return replace(track, xy_px=xy)


def stand_still(stand: str) -> PoseTrack:
    track = run(stand)
    still = replace(track, xy_px=np.repeat(track.xy_px[:1], track.t_s.size, axis=0))
    return with_noise(still, 2.0)


@pytest.mark.parametrize("stand", ["left", "right", "rear", "front"])
@pytest.mark.parametrize(
    "how", [{}, {"bounce_cm": 5.5}, {"roll_deg": 4.0}, FAST_FROM_ABOVE], ids=str
)
def test_runners_are_not_refused(stand, how):
    track = run(stand, **how)
    view = find_view(track)
    rhythm = running_rhythm(track, view)
    refuse_walking(track, view, rhythm)
    refuse_exercise(track, view, rhythm)


def legs_alike(xy: Floats) -> Floats:
    for joint in LEG:
        xy[:, index(joint, "right"), 1] = xy[:, index(joint, "left"), 1]
    return xy


def feet_under_the_body(xy: Floats) -> Floats:
    hips = mid_hip(xy)[:, 0]
    for joint in LEG:
        for side in SIDES:
            xy[:, index(joint, side), 0] = hips + (xy[:, index(joint, side), 0] - hips) / 3
    return xy


def knees_far_up(xy: Floats) -> Floats:
    left, right = (xy[:, index("knee", side), 1].copy() for side in SIDES)
    xy[:, index("knee", "left"), 1] += 3 * (left - right)
    xy[:, index("knee", "right"), 1] -= 3 * (left - right)
    return xy


@pytest.mark.parametrize(
    ("stand", "how", "change", "words"),
    [
        ("front", {}, legs_alike, "Both legs move alike"),
        ("left", {}, legs_alike, "Both legs move alike"),
        ("right", {}, feet_under_the_body, "stay under the body"),
        ("rear", {}, knees_far_up, "lunges or high knees"),
        ("left", {"bounce_cm": 24.0}, np.asarray, "as in jumping"),
    ],
)
def test_other_exercise_is_refused(stand, how, change, words):
    track = run(stand, **how)
    other = replace(track, xy_px=change(track.xy_px.copy()))
    with pytest.raises(NoRunnerError, match=words) as caught:
        build_gait(other, Runner(height_m=1.75))
    assert caught.value.code == "not_running"
    assert play_step_rate(other) is None


@pytest.mark.parametrize("stand", ["left", "right", "rear", "front"])
def test_walking_is_refused(stand):
    with pytest.raises(NoRunnerError, match="walks") as caught:
        build_gait(walk(stand), Runner(height_m=1.75))
    assert caught.value.code == "walking"
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("stand", ["left", "rear"])
def test_walking_is_refused_at_any_speed_of_play(stand):
    slow = replace(walk(stand), t_s=4 * walk(stand).t_s)
    with pytest.raises(NoRunnerError):
        build_gait(slow, Runner())
    assert play_step_rate(slow) is None


def test_a_trunk_that_tells_nothing_is_not_called_walking():
    """Where the trunk is lowest halfway between, its sign is an accident."""
    track = run("left")
    view = find_view(track)
    rhythm = running_rhythm(track, view)
    between = replace(rhythm, phase=rhythm.phase + np.pi / 4 + 0.05)
    refuse_walking(track, view, between)


@pytest.mark.parametrize("stand", ["left", "rear"])
@pytest.mark.parametrize("wrong", [2.0, 1.37])
def test_a_rhythm_without_bounce_is_not_believed(stand, wrong):
    track = run(stand)
    view = find_view(track)
    rhythm = running_rhythm(track, view)
    other = replace(rhythm, stride_hz=wrong * rhythm.stride_hz, phase=wrong * rhythm.phase)
    with pytest.raises(NoRunnerError, match="hardly bounces") as caught:
        refuse_walking(track, view, other)
    assert caught.value.code == "rhythm_unsure"


@pytest.mark.parametrize(("share", "refused"), [(0.2, False), (0.4, True)])
def test_legs_mixed_up_too_often_are_refused(share, refused):
    track = run("left")
    hit = np.random.default_rng(2).random(track.t_s.size) < share
    mixed = with_leg_swaps(track, np.flatnonzero(hit).tolist())
    if not refused:
        build_gait(mixed, Runner(height_m=1.75))
        return
    with pytest.raises(NoRunnerError, match="of 300 frames") as caught:
        build_gait(mixed, Runner(height_m=1.75))
    assert caught.value.code == "legs_mixed_up"


@pytest.mark.parametrize("stand", ["left", "rear"])
def test_standing_still_is_no_running(stand):
    with pytest.raises(NoRunnerError, match="No running") as caught:
        build_gait(stand_still(stand), Runner())
    assert caught.value.code == "no_running"


@pytest.mark.parametrize("stand", ["left", "rear"])
def test_runner_who_steps_on_late_is_still_a_runner(stand):
    late = with_gap(run(stand), 0.0, 1.5)
    assert play_step_rate(late) == pytest.approx(170, abs=1.5)


@pytest.mark.parametrize("stand", ["left", "right", "rear"])
@pytest.mark.parametrize("cadence_spm", [156.0, 184.0])
def test_step_rate_of_play(stand, cadence_spm):
    track = run(stand, 30.0, cadence_spm=cadence_spm, contact_s=0.23)
    assert play_step_rate(track) == pytest.approx(cadence_spm, abs=1.0)
    assert fitting_factors(cadence_spm, 30.0) == ()


@pytest.mark.parametrize(
    ("factor", "capture_hz"), [(2.0, 60.0), (4.0, 120.0), (8.0, 240.0)], ids=str
)
@pytest.mark.parametrize("stand", ["left", "rear"])
def test_slow_motion_is_found(factor, capture_hz, stand):
    """Captured fast, stored to play at 30 frames a second."""
    track = run(stand, capture_hz, 4.0)
    slowed = replace(track, t_s=factor * track.t_s)
    rate_spm = play_step_rate(slowed)
    assert rate_spm == pytest.approx(170 / factor, rel=0.01)
    assert rate_spm is not None
    assert fitting_factors(rate_spm, 30.0)[0] == factor


def test_step_rate_survives_swapped_legs():
    track = run("left")
    swapped = with_leg_swaps(track, range(0, track.t_s.size, 5))
    assert play_step_rate(swapped) == pytest.approx(170, abs=1.0)
