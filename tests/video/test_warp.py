"""The fast crop from planes against a slow obvious one from the whole RGB picture."""

from __future__ import annotations

import av
import numpy as np
import pytest

from formcheck.video.frame import Frame
from formcheck.video.geometry import placement
from tests.video.clips import picture

SIZE = (640, 360)


def stored(pix_fmt: str, colorspace: int = 1, color_range: int = 1, size=SIZE) -> Frame:
    """Return a frame of that format, converted by swscale."""
    whole = av.VideoFrame.from_ndarray(smooth(size), format="rgb24")
    frame = whole.reformat(format=pix_fmt, dst_colorspace=colorspace, dst_color_range=color_range)
    frame.colorspace, frame.color_range = colorspace, color_range
    return Frame(0, 0.0, frame, placement(size))


def smooth(size=SIZE):
    image = picture(5, *size)
    image[:16] = image[16]
    return image


def slow_warp(rgb, matrix, size, samples):
    """Average `samples`^2 bilinear samples over each crop pixel, one pixel at a time."""
    offsets = (np.arange(samples) + 0.5) / samples
    crop = np.zeros((size, size, 3))
    for row in range(size):
        for column in range(size):
            for dy in offsets:
                for dx in offsets:
                    crop[row, column] += bilinear(rgb, *(matrix @ (column + dx, row + dy, 1)))
    return crop / samples**2


