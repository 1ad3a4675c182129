"""The belt's direction by its edges beside the feet: drawn lines with a known meeting point."""

from __future__ import annotations

import numpy as np
import pytest

from formcheck.types import Floats
from formcheck.video.belt_edges import Standing, belt_aside
from formcheck.video.vanishing import FOCAL

AT = Standing(x=0.28, hips_y=0.47, feet_y=0.75)
# Where edges begin near the camera, in longer sides, and how long they are seen.
STARTS = (-0.16, -0.13, 0.14, 0.17)


def edges(yaw_deg: float, horizon_y: float = 0.45, starts: tuple[float, ...] = STARTS) -> Floats:
    """Return lines on the floor that meet at the horizon, the belt's direction off by `yaw_deg`."""
    far = np.array([AT.x + FOCAL * np.tan(np.radians(yaw_deg)), horizon_y])
    near = np.array([(AT.x + x, 0.92) for x in starts])
    return np.column_stack([near, near + 0.55 * (far - near)])


def clutter(count: int = 60, seed: int = 2) -> Floats:
    """Return lines of a room: uprights, level ones and slanting ones, all over the picture."""
    rng = np.random.default_rng(seed)
    start, turn = rng.uniform(0.0, (0.56, 1.0), (count, 2)), rng.uniform(0, np.pi, count)
    along = rng.uniform(0.05, 0.2, count)[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    return np.column_stack([start, start + along])


@pytest.mark.parametrize("yaw_deg", [-8.0, -3.0, 0.0, 5.4, 8.0])
@pytest.mark.parametrize("horizon_y", [0.35, 0.45, 0.55])
def test_direction_is_found(yaw_deg, horizon_y):
    found = belt_aside(edges(yaw_deg, horizon_y), AT)
    assert found is not None
    assert found[0] == pytest.approx(yaw_deg, abs=0.05)
    assert 0.3 < found[1] < 2.5


@pytest.mark.parametrize("seed", range(4))
def test_a_room_full_of_lines_does_not_matter(seed):
    found = belt_aside(np.concatenate([clutter(seed=seed), edges(5.0)]), AT)
    assert found is not None
    assert found[0] == pytest.approx(5.0, abs=0.6)


@pytest.mark.parametrize("upside", [False, True])
def test_which_end_of_a_line_comes_first_does_not_matter(upside):
    ends = edges(4.0)
    found = belt_aside(ends[:, [2, 3, 0, 1]] if upside else ends, AT)
    assert found == belt_aside(ends, AT)


@pytest.mark.parametrize(
    "ends",
    [
        np.empty((0, 4)),
        edges(2.0, starts=(0.14, 0.17)),
        np.array([[0.1, 0.9, 0.1, 0.5], [0.4, 0.9, 0.4, 0.5]]),
        np.array([[0.0, 0.8, 0.5, 0.8], [0.1, 0.5, 0.5, 0.5]]),
    ],
    ids=["nothing", "one side", "uprights", "level lines"],
)
def test_lines_that_do_not_tell(ends):
    assert belt_aside(ends, AT) is None
