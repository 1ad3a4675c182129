"""Clips that cannot be measured: an exit code and one sentence each, and what is written anyway."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import numpy as np
import pytest

from formcheck.report.schema import json_schema
from tests.cli.run import one_sentence
from tests.e2e.clips import (
    SIDE,
    cut_off,
    moving_pattern,
    pictures,
    sound_only,
    without_index,
    write,
)
from tests.e2e.conftest import Run, analyze

pytestmark = [pytest.mark.model, pytest.mark.slow]
LITE = ("--pose", "lite", "--no-video", "--height", "1.79")


def failed(run: Run, code: int) -> str:
    assert run.code == code, run.err
    assert run.out == ""
    assert "Traceback" not in run.err
    assert run.sentence.startswith("formcheck: ")
    assert one_sentence(run.sentence)
    return run.sentence


def empty(path: Path) -> Path:
    path.touch()
    return path


def text(path: Path) -> Path:
    path.write_text("no video\n" * 500, "utf-8")
    return path


def huge(path: Path) -> Path:
    return write(path, [np.zeros((8000, 8000, 3), np.uint8)], 30, "mjpeg")


@pytest.mark.parametrize(
    ("name", "make", "word"),
    [
        ("empty.mp4", empty, "empty"),
        ("renamed.mp4", text, "not a video"),
        ("cut.mp4", lambda path: without_index(path, SIDE), "cut off"),
        ("sound.mp4", sound_only, "sound"),
        ("huge.mov", huge, "8000x8000"),
    ],
)
def test_files_that_cannot_be_read(tmp_path, name, make, word):
    run = analyze(make(tmp_path / name), tmp_path / "out", *LITE)
    sentence = failed(run, 3)
    assert name in sentence
    assert word in sentence
    assert not run.folder.exists()


def test_one_second(tmp_path):
    clip = write(tmp_path / "short.mp4", pictures(SIDE, 60))
    run = analyze(clip, tmp_path / "out", *LITE)
    assert "too short" in failed(run, 4)
    assert_says_why(run, "too_short")


def test_nobody_in_the_picture(tmp_path):
    clip = write(tmp_path / "waves.mp4", moving_pattern(120))
    run = analyze(clip, tmp_path / "out", *LITE)
    assert "No person" in failed(run, 4)
    assert_says_why(run, "no_person")


def assert_says_why(run: Run, code: str) -> None:
    """A report is written that holds no numbers, only why."""
    assert {file.name for file in run.folder.iterdir()} == {"report.json"}
    report = run.report
    jsonschema.validate(report, json_schema())
    assert code in [note["code"] for note in report["quality"]]
    assert report["metrics"] == {}
    assert report["view"] is None


def test_two_seconds(tmp_path):
    """Too short for most numbers, but it is told, and nothing fails."""
    clip = write(tmp_path / "short.mp4", pictures(SIDE, 120))
    run = analyze(clip, tmp_path / "out", *LITE)
    assert run.code == 0, run.err
    assert "short_clip" in codes(run)
    statuses = {m["status"] for m in run.report["metrics"].values()}
    assert "too_few_strides" in statuses
    cadence = run.report["metrics"]["cadence_spm"]
    assert cadence["value"] is None or cadence["value"] == pytest.approx(164.1, abs=5.0)


def test_feet_cut_off(tmp_path):
    """What needs the feet is withheld, the rest stays, and how to film better is said."""
    clip = write(tmp_path / "feet.mp4", pictures(SIDE, 210, lowest_px=560))
    run = analyze(clip, tmp_path / "out", *LITE, "--view", "side")
    assert run.code == 0, run.err
    assert "feet_cut_off" in codes(run)
    metrics = run.report["metrics"]
    for key in ("contact_time_ms", "landing_ankle_hip_pct_leg", "foot_inclination_ic_deg"):
        assert metrics[key]["status"] == "occluded"
        assert metrics[key]["reason"]
    assert metrics["cadence_spm"]["value"] == pytest.approx(164.1, abs=2.0)


def test_what_is_left_of_a_cut_clip_is_measured(tmp_path):
    clip = cut_off(tmp_path / "part.mp4", SIDE, 0.8)
    run = analyze(clip, tmp_path / "out", *LITE)
    assert run.code == 0, run.err
    assert run.report["metrics"]["cadence_spm"]["value"] == pytest.approx(164.1, abs=1.5)
    assert any("cut" in code or "damaged" in code or "truncated" in code for code in codes(run))


def codes(run: Run) -> list[str]:
    return [note["code"] for note in run.report["quality"]]
