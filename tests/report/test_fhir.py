"""A report as FHIR: valid by the models of R4 4.0.1, and nothing lost or claimed on the way."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest
from fhirclient.models.diagnosticreport import DiagnosticReport
from fhirclient.models.fhirabstractbase import FHIRValidationError

from formcheck.catalogue import specs
from formcheck.report.fhir import SYSTEM, UCUM, UCUM_CODES, diagnostic_report
from formcheck.report.note import text_note
from formcheck.report.schema import MetricRecord, RunnerRecord


def test_is_valid_r4(side_report):
    made = diagnostic_report(side_report, datetime(2026, 5, 1, tzinfo=UTC), text_note(side_report))
    DiagnosticReport(json.loads(json.dumps(made)), strict=True)
    with pytest.raises(FHIRValidationError):
        DiagnosticReport({**made, "status": 1, "measured": True}, strict=True)


def test_holds_every_number_with_its_interval(side_report):
    made = diagnostic_report(side_report)
    found = {one["code"]["coding"][0]["code"]: one for one in made["contained"]}
    wanted = {key for key, record in side_report.metrics.items() if record.status != "wrong_view"}
    assert set(found) == wanted
    for key in wanted:
        record = side_report.metrics[key]
        if record.value is None:
            assert found[key]["dataAbsentReason"]["text"] == record.reason
            assert "valueQuantity" not in found[key]
            continue
        assert found[key]["valueQuantity"]["value"] == record.value
        ends = [one["valueQuantity"]["value"] for one in found[key].get("component", ())]
        assert ends == [end for end in (record.low, record.high) if end is not None]
    assert {one["reference"] for one in made["result"]} == {f"#{o['id']}" for o in found.values()}


def test_claims_no_code_of_others(side_report):
    text = json.dumps(diagnostic_report(side_report))
    assert "loinc" not in text
    assert "snomed" not in text
    codings = [one["code"]["coding"][0] for one in diagnostic_report(side_report)["contained"]]
    assert {coding["system"] for coding in codings} == {SYSTEM}


def test_every_unit_of_the_catalogue_has_a_code():
    assert {info.unit for info in specs().values()} <= set(UCUM_CODES)


def test_runner_day_and_side_are_told(side_report):
    sided = MetricRecord(value=3.0, unit="deg", side="left", n=8, status="measured")
    changed = side_report.model_copy(
        update={
            "runner": RunnerRecord(id="Anna", date="2026-05-01"),
            "metrics": {"knee_flexion_ic_deg": sided},
        }
    )
    (one,) = diagnostic_report(changed)["contained"]
    assert one["subject"] == {"display": "Anna"}
    assert one["effectiveDateTime"] == "2026-05-01"
    assert one["bodySite"] == {"text": "left side"}
    assert one["valueQuantity"] == {"value": 3.0, "unit": "deg", "system": UCUM, "code": "deg"}


def test_carries_the_note(side_report):
    made = diagnostic_report(side_report, note="Käthe")
    (form,) = made["presentedForm"]
    assert base64.b64decode(form["data"]).decode() == "Käthe"
