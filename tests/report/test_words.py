"""Numbers in plain words."""

from __future__ import annotations

import pytest

from formcheck.catalogue import MetricSpec, specs
from formcheck.report import words
from formcheck.report.info import catalogue
from formcheck.report.page import metric_row
from formcheck.report.schema import MetricRecord
from tests.comparison.reports import metric, report


def info(key: str) -> MetricSpec:
    return catalogue().metrics[key]


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("cadence_spm", 163.93, "163.9\xa0steps/min"),
        ("trunk_lean_deg", 4.04, "4.0° forward"),
        ("trunk_lean_deg", -1.26, "1.3° backward"),
        ("trunk_lean_deg", -0.04, "0.0°"),
        ("knee_fppa_midstance_deg", 0.1, "0.1°"),
        ("knee_fppa_midstance_deg", -0.9, "−0.9°"),
        ("knee_fppa_midstance_deg", -1.1, "1.1° knee outward"),
        ("step_width_cm", -2.0, "2.0\xa0cm crossing over"),
        ("flight_time_ms", -12.4, "−12\xa0ms"),
        ("flight_time_ms", -0.4, "0\xa0ms"),
        ("duty_factor", 0.3649, "0.365"),
        ("landing_ankle_hip_pct_leg", 20.66, "20.7\xa0% of leg length ahead of the hips"),
    ],
)
def test_amounts(key: str, value: float, text: str) -> None:
    assert words.amount(value, info(key)) == text


@pytest.mark.parametrize(
    ("key", "low", "high", "text"),
    [
        ("cadence_spm", 163.63, 164.23, "163.6 to 164.2"),
        ("vertical_oscillation_cm", 7.2, 8.2, "7.2 to 8.2\xa0cm"),
        ("trunk_lean_deg", 2.4, 5.6, "2.4 to 5.6°"),
        ("trunk_lean_deg", -5.6, -2.4, "2.4 to 5.6°"),
        ("trunk_lean_deg", -1.2, 3.1, "−1.2 to 3.1°"),
        ("flight_time_ms", -10.0, 20.0, "−10 to 20\xa0ms"),
        ("landing_ankle_hip_pct_leg", 18.7, 22.7, "18.7 to 22.7\xa0%"),
    ],
)
def test_ranges(key: str, low: float, high: float, text: str) -> None:
    assert words.between(low, high, info(key)) == text


def test_a_range_to_both_sides_is_told_from_the_values_own_side() -> None:
    lean = info("trunk_lean_deg")
    assert words.between(-2.1, 4.1, lean, 1.0) == "−2.1 to 4.1°"
    assert words.between(-4.1, 2.0, lean, -1.1) == "−2.0 to 4.1°"
    assert words.between(-2.0, 2.0, lean, 0.01) == "−2.0 to 2.0°"
    assert words.between(-2.1, 1.9, lean, -0.1) == "−2.1 to 1.9°"


@pytest.mark.parametrize(
    ("low", "value", "high", "text"),
    [
        (12.0, 15.0, 18.0, "Heel first"),
        (5.0, 9.0, 13.0, "Probably heel first"),
        (0.0, 3.0, 6.0, "Midfoot first"),
        (-12.0, -9.0, -6.0, "Ball of the foot first"),
        (-6.0, -3.0, 0.0, "Probably ball of the foot first"),
        (None, 15.0, None, "Heel first"),
    ],
)
def test_the_foot_is_named_in_words(
    low: float | None, value: float, high: float | None, text: str
) -> None:
    record = MetricRecord(value=value, low=low, high=high, unit="deg", status="measured")
    assert words.category(record, info("foot_inclination_ic_deg")) == text


def test_small_words() -> None:
    assert words.counted(1, "step") == "1 step"
    assert words.counted(0, "step") == "0 steps"
    assert words.speed(2.5) == "9.0\xa0km/h (2.50\xa0m/s)"
    assert words.duration(1.284, 2) == "1.28\xa0s"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Give height (--height 1.76) and speed (--speed 10km/h).", "Give height and speed."),
        ("Choose a part with --from and --to.", "Choose a part of the clip."),
        ("Give the factor with --slow-motion (1 for real time).",
         "Give the factor with slow motion (1 for real time)."),
        ("Nothing to change.", "Nothing to change."),
    ],
)  # fmt: skip
def test_readers_of_a_page_see_no_options(text, plain):
    assert words.without_options(text) == plain


@pytest.mark.parametrize(
    ("last", "least", "said"),
    [
        (
            9.0,
            1.0,
            "20 steps; 5.0° forward in the first third of the clip, 9.0° forward in the last",
        ),
        (9.0, 5.0, "20 steps"),  # chance
        (6.0, 0.5, "20 steps"),  # two clips of one session differ by more
    ],
)
def test_a_drift_is_told_beyond_chance_and_beyond_two_clips(
    last: float, least: float, said: str
) -> None:
    drift = {"first": 5.0, "last": last, "least": least}
    key = "trunk_lean_deg"
    made = report(metrics={key: metric(key, 7.0, drift=drift)})
    row = metric_row(made, specs()[key])
    assert row is not None
    assert row.detail.replace("\N{NO-BREAK SPACE}", " ").replace("strides", "steps") == said
