"""Left against right: two side clips of one run."""

from __future__ import annotations

from typing import Any

import pytest

from formcheck.changes import added_by_another_day
from formcheck.comparison import compare
from formcheck.comparison.page import build_page, courses
from formcheck.landmarks import SIDES
from formcheck.report.schema import MetricRecord, Report
from formcheck.side_by_side.scene import names_of
from tests.comparison.reports import TEMPO, metric, report

LANDING, SHIN, CONTACT = "landing_ankle_hip_pct_leg", "shank_angle_ic_deg", "contact_time_ms"
ARMS = "arm_swing_deg"


def leg(side: str, values: dict[str, float], half: float = 0.8, **fields: Any) -> Report:
    """Return a report of one leg near the camera, its numbers exact to `half`."""
    own = {key: metric(key, value, half, side=side) for key, value in values.items()}
    return report(view={"near_side": side}, metrics=own, **fields)


def legs(left: dict[str, float], right: dict[str, float], **how: Any) -> tuple[Report, Report]:
    return leg("left", left, **how), leg("right", right, **how)


def test_one_run_from_both_sides_is_left_against_right() -> None:
    found = compare(*legs({SHIN: 5.0}, {SHIN: 13.0}))
    assert found.mode == "left_right"
    assert found.comparable
    assert found.metrics[SHIN].verdict == "real"
    assert found.sentence.replace("\N{NO-BREAK SPACE}", " ").endswith(
        "shin angle at landing is 5.0° reaching forward on the left and 13.0° reaching forward "
        "on the right."
    )


@pytest.mark.parametrize(
    ("key", "left", "right"), [(SHIN, 5.0, 7.9), (LANDING, 20.0, 21.6), (CONTACT, 250.0, 254.0)]
)
def test_what_healthy_legs_differ_by_is_no_difference(key: str, left: float, right: float) -> None:
    found = compare(*legs({key: left}, {key: right}, half=0.01), same_setup=True)
    change = found.metrics[key]
    assert change.verdict == "within_noise"
    assert change.threshold == pytest.approx({SHIN: 3.0, LANDING: 1.7, CONTACT: 4.25}[key])
    assert "No difference between left and right" in found.sentence


def test_contact_time_is_that_of_the_foot_near_each_camera() -> None:
    first, second = (
        leg(side, {f"{CONTACT}_{side}": value}, half=2.0)
        for side, value in (("left", 240.0), ("right", 262.0))
    )
    change = compare(first, second, same_setup=True).metrics[CONTACT]
    assert (change.first, change.second) == (240.0, 262.0)
    assert change.verdict == "real"


def test_numbers_of_the_whole_body_have_no_side() -> None:
    found = compare(*legs({}, {}))
    for key in ("cadence_spm", "trunk_lean_deg"):
        assert found.metrics[key].verdict == "not_comparable"
        assert "no left and right" in str(found.metrics[key].reason)


def test_the_page_names_the_legs_in_the_order_of_the_clips() -> None:
    left, right = legs({SHIN: 5.0}, {SHIN: 13.0})
    page = build_page(compare(right, left), right, left)
    assert page.names == ("Right leg", "Left leg")
    assert page.title == "Left vs right"


def test_arms_are_named_only_where_no_leg_differs_and_with_what_is_not_known() -> None:
    found = compare(*legs({ARMS: 45.0}, {ARMS: 20.0})).sentence
    assert "arm swing" in found
    assert found.endswith("what the arms of healthy runners differ by is not known.")
    found = compare(*legs({ARMS: 45.0, SHIN: 5.0}, {ARMS: 20.0, SHIN: 13.0})).sentence
    assert "shin angle" in found
    assert "arm" not in found


