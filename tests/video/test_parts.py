"""Parts of frames: what is cut from them is what the whole frame gives, or they say they cannot."""

from __future__ import annotations

import numpy as np
import pytest
from av.video.frame import VideoFrame

from formcheck.video import Frame
from formcheck.video.geometry import placement

WIDTH, HEIGHT = 242, 180
TURNS = {0: ((1, 0), (0, 1)), 90: ((0, -1), (1, 0)), 180: ((-1, 0), (0, -1))}


def noisy(turn_deg: int, form: str = "yuv420p") -> Frame:
    rgb = np.random.default_rng(3).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    picture = VideoFrame.from_ndarray(rgb, "rgb24").reformat(format=form)
    return Frame(7, 0.25, picture, placement((WIDTH, HEIGHT), TURNS[turn_deg]))


def crop(scale: float, left: float, top: float) -> np.ndarray:
    return np.array(((scale, 0.0, left), (0.0, scale, top)))


@pytest.mark.parametrize("turn_deg", TURNS)
@pytest.mark.parametrize("form", ["yuv420p", "yuv422p10le", "yuvj444p"])
@pytest.mark.parametrize("scale", [0.7, 1.0, 1.9, 2.6])
def test_what_is_covered_is_the_same_to_the_byte(turn_deg, form, scale):
    frame = noisy(turn_deg, form)
    part = frame.part(np.array((31.0, 22.5)), np.array((frame.width_px + 5.0, 170.0)))
    assert part is not None
    assert (part.index, part.t_s) == (7, 0.25)
    covered = 0
    for left in range(-8, frame.width_px, 13):
        for top in range(-8, 160, 13):
            matrix = crop(scale, left + 0.3, top + 0.6)
            if part.covers(matrix, 10):
                covered += 1
                np.testing.assert_array_equal(part.frame().warp(matrix, 10), frame.warp(matrix, 10))
    assert covered
    assert not part.covers(crop(scale, 28.0, 40.0), 10)


def test_a_part_at_the_edge_covers_what_lies_beyond_it():
    frame = noisy(0)
    part = frame.part(np.array((-50.0, -50.0)), np.array((70.0, 70.0)))
    assert part is not None
    matrix = crop(1.0, -12.0, -15.0)
    assert part.covers(matrix, 30)
    np.testing.assert_array_equal(part.frame().warp(matrix, 30), frame.warp(matrix, 30))
    assert part.picture_bytes == 70 * 70 * 3 // 2


def test_there_is_no_part_outside_and_of_packed_pictures():
    frame = noisy(0)
    assert frame.part(np.array((250.0, 10.0)), np.array((300.0, 40.0))) is None
    assert noisy(0, "rgb24").part(np.array((0.0, 0.0)), np.array((40.0, 40.0))) is None
