"""Files that are no clip, or only part of one: one sentence each, never a traceback or a hang."""

from __future__ import annotations

import zipfile
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from formcheck.errors import ClipError
from formcheck.video import ClipReader, probe
from tests.video.clips import (
    HEIGHT,
    WIDTH,
    Recipe,
    number_of,
    packet_bytes,
    picture,
    record,
    steady,
)


def refused(path: Path, capfd: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(ClipError) as caught:
        probe(path)
    assert caught.value.exit_code == 3
    sentence = str(caught.value)
    assert path.name in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert capfd.readouterr() == ("", "")
    return caught.value.code


def test_no_such_file(tmp_path, capfd):
    assert refused(tmp_path / "none.mp4", capfd) == "not_found"


def test_a_folder(tmp_path, capfd):
    assert refused(tmp_path, capfd) == "not_a_video"


def test_empty(tmp_path, capfd):
    (tmp_path / "empty.mp4").touch()
    assert refused(tmp_path / "empty.mp4", capfd) == "empty_file"


@pytest.mark.parametrize("name", ["text.mp4", "noise.mp4", "zeros.mov", "archive.zip", "photo.jpg"])
@pytest.mark.parametrize("wrong_suffix", [False, True])
def test_not_a_video(tmp_path, capfd, name, wrong_suffix):
    path = tmp_path / name
    if name == "text.mp4":
        path.write_text("This is not a video.\n" * 400)
    elif name == "noise.mp4":
        path.write_bytes(np.random.default_rng(3).bytes(50_000))
    elif name == "zeros.mov":
        path.write_bytes(bytes(50_000))
    elif name == "archive.zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("clip.txt", "hello " * 1000)
    else:
        cv2.imwrite(str(path), picture(1))
    if wrong_suffix:
        path = path.rename(path.with_suffix(".mkv"))
    assert refused(path, capfd) == "not_a_video"


@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nclip.mp4\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile clip.mp4\n",
    ],
)
def test_a_playlist_does_not_open_other_files(tmp_path, capfd, text):
    record(tmp_path / "clip.mp4", steady(10))
    (tmp_path / "list.mp4").write_text(text)
    assert refused(tmp_path / "list.mp4", capfd) == "not_a_video"


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [(".m4a", "aac"), (".mp4", "aac"), (".wav", "pcm_s16le"), (".ogg", "libopus")],
)
def test_audio_only(tmp_path, capfd, suffix, codec):
    path = tmp_path / f"sound{suffix}"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=48_000)
        tone = np.sin(np.arange(48_000) / 20)[None].astype(np.float32)
        frame = av.AudioFrame.from_ndarray(tone, format="flt", layout="mono")
        frame.rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert refused(path, capfd) == "audio_only"


def still_clip(path: Path, width: int, height: int) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=30)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuvj420p"
        frame = av.VideoFrame(width, height, "yuvj420p")
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("size", [(8000, 8000), (9000, 64), (64, 8400)])
def test_too_large(tmp_path, capfd, size):
    assert refused(still_clip(tmp_path / "huge.mov", *size), capfd) == "too_large"


def test_the_largest_that_is_allowed(tmp_path):
    info = probe(still_clip(tmp_path / "8k.mov", 8192, 4320))
    assert (info.width_px, info.height_px) == (8192, 4320)


def cut(path: Path, share: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def test_cut_before_the_index(tmp_path, capfd):
    path = record(tmp_path / "cut.mp4", steady(60))  # the index of a plain MP4 lies at its end
    assert refused(cut(path, 0.7), capfd) == "truncated"


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm"])
def test_what_is_left_of_a_cut_clip_is_used(tmp_path, capfd, suffix, share):
    recipe = Recipe("libvpx-vp9" if suffix == ".webm" else "libx264", suffix=suffix)
    options = {"movflags": "faststart"} if suffix in (".mp4", ".mov") else {}
    path = record(tmp_path / f"cut{suffix}", steady(90), recipe, container_options=options)
    info = probe(cut(path, share))
    assert [note.code for note in info.notes] == ["truncated"]
    with ClipReader(info) as clip:
        seen = [(number_of(frame.rgb()), frame.t_s) for frame in clip]
    assert 0 < len(seen) < 90
    assert len(seen) <= info.frames
    numbers, times = zip(*seen, strict=True)
    assert numbers[:-4] == tuple(range(len(seen) - 4))  # the last few were coded out of order
    np.testing.assert_allclose(times, np.array(numbers) / 30, atol=1e-3)
    assert capfd.readouterr() == ("", "")


def test_damage_in_the_middle_is_stepped_over(tmp_path, capfd):
    path = record(tmp_path / "hit.mp4", steady(90), Recipe(options=(("g", "10"), ("bf", "0"))))
    start, end = packet_bytes(path)[30]
    data = bytearray(path.read_bytes())
    data[start + 5 : end] = b"\x55" * (end - start - 5)
    path.write_bytes(data)
    with ClipReader(path) as clip:
        seen = [(frame.index, frame.t_s) for frame in clip]
    indices, times = zip(*seen, strict=True)
    assert indices[:30] == tuple(range(30))
    assert indices[-1] == 89
    np.testing.assert_allclose(times, np.array(steady(90))[list(indices)], atol=1e-5)
    assert (len(seen) < 90) == ("damaged_frames" in [note.code for note in clip.notes])
    assert capfd.readouterr() == ("", "")


def test_only_damage(tmp_path, capfd):
    path = record(tmp_path / "all.mp4", steady(30))
    data = bytearray(path.read_bytes())
    for start, end in packet_bytes(path):
        data[start:end] = bytes(end - start)
    path.write_bytes(data)
    assert refused(path, capfd) == "undecodable"


def times_or_none(path: Path) -> list[float]:
    try:
        with ClipReader(path) as clip:
            return [frame.t_s for frame in clip]
    except ClipError:
        return []


def test_random_damage_never_escapes(tmp_path, capfd):
    """Whatever bytes are hit: a ClipError or increasing times, nothing else."""
    rng = np.random.default_rng(11)
    good = record(tmp_path / "good.mp4", steady(24)).read_bytes()
    path = tmp_path / "hit.mp4"
    for _ in range(60):
        data = np.frombuffer(good, np.uint8).copy()
        hits = rng.integers(0, data.size, rng.integers(1, 30))
        data[hits] = rng.integers(0, 256, hits.size)
        path.write_bytes(data.tobytes())
        assert np.all(np.diff(times_or_none(path)) > 0)
    assert capfd.readouterr() == ("", "")


def test_a_still_in_a_clip_is_one_frame(tmp_path):
    info = probe(still_clip(tmp_path / "still.mov", WIDTH, HEIGHT))
    assert info.frames == 1
