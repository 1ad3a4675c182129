"""Files that are no usual video: animated pictures, raw streams, joined pieces, odd shapes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np
import pytest
from av.video.stream import VideoStream

from formcheck.errors import ClipError, NoRunnerError, UsageError
from formcheck.pipeline import Options, analyze
from formcheck.video import ClipReader, probe, webp
from tests.cli.run import one_sentence
from tests.e2e.clips import moving_pattern, write
from tests.video.clips import number_of, picture, record, steady

UNEVEN_MS = (30, 40, 70, 30, 100, 50, 40, 60)


def animated(path: Path) -> Path:
    """Write an animated picture whose frames tell their numbers, at uneven times."""
    animation = cv2.Animation()
    animation.frames = [np.ascontiguousarray(picture(n)[..., ::-1]) for n in range(len(UNEVEN_MS))]
    animation.durations = list(UNEVEN_MS)
    assert cv2.imwriteanimation(str(path), animation)
    return path


@pytest.mark.parametrize("suffix", ["gif", "webp"])
def test_animated_pictures_have_their_own_times(tmp_path, suffix):
    info = probe(animated(tmp_path / f"run.{suffix}"))
    starts_s = np.cumsum([0, *UNEVEN_MS[:-1]]) / 1000
    np.testing.assert_allclose(info.frame_times_s, starts_s, atol=1e-9)
    with ClipReader(info) as clip:
        assert [number_of(frame.rgb()) for frame in clip] == list(range(len(UNEVEN_MS)))
        assert not clip.notes


def test_a_still_webp_is_none(tmp_path):
    assert cv2.imwrite(str(tmp_path / "still.webp"), picture(0))
    with pytest.raises(ClipError, match="still picture") as caught:
        probe(tmp_path / "still.webp")
    assert one_sentence(str(caught.value))


def test_damaged_and_huge_animations(tmp_path, monkeypatch):
    path = animated(tmp_path / "run.webp")
    data = path.read_bytes()
    for length in (13, 30, len(data) // 2):
        path.write_bytes(data[:length])
        with pytest.raises(ClipError) as caught:
            probe(path)
        assert one_sentence(str(caught.value))
    path.write_bytes(data)
    monkeypatch.setattr(webp, "MOST_BYTES", 1000)
    webp._converted.cache_clear()
    with pytest.raises(ClipError, match="too large"):
        probe(path)


@pytest.mark.parametrize("kind", ["h264", "hevc"])
def test_raw_streams_are_even_at_their_own_rate(tmp_path, kind):
    """Sixty a second stand in the stream itself; the container's guess would be 25."""
    codec = {"h264": "libx264", "hevc": "libx265"}[kind]
    path = tmp_path / f"run.{kind}"
    with av.open(str(path), "w", format=kind) as container:
        stream = cast(VideoStream, container.add_stream(codec, rate=60))
        stream.width, stream.height, stream.pix_fmt = 192, 128, "yuv420p"
        if kind == "hevc":
            stream.options = {"x265-params": "log-level=none"}
        for number in range(24):
            frame = av.VideoFrame.from_ndarray(picture(number), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    info = probe(path)
    assert info.frame_rate_hz == pytest.approx(60)
    assert info.frames == 24
    (note,) = info.notes
    assert (note.code, "even at 60 a second" in note.text) == ("times_repaired", True)
    with ClipReader(info) as clip:
        assert [number_of(frame.rgb()) for frame in clip] == list(range(24))


# ------------------------------------------------------------------------ transport streams


def piece(first: int, frames: int, sound: bool) -> bytes:
    """Return a transport stream that counts its time from its own beginning."""
    out = io.BytesIO()
    with av.open(out, "w", format="mpegts") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 192, 128, "yuv420p"
        voice = container.add_stream("aac", rate=48_000) if sound else None
        for number in range(first, first + frames):
            frame = av.VideoFrame.from_ndarray(picture(number), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if voice is not None:
            tone = np.zeros((1, 48_000 * frames // 30), np.float32)
            samples = av.AudioFrame.from_ndarray(tone, format="flt", layout="mono")
            samples.rate = 48_000
            container.mux(voice.encode(samples))
            container.mux(voice.encode(None))
    return out.getvalue()


@pytest.mark.parametrize("sounds", [(False, False, False), (True, True, True), (False, True, True)])
def test_joined_transport_streams_keep_all_their_frames(tmp_path, sounds):
    """Also where sound begins with the second piece, and in parts of the whole."""
    path = tmp_path / "joined.ts"
    path.write_bytes(b"".join(piece(40 * k, 40, sound) for k, sound in enumerate(sounds)))
    info = probe(path)
    assert info.frames == 120
    assert info.frame_rate_hz == pytest.approx(30)
    assert np.diff(info.frame_times_s).max() < 0.06
    assert not info.notes
    with ClipReader(info) as clip:
        assert [number_of(frame.rgb()) for frame in clip] == list(range(120))
        assert not clip.notes
    with ClipReader(info, 2.5, 3.0) as clip:
        numbers = [(frame.index, number_of(frame.rgb())) for frame in clip]
    assert numbers[0][0] in (75, 76)
    assert all(index == number for index, number in numbers)


def test_a_hole_in_a_transport_stream_is_no_new_piece(tmp_path):
    path = record(tmp_path / "hole.ts", [*steady(20, 30.0), *(t + 5.0 for t in steady(20, 30.0))])
    info = probe(path)
    assert np.diff(info.frame_times_s).max() == pytest.approx(4.37, abs=0.1)


# ------------------------------------------------------------------------ shapes and lengths


@pytest.mark.parametrize("size", [(16, 4096), (1024, 128)])
def test_oblong_pictures_are_refused(tmp_path, size):
    path = record(tmp_path / "long.mp4", steady(3), draw=lambda n: picture(n, *size))
    with pytest.raises(ClipError, match="4 times as long") as caught:
        probe(path)
    assert caught.value.code == "too_oblong"
    assert one_sentence(str(caught.value))


def test_pixels_that_make_a_picture_oblong_are_seen(tmp_path):
    def prepare(container, stream):
        stream.codec_context.sample_aspect_ratio = 8

    with pytest.raises(ClipError, match="4 times as long"):
        probe(record(tmp_path / "wide.mp4", steady(3), prepare=prepare))


def test_files_of_too_many_frames_are_refused(tmp_path, monkeypatch):
    path = record(tmp_path / "long.mkv", steady(30))
    monkeypatch.setattr("formcheck.video.container.MOST_FRAMES", 20)
    with pytest.raises(ClipError, match="more than 20 frames") as caught:
        probe(path)
    assert one_sentence(str(caught.value))


def test_parts_that_are_too_long_to_measure_are_refused(tmp_path, monkeypatch):
    path = record(tmp_path / "long.mp4", steady(90, 30.0))
    monkeypatch.setattr("formcheck.part.MOST_FRAMES", 60)
    options = Options(pose="lite")
    with pytest.raises(UsageError, match="--from and --to") as caught:
        analyze(path, options)
    assert one_sentence(str(caught.value))


def test_one_frame_is_too_short(tmp_path):
    with pytest.raises(NoRunnerError) as caught:
        analyze(write(tmp_path / "one.mp4", moving_pattern(1)), Options(pose="lite"))
    assert caught.value.code == "too_short"
