"""Scores are what their names say, on numbers that can be checked by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchmarks import scoring
from benchmarks.clips import Truth, read_truth
from formcheck.types import Contact, Metric, Runner


def truth_of(**changes: Any) -> Truth:
    events = {"initial_contact_s": np.array([1.0, 2.0]), "toe_off_s": np.array([1.25, 2.25])}
    truth = Truth(
        name="clip",
        kind="original",
        view="side",
        near_side="left",
        fps=60.0,
        duration_s=3.0,
        runner=Runner(),
        metrics={"cadence_spm": 170.0, "trunk_lean_deg": 5.0},
        events={"left": events, "right": {key: t + 0.35 for key, t in events.items()}},
    )
    return replace(truth, **changes)


def metric(key: str, value: float | None, **bounds) -> Metric:
    return Metric(key, "", "measured" if value is not None else "no_scale", value, **bounds)


def test_events_are_matched_with_the_nearest():
    error, missed, extra = scoring.match_events(
        np.array([1.0, 2.0, 3.0]), np.array([1.01, 1.99, np.nan, 2.5]), 4.0
    )
    np.testing.assert_allclose(error, [0.01, -0.01])
    assert (missed, extra) == (1, 1)


def test_one_true_event_takes_one_measured_event():
    error, missed, extra = scoring.match_events(np.array([1.0]), np.array([0.98, 1.01]), 4.0)
    np.testing.assert_allclose(error, [0.01])
    assert (missed, extra) == (0, 1)


def test_events_at_the_ends_of_the_clip_are_not_counted_as_missed_or_extra():
    _, missed, extra = scoring.match_events(np.array([0.05, 3.95]), np.array([0.5]), 4.0)
    assert (missed, extra) == (0, 1)
    _, missed, extra = scoring.match_events(np.empty(0), np.array([0.05, 3.95]), 4.0)
    assert (missed, extra) == (0, 0)


def test_legs_are_told_by_the_near_side():
    contacts = [Contact("left", 1.004, 1.24), Contact("right", 1.36, float("nan"))]
    found = scoring.event_errors(truth_of(), contacts)
    by_group = {(one.leg, one.event): one for one in found}
    np.testing.assert_allclose(by_group["near", "initial_contact_s"].error_s, [0.004])
    np.testing.assert_allclose(by_group["near", "toe_off_s"].error_s, [-0.01])
    np.testing.assert_allclose(by_group["far", "initial_contact_s"].error_s, [0.01])
    assert by_group["far", "toe_off_s"].error_s.size == 0
    assert by_group["far", "toe_off_s"].missed == 2
    assert {one.leg for one in scoring.event_errors(truth_of(near_side=None), contacts)} == {"both"}


def test_metric_line_shows_errors_and_coverage():
    rows = []
    for value, low, high in ((171.0, 169.0, 173.0), (173.0, 172.0, 174.0)):
        found = {"cadence_spm": metric("cadence_spm", value, low=low, high=high)}
        rows += scoring.metric_rows(truth_of(), found)
    cadence, lean = scoring.metric_table(rows)[2:]
    assert [cell.strip() for cell in cadence.split("|")[1:-1]] == [
        "`cadence_spm`",
        "2",
        "",
        "+2",
        "2.24",
        "1",
        "+3 (clip)",
        "1/2",
        "1.5",
        "0.3",
    ]
    assert lean.startswith("| `trunk_lean_deg` | 0 | 2 |")


def test_event_line_gives_milliseconds_and_removes_each_clips_offset():
    contacts = [Contact("left", 1.01, 1.25), Contact("left", 2.03, 2.25)]
    lines = scoring.event_table(scoring.event_errors(truth_of(), contacts))
    assert (
        lines[2]
        == "| side | 60 | near | initial_contact | 2 | +20.0 | 10.0 | 22.4 | 10.0 | 0 | 0 |"
    )


@pytest.mark.parametrize(("view", "near"), [("right", "right"), ("rear", None)])
def test_truth_comes_under_the_reports_keys(view, near):
    doc = {
        "view": view,
        "fps": 60,
        "frame_times": [0.0, 1.0],
        "runner": {"height_m": 1.7, "leg_length_m": 0.9},
        "gait_params": {"speed": 2.5},
        "treadmill_incline_deg": 45.0,
        "events": {s: {"initial_contact": [0.5], "toe_off": [0.7]} for s in ("left", "right")},
        "metrics": {
            "cadence_spm": 170.0,
            "step_time_s": {"mean": 0.35, "left": 0.34, "right": 0.36},
            "vertical_oscillation_pelvis_cm": 9.0,
            "tibia_angle_ic_deg": {"left": 3.0, "right": 4.0},
            "elbow_angle": {"right": {"mean_sagittal_projection_deg": 99.0}},
            "fppa_midstance_image_deg": {"mean": None, "left": None, "right": None},
            "pelvic_drop_midstance_deg": {"mean": 4.0, "left": 3.0, "right": 5.0},
            "step_width_cm": 6.0,
        },
    }
    truth = read_truth("x", doc)
    assert truth.near_side == near
    assert truth.runner.incline_pct == pytest.approx(100.0)
    expected = {
        "cadence_spm": 170.0,
        "step_time_s": 0.35,
        "stride_time_s": 0.7,
        "vertical_oscillation_cm": 9.0,
        "vertical_oscillation_pct_leg": 10.0,
        "step_length_m": 0.875,
        "step_length_pct_leg": 87.5 / 0.9,
        "step_time_difference_pct": -4.0 / 0.7,
    }
    if near:
        expected |= {"shank_angle_ic_deg": 4.0, "elbow_angle_deg": 99.0}
    else:
        expected |= {
            "step_width_cm": 6.0,
            "pelvic_drop_midstance_deg": 4.0,
            "pelvic_drop_midstance_deg_left": 3.0,
            "pelvic_drop_midstance_deg_right": 5.0,
        }
    assert truth.metrics == pytest.approx(expected)


def test_intervals_are_set_beside_what_is_aimed_at():
    truth = truth_of(metrics={"trunk_lean_deg": 5.0, "step_time_s": 0.36})
    rows = [
        *scoring.metric_rows(truth, {"trunk_lean_deg": metric("", 6.0, low=2.0, high=10.0)}),
        *scoring.metric_rows(truth, {"trunk_lean_deg": metric("", 9.0, low=7.0, high=11.0)}),
        *scoring.metric_rows(truth, {"trunk_lean_deg": metric("", None)}),
    ]
    (line,) = scoring.interval_table(rows)[2:]
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells == ["`trunk_lean_deg`", "side", "2", "50 %", "3", "3", "1.00"]
    (rear,) = scoring.interval_table(
        scoring.metric_rows(
            truth_of(view="rear", near_side=None, metrics={"vertical_oscillation_cm": 8.0}),
            {"vertical_oscillation_cm": metric("", 8.0, low=7.3, high=8.7)},
        )
    )[2:]
    assert rear.endswith("| 0.7 | 0.7 | 1.00 |")
