"""Leavings read from the path of toes of which everything is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from formcheck.gait.calibration import table
from formcheck.gait.leaving import (
    Left,
    leave,
    left_sd_s,
    read_leaving,
    resting_tip,
    tip_path,
    toes_against,
)
from formcheck.gait.shoe_path import belt_of
from formcheck.types import Contact, ToePath, View

RIGHT = View("side", "right", "right", 1.0)
LEFT = View("side", "left", "left", 1.0)
FOOT_PX = 80.0
STRIDE_S = 0.72
AHEAD = 0.44
# A person's toes lift off and go forward, a rendered runner's slip back: foot lengths / s squared.
WAYS = {"lifted": (80.0, 160.0), "forward": (150.0, 10.0), "back": (-250.0, 120.0)}


def toe_path(
    *,
    late_s: float = 0.0,
    way: str = "lifted",
    tip: tuple[float, float] = (0.62, -0.03),
    fps: float = 60.0,
    facing: float = 1.0,
    leavings: int = 8,
    sway: float = 0.0,
    stride_s: float = STRIDE_S,
) -> ToePath:
    """Toes that turn about their tip on a belt, then move off it with a steady acceleration."""
    rng = np.random.default_rng(3)
    arm = np.array(tip) - (AHEAD, 0.0)
    rows = []
    for n in range(leavings):
        left_s = 0.5 + n * stride_s
        moved_by_hand = sway * rng.normal(size=2)
        first = np.ceil((left_s - 0.21) * fps) / fps
        for t_s in np.arange(first, left_s + 0.09, 1 / fps):
            lag_s = t_s - left_s - late_s
            turn = np.radians(40.0 * np.clip((lag_s + 0.08) / 0.08, 0.0, 2.0) ** 2)
            turned = np.array(
                [
                    np.cos(turn) * arm[0] + np.sin(turn) * arm[1],
                    np.cos(turn) * arm[1] - np.sin(turn) * arm[0],
                ]
            )
            off = np.array(WAYS[way]) * max(lag_s, 0.0) ** 2 / 2
            middle = FOOT_PX * (arm - turned + off + moved_by_hand)
            x = facing * (middle[0] - 900.0 * lag_s)
            rows.append((left_s, t_s, 640 + x, 600 - middle[1], facing * np.degrees(turn)))
    landing_s, t_s, x, y, turn_deg = np.array(rows).T
    lag_s = t_s - landing_s
    flat = (lag_s > -0.18) & (lag_s < -0.13)
    sole_px = FOOT_PX * np.array([facing, 0.0])
    xy_px = np.column_stack([x, y])
    alike = np.ones(t_s.size)
    return ToePath("left", sole_px, landing_s, t_s, xy_px, turn_deg, flat, alike, AHEAD)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("late_s", [-0.045, 0.0, 0.035])
def test_a_leaving_is_read_however_the_toes_go_and_however_far_off_the_rough_one_is(way, late_s):
    left = read_leaving(toe_path(way=way, late_s=late_s), RIGHT)
    assert left is not None
    # Slow starts are read later: what is taken off is what most feet have in common.
    assert left.lag_s == pytest.approx(late_s + 0.014, abs=0.01)


@pytest.mark.parametrize(("facing", "view"), [(1.0, RIGHT), (-1.0, LEFT)])
def test_either_way_of_running_reads_the_same(facing, view):
    left = read_leaving(toe_path(facing=facing, late_s=0.01), view)
    there = read_leaving(toe_path(late_s=0.01), RIGHT)
    assert left is not None
    assert there is not None
    assert left.lag_s == pytest.approx(there.lag_s, abs=1e-6)


def test_the_tip_of_a_longer_or_higher_toe_box_is_found():
    path = toe_path(tip=(0.7, 0.02))
    belt = belt_of(path)
    assert belt is not None
    toes, rule = toes_against(path, belt, RIGHT), table()["leaving"]
    tip = resting_tip(toes, 0.0, rule)
    assert tip == pytest.approx((0.7, 0.02), abs=0.02)
    rests = (toes.lag_s > -0.06) & (toes.lag_s < -0.01)
    assert np.abs(tip_path(toes, tip)[rests]).max() < 0.01


def test_thirty_frames_a_second_and_a_hand_that_sways_tell_it_too():
    plain = read_leaving(toe_path(), RIGHT)
    left = read_leaving(toe_path(fps=30.0, leavings=12, sway=0.05), RIGHT)
    assert plain is not None
    assert left is not None
    assert left.lag_s == pytest.approx(plain.lag_s, abs=0.008)
    assert left.sd_s > plain.sd_s


def test_toes_that_were_not_followed_tell_nothing():
    path = toe_path()
    assert read_leaving(replace(path, alike=np.full(path.t_s.size, 0.7)), RIGHT) is None
    assert (
        read_leaving(toe_path(fps=25.0, stride_s=0.72), RIGHT) is None
    )  # all at the same instants
    assert read_leaving(toe_path(leavings=2), RIGHT) is None
    lag_s = path.t_s - path.landing_s
    carried_px = np.column_stack([640 - 900.0 * lag_s, np.full(lag_s.size, 600.0)])
    resting = replace(path, xy_px=carried_px, turn_deg=np.zeros(lag_s.size))
    assert read_leaving(resting, RIGHT) is None


@pytest.mark.parametrize("hidden_s", [-0.095, -0.085])
def test_what_hides_the_toes_long_before_is_no_leaving(hidden_s):
    assert read_leaving(toe_path(late_s=hidden_s), RIGHT) is None


def test_both_feet_are_moved_and_landmarks_count_by_their_variance_as_far_as_near():
    contacts = (Contact("left", 1.0, 1.25), Contact("right", 1.36, float("nan")))
    assert leave(contacts, None, 0.015) == contacts
    moved = leave((*contacts, Contact("right", 2.1, 2.35)), Left(0.02, 0.015), 0.015)
    assert moved[0].toe_off_s == pytest.approx(1.25 + 0.01)
    assert moved[2].toe_off_s == pytest.approx(2.35 + 0.01)
    assert np.isnan(moved[1].toe_off_s)
    far = leave(contacts, Left(0.1, 0.015), 0.015)
    assert far[0].toe_off_s == pytest.approx(1.25 + 0.1 - 0.025 / 2)


def test_the_uncertainty_of_leavings_is_that_of_what_tells_them():
    assert left_sd_s(None, 0.015) == 0.015
    assert left_sd_s(Left(0.0, 0.011), 0.015) == 0.011
