"""Ink: look at the pixels."""

import numpy as np
import pytest

from formcheck.annotate.ink import Painter
from formcheck.annotate.lettering import coverage, lettered, over, plate, text_width, tinted
from formcheck.annotate.shapes import (
    CYAN,
    INK,
    WHITE,
    YELLOW,
    Box,
    Label,
    Panel,
    Pen,
    Strokes,
    TextLook,
    label_of,
    moved,
)
from formcheck.annotate.stamps import codes_of, lay, stamp_of, text_stamp
from formcheck.video.canvas import blank_canvas, canvas_from_rgb

GREY = 126
SIZE = (100, 60)


def grey_canvas(width=SIZE[0], height=SIZE[1]):
    canvas = blank_canvas(width, height)
    for plane, code in zip(canvas.planes, (GREY, 128, 128), strict=True):
        plane[:] = code
    return canvas


def stroke(*points, pen, opacity=None):
    return Strokes(np.array(points, float)[None, None], pen, opacity)


def painted(*shapes, frame=0):
    canvas = grey_canvas()
    Painter(shapes, SIZE).draw(canvas.planes, frame)
    return canvas


def rgb_at(canvas, x, y):
    return canvas.rgb()[y, x].astype(int)


@pytest.mark.parametrize("color", [CYAN, YELLOW, WHITE, INK])
def test_a_line_has_its_pens_colour(color):
    canvas = painted(stroke((10, 30), (90, 30), pen=Pen(color, 8)))
    assert np.abs(rgb_at(canvas, 50, 30) - color).max() <= 3
    assert np.abs(rgb_at(canvas, 50, 10) - rgb_at(canvas, 50, 50)).max() == 0


def test_a_line_lies_where_it_should_to_a_fraction_of_a_pixel():
    for y in (30.0, 30.25, 30.5, 31.0):
        canvas = painted(stroke((10, y), (90, y), pen=Pen(WHITE, 4)))
        ink = canvas.planes[0][:, 50].astype(float) - GREY
        centre = (ink * (np.arange(SIZE[1]) + 0.5)).sum() / ink.sum()
        assert centre == pytest.approx(y, abs=0.2)


def test_chroma_lies_under_luma():
    canvas = painted(stroke((50, 4), (50, 56), pen=Pen(CYAN, 8)))
    luma = np.abs(canvas.planes[0][30].astype(float) - GREY)
    chroma = np.abs(canvas.planes[1][15].astype(float) - 128)
    centre_luma = (luma * (np.arange(100) + 0.5)).sum() / luma.sum()
    centre_chroma = (chroma * (2 * np.arange(50) + 1)).sum() / chroma.sum()
    assert centre_chroma == pytest.approx(centre_luma, abs=0.6)


def test_the_rim_is_dark_on_both_sides():
    canvas = painted(stroke((10, 30), (90, 30), pen=Pen(WHITE, 4, rim_px=3)))
    column = canvas.planes[0][:, 50].astype(int)
    bright = np.flatnonzero(column > 200)
    dark = np.flatnonzero(column < 60)
    assert dark.min() < bright.min()
    assert dark.max() > bright.max()


def test_equal_points_make_a_dot():
    canvas = painted(stroke((50, 30), (50, 30), pen=Pen(WHITE, 10)))
    ink = canvas.planes[0] > 180
    rows, columns = np.nonzero(ink)
    assert 50 < ink.sum() < 120
    assert rows.mean() + 0.5 == pytest.approx(30, abs=0.6)
    assert columns.mean() + 0.5 == pytest.approx(50, abs=0.6)


def test_a_line_with_an_unknown_point_is_not_drawn():
    canvas = painted(stroke((10, 30), (50, np.nan), (90, 30), pen=Pen(WHITE, 8)))
    assert (canvas.planes[0] == GREY).all()


