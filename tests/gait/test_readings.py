"""A leaving read from a foot's mean path: by its slip against the belt and by its heel's height."""

from __future__ import annotations

import numpy as np
import pytest

from formcheck.conventions import EventRule, HeelUp, Reading
from formcheck.gait.align import Aligned
from formcheck.gait.readings import read_event

LAG_S = np.arange(-0.2, 0.14, 0.002)
BELT = -5.0
SLIP = Reading("slip", ("heel", "toe"), 0.5, 0.0, share=1.0)


def leaving_foot(off_s: float, *, up: float, forward: float) -> Aligned:
    """Return a foot on the belt until it is sped up at a time, in trunk lengths and seconds."""
    after = np.maximum(0.0, LAG_S - off_s)
    x = BELT * LAG_S + forward * after**2 / 2
    y = up * after**2 / 2
    points = np.stack([x, y, x, y, x + 0.4, y], axis=1)
    slope = np.gradient(points, LAG_S, axis=0)
    return Aligned(LAG_S, points, slope, np.array([0.0]), np.array([0.01]))


def rule(heel_up: HeelUp | None = None) -> EventRule:
    return EventRule("toe_off", 145.0, -0.09, 0.12, 0.015, 0.0, (SLIP,), heel_up=heel_up)


@pytest.mark.parametrize(("up", "forward"), [(200.0, 0.0), (0.0, 200.0), (141.4, 141.4)])
def test_a_foot_leaves_where_it_moves_against_the_belt_in_any_direction(up, forward):
    late_s = 0.5 * -BELT / 200.0
    found_s = read_event(leaving_foot(0.01, up=up, forward=forward), rule())
    assert found_s == pytest.approx(0.01 + late_s, abs=0.003)


def test_the_heels_height_counts_by_its_share_and_far_readings_by_a_bound():
    foot = leaving_foot(0.0, up=200.0, forward=0.0)
    slipped_s = read_event(foot, rule())
    up_s = read_event(foot, rule(HeelUp(level=0.28, reach_s=0.05, share=1.0)))
    half_s = read_event(foot, rule(HeelUp(level=0.28, reach_s=0.05, share=0.5)))
    near_s = read_event(foot, rule(HeelUp(level=0.28, reach_s=0.01, share=0.5)))
    assert up_s == pytest.approx((2 * 0.28 / 200.0) ** 0.5, abs=0.003)
    assert half_s == pytest.approx((slipped_s + up_s) / 2, abs=1e-6)
    assert near_s == pytest.approx(up_s - 0.005, abs=1e-6)
