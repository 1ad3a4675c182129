"""Written clips: true times, colours, browser-ready layout, and nothing half-done on disk."""

from __future__ import annotations

import shutil

import av
import numpy as np
import pytest

from formcheck.errors import FormcheckError, UsageError
from formcheck.video import ClipReader, ClipWriter, probe
from tests.video.clips import HEIGHT, TICK, WIDTH, number_of, picture, psnr, steady


def write(path, times, fps_hint=30.0, last_s=None, size=(WIDTH, HEIGHT), **options):
    with ClipWriter(path, *size, fps_hint=fps_hint, **options) as out:
        for number, t_s in enumerate(times):
            out.write(picture(number, *size), t_s, last_s)
    return path


VARIABLE = [0.0, *np.cumsum(np.array([0.033, 0.017, 0.041, 0.2, 0.009])[np.arange(60) % 5])]


@pytest.mark.parametrize(
    "times",
    [
        steady(50),
        steady(50, 30000 / 1001),
        steady(50, 60000 / 1001),
        steady(200, 240.0),
        steady(3, 5.0),
        VARIABLE,
    ],
    ids=["30", "29.97", "59.94", "240", "5", "variable"],
)
def test_times_and_duration_survive(tmp_path, times):
    info = probe(write(tmp_path / "out.mp4", times, last_s=0.05))
    np.testing.assert_allclose(info.frame_times_s, times, atol=float(TICK) * 0.51)
    with av.open(str(info.path)) as container:
        stream = container.streams.video[0]
        assert stream.time_base == TICK
        assert stream.start_time == 0
        assert float((stream.duration or 0) * TICK) == pytest.approx(
            times[-1] + 0.05, abs=float(TICK)
        )
        assert (container.duration or 0) / 1e6 == pytest.approx(
            times[-1] + 0.05, abs=2 * float(TICK)
        )
    with ClipReader(info) as clip:
        assert [number_of(frame.rgb()) for frame in clip] == [n % 256 for n in range(len(times))]


def test_times_count_from_the_first_frame(tmp_path):
    info = probe(write(tmp_path / "out.mp4", [t + 7.25 for t in steady(10)]))
    np.testing.assert_allclose(info.frame_times_s, steady(10), atol=1e-5)


def test_the_last_frame_lasts_one_usual_interval(tmp_path):
    info = probe(write(tmp_path / "out.mp4", steady(10, 25.0), fps_hint=25.0))
    assert info.duration_s == pytest.approx(0.4)


def test_made_for_browsers(tmp_path):
    path = write(tmp_path / "out.mp4", steady(30))
    data = path.read_bytes()
    assert data.index(b"ftyp") < data.index(b"moov") < data.index(b"mdat")
    with av.open(str(path)) as container:
        assert len(container.streams) == 1
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        assert "Baseline" in str(context.profile)
        tags = (context.color_range, context.colorspace, context.color_primaries, context.color_trc)
        assert tags == (1, 1, 1, 1)


def test_nothing_about_the_place_or_device_is_in_it(tmp_path):
    with av.open(str(write(tmp_path / "out.mp4", steady(5)))) as container:
        allowed = {"major_brand", "minor_version", "compatible_brands", "encoder"}
        assert set(container.metadata) <= allowed


def test_colours_survive(tmp_path):
    with ClipReader(write(tmp_path / "out.mp4", steady(20))) as clip:
        for frame in clip:
            assert psnr(frame.rgb(), picture(frame.index)) > 27
            bias = (frame.rgb().astype(float) - picture(frame.index)).mean(axis=(0, 1))
            np.testing.assert_allclose(bias, 0, atol=3)


def test_copying_a_copy_does_not_drift(tmp_path):
    """Decode, write, decode: what was not drawn on keeps its colour and its place."""
    first = write(tmp_path / "first.mp4", steady(10))
    with (
        ClipReader(first) as clip,
        ClipWriter(tmp_path / "second.mp4", WIDTH, HEIGHT, fps_hint=30) as out,
    ):
        for frame in clip:
            out.write(frame.rgb(), frame.t_s)
    with ClipReader(first) as one, ClipReader(out.path) as two:
        for before, after in zip(one, two, strict=True):
            assert before.t_s == after.t_s
            assert psnr(before.rgb(), after.rgb()) > 34


