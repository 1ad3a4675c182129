"""From an analysis to a report."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from formcheck.report.build import build_empty_report, build_report, events_record, metric_record
from formcheck.report.schema import parse_report
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


def test_advice_symptoms_and_fields_of_their_own_are_kept(side_analysis: Analysis) -> None:
    symptoms = {"region": "knee", "pain_during": 3.0}
    advice = {
        "drills": [{"id": "heel_raise", "text": "Rise and lower slowly."}],
        "irritability": "low",
        "red_flags": ["See a clinician."],
        "notes": ["One."],
    }
    report = build_report(side_analysis, [CUE | {"target_spm": [173, 177]}], advice, symptoms)
    again = parse_report(report.model_dump(by_alias=True, mode="json"))
    assert again == report
    assert report.runner.symptoms == symptoms
    assert report.advice.irritability == "low"
    assert '"target_spm"' in report.to_json()


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
