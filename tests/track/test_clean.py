"""Outliers go, short gaps are filled, long ones and ends stay unknown, and all of it is marked."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from formcheck.landmarks import N_LANDMARKS, Landmark, index
from formcheck.track.clean import LONGEST_GAP_S, CleanTrack, clean, smooth
from formcheck.track.legs import POINTS
from formcheck.track.rhythm import find_rhythm
from formcheck.types import PoseTrack
from tests.synthetic import (
    Camera,
    film,
    frame_times,
    make_runner,
    with_gap,
    with_hidden_leg,
    with_leg_swaps,
    with_noise,
    with_outliers,
)

WRIST = Landmark.LEFT_WRIST
ANKLE = Landmark.RIGHT_ANKLE


@cache
def exact(fps: float = 60.0) -> PoseTrack:
    return film(make_runner(6, 8.0), Camera(), frame_times(fps, 5.0))


@cache
def noisy(fps: float = 60.0) -> PoseTrack:
    return with_noise(exact(fps), 1.0)


def cleaned(track: PoseTrack) -> CleanTrack:
    rhythm = find_rhythm(track)
    assert rhythm is not None
    return clean(track, rhythm)


def without(track: PoseTrack, point: int, from_s: float, to_s: float) -> PoseTrack:
    """Lose one point for a while."""
    xy = track.xy_px.copy()
    xy[(track.t_s >= from_s) & (track.t_s < to_s), point] = np.nan
    return replace(track, xy_px=xy)


@pytest.mark.parametrize("fps", [30.0, 60.0])
def test_a_good_track_stays_as_it_is(fps):
    result = cleaned(noisy(fps))
    changed = (result.track.xy_px != noisy(fps).xy_px).any(axis=2)
    assert changed.mean() < 0.005
    np.testing.assert_array_equal(result.modelled, changed)
    assert result.notes == ()


@pytest.mark.parametrize("fps", [30.0, 60.0])
def test_outliers_are_replaced_and_marked(fps):
    bad = with_outliers(noisy(fps), 0.03, 150.0, seed=1)
    off = np.linalg.norm(bad.xy_px - exact(fps).xy_px, axis=2)
    result = cleaned(bad)
    left = np.linalg.norm(result.track.xy_px - exact(fps).xy_px, axis=2)
    large = off > 80
    assert large.sum() > 50
    assert (left[large] >= 25).mean() < 0.02
    assert np.isnan(left[large]).mean() < 0.12  # two jumps in a row are a gap too long to fill
    assert result.modelled[large].mean() > 0.97
    assert (result.track.xy_px != bad.xy_px).any(axis=2)[off < 10].mean() < 0.01


def test_short_gap_is_filled_near_the_truth_and_marked():
    lost = without(noisy(), WRIST, 2.0, 2.0 + 0.6 * LONGEST_GAP_S)
    result = cleaned(lost)
    gap = np.isnan(lost.xy_px[:, WRIST, 0])
    assert gap.sum() >= 3
    off = np.linalg.norm((result.track.xy_px - exact().xy_px)[gap, WRIST], axis=1)
    assert off.max() < 8
    assert result.modelled[gap, WRIST].all()
    assert not result.modelled[~gap, WRIST].any()


def test_long_gap_stays_unknown():
    lost = without(noisy(), WRIST, 2.0, 2.0 + 2 * LONGEST_GAP_S)
    result = cleaned(lost)
    gap = np.isnan(lost.xy_px[:, WRIST, 0])
    assert np.isnan(result.track.xy_px[gap, WRIST]).all()
    assert np.isfinite(result.track.xy_px[~gap, WRIST]).all()
    assert result.modelled[gap, WRIST].all()


@pytest.mark.parametrize(("fps", "filled"), [(29.97, 2), (60.0, 5), (120.0, 11)])
def test_gap_is_bounded_in_seconds_not_frames(fps, filled):
    track = noisy(fps)
    for lost, known in ((filled, True), (filled + 1, False)):
        xy = track.xy_px.copy()
        xy[50 : 50 + lost, WRIST] = np.nan
        found = cleaned(replace(track, xy_px=xy)).track.xy_px[50 : 50 + lost, WRIST]
        assert np.isfinite(found).all() == known


@pytest.mark.parametrize("point", [WRIST, ANKLE])
@pytest.mark.parametrize(("from_s", "to_s"), [(0.0, 0.05), (4.95, 5.0)])
def test_ends_are_never_extrapolated_from_neighbours(point, from_s, to_s):
    """A wrist at the clip's end is unknown; a leg's point comes from the stride, and is marked."""
    lost = without(noisy(), point, from_s, to_s)
    gap = np.isnan(lost.xy_px[:, point, 0])
    result = cleaned(lost)
    assert result.modelled[gap, point].all()
    if point == WRIST:
        assert np.isnan(result.track.xy_px[gap, point]).all()
    else:
        off = np.linalg.norm((result.track.xy_px - exact().xy_px)[gap, point], axis=1)
        assert off.max() < 30


def test_nobody_in_the_picture_stays_nobody():
    lost = with_gap(noisy(), 2.0, 2.5)
    gap = np.isnan(lost.xy_px).all(axis=(1, 2))
    result = cleaned(lost)
    assert np.isnan(result.track.xy_px[gap]).all()
    assert result.modelled[gap].all()


def test_hidden_leg_follows_the_stride_and_is_marked():
    frames = np.flatnonzero((noisy().t_s > 2.0) & (noisy().t_s < 2.4)).tolist()
    bad = with_hidden_leg(noisy(), "right", frames, POINTS)
    result = cleaned(bad)
    rows = np.ix_(frames, [index(name, "right") for name in POINTS])
    assert result.modelled[rows].all()
    off = np.linalg.norm((result.track.xy_px - exact().xy_px)[rows], axis=-1)
    guessed = np.linalg.norm((bad.xy_px - exact().xy_px)[rows], axis=-1)
    assert np.median(off) < 0.25 * np.median(guessed)


def test_low_confidence_is_modelled_even_where_the_point_stays():
    track = noisy()
    confidence = track.confidence.copy()
    confidence[:, WRIST] = 0.1
    result = cleaned(replace(track, confidence=confidence))
    assert result.modelled[:, WRIST].all()
    assert result.modelled.mean() < 2 / N_LANDMARKS


def test_points_beyond_the_picture_are_modelled():
    low = replace(noisy(), height_px=580)
    result = cleaned(low)
    below = low.xy_px[..., 1] > 580
    assert 0.05 < below.mean() < 0.5
    assert result.modelled[below].all()
    assert not result.modelled[low.xy_px[..., 1] < 560].any()


def test_swaps_are_told():
    few = with_leg_swaps(noisy(), range(10, 300, 100), POINTS)
    many = with_leg_swaps(noisy(), range(10, 300, 6), POINTS)
    for track, severity in ((few, "info"), (many, "warn")):
        (note,) = cleaned(track).notes
        assert (note.code, note.severity) == ("legs_swapped", severity)
        assert "corrected" in note.text
        assert bool(note.fix) == (severity == "warn")


@pytest.mark.parametrize("fps", [30.0, 60.0, 120.0])
def test_smoothing_takes_noise_and_leaves_the_motion(fps):
    rough = with_noise(exact(fps), 2.0, seed=4)
    shown = smooth(rough)
    before = np.linalg.norm(rough.xy_px - exact(fps).xy_px, axis=2)
    after = np.linalg.norm(shown.xy_px - exact(fps).xy_px, axis=2)
    still = [Landmark.NOSE, Landmark.LEFT_SHOULDER, Landmark.RIGHT_HIP]
    assert np.median(after[:, still]) < np.median(before[:, still])
    # A foot that hits the belt may be rounded, never moved.
    assert np.percentile(after, 99) < 15
    holed = without(rough, WRIST, 1.0, 2.0)
    np.testing.assert_array_equal(np.isnan(smooth(holed).xy_px), np.isnan(holed.xy_px))
