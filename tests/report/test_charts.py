"""Geometry of the small pictures."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.report.charts import (
    CURVE_HEIGHT,
    CURVE_WIDTH,
    RANGE_MARGIN,
    RANGE_WIDTH,
    TIMELINE_WIDTH,
    curve_picture,
    nice_ticks,
    range_picture,
    timeline,
)
from formcheck.report.info import catalogue
from formcheck.report.schema import Curve, Events, FootEvents, MetricRecord

CADENCE = catalogue().metrics["cadence_spm"]
LEAN = catalogue().metrics["trunk_lean_deg"]


def record(value: float, half: float = 1.0) -> MetricRecord:
    return MetricRecord(
        value=value, low=value - half, high=value + half, unit="deg", status="measured"
    )


def test_a_value_in_the_middle_of_its_axis_lies_in_the_middle() -> None:
    picture = range_picture(CADENCE, record(170.0, 15.0))
    assert picture is not None
    assert picture.value == RANGE_WIDTH / 2
    assert picture.low == picture.value - (RANGE_WIDTH - 2 * RANGE_MARGIN) / 4
    assert picture.usual is not None
    assert picture.usual[0] < picture.value < picture.usual[1]
    assert (picture.ends[0].label, picture.ends[1].label) == ("140", "200")
    assert picture.zero is None


def test_the_usual_range_is_left_out_on_request_and_where_there_is_none() -> None:
    for picture in (
        range_picture(CADENCE, record(170.0), (), False),
        range_picture(LEAN, record(4.0)),
    ):
        assert picture is not None
        assert picture.usual is None


@given(
    value=st.floats(-500, 500),
    half=st.floats(0, 200),
    left=st.floats(-300, 300),
    right=st.floats(-300, 300),
)
def test_everything_stays_inside_the_picture(
    value: float, half: float, left: float, right: float
) -> None:
    sides = [("left", record(left)), ("right", record(right))]
    picture = range_picture(LEAN, record(value, half), sides)  # type: ignore[arg-type]
    assert picture is not None
    places = [picture.low, picture.value, picture.high, *(mark.at for mark in picture.sides)]
    assert all(RANGE_MARGIN <= place <= RANGE_WIDTH - RANGE_MARGIN for place in places)
    assert picture.low <= picture.value <= picture.high
    first, second = (mark.at + mark.nudge for mark in picture.sides)
    assert abs(first - second) >= 13.9


def test_no_value_gives_no_picture() -> None:
    assert range_picture(LEAN, MetricRecord(unit="deg", status="occluded")) is None


@given(low=st.floats(-1e4, 1e4), span=st.floats(0, 1e4))
def test_ticks_are_few_round_and_span_the_range(low: float, span: float) -> None:
    ticks = nice_ticks(low, low + span)
    step = ticks[1] - ticks[0]
    assert 3 <= len(ticks) <= 8
    assert ticks[0] <= low + 1e-6 * step + 1e-9
    assert ticks[-1] >= low + span - 1e-6 * step - 1e-9
    assert round(step / 10 ** math.floor(math.log10(step) + 1e-9), 6) in (1, 2, 5, 10)


def curve(mean: list[float | None], side: str = "left") -> Curve:
    sd = [None if x is None else 0.5 for x in mean]
    return Curve.model_validate(
        {"unit": "deg", "side": side, "n": 8, "mean": mean, "sd": sd, "stance_pct": 35.0}
    )


def test_a_curve_is_one_line_with_a_closed_band_inside_the_picture() -> None:
    picture = curve_picture([(curve([1.0, 3.0, 2.0]), "near", False)])
    assert picture is not None
    (line,) = picture.lines
    assert line.path.startswith("M")
    assert line.path.count("M") == 1
    assert line.band.endswith("Z")
    numbers = [float(x) for x in line.band.replace("M", "").replace("L", "").replace("Z", "")
               .replace(",", " ").split()]  # fmt: skip
    assert all(0 <= x <= CURVE_WIDTH for x in numbers[::2])
    assert all(0 <= y <= CURVE_HEIGHT for y in numbers[1::2])
    assert picture.stance is not None
    assert "8 strides" in picture.summary
    higher = [float(point.split(",")[1]) for point in line.path[1:].split(" L")]
    assert higher[1] < higher[2] < higher[0]


def test_a_gap_in_a_curve_stays_a_gap() -> None:
    picture = curve_picture([(curve([1.0, 2.0, None, 2.0, 1.0]), "near", False)])
    assert picture is not None
    assert picture.lines[0].path.count("M") == 2


def test_a_curve_without_a_point_gives_no_picture() -> None:
    assert curve_picture([(curve([None, None]), "near", False)]) is None
    assert curve_picture([]) is None


def test_contacts_lie_where_they_were_on_the_timeline() -> None:
    events = Events(
        left=FootEvents(initial_contact_s=(2.0, 3.0, 4.0), toe_off_s=(1.5, 2.25, 4.25)),
        right=FootEvents(initial_contact_s=(2.5,), toe_off_s=(2.75,)),
    )
    picture = timeline(events, 1.0, 6.0, "right")
    assert picture is not None
    left, right = picture.lanes
    assert (left.side, left.second, right.side, right.second) == ("left", True, "right", False)
    # The second left contact has no toe-off of its own and is not drawn.
    assert [bar.x for bar in left.bars] == [TIMELINE_WIDTH * 0.2, TIMELINE_WIDTH * 0.6]
    assert [bar.width for bar in right.bars] == [pytest.approx(TIMELINE_WIDTH * 0.05)]
    assert all(0 <= tick.at <= 100 for tick in picture.ticks)
    assert timeline(Events(), 0.0, 5.0, "left") is None
    assert timeline(events, 3.0, 3.0, "left") is None
