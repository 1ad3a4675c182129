"""Stride frequency and phase from tracks of a runner whose rhythm is known."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from formcheck.landmarks import SIDES
from formcheck.track.rhythm import Rhythm, demodulate, find_rhythm
from formcheck.types import PoseTrack
from tests.synthetic import (
    Camera,
    SyntheticRunner,
    film,
    frame_times,
    make_runner,
    with_dropout,
    with_leg_swaps,
    with_noise,
)


@cache
def runner_at(cadence_spm: float) -> SyntheticRunner:
    contact_s = min(0.25, 0.72 * 60 / cadence_spm)
    return make_runner(4, 10.0, cadence_spm=cadence_spm, contact_s=contact_s, landing_cm=16.0)


def track_of(cadence_spm: float, fps: float = 60.0, seconds: float = 5.0, **more) -> PoseTrack:
    times = frame_times(fps, seconds, **more)
    return with_noise(film(runner_at(cadence_spm), Camera(), times), 1.0)


def rhythm_of(track: PoseTrack) -> Rhythm:
    found = find_rhythm(track)
    assert found is not None
    return found


@pytest.mark.parametrize("fps", [24.0, 29.97, 60.0, 120.0, 240.0])
@pytest.mark.parametrize("cadence_spm", [156.0, 182.0])
def test_stride_frequency_at_any_frame_rate(fps, cadence_spm):
    rhythm = rhythm_of(track_of(cadence_spm, fps))
    assert rhythm.stride_hz == pytest.approx(cadence_spm / 120, abs=0.002)
    assert rhythm.strength > 0.95


@pytest.mark.parametrize("start_s", [0.0, 0.2, 0.4, 0.6])
def test_two_seconds_tell_the_frequency_wherever_they_begin(start_s):
    """Barely three strides: level and drift must not pull at the frequency."""
    track = track_of(170.0, 60.0)
    part = (track.t_s >= start_s) & (track.t_s < start_s + 2.0)
    short = replace(
        track, t_s=track.t_s[part], xy_px=track.xy_px[part], confidence=track.confidence[part]
    )
    assert 120 * rhythm_of(short).stride_hz == pytest.approx(170.0, abs=0.6)


@pytest.mark.parametrize("cadence_spm", [150.0, 200.0])
def test_frame_rate_that_divides_the_stride(cadence_spm):
    """At 150 steps a minute and 30 frames a second every stride has the same 24 frames."""
    rhythm = rhythm_of(track_of(cadence_spm, 30.0))
    assert rhythm.stride_hz == pytest.approx(cadence_spm / 120, abs=0.002)


def test_variable_frame_rate():
    track = track_of(170.0, 30.0, jitter_s=0.012, drop_share=0.15)
    assert np.ptp(np.diff(track.t_s)) > 0.02
    assert rhythm_of(track).stride_hz == pytest.approx(170 / 120, abs=0.002)


def test_slowed_eight_times():
    track = track_of(170.0, 240.0, 3.0)
    slowed = replace(track, t_s=8 * track.t_s)
    assert rhythm_of(slowed).stride_hz == pytest.approx(170 / 120 / 8, abs=0.0005)


@pytest.mark.parametrize("share", [0.15, 0.35])
def test_many_swapped_frames(share):
    track = track_of(170.0, 60.0)
    hit = np.random.default_rng(1).random(track.t_s.size) < share
    rhythm = rhythm_of(with_leg_swaps(track, np.flatnonzero(hit).tolist()))
    assert rhythm.stride_hz == pytest.approx(170 / 120, abs=0.01)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("share", [0.4, 0.5])
def test_swapped_runs_of_frames_at_30_frames_a_second(share, seed):
    """Half of the frames with the legs the wrong way round, several in a row, in a short clip."""
    track = track_of(170.0, fps=30.0, seconds=3.5)
    rng = np.random.default_rng(seed)
    hit = np.zeros(track.t_s.size, bool)
    while hit.mean() < share:
        start = rng.integers(hit.size)
        hit[start : start + rng.integers(1, 7)] = True
    rhythm = rhythm_of(with_leg_swaps(track, np.flatnonzero(hit).tolist()))
    assert 120 * rhythm.stride_hz == pytest.approx(170.0, abs=1.5)


@pytest.mark.parametrize("factor", [1.0, 2.0, 4.0, 8.0, 10.0])
@pytest.mark.parametrize("share", [0.25, 0.45])
def test_swapped_runs_of_frames_at_any_speed_of_play(share, factor):
    """Signs that are free to turn must not make a running rate out of a slow one."""
    track = track_of(170.0, 60.0)
    rng = np.random.default_rng(5)
    hit = np.zeros(track.t_s.size, bool)
    while hit.mean() < share:
        start = rng.integers(hit.size)
        hit[start : start + rng.integers(1, 9)] = True
    slowed = replace(track, t_s=factor * track.t_s)
    rhythm = rhythm_of(with_leg_swaps(slowed, np.flatnonzero(hit).tolist()))
    assert 120 * factor * rhythm.stride_hz == pytest.approx(170.0, abs=1.0)


def test_rhythm_that_is_known_already_is_found_again():
    """Not another one, however bad the track became: three quarters of it fits almost as well."""
    track = with_noise(track_of(170.0, 60.0, 3.0), 60.0)
    for about_hz in (1.3, 1.42, 1.5):
        found = find_rhythm(track, about_hz)
        assert found is not None
        assert abs(found.stride_hz / about_hz - 1) < 0.11
    assert rhythm_of(track_of(170.0)).stride_hz == pytest.approx(
        getattr(find_rhythm(track_of(170.0), 1.5), "stride_hz", None)
    )


def test_missing_samples_do_not_matter():
    holed = with_dropout(track_of(170.0), 0.1, seed=2)
    assert rhythm_of(holed).stride_hz == pytest.approx(170 / 120, abs=0.002)


def test_phase_turns_once_a_stride_with_the_left_foot():
    rhythm = rhythm_of(track_of(170.0))
    contacts = runner_at(170.0).contacts
    at_contact = {}
    for side in SIDES:
        own = contacts.start_s[contacts.is_left == (side == "left")]
        own = own[(own > 0.3) & (own < 4.7)]
        turns = np.interp(own, track_of(170.0).t_s, rhythm.phase) / (2 * np.pi)
        np.testing.assert_allclose(np.diff(turns), 1.0, atol=0.01)
        at_contact[side] = np.angle(np.mean(np.exp(2j * np.pi * turns))) / (2 * np.pi)
    half = (at_contact["right"] - at_contact["left"]) % 1.0
    assert half == pytest.approx(0.5, abs=0.02)


def test_frequency_that_wanders_is_followed():
    t = np.arange(0, 8, 1 / 60)
    phase = 2 * np.pi * (1.4 * t + 0.05 * np.sin(2 * np.pi * t / 8))
    found = demodulate(t, t, np.cos(phase), 1.4)
    inner = (t > 1) & (t < 7)
    offset = np.round((found - phase)[inner][0] / (2 * np.pi)) * 2 * np.pi
    np.testing.assert_allclose(found[inner] - offset, phase[inner], atol=0.06)


def test_still_person_has_a_weak_rhythm():
    track = track_of(170.0)
    still = np.repeat(track.xy_px.mean(axis=0)[None], track.t_s.size, axis=0)
    rhythm = find_rhythm(with_noise(replace(track, xy_px=still), 2.0))
    assert rhythm is None or rhythm.strength < 0.5


@pytest.mark.parametrize("frames", [1, 5, 11])
def test_too_little_to_look_at(frames):
    track = track_of(170.0)
    short = PoseTrack(
        track.t_s[:frames],
        track.xy_px[:frames],
        track.confidence[:frames],
        track.width_px,
        track.height_px,
    )
    assert find_rhythm(short) is None


def test_nothing_seen():
    track = track_of(170.0)
    assert find_rhythm(replace(track, xy_px=np.full_like(track.xy_px, np.nan))) is None


def test_memory_does_not_grow_with_the_square_of_the_length():
    """A minute at 240 frames/s has 14400 frames; all against all of them would be 1.6 GiB."""
    t = np.arange(14_400) / 240
    tracemalloc.start()
    found = demodulate(t, t, np.cos(2 * np.pi * 1.4 * t), 1.4)
    peak_mib = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    assert peak_mib < 200
    np.testing.assert_allclose(found[720:-720], 2 * np.pi * 1.4 * t[720:-720], atol=1e-3)
