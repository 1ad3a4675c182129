"""The whole program on the sample clips: files, schema, numbers against truth, the same again."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import av
import jsonschema
import numpy as np
import pytest

from formcheck.landmarks import SIDES
from formcheck.report.schema import json_schema, load_report
from tests.e2e.clips import REAR, SIDE
from tests.e2e.conftest import Run, truth_of

pytestmark = [pytest.mark.model, pytest.mark.slow]
FILES = {"annotated.mp4", "frames.csv", "report.html", "report.json", "strides.csv"}


@pytest.fixture(params=["side", "rear"])
def case(request, side_run: Run, rear_run: Run) -> tuple[Run, Path]:
    return (side_run, SIDE) if request.param == "side" else (rear_run, REAR)


def test_every_promised_file_is_written(case):
    run, _ = case
    assert run.code == 0, run.err
    assert {file.name for file in run.folder.iterdir()} == FILES
    assert str(run.folder / "report.html") in run.out.replace("\n", "")


def test_progress_is_plain_lines_on_standard_error(case):
    run, _ = case
    lines = run.err.splitlines()
    assert [line.split()[0] for line in lines] == [
        "Opening",
        "Finding",
        "Measuring",
        "Drawing",
        "Writing",
    ]
    assert "\x1b" not in run.err + run.out


def test_report_keeps_its_schema(case):
    run, _ = case
    jsonschema.validate(run.report, json_schema())
    assert load_report(run.folder).schema_id == "formcheck.report/1"


def test_view_and_words_of_the_user(side_run, rear_run):
    side, rear = side_run.report, rear_run.report
    assert side["view"]["kind"] == "side"
    assert (side["view"]["facing"], side["view"]["near_side"]) == ("left", "left")
    assert rear["view"]["kind"] == "rear"
    assert side["runner"]["id"] == "anna"
    assert side["runner"]["pace"] == "easy"
    assert rear["runner"]["height_m"] == pytest.approx(1.79)
    assert rear["runner"]["belt_speed_mps"] == pytest.approx(2.7)


def test_cadence(case):
    run, clip = case
    found = run.report["metrics"]["cadence_spm"]
    assert found["value"] == pytest.approx(truth_of(clip).metrics["cadence_spm"], abs=1.0)


def test_contacts_of_the_near_foot(side_run):
    found = np.array(side_run.report["events"]["left"]["initial_contact_s"])
    true = truth_of(SIDE).events["left"]["initial_contact_s"]
    error = found - true[np.abs(found[:, None] - true).argmin(axis=1)]
    assert found.size >= true.size - 1
    assert np.sqrt(np.mean(error**2)) < 0.006


def test_thirty_frames_a_second_show_landings_too(half_rate_run):
    report, truth = half_rate_run.report, truth_of(SIDE)
    found = np.array(report["events"]["left"]["initial_contact_s"])
    true = truth.events["left"]["initial_contact_s"]
    error = found - true[np.abs(found[:, None] - true).argmin(axis=1)]
    assert np.sqrt(np.mean(error**2)) < 0.008
    for key in ("contact_time_ms", "landing_ankle_hip_cm", "foot_inclination_ic_deg"):
        metric = report["metrics"][key]
        assert metric["status"] == "measured"
        assert metric["low"] <= truth.metrics[key] <= metric["high"]
    assert "less sure" in next(
        q["text"] for q in report["quality"] if q["code"] == "low_frame_rate"
    )


def test_the_foot_at_landing_is_read_from_the_shoe(side_run):
    metric = side_run.report["metrics"]["foot_inclination_ic_deg"]
    assert metric["value"] == pytest.approx(
        truth_of(SIDE).metrics["foot_inclination_ic_deg"], abs=2.5
    )


def test_from_behind_steps_are_found_on_both_sides(rear_run):
    for side in SIDES:
        found = np.array(rear_run.report["events"][side]["initial_contact_s"])
        true = truth_of(REAR).events[side]["initial_contact_s"]
        assert abs(found.size - true.size) <= 1
        assert np.diff(found) == pytest.approx(np.full(found.size - 1, 0.714), abs=0.03)


def test_intervals_hold_most_truths(side_run, rear_run):
    """Nine of ten, and every number within twice its half width."""
    held, wild = [], []
    for run, clip in ((side_run, SIDE), (rear_run, REAR)):
        for key, true in truth_of(clip).metrics.items():
            found = run.report["metrics"].get(key, {"status": "missing"})
            if found["status"] == "measured":
                held.append(found["low"] <= true <= found["high"])
                half = (found["high"] - found["low"]) / 2
                if abs(found["value"] - true) > 2 * half:
                    wild.append(key)
    assert len(held) >= 20
    assert np.mean(held) >= 0.85
    assert wild == []


def test_scale_from_height_and_belt(side_run, rear_run):
    assert side_run.report["calibration"]["scale_source"] == "combined"
    assert rear_run.report["calibration"]["scale_source"] == "height"


def test_annotated_clip_lasts_as_long_as_the_clip(case):
    run, clip = case
    times = [_times(path) for path in (clip, run.folder / "annotated.mp4")]
    assert times[0].size == times[1].size
    np.testing.assert_allclose(times[1], times[0], atol=0.001)


def _times(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        base = stream.time_base
        pts = sorted(p.pts for p in container.demux(stream) if p.pts is not None)
    assert base is not None
    return (np.array(pts) - pts[0]) * float(base)


def test_annotated_clip_is_drawn_on(side_run):
    """Something is drawn, and the picture beneath is the clip's."""
    pictures = []
    for path in (SIDE, side_run.folder / "annotated.mp4"):
        with av.open(str(path)) as container:
            frame = next(frame for i, frame in enumerate(container.decode(video=0)) if i == 100)
            pictures.append(frame.to_ndarray(format="rgb24").astype(float))
    assert pictures[0].shape == pictures[1].shape
    change = np.abs(pictures[0] - pictures[1]).max(axis=2)
    assert 0.005 < (change > 60).mean() < 0.5
    assert np.median(change) < 20


def test_tables(case):
    run, clip = case
    truth = truth_of(clip)
    with (run.folder / "frames.csv").open(encoding="utf-8", newline="") as file:
        frames = list(csv.DictReader(file))
    with (run.folder / "strides.csv").open(encoding="utf-8", newline="") as file:
        steps = list(csv.DictReader(file))
    assert len(frames) == run.report["clip"]["frames"]
    assert float(frames[-1]["t_s"]) == pytest.approx(truth.duration_s, abs=0.02)
    assert len(steps) >= 10


def test_page_fetches_nothing(case):
    run, _ = case
    page = (run.folder / "report.html").read_text("utf-8")
    assert len(page) < 2_000_000
    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""", page)
    assert "cadence" in page.lower()


def test_json_prints_json_and_nothing_else(twins):
    run = twins[0]
    assert run.code == 0
    assert run.err == ""
    assert json.loads(run.out) == run.report


def test_without_video(twins):
    assert {file.name for file in twins[0].folder.iterdir()} == FILES - {"annotated.mp4"}


def test_part_of_a_clip(twins):
    clip = twins[0].report["clip"]
    assert clip["from_s"] == 0.0
    assert clip["to_s"] == pytest.approx(3.5, abs=0.02)


def test_the_same_clip_gives_the_same_report(twins):
    first, second = twins
    assert first.out == second.out
    for name in ("report.json", "frames.csv", "strides.csv"):
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes()
