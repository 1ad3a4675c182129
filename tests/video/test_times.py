"""Frame times of awkward containers."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.errors import UsageError
from formcheck.video import ClipReader, probe, timing
from tests.video.clips import TICK, Recipe, number_of, record, steady

B_FRAMES = Recipe(options=(("bf", "3"), ("g", "10")))
NO_B_FRAMES = Recipe(suffix=".mkv", options=(("bf", "0"),))


def numbers_and_times(path: Path) -> tuple[list[int], list[float]]:
    with ClipReader(path) as clip:
        seen = [(number_of(frame.rgb()), frame.t_s) for frame in clip]
    numbers, times = zip(*seen, strict=True)
    return list(numbers), list(times)


def codes(path: Path) -> list[str]:
    return [note.code for note in probe(path).notes]


def shifted(by_s: float):
    def alter(packets):
        for packet in packets:
            packet.pts += round(by_s / packet.time_base)
            packet.dts += round(by_s / packet.time_base)

    return alter


def test_variable_rate_is_kept(tmp_path):
    steps = np.array([1 / 30, 1 / 24, 1 / 60, 1 / 27, 1 / 31])[np.arange(50) % 5]
    times = [0.0, *np.cumsum(steps)]
    info = probe(record(tmp_path / "vfr.mp4", times, B_FRAMES))
    assert info.variable_frame_rate
    np.testing.assert_allclose(info.frame_times_s, times, atol=1e-5)
    assert info.frame_rate_hz == pytest.approx(30, rel=0.05)
    assert numbers_and_times(info.path)[0] == list(range(51))
    assert "dropped_frames" not in codes(info.path)


def test_edit_list_hides_the_start(tmp_path):
    path = record(
        tmp_path / "cut.mp4",
        steady(40),
        B_FRAMES,
        alter=shifted(-7 / 30),
        container_options={"avoid_negative_ts": "disabled"},
    )
    numbers, times = numbers_and_times(path)
    assert numbers == list(range(7, 40))
    np.testing.assert_allclose(times, steady(33), atol=1e-5)
    assert probe(path).frames == 33
    assert probe(path).notes == ()


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_late_start_is_taken_off(tmp_path, suffix):
    path = record(
        tmp_path / f"late{suffix}",
        steady(20),
        Recipe(suffix=suffix),
        alter=shifted(1.5),
        container_options={"avoid_negative_ts": "disabled"},
    )
    numbers, times = numbers_and_times(path)
    assert numbers == list(range(20))
    np.testing.assert_allclose(times, steady(20), atol=1e-3)
    assert codes(path) == []


def test_dropped_frames_leave_gaps_and_a_note(tmp_path):
    times = [t for number, t in enumerate(steady(60)) if number not in (20, 21, 40)]
    path = record(tmp_path / "dropped.mp4", times, B_FRAMES)
    info = probe(path)
    assert info.frame_rate_hz == 30
    assert not info.variable_frame_rate
    assert [note.code for note in info.notes] == ["dropped_frames"]
    assert "3 of 60 frames" in info.notes[0].text
    np.testing.assert_allclose(numbers_and_times(path)[1], times, atol=1e-5)


def test_coded_order_stamps_are_sorted(tmp_path):
    """AVI knows no presentation times: its stamps count pictures as they were coded."""

    def whole_frames(container, stream):
        stream.codec_context.time_base = Fraction(1, 30)

    path = record(tmp_path / "clip.avi", steady(30), B_FRAMES, prepare=whole_frames)
    numbers, times = numbers_and_times(path)
    assert numbers == list(range(30))
    np.testing.assert_allclose(times, steady(30), atol=1e-6)


def test_repeated_stamps_are_spread(tmp_path):
    def alter(packets):
        packets[5].pts = packets[6].pts

    path = record(tmp_path / "repeated.mkv", steady(20), NO_B_FRAMES, alter=alter)
    numbers, times = numbers_and_times(path)
    assert numbers == list(range(20))
    assert np.all(np.diff(times) > 0)
    right = [number for number in range(20) if number not in (5, 6)]
    np.testing.assert_allclose(np.array(times)[right], np.array(steady(20))[right], atol=1e-3)
    assert codes(path) == ["times_repaired"]


def test_swapped_stamps_are_put_right(tmp_path):
    def alter(packets):
        packets[5].pts, packets[6].pts = packets[6].pts, packets[5].pts
        packets[6].dts = packets[5].dts

    path = record(tmp_path / "swapped.mkv", steady(20), NO_B_FRAMES, alter=alter)
    numbers, times = numbers_and_times(path)
    assert numbers == list(range(20))
    np.testing.assert_allclose(times, steady(20), atol=1e-3)


def test_a_later_part_is_found_by_seeking_and_by_reading(tmp_path):
    recipe = Recipe(options=(("bf", "3"), ("g", "30")))
    path = record(tmp_path / "long.mp4", steady(200), recipe)
    with ClipReader(path, from_s=4.0) as clip:
        part = [(frame.index, number_of(frame.rgb()), frame.t_s) for frame in clip]
    assert [index for index, _, _ in part] == [number for _, number, _ in part]
    assert part[0][0] == 120
    assert part[-1][0] == 199
    np.testing.assert_allclose([t for _, _, t in part], steady(200)[120:], atol=1e-5)
    assert clip.notes == ()


@pytest.mark.parametrize(("from_s", "to_s"), [(5.0, None), (0.5, 0.5), (0.6, 0.2), (-1.0, 1.0)])
def test_an_empty_part_is_refused(tmp_path, from_s, to_s):
    path = record(tmp_path / "clip.mp4", steady(30))
    with pytest.raises(UsageError, match="choose a part within the clip"):
        ClipReader(path, from_s, to_s)


def test_a_single_frame_has_no_rate(tmp_path):
    def only_the_first(packets):
        del packets[1:]

    info = probe(record(tmp_path / "one.mp4", steady(2), alter=only_the_first))
    assert info.frames == 1
    assert np.isnan(info.frame_rate_hz)
    assert info.duration_s > 0


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=40), st.floats(0.001, 1))
def test_repaired_times_increase_and_keep_good_ones(ticks, step):
    raw = np.sort(ticks) / 600
    times, made_up = timing.repaired(raw, step)
    assert np.all(np.diff(times) > 0)
    firsts = np.append(True, np.diff(raw) > 0)
    np.testing.assert_array_equal(times[firsts], raw[firsts])
    assert made_up == (~firsts).sum()


def test_repaired_times_without_any_time():
    times, made_up = timing.repaired(np.zeros(4), 0.04)
    np.testing.assert_allclose(times, [0, 0.04, 0.08, 0.12])
    assert made_up == 3


WHOLE_RATES = (24.0, 25.0, 30.0, 50.0, 60.0, 120.0, 240.0)
NTSC_RATES = tuple(rate * 1000 / 1001 for rate in (24, 30, 60, 120, 240))


@pytest.mark.parametrize("rate", WHOLE_RATES + NTSC_RATES)
@pytest.mark.parametrize("tick", [1e-3, 1 / 600, float(TICK)])
def test_rates_are_exact_whatever_the_tick(rate, tick):
    times = np.round(np.arange(rate * 10) / rate / tick) * tick
    assert timing.frame_rate(times, tick) == rate
    assert not timing.is_variable(times, tick)


def test_an_odd_rate_is_measured():
    times = np.arange(100) / 27.3
    assert timing.frame_rate(times, 1e-5) == pytest.approx(27.3)
