"""comparison.json: fixed names, its schema, and its reader."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from formcheck.comparison import SCHEMA_ID, compare, json_schema, load_comparison, save_comparison
from formcheck.errors import UsageError
from tests.comparison.reports import TEMPO, lost, report

NAMES = {
    *("schema", "mode", "first", "second", "comparable", "warnings", "metrics", "sentence"),
}
METRIC_NAMES = {
    *("first", "second", "difference", "low", "high", "threshold"),
    *("verdict", "expected_from_speed"),
}


def test_every_name_of_the_contract_is_there() -> None:
    found = compare(report(), report(runner=TEMPO))
    content = json.loads(found.to_json())
    assert set(content) >= NAMES
    assert content["schema"] == SCHEMA_ID == "formcheck.comparison/1"
    assert content["mode"] == "easy_tempo"
    assert content["first"] | {"clip": "run.mp4", "pace": "easy"} == content["first"]
    assert content["second"]["pace"] == "tempo"
    assert content["warnings"][0].keys() >= {"code", "text"}
    assert content["metrics"]["cadence_spm"].keys() >= METRIC_NAMES


def test_it_is_valid_under_its_schema_and_reads_back_as_it_was(tmp_path: Path) -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    pain = {"symptoms": {"pain_during": 3.0, "region": "knee"}}
    for second in (
        report(runner=TEMPO),
        report(metrics={"cadence_spm": lost()}),
        report(runner={"id": "x"}),
        report(runner=pain),
    ):
        found = compare(report(), second)
        validator.validate(json.loads(found.to_json()))
        save_comparison(found, tmp_path / "comparison.json")
        assert load_comparison(tmp_path) == found
        assert load_comparison(tmp_path / "comparison.json") == found
    assert found.second.pain_during == 3.0


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schema": "formcheck.report/1"}', "NaN"])
def test_what_is_no_comparison_is_said_in_a_sentence(content: str, tmp_path: Path) -> None:
    path = tmp_path / "comparison.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="compare the two clips again"):
        load_comparison(path)
    with pytest.raises(UsageError):
        load_comparison(tmp_path / "nowhere")
