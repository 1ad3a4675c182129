"""Stride curves against signals whose mean course is known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from formcheck.kernel import ROW
from formcheck.report.curves import (
    GRID_POINTS,
    fold,
    mean_and_sd,
    stride_curves,
    stride_windows,
    without_drift,
)
from formcheck.types import Contact, Gait
from tests.report.conftest import SECONDS, make_gait, track_of
from tests.synthetic import make_runner

PHASE = np.linspace(0.0, 1.0, GRID_POINTS)


def test_folding_returns_the_course_of_a_periodic_signal() -> None:
    t = np.arange(0.0, 5.0, 0.005)
    start = np.linspace(0.31, 3.81, 6)
    folded = fold(t, np.sin(2 * np.pi * (t - 0.31) / 0.7), start, np.asarray(start + 0.7))
    np.testing.assert_allclose(folded, np.tile(np.sin(2 * np.pi * PHASE), (6, 1)), atol=2e-3)


def test_a_missing_frame_is_not_bridged_and_ends_are_not_extended() -> None:
    t = np.arange(0.0, 2.0, 0.01)
    values = np.ones(t.size)
    values[50] = np.nan
    folded = fold(t, values, np.array([0.0, 1.5]), np.array([1.0, 2.5]))
    hidden = np.abs(PHASE - 0.5) < 0.0099
    assert np.isnan(folded[0, hidden]).all()
    assert np.isfinite(folded[0, ~hidden]).all()
    assert np.isnan(folded[1, PHASE > 0.5]).all()


def test_drift_is_taken_out_of_each_stride_and_the_shape_stays() -> None:
    shape = np.cos(2 * np.pi * PHASE)
    drifting = np.stack([shape + 3.0 + 2.0 * PHASE, shape - 1.0 - 5.0 * PHASE])
    level = without_drift(drifting)
    np.testing.assert_allclose(level[0], level[1], atol=1e-12)
    np.testing.assert_allclose(np.ptp(level[0]), 2.0, atol=1e-12)
    np.testing.assert_allclose(level.mean(axis=1), 0.0, atol=1e-12)


def test_mean_and_spread_need_three_strides() -> None:
    folded = np.array([[1.0, 1.0], [2.0, np.nan], [3.0, 5.0]])
    mean, sd = mean_and_sd(folded)
    assert (mean[0], sd[0]) == (2.0, 1.0)
    assert np.isnan(mean[1])
    assert np.isnan(sd[1])


def test_curves_of_a_runner_whose_gait_is_known() -> None:
    gait = make_gait("side", fps=120.0, lean_deg=7.0, drift_cm=4.0)
    runner = make_runner(seed=3, seconds=SECONDS + 2, lean_deg=7.0, drift_cm=4.0)
    curves = stride_curves(gait)
    lean = np.array(curves["trunk_lean_deg"].mean, dtype=float)
    assert np.mean(lean[:-1]) == pytest.approx(7.0, abs=0.1)
    stance = curves["trunk_lean_deg"].stance_pct
    assert stance == pytest.approx(100 * 0.25 * 170 / 120, abs=0.5)
    bounce = np.ptp(np.array(curves["hip_height"].mean, dtype=float))
    one_stride = runner.contacts.start_s[8] + np.arange(0, 120 / 170, 1e-3)
    assert bounce == pytest.approx(100 * np.ptp(runner.rise(one_stride)), abs=0.3)
    assert curves["hip_height"].unit == "cm"
    assert min(x for x in curves["foot_height_left"].mean if x is not None) == 0.0
    assert {"knee_flexion_deg_left", "knee_flexion_deg_right"} <= set(curves)
    assert "elbow_angle_deg_right" not in curves


def test_lengths_without_a_scale_are_shares_of_the_leg() -> None:
    scaled, bare = (
        stride_curves(make_gait("side", scale=has_scale))["hip_height"]
        for has_scale in (True, False)
    )
    assert bare.unit == "% of leg"
    leg_cm = 100 * (0.245 + 0.246) * 1.75
    expected = [100 * x / leg_cm for x in scaled.mean if x is not None]
    # The projected leg is a little shorter than the leg.
    np.testing.assert_allclose([x for x in bare.mean if x is not None], expected, rtol=0.04)


def test_a_missed_contact_drops_the_stride_that_spans_it(side_gait: Gait) -> None:
    whole = stride_windows(side_gait, "left")
    left = [c for c in side_gait.contacts if c.side == "left"]
    fewer = tuple(c for c in side_gait.contacts if c is not left[2])
    missed = stride_windows(dataclasses.replace(side_gait, contacts=fewer), "left")
    assert len(missed) == len(whole) - 2
    assert (missed[:, 2] - missed[:, 0] < 1.2 * side_gait.stride_time_s).all()


def test_frontal_curves_hold_stance_only() -> None:
    curves = stride_curves(make_gait("rear", knee_inward_deg=(6.0, 0.0)))
    tracking = curves["knee_fppa_deg_left"]
    assert tracking.stance_pct is not None
    seen = np.array([x is not None for x in tracking.mean])
    assert (seen == (tracking.stance_pct >= 100 * PHASE)).all()
    assert "trunk_lean_deg" not in curves


def test_a_limb_that_was_filled_in_says_so(side_gait: Gait) -> None:
    modelled = side_gait.modelled.copy()
    modelled[::4, [12, 14, 16, 18]] = True
    curves = stride_curves(dataclasses.replace(side_gait, modelled=modelled))
    assert curves["knee_flexion_deg_right"].modelled
    assert not curves["knee_flexion_deg_left"].modelled


def test_nothing_seen_gives_no_curves_or_empty_ones(side_gait: Gait) -> None:
    none = dataclasses.replace(side_gait, contacts=side_gait.contacts[:3])
    assert stride_curves(none) == {}
    blind = dataclasses.replace(
        side_gait, track=track_of(side_gait.measures.shape[1]),
        measures=np.full(side_gait.measures.shape, np.nan),
        contacts=tuple(Contact(c.side, c.initial_contact_s, np.nan) for c in side_gait.contacts),
    )  # fmt: skip
    curve = stride_curves(blind)["trunk_lean_deg"]
    assert set(curve.mean) == {None}
    assert curve.stance_pct is None
    assert len(ROW) == side_gait.measures.shape[0]


def test_the_course_of_the_lean_lies_at_the_lean_that_is_told(side_analysis) -> None:
    gait, told = side_analysis.gait, side_analysis.metrics["trunk_lean_deg"]
    raw = stride_curves(gait)["trunk_lean_deg"]
    at_level = stride_curves(gait, side_analysis.metrics)["trunk_lean_deg"]
    shift = told.value - np.nanmean(gait.measures[ROW["trunk_deg"]])
    moved = np.array(at_level.mean, float) - np.array(raw.mean, float)
    np.testing.assert_allclose(moved, shift, atol=2e-3)
    held = dataclasses.replace(told, value=None, low=None, high=None, status="low_confidence")
    assert "trunk_lean_deg" not in stride_curves(gait, {"trunk_lean_deg": held})
