"""The limit of a difference and its verdicts, number by number."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.catalogue import specs
from formcheck.changes import added_by_another_day, threshold, worth
from formcheck.comparison import compare
from formcheck.comparison.difference import repeat_half_width, verdict_of
from formcheck.comparison.rules import rate_class, rules, with_speed
from formcheck.report.schema import MetricRecord
from tests.comparison.reports import HALF, TEMPO, VALUES, lost, metric, report

KEY = "trunk_lean_deg"


@pytest.mark.parametrize(
    ("difference", "verdict"),
    [
        (0.0, "within_noise"),
        (0.59, "within_noise"),
        (0.6, "possible"),
        (0.99, "possible"),
        (1.0, "real"),
        (1.5, "real"),
    ],
)
def test_verdicts_change_at_the_limit_and_at_six_tenths_of_it(
    difference: float, verdict: str
) -> None:
    assert verdict_of(difference, 1.0) == verdict
    assert verdict_of(-difference, 1.0) == verdict


def test_no_difference_is_noise_even_without_any_error() -> None:
    assert verdict_of(0.0, 0.0) == "within_noise"
    assert verdict_of(0.1, 0.0) == "real"


def test_the_limit_is_both_half_widths_and_what_another_day_adds() -> None:
    assert threshold(3.0, 4.0, 0.0) == 5.0
    assert threshold(3.0, 4.0, 12.0) == 13.0
    assert added_by_another_day(KEY, 60.0) == pytest.approx(math.sqrt(2.5**2 - 1.5**2))
    landing = "landing_ankle_hip_cm"
    assert added_by_another_day(landing, 120.0) == pytest.approx(2.0)
    assert added_by_another_day(landing, 60.0) == pytest.approx(math.sqrt(4.0**2 - 3.0**2))


@pytest.mark.parametrize("same_setup", [True, False])
def test_a_comparison_holds_difference_interval_and_limit(same_setup: bool) -> None:
    moved = {KEY: 3.0}
    change = compare(report(), report(moved=moved), same_setup=same_setup).metrics[KEY]
    limit = math.hypot(HALF[KEY], HALF[KEY], 0.0 if same_setup else 2.0)
    assert (change.first, change.second, change.difference) == (5.0, 8.0, 3.0)
    assert change.threshold == pytest.approx(limit, rel=1e-5)
    assert change.low == pytest.approx(3.0 - limit, rel=1e-5)
    assert change.high == pytest.approx(3.0 + limit, rel=1e-5)
    assert (change.first_low, change.first_high) == (3.5, 6.5)
    assert change.verdict == "real"
    assert change.unit == "deg"


def test_the_camera_left_alone_makes_smaller_differences_count() -> None:
    pair = report(), report(moved={KEY: 1.0})
    assert compare(*pair, same_setup=True).metrics[KEY].verdict == "real"
    assert compare(*pair).metrics[KEY].verdict == "within_noise"


@pytest.mark.parametrize("key", VALUES)
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_twice_the_repeat_interval_is_real_in_one_set_up(key: str, sign: float) -> None:
    shifted = report(moved={key: sign * 2 * HALF[key]})
    changes = compare(report(), shifted, same_setup=True).metrics
    assert changes[key].verdict == "real"
    assert {c.verdict for k, c in changes.items() if k != key} == {"within_noise"}


def test_without_a_repeat_interval_the_whole_one_counts_and_without_any_none() -> None:
    whole = MetricRecord(value=5.0, low=4.0, high=7.0, unit="deg", status="measured")
    assert repeat_half_width(whole) == 2.0
    bare = metric(KEY, 5.0, low=None, high=None, repeat_low=None, repeat_high=None)
    change = compare(report(), report(metrics={KEY: bare})).metrics[KEY]
    assert change.verdict == "not_comparable"
    assert "interval" in (change.reason or "")


@pytest.mark.parametrize("where", ["first", "second", "both"])
def test_a_withheld_metric_is_not_compared_and_the_reason_stays(where: str) -> None:
    full, empty = report(), report(metrics={KEY: lost()})
    first, second = empty if where != "second" else full, empty if where != "first" else full
    change = compare(first, second).metrics[KEY]
    assert change.verdict == "not_comparable"
    assert change.difference is None
    assert change.threshold is None
    assert "the left ankle was hidden" in (change.reason or "")
    assert {"first": "first clip", "second": "second clip", "both": "either"}[where] in (
        change.reason or ""
    )


def test_a_metric_that_one_report_lacks_is_not_compared() -> None:
    extra = report(metrics={"step_time_s": metric("step_time_s", 0.36)})
    for pair in ((report(), extra), (extra, report())):
        change = compare(*pair).metrics["step_time_s"]
        assert change.verdict == "not_comparable"
        assert change.unit == "s"
        assert "no such number" in (change.reason or "")


def test_limbs_and_units_must_agree() -> None:
    other = metric(KEY, 5.0, side="right"), metric(KEY, 5.0, unit="rad")
    for changed in other:
        change = compare(report(), report(metrics={KEY: changed})).metrics[KEY]
        assert change.verdict == "not_comparable"
        assert change.reason


def test_metrics_stand_in_the_catalogues_order_and_unknown_ones_last() -> None:
    odd = metric(KEY, 1.0)
    keys = list(compare(report(metrics={"moon": odd}), report(metrics={"moon": odd})).metrics)
    known = [key for key in specs() if key in keys]
    assert keys == [*known, "moon"]


moves = st.dictionaries(st.sampled_from(list(VALUES)), st.floats(-30, 30), max_size=6)


@given(one=moves, two=moves, same=st.booleans(), tempo=st.booleans())
def test_swapping_the_clips_negates_differences_and_keeps_the_rest(
    one: dict[str, float], two: dict[str, float], same: bool, tempo: bool
) -> None:
    first, second = report(moved=one), report(moved=two, runner=TEMPO if tempo else {})
    there, back = compare(first, second, None, same), compare(second, first, None, same)
    assert there.mode == back.mode
    for key, change in there.metrics.items():
        mirror = back.metrics[key]
        assert change.difference is not None
        assert mirror.difference == -change.difference + 0.0
        assert (mirror.verdict, mirror.threshold) == (change.verdict, change.threshold)
        assert mirror.expected_from_speed == change.expected_from_speed
        assert (mirror.first, mirror.second) == (change.second, change.first)


@given(moved=moves, same=st.booleans())
def test_a_report_beside_itself_differs_in_nothing(moved: dict[str, float], same: bool) -> None:
    made = report(moved=moved)
    found = compare(made, made, None, same)
    assert {change.verdict for change in found.metrics.values()} == {"within_noise"}
    assert found.sentence == "No difference is larger than between two clips of the same run."


def test_every_metric_of_the_catalogue_has_a_rule_and_no_rule_is_idle() -> None:
    assert set(rules().with_speed) <= set(specs())
    for key in specs():
        for rate_hz in (30.0, 60.0, 120.0):
            assert added_by_another_day(key, rate_hz) > 0
            assert worth(key, rate_hz) > 0
    key = "trunk_lean_deg"
    assert with_speed(f"{key}_left") == with_speed(key) == ("same", "up")
    assert worth(f"{key}_left", None) == worth(key, None)
    assert with_speed("moon_phase") == ()


def test_frame_rates_fall_into_three_classes() -> None:
    rates = {24.0: "slow", 30.0: "slow", 50.0: "middle", 59.94: "middle", 119.88: "fast"}
    assert {rate: rate_class(rate) for rate in rates} == rates


EXPECTED = [
    ("cadence_spm", 12.0, "yes"),
    ("cadence_spm", 0.0, "no"),
    ("cadence_spm", -12.0, "no"),
    ("contact_time_ms", -60.0, "yes"),
    ("contact_time_ms", 60.0, "no"),
    ("vertical_oscillation_cm", 0.0, "yes"),
    ("vertical_oscillation_cm", 3.0, "no"),
    ("trunk_lean_deg", 0.0, "yes"),
    ("trunk_lean_deg", 4.0, "yes"),
    ("trunk_lean_deg", -4.0, "no"),
    ("lean_bias_deg", 5.0, "unknown"),
]


@pytest.mark.parametrize(("key", "step", "answer"), EXPECTED)
def test_what_speed_usually_brings(key: str, step: float, answer: str) -> None:
    easy, tempo = report(), report(moved={key: step}, runner=TEMPO)
    assert compare(easy, tempo).metrics[key].expected_from_speed == answer


def test_at_one_speed_nothing_comes_from_it_and_without_speeds_it_is_not_known() -> None:
    first, second = report(), report(moved={"cadence_spm": 12.0})
    assert compare(first, second).metrics["cadence_spm"].expected_from_speed == "no"
    untold = report(runner={"belt_speed_mps": None})
    assert compare(untold, second).metrics["cadence_spm"].expected_from_speed == "unknown"