def test_the_sheet_reads_as_left_and_right() -> None:
    asymmetry = metric("step_time_difference_pct", 1.0)
    left, right = legs({SHIN: 5.0, LANDING: 20.0}, {SHIN: 13.0, LANDING: 20.1})
    only = left.model_copy(
        update={
            "metrics": {
                **left.metrics,
                "step_time_difference_pct": MetricRecord.model_validate(asymmetry),
            }
        }
    )
    page = build_page(compare(only, right), only, right)
    assert page.table_lead.startswith("Right leg minus left leg, with its range.")
    parts = {part.id: part for part in page.parts}
    assert {"cadence_spm", "step_time_difference_pct"} <= {row.key for row in parts["whole"].rows}
    assert {row.remark for row in parts["whole"].rows} == {""}
    assert {row.word for row in parts["within_noise"].rows} == {"No difference that counts"}


def test_the_video_names_the_sides() -> None:
    left, right = legs({}, {})
    assert names_of(right, left) == ("Right side", "Left side")
    assert names_of(left, left) == ("First", "Second")


def test_courses_are_those_of_the_leg_near_each_camera() -> None:
    def course(side: str, value: float) -> dict[str, Any]:
        return {"unit": "deg", "side": side, "n": 9, "mean": [value] * 21, "sd": [1.0] * 21}

    def seen(near: str, of_near: float) -> Report:
        values = {side: of_near if side == near else 90.0 for side in ("left", "right")}
        curves = {f"knee_flexion_deg_{side}": course(side, v) for side, v in values.items()}
        return leg(near, {}, curves=curves)

    (one,) = courses(seen("left", 20.0), seen("right", 40.0), "left_right")
    assert one.name == "Knee bend"
    assert max(float(tick.label) for tick in one.picture.y_ticks) < 90.0  # no far leg is drawn


def test_a_run_at_another_cadence_is_told() -> None:
    left = leg("left", {SHIN: 5.0})
    quick = leg("right", {SHIN: 5.0}, moved={"cadence_spm": 8.0})
    told = {one.code: one for one in compare(left, quick).warnings}
    assert not told["cadence_differs_sides"].refused
    assert "165.0" in told["cadence_differs_sides"].text
    alike = leg("right", {SHIN: 5.0}, moved={"cadence_spm": 0.5})
    assert "cadence_differs_sides" not in [one.code for one in compare(left, alike).warnings]


def test_another_speed_or_one_side_only_is_refused() -> None:
    left = leg("left", {SHIN: 5.0})
    again = compare(left, leg("left", {SHIN: 6.0}), "left_right")
    assert [one.code for one in again.warnings if one.refused] == ["one_side_only"]
    quick = leg("right", {SHIN: 5.0}, runner=TEMPO)
    refused = compare(left, quick, "left_right")
    assert [one.code for one in refused.warnings if one.refused] == ["speed_differs"]
    before = compare(left, leg("right", {SHIN: 5.0}), "before_after")
    assert [one.code for one in before.warnings if one.refused] == ["camera_side_differs"]


def test_clips_of_different_days_are_told() -> None:
    left = leg("left", {SHIN: 5.0}, runner={"date": "2026-03-01"})
    right = leg("right", {SHIN: 5.0}, runner={"date": "2026-03-08"})
    assert "days_differ" in [one.code for one in compare(left, right).warnings]


def test_sides_of_one_day_share_it_and_of_two_days_do_not() -> None:
    days = {"date": "2026-03-01"}, {"date": "2026-03-08"}
    same = compare(*legs({SHIN: 5.0}, {SHIN: 9.5})).metrics[SHIN].threshold
    left, right = (
        leg(side, {SHIN: 5.0}, runner=day) for side, day in zip(SIDES, days, strict=True)
    )
    other = compare(left, right, "left_right").metrics[SHIN].threshold
    assert same is not None
    assert other is not None
    added_deg = added_by_another_day(SHIN, 60.0)
    repeat = other**2 - added_deg**2
    assert same == pytest.approx((repeat + (0.67 * added_deg) ** 2) ** 0.5, rel=1e-4)
