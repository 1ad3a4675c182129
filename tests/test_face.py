"""`import formcheck`: the public names, and what each gives."""

from __future__ import annotations

import inspect
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

import formcheck
from formcheck.landmarks import NAMES
from formcheck.pose import save_track
from formcheck.request import Request
from formcheck.types import PoseTrack
from tests.gait.exact import filmed
from tests.video.clips import record, steady

PUBLIC = [
    "Advice",
    "BatchError",
    "ClipError",
    "Comparison",
    "FormcheckError",
    "Metric",
    "ModelError",
    "NoRunnerError",
    "PoseTrack",
    "Report",
    "Run",
    "Runner",
    "UsageError",
    "__version__",
    "advise",
    "analyze",
    "compare",
    "export",
    "load",
    "measure",
    "pose_track",
]
HEAVY = {"numpy", "scipy", "cv2", "av", "pyarrow", "onnxruntime", "pydantic", "plotly", "jinja2"}


def runner(**more) -> formcheck.Runner:
    return formcheck.Runner(height_m=1.75, belt_speed_mps=2.8, **more)


def named(track: PoseTrack) -> dict[str, np.ndarray]:
    return {name: track.xy_px[:, k] for k, name in enumerate(NAMES)}


@pytest.fixture(scope="module")
def run() -> formcheck.Run:
    track = filmed("left", 60.0, 6.0)[2]
    size = (track.width_px, track.height_px)
    points = formcheck.pose_track(named(track), track.t_s, size_px=size)
    return formcheck.measure(points, runner(id="anna"), name="run <b>")


@pytest.fixture(scope="module")
def folder(run, tmp_path_factory) -> Path:
    return run.save(tmp_path_factory.mktemp("face") / "anna")


def test_exported_names():
    assert formcheck.__all__ == PUBLIC
    assert dir(formcheck) == sorted(PUBLIC)
    for name in PUBLIC:
        assert getattr(formcheck, name) is not None
    with pytest.raises(AttributeError, match="'nothing'"):
        formcheck.nothing  # noqa: B018


def test_importing_costs_nothing():
    code = "import sys, formcheck; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stdout.split())


def test_analyze_takes_the_words_of_the_command():
    words = {field.name for field in fields(Request)} - {"height", "no_video"}
    own = {"clip", "height_m", "standing", "track", "progress"}
    assert set(inspect.signature(formcheck.analyze).parameters) == words | own


def test_a_clip_by_its_name(tmp_path):
    track = filmed("left", 30.0, 4.0)[2]
    save_track(track, tmp_path / "track.npz")
    clip = record(tmp_path / "clip.mp4", steady(track.t_s.size, 30.0))
    run = formcheck.analyze(
        str(clip), height_m=1.76, speed="10km/h", runner="anna", track=tmp_path / "track.npz"
    )
    assert run.metrics["cadence_spm"].value == pytest.approx(170, abs=1)
    assert run.report.runner.belt_speed_mps == pytest.approx(10 / 3.6, abs=1e-5)
    out = run.save(str(tmp_path / "out"), video=False)
    assert {"report.json", "report.html", "frames.csv", "strides.csv"} == {
        path.name for path in out.iterdir()
    }
    with pytest.raises(formcheck.UsageError, match="is read for the export"):
        formcheck.export(out, "csv", out / "frames.csv")
    with pytest.raises(formcheck.UsageError, match="km/h"):
        formcheck.analyze(clip, speed="10")


def test_tables_hold_frames_and_steps(run):
    frames, steps = run.frames(), run.steps()
    assert frames.num_rows == run.analysis.gait.track.t_s.size
    assert {"t_s", "knee_flexion_deg_left", "left_hip_x_px", "left_toe_modelled"} <= set(
        frames.column_names
    )
    assert steps.num_rows == len(run.analysis.gait.contacts)
    assert set(steps["side"].to_pylist()) == {"left", "right"}
    landed = [t for t in steps["initial_contact_s"].to_pylist() if t is not None]
    feet = (run.events.left, run.events.right)
    told = sorted(t for foot in feet for t in foot.initial_contact_s)
    assert np.allclose(landed, told, atol=1e-4)


