"""What must not change the numbers: where, how large, which way round and when a run is filmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from formcheck.gait.running import play_step_rate
from formcheck.landmarks import NAMES
from formcheck.types import Metric, PoseTrack, Runner
from tests.gait.exact import filmed, measured, take
from tests.metrics.test_truth import REAR_TOLERANCE, SIDE_TOLERANCE
from tests.synthetic import Camera, film, frame_times, make_runner

SECONDS = 4.0
STANDS = ("left", "rear")
# Each example measures a whole clip: a few of them, and no search for the smallest that fails.
FEW = settings(
    derandomize=True,
    max_examples=3,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)
MIRRORED = [
    NAMES.index(name.replace("left", "L").replace("right", "left").replace("L", "right"))
    for name in NAMES
]
Change = Callable[[PoseTrack, Runner], tuple[PoseTrack, Runner]]


@cache
def original(stand: str) -> tuple[PoseTrack, Runner, Mapping[str, Metric]]:
    runner, _, track = filmed(stand, 60.0, SECONDS)
    return track, runner.as_user_input, measured(track, runner.as_user_input)[1]


def changed(stand: str, change: Change) -> tuple[Mapping[str, Metric], Mapping[str, Metric]]:
    """Return the metrics of the original and of the changed track."""
    track, runner, before = original(stand)
    return before, measured(*change(track, runner))[1]


def assert_same(
    before: Mapping[str, Metric],
    after: Mapping[str, Metric],
    share: float,
    factor: Callable[[str], float] = lambda key: 1.0,
) -> None:
    """Compare statuses and values, to a share of each metric's tolerance against the truth."""
    assert {k: m.status for k, m in after.items()} == {k: m.status for k, m in before.items()}
    tolerance = SIDE_TOLERANCE | REAR_TOLERANCE
    off = {}
    for key, m in before.items():
        there, limit = after[key].value, share * tolerance.get(base(key), 1.0)
        if m.value is not None and there is not None:
            expected = factor(key) * m.value
            if not abs(there - expected) <= limit * factor(key) + 1e-9:
                off[key] = (expected, there, limit)
    assert off == {}


def base(key: str) -> str:
    return key.removesuffix("_left").removesuffix("_right")


@pytest.mark.parametrize("stand", STANDS)
@FEW
@given(x=st.integers(0, 2000), y=st.integers(0, 2000))
def test_moved_in_the_picture(stand, x, y):
    def move(track: PoseTrack, runner: Runner) -> tuple[PoseTrack, Runner]:
        wider = replace(track, width_px=track.width_px + x, height_px=track.height_px + y)
        return replace(wider, xy_px=track.xy_px + np.array([x, y])), runner

    assert_same(*changed(stand, move), 0.01)


@pytest.mark.parametrize("stand", STANDS)
@FEW
@given(times=st.floats(0.2, 5.0))
def test_filmed_with_another_resolution(stand, times):
    def enlarge(track: PoseTrack, runner: Runner) -> tuple[PoseTrack, Runner]:
        size = (round(times * side) for side in (track.width_px, track.height_px))
        width_px, height_px = size
        larger = replace(track, width_px=width_px, height_px=height_px)
        return replace(larger, xy_px=times * track.xy_px), runner

    assert_same(*changed(stand, enlarge), 0.01)


@pytest.mark.parametrize("stand", STANDS)
@FEW
@given(times=st.floats(0.8, 1.2))
def test_the_same_picture_of_a_larger_runner(stand, times):
    """All lengths grow with the runner; angles, times and shares do not."""
    track, runner, before = original(stand)
    assert runner.height_m is not None
    assert runner.belt_speed_mps is not None
    larger = replace(
        runner, height_m=times * runner.height_m, belt_speed_mps=times * runner.belt_speed_mps
    )
    after = measured(track, larger)[1]
    assert_same(before, after, 0.01, lambda key: times if key.endswith(("_cm", "_m")) else 1.0)


def mirror(track: PoseTrack, runner: Runner) -> tuple[PoseTrack, Runner]:
    xy = track.xy_px[:, MIRRORED].copy()
    xy[..., 0] = track.width_px - xy[..., 0]
    return replace(track, xy_px=xy, confidence=track.confidence[:, MIRRORED]), runner


@pytest.mark.parametrize("stand", STANDS)
def test_mirrored(stand):
    """The other leg is the left one: sided values change names, nothing else changes."""
    before, after = changed(stand, mirror)
    swapped = {
        key.replace("_left", "_L").replace("_right", "_left").replace("_L", "_right"): m
        for key, m in after.items()
    }
    assert_same(before, swapped, 0.35)
    opposite = {"left": "right", "right": "left", "both": "both"}
    for key, m in before.items():
        assert swapped[key].side == opposite[m.side]


@pytest.mark.parametrize("stand", STANDS)
@FEW
@given(by_s=st.floats(-50, 5000))
def test_clip_that_starts_at_another_time(stand, by_s):
    def shift(track: PoseTrack, runner: Runner) -> tuple[PoseTrack, Runner]:
        return replace(track, t_s=track.t_s + by_s), runner

    track, runner, _ = original(stand)
    assert_same(*changed(stand, shift), 0.02)
    moved = measured(*shift(track, runner))[0].contacts
    for a, b in zip(measured(track, runner)[0].contacts, moved, strict=True):
        assert b.initial_contact_s - by_s == pytest.approx(
            a.initial_contact_s, abs=1e-4, nan_ok=True
        )


@cache
def runner_without_noise() -> Any:
    return make_runner(3, SECONDS + 2.0)


def sampled(stand: str, times: np.ndarray) -> Mapping[str, Metric]:
    runner = runner_without_noise()
    track = film(runner, Camera(stand), times)  # type: ignore[arg-type]
    return measured(track, runner.as_user_input)[1]


@pytest.mark.parametrize("stand", STANDS)
@FEW
@given(fps=st.floats(58.5, 130.0))
def test_other_frame_rates(stand, fps):
    assert_same(
        sampled(stand, frame_times(60.0, SECONDS)), sampled(stand, frame_times(fps, SECONDS)), 1.0
    )


@pytest.mark.parametrize("stand", STANDS)
@FEW
@given(seed=st.integers(0, 99), jitter_s=st.floats(0, 0.007), drop=st.floats(0, 0.15))
def test_variable_frame_rate_and_lost_frames(stand, seed, jitter_s, drop):
    times = frame_times(60.0, SECONDS, jitter_s=jitter_s, drop_share=drop, seed=seed)
    assert_same(sampled(stand, frame_times(60.0, SECONDS)), sampled(stand, times), 1.0)


@FEW
@given(start_s=st.floats(0.0, 0.7))
def test_where_in_the_stride_a_clip_begins(start_s):
    runner = runner_without_noise()
    track = film(runner, Camera("left"), start_s + frame_times(60.0, SECONDS))
    begun = replace(track, t_s=track.t_s - track.t_s[0])
    assert_same(
        sampled("left", frame_times(60.0, SECONDS)), measured(begun, runner.as_user_input)[1], 1.0
    )


@FEW
@given(factor=st.floats(1.0, 10.0))
def test_step_rate_goes_with_the_speed_of_play(factor):
    track = take("left", 60.0, SECONDS).track
    rate_spm = play_step_rate(replace(track, t_s=factor * track.t_s))
    assert rate_spm == pytest.approx(170 / factor, rel=0.01)
