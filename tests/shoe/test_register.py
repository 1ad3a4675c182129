"""One picture of a shoe laid over another: known shifts and turns are found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.shoe.register import (
    COLUMNS,
    ROWS,
    Grid,
    Pose,
    Shoe,
    likeness,
    register,
    relit,
)
from tests.shoe.painted import SOLE_PX, paint

FLAT = Pose(np.array([130.0, 130.0]), 0.0)


def painted_shoe(sole_px=SOLE_PX) -> Shoe:
    grid = Grid(sole_px)
    seen, bare = (paint(FLAT, sole_px=sole_px, shoe=shoe) for shoe in (True, False))
    image, behind = (picture.sample(grid.placed(FLAT)) for picture in (seen, bare))
    return Shoe.of(grid, image, (np.abs(image - behind).max(axis=-1) > 20).astype(float))


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
    shoe, step = painted_shoe(), 0.5
    for axis, pose in enumerate((moved(step, 0, 0), moved(0, step, 0), moved(0, 0, 0.5))):
        back = Pose(2 * FLAT.xy_px - pose.xy_px, -pose.turn)
        ahead, behind = (paint(FLAT).sample(shoe.grid.placed(one)) for one in (pose, back))
        expected = (ahead - behind) / (2 * step if axis < 2 else np.radians(1.0))
        off = (shoe.gradient[..., axis] - expected)[2:-2, 2:-2]
        assert np.abs(off).mean() < 0.15 * np.abs(expected).mean()


def test_relit_has_the_moments_of_the_other():
    rng = np.random.default_rng(3)
    one = rng.uniform(0, 90, (ROWS, COLUMNS, 3)).astype(np.float32)
    like = rng.uniform(50, 200, (ROWS, COLUMNS, 3)).astype(np.float32)
    weight = rng.uniform(0.1, 1, (ROWS, COLUMNS))
    lit = relit(one, like, weight)
    weights = weight / weight.sum()
    for channel in range(3):
        assert np.sum(weights * lit[..., channel]) == pytest.approx(
            np.sum(weights * like[..., channel]), rel=1e-4
        )
    assert likeness(Shoe.of(Grid(SOLE_PX), one, weight), lit) == pytest.approx(1.0, abs=1e-4)


def test_grid_lies_above_and_below_the_sole():
    for sole_px in (SOLE_PX, -SOLE_PX):
        points = Grid(sole_px).placed(FLAT)
        assert points[0, :, 1].min() > FLAT.xy_px[1]  # first row below it: y runs down
        assert points[-1, :, 1].max() < FLAT.xy_px[1]
        along = (points[0, -1] - points[0, 0]) @ sole_px
        assert along > 0
