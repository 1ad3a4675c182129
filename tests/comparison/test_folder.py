"""What a comparison leaves in its folder: files, stills, and a word where pictures are missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from formcheck.comparison import load_comparison
from formcheck.comparison.folder import PAGE_NAME, VIDEO_NAME, check_slow, compare_to_folder
from formcheck.comparison.stills import HEIGHT_PX, run_stills, step_moments
from formcheck.errors import UsageError
from formcheck.report.schema import Events
from formcheck.video import probe
from tests.annotate.make import analysis_of
from tests.side_by_side.test_clip import marks, stored
from tests.video.clips import record, steady


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two stored runs of one gait with their clips; the second has an annotated clip too."""
    folder = tmp_path_factory.mktemp("runs")
    analysis = analysis_of("left", seconds=2.0)
    return (
        stored(folder / "a", analysis, pace="easy"),
        stored(folder / "b", analysis, annotated=True, pace="easy"),
    )


def test_everything_is_written_and_the_comparison_reads_back(runs, tmp_path):
    (first, one), (second, other) = runs
    told: list[float] = []
    out = tmp_path / "deep" / "both"
    found = compare_to_folder(first, second, out, clips=(one, other), progress=told.append)
    names = {"comparison.json", PAGE_NAME, VIDEO_NAME}
    assert {file.name for file in out.iterdir()} == names
    assert load_comparison(out) == found
    assert "no_pictures" not in [caution.code for caution in found.warnings]
    assert (told[-1], told) == (1.0, sorted(told))
    html = (out / PAGE_NAME).read_text(encoding="utf-8")
    assert html.count("<img ") == 4
    assert html.index("Contact, first") < html.index("Contact, second")
    assert html.index("Contact, second") < html.index("Midstance, first")


def test_the_video_can_be_left_out(runs, tmp_path):
    (first, one), (second, other) = runs
    compare_to_folder(first, second, tmp_path, clips=(one, other), video=False)
    assert {file.name for file in tmp_path.iterdir()} == {"comparison.json", PAGE_NAME}


def test_a_wrong_clip_costs_the_pictures_and_nothing_else(runs, tmp_path):
    (first, _), (second, other) = runs
    wrong = tmp_path / "another.mp4"
    record(wrong, steady(20, 30.0), draw=lambda _: np.zeros((72, 128, 3), np.uint8))
    found = compare_to_folder(first, second, tmp_path, clips=(wrong, other))
    lost = [caution for caution in found.warnings if caution.code == "no_pictures"]
    assert len(lost) == 1
    assert "the very file that was analysed" in lost[0].text
    assert not (tmp_path / VIDEO_NAME).exists()
    assert lost[0].text in (tmp_path / PAGE_NAME).read_text(encoding="utf-8")
    assert load_comparison(tmp_path) == found


@pytest.mark.parametrize("slow", [0.0, 0.99, 17.0, float("nan"), float("inf")])
def test_an_impossible_slowness_writes_nothing(slow, runs, tmp_path):
    with pytest.raises(UsageError, match="1 to 16"):
        check_slow(slow)
    with pytest.raises(UsageError):
        compare_to_folder(runs[0][0], runs[1][0], tmp_path / "out", slow=slow)
    assert not (tmp_path / "out").exists()


def test_stills_show_the_runner_at_contact_and_midstance_of_one_step(runs):
    run, clip = runs[0]
    stills = run_stills(run, clip, "first")
    assert [still.label for still in stills] == ["Contact, first", "Midstance, first"]
    assert [still.t_s for still in stills] == [t_s for _, t_s in step_moments(run.report)]
    for still in stills:
        height, width = still.rgb.shape[:2]
        assert height == HEIGHT_PX
        assert 0.5 < width / height <= 1.02
        at = marks(still.rgb)  # drawn above the head
        assert abs(at[0] - width / 2) < 0.25 * width
        assert at[1] < 0.25 * height


def test_the_annotated_clip_is_shown_where_there_is_one(runs):
    (plain, clip), (drawn, other) = runs
    bare = run_stills(plain, clip, "x")[0].rgb.astype(int)
    shown = run_stills(drawn, other, "x")[0].rgb.astype(int)
    assert bare.shape == shown.shape
    assert np.abs(bare - shown).max(axis=-1).mean() > 3.0  # skeleton and lines
    alone = run_stills(drawn, None, "x")[0].rgb
    np.testing.assert_array_equal(alone, shown)


def test_without_clip_frames_or_steps_there_are_no_stills(runs):
    run, clip = runs[0]
    assert run_stills(run, None, "x") == []
    assert run_stills(replace(run, frames=None), clip, "x") == []
    blind = run.report.model_copy(update={"events": Events()})
    assert run_stills(replace(run, report=blind), clip, "x") == []


def test_the_head_can_be_blurred_in_pictures_of_the_clip(tmp_path: Path):
    analysis = analysis_of("left", seconds=2.0)
    run, clip = stored(tmp_path / "a", analysis)
    track = analysis.gait.track
    noise = np.random.default_rng(1).integers(
        0, 256, (track.height_px // 8, track.width_px // 8, 1)
    )
    picture = np.repeat(np.repeat(np.repeat(noise, 3, 2), 8, 0), 8, 1).astype(np.uint8)
    record(clip, steady(track.t_s.size, 30.0), draw=lambda _: picture)
    same = replace(run, report=run.report.model_copy(update={
        "clip": run.report.clip.model_copy(update={"sha256": probe(clip).sha256})
    }))  # fmt: skip
    sharp = run_stills(same, clip, "x")[0].rgb.astype(int)
    soft = run_stills(same, clip, "x", blur_face=True)[0].rgb.astype(int)
    changed = np.abs(sharp - soft).max(axis=-1) > 40
    rows = np.nonzero(changed)[0]
    assert 0.002 < changed.mean() < 0.15
    assert rows.max() < 0.45 * HEIGHT_PX
