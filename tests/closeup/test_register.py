"""One picture of a shoe laid over another: known shifts and turns are found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.closeup.register import (
    COLUMNS,
    ROWS,
    Grid,
    Patch,
    Pose,
    likeness,
    placed,
    register,
    relit,
    tone_of,
)
from formcheck.closeup.shoe.look import COMPARED
from tests.closeup.painted import SOLE_PX, paint

FLAT = Pose(np.array([130.0, 130.0]), 0.0)


def painted_shoe(sole_px=SOLE_PX) -> Patch:
    grid = Grid(sole_px, COMPARED)
    seen, bare = (paint(FLAT, sole_px=sole_px, shoe=shoe) for shoe in (True, False))
    image, behind = (picture.sample(placed(grid.points, FLAT)) for picture in (seen, bare))
    return Patch(grid, image, (np.abs(image - behind).max(axis=-1) > 20).astype(float))


def moved(x: float, y: float, turn_deg: float) -> Pose:
    return Pose(FLAT.xy_px + np.array([x, y]), np.radians(turn_deg))


@given(st.floats(-6, 6), st.floats(-6, 6), st.floats(-8, 8))
@settings(max_examples=25, deadline=None)
def test_finds_shift_and_turn(x, y, turn_deg):
    true = moved(x, y, turn_deg)
    found, alike = register(painted_shoe(), paint(true), FLAT)
    assert found.xy_px == pytest.approx(true.xy_px, abs=0.25)
    assert np.degrees(found.turn) == pytest.approx(turn_deg, abs=0.4)
    assert alike > 0.95


def test_nothing_moved_nothing_found():
    found, alike = register(painted_shoe(), paint(FLAT), FLAT)
    assert found.xy_px == pytest.approx(FLAT.xy_px, abs=1e-3)
    assert found.turn == pytest.approx(0.0, abs=1e-4)
    assert alike == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("gain", [0.6, 1.5])
def test_light_does_not_matter(gain):
    true = moved(3.0, -2.0, 4.0)
    found, alike = register(painted_shoe(), paint(true, gain=gain), FLAT)
    assert found.xy_px == pytest.approx(true.xy_px, abs=0.3)
    assert alike > 0.95


def test_a_shoe_that_faces_left():
    sole_px = np.array([-60.0, 4.0])
    true = moved(-4.0, 3.0, -5.0)
    found, _ = register(painted_shoe(sole_px), paint(true, sole_px=sole_px), FLAT)
    assert found.xy_px == pytest.approx(true.xy_px, abs=0.25)
    assert np.degrees(found.turn) == pytest.approx(-5.0, abs=0.4)


def test_without_a_shoe_nothing_is_alike():
    _, alike = register(painted_shoe(), paint(FLAT, shoe=False), FLAT)
    assert alike < 0.5


def test_gradient_is_that_of_the_moved_picture():
    grid, step = Grid(SOLE_PX, COMPARED), 0.5
    colours = paint(FLAT).sample(placed(grid.points, FLAT))
    for axis, pose in enumerate((moved(step, 0, 0), moved(0, step, 0), moved(0, 0, 0.5))):
        back = Pose(2 * FLAT.xy_px - pose.xy_px, -pose.turn)
        ahead, behind = (paint(FLAT).sample(placed(grid.points, one)) for one in (pose, back))
        expected = (ahead - behind) / (2 * step if axis < 2 else np.radians(1.0))
        off = grid.gradient(colours)[..., axis] - expected
        assert np.abs(off).mean() < 0.15 * np.abs(expected).mean()


def test_relit_has_the_moments_of_the_other():
    rng = np.random.default_rng(3)
    one, like = (rng.uniform(*ends, (500, 3)).astype(np.float32) for ends in ((0, 90), (50, 200)))
    weight = rng.uniform(0.1, 1, 500)
    weight /= weight.sum()
    lit = relit(one, tone_of(like, weight), weight)
    assert weight @ lit == pytest.approx(weight @ like, rel=1e-4)
    spreads = [np.sum(weight @ (colours - weight @ colours) ** 2) for colours in (lit, like)]
    assert spreads[0] == pytest.approx(spreads[1], rel=1e-3)


def test_likeness_is_one_for_the_same_and_minus_one_for_the_negative():
    shoe = painted_shoe()
    assert likeness(shoe, 0.5 * shoe.colours + 20) == pytest.approx(1.0, abs=1e-4)
    assert likeness(shoe, 255 - shoe.colours) == pytest.approx(-1.0, abs=1e-4)


def test_grid_lies_above_and_below_the_sole():
    for sole_px in (SOLE_PX, -SOLE_PX):
        points = placed(Grid(sole_px, COMPARED).points, FLAT).reshape(ROWS, COLUMNS, 2)
        assert points[0, :, 1].min() > FLAT.xy_px[1]  # first row below it: y runs down
        assert points[-1, :, 1].max() < FLAT.xy_px[1]
        along = (points[0, -1] - points[0, 0]) @ sole_px
        assert along > 0
