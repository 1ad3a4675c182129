"""The schema: fixed names, exact round trip, no NaN, and clear answers to wrong files."""

from __future__ import annotations

import json
import math
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.errors import FormcheckError, UsageError
from formcheck.report.schema import (
    LARGEST,
    SCHEMA_ID,
    FootEvents,
    MetricRecord,
    Report,
    json_schema,
    load_report,
    parse_report,
    save_report,
)

NAMES = {
    "clip": "name sha256 width_px height_px rotation_deg duration_s frames frame_rate_hz "
    "variable_frame_rate slow_motion_factor from_s to_s",
    "view": "kind facing near_side confidence given",
    "runner": "id height_m belt_speed_mps incline_pct pace shoes date symptoms",
    "calibration": "roll_deg roll_source metres_per_px scale_source scale_candidates",
    "events": "left right",
    "advice": "drills irritability red_flags notes",
    "provenance": "formcheck model model_sha256 provider",
}
METRIC_NAMES = {
    *("value", "low", "high", "repeat_low", "repeat_high", "sd"),
    *("unit", "side", "n", "status", "reason", "definition"),
}
CUE_NAMES = {
    *("id", "title", "text", "why", "dose", "remeasure", "trade_off", "because", "source"),
}

SMALLEST = {
    "schema": SCHEMA_ID,
    "clip": {
        "name": "a.mp4",
        "sha256": "",
        "width_px": 2,
        "height_px": 2,
        "duration_s": 1.0,
        "frames": 30,
        "frame_rate_hz": 30.0,
    },
    "provenance": {"formcheck": "0", "model": "m", "model_sha256": "", "provider": "p"},
}


def test_every_name_of_the_contract_is_there(side_report: Report) -> None:
    content = json.loads(side_report.to_json())
    assert content["schema"] == SCHEMA_ID
    for part, names in NAMES.items():
        assert set(names.split()) <= set(content[part]), part
    assert set(content["events"]["left"]) == {"initial_contact_s", "toe_off_s"}
    assert set(content["metrics"]["cadence_spm"]) >= METRIC_NAMES
    assert set(content["cues"][0]) >= CUE_NAMES
    assert set(content["quality"][0]) == {"code", "severity", "text", "fix"}
    assert content["metrics"]["cadence_spm"]["definition"] == "docs/metrics.md#cadence_spm"


def test_report_json_is_valid_under_the_exported_schema(
    side_report: Report, rear_report: Report
) -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for report in (side_report, rear_report):
        validator.validate(json.loads(report.to_json()))
    broken = json.loads(side_report.to_json())
    broken["metrics"]["cadence_spm"]["status"] = "fine"
    assert not validator.is_valid(broken)


def test_what_is_read_back_equals_what_was_written(side_report: Report, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    save_report(side_report, path)
    assert load_report(path) == side_report
    assert load_report(tmp_path) == side_report
    assert load_report(path).to_json() == path.read_text(encoding="utf-8")


possible = st.floats(-LARGEST, LARGEST)
numbers = possible | st.sampled_from((math.nan, math.inf, -math.inf)) | st.none()


@given(low=numbers, sd=numbers, value=possible)
def test_any_metric_survives_the_round_trip(
    low: float | None, sd: float | None, value: float
) -> None:
    record = MetricRecord(value=value, low=low, sd=sd, unit="deg", status="measured")
    text = record.model_dump_json()
    assert "NaN" not in text
    assert "Infinity" not in text
    assert MetricRecord.model_validate_json(text) == record
    if low is not None and not math.isfinite(low):
        assert record.low is None


def test_numbers_are_rounded_far_below_what_can_be_measured() -> None:
    record = MetricRecord(value=170.123456789, sd=1e-7 / 3, unit="steps/min", status="measured")
    assert record.value == 170.123
    assert record.sd == 3.33333e-8
    assert FootEvents(initial_contact_s=(1.23456789,)).initial_contact_s == (1.234568,)
    negative_zero = MetricRecord(value=-0.0, unit="deg", status="measured").value
    assert negative_zero is not None
    assert math.copysign(1.0, negative_zero) == 1.0


def test_times_refuse_nan() -> None:
    with pytest.raises(ValueError, match="finite"):
        FootEvents(initial_contact_s=(math.nan,))


@pytest.mark.parametrize(
    ("value", "status"), [(1.0, "occluded"), (None, "measured"), (math.nan, "measured")]
)
def test_a_value_goes_with_the_status_measured_only(value: float | None, status: str) -> None:
    with pytest.raises(ValueError, match="exactly when"):
        MetricRecord.model_validate({"value": value, "unit": "deg", "status": status})


def test_unknown_fields_are_ignored_and_missing_parts_have_defaults() -> None:
    report = parse_report(SMALLEST | {"new_part": {"a": 1}, "runner": {"id": "x", "mood": "good"}})
    assert report.runner.id == "x"
    assert report.metrics == {}
    assert "mood" not in report.to_json()


def test_lists_of_numbers_stand_on_one_line_and_text_is_left_alone() -> None:
    text = "a list [\\n 1,\\n 2 ] in a note"
    clip = {**SMALLEST["clip"], "name": text}  # type: ignore[dict-item]
    events = {"left": {"initial_contact_s": [0.5, 1.25], "toe_off_s": []}}
    report = parse_report(SMALLEST | {"clip": clip, "events": events})
    assert '"initial_contact_s": [ 0.5, 1.25 ]' in report.to_json()
    assert json.loads(report.to_json())["clip"]["name"] == text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not JSON"),
        (b"\x00\xff\xfe", "not JSON"),
        (b'{"schema": "formcheck.report/1", ', "cut off"),
        (b"[1, 2]", "no formcheck report"),
        (b'{"schema": null}', "no formcheck report"),
        (b'{"schema": "formcheck.report/2"}', "formcheck.report/2"),
        (b'{"schema": "formcheck.comparison/1"}', "formcheck.comparison/1"),
        (b'{"schema": "formcheck.report/1"}', "damaged at clip"),
        (b"[" * 100_000, "not JSON"),
        (b'{"schema": "formcheck.report/1", "clip": {"duration_s": NaN}}', "not JSON"),
    ],
)
def test_a_wrong_file_is_answered_with_one_sentence(
    content: bytes, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        load_report(path)
    message = str(caught.value)
    assert says in message
    assert "report.json" in message
    assert message.endswith(".")
    assert "\n" not in message
    assert caught.value.code == "unreadable_report"


def test_a_damaged_field_is_named(side_report: Report) -> None:
    content = json.loads(side_report.to_json())
    content["metrics"]["cadence_spm"]["value"] = "fast"
    with pytest.raises(FormcheckError, match=r"metrics\.cadence_spm\.value"):
        parse_report(content)


def test_a_missing_file_or_folder_without_a_report_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "no.json", tmp_path):
        with pytest.raises(FormcheckError, match="cannot be opened"):
            load_report(path)
