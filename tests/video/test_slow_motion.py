"""Slow motion, by the container's word and by an impossible step rate."""

from __future__ import annotations

import pytest

from formcheck.video import fitting_factors, is_clear, probe
from formcheck.video.slow_motion import capture_factor
from tests.video.clips import record, steady


def tagged(path, play_hz, **tags):
    def prepare(container, stream):
        container.metadata.update(tags)

    options = {"movflags": "use_metadata_tags"}
    times = steady(20, play_hz)
    return probe(record(path, times, prepare=prepare, container_options=options))


@pytest.mark.parametrize(
    ("capture", "play_hz", "factor"),
    [("240.000000", 30, 8), ("120", 30, 4), ("240", 240, 1), ("30", 30, 1), ("60", 59.94, 1)],
)
def test_android_tells_its_capture_rate(tmp_path, capture, play_hz, factor):
    info = tagged(tmp_path / "slow.mp4", play_hz, **{"com.android.capture.fps": capture})
    assert info.slow_motion_hint == factor


def test_without_a_tag_there_is_no_hint(tmp_path):
    assert tagged(tmp_path / "plain.mp4", 30, title="run").slow_motion_hint == 1.0


def test_a_drifting_clock_does_not_spoil_the_factor():
    assert capture_factor({"com.android.capture.fps": "240"}, 30.045) == 8


@pytest.mark.parametrize("value", ["", "fast", "-240", "0", "inf", "nan", "1e9"])
def test_nonsense_tags_are_ignored(value):
    assert capture_factor({"com.android.capture.fps": value}, 30.0) == 1.0


def test_a_clip_without_a_rate_has_no_hint():
    assert capture_factor({"com.android.capture.fps": "240"}, float("nan")) == 1.0


@pytest.mark.parametrize("true_spm", [142, 158, 170, 186, 205])
@pytest.mark.parametrize("factor", [2, 4, 8, 16])
def test_powers_of_two_are_recognised(true_spm, factor):
    if true_spm / factor < 120:
        assert fitting_factors(true_spm / factor) == (factor,)


@pytest.mark.parametrize(
    ("capture_hz", "play_hz"), [(240, 25), (120, 25), (60, 24), (60, 25), (90, 30), (240, 24)]
)
def test_other_factors_need_the_frame_rate(capture_hz, play_hz):
    play_spm = 170 * play_hz / capture_hz
    found = fitting_factors(play_spm, play_hz)[0]
    assert 140 <= found * play_spm <= 210
    assert found in (2, 4, 8, 16, pytest.approx(capture_hz / play_hz))


def test_five_thirds_octave_gap_is_filled_by_the_frame_rate():
    assert fitting_factors(68.0) == ()  # 136 and 272: no runner
    assert fitting_factors(68.0, 25.0) == pytest.approx((2.4,))


def test_a_camera_of_300_frames_a_second():
    """Played at 29.97: ten times slowed, where eight would leave 141 steps a minute."""
    assert fitting_factors(17.58, 29.97) == pytest.approx((10, 8, 250 / 30))


@pytest.mark.parametrize("true_spm", [152, 170, 188])
@pytest.mark.parametrize("factor", [4, 8])
def test_what_phones_do_comes_before_nearer_factors(true_spm, factor):
    assert fitting_factors(true_spm / factor, 30.0)[0] == factor


@pytest.mark.parametrize("spm", [120, 140, 170, 220, 0, -5, float("nan")])
def test_true_time_stays(spm):
    assert fitting_factors(spm) == fitting_factors(spm, 30.0) == ()


@pytest.mark.parametrize(
    ("true_spm", "factor", "play_hz", "clear"),
    [
        (170, 8, 30, True),  # a phone's 240 frames a second
        (185, 8, 30, True),
        (170, 4, 30, True),
        (160, 10 / 3, 30, False),  # 100 frames a second; 120 would make it 192
        (170, 5.2, 30, False),  # no camera's rate
    ],
)
def test_whether_the_likeliest_factor_is_clear(true_spm, factor, play_hz, clear):
    play_spm = true_spm / factor
    fitting = fitting_factors(play_spm, play_hz)
    assert is_clear(play_spm, fitting) == clear


def test_no_factor_is_not_clear():
    assert not is_clear(90.0, ())
    assert is_clear(85.0, (2.0,))
