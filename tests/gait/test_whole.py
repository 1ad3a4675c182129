"""The part of a clip from behind that shows the whole body, and runners who change their size."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from formcheck.gait.model import build_gait
from formcheck.gait.whole import legs_seen, levelled, restored, sized, whole_body
from formcheck.landmarks import index, mid_hip, mid_shoulder
from formcheck.types import Floats, PoseTrack, Runner
from tests.gait.exact import filmed


@cache
def rear() -> PoseTrack:
    return filmed("rear", 30.0, 7.0)[2]


def larger(track: PoseTrack, times: Floats) -> PoseTrack:
    """Return the track enlarged about the picture's middle, frame by frame."""
    middle = np.array([track.width_px, track.height_px]) / 2
    return replace(track, xy_px=middle + (track.xy_px - middle) * times[:, None, None])


def coming_in(track: PoseTrack, until_s: float) -> PoseTrack:
    """Return the track of a runner whose legs are below the picture at first."""
    xy, confidence = track.xy_px.copy(), track.confidence.copy()
    xy[track.t_s < until_s, index("knee", "left") :] += [0.0, 500.0]
    confidence[track.t_s < until_s, index("knee", "left") :] = 0.02
    return replace(track, xy_px=xy, confidence=confidence)


def trunk_px(track: PoseTrack) -> Floats:
    xy = track.xy_px
    return np.asarray(np.linalg.norm(mid_shoulder(xy) - mid_hip(xy), axis=1))


def test_a_clip_that_shows_all_is_not_cut():
    track, notes = whole_body(rear())
    assert track is rear()
    assert notes == ()
    assert legs_seen(track).all()


def test_the_part_with_legs_is_measured():
    track, notes = whole_body(coming_in(rear(), 2.0))
    assert track.t_s[0] == pytest.approx(2.0, abs=0.1)
    assert track.t_s[-1] == rear().t_s[-1]
    assert [note.code for note in notes] == ["part_measured"]
    assert "from 2.0 to 7.0 s" in notes[0].text


def test_a_body_that_cannot_be_is_cut_off():
    """Where nobody is seen yet, the network lays an ankle at the height of the hips."""
    xy = rear().xy_px.copy()
    first = rear().t_s < 0.5
    xy[first, index("ankle", "left")] = mid_hip(xy)[first] + [40.0, -10.0]
    track, _ = whole_body(replace(rear(), xy_px=xy))
    assert track.t_s[0] == pytest.approx(0.5, abs=0.1)


def test_single_bad_frames_cut_nothing():
    confidence = rear().confidence.copy()
    confidence[::9] = 0.0
    track = replace(rear(), confidence=confidence)
    assert whole_body(track)[0] is track


def test_too_little_of_the_body_leaves_the_clip_as_it_is():
    track = coming_in(rear(), 5.5)
    assert whole_body(track)[0] is track


def test_a_steady_runner_is_left_alone():
    assert sized(rear()) is None


def test_a_runner_who_runs_away_is_brought_to_one_size_and_back():
    track = larger(rear(), np.linspace(1.4, 0.6, rear().t_s.size))
    size = sized(track)
    level = levelled(track, size)
    tenth, nine_tenths = np.percentile(trunk_px(level), (10, 90))
    assert nine_tenths / tenth < 1.05
    np.testing.assert_allclose(restored(level, size).xy_px, track.xy_px, atol=1e-9)


def test_a_runner_who_runs_away_is_measured_as_one_who_stays():
    shrinking = larger(rear(), np.linspace(1.0, 0.45, rear().t_s.size))
    stays, away = (build_gait(track, Runner(height_m=1.75)) for track in (rear(), shrinking))
    assert away.stride_time_s == pytest.approx(stays.stride_time_s, rel=0.002)
    assert len(away.contacts) == len(stays.contacts)
    for ours, theirs in zip(away.contacts, stays.contacts, strict=True):
        assert ours.side == theirs.side
    np.testing.assert_allclose(away.track.xy_px, shrinking.xy_px, atol=12)
