"""The parts that metrics are made of: samples at events, mean cycles, strides, the steps table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.catalogue import spec_of, specs
from formcheck.metrics import leg_length, measure_gait
from formcheck.metrics.sampling import at_events, huber_fit, mean_cycle, typical
from formcheck.metrics.strides import strides_of
from formcheck.metrics.timing import cadence
from formcheck.types import Calibration, Metric, Runner, Samples
from tests.gait.exact import take


@given(st.lists(st.tuples(st.floats(-9, 9) | st.just(np.nan), st.integers(0, 4), st.booleans())))
def test_typical_is_the_median_of_each_group(samples):
    residual, group, use = (np.array([s[i] for s in samples]) for i in range(3))
    group, use = group.astype(int), use.astype(bool)
    own = [residual[(group == g) & use & np.isfinite(residual)] for g in range(5)]
    slow = [np.median(values) if values.size else np.nan for values in own]
    np.testing.assert_array_equal(typical(residual, group, use, 5), slow)


def test_sample_at_events_reads_between_frames():
    t = np.arange(0, 8, 1 / 60)
    event_s = np.linspace(0.513, 6.813, 10)
    nearest = event_s[np.abs(t[:, None] - event_s).argmin(axis=1)]
    lag = t - nearest
    sample = at_events(t, 20.0 + 100.0 * lag + 900.0 * lag**2, event_s)
    assert sample.mean == pytest.approx(20.0, abs=0.1)
    assert sample.slope_per_s == pytest.approx(100.0, abs=2.0)
    np.testing.assert_allclose(sample.each, 20.0, atol=0.5)


def test_sample_keeps_what_differs_between_strides():
    t = np.arange(0, 8, 1 / 60)
    event_s = np.linspace(0.513, 6.813, 10)
    number = np.abs(t[:, None] - event_s).argmin(axis=1)
    level = np.random.default_rng(0).normal(10.0, 2.0, 10)
    sample = at_events(t, level[number] + 50 * (t - event_s[number]), event_s)
    np.testing.assert_allclose(sample.each, level, atol=0.3)
    assert sample.mean == pytest.approx(level.mean(), abs=0.2)


def test_sample_of_what_was_not_seen():
    t = np.arange(0, 4, 1 / 60)
    event_s = np.array([0.5, 1.2, np.nan, 2.6, 3.3])
    z = np.ones(t.size)
    z[(t > 1.0) & (t < 1.4)] = np.nan
    sample = at_events(t, z, event_s)
    np.testing.assert_array_equal(np.isnan(sample.each), [False, True, True, False, False])
    nothing = at_events(t, np.full(t.size, np.nan), event_s)
    assert np.isnan(nothing.mean)
    assert np.isnan(nothing.each).all()
    assert at_events(t, z, np.array([])).each.size == 0


def test_mean_cycle_is_the_fourier_series_behind_noise_and_drift():
    rng = np.random.default_rng(1)
    turn = np.arange(0, 9, 1 / 43.7)

    def wave(u):
        return 3 * np.cos(2 * np.pi * u) + 1.5 * np.sin(4 * np.pi * u + 0.4)

    z = wave(turn) + 0.4 * turn + rng.normal(0, 0.2, turn.size)
    z[rng.random(turn.size) < 0.05] += 8.0
    z[::9] = np.nan
    cycle = mean_cycle(turn, z, 4)
    assert cycle is not None
    shape = cycle.mean - cycle.mean.mean()
    np.testing.assert_allclose(shape, wave(cycle.phase) - wave(cycle.phase).mean(), atol=0.12)
    assert cycle.residual_sd == pytest.approx(0.2, abs=0.08)


def test_mean_cycle_knows_when_strides_add_no_density():
    """24 frames a stride, always at the same phases, against phases that wander."""
    locked = mean_cycle(np.arange(0, 9, 1 / 24), np.sin(np.arange(0, 9, 1 / 24)), 3)
    free = mean_cycle(np.arange(0, 9, 1 / 24.3), np.sin(np.arange(0, 9, 1 / 24.3)), 3)
    assert locked is not None
    assert free is not None
    assert locked.coverage_gap == pytest.approx(1 / 24, rel=0.01)
    assert free.coverage_gap < 0.5 * locked.coverage_gap


def test_too_few_frames_have_no_cycle():
    assert mean_cycle(np.linspace(0, 1, 10), np.ones(10), 4) is None
    assert mean_cycle(np.full(100, np.nan), np.ones(100), 4) is None


def test_huber_fit_is_least_squares_without_outliers_and_robust_with():
    rng = np.random.default_rng(2)
    x = np.linspace(-1, 1, 200)
    design = np.column_stack([np.ones_like(x), x])
    z = design @ [2.0, -3.0]
    np.testing.assert_allclose(huber_fit(design, z), [2.0, -3.0], atol=1e-9)
    z = z + rng.normal(0, 0.1, 200)
    z[::8] += 20
    np.testing.assert_allclose(huber_fit(design, z), [2.0, -3.0], atol=0.3)


@pytest.mark.parametrize("stand", ["left", "right", "rear"])
def test_stride_phase_counts_left_contacts(stand):
    strides = strides_of(take(stand).gait)
    at_left = np.interp(strides.initial_contact_s["left"], strides.t_s, strides.phase)
    at_right = np.interp(strides.initial_contact_s["right"], strides.t_s, strides.phase)
    inner = slice(1, -1)
    np.testing.assert_allclose(at_left[inner], np.round(at_left[inner]), atol=0.05)
    np.testing.assert_allclose((at_right % 1.0)[inner], 0.5, atol=0.05)
    known = strides.phase[np.isfinite(strides.phase)]
    assert (np.diff(known) > 0).all()


def test_leg_length_is_the_bodys():
    made = take()
    assert leg_length(strides_of(made.gait)) == pytest.approx(made.runner.leg_m, rel=0.03)


def samples_of(metric: Metric) -> Samples:
    """Return a metric's single values, which it has."""
    assert metric.samples is not None, metric.key
    return metric.samples


