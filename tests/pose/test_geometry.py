import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.pose.geometry import crop_matrix, regions_from_circles, to_frame
from tests.pose.make_references import REGIONS, bilinear_crop
from tests.pose.pictures import NAMES, frame_of, picture, stored

coordinate = st.floats(-2000, 2000)
region = st.tuples(coordinate, coordinate, st.floats(10, 4000), st.floats(-3, 3)).map(np.array)


def test_an_upright_body_gives_an_upright_square_two_and_a_half_times_the_radius():
    found = regions_from_circles(np.array((100.0, 200.0)), np.array((100.0, 80.0)))
    assert found == pytest.approx((100, 200, 300, 0))


@pytest.mark.parametrize(("lean", "turn"), [((30, -30), np.pi / 4), ((-30, -30), -np.pi / 4)])
def test_a_lean_to_the_right_turns_the_square_clockwise(lean, turn):
    centre = np.array((50.0, 50.0))
    assert regions_from_circles(centre, centre + lean)[3] == pytest.approx(turn)


@given(region, st.sampled_from([64, 256]))
def test_the_body_axis_stands_upright_in_the_crop(place, size):
    matrix = crop_matrix(place, size)
    middle, above = to_frame(
        np.array([[(size / 2, size / 2), (size / 2, 0.1 * size)]]), matrix[None]
    )[0]
    assert middle == pytest.approx(place[:2], abs=1e-6)
    # 0.4 of the crop above its middle is the rim of the body's circle
    again = regions_from_circles(middle, above)
    assert again == pytest.approx(place, abs=1e-6)


@given(region, st.floats(0.5, 2))
def test_scale_widens_the_crop_about_its_middle(place, scale):
    corners = np.array([[(0.0, 0.0), (256.0, 256.0)]])
    plain = to_frame(corners, crop_matrix(place, 256)[None])[0]
    wide = to_frame(corners, crop_matrix(place, 256, scale=scale)[None])[0]
    assert wide - place[:2] == pytest.approx(scale * (plain - place[:2]), abs=1e-6)


def test_networks_for_upright_boxes_get_no_turn():
    matrix = crop_matrix(np.array((10.0, 20.0, 100.0, 0.7)), 100, turned=False)
    assert matrix == pytest.approx(np.array(((1, 0, -40), (0, 1, -30))))


@pytest.mark.parametrize("name", NAMES)
def test_a_crop_equals_the_stored_one(name):
    """The stored crop was sampled by SciPy on a grid written down on its own."""
    frame, region = frame_of(picture(name)), np.array(REGIONS[name])

    def off(*shift_px: float) -> float:
        moved = region + np.array((*shift_px, 0, 0))
        crop = frame.warp(crop_matrix(moved, 256), 256)
        return float(np.abs(crop.astype(int) - stored("crops")[name].astype(int)).mean())

    assert off(0, 0) < 0.7  # OpenCV rounds positions to 1/32 of a pixel, colours to whole numbers
    for shift in ((0.25, 0), (-0.25, 0), (0, 0.25), (0, -0.25)):
        assert off(*shift) > off(0, 0) + 0.1


def test_the_stored_crops_are_what_their_script_makes():
    for name in NAMES:
        made = bilinear_crop(picture(name), REGIONS[name], 256)
        assert np.array_equal(made, stored("crops")[name])
