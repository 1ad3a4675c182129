"""The click track: every beat on its sample, bouts, and a file that players accept."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.cues.metronome import (
    CLICK_S,
    RATE_HZ,
    beat_samples,
    click_samples,
    loop_samples,
    write_click_loop,
    write_click_track,
)
from formcheck.errors import UsageError


def read(path: Path) -> np.ndarray:
    with wave.open(str(path), "rb") as sound:
        assert sound.getnchannels() == 1
        assert sound.getsampwidth() == 2
        assert sound.getframerate() == RATE_HZ
        return np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")


def naive_track(beats: np.ndarray, length: int) -> np.ndarray:
    """The track in one go: silence, then a click at every beat."""
    track = np.zeros(length, dtype=np.int16)
    click = click_samples()
    for beat in beats:
        track[beat : beat + len(click)] = click
    return track


@pytest.mark.parametrize("every_other", [False, True])
@pytest.mark.parametrize("bouts", [None, (0.5, 0.25)])
def test_the_file_is_the_clicks_and_nothing_else(tmp_path, bouts, every_other):
    path = tmp_path / "click.wav"
    write_click_track(path, 174.0, bouts, 1.7, every_other=every_other)
    beats = beat_samples(174.0, bouts, 1.7, every_other=every_other)
    track = read(path)
    assert len(track) == round(1.7 * 60 * RATE_HZ)
    np.testing.assert_array_equal(track, naive_track(beats, len(track)))


def test_beats_do_not_drift_over_a_long_run():
    beats = beat_samples(173.0, None, 60.0)
    assert len(beats) == 173 * 60
    exact = np.arange(len(beats)) * 60.0 / 173.0 * RATE_HZ
    assert np.abs(beats - exact).max() <= 0.5


@settings(max_examples=60, deadline=None)
@given(st.floats(40.0, 300.0), st.booleans())
def test_a_loop_is_short_and_its_beat_goes_on_over_the_seam(spm, every_other):
    beats, total = loop_samples(spm, every_other=every_other)
    step = (120.0 if every_other else 60.0) / spm * RATE_HZ
    assert 4.9 < total / RATE_HZ < 15.1
    assert beats[0] == 0
    assert np.abs(np.diff([*beats, total]) - step).max() <= 1.01  # the seam is a beat as any other
    an_hour = 3600.0 * RATE_HZ / total
    assert an_hour * abs(total - len(beats) * step) / RATE_HZ < 0.01


def test_a_loop_of_a_whole_number_of_seconds_is_exact(tmp_path):
    assert loop_samples(174.0)[1] == 29 * 60 / 174 * RATE_HZ
    write_click_loop(tmp_path / "loop.wav", 174.0)
    beats, total = loop_samples(174.0)
    track = read(tmp_path / "loop.wav")
    np.testing.assert_array_equal(track, naive_track(beats, total))
    assert track[0] == track[-1] == 0


def test_a_loop_in_bouts_is_one_bout_and_its_silence():
    beats, total = loop_samples(174.0, (0.5, 0.25))
    assert total == 45 * RATE_HZ
    long = beat_samples(174.0, (0.5, 0.25), 1.5)
    np.testing.assert_array_equal(np.concatenate([beats, beats + total]), long)


def test_two_minutes_on_one_off():
    beats_s = beat_samples(174.0, (2.0, 1.0), 20.0) / RATE_HZ
    in_bout = beats_s % 180.0
    assert in_bout.max() < 120.0
    starts = np.arange(7) * 180.0
    np.testing.assert_allclose(beats_s[np.searchsorted(beats_s, starts)], starts, atol=1e-9)
    counts = np.bincount((beats_s // 180.0).astype(int))
    assert counts.tolist() == [348] * 7


def test_every_other_step_is_half_the_rate_and_falls_on_the_same_foot():
    every = beat_samples(174.0, None, 5.0)
    other = beat_samples(174.0, None, 5.0, every_other=True)
    np.testing.assert_array_equal(other, every[::2])


def test_a_lead_in_comes_before_the_bouts():
    beats_min = beat_samples(170.0, (1.0, 2.0), 20.0, lead_in_minutes=10.0) / RATE_HZ / 60.0
    minutes = np.unique(beats_min.astype(int))
    assert minutes.tolist() == [*range(10), 12, 15, 18]


@settings(max_examples=40, deadline=None)
@given(
    st.floats(40.0, 300.0),
    st.none() | st.tuples(st.floats(0.05, 3.0), st.floats(0.0, 3.0)),
    st.floats(0.05, 15.0),
    st.booleans(),
    st.sampled_from([0.0, 2.0]),
)
def test_clicks_lie_inside_the_track_and_apart(spm, bouts, minutes, every_other, lead_in):
    beats = beat_samples(spm, bouts, minutes, every_other=every_other, lead_in_minutes=lead_in)
    click = round(CLICK_S * RATE_HZ)
    assert beats[0] == 0
    assert beats[-1] + click <= round(minutes * 60.0 * RATE_HZ) + 1
    assert (np.diff(beats) >= click).all()


@pytest.mark.parametrize("minutes", [0.49, 0.51])
def test_clicks_that_cross_a_chunk_border_are_whole(tmp_path, minutes):
    path = tmp_path / "click.wav"
    write_click_track(path, 120.06, None, 2.0 * minutes)
    beats = beat_samples(120.06, None, 2.0 * minutes)
    np.testing.assert_array_equal(read(path), naive_track(beats, len(read(path))))


def test_the_click_is_audible_and_soft_at_its_ends():
    click = click_samples()
    assert np.abs(click).max() > 0.3 * 32_767
    assert click[0] == 0
    assert abs(int(click[-1])) < 50


def test_the_same_track_twice(tmp_path):
    one, two = tmp_path / "one.wav", tmp_path / "two.wav"
    for path in (one, two):
        write_click_track(path, 171.5, (1.0, 0.5), 2.0)
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        {"spm": 0.0},
        {"spm": 1000.0},
        {"spm": float("nan")},
        {"minutes": 0.0},
        {"minutes": -3.0},
        {"minutes": 1e6},
        {"minutes": float("nan")},
        {"bouts": (0.0, 1.0)},
        {"bouts": (2.0, -1.0)},
        {"bouts": (float("inf"), 1.0)},
        {"lead_in_minutes": -1.0},
    ],
)
def test_impossible_numbers_are_refused(tmp_path, change):
    arguments = {"spm": 174.0, **change}
    with pytest.raises(UsageError):
        write_click_track(tmp_path / "click.wav", **arguments)
    if not change.keys() & {"minutes", "lead_in_minutes"}:
        with pytest.raises(UsageError):
            write_click_loop(tmp_path / "click.wav", **arguments)
    assert not (tmp_path / "click.wav").exists()


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="cannot be written"):
        write_click_track(tmp_path / "absent" / "click.wav", 174.0)
