"""From picture to body frame and the slow drift that is taken out."""

from __future__ import annotations

import numpy as np
import pytest

from formcheck.gait.body import drift, to_body, trunk_length
from formcheck.landmarks import mid_hip
from formcheck.types import View
from tests.gait.exact import filmed

RIGHT = View("side", "right", "right", 1.0)
LEFT = View("side", "left", "left", 1.0)
REAR = View("rear", None, None, 1.0)
FRONT = View("front", None, None, 1.0)


@pytest.mark.parametrize(("view", "sign"), [(RIGHT, 1), (LEFT, -1), (REAR, 1), (FRONT, -1)])
def test_axes(view, sign):
    """x points forward, from behind to the runner's right; y points up."""
    body = to_body(np.array([10.0, 4.0]), view, unit_per_px=0.5)
    np.testing.assert_allclose(body, [sign * 5.0, -2.0])


@pytest.mark.parametrize("view", [RIGHT, LEFT, REAR, FRONT])
@pytest.mark.parametrize("roll_deg", [-20.0, 3.0])
def test_roll_is_taken_out(view, roll_deg):
    level = np.array([[100.0, -40.0], [3.0, 900.0], [np.nan, 1.0]])
    cos, sin = np.cos(np.radians(roll_deg)), np.sin(np.radians(roll_deg))
    # Clockwise on a screen with y down: x turns towards y.
    turned = level @ np.array([[cos, sin], [-sin, cos]])
    np.testing.assert_allclose(to_body(turned, view, roll_deg), to_body(level, view), atol=1e-9)


def test_a_rolled_camera_shows_the_trunk_of_a_level_one():
    runner, _, level = filmed("left", 60.0, 2.0, noise_px=0.0, distance_m=400.0, focal_px=140000.0)
    rolled = filmed(
        "left", 60.0, 2.0, noise_px=0.0, distance_m=400.0, focal_px=140000.0, roll_deg=5.0
    )[2]
    a = to_body(level.xy_px - level.xy_px.mean((0, 1)), LEFT)
    b = to_body(rolled.xy_px - rolled.xy_px.mean((0, 1)), LEFT, 5.0)
    np.testing.assert_allclose(a, b, atol=0.2)
    assert trunk_length(level.xy_px) == pytest.approx(runner.body.trunk * 350.0, rel=0.02)


def test_drift_holds_the_wander_and_not_the_bounce():
    runner, _, track = filmed("left", 60.0, 8.0, noise_px=0.5, drift_cm=4.0)
    slow = drift(track, 120 / runner.spec.cadence_spm)
    assert np.ptp(slow[:, 0]) > 10  # 4 cm to either side, at 350 pixels a metre
    assert np.ptp(slow[60:-60, 1]) < 3
    stays = mid_hip(track.xy_px) - slow
    assert np.ptp(stays[:, 1]) > 0.9 * 350 * 0.0741
    assert np.isfinite(slow).all()
