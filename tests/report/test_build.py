"""From an analysis to a report."""

from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pytest

from formcheck.cues import (
    Advice,
    CadenceAdvice,
    ClipGrade,
    Cue,
    Drill,
    Judgement,
    Plan,
    PlanStep,
    Remark,
    Response,
    Symptoms,
    Trial,
    advise,
)
from formcheck.report.build import build_empty_report, build_report, events_record, metric_record
from formcheck.report.schema import (
    AdviceRecord,
    CadenceRecord,
    CueRecord,
    DrillRecord,
    GradeRecord,
    JudgementRecord,
    PlanRecord,
    PlanStepRecord,
    RemarkRecord,
    ResponseRecord,
    TrialRecord,
    parse_report,
)
from formcheck.types import Analysis, Contact, Metric, QualityNote
from tests.report.conftest import CUE


def test_the_report_holds_what_the_analysis_holds(side_analysis: Analysis) -> None:
    report = build_report(side_analysis)
    gait = side_analysis.gait
    assert report.clip.name == side_analysis.clip.name
    assert report.view is not None
    assert report.view.near_side == "left"
    assert report.calibration is not None
    assert report.calibration.metres_per_px == gait.calibration.metres_per_px
    for side in ("left", "right"):
        own = [c for c in gait.contacts if c.side == side]
        foot = getattr(report.events, side)
        np.testing.assert_allclose(
            foot.initial_contact_s, [c.initial_contact_s for c in own], atol=1e-6
        )
        np.testing.assert_allclose(foot.toe_off_s, [c.toe_off_s for c in own], atol=1e-6)
    assert set(report.metrics) == set(side_analysis.metrics)
    assert report.metrics["trunk_lean_deg"].value == pytest.approx(
        side_analysis.metrics["trunk_lean_deg"].value, rel=1e-5
    )
    assert report.metrics["step_width_cm"].status == "wrong_view"
    assert report.metrics["step_width_cm"].value is None
    assert report.cues == ()
    assert report.advice.irritability is None


def test_events_outside_the_clip_are_left_out_and_the_rest_ascends() -> None:
    contacts = (
        Contact("left", math.nan, 0.1),
        Contact("right", 0.9, math.nan),
        Contact("right", 0.2, 0.4),
    )
    events = events_record(contacts)
    assert events.left.initial_contact_s == ()
    assert events.left.toe_off_s == (0.1,)
    assert events.right.initial_contact_s == (0.2, 0.9)


def test_bounds_that_are_not_known_become_null() -> None:
    record = metric_record(
        Metric("trunk_lean_deg", "deg", "measured", 4.0, math.nan, math.nan, sd=math.nan)
    )
    assert (record.low, record.high, record.sd) == (None, None, None)


def test_a_suffixed_key_shares_its_bases_definition_and_an_unknown_one_has_none() -> None:
    assert metric_record(Metric("contact_time_ms_left", "ms", "occluded")).definition == (
        "docs/metrics.md#contact_time_ms"
    )
    assert metric_record(Metric("moon_phase", "1", "occluded")).definition == ""


def test_the_advice_of_the_rules_is_kept_to_the_last_field(side_analysis: Analysis) -> None:
    symptoms = Symptoms(region="knee", pain_during=3.0, settles_hours=12.0)
    metrics = {key: one for key, one in side_analysis.metrics.items() if one.status == "measured"}
    advice = advise(metrics, side_analysis.runner, "side", symptoms).to_dict()
    report = build_report(side_analysis, advice["cues"], advice["advice"], symptoms.to_dict())
    content = json.loads(report.to_json())
    assert content["cues"] == advice["cues"]
    assert content["advice"] == advice["advice"]
    assert content["advice"]["drills"]
    assert content["runner"]["symptoms"] == symptoms.to_dict()
    assert parse_report(content) == report


def test_the_schema_has_a_place_for_all_that_the_rules_can_say() -> None:
    pairs = (
        (Cue, CueRecord),
        (Drill, DrillRecord),
        (CadenceAdvice, CadenceRecord),
        (PlanStep, PlanStepRecord),
        (Plan, PlanRecord),
        (Response, ResponseRecord),
        (Remark, RemarkRecord),
        (Trial, TrialRecord),
        (Judgement, JudgementRecord),
        (ClipGrade, GradeRecord),
    )
    for said, record in pairs:
        assert {field.name for field in dataclasses.fields(said)} == set(record.model_fields)
    names = {field.name for field in dataclasses.fields(Advice)}
    again = {"red_flags", "notes", "retest"}  # the remarks once more, as sentences alone
    assert names | again == {*AdviceRecord.model_fields, "cues"}


def test_a_clip_without_a_runner_still_gives_a_report(side_analysis: Analysis) -> None:
    quality = [QualityNote("no_runner", "error", "Nobody runs here.", "Film a runner.")]
    report = build_empty_report(
        side_analysis.clip, side_analysis.runner, quality, side_analysis.provenance
    )
    assert report.view is None
    assert report.metrics == {}
    assert report.quality[0].code == "no_runner"
    assert parse_report(report.model_dump(by_alias=True, mode="json")) == report


def test_the_same_analysis_gives_the_same_text(side_analysis: Analysis) -> None:
    again = dataclasses.replace(side_analysis)
    assert build_report(side_analysis, [CUE]).to_json() == build_report(again, [CUE]).to_json()