@pytest.mark.parametrize("stand", ["left", "right"])
def test_landings_are_known_one_by_one_and_their_mean_is_the_metric(stand):
    made = take(stand)
    for key in ("landing_ankle_hip_cm", "shank_angle_ic_deg", "knee_flexion_ic_deg"):
        metric = made.metrics[key]
        samples = samples_of(metric)
        assert set(samples.side) == {stand}
        own = [c.initial_contact_s for c in made.gait.contacts if c.side == stand]
        assert set(samples.t_s) <= set(own)
        assert np.isfinite(samples.value).sum() == metric.n
        assert np.nanmean(samples.value) == pytest.approx(metric.value)


def test_samples_from_behind_keep_the_difference_of_the_feet():
    metrics = take("rear").metrics
    key = "knee_fppa_midstance_deg"
    both = samples_of(metrics[key])
    assert set(both.side) == {"left", "right"}
    assert (np.diff(both.t_s) > 0).all()
    for side in ("left", "right"):
        own = metrics[f"{key}_{side}"]
        np.testing.assert_array_equal(both.of(side).value, samples_of(own).value)
        assert np.nanmean(samples_of(own).value) == pytest.approx(own.value)


def test_every_value_of_a_metric_that_is_shown_is_kept():
    for stand in ("left", "rear"):
        for key, metric in take(stand).metrics.items():
            if metric.status == "measured":
                samples = samples_of(metric)
                assert samples.t_s.shape == samples.value.shape == (len(samples.side),), key


def test_a_withheld_metric_has_no_samples_but_where_they_are_too_few():
    gait = replace(take().gait, calibration=Calibration())
    metrics = measure_gait(gait, Runner())
    assert metrics["landing_ankle_hip_cm"].status == "no_scale"
    assert metrics["landing_ankle_hip_cm"].samples is None
    few = replace(gait, contacts=gait.contacts[:5])
    shank = measure_gait(few, Runner())["shank_angle_ic_deg"]
    assert shank.status == "too_few_strides"
    assert shank.samples is not None


def test_limits_are_sensible():
    for key, rule in specs().items():
        assert rule.key == key
        assert rule.views
        assert set(rule.views) <= {"side", "rear", "front"}
        assert ("front" in rule.views) == ("rear" in rule.views)
        assert rule.min_rate_hz >= 24
        assert rule.min_n >= 3
        assert rule.bias_sd >= 0
        assert rule.repeat_sd > 0
        scaled = key.endswith("_cm") or ("speed" in rule.needs and key != "step_length_m")
        assert ("scale" in rule.needs) == scaled
    assert spec_of("pelvic_drop_midstance_deg_left") is specs()["pelvic_drop_midstance_deg"]


@pytest.mark.parametrize(("shaken_s", "wider"), [(0.008, 1.0), (0.05, 5.0)])
def test_cadence_is_as_unsure_as_the_strides_are_uneven_beyond_what_runners_are(shaken_s, wider):
    """Strides of a runner vary by some milliseconds; those of a shaken camera by far more."""
    strides = strides_of(take(stand="rear").gait)
    even = np.full(16, strides.gait.stride_time_s)
    error = [
        cadence(even + shaken * np.tile([1.0, -1.0], 8), strides)[1] for shaken in (0.0, shaken_s)
    ]
    assert error[1] >= wider * error[0]
    assert (error[1] == error[0]) is (wider == 1.0)
