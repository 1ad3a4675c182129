"""Landings read from a shoe's path of which everything is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.gait.landed import Landed, read_landings
from formcheck.gait.landing import agreeing, land, landed_sd_s, within
from formcheck.gait.shoe_path import against_belt, belt_of, shoe_belt_line
from formcheck.gait.touchdown import BALL, Fall, first_touch, touch_down
from formcheck.landmarks import SIDES, Side
from formcheck.types import Contact, ShoePath, View

RIGHT = View("side", "right", "right", 1.0)
LEFT = View("side", "left", "left", 1.0)
FOOT_PX = 80.0
STRIDE_S = 0.72


def shoe_path(
    *,
    late_s: float = 0.0,
    strike_deg: float = 14.0,
    slope_deg: float = 0.0,
    speed_px: float = 1000.0,
    fps: float = 60.0,
    landings: int = 8,
    facing: float = 1.0,
    sway_px: float = 0.0,
    noise_px: float = 0.0,
) -> ShoePath:
    """A shoe on a belt: it falls at 4 foot lengths a second onto heel or ball, then turns flat.

    `late_s` is how much later than the rough time it touches down; `slope_deg` tilts everything.
    """
    rng = np.random.default_rng(7)
    rows = []
    for n in range(landings):
        landing_s = 0.5 + n * STRIDE_S
        first = np.ceil((landing_s - 0.09) * fps) / fps
        camera = sway_px * rng.normal(size=2)
        for t_s in np.arange(first, landing_s + 0.12, 1 / fps):
            lag_s = t_s - landing_s - late_s
            angle = np.radians(strike_deg) * (1 - np.clip(lag_s / 0.045, 0, 1))
            # Toes up lifts the ball and lowers the heel about the middle of the foot.
            reach = 0.5 if strike_deg > 0 else BALL - 0.5
            rest = FOOT_PX * reach * np.sin(abs(angle))
            up = rest - 4.0 * FOOT_PX * min(lag_s, 0.0)
            ahead = -speed_px * lag_s + 100.0 * min(lag_s, 0.0)
            tilt = np.radians(slope_deg)
            x = facing * (ahead * np.cos(tilt) - up * np.sin(tilt))
            y = -(ahead * np.sin(tilt) + up * np.cos(tilt))
            place = np.array([640 + x, 600 + y]) + camera * (t_s - landing_s)
            rows.append((landing_s, t_s, *place, -facing * np.degrees(angle)))
    landing, t_s, x, y, turn = np.array(rows).T
    xy = np.column_stack([x, y]) + rng.normal(0, noise_px + 1e-9, (t_s.size, 2))
    lag = t_s - landing
    tilt = np.radians(slope_deg)
    sole = FOOT_PX * np.array([facing * np.cos(tilt), -np.sin(tilt)])
    return ShoePath("left", sole, landing, t_s, xy, turn, (lag > 0.06) & (lag < 0.115))


@pytest.mark.parametrize("strike_deg", [14.0, 6.0, -9.0])
@pytest.mark.parametrize(("facing", "view"), [(1.0, RIGHT), (-1.0, LEFT)])
@pytest.mark.parametrize("late_s", [-0.02, 0.0, 0.015])
def test_touch_down_and_angle_of_heel_and_forefoot_strikers(strike_deg, facing, view, late_s):
    path = shoe_path(strike_deg=strike_deg, facing=facing, late_s=late_s)
    landed = read_landings(path, view)
    assert landed is not None
    # Feet that give way land before their fall ends: stiff ones on the ball read a little early.
    early_s = 0.0 if strike_deg > 0 else 0.004
    assert landed.lag_s == pytest.approx(late_s - early_s, abs=0.0025)
    assert len(landed.foot_deg) == 8
    assert np.mean(list(landed.foot_deg.values())) == pytest.approx(strike_deg, abs=1.0)


@pytest.mark.parametrize("slope_deg", [-8.0, 5.0])
def test_a_tilted_belt_does_not_matter(slope_deg):
    landed = read_landings(shoe_path(slope_deg=slope_deg), RIGHT)
    assert landed is not None
    assert landed.lag_s == pytest.approx(0.0, abs=0.0025)


def test_thirty_frames_a_second_of_strides_at_other_phases():
    landed = read_landings(shoe_path(fps=30.0, landings=10, late_s=0.008), RIGHT)
    assert landed is not None
    assert landed.lag_s == pytest.approx(0.008, abs=0.004)


def test_a_hand_that_sways_the_camera_is_taken_out():
    path = shoe_path(sway_px=25.0, noise_px=0.1)
    landed = read_landings(path, RIGHT)
    assert landed is not None
    assert landed.lag_s == pytest.approx(0.0, abs=0.004)
    belt = belt_of(path)
    assert belt is not None
    fall = against_belt(path, belt, RIGHT)
    assert np.abs(fall.heel[path.flat]).max() < 0.01


def test_strides_of_whole_frames_hide_the_bend_at_low_rates():
    path = shoe_path(fps=25.0)  # a stride of 18 frames
    assert read_landings(path, RIGHT) is None


def test_landings_that_move_out_of_the_clip_lose_their_time():
    moved = within(
        (Contact("left", -0.002, 0.2), Contact("right", 9.0, float("nan"))), np.arange(5.0)
    )
    assert [c.side for c in moved] == ["left"]
    assert np.isnan(moved[0].initial_contact_s)


def test_still_feet_off_a_treadmill():
    assert shoe_belt_line(shoe_path(speed_px=0.0), RIGHT) is None
    landed = read_landings(shoe_path(speed_px=0.0), RIGHT)
    assert landed is not None
    assert landed.lag_s == pytest.approx(0.0, abs=0.004)


@pytest.mark.parametrize("sink", [0.0, 0.05])
def test_a_heel_that_gives_way_does_not_delay_the_landing(sink):
    """The foot turns about its heel from the first touch on, while the sole still gives way."""
    rng = np.random.default_rng(2)
    lag_s = np.sort(rng.uniform(-0.09, 0.1, 140))
    down = np.exp(-np.maximum(lag_s, 0.0) / 0.012)
    heel = np.where(lag_s < 0, sink - 3.0 * lag_s, sink * down) + rng.normal(0, 0.004, 140)
    turned = np.radians(14.0) * (1 - np.clip(lag_s / 0.045, 0, 1))
    fall = Fall(lag_s, heel, heel + BALL * np.sin(turned), np.degrees(turned))
    touch = first_touch(fall)
    assert touch is not None
    assert touch.lag_s == pytest.approx(0.0, abs=0.005)
    assert touch_down(lag_s, heel)[0] == pytest.approx(0.4 * sink, abs=0.012)


def test_a_path_that_scatters_tells_nothing():
    assert read_landings(shoe_path(noise_px=6.0), RIGHT) is None


def test_two_landings_are_too_few():
    path = shoe_path(landings=2)
    assert belt_of(path) is None
    assert read_landings(path, RIGHT) is None
    assert shoe_belt_line(path, RIGHT) is None


def test_a_fall_that_was_not_seen_is_not_read():
    path = shoe_path()
    late = path.t_s - path.landing_s > 0.002
    seen = replace(
        path,
        landing_s=path.landing_s[late],
        t_s=path.t_s[late],
        xy_px=path.xy_px[late],
        turn_deg=path.turn_deg[late],
        flat=path.flat[late],
    )
    assert read_landings(seen, RIGHT) is None


def test_a_shoe_that_was_lost_in_the_air_may_have_landed_by_its_other_end():
    """Its turn is read wrong for a moment: the ball seems to stop falling before the heel does."""
    path = shoe_path()
    lag_s = path.t_s - path.landing_s
    heel = 2.0 * FOOT_PX * np.maximum(-lag_s, 0)
    rough = np.random.default_rng(3).normal(0, 1.5, lag_s.size) * (lag_s < 0)
    ball = 6.0 * FOOT_PX * np.maximum(-0.021 - lag_s, 0) + rough
    lever = (ball - heel) / (2 * BALL)
    ahead = 640 - 1000.0 * lag_s
    lost = replace(
        path,
        xy_px=np.column_stack([ahead, 600 - heel - lever]),
        turn_deg=-np.degrees(np.arcsin(np.clip(2 * lever / FOOT_PX, -1, 1))),
    )
    landed = read_landings(lost, RIGHT)
    assert landed is not None
    assert landed.lag_s == pytest.approx(-0.021, abs=0.006)
    assert landed.instead is not None
    assert landed.instead.lag_s == pytest.approx(-0.005, abs=0.004)


@given(st.floats(-0.02, 0.02), st.floats(3.0, 9.0), st.floats(-0.4, 0.4), st.integers(0, 99))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_bend_of_two_lines(at_s, fall, after, seed):
    rng = np.random.default_rng(seed)
    lag_s = np.linspace(-0.09, 0.09, 70) + rng.uniform(-0.001, 0.001, 70)
    off = lag_s - at_s
    height = np.where(off < 0, -fall * off, after * off) + rng.normal(0, 0.003, 70)
    found_s, loss = touch_down(lag_s, height)
    assert found_s == pytest.approx(at_s, abs=0.005)
    assert loss < 0.85


def test_bend_survives_samples_that_lie_off():
    rng = np.random.default_rng(5)
    lag_s = rng.uniform(-0.09, 0.09, 80)
    height = np.maximum(0.0, -5.0 * (lag_s - 0.006))
    height[::9] += rng.normal(0, 0.2, height[::9].size)
    height[4] = np.nan
    assert touch_down(lag_s, height)[0] == pytest.approx(0.006, abs=0.003)


@pytest.mark.parametrize("height", [lambda t: 0 * t, lambda t: -4 * t, lambda t: 4 * t])
def test_without_a_bend_nothing_is_found(height):
    lag_s = np.linspace(-0.09, 0.09, 60)
    assert touch_down(lag_s, height(lag_s)) == (np.inf, np.inf)


def test_belt_speed_and_slope():
    line = shoe_belt_line(shoe_path(slope_deg=4.0, speed_px=900.0), RIGHT)
    assert line is not None
    assert line.slope_deg == pytest.approx(4.0, abs=0.1)
    assert line.speed == pytest.approx(900.0 * np.cos(np.radians(4.0)) * 0.983, rel=2e-3)
    other = shoe_belt_line(shoe_path(slope_deg=4.0, facing=-1.0), LEFT)
    assert other is not None
    assert other.slope_deg == pytest.approx(4.0, abs=0.1)


def contacts() -> tuple[Contact, ...]:
    return tuple(
        Contact(side, start + n * STRIDE_S, start + n * STRIDE_S + 0.25)
        for n in range(4)
        for side, start in zip(SIDES, (0.1, 0.45), strict=True)
    )


def test_both_feet_go_where_their_shoes_touch_down():
    before = contacts()
    angles = {before[2].initial_contact_s: 11.0}
    landed: dict[Side, Landed] = {
        "left": Landed("left", 0.004, angles),
        "right": Landed("right", 0.002, {}),
    }
    after = land(before, landed, STRIDE_S, "left")
    for old, new in zip(before, after, strict=True):
        lag_s = landed[old.side].lag_s
        assert new.initial_contact_s == pytest.approx(old.initial_contact_s + lag_s)
        assert new.toe_off_s == old.toe_off_s
    assert after[2].foot_deg == 11.0
    assert np.isnan([c.foot_deg for c in after[3:]]).all()


def test_a_foot_that_was_not_read_lands_half_a_stride_after_the_other():
    after = land(contacts(), {"left": Landed("left", 0.02, {})}, STRIDE_S, "left")
    left, right = (
        np.array([c.initial_contact_s for c in after if c.side == side])
        for side in ("left", "right")
    )
    assert right - left == pytest.approx(STRIDE_S / 2)


def test_a_far_foot_that_contradicts_the_near_one_goes_with_it():
    landed: dict[Side, Landed] = {
        "left": Landed("left", 0.0, {}),
        "right": Landed("right", -0.03, {}),
    }
    right = [c.initial_contact_s for c in land(contacts(), landed, STRIDE_S, "left")[1::2]]
    assert right == pytest.approx([0.1 + (n + 0.5) * STRIDE_S for n in range(4)])


def landed_feet(left_s: float, right_s: float, instead_s: float | None) -> dict[Side, Landed]:
    instead = None if instead_s is None else Landed("left", instead_s, {})
    return {
        "left": Landed("left", left_s, {}, instead=instead),
        "right": Landed("right", right_s, {}),
    }


@pytest.mark.parametrize("near", SIDES)
def test_the_other_end_of_a_shoe_is_taken_where_only_so_the_feet_agree(near):
    # contacts() puts the left foot's landings 0.01 s late against the right one's.
    landed = landed_feet(-0.03, 0.0, -0.01)
    assert agreeing(contacts(), landed, STRIDE_S, near)["left"].lag_s == -0.01


@pytest.mark.parametrize("feet", [(-0.012, 0.0, -0.01), (-0.03, 0.0, 0.04), (-0.03, 0.0, None)])
def test_feet_that_agree_or_cannot_be_brought_to_stay_as_read(feet):
    landed = landed_feet(*feet)
    assert agreeing(contacts(), landed, STRIDE_S, "left") == landed
    assert agreeing(contacts(), {"left": landed["left"]}, STRIDE_S, "left")["left"].lag_s == feet[0]


def test_where_no_shoe_was_read_the_landmarks_are_known_to_be_late():
    after = land(contacts(), {}, STRIDE_S, "left")
    for old, new in zip(contacts(), after, strict=True):
        assert 0.0 < old.initial_contact_s - new.initial_contact_s < 0.01
        assert np.isnan(new.foot_deg)


def test_a_landing_that_was_read_is_surer_the_denser_it_was_seen():
    dense, sparse = (read_landings(shoe_path(fps=fps), RIGHT) for fps in (120.0, 40.0))
    assert dense is not None
    assert sparse is not None
    assert dense.sd_s < sparse.sd_s
    shared = landed_sd_s({"left": dense}, 0.012)
    assert shared["left"] == dense.sd_s < shared["right"]