def test_large_pictures_are_scaled_down(tmp_path):
    def size(given, **options):
        path = tmp_path / "out.mp4"
        with ClipWriter(path, *given, fps_hint=30, **options) as out:
            out.write(np.zeros((given[1], given[0], 3), np.uint8), 0.0)
        info = probe(path)
        assert (out.width_px, out.height_px) == (info.width_px, info.height_px)
        return info.width_px, info.height_px

    assert size((3840, 2160)) == (1920, 1080)
    assert size((2160, 3840)) == (1080, 1920)
    assert size((1080, 1920)) == (1080, 1920)
    assert size((640, 360), max_side_px=320) == (320, 180)
    assert size((161, 99)) == (160, 98)


def test_a_picture_that_is_a_view_can_be_written(tmp_path):
    with ClipWriter(tmp_path / "out.mp4", WIDTH, HEIGHT, fps_hint=30) as out:
        out.write(np.ascontiguousarray(picture(9)[:, ::-1])[:, ::-1], 0.0)
    with ClipReader(out.path) as clip:
        assert number_of(next(iter(clip)).rgb()) == 9


def test_the_clip_appears_only_when_it_is_complete(tmp_path):
    path = tmp_path / "out.mp4"
    path.write_bytes(b"the last one")
    with ClipWriter(path, WIDTH, HEIGHT, fps_hint=30) as out:
        for number in range(5):
            out.write(picture(number), number / 30)
        assert path.read_bytes() == b"the last one"
    assert probe(path).frames == 5
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.mp4"]


def write_until_stopped(path):
    with ClipWriter(path, WIDTH, HEIGHT, fps_hint=30) as out:
        out.write(picture(0), 0.0)
        raise KeyboardInterrupt


def test_an_exception_leaves_nothing_behind(tmp_path):
    path = tmp_path / "out.mp4"
    path.write_bytes(b"the last one")
    with pytest.raises(KeyboardInterrupt):
        write_until_stopped(path)
    assert path.read_bytes() == b"the last one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.mp4"]


def test_no_frame_no_clip(tmp_path):
    with (
        pytest.raises(ValueError, match="no frame"),
        ClipWriter(tmp_path / "out.mp4", WIDTH, HEIGHT, fps_hint=30),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("t_s", [0.0, -1.0, 1e-6])
def test_time_must_go_on(tmp_path, t_s):
    with pytest.raises(ValueError, match="does not come after"):
        write(tmp_path / "out.mp4", [0.0, t_s])
    assert list(tmp_path.iterdir()) == []


def test_another_size_is_refused(tmp_path):
    with (
        pytest.raises(ValueError, match="expected uint8"),
        ClipWriter(tmp_path / "out.mp4", WIDTH, HEIGHT, fps_hint=30) as out,
    ):
        out.write(picture(0, WIDTH, HEIGHT + 2), 0.0)


@pytest.mark.parametrize(
    ("size", "fps_hint"), [((1, 100), 30), ((100, 0), 30), ((100, 100), 0), ((100, 100), -5)]
)
def test_impossible_options(tmp_path, size, fps_hint):
    with pytest.raises(UsageError):
        ClipWriter(tmp_path / "out.mp4", *size, fps_hint=fps_hint)


def test_a_missing_folder(tmp_path):
    with pytest.raises(UsageError, match="does not exist"):
        ClipWriter(tmp_path / "none" / "out.mp4", WIDTH, HEIGHT, fps_hint=30)


def test_a_path_that_cannot_be_written(tmp_path):
    (tmp_path / "out.mp4").mkdir()
    with pytest.raises(FormcheckError) as caught:
        write(tmp_path / "out.mp4", steady(5))
    assert caught.value.code == "cannot_write"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.mp4"]


def test_a_folder_that_vanishes_while_writing(tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    out = ClipWriter(folder / "out.mp4", WIDTH, HEIGHT, fps_hint=30)
    out.write(picture(0), 0.0)
    shutil.rmtree(folder)
    with pytest.raises(FormcheckError, match="could not be written") as caught:
        out.close()
    assert caught.value.code == "cannot_write"


def test_the_same_frames_make_the_same_file(tmp_path):
    first = write(tmp_path / "first.mp4", steady(30))
    second = write(tmp_path / "second.mp4", steady(30))
    assert first.read_bytes() == second.read_bytes()
