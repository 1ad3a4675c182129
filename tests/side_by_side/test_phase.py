"""Two runs on one clock: exactness at events, order, symmetry, and what is missing or too much."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from formcheck.errors import UsageError
from formcheck.landmarks import SIDES
from formcheck.report.build import build_report
from formcheck.report.schema import Events, FootEvents, ViewRecord
from formcheck.side_by_side.phase import N_KINDS, ladder, match_phases, swaps_legs
from tests.annotate.make import analysis_of

BASE = build_report(analysis_of(seconds=1.0))
NAMES = ("initial_contact_s", "toe_off_s")


def times_of(stride_s=0.72, duty=0.36, start_s=0.1, strides=6, lag=0.5, jitter_s=0.0, seed=0):
    """Return {(side, name): times}, the left foot first."""
    rng = np.random.default_rng(seed)
    begins = start_s + stride_s * np.arange(strides)
    found = {}
    for i, side in enumerate(SIDES):
        for j, name in enumerate(NAMES):
            exact = begins + stride_s * (lag * i + duty * j)
            found[side, name] = exact + rng.uniform(-jitter_s, jitter_s, strides)
    return found


def report_of(times, near="left"):
    events = Events(
        **{
            side: FootEvents(**{name: tuple(sorted(times[side, name])) for name in NAMES})
            for side in SIDES
        }
    )
    view = ViewRecord(kind="side", facing=near, near_side=near, confidence=1.0)
    if near is None:
        view = ViewRecord(kind="rear", confidence=1.0)
    return BASE.model_copy(update={"events": events, "view": view})


def all_of(times):
    return np.sort(np.concatenate(list(times.values())))


def matched(first, second, **views):
    return match_phases(report_of(first, **views), report_of(second, **views))


def test_every_event_coincides_with_its_own():
    first = times_of(jitter_s=0.01, seed=1)
    second = times_of(stride_s=0.66, duty=0.3, start_s=0.4, jitter_s=0.01, seed=2)
    match = matched(first, second)
    assert match.first_s.size == 24
    for key in first:
        mapped = match.to_second(np.round(first[key], 6))
        np.testing.assert_array_equal(mapped, np.round(second[key], 6))


def test_between_events_time_passes_evenly():
    match = matched(times_of(), times_of(stride_s=0.8, duty=0.3))
    middle = 0.5 * (match.first_s[:-1] + match.first_s[1:])
    half = 0.5 * (match.second_s[:-1] + match.second_s[1:])
    np.testing.assert_allclose(match.to_second(middle), half, atol=1e-12)


def test_nothing_is_mapped_outside_the_common_strides():
    match = matched(times_of(), times_of(stride_s=0.8))
    outside = match.first_s[[0, -1]] + (-0.01, 0.01)
    assert np.isnan(match.to_second(outside)).all()
    assert np.isnan(match.phase(outside)).all()


@pytest.mark.parametrize("strides", [(3, 9), (9, 3), (5, 5)])
def test_the_shorter_run_gives_the_number_of_strides(strides):
    first, second = (times_of(strides=n) for n in strides)
    match = matched(first, second)
    assert match.first_s.size == N_KINDS * min(strides)
    assert match.stride.max() == min(strides) - 1
    assert match.first_s[0] == pytest.approx(0.1)
    assert match.second_s[0] == pytest.approx(0.1)


def test_a_clip_that_begins_on_the_other_foot():
    first = times_of()
    second = times_of(stride_s=0.7)
    second = {key: value[value > 0.3] for key, value in second.items()}
    match = matched(first, second)
    mapped = match.to_second(first["right", "initial_contact_s"][:5])
    np.testing.assert_allclose(mapped, second["right", "initial_contact_s"][:5], atol=1e-9)


def test_a_run_without_one_foots_events_is_matched_by_the_other():
    first = times_of()
    second = times_of(stride_s=0.7) | {("left", name): np.empty(0) for name in NAMES}
    match = matched(first, second)
    assert set(match.kind.tolist()) == {2, 3}
    mapped = match.to_second(first["right", "toe_off_s"])
    np.testing.assert_allclose(mapped, second["right", "toe_off_s"], atol=1e-9)


@pytest.mark.parametrize("missing", [[3], [3, 4], [2, 5, 9, 10], list(range(8, 14))])
def test_missed_events_do_not_shift_those_that_follow(missing):
    first, second = times_of(), times_of(stride_s=0.66, start_s=0.3)
    kept = np.delete(all_of(second), missing)
    second = {key: value[np.isin(value, kept)] for key, value in second.items()}
    match = matched(first, second)
    assert match.first_s.size == 24 - len(missing)
    # Both runs are perfectly even, so the map is a straight line wherever events are missing.
    slope = np.diff(match.second_s) / np.diff(match.first_s)
    np.testing.assert_allclose(slope, 0.66 / 0.72, rtol=1e-4)


def test_of_two_events_in_one_place_the_one_in_rhythm_stays():
    first, second = times_of(), times_of(start_s=0.3)
    doubled = second | {
        ("left", NAMES[0]): np.append(second["left", NAMES[0]], second["left", NAMES[0]][2] + 0.07)
    }
    match, plain = matched(first, doubled), matched(first, second)
    np.testing.assert_array_equal(match.second_s, plain.second_s)


def test_feet_that_overlap_on_the_ground():
    match = matched(times_of(duty=0.53), times_of(duty=0.47, stride_s=0.8))
    assert np.all(np.diff(match.second_s) > 0)
    contacts = match.kind % 2 == 0
    assert contacts.sum() == 12
    assert match.part[3] == pytest.approx(1.0, abs=0.01)


def test_near_legs_are_matched_across_the_treadmill():
    first, second = times_of(), times_of(stride_s=0.7, lag=0.45)
    match = match_phases(report_of(first, near="left"), report_of(second, near="right"))
    assert (match.legs, match.second_legs) == (("left", "right"), ("right", "left"))
    at = match.first_s[match.kind == 0]
    assert np.isin(np.round(at, 6), np.round(first["left", NAMES[0]], 6)).all()
    mapped = np.round(match.to_second(at), 6)
    assert np.isin(mapped, np.round(second["right", NAMES[0]], 6)).all()


@pytest.mark.parametrize(
    ("near", "swapped"),
    [(("left", "right"), True), (("left", "left"), False), (("left", None), False)],
)
def test_legs_are_swapped_between_opposite_side_views_only(near, swapped):
    views = [report_of(times_of(), near=side).view for side in near]
    assert swaps_legs(*views) is swapped
    assert swaps_legs(*views[::-1]) is swapped
    assert swaps_legs(None, views[0]) is False


def test_phase_counts_strides_and_is_whole_at_contacts():
    first = times_of()
    match = matched(first, times_of(stride_s=0.8, duty=0.3))
    np.testing.assert_allclose(match.phase(first["left", NAMES[0]]), np.arange(6), atol=1e-9)
    np.testing.assert_allclose(match.part, (0, 0.33, 0.5, 0.83), atol=1e-4)
    assert match.tempo == pytest.approx(np.ptp(match.second_s) / np.ptp(match.first_s))


@pytest.mark.parametrize("strides", [0, 1])
def test_too_few_contacts(strides):
    for one, other in ((6, strides), (strides, 6)):
        with pytest.raises(UsageError, match="Too few ground contacts") as caught:
            matched(times_of(strides=one), times_of(strides=other))
        assert caught.value.code == "too_few_contacts"


def test_no_foot_in_common():
    left = times_of() | {("right", name): np.empty(0) for name in NAMES}
    right = times_of() | {("left", name): np.empty(0) for name in NAMES}
    with pytest.raises(UsageError, match="Too few ground contacts"):
        matched(left, right)


def test_a_ladder_needs_a_rhythm():
    times = {(side, name): np.array([0.3]) for side in SIDES for name in NAMES}
    assert ladder(report_of(times).events, ("left", "right")) is None


@st.composite
def runs(draw):
    """Events of a run with uneven steps, some of them missed."""
    times = times_of(
        stride_s=draw(st.floats(0.55, 0.85)),
        duty=draw(st.floats(0.25, 0.42)),
        start_s=draw(st.floats(0, 2)),
        strides=draw(st.integers(3, 15)),
        lag=draw(st.floats(0.46, 0.54)),
        jitter_s=draw(st.floats(0, 0.02)),
        seed=draw(st.integers(0, 2**16)),
    )
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    missed = draw(st.floats(0, 0.25))
    return {key: value[rng.random(value.size) >= missed] for key, value in times.items()}


@given(runs(), runs(), st.sampled_from([None, "left", "right"]))
def test_maps_are_exact_increasing_and_symmetric(first, second, near):
    try:
        match = matched(first, second, near=near)
    except UsageError:
        return assume(False)
    back = matched(second, first, near=near)
    assert np.all(np.diff(match.first_s) > 0)
    assert np.all(np.diff(match.second_s) > 0)
    np.testing.assert_array_equal(match.to_second(match.first_s), match.second_s)
    np.testing.assert_array_equal(back.first_s, match.second_s)
    np.testing.assert_array_equal(back.second_s, match.first_s)
    at = np.linspace(match.first_s[0], match.first_s[-1], 200)
    np.testing.assert_allclose(match.to_first(match.to_second(at)), at, atol=1e-9)
    np.testing.assert_allclose(back.to_second(match.to_second(at)), at, atol=1e-9)
    assert np.all(np.diff(match.to_second(at)) > 0)
    assert np.all(np.diff(match.phase(match.first_s)) > 0)


@given(runs(), st.floats(-3, 3), st.floats(0.85, 1.2))
def test_a_stretched_copy_is_matched_with_a_straight_line(times, later_s, factor):
    copy = {key: value * factor + later_s + 3 for key, value in times.items()}
    try:
        match = matched(times, copy)
    except UsageError:
        return assume(False)
    np.testing.assert_allclose(match.second_s, match.first_s * factor + later_s + 3, atol=1e-5)


def test_knots_are_true_contacts_of_a_synthetic_runner():
    first = build_report(analysis_of(seconds=2.0))
    second = build_report(analysis_of("right", seconds=2.0))
    match = match_phases(first, second)
    for kind, (leg, name) in enumerate((leg, name) for leg in match.second_legs for name in NAMES):
        true = getattr(getattr(second.events, leg), name)
        assert np.isin(match.second_s[match.kind == kind], true).all()