def test_a_run_is_read_back_as_it_was(run, folder):
    stored = formcheck.load(folder)
    assert stored.analysis is None
    assert stored.report.metrics == run.report.metrics
    for table in (run, stored):
        samples = table.metrics["contact_time_ms"].samples
        assert samples is not None
        assert np.nanmean(samples.value) == pytest.approx(
            table.metrics["contact_time_ms"].value, rel=0.02
        )
    assert stored.steps().equals(run.steps())
    assert stored.frames().schema == run.frames().schema
    known = np.array(run.frames()["knee_flexion_deg_left"].to_numpy(), float)
    read = np.array(stored.frames()["knee_flexion_deg_left"].to_numpy(), float)
    assert np.nanmax(np.abs(known - read)) < 0.01
    again = stored.save(folder.parent / "again")
    assert (again / "report.json").read_bytes() == (folder / "report.json").read_bytes()


def test_a_lone_report_has_no_tables(folder, tmp_path):
    (tmp_path / "other.json").write_bytes((folder / "report.json").read_bytes())
    lone = formcheck.load(tmp_path / "other.json")
    for table in (lone.frames, lone.steps):
        with pytest.raises(formcheck.UsageError, match="load the folder"):
            table()
    assert (lone.save(tmp_path / "out") / "report.html").is_file()


def test_what_is_shown_is_short(run):
    assert repr(run).startswith("<Run run <b>: side view, 6.0 s, ")
    cadence = run.metrics["cadence_spm"]
    assert repr(cadence).startswith("cadence_spm 170 steps/min (1")
    assert repr(run.metrics["step_width_cm"]).startswith("step_width_cm not measured: ")
    page = run._repr_html_()
    assert "<b>" not in page
    assert all(f"<code>{key}</code>" in page for key in run.metrics)


def test_advice_from_one_run_and_from_several(run, folder):
    assert run.advice(region="knee", pain_during=3).irritability == "moderate"
    both = formcheck.advise([run, folder], region="knee", pain_during=3)
    assert both.irritability == "moderate"
    assert run.advice(baseline=[160, folder]).cadence is not None
    with pytest.raises(formcheck.UsageError, match="toe"):
        run.advice(region="toe")


def test_comparing_runs_and_folders(run, folder, tmp_path):
    out = tmp_path / "both"
    found = formcheck.compare(run, folder, mode="before_after", out=out, video=False)
    assert found.metrics["cadence_spm"].difference == pytest.approx(0)
    assert (out / "comparison.html").is_file()
    assert formcheck.compare(folder, run).first.runner == "anna"


def test_exporting_runs_and_folders(run, folder, tmp_path):
    one = formcheck.export(run, "c3d", tmp_path / "one.c3d")
    assert one == [tmp_path / "one.c3d"]
    assert one[0].stat().st_size > 1000
    all_of_them = formcheck.export(folder.parent, "csv", tmp_path / "all")
    assert tmp_path / "all" / "anna.csv" in all_of_them
    with pytest.raises(formcheck.UsageError, match="'xyz' is no format"):
        formcheck.export(run, "xyz", tmp_path / "run.xyz")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ({}, "There are no points"),
        ({"left_tail": np.zeros((3, 2))}, "'left_tail' is no body point"),
        ({"nose": np.zeros((2, 2))}, "nose has the shape"),
        ({"nose": np.full((3, 2), np.nan)}, "No point is known"),
    ],
)
def test_landmarks_that_cannot_be_used(points, said):
    with pytest.raises(formcheck.UsageError, match=said):
        formcheck.pose_track(points, np.arange(3.0))


def test_times_that_do_not_go_on():
    with pytest.raises(formcheck.UsageError, match="increasing"):
        formcheck.pose_track({"nose": np.ones((3, 2))}, [0.0, 2.0, 1.0], size_px=(9, 9))


def test_landmarks_without_a_picture_are_framed():
    track = formcheck.pose_track({"nose": [[0.0, -10.0], [4.0, 10.0]]}, [0.0, 1.0])
    assert (track.width_px, track.height_px) == (14, 30)
    assert np.allclose(track.xy_px[:, 0], [[5.0, 5.0], [9.0, 25.0]])
    assert track.confidence.sum() == 2.0


def test_points_that_are_never_seen_leave_their_metrics_out():
    track = filmed("left", 60.0, 6.0)[2]
    points = {name: xy for name, xy in named(track).items() if "wrist" not in name}
    run = formcheck.measure(formcheck.pose_track(points, track.t_s), runner())
    assert run.metrics["cadence_spm"].value == pytest.approx(170, abs=1)
    assert run.metrics["arm_swing_deg"].value is None
    del points["left_shoulder"]
    with pytest.raises(formcheck.UsageError, match="left_shoulder is in no frame"):
        formcheck.measure(formcheck.pose_track(points, track.t_s), runner())
