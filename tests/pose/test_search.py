"""Finding people: tiles, anchors, and the detector on pictures."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.pose.models import find_model
from formcheck.pose.network import Network
from formcheck.pose.search import anchors, distinct, find_people, same_person, tiles_of
from tests.pose.pictures import NAMES, frame_of, on_canvas, picture

HIPS = {"side": (228, 240), "rear": (240, 250)}
RADIUS = {"side": 200, "rear": 215}


@pytest.fixture(scope="module")
def detector():
    return Network(find_model("detector"), "cpu")


@given(st.integers(64, 4096), st.integers(64, 4096), st.integers(0, 2))
def test_tiles_cover_the_frame_and_stay_inside(width, height, finest):
    tiles = tiles_of(width, height, finest)
    assert tiles[0] == pytest.approx((width / 2, height / 2, max(width, height), 0))
    for level in range(finest):
        side = min(width, height) / 2**level
        layer = tiles[np.isclose(tiles[:, 2], side)]
        for axis, extent in enumerate((width, height)):
            starts = np.unique(layer[:, axis]) - side / 2
            assert starts.min() == pytest.approx(0, abs=1e-6)
            assert starts.max() == pytest.approx(extent - side, abs=1e-6)
            assert np.all(np.diff(starts) <= side / 2 + 1e-6)


def test_anchors_are_laid_out_as_the_detector_expects():
    points = anchors()
    assert points.shape == (2254, 2)
    assert points[0] == pytest.approx((0.5 / 28, 0.5 / 28))
    assert points[2] == pytest.approx((1.5 / 28, 0.5 / 28))
    assert points[2 * 28 * 28] == pytest.approx((0.5 / 14, 0.5 / 14))
    assert points[-1] == pytest.approx((6.5 / 7, 6.5 / 7))


@pytest.mark.parametrize("name", NAMES)
def test_a_runner_is_found_with_hips_and_size(detector, name):
    found = find_people(frame_of(picture(name)), detector, 0.5, finest=0)
    assert len(found) == 1
    assert np.hypot(*(found[0, :2] - HIPS[name])) < 25
    assert found[0, 2] == pytest.approx(2.5 * RADIUS[name], rel=0.15)
    assert abs(found[0, 3]) < 0.25


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (720, 1280)])
def test_a_runner_of_a_quarter_of_the_height_is_found(detector, name, width, height):
    scale = height / 4 / (2 * RADIUS[name])
    left, top = int(0.4 * width), int(0.55 * height)
    canvas = on_canvas(picture(name), scale, width, height, left, top)
    found = find_people(frame_of(canvas), detector, 0.2, finest=2)
    hips = np.array((left, top)) + scale * np.array(HIPS[name])
    off = np.hypot(*(found[:, :2] - hips).T)
    best = found[off.argmin()]
    assert off.min() < 0.15 * height / 4
    assert best[2] == pytest.approx(2.5 * RADIUS[name] * scale, rel=0.25)


def test_nobody_is_found_in_an_empty_room(detector):
    room = cv2.GaussianBlur(picture("side"), (0, 0), 40).astype(np.uint8)
    assert len(find_people(frame_of(room), detector, 0.5)) == 0


def test_one_body_seen_twice_is_one_person():
    first = np.array((100.0, 100.0, 200.0, 0.0))
    again = first + np.array((15, -10, 20, 0.1))
    beside = first + np.array((90, 0, 0, 0))
    child = np.array((100.0, 100.0, 80.0, 0.0))
    assert same_person(first, again)
    assert not same_person(first, beside)
    assert not same_person(first, child)
    kept = distinct(np.array((first, again, beside, child)))
    assert np.array_equal(kept, np.array((first, beside, child)))
    assert np.array_equal(distinct(np.array((again, child)), known=first[None]), child[None])
    assert distinct(np.empty((0, 4))).shape == (0, 4)
