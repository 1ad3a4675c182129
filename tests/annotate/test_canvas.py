"""Canvases: the picture that is drawn on and written."""

import av
import numpy as np
import pytest

from formcheck.video.canvas import CODING, blank_canvas, canvas_from_rgb, canvas_of
from formcheck.video.colour import coding_of
from formcheck.video.geometry import Placement, placement
from formcheck.video.writer import ClipWriter

TURNS = {
    0: ((1, 0), (0, 1)),
    90: ((0, -1), (1, 0)),
    180: ((-1, 0), (0, -1)),
    270: ((0, 1), (-1, 0)),
}


def smooth_rgb(width=64, height=48):
    x, y = np.meshgrid(np.linspace(20, 230, width), np.linspace(30, 220, height))
    return np.stack((x, y, 255 - x), axis=-1).astype(np.uint8)


def tagged(frame, colorspace, color_range):
    frame.colorspace, frame.color_range = colorspace, color_range
    return frame


def test_a_canvas_says_how_it_is_coded():
    assert coding_of(blank_canvas(16, 16).picture) == CODING


def test_rgb_survives_the_way_there_and_back():
    rgb = smooth_rgb()
    assert np.abs(canvas_from_rgb(rgb).rgb().astype(int) - rgb).max() <= 6


def test_planes_are_views_of_the_picture():
    canvas = blank_canvas(64, 48)
    for plane, code in zip(canvas.planes, (235, 128, 128), strict=True):
        plane[:] = code
    assert (canvas.rgb() == 255).all()


def test_a_frame_that_fits_is_copied_exactly_and_left_alone():
    frame = tagged(
        av.VideoFrame.from_ndarray(smooth_rgb(), "rgb24").reformat(format="yuv420p"), 1, 1
    )
    before = frame.to_ndarray()
    canvas = canvas_of(frame, Placement(64, 48), 64, 48)
    np.testing.assert_array_equal(canvas.planes[0], before[:48])
    canvas.planes[0][:] = 0
    np.testing.assert_array_equal(frame.to_ndarray(), before)


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuvj420p", "yuv420p10le", "yuv422p", "yuv444p"])
def test_every_format_comes_out_in_its_colours(pix_fmt):
    rgb = smooth_rgb()
    full = pix_fmt.startswith("yuvj")
    frame = av.VideoFrame.from_ndarray(rgb, "rgb24").reformat(
        format=pix_fmt, dst_colorspace=1, dst_color_range=2 if full else 1
    )
    canvas = canvas_of(tagged(frame, 1, 2 if full else 1), Placement(64, 48), 64, 48)
    assert np.abs(canvas.rgb().astype(int) - rgb).mean() < 3


def test_standard_definition_colours_are_converted():
    rgb = np.full((48, 64, 3), (20, 200, 60), np.uint8)
    frame = av.VideoFrame.from_ndarray(rgb, "rgb24").reformat(format="yuv420p", dst_colorspace=5)
    right, wrong = (
        np.abs(canvas_of(tagged(frame, tag, 1), Placement(64, 48), 64, 48).rgb() - rgb.astype(int))
        for tag in (5, 1)
    )
    assert right.max() < 8 < 15 < wrong.max()


@pytest.mark.parametrize("angle", TURNS)
def test_turned_frames_come_out_upright(angle):
    rgb = smooth_rgb()
    frame = tagged(av.VideoFrame.from_ndarray(rgb, "rgb24").reformat(format="yuv420p"), 1, 1)
    place = placement((64, 48), TURNS[angle])
    canvas = canvas_of(frame, place, place.width_px, place.height_px)
    plain = canvas_of(frame, Placement(64, 48), 64, 48)
    upright = np.rot90(plain.planes[0], -angle // 90)
    np.testing.assert_array_equal(canvas.planes[0], upright)


def test_large_frames_are_scaled():
    frame = av.VideoFrame.from_ndarray(smooth_rgb(128, 96), "rgb24")
    canvas = canvas_of(frame, Placement(128, 96), 64, 48)
    assert canvas.planes[0].shape == (48, 64)
    assert np.abs(canvas.rgb().astype(int) - smooth_rgb()).mean() < 4


def test_a_canvas_of_the_wrong_size_is_not_written(tmp_path):
    with (
        pytest.raises(ValueError, match="expected 64x48"),
        ClipWriter(tmp_path / "out.mp4", 64, 48, fps_hint=30) as writer,
    ):
        writer.write_canvas(blank_canvas(32, 32), 0.0)
    assert not list(tmp_path.iterdir())
