"""Slow motion that only the step rate shows; frames that are decoded once or once a stage."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from formcheck.outputs import analyze_to_folder
from formcheck.pipeline import Options, analyze
from formcheck.pose import save_track
from tests.gait.exact import filmed
from tests.synthetic import Camera, frame_times, make_runner
from tests.synthetic.standing import stand_then_run
from tests.video.clips import record, steady

SAMPLE = Path(__file__).parents[1] / "sample_videos" / "side_easy_60fps.mp4"


def slow_note(folder, factor, play_hz, **more):
    """Analyse a slowed runner from behind, in a file that plays at that rate."""
    track = filmed("rear", 240.0, 4.0, **more)[2]
    save_track(replace(track, t_s=factor * track.t_s), folder / "track.npz")
    clip = record(folder / "clip.mp4", steady(track.t_s.size, play_hz))
    analysis = analyze(clip, Options(track=folder / "track.npz", video=False))
    (note,) = (note for note in analysis.quality if note.code == "slow_motion")
    assert note.severity == "warn"
    assert "--slow-motion" in note.fix
    return analysis, note


def test_other_factors_that_fit_are_named(tmp_path):
    analysis, note = slow_note(tmp_path, 8.0, 30.0)
    assert analysis.clip.slow_motion_factor == 8
    assert analysis.metrics["cadence_spm"].value == pytest.approx(170, abs=1)
    assert "8 times slower" in note.text
    assert "8.33 or 6.67 times would fit as well" in note.text
    assert "no part" not in note.text


def test_between_two_factors_as_likely_no_times_are_shown(tmp_path):
    analysis, note = slow_note(tmp_path, 10 / 3, 30.0, cadence_spm=160.0)
    assert "3 times would fit as well" in note.text
    assert "no part of the results" in note.text
    for key, metric in analysis.metrics.items():
        if metric.unit in ("s", "ms", "steps/min"):
            assert metric.value is None, key
    assert "--slow-motion" in (analysis.metrics["cadence_spm"].reason or "")
    assert analysis.metrics["vertical_oscillation_pct_leg"].value is not None


def test_a_step_rate_that_no_factor_explains_is_told(tmp_path):
    analysis, note = slow_note(tmp_path, 5.2, 30.0, cadence_spm=176.0)
    assert analysis.clip.slow_motion_factor == 1
    assert analysis.metrics["cadence_spm"].value is None
    assert "unknown factor" in note.text
    assert analysis.metrics["step_time_s"].value is None


def test_standing_at_the_start_or_in_a_clip_of_its_own_is_the_zero_of_lean(tmp_path):
    runner = make_runner(lean_deg=7.0, seconds=8.0)
    track = stand_then_run(runner, Camera(), frame_times(60.0, 8.0), -2.0, 1.8)
    save_track(track, tmp_path / "track.npz")
    clip = record(tmp_path / "clip.mp4", steady(track.t_s.size, 60.0))
    for standing, source in ((None, "start"), (clip, "clip")):
        options = Options(track=tmp_path / "track.npz", video=False, standing=standing)
        report, _ = analyze_to_folder(clip, tmp_path / source, options)
        assert report.standing is not None
        assert report.standing.source == source
        assert report.clip.from_s > 1.8
        told = report.metrics["trunk_lean_from_standing_deg"]
        assert told.value == pytest.approx(9.0, abs=0.7)
        page = (tmp_path / source / "report.html").read_text(encoding="utf-8")
        assert "Trunk lean against own standing" in page
        assert ("of a clip of its own" in page) == (source == "clip")


def test_little_memory_changes_no_result(tmp_path, monkeypatch):
    """Frames that do not fit are decoded by every stage, and are the same."""
    options = Options(pose="lite", to_s=3.0)
    analyze_to_folder(SAMPLE, tmp_path / "kept", options)
    monkeypatch.setattr("formcheck.video.kept._MOST_BYTES", 0)
    analyze_to_folder(SAMPLE, tmp_path / "decoded", options)
    for kept in (tmp_path / "kept").iterdir():
        assert kept.read_bytes() == (tmp_path / "decoded" / kept.name).read_bytes(), kept.name
