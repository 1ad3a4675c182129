"""What holds for every codec and container that cameras write."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from av.video.frame import VideoFrame

from formcheck.video import ClipInfo, ClipReader, Frame, probe
from formcheck.video.geometry import Placement
from tests.video.clips import HEIGHT, WIDTH, Recipe, number_of, picture, psnr, record, steady

RATE_HZ = 30000 / 1001
FRAMES = 40
B_FRAMES = (("bf", "2"), ("g", "12"))
RECIPES = (
    (Recipe("libx264", options=B_FRAMES), "h264"),
    (Recipe("libx264", suffix=".mov"), "h264"),
    (Recipe("libx264", suffix=".mkv", options=B_FRAMES), "h264"),
    (Recipe("libx264", "yuv422p10le", ".mov"), "h264"),
    (Recipe("libx264", "yuvj420p", ".mp4"), "h264"),
    (Recipe("libx264", "yuv444p", ".mp4"), "h264"),
    (Recipe("libx265", suffix=".mov"), "hevc"),
    (Recipe("libx265", "yuv420p10le", ".mp4"), "hevc"),
    (Recipe("libvpx-vp9", suffix=".webm"), "vp9"),
    (Recipe("libvpx-vp9", suffix=".mkv"), "vp9"),
    (Recipe("libsvtav1", suffix=".mp4"), "av1"),
    (Recipe("libsvtav1", "yuv420p10le", ".webm"), "av1"),
    (Recipe("mjpeg", "yuvj422p", ".mov", (("qscale", "2"),)), "mjpeg"),
    (Recipe("qtrle", "rgb24", ".mov"), "qtrle"),
)
Case = tuple[Recipe, str, Path, ClipInfo]


@pytest.fixture(scope="module", params=RECIPES, ids=lambda pair: pair[0].name)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    recipe, codec = request.param
    path = tmp_path_factory.mktemp("clip") / f"clip{recipe.suffix}"
    record(path, steady(FRAMES, RATE_HZ), recipe)
    return recipe, codec, path, probe(path)


def tick_s(recipe: Recipe) -> float:
    return 1e-3 if recipe.suffix in (".mkv", ".webm") else 1 / 90_000


def test_facts(case: Case):
    recipe, codec, path, info = case
    assert (info.width_px, info.height_px, info.rotation_deg) == (WIDTH, HEIGHT, 0)
    assert (info.codec, info.name, info.path) == (codec, path.name, path)
    assert info.frames == FRAMES
    assert info.frame_rate_hz == RATE_HZ
    assert info.duration_s == pytest.approx(FRAMES / RATE_HZ, abs=2 * tick_s(recipe))
    assert not info.variable_frame_rate
    assert info.slow_motion_hint == 1.0
    assert not info.has_audio
    assert info.notes == ()


def test_every_frame_comes_in_order_at_its_time(case: Case):
    recipe, _, _, info = case
    with ClipReader(info) as clip:
        seen = [(frame.index, frame.t_s, number_of(frame.rgb())) for frame in clip]
    indices, times, numbers = zip(*seen, strict=True)
    assert indices == numbers == tuple(range(FRAMES))
    np.testing.assert_allclose(times, steady(FRAMES, RATE_HZ), atol=tick_s(recipe))
    assert times[0] == 0.0
    assert clip.notes == ()


def test_a_part_keeps_the_files_numbers_and_times(case: Case):
    _, _, path, info = case
    with ClipReader(path, 0.5, 0.8) as clip:
        part = [(frame.index, frame.t_s, number_of(frame.rgb())) for frame in clip]
    inside = [i for i, t in enumerate(info.frame_times_s) if 0.5 <= t < 0.8]
    assert part == [(i, info.frame_times_s[i], i) for i in inside]


def test_colours_survive(case: Case):
    with ClipReader(case[3]) as clip:
        for frame in clip:
            drawn, read = picture(frame.index), frame.rgb()
            assert psnr(drawn, read) > 25
            bias = (read.astype(float) - drawn).mean(axis=(0, 1))
            np.testing.assert_allclose(bias, 0, atol=3)


def test_whole_picture_is_the_callers_own(case: Case):
    with ClipReader(case[3]) as clip:
        frame = next(iter(clip))
        first = frame.rgb()
        kept = first.copy()
        first[:] = 7
        np.testing.assert_array_equal(frame.rgb(), kept)
        assert kept.flags.c_contiguous


def test_warp_is_a_crop_of_the_whole_picture(case: Case):
    matrix = np.array([[1.0, 0, 40], [0, 1.0, 30]])
    with ClipReader(case[3]) as clip:
        for frame in clip:
            crop, whole = frame.warp(matrix, 64), frame.rgb()[30:94, 40:104]
            assert crop.shape == (64, 64, 3)
            assert np.abs(crop.astype(int) - whole).mean() < 2.5
            assert np.abs(crop.astype(int) - whole).max() < 20


def test_scaled_picture(case: Case):
    with ClipReader(case[3]) as clip:
        frame = next(iter(clip))
        small = frame.scaled_rgb(WIDTH // 2)
        whole = frame.rgb().astype(float)
        assert small.shape == (HEIGHT // 2, WIDTH // 2, 3)
        blocks = whole.reshape(HEIGHT // 2, 2, WIDTH // 2, 2, 3).mean(axis=(1, 3))
        assert np.abs(small - blocks).mean() < 2.5
        assert frame.scaled_rgb(10 * WIDTH).shape == (HEIGHT, WIDTH, 3)


def test_thumbnail_is_grey(case: Case):
    with ClipReader(case[3]) as clip:
        frame = next(iter(clip))
        small, whole = frame.thumbnail(WIDTH // 8), frame.rgb().astype(float)
    weights = (0.0, 1.0, 0.0) if case[1] == "qtrle" else (0.299, 0.587, 0.114)  # green, or luma
    blocks = (whole @ weights).reshape(HEIGHT // 8, 8, WIDTH // 8, 8).mean(axis=(1, 3))
    assert small.shape == blocks.shape
    assert np.abs(small - blocks).mean() < 3


def test_thumbnails_have_one_size_though_pictures_change_theirs():
    place = Placement(1280, 720)
    shapes = {
        Frame(0, 0.0, VideoFrame(*size, "yuv420p"), place).thumbnail(32).shape
        for size in ((1280, 720), (640, 480), (16, 16))
    }
    assert shapes == {(18, 32)}


def test_reading_again_gives_the_same(case: Case):
    with ClipReader(case[3]) as clip:
        first = [(frame.t_s, frame.rgb()) for frame in clip]
        again = [(frame.t_s, frame.rgb()) for frame in clip]
    for (t_s, rgb), (t_again_s, rgb_again) in zip(first, again, strict=True):
        assert t_s == t_again_s
        np.testing.assert_array_equal(rgb, rgb_again)