def test_opacity_mixes_with_what_is_beneath():
    def ink(opacity):
        line = stroke((10, 30), (90, 30), pen=Pen(CYAN, 8), opacity=np.array((opacity,)))
        planes = painted(line).planes
        return np.array([plane[30 // (2 if i else 1), 25] for i, plane in enumerate(planes)], float)

    nothing, half, full = ink(0.0), ink(0.5), ink(1.0)
    np.testing.assert_array_equal(nothing, (GREY, 128, 128))
    np.testing.assert_allclose(half, 0.5 * (nothing + full), atol=1)


@pytest.mark.parametrize("opacity", [1.0, 0.5])
def test_lines_beyond_the_picture_are_clipped(opacity):
    shapes = [
        stroke((-1e9, 30), (50, 30), pen=Pen(WHITE, 4), opacity=np.array((opacity,))),
        stroke((-500, -500), (-400, -400), pen=Pen(WHITE, 4), opacity=np.array((opacity,))),
        stroke((500, 500), (600, 600), pen=Pen(WHITE, 4), opacity=np.array((opacity,))),
    ]
    luma = painted(*shapes).planes[0]
    assert luma[30, 2] > GREY + 30
    assert (luma[:20] == GREY).all()


def test_each_frame_shows_its_own():
    points = np.array((((10.0, 30.0), (40.0, 30.0)), ((60.0, 30.0), (90.0, 30.0))))[:, None]
    strokes = Strokes(points, Pen(WHITE, 4))
    first, second = (painted(strokes, frame=i).planes[0][30] > 200 for i in (0, 1))
    assert first[20:30].all()
    assert not first[60:90].any()
    assert second[65:85].all()


def test_what_is_not_drawn_on_stays_exactly_as_it_was():
    rng = np.random.default_rng(3)
    rgb = rng.integers(0, 255, (60, 100, 3), np.uint8)
    canvas, same = canvas_from_rgb(rgb), canvas_from_rgb(rgb)
    Painter([stroke((10, 10), (30, 10), pen=Pen(WHITE, 4, 2))], SIZE).draw(canvas.planes, 0)
    for plane, before in zip(canvas.planes, same.planes, strict=True):
        half = plane.shape[0] // 2
        np.testing.assert_array_equal(plane[half:], before[half:])


# ------------------------------------------------------------------------------------ stamps


def test_a_stamp_has_its_colour_and_mixes_by_its_opacity():
    canvas = grey_canvas()
    lay(canvas.planes, stamp_of(plate(40, 20, 0, 0.5, YELLOW)), 10, 10)
    expected = 0.5 * np.array(YELLOW) + 0.5 * rgb_at(grey_canvas(), 5, 5)
    assert np.abs(rgb_at(canvas, 30, 20) - expected).max() <= 3
    assert canvas.planes[0][5, 5] == GREY


@pytest.mark.parametrize("at", [(-10, -6), (80, 50), (-10, 50), (500, 0), (0, -500)])
def test_a_stamp_is_clipped_at_the_edges(at):
    whole, canvas = grey_canvas(300, 300), grey_canvas()
    stamp = stamp_of(plate(40, 20, 6, 0.8, CYAN))
    lay(canvas.planes, stamp, *at)
    if max(at) < 100 and min(at) > -100:
        lay(whole.planes, stamp, at[0] + 100, at[1] + 100)
    np.testing.assert_array_equal(canvas.planes[0], whole.planes[0][100:160, 100:200])
    np.testing.assert_array_equal(canvas.planes[1], whole.planes[1][50:80, 50:100])


def test_codes_of_grey_have_no_chroma():
    y, u, v = codes_of((128, 128, 128))
    assert (u, v) == pytest.approx((128, 128))
    assert y == pytest.approx(16 + 219 * 128 / 255)


# ------------------------------------------------------------------------------------ labels


def test_a_label_is_moved_inside_its_box():
    look = TextLook(14, WHITE, box=0.6)
    width, height = text_stamp("21 cm", look).size_px
    label = label_of(["21 cm"], np.array((98.0, 2.0)), (0.0, 0.5), look)
    within = Box(4, 4, 80, 56)
    placed = Label(label.texts, label.which, label.anchor_px, label.align, look, None, within)
    changed = painted(placed).planes[0] != GREY
    rows, columns = np.nonzero(changed)
    assert columns.max() < 80
    assert columns.min() >= 80 - width - 1
    assert rows.min() >= 4
    assert rows.max() <= 4 + height


def test_labels_change_and_hide():
    anchors = np.array(((50.0, 30.0), (50.0, 30.0), (np.nan, 30.0)))
    label = label_of(["1", "", "1"], anchors, (0.5, 0.5), TextLook(16))
    changed = [(painted(label, frame=i).planes[0] != GREY).any() for i in range(3)]
    assert changed == [True, False, False]


def test_an_empty_label_draws_nothing():
    label = label_of(["", ""], np.array((50.0, 30.0)), (0.5, 0.5), TextLook(16))
    assert label.texts == ()
    assert (painted(label, frame=1).planes[0] == GREY).all()


def test_alignment_puts_the_right_part_on_the_anchor():
    look = TextLook(14, WHITE, box=1.0)
    for align_x, low, high in ((0.0, 50, 99), (1.0, 0, 50)):
        label = label_of(["7"], np.array((50.0, 30.0)), (align_x, 0.5), look)
        _, columns = np.nonzero(painted(label).planes[0] != GREY)
        assert low <= columns.min() + 1
        assert columns.max() - 1 <= high


def test_moving_turns_lines_and_labels_but_not_panels():
    quarter = np.array(((0.0, -1.0), (1.0, 0.0)))
    line = moved(stroke((1, 0), (2, 0), pen=Pen(WHITE, 1)), quarter)
    label = moved(label_of(["a"], np.array((1.0, 0.0)), (0, 0), TextLook(12)), quarter)
    panel = Panel((3, 4), np.zeros((2, 2, 4)))
    assert isinstance(line, Strokes)
    assert isinstance(label, Label)
    np.testing.assert_allclose(line.points_px[0, 0], ((0, 1), (0, 2)), atol=1e-12)
    np.testing.assert_allclose(label.anchor_px, ((0, 1),), atol=1e-12)
    assert moved(panel, quarter) is panel


# --------------------------------------------------------------------------------- lettering


def test_texts_have_ink_and_grow_with_their_size():
    small, large = coverage("21 cm", 12), coverage("21 cm", 24)
    assert 0 < small.mean() < 0.6
    assert small.max() <= 1
    assert 1.8 < large.shape[1] / small.shape[1] < 2.2
    assert text_width("21 cm", 12) < text_width("121 cm", 12)


@pytest.mark.parametrize("sign", ["°", "%", "–", "−", "/", "R"])
def test_the_font_has_every_sign_that_is_used(sign):
    assert not np.array_equal(coverage(sign, 20), coverage("?", 20))


def test_texts_of_one_size_share_their_height():
    assert coverage("a", 20).shape[0] == coverage("Ljg", 20).shape[0]


def test_a_plate_has_round_corners_and_a_full_middle():
    image = plate(40, 20, 8, 0.5)
    assert image[10, 20, 3] == pytest.approx(0.5)
    assert image[0, 0, 3] == 0
    assert image[0, 20, 3] == pytest.approx(0.5)


def test_letters_stand_out_on_white_and_on_black():
    picture = lettered("8", TextLook(30, WHITE))
    over_white = picture[..., :3] + (1 - picture[..., 3:]) * 255
    assert over_white.min() < 90  # the dark rim
    assert (picture[..., :3].max()) > 240  # the letters


def test_laying_over_is_clipped():
    under = np.zeros((4, 4, 4))
    over(under, tinted(np.ones((3, 3)), (10, 20, 30)), -1, 2)
    expected = np.zeros((4, 4))
    expected[2:, :2] = 1
    np.testing.assert_array_equal(under[..., 3], expected)


def test_boxes_overlap_by_their_common_area():
    assert Box(0, 0, 10, 10).overlap(Box(5, 8, 20, 20)) == 10
    assert Box(0, 0, 10, 10).overlap(Box(10, 0, 20, 20)) == 0
