"""The two CSV tables."""

from __future__ import annotations

import csv
import dataclasses
import re
from pathlib import Path

import numpy as np

from formcheck.kernel import MEASURES, ROW
from formcheck.landmarks import NAMES
from formcheck.metrics.estimate import sampled
from formcheck.report.tables import (
    cells,
    frames_table,
    step_values,
    write_frames,
    write_strides,
)
from formcheck.types import Contact, Gait, Metric, Samples
from tests.report.conftest import make_gait


def read(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return rows[0], rows[1:]


def test_frames_have_a_row_each_and_the_same_columns_always(
    side_gait: Gait, tmp_path: Path
) -> None:
    write_frames(side_gait, tmp_path / "frames.csv")
    names, rows = read(tmp_path / "frames.csv")
    assert len(rows) == side_gait.track.t_s.size
    assert len(names) == len(set(names)) == 2 + len(MEASURES) + 4 * len(NAMES)
    assert names[:3] == ["frame", "t_s", "trunk_deg"]
    assert names[-4:] == [
        f"right_toe_{what}" for what in ("x_px", "y_px", "confidence", "modelled")
    ]
    column = dict(zip(names, zip(*rows, strict=True), strict=True))
    np.testing.assert_allclose(
        [float(x) for x in column["knee_flexion_deg_left"]],
        side_gait.measures[ROW["knee_flexion_deg_left"]], atol=0.0051,
    )  # fmt: skip
    np.testing.assert_allclose(
        [float(x) for x in column["nose_x_px"]], side_gait.track.xy_px[:, 0, 0], atol=0.0051
    )
    other = [name for name, _ in frames_table(make_gait("rear"))]
    assert names == other


def test_every_measure_names_its_unit_and_lengths_say_whether_there_is_a_scale() -> None:
    for scale, unit in ((True, "m"), (False, "px")):
        names = [name for name, _ in frames_table(make_gait("side", scale=scale))]
        measures = names[2 : 2 + len(MEASURES)]
        assert all(re.search(rf"_(deg|{unit})(_left|_right)?$", name) for name in measures)
        assert f"mid_hip_y_{unit}" in measures
        assert f"ankle_ahead_{unit}_left" in measures


def test_unknown_values_are_empty_and_flags_are_numbers(side_gait: Gait) -> None:
    measures = side_gait.measures.copy()
    measures[ROW["trunk_deg"], 5] = np.nan
    modelled = side_gait.modelled.copy()
    modelled[7, 0] = True
    table = dict(frames_table(dataclasses.replace(side_gait, measures=measures, modelled=modelled)))
    assert table["trunk_deg"][5] == ""
    assert table["trunk_deg"][4] != ""
    assert table["nose_modelled"][6:8] == ["0", "1"]


def test_cells_have_fixed_decimals_and_no_negative_zero() -> None:
    assert cells(np.array([1.005, -0.0004, np.nan, -2.5, np.inf]), 2) == [
        "1.00", "0.00", "", "-2.50", "",
    ]  # fmt: skip


def metric_of(key: str, samples: Samples | None) -> Metric:
    return Metric(key, "deg", "measured", 1.0, 0.0, 2.0, samples=samples)


def test_steps_hold_their_events_and_the_metrics_of_each(side_gait: Gait, tmp_path: Path) -> None:
    contacts = side_gait.contacts
    own = [n for n, contact in enumerate(contacts) if contact.side == "left"]
    middle_s = np.array([contacts[n].initial_contact_s + 0.1 for n in own])
    value = np.linspace(1.0, 2.0, len(own))
    value[1] = np.nan
    shank = metric_of("shank_angle_ic_deg", sampled("left", middle_s, value))
    start_s = np.array([contact.initial_contact_s for contact in contacts[1:]])
    side = tuple(contact.side for contact in contacts[1:])
    steps = metric_of("step_time_s", Samples(start_s, np.full(len(side), 0.353), side))
    lean = metric_of("trunk_lean_deg", sampled("both", middle_s, value))
    sided = metric_of("shank_angle_ic_deg_left", shank.samples)
    found = {m.key: m for m in (steps, shank, sided, lean, metric_of("step_width_cm", None))}
    write_strides(contacts, found, tmp_path / "strides.csv")
    names, rows = read(tmp_path / "strides.csv")
    assert names == [
        "step", "side", "initial_contact_s", "toe_off_s", "initial_contact_sd_s", "toe_off_sd_s",
        "step_time_s", "contact_time_ms", "flight_time_ms", "shank_angle_ic_deg",
    ]  # fmt: skip
    assert [row[1] for row in rows] == [c.side for c in contacts]
    assert [row[6] for row in rows] == ["", *["0.35300"] * (len(contacts) - 1)]
    assert {row[7] for row in rows} == {""}
    shown = [row[9] for row in rows]
    assert [shown[n] for n in own] == cells(value, 4)
    assert {shown[n] for n in range(len(rows)) if n not in own} == {""}


def test_a_sample_before_the_first_contact_has_no_row() -> None:
    contacts = (Contact("left", 1.0, 1.2), Contact("right", 1.4, 1.6))
    early = Samples(np.array([0.5, 1.4]), np.array([7.0, 8.0]), ("left", "right"))
    values = step_values(contacts, {"knee": metric_of("knee", early)})
    np.testing.assert_array_equal(values["knee"], [np.nan, 8.0])


def test_no_contacts_give_a_table_with_a_header_only(side_gait: Gait, tmp_path: Path) -> None:
    none = dataclasses.replace(side_gait, contacts=())
    write_strides(none.contacts, {}, tmp_path / "strides.csv")
    names, rows = read(tmp_path / "strides.csv")
    assert names[0] == "step"
    assert rows == []


def test_every_column_of_frames_is_described():
    text = (Path(__file__).resolve().parents[2] / "docs" / "tables.md").read_text("utf-8")
    names = {name.removesuffix("_left").removesuffix("_right") for name in MEASURES}
    assert sorted(name for name in names if f"`{name}`" not in text) == []
