"""Every format read back and held against what is known of the runner."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import ezc3d
import numpy as np
import pyarrow.csv
import pyarrow.parquet
import pytest
from fhirclient.models.diagnosticreport import DiagnosticReport

from formcheck.errors import BatchError, UsageError
from formcheck.formats import FORMATS, Format, export
from formcheck.landmarks import NAMES, index
from formcheck.report.note import text_note
from formcheck.report.schema import load_report
from tests.cli.run import one_sentence, run
from tests.formats.conftest import SECONDS, Store, Stored
from tests.formats.read import read_mot, read_trc

RECORDS = ("fhir", "note")
METRES = 0.035  # a body is as deep as it is seen from one side: points off the mid plane look off


def exported(stored: Stored, kind: str):
    path = stored.folder.parent / f"out.{kind}"
    assert export(stored.folder, kind, path) == [path]  # type: ignore[arg-type]
    return path


def truth(stored: Stored, t_s) -> np.ndarray:
    """Return (T, K, 2): forward and up, forward from the mean place of the hips."""
    joints = stored.runner.joints(t_s)
    hips = (joints[:, index("hip", "left")] + joints[:, index("hip", "right")]) / 2
    return np.stack([joints[..., 0] - hips[:, 0].mean(), joints[..., 2]], axis=-1)


def test_trc_holds_the_joints_in_metres(store: Store):
    stored = store()
    trc = read_trc(exported(stored, "trc"))
    assert trc.head["Units"] == "m"
    assert float(trc.head["DataRate"]) == float(trc.head["OrigDataRate"]) == 60.0
    assert tuple(trc.points) == NAMES
    known = truth(stored, trc.t_s)
    for name, points in trc.points.items():
        if not name.startswith("right"):  # the near side and the middle
            off = points[:, :2] - known[:, NAMES.index(name)]
            assert np.nanmax(np.abs(off[:, 1])) < 2 * METRES, name
            assert abs(np.nanmean(off[:, 0])) < METRES, name
        np.testing.assert_array_equal(points[~np.isnan(points[:, 0]), 2], 0.0)
    shank = np.linalg.norm(trc.points["left_knee"] - trc.points["left_ankle"], axis=1)
    real = np.linalg.norm(
        stored.runner.joints(trc.t_s)[:, index("knee", "left")]
        - stored.runner.joints(trc.t_s)[:, index("ankle", "left")], axis=1)  # fmt: skip
    assert np.median(shank) == pytest.approx(np.median(real), rel=0.05)


def test_rear_trc_lies_across_the_running_direction(store: Store):
    stored = store(stand="rear")
    trc = read_trc(exported(stored, "trc"))
    right, left = trc.points["right_hip"], trc.points["left_hip"]
    assert np.nanmin(right[:, 2] - left[:, 2]) > 0.05  # Z to the runner's right
    np.testing.assert_array_equal(right[:, 0], 0.0)
    assert np.nanmedian(trc.points["nose"][:, 1]) > 1.3


def test_a_rolled_picture_is_levelled(store: Store):
    """By what the lines of the room say."""
    stored = store("a", room=True), store("b", room=True, roll_deg=2.0)
    level, rolled = (read_trc(exported(one, "trc")) for one in stored)
    for name in ("left_shoulder", "left_hip", "left_ankle"):
        lean = [np.nanmean(trc.points[name][:, 0]) for trc in (level, rolled)]
        assert lean[0] == pytest.approx(lean[1], abs=0.02), name


def test_uneven_frames_are_brought_to_even_times(store: Store):
    stored = store(jitter_s=0.006, drop_share=0.05)
    trc = read_trc(exported(stored, "trc"))
    np.testing.assert_allclose(np.diff(trc.t_s), np.diff(trc.t_s)[0], atol=2e-6)
    assert int(trc.head["OrigNumFrames"]) != int(trc.head["NumFrames"])
    assert float(trc.head["OrigDataRate"]) < float(trc.head["DataRate"])
    known = truth(stored, trc.t_s)[:, NAMES.index("left_ankle")]
    off = trc.points["left_ankle"][:, :2] - known
    assert np.nanstd(off[:, 1]) < 0.012  # interpolation adds nothing to what depth does
    angles = read_mot(exported(stored, "mot"))
    np.testing.assert_allclose(angles["time"], trc.t_s, atol=1e-6)


def test_mot_holds_the_angles(store: Store):
    stored = store()
    angles = read_mot(exported(stored, "mot"))
    joints = stored.runner.joints(angles["time"])
    knee, ankle = joints[:, index("knee", "left")], joints[:, index("ankle", "left")]
    shank = np.degrees(np.arctan2(ankle[:, 0] - knee[:, 0], knee[:, 2] - ankle[:, 2]))
    np.testing.assert_allclose(angles["shank_left"], shank, atol=3.0)
    assert np.nanmax(angles["knee_flexion_left"]) > 60.0
    assert "fppa_left" not in angles
    rear = read_mot(exported(store("rear", stand="rear"), "mot"))
    assert "pelvis_line" in rear
    assert "knee_flexion_left" not in rear


def test_c3d_is_read_by_its_library(store: Store):
    stored = store()
    file = ezc3d.c3d(str(exported(stored, "c3d")))
    trc = read_trc(exported(stored, "trc"))
    point = file["parameters"]["POINT"]
    assert point["UNITS"]["value"] == ["mm"]
    assert point["RATE"]["value"][0] == pytest.approx(60.0)
    assert tuple(point["LABELS"]["value"]) == NAMES
    for k, name in enumerate(NAMES):
        seen = file["data"]["meta_points"]["residuals"][0, k] >= 0
        np.testing.assert_array_equal(seen, ~np.isnan(trc.points[name][:, 0]))
        points = file["data"]["points"][:3, k, seen].T / 1000.0
        np.testing.assert_allclose(points, trc.points[name][seen], atol=2e-5)
    events = load_report(stored.folder).events
    group = file["parameters"]["EVENT"]
    times = group["TIMES"]["value"][0] * 60 + group["TIMES"]["value"][1]
    for side in ("Left", "Right"):
        for label, field in (("Foot Strike", "initial_contact_s"), ("Foot Off", "toe_off_s")):
            mine = [t for t, one, what in zip(times, group["CONTEXTS"]["value"],
                                              group["LABELS"]["value"], strict=True)
                    if (one, what) == (side, label)]  # fmt: skip
            np.testing.assert_allclose(
                mine, getattr(getattr(events, side.lower()), field), atol=1e-4
            )
    assert file["parameters"]["FORMCHECK"]["CLIP_SHA256"]["value"] == ["ab" * 32]


def test_a_gap_stays_a_gap(store: Store):
    stored = store()
    table = stored.folder / "frames.csv"
    lines = table.read_text("utf-8").splitlines()
    column = lines[0].split(",").index("right_toe_x_px")
    for i in range(51, 61):
        cells = lines[i].split(",")
        cells[column] = cells[column + 1] = ""
        lines[i] = ",".join(cells)
    table.write_text("\n".join(lines) + "\n", "utf-8")
    gone = np.isnan(read_trc(exported(stored, "trc")).points["right_toe"][:, 0])
    np.testing.assert_array_equal(np.flatnonzero(gone), np.arange(50, 60))
    file = ezc3d.c3d(str(exported(stored, "c3d")))
    residuals = file["data"]["meta_points"]["residuals"][0, NAMES.index("right_toe")]
    np.testing.assert_array_equal(np.flatnonzero(residuals < 0), np.arange(50, 60))


def test_tables_hold_every_frame_and_landmark(store: Store):
    stored = store(jitter_s=0.004)
    table = pyarrow.parquet.read_table(exported(stored, "parquet"))
    frames = int(SECONDS * 60)
    assert table.num_rows == frames * len(NAMES)
    assert table.schema.metadata[b"clip_sha256"] == b"ab" * 32
    ankle = table.filter(pyarrow.compute.field("landmark") == "left_ankle").to_pydict()
    known = truth(stored, np.array(ankle["t_s"]))[:, NAMES.index("left_ankle")]
    assert np.abs(np.array(ankle["y_m"]) - known[:, 1]).max() < 2 * METRES
    text = pyarrow.csv.read_csv(exported(stored, "csv"))
    assert text.column_names == table.column_names
    np.testing.assert_allclose(text["x_px"].to_numpy(), table["x_px"].to_numpy())


def test_records_are_the_report_in_words(store: Store):
    stored = store(scale=False)
    report = load_report(stored.folder)
    note = text_note(report)
    assert exported(stored, "note").read_text("utf-8") == note
    made = json.loads(exported(stored, "fhir").read_text("utf-8"))
    DiagnosticReport(made, strict=True)
    assert "issued" not in made  # nobody told when
    (form,) = made["presentedForm"]
    assert base64.b64decode(form["data"]).decode() == note
    codes = {one["code"]["coding"][0]["code"] for one in made["contained"]}
    assert codes == {k for k, one in report.metrics.items() if one.status != "wrong_view"}


def test_records_of_a_folder_are_named_by_what_they_are(store: Store, tmp_path):
    store("a", scale=False)
    names: dict[Format, str] = {"fhir": "a.fhir.json", "note": "a.txt"}
    for kind, name in names.items():
        assert export(tmp_path / "stored", kind, tmp_path / "all") == [tmp_path / "all" / name]


def test_every_format_is_described():
    page = (Path(__file__).parents[2] / "docs" / "export.md").read_text("utf-8")
    shown = run("export", "--help").out
    for kind in FORMATS:
        assert f"`{kind}`" in page
        assert f"{kind}:" in shown


def test_without_a_scale(store: Store):
    stored = store(scale=False)
    for kind in ("trc", "mot", "c3d"):
        with pytest.raises(UsageError) as caught:
            exported(stored, kind)
        assert one_sentence(str(caught.value))
        assert "--height" in str(caught.value)
    table = pyarrow.parquet.read_table(exported(stored, "parquet"))
    assert table["x_m"].null_count == table.num_rows
    assert table["x_px"].null_count < table.num_rows


def test_a_folder_of_analyses(store: Store, tmp_path):
    for name in ("a", "b"):
        store(name)
    written = export(tmp_path / "stored", "trc", tmp_path / "all")
    assert written == [tmp_path / "all" / "a.trc", tmp_path / "all" / "b.trc"]
    store("c", scale=False)
    with pytest.raises(BatchError) as caught:
        export(tmp_path / "stored", "trc", tmp_path / "all2")
    assert "1 of 3" in str(caught.value)
    assert sorted(path.name for path in (tmp_path / "all2").iterdir()) == ["a.trc", "b.trc"]


def test_command(store: Store, tmp_path):
    stored = store()
    ran = run("export", stored.folder, "--format", "trc", "--out", tmp_path / "deep" / "x.trc")
    assert (ran.code, ran.err) == (0, "")
    assert read_trc(tmp_path / "deep" / "x.trc").t_s.size == 360
    ran = run(
        "export", stored.folder / "report.json", "--format", "mot", "--out", tmp_path / "x.mot"
    )
    assert ran.code == 0
    assert run("export", stored.folder, "--format", "xyz", "--out", tmp_path / "x").code == 2


@pytest.mark.parametrize("kind", FORMATS)
def test_bad_places(store: Store, tmp_path, kind):
    stored = store()
    (tmp_path / "file").write_text("mine", "utf-8")
    (tmp_path / "empty").mkdir()
    for source, out in (
        (tmp_path / "nowhere", tmp_path / "x"),
        (tmp_path / "empty", tmp_path / "x"),
        (stored.folder, tmp_path / "empty"),
        (stored.folder, tmp_path / "file" / "x"),
    ):
        ran = run("export", source, "--format", kind, "--out", out)
        assert ran.code == 2, (source, out, ran.err)
        assert one_sentence(ran.failure)
        assert not (tmp_path / "x").exists()
    (stored.folder / "frames.csv").unlink()
    ran = run("export", stored.folder, "--format", kind, "--out", tmp_path / "x")
    if kind in RECORDS:
        assert ran.code == 0  # they hold what the report says
        return
    assert ran.code == 2
    assert "frames.csv" in ran.failure
