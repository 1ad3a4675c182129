"""The two CSV tables."""

from __future__ import annotations

import csv
import dataclasses
import math
import re
from pathlib import Path

import numpy as np
import pytest

from formcheck.kernel import MEASURES, ROW
from formcheck.landmarks import NAMES
from formcheck.report.tables import (
    cells,
    frames_table,
    step_times,
    strides_table,
    write_frames,
    write_strides,
)
from formcheck.types import Contact, Gait
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


def test_steps_hold_the_times_between_events(side_gait: Gait, tmp_path: Path) -> None:
    n = len(side_gait.contacts)
    lean = np.linspace(1.0, 2.0, n)
    lean[1] = np.nan
    write_strides(side_gait, {"trunk_lean_deg": lean}, tmp_path / "strides.csv")
    names, rows = read(tmp_path / "strides.csv")
    assert names == [
        "step", "side", "initial_contact_s", "toe_off_s", "initial_contact_sd_s", "toe_off_sd_s",
        "step_time_s", "contact_time_ms", "flight_time_ms", "trunk_lean_deg",
    ]  # fmt: skip
    assert len(rows) == n
    assert [row[1] for row in rows] == [c.side for c in side_gait.contacts]
    assert rows[0][6] == ""
    assert rows[-1][8] == ""
    assert rows[1][9] == ""
    for row in rows[1:-1]:
        assert float(row[6]) == pytest.approx(60 / 170, abs=1e-4)
        assert float(row[7]) == pytest.approx(250.0, abs=0.1)
        assert float(row[8]) == pytest.approx(1000 * 60 / 170 - 250, abs=0.2)


def test_no_time_is_made_up_across_a_missed_contact() -> None:
    contacts = (
        Contact("left", 0.0, 0.25),
        Contact("right", 0.35, 0.6),
        Contact("right", 1.05, 1.3),  # the left contact between was missed
        Contact("left", 2.1, math.nan),  # and two more here
    )
    times = step_times(contacts, stride_time_s=0.7)
    np.testing.assert_allclose(times["step_time_s"], [np.nan, 0.35, np.nan, np.nan])
    np.testing.assert_allclose(times["flight_time_ms"], [100, np.nan, np.nan, np.nan], atol=1e-9)
    np.testing.assert_allclose(times["contact_time_ms"], [250, 250, 250, np.nan], atol=1e-9)


def test_no_contacts_give_a_table_with_a_header_only(side_gait: Gait, tmp_path: Path) -> None:
    none = dataclasses.replace(side_gait, contacts=())
    write_strides(none, {}, tmp_path / "strides.csv")
    names, rows = read(tmp_path / "strides.csv")
    assert names[0] == "step"
    assert rows == []


def test_a_column_that_is_there_already_is_not_doubled(side_gait: Gait) -> None:
    extra = {"contact_time_ms": np.zeros(len(side_gait.contacts))}
    table = strides_table(side_gait.contacts, side_gait.stride_time_s, extra)
    names = [name for name, _ in table]
    assert names.count("contact_time_ms") == 1
    assert float(dict(table)["contact_time_ms"][0]) > 100
