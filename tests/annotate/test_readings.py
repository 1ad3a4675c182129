"""The numbers that are shown."""

from dataclasses import replace

import numpy as np
import pytest

from formcheck.annotate import readings
from formcheck.kernel import ROW
from formcheck.types import Contact, Metric
from tests.annotate.make import SPEC, VALUES, analysis_of, with_gait

KEY = "knee_fppa_midstance_deg_right"


def test_landings_are_the_truth_of_each_contact():
    shown = readings.landings(analysis_of(fps=120.0))
    assert shown.unit == "cm"
    assert shown.value.size >= 2
    np.testing.assert_allclose(shown.value, SPEC.landing_cm, atol=1.5)


def test_what_is_shown_agrees_with_the_report_on_average():
    values = {key: value for key, (value, _) in VALUES.items()}
    analysis = analysis_of(values=values | {"landing_ankle_hip_cm": 23.0, "trunk_lean_deg": 9.5})
    assert np.nanmean(readings.landings(analysis).value) == pytest.approx(23.0)
    assert np.nanmean(readings.lean_now(analysis)) == pytest.approx(9.5)


def test_lean_swings_as_the_trunk_does():
    shown = readings.lean_now(analysis_of())
    trunk = analysis_of().gait.measures[ROW["trunk_deg"]]
    np.testing.assert_allclose(np.diff(shown), np.diff(trunk), atol=1e-9)


def test_without_scale_landing_is_in_parts_of_the_leg():
    shown = readings.landings(
        analysis_of(values={"landing_ankle_hip_pct_leg": 19.0}, metres_per_px=None)
    )
    assert shown.unit == "% of leg"
    assert np.nanmean(shown.value) == pytest.approx(19.0)
    assert np.ptp(shown.value) < 3


@pytest.mark.parametrize("stand", ["left", "rear"])
def test_withheld_metrics_give_no_numbers(stand):
    analysis = analysis_of(stand, values={})
    assert np.isnan(readings.lean_now(analysis)).all()
    assert not readings.landings(analysis).known().t_s.size
    assert not readings.step_widths(analysis).known().t_s.size
    assert not readings.knee_angles(analysis, "left").known().t_s.size


def test_a_metric_without_value_is_not_measured():
    analysis = analysis_of(values={})
    assert readings.measured(analysis, "cadence_spm") is None
    assert readings.measured(analysis, "no_such_key") is None
    cadence = readings.measured(analysis_of(), "cadence_spm")
    assert cadence is not None
    assert cadence.value == 170.0


def test_landing_is_a_side_view_number():
    assert not readings.landings(analysis_of("rear")).t_s.size


def test_step_width_is_positive_when_feet_do_not_cross():
    shown = readings.step_widths(analysis_of("rear", fps=60.0))
    assert shown.unit == "cm"
    np.testing.assert_allclose(shown.value, SPEC.step_width_cm, atol=2.5)


def test_knees_follow_their_own_metric_or_that_of_both():
    own = readings.knee_angles(analysis_of("rear"), "right")
    assert np.nanmean(own.value) == pytest.approx(9.0)
    analysis = analysis_of("rear", values={})
    analysis.metrics["knee_fppa_midstance_deg"] = Metric(
        "knee_fppa_midstance_deg", "deg", "measured", 4.0
    )
    few = replace(analysis_of("rear").metrics[KEY], status="too_few_strides", value=None)
    analysis.metrics[KEY] = few
    assert readings.knee_angles(analysis, "right").known().t_s.size


def test_a_knee_that_is_in_doubt_shows_no_single_values():
    """Left and right are not told apart, say: then both knees' mean says nothing of one."""
    analysis = analysis_of("rear")
    doubted = Metric(KEY, "deg", "low_confidence", reason="Unsure.")
    analysis = replace(analysis, metrics={**analysis.metrics, KEY: doubted})
    assert not readings.knee_angles(analysis, "right").known().t_s.size
    assert readings.knee_angles(analysis, "left").known().t_s.size


def test_moments_without_a_time_are_left_out():
    contacts = (Contact("left", np.nan, 0.2), Contact("left", 0.8, 1.0), Contact("right", 0.4, 0.6))
    analysis = with_gait(analysis_of(), contacts=contacts)
    assert readings.stances(analysis, "left").tolist() == [[0.8, 0.9]]


def test_values_that_are_all_unknown_stay_so():
    metric = Metric("k", "cm", "measured", 3.0)
    assert np.isnan(readings.in_line(np.full(3, np.nan), metric)).all()
    assert np.isnan(readings.in_line(np.ones(3), None)).all()
    np.testing.assert_allclose(
        readings.in_line(np.array((1.0, np.nan, 3.0)), metric)[[0, 2]], (2, 4)
    )
