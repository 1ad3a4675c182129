"""Small clips for a service that replays stored tracks: no network runs, everything else does."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from formcheck.pose import save_track
from tests.synthetic import Camera, film, frame_times, make_runner
from tests.synthetic.camera import Stand
from tests.video.clips import record

WIDTH, HEIGHT = 320, 240
FOCAL_PX = 400.0
SECONDS, RATE_HZ = 3.0, 60.0


def runner_clip(path: Path, tracks: Path, *, stand: Stand = "left", **spec: Any) -> Path:
    """Write a clip of a synthetic runner, and its exact track under the clip's hash.

    The pictures show a grey wall whose shade depends on the runner, so that clips differ.
    """
    runner = make_runner(seconds=SECONDS, **spec)
    camera = Camera(stand, focal_px=FOCAL_PX, width_px=WIDTH, height_px=HEIGHT)
    times_s = frame_times(RATE_HZ, SECONDS)
    shade = int(hashlib.sha256(path.name.encode()).digest()[0])
    wall = np.full((HEIGHT, WIDTH, 3), shade, np.uint8)
    wall[::8] = 255 - shade
    record(path, list(times_s), draw=lambda number: np.roll(wall, number // 4, axis=0))
    save_track(film(runner, camera, times_s), tracks / f"{sha256_of(path)}.npz")
    return path


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
