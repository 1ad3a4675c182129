"""Degraded copies keep true times and change what they say they change."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from benchmarks.degrade import DEGRADATIONS, FILMS, ROLL_DEG, degrade, film

FPS, FRAMES, WIDTH, HEIGHT = 60, 90, 320, 240
BAR = ((160, 60), (160, 180))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A white upright bar on black that slowly brightens."""
    path = tmp_path_factory.mktemp("clip") / "bar.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "10"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for i in range(FRAMES):
            image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
            cv2.line(image, *BAR, (100 + i, 100 + i, 100 + i), 6)
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = i, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return {
        "name": "bar",
        "frame_times": [i / FPS for i in range(FRAMES)],
        "fps": FPS,
        "camera": {"roll_deg": 1.0},
        "image": {"width": WIDTH, "height": HEIGHT},
        "metrics": {"cadence_spm": 170.0},
        "joints2d": {},
    }


def read(path: Path) -> tuple[np.ndarray, list[np.ndarray]]:
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
        times = np.array([frame.time for frame in frames], dtype=float)
        return times, [frame.to_ndarray(format="gray") for frame in frames]


@pytest.mark.parametrize("kind", DEGRADATIONS)
def test_truth_fits_the_copy(clip, truth, tmp_path, kind):
    copy = degrade(clip, truth, kind, tmp_path)
    stored = json.loads(copy.with_suffix(".json").read_text(encoding="utf-8"))
    times, images = read(copy)
    np.testing.assert_allclose(times - times[0], stored["frame_times"], atol=1e-4)
    assert stored["frames"] == len(images)
    assert images[0].shape == (stored["image"]["height"], stored["image"]["width"])
    assert stored["metrics"] == truth["metrics"]
    assert stored["degradation"] == kind
    assert "joints2d" not in stored


def test_thinned_copy_shows_the_frames_of_its_times(clip, truth, tmp_path):
    times, images = read(degrade(clip, truth, "30fps", tmp_path))
    np.testing.assert_allclose(np.diff(times), 1 / 30, atol=1e-4)
    brightness = [image[100:140, 159:162].mean() for image in images]
    frames = (np.array(brightness) - brightness[0]) / (brightness[-1] - brightness[0])
    np.testing.assert_allclose(frames, np.linspace(0, 1, len(images)), atol=0.05)


def test_uneven_and_dropped_copies_have_uneven_times(clip, truth, tmp_path):
    for kind in ("variable_rate", "dropped_frames"):
        times, _ = read(degrade(clip, truth, kind, tmp_path))
        steps = np.unique(np.round(np.diff(times) * FPS))
        assert steps.size > 1
        assert len(times) < FRAMES


def test_rolled_copy_turns_the_bar_clockwise_and_says_so(clip, truth, tmp_path):
    copy = degrade(clip, truth, "roll", tmp_path)
    _, images = read(copy)
    rows, columns = np.nonzero(images[0] > 60)
    slope = np.polyfit(rows, columns, 1)[0]
    assert np.degrees(np.arctan(-slope)) == pytest.approx(ROLL_DEG, abs=0.5)
    stored = json.loads(copy.with_suffix(".json").read_text(encoding="utf-8"))
    assert stored["camera"]["roll_deg"] == pytest.approx(1.0 + ROLL_DEG)


def test_hand_held_copy_moves_and_blurred_copy_is_softer(clip, truth, tmp_path):
    _, swayed = read(degrade(clip, truth, "hand_held", tmp_path))
    columns = [np.average(np.arange(WIDTH), weights=image.sum(axis=0) + 1e-9) for image in swayed]
    assert np.ptp(columns) > 1.0
    _, sharp = read(clip)
    _, soft = read(degrade(clip, truth, "blur", tmp_path))
    assert soft[0][:, 150:156].max() > sharp[0][:, 150:156].max()


def test_small_copy_has_480_lines(clip, truth, tmp_path):
    _, images = read(degrade(clip, truth, "480p", tmp_path))
    assert min(images[0].shape) == 480


@pytest.mark.parametrize("kind", FILMS)
def test_every_film_is_made_with_the_runner_s_truth_beside_it(clip, truth, tmp_path, kind):
    copy = film(clip, truth, kind, tmp_path)
    told = json.loads(copy.with_suffix(".json").read_text(encoding="utf-8"))
    times, frames = read(copy)
    assert told["metrics"] == truth["metrics"]
    assert told["degradation"] == kind
    assert np.allclose(told["frame_times"], times, atol=1e-3)
    assert told["image"] == {"width": frames[0].shape[1], "height": frames[0].shape[0]}


def test_films_play_otherwise(clip, truth, tmp_path):
    times, frames = read(film(clip, truth, "slower_125", tmp_path))
    assert np.diff(times) == pytest.approx(1.25 / FPS, abs=1e-3)
    _, backward = read(film(clip, truth, "backward", tmp_path))
    assert backward[0].max() > backward[-1].max() + 40
    _, narrow = read(film(clip, truth, "squeezed", tmp_path))
    assert narrow[0].shape == (HEIGHT, 0.75 * WIDTH)
    assert len(frames) == FRAMES
