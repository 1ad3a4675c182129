"""Hiding the face."""

import numpy as np
import pytest

from formcheck.annotate.blur import blur_circle, head_circles
from formcheck.landmarks import N_LANDMARKS, Landmark
from formcheck.video.canvas import canvas_from_rgb
from tests.annotate.make import analysis_of

EARS = [Landmark.LEFT_EAR, Landmark.RIGHT_EAR]
HEAD = [Landmark.NOSE, *EARS]


def noisy_canvas(seed=0):
    rng = np.random.default_rng(seed)
    return canvas_from_rgb(rng.integers(0, 255, (120, 160, 3), np.uint8))


def inside(plane, x, y, radius):
    rows, columns = np.indices(plane.shape)
    return np.hypot(columns + 0.5 - x, rows + 0.5 - y) < radius


def detail(plane, mask):
    """Mean difference of neighbours within a mask."""
    across = np.abs(np.diff(plane.astype(float), axis=1))
    return across[mask[:, 1:] & mask[:, :-1]].mean()


def test_detail_is_gone_in_every_plane():
    canvas = noisy_canvas()
    before = [plane.copy() for plane in canvas.planes]
    blur_circle(canvas.planes, np.array((80.0, 60.0, 40.0)))
    for i, plane in enumerate(canvas.planes):
        k = 0.5 if i else 1.0
        mask = inside(plane, 80 * k, 60 * k, 38 * k)
        assert detail(plane, mask) < 0.08 * detail(before[i], mask)


def test_little_of_the_face_can_be_told_from_what_is_left():
    """Two different faces become almost the same picture."""
    faces = []
    for seed in (1, 2):
        canvas = noisy_canvas(seed)
        blur_circle(canvas.planes, np.array((80.0, 60.0, 40.0)))
        faces.append(canvas.planes[0][40:80, 60:100].astype(float))
    assert np.abs(faces[0] - faces[1]).mean() < 12
    assert np.linalg.matrix_rank(faces[0] - faces[0].mean(), tol=40) <= 5


def test_outside_the_circle_nothing_changes():
    canvas = noisy_canvas()
    before = canvas.planes[0].copy()
    blur_circle(canvas.planes, np.array((80.0, 60.0, 40.0)))
    outside = ~inside(before, 80, 60, 42)
    np.testing.assert_array_equal(canvas.planes[0][outside], before[outside])


@pytest.mark.parametrize("circle", [(0, 0, 30), (159, 119, 30), (-500, 60, 30), (80, 60, 0.2)])
def test_heads_at_the_edge_are_clipped(circle):
    canvas = noisy_canvas()
    blur_circle(canvas.planes, np.array(circle, float))
    assert canvas.planes[0].shape == (120, 160)


def test_an_unknown_head_is_left_alone():
    canvas, same = noisy_canvas(), noisy_canvas()
    blur_circle(canvas.planes, np.array((np.nan, 60.0, 30.0)))
    np.testing.assert_array_equal(canvas.planes[0], same.planes[0])


@pytest.mark.parametrize("stand", ["left", "right", "rear", "front"])
def test_the_circle_covers_nose_and_ears(stand):
    xy = analysis_of(stand).gait.track.xy_px
    x, y, radius = head_circles(xy).T
    for point in HEAD:
        distance = np.hypot(xy[:, point, 0] - x, xy[:, point, 1] - y)
        assert (distance < 0.75 * radius).all()
    hip_y = xy[:, Landmark.LEFT_HIP, 1]
    assert (y + radius < hip_y).all()


@pytest.mark.parametrize("missing", [EARS, [Landmark.LEFT_EAR], [Landmark.NOSE], HEAD])
def test_the_circle_stays_on_the_head_when_points_are_missing(missing):
    xy = analysis_of().gait.track.xy_px
    some = xy.copy()
    some[:, missing] = np.nan
    circles = head_circles(some)
    centre = xy[:, HEAD].mean(axis=1)
    distance = np.hypot(*(circles[:, :2] - centre).T)
    assert np.isfinite(circles).all()
    assert (distance < 0.6 * circles[:, 2]).all()


def test_no_frame_is_left_open():
    xy = analysis_of().gait.track.xy_px.copy()
    whole = head_circles(xy)
    xy[:5] = np.nan
    xy[20:40] = np.nan
    xy[-3:] = np.nan
    circles = head_circles(xy)
    assert np.isfinite(circles).all()
    np.testing.assert_allclose(circles[:5, :2], np.broadcast_to(whole[5, :2], (5, 2)))
    assert np.abs(circles[:, 2] / whole[:, 2] - 1).max() < 0.1


def test_nobody_has_no_head():
    assert np.isnan(head_circles(np.full((4, N_LANDMARKS, 2), np.nan))).all()
