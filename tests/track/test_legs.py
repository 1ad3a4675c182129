"""Swapped legs are found and put right; clean tracks are left alone."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from formcheck.landmarks import SIDES, index
from formcheck.track.legs import POINTS, fit_legs, leg_points, repair_swaps
from formcheck.track.rhythm import find_rhythm
from formcheck.types import PoseTrack
from tests.synthetic import Camera, film, frame_times, make_runner, with_leg_swaps, with_noise

FOOT = ("ankle", "heel", "toe")
APART_PX = 60.0
ROWS = [index(name, side) for name in POINTS for side in SIDES]


@cache
def clean_track(stand: str = "left", fps: float = 60.0, yaw_deg: float = 0.0) -> PoseTrack:
    runner = make_runner(6, 8.0, timing_sd_s=0.004, landing_sd_cm=0.8)
    camera = Camera(stand, yaw_deg=yaw_deg)  # type: ignore[arg-type]
    return with_noise(film(runner, camera, frame_times(fps, 5.0)), 1.5)


def repaired(track: PoseTrack) -> tuple[PoseTrack, NDArray[np.bool_]]:
    rhythm = find_rhythm(track)
    assert rhythm is not None
    return repair_swaps(track, rhythm)


def apart(track: PoseTrack) -> NDArray[np.bool_]:
    """Return (T,) which frames show the ankles far from each other."""
    ankles = [track.xy_px[:, index("ankle", side)] for side in SIDES]
    return np.asarray(np.linalg.norm(ankles[0] - ankles[1], axis=1) > APART_PX)


def swapped_frames(kind: str, size: int) -> list[int]:
    if kind == "single":
        return list(range(7, size, 23))
    if kind == "bursts":
        return [start + n for start in range(20, size - 9, 60) for n in range(9)]
    return np.flatnonzero(np.random.default_rng(3).random(size) < 0.25).tolist()


@pytest.mark.parametrize("start", [0.0, 0.25, 0.5, 0.75])
def test_swaps_at_the_same_phase_of_every_stride_are_undone(start):
    """A network that is wrong once is wrong in the same posture of the next stride."""
    track = clean_track()
    rhythm = find_rhythm(track)
    assert rhythm is not None
    phase = (rhythm.phase / (2 * np.pi) - start) % 1.0
    frames = np.flatnonzero(phase < 0.15).tolist()
    good, _ = repaired(with_leg_swaps(track, frames))
    off = np.abs(good.xy_px[:, ROWS] - track.xy_px[:, ROWS]).max(axis=(1, 2))
    assert (off[apart(track)] > 1e-9).mean() < 0.02


@pytest.mark.parametrize("names", [POINTS, FOOT], ids=["whole leg", "foot"])
@pytest.mark.parametrize("kind", ["single", "bursts", "many"])
@pytest.mark.parametrize("stand", ["left", "right"])
def test_swaps_are_undone(names, kind, stand):
    track = clean_track(stand)
    frames = swapped_frames(kind, track.t_s.size)
    bad = with_leg_swaps(track, frames, names)
    good, flagged = repaired(bad)
    clear = apart(track)
    off = np.abs(good.xy_px[:, ROWS] - track.xy_px[:, ROWS]).max(axis=(1, 2))
    assert (off[clear] > 1e-9).mean() < 0.015
    # What stays swapped are legs that lie over each other, where it hardly matters.
    assert np.percentile(off, 99) < APART_PX
    was = np.isin(np.arange(track.t_s.size), frames)
    assert (flagged[clear] == was[clear]).mean() > 0.99


@pytest.mark.parametrize("stand", ["left", "rear"])
def test_hips_that_go_along_are_put_right(stand):
    track = clean_track(stand)
    frames = swapped_frames("bursts", track.t_s.size)
    good, flagged = repaired(with_leg_swaps(track, frames))
    hips = [index("hip", side) for side in SIDES]
    wrong = np.abs(good.xy_px[:, hips] - track.xy_px[:, hips]).max(axis=(1, 2)) > 1e-9
    assert flagged.sum() > 30
    assert wrong[flagged].mean() < 0.1
    assert not wrong[~np.isin(np.arange(track.t_s.size), frames)].any()


def test_hips_that_stayed_are_left_alone():
    track = clean_track()
    frames = swapped_frames("bursts", track.t_s.size)
    good, _ = repaired(with_leg_swaps(track, frames, POINTS))
    hips = [index("hip", side) for side in SIDES]
    same = np.abs(good.xy_px[:, hips] - track.xy_px[:, hips]).max(axis=(1, 2)) < 1e-9
    assert same.mean() > 0.98


def test_confidence_moves_with_its_point():
    track = clean_track()
    track.confidence[:, index("toe", "right")] = 0.6
    frames = swapped_frames("single", track.t_s.size)
    good, flagged = repaired(with_leg_swaps(track, frames, POINTS))
    np.testing.assert_array_equal(good.confidence[flagged], track.confidence[flagged])
    assert flagged.any()


@pytest.mark.parametrize("stand", ["left", "right", "rear", "front"])
@pytest.mark.parametrize("fps", [30.0, 60.0])
def test_clean_tracks_are_left_alone(stand, fps):
    track = clean_track(stand, fps)
    good, flagged = repaired(track)
    assert not flagged.any()
    np.testing.assert_array_equal(good.xy_px, track.xy_px)


def test_oblique_camera_is_no_swap():
    assert not repaired(clean_track("left", 60.0, 15.0))[1].any()


def test_missing_points_are_no_swap():
    track = clean_track()
    holed = track.xy_px.copy()
    holed[10:60, index("ankle", "right")] = np.nan
    holed[100:130, index("toe", "left")] = np.nan
    lost = PoseTrack(track.t_s, holed, track.confidence, track.width_px, track.height_px)
    assert not repaired(lost)[1].any()


def test_mean_path_follows_the_legs():
    track = clean_track()
    rhythm = find_rhythm(track)
    assert rhythm is not None
    model = fit_legs(track.xy_px, rhythm)
    off = np.linalg.norm(model.path_px - leg_points(track.xy_px), axis=-1)
    sweep = np.ptp(leg_points(track.xy_px)[..., 0])
    assert np.median(off) < 0.02 * sweep
    assert (model.spread_px > 0).all()
