"""Finished analyses read back: what was written, and what is missing or damaged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from formcheck.errors import UsageError
from formcheck.kernel import MEASURES
from formcheck.report.schema import save_report
from formcheck.report.stored import load_frames, load_run
from formcheck.report.tables import write_frames
from tests.cli.run import one_sentence


@pytest.fixture
def folder(tmp_path, side_report, side_gait):
    save_report(side_report, tmp_path / "report.json")
    write_frames(side_gait, tmp_path / "frames.csv")
    return tmp_path


def test_a_folder_holds_what_was_written(folder, side_report, side_gait):
    run = load_run(folder)
    assert run.report == side_report
    assert run.folder == folder
    assert run.frames is not None
    track = side_gait.track
    np.testing.assert_allclose(run.frames.t_s, track.t_s, atol=1e-6)
    np.testing.assert_allclose(run.frames.xy_px, track.xy_px, atol=0.006)
    np.testing.assert_allclose(run.frames.confidence, track.confidence, atol=0.0006)
    np.testing.assert_array_equal(run.frames.modelled, side_gait.modelled)
    assert len(run.frames.measures) == len(MEASURES)
    shank = side_gait.measures[MEASURES.index("shank_deg_left")]
    np.testing.assert_allclose(run.frames.measures["shank_deg_left"], shank, atol=0.006)


def test_missing_points_come_back_as_nan(folder, side_gait):
    xy_px = side_gait.track.xy_px.copy()
    xy_px[5, 3] = np.nan
    track = replace(side_gait.track, xy_px=xy_px)
    write_frames(replace(side_gait, track=track), folder / "frames.csv")
    frames = load_frames(folder / "frames.csv")
    assert np.isnan(frames.xy_px[5, 3]).all()
    assert np.isfinite(frames.xy_px[4, 3]).all()


def test_the_report_stands_for_its_folder(folder):
    run = load_run(folder / "report.json")
    assert run.folder == folder
    assert run.frames is not None


def test_a_report_of_another_name_stands_alone(folder):
    (folder / "report.json").rename(folder / "mine.json")
    run = load_run(folder / "mine.json")
    assert (run.folder, run.frames) == (None, None)


def test_a_folder_without_frames(folder):
    (folder / "frames.csv").unlink()
    assert load_run(folder).frames is None


@pytest.mark.parametrize(
    "harm",
    [
        lambda text: "",
        lambda text: "hello\n",
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("nose_x_px", "nose_z_px"),
        lambda text: text.replace("t_s,", "t_ms,", 1),
    ],
    ids=["empty", "no table", "cut off", "other column", "other time"],
)
def test_damaged_frames_are_told(folder, harm):
    table = folder / "frames.csv"
    table.write_text(harm(table.read_text("utf-8")), "utf-8")
    with pytest.raises(UsageError) as caught:
        load_run(folder)
    assert caught.value.code == "unreadable_report"
    assert one_sentence(str(caught.value))


@pytest.mark.parametrize("content", ["", "{}", '{"schema": "other/1"}'])
def test_damaged_reports_are_told(folder, content):
    (folder / "report.json").write_text(content, "utf-8")
    with pytest.raises(UsageError):
        load_run(folder)


def test_nothing_there(tmp_path):
    with pytest.raises(UsageError):
        load_run(tmp_path / "nowhere")
