"""Intervals hold the truth, repeat lies inside absolute, and less evidence makes both wider."""

from __future__ import annotations

import numpy as np
import pytest

from formcheck.gait.model import build_gait
from formcheck.metrics import measure_gait
from formcheck.metrics.estimate import mean_error
from formcheck.types import Metric
from tests.gait.exact import Take, take
from tests.metrics.test_truth import REAR_CASES, SIDE_CASES, rear_truth, side_truth
from tests.synthetic import Camera, film, frame_times, make_runner


def side_takes() -> list[Take]:
    return [take(**how) for how in SIDE_CASES.values()]


def rear_takes() -> list[Take]:
    return [take(stand="rear", **how) for how in REAR_CASES.values()]


def measured(made: Take) -> list[Metric]:
    return [m for m in made.metrics.values() if m.status == "measured"]


def half(m: Metric, kind: str = "repeat") -> float:
    low, high = (m.repeat_low, m.repeat_high) if kind == "repeat" else (m.low, m.high)
    assert low is not None
    assert high is not None
    return (high - low) / 2


def test_intervals_hold_the_truth():
    held: list[bool] = []
    for made, truth in [(x, side_truth(x)) for x in side_takes()] + [
        (x, rear_truth(x)) for x in rear_takes()
    ]:
        for m in measured(made):
            assert m.low is not None
            assert m.high is not None
            if m.key in truth:
                held.append(m.low <= truth[m.key] <= m.high)
    assert len(held) > 200
    assert np.mean(held) > 0.97


def test_order_of_bounds():
    for made in side_takes() + rear_takes():
        for m in measured(made):
            bounds = (m.low, m.repeat_low, m.value, m.repeat_high, m.high)
            assert None not in bounds
            assert list(bounds) == sorted(bounds), m.key  # type: ignore[type-var]
            assert half(m) > 0


def test_repeat_intervals_hold_the_spread_of_takes():
    """Other noise and another start of the stride: two takes differ by less than they claim."""
    takes = [take(seed=seed) for seed in (3, 4, 5, 6)]
    inside: list[bool] = []
    for key in (m.key for m in measured(takes[0])):
        values = np.array([x.metrics[key].value for x in takes], dtype=float)
        wide = np.sqrt(2) * np.mean([half(x.metrics[key]) for x in takes])
        inside += [abs(a - b) <= wide for i, a in enumerate(values) for b in values[:i]]
    assert np.mean(inside) > 0.9


def ratio_of_halves(wider: Take, narrower: Take, kind: str) -> float:
    pairs = [
        half(m, kind) / half(narrower.metrics[m.key], kind)
        for m in measured(wider)
        if narrower.metrics[m.key].status == "measured"
    ]
    assert len(pairs) > 10
    return float(np.median(pairs))


@pytest.mark.parametrize("kind", ["repeat", "absolute"])
def test_noise_widens(kind):
    assert ratio_of_halves(take(noise_px=6.0), take(noise_px=0.5), kind) > 1.02


def test_short_clips_widen():
    assert (
        ratio_of_halves(take(seconds=3.0, noise_px=3.0), take(seconds=10.0, noise_px=3.0), "repeat")
        > 1.05
    )


def test_uneven_strides_widen():
    uneven = take(timing_sd_s=0.01, contact_sd_s=0.01, landing_sd_cm=2.0)
    for key in ("landing_ankle_hip_cm", "contact_time_ms", "step_time_s"):
        assert (uneven.metrics[key].sd or 0) > 1.5 * (take().metrics[key].sd or 0)
    for key in ("landing_ankle_hip_cm", "contact_time_ms"):
        assert half(uneven.metrics[key]) > 1.15 * half(take().metrics[key])


def test_repeat_leaves_out_what_two_clips_share():
    m = take().metrics["landing_ankle_hip_cm"]
    assert half(m) < 0.7 * half(m, "absolute")


def test_mean_error_of_independent_strides():
    """Scaled so that 1.96 of it spans Student's interval: 95 % of intervals hold the mean."""
    rng = np.random.default_rng(0)
    for n in (4, 8, 20):
        held = [abs(x.mean()) <= 1.96 * mean_error(x) for x in rng.normal(size=(800, n))]
        assert 0.93 < np.mean(held) < 0.995


def test_mean_error_of_strides_that_resemble_each_other_is_larger():
    rng = np.random.default_rng(1)
    for _ in range(5):
        z = rng.normal(size=2000)
        slow = z.copy()
        for i in range(1, z.size):
            slow[i] = 0.5 * slow[i - 1] + np.sqrt(0.75) * z[i]
        assert mean_error(slow) == pytest.approx(np.sqrt(3) * mean_error(z), rel=0.2)


def test_equal_strides_have_no_error():
    assert mean_error(np.full(9, 3.0)) == 0.0


@pytest.mark.parametrize(
    ("key", "at_least"), [("trunk_lean_deg", 0.6), ("vertical_oscillation_pct_leg", 1.0)]
)
def test_small_runners_are_known_less_well(key, at_least):
    def whole(camera: Camera) -> Metric:
        runner = make_runner(seconds=5.0)
        gait = build_gait(film(runner, camera, frame_times(60.0, 5.0)), runner.as_user_input)
        return measure_gait(gait, runner.as_user_input)[key]

    large, small = (whole(Camera(focal_px=px)) for px in (1400.0, 220.0))
    assert half(small, "whole") > half(large, "whole") + at_least / 2
