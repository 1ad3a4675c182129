"""Rotation, mirrors, pixel shapes, odd sizes: the picture is upright and nothing is shifted."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from formcheck.video import ClipReader, probe
from formcheck.video.geometry import compose, index_matrix, placement, turn_of
from tests.video.clips import HEIGHT, WIDTH, Recipe, number_of, picture, psnr, record, steady

# How an upright picture is stored so that the display matrix of that clockwise turn rights it.
STORED = {
    0: lambda image: image,
    90: lambda image: np.rot90(image, 1),
    180: lambda image: np.rot90(image, 2),
    270: lambda image: np.rot90(image, 3),
}


def turned_clip(path, turn_deg, mirrored=False):
    def draw(number):
        shown = picture(number)[:, ::-1] if mirrored else picture(number)
        return np.ascontiguousarray(STORED[turn_deg](shown))

    def prepare(container, stream):
        stream.set_display_rotation(-turn_deg, hflip=mirrored)

    return record(path, steady(6), draw=draw, prepare=prepare)


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
def test_rotation_is_applied(tmp_path, turn_deg, suffix):
    info = probe(turned_clip(tmp_path / f"turned.{suffix}", turn_deg))
    assert info.rotation_deg == turn_deg
    assert (info.width_px, info.height_px) == (WIDTH, HEIGHT)
    with ClipReader(info) as clip:
        for frame in clip:
            assert number_of(frame.rgb()) == frame.index
            assert number_of(frame.scaled_rgb(WIDTH)) == frame.index
            assert psnr(frame.rgb(), picture(frame.index)) > 28


@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
def test_mirrored_pictures_are_righted(tmp_path, turn_deg):
    with ClipReader(turned_clip(tmp_path / "mirrored.mp4", turn_deg, mirrored=True)) as clip:
        frame = next(iter(clip))
        assert psnr(frame.rgb(), picture(0)) > 28


@pytest.mark.parametrize("said_deg", [90, 180, 270])
@pytest.mark.parametrize("stored_deg", [0, 90])
def test_a_turn_that_the_user_asks_for_comes_after_the_files_own(tmp_path, stored_deg, said_deg):
    def draw(number):
        lying = STORED[said_deg](picture(number))
        return np.ascontiguousarray(STORED[stored_deg](lying))

    def prepare(container, stream):
        stream.set_display_rotation(-stored_deg)

    info = probe(record(tmp_path / "lying.mp4", steady(3), draw=draw, prepare=prepare))
    turned = info.turned(said_deg)
    assert (turned.width_px, turned.height_px) == (WIDTH, HEIGHT)
    assert turned.rotation_deg == (stored_deg + said_deg) % 360
    with ClipReader(turned) as clip:
        for frame in clip:
            assert psnr(frame.rgb(), picture(frame.index)) > 28
    assert info.turned(360).place == info.place


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
def test_rotation_is_folded_into_the_warp(tmp_path, turn_deg, mirrored):
    matrix = np.array([[1.0, 0, 50], [0, 1.0, 40]])
    with ClipReader(turned_clip(tmp_path / "turned.mp4", turn_deg, mirrored)) as clip:
        frame = next(iter(clip))
        crop, whole = frame.warp(matrix, 64), frame.rgb()[40:104, 50:114]
        assert np.abs(crop.astype(int) - whole).mean() < 2.5


@pytest.mark.parametrize(
    ("aspect", "shown"),
    [
        (Fraction(4, 3), (256, HEIGHT)),
        (Fraction(2, 3), (WIDTH, 192)),
        (Fraction(1), (WIDTH, HEIGHT)),
    ],
)
def test_pixels_become_square(tmp_path, aspect, shown):
    def prepare(container, stream):
        stream.codec_context.sample_aspect_ratio = aspect

    info = probe(record(tmp_path / "wide.mp4", steady(4), prepare=prepare))
    assert (info.width_px, info.height_px) == shown
    with ClipReader(info) as clip:
        rgb = next(iter(clip)).rgb()
        crop = next(iter(clip)).warp(np.array([[1.0, 0, 60], [0, 1.0, 50]]), 64)
    assert rgb.shape == (shown[1], shown[0], 3)
    assert np.abs(crop.astype(int) - rgb[50:114, 60:124]).mean() < 2.5


@pytest.mark.parametrize("size", [(190, 127), (161, 130), (163, 99)])
def test_odd_sizes(tmp_path, size):
    recipe = Recipe("libx264", "yuv444p")
    path = record(tmp_path / "odd.mp4", steady(3), recipe, draw=lambda n: picture(n, *size))
    with ClipReader(path) as clip:
        frame = next(iter(clip))
        assert frame.rgb().shape == (size[1], size[0], 3)
        assert frame.rgb().flags.c_contiguous
        assert psnr(frame.rgb(), picture(0, *size)) > 28
        whole = frame.warp(np.eye(2, 3), 256)[: size[1], : size[0]]
        assert np.abs(whole.astype(int) - frame.rgb()).mean() < 2.5


def test_the_moving_picture_is_taken_not_the_cover(tmp_path):
    path = tmp_path / "covered.mp4"
    with av.open(str(path), "w") as container:
        cover = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 512, 512, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        still = av.VideoFrame.from_ndarray(np.zeros((512, 512, 3), np.uint8))
        container.mux(cover.encode(still))
        for number in range(10):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(number))))
        container.mux(stream.encode(None))
        container.mux(cover.encode(None))
    with ClipReader(path) as clip:
        assert [number_of(frame.rgb()) for frame in clip] == list(range(10))


def test_interlaced_is_reported(tmp_path):
    recipe = Recipe(options=(("flags", "+ildct+ilme"), ("x264-params", "tff=1")))
    info = probe(record(tmp_path / "fields.mp4", steady(10), recipe))
    assert [note.code for note in info.notes] == ["interlaced"]


def test_a_display_matrix_that_is_nonsense_is_ignored():
    assert turn_of(None) == turn_of(bytes(36)) == turn_of(b"short") == ((1, 0), (0, 1))


@pytest.mark.parametrize("degrees", [-40, 50, 130, 220])
def test_a_slanted_display_matrix_turns_to_the_nearest_quarter(degrees):
    slant = np.deg2rad(degrees)
    values = np.array([np.cos(slant), np.sin(slant), 0, -np.sin(slant), np.cos(slant), 0, 0, 0, 1])
    turn = turn_of((values * 65536).astype(np.int32).tobytes())
    assert placement((4, 2), turn).rotation_deg == round(degrees / 90) * 90 % 360


def test_maps_compose_and_shift():
    first = np.array([[2.0, 0.5, 3], [-0.5, 2.0, 7]])
    second = np.array([[0.0, 1.0, -2], [1.0, 0.0, 5]])
    point = np.array([4.0, 9.0])
    through = second[:, :2] @ (first[:, :2] @ point + first[:, 2]) + second[:, 2]
    np.testing.assert_allclose(compose(second, first) @ (*point, 1), through)
    centre = first @ (4.5, 9.5, 1)
    np.testing.assert_allclose(index_matrix(first) @ (4, 9, 1), centre - 0.5)
