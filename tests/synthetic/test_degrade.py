"""Each defect does what its name says and leaves the rest alone."""

from __future__ import annotations

import numpy as np
import pytest

from formcheck.landmarks import LEG, SIDES, index
from formcheck.types import PoseTrack
from tests.synthetic import (
    Camera,
    film,
    frame_times,
    make_runner,
    with_dropout,
    with_gap,
    with_hidden_leg,
    with_leg_swaps,
    with_noise,
    with_outliers,
)

LEG_POINTS = [index(name, side) for name in LEG for side in SIDES]


@pytest.fixture(scope="module")
def track() -> PoseTrack:
    return film(make_runner(0), Camera("left"), frame_times(60, 6))


def test_noise_has_its_size_and_its_memory(track):
    noise = with_noise(track, white_px=2.0, seed=1).xy_px - track.xy_px
    assert noise.std() == pytest.approx(2.0, rel=0.03)
    assert np.abs(np.mean(noise[1:] * noise[:-1])) < 0.1
    slow = with_noise(track, slow_px=3.0, slow_s=0.05, seed=1).xy_px - track.xy_px
    assert slow.std() == pytest.approx(3.0, rel=0.05)
    memory = np.mean(slow[1:] * slow[:-1]) / np.mean(slow**2)
    assert memory == pytest.approx(np.exp(-1 / 60 / 0.05), abs=0.03)


def test_dropout_and_gap_lose_points_and_say_so(track):
    lost = with_dropout(track, 0.1, seed=2)
    missing = np.isnan(lost.xy_px).any(axis=-1)
    assert missing.mean() == pytest.approx(0.1, abs=0.01)
    np.testing.assert_array_equal(lost.confidence == 0.0, missing)
    np.testing.assert_array_equal(lost.xy_px[~missing], track.xy_px[~missing])
    gap = with_gap(track, 1.0, 1.5)
    assert np.isnan(gap.xy_px[60:90]).all()
    assert not np.isnan(np.delete(gap.xy_px, np.s_[60:90], axis=0)).any()


def test_swaps_exchange_the_legs_and_undo_themselves(track):
    frames = [10, 11, 40]
    swapped = with_leg_swaps(track, frames)
    left, right = ([index(name, side) for name in LEG] for side in SIDES)
    np.testing.assert_array_equal(swapped.xy_px[frames][:, left], track.xy_px[frames][:, right])
    np.testing.assert_array_equal(
        np.delete(swapped.xy_px, frames, axis=0), np.delete(track.xy_px, frames, axis=0)
    )
    np.testing.assert_array_equal(with_leg_swaps(swapped, frames).xy_px, track.xy_px)
    knees_only = with_leg_swaps(track, frames, names=("knee",))
    untouched = [p for p in LEG_POINTS if p not in {index("knee", side) for side in SIDES}]
    np.testing.assert_array_equal(knees_only.xy_px[:, untouched], track.xy_px[:, untouched])


def test_hidden_leg_lies_on_the_near_one(track):
    hidden = with_hidden_leg(track, "right", scatter_px=1.5)
    for name in LEG:
        apart = hidden.xy_px[:, index(name, "right")] - track.xy_px[:, index(name, "left")]
        assert apart.std() == pytest.approx(1.5, rel=0.1)
        assert np.all(hidden.confidence[:, index(name, "right")] < 0.2)
    others = [p for p in range(19) if p not in {index(name, "right") for name in LEG}]
    np.testing.assert_array_equal(hidden.xy_px[:, others], track.xy_px[:, others])


def test_outliers_hit_few_points_hard(track):
    off = np.linalg.norm(with_outliers(track, 0.02, 40.0, seed=3).xy_px - track.xy_px, axis=-1)
    assert np.mean(off > 0) == pytest.approx(0.02, abs=0.005)
    assert np.median(off[off > 0]) > 20