def bilinear(rgb, x, y):
    left, top = int(np.floor(x - 0.5)), int(np.floor(y - 0.5))
    fx, fy = x - 0.5 - left, y - 0.5 - top
    weights = ((1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy)
    corners = ((left, top), (left + 1, top), (left, top + 1), (left + 1, top + 1))
    return sum(w * pixel(rgb, *corner) for w, corner in zip(weights, corners, strict=True))


def pixel(rgb, column, row):
    inside = 0 <= column < rgb.shape[1] and 0 <= row < rgb.shape[0]
    return rgb[row, column].astype(float) if inside else np.zeros(3)


def similarity(scale, turn_deg, x, y):
    turn = np.deg2rad(turn_deg)
    a, b = scale * np.cos(turn), scale * np.sin(turn)
    return np.array([[a, -b, x], [b, a, y]])


FORMATS = [
    ("yuv420p", 1, 1),
    ("yuv420p", 6, 1),
    ("yuv420p", 9, 1),
    ("yuvj420p", 6, 2),
    ("yuv422p", 1, 1),
    ("yuv444p", 1, 2),
    ("yuv420p10le", 1, 1),
    ("yuv420p10le", 9, 2),
    ("yuv422p10le", 1, 1),
    ("yuv444p12le", 9, 1),
    ("yuva420p", 1, 1),
    ("nv12", 1, 1),
    ("rgb24", 1, 1),
    ("gray", 1, 2),
]


@pytest.mark.parametrize(("pix_fmt", "colorspace", "color_range"), FORMATS)
def test_colours_of_every_format(pix_fmt, colorspace, color_range):
    frame = stored(pix_fmt, colorspace, color_range)
    crop = frame.warp(np.array([[1.0, 0, 200], [0, 1.0, 100]]), 128).astype(int)
    wanted = smooth()[100:228, 200:328].astype(int)
    if pix_fmt == "gray":
        assert np.ptp(crop, axis=2).max() <= 1
        return
    assert np.abs(crop - wanted).mean() < 2
    assert np.abs(frame.rgb().astype(int) - smooth()).mean() < 2.5


@pytest.mark.parametrize("transfer", [16, 18])
def test_high_dynamic_range_is_read_as_it_is(transfer):
    """PQ and HLG, as phones film by default: same codes, same RGB, no tone mapping, no error."""
    plain, wide = stored("yuv420p10le", 9), stored("yuv420p10le", 9)
    wide._picture.color_trc, wide._picture.color_primaries = transfer, 9
    np.testing.assert_array_equal(plain.rgb(), wide.rgb())
    matrix = similarity(1.0, 0, 200, 100)
    np.testing.assert_array_equal(plain.warp(matrix, 64), wide.warp(matrix, 64))


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv420p10le", "yuv444p"])
@pytest.mark.parametrize("turn_deg", [0, 23, -110])
@pytest.mark.parametrize(("scale", "samples"), [(0.6, 1), (1.0, 1), (2.0, 2), (4.7, 5), (7.3, 8)])
def test_like_the_slow_twin(pix_fmt, turn_deg, scale, samples):
    frame = stored(pix_fmt)
    matrix = similarity(scale, turn_deg, 330, 190)
    size = 36 // samples
    fast = frame.warp(matrix, size).astype(float)
    slow = slow_warp(frame.rgb(), matrix, size, samples)
    seen = slow_warp(np.full_like(frame.rgb(), 255), matrix, size, samples).min(axis=2) > 254
    assert seen.any()
    assert np.abs(fast - slow)[seen].mean() < 2.5  # swscale's whole picture is 1 to 2 too dark
    assert np.abs(fast - slow)[seen].max() < 12


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv420p10le", "rgb24"])
@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_outside_is_black(pix_fmt, scale):
    frame = stored(pix_fmt)
    beside = frame.warp(similarity(scale, 0, -40 * scale, 0), 32)
    assert beside.max() <= 1
    across = frame.warp(similarity(scale, 0, -16 * scale, 0), 32)
    assert across[:, :14].max() <= 1
    assert across[:, 18:].mean() > 60
    far = frame.warp(similarity(scale, 30, 9e5, -9e5), 32)
    assert far.max() <= 1


def test_position_is_true_to_a_hundredth_of_a_pixel():
    """The middle of a blob stays where the map puts it, at any scale: no half-pixel slips."""
    y, x = np.mgrid[:360, :640] + 0.5
    blob = np.exp(-((x - 300.3) ** 2 + (y - 170.8) ** 2) / (2 * 12**2))
    image = np.repeat((20 + 215 * blob)[..., None], 3, axis=2).astype(np.uint8)
    picture_ = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv444p")
    frame = Frame(0, 0.0, picture_, placement(SIZE))
    for scale in (0.5, 1.0, 1.7, 2.0, 3.4, 5.1):
        size = int(240 / scale)
        matrix = similarity(scale, 0, 180, 50)
        crop = frame.warp(matrix, size)[..., 1].astype(float)
        weight = np.clip(crop - 40, 0, None)
        rows, columns = np.mgrid[:size, :size] + 0.5
        middle = [(weight * axis).sum() / weight.sum() for axis in (columns, rows)]
        np.testing.assert_allclose(matrix @ (*middle, 1), (300.3, 170.8), atol=0.06)


@pytest.mark.parametrize(("pix_fmt", "left"), [("yuv420p", 0.5), ("yuvj420p", 1.0)])
def test_chroma_lies_where_luma_does(pix_fmt, left):
    """Video samples chroma on the left luma column of a pair, JPEG between the two."""

    def blob(x, y):
        spread = (x - 300.3) ** 2 + (y - 170.8) ** 2
        return np.round(128 + 40 * np.exp(-spread / (2 * 12**2))).astype(np.uint8)

    rows, columns = np.mgrid[:360, :640]
    half_rows, half_columns = np.mgrid[:180, :320]
    chroma = blob(2 * half_columns + left, 2 * half_rows + 1)
    stored_ = av.VideoFrame(640, 360, pix_fmt)
    for plane, codes in zip(
        stored_.planes, (blob(columns + 0.5, rows + 0.5), chroma, chroma), strict=True
    ):
        padded = np.zeros((plane.height, plane.line_size), np.uint8)
        padded[:, : plane.width] = codes
        plane.update(padded.tobytes())
    stored_.color_range = 2 if pix_fmt == "yuvj420p" else 1
    crop = Frame(0, 0.0, stored_, placement(SIZE)).warp(similarity(1.0, 0, 180, 50), 240)
    for channel in (0, 2):  # in green, luma and chroma cancel here
        change = crop[..., channel].astype(float) - crop[0, 0, channel]
        change[change < 4] = 0
        middle = [(change * axis).sum() / change.sum() for axis in np.mgrid[:240, :240] + 0.5]
        np.testing.assert_allclose(middle, (120.8, 120.3), atol=0.1)


def test_shrinking_does_not_alias():
    """Stripes finer than the crop's pixels become grey instead of beating."""
    image = np.zeros((2160, 3840, 3), np.uint8)
    image[:, ::2] = 255
    whole = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p")
    frame = Frame(0, 0.0, whole, placement((3840, 2160)))
    for crop in (frame.warp(similarity(8.3, 0, 300, 20), 256), frame.scaled_rgb(256)):
        assert crop.std() < 10  # 7 or 8 white stripes of 15
        assert 118 < crop.mean() < 138
