"""Stored analyses of a synthetic runner whose joints are known at any instant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from formcheck.pipeline import measure_track
from formcheck.report.build import build_report
from formcheck.report.schema import save_report
from formcheck.report.tables import write_frames
from formcheck.types import Analysis, Clip, Provenance, Scene
from tests.synthetic import Camera, SyntheticRunner, film, frame_times, make_runner
from tests.synthetic.camera import Stand

SECONDS = 6.0
MODEL = ("lite", "1" * 64, "none")


@dataclass(frozen=True)
class Stored:
    """A folder as `formcheck analyze` leaves it, and the runner it shows."""

    folder: Path
    runner: SyntheticRunner


Store = Callable[..., Stored]


@dataclass(frozen=True)
class Filming:
    """How a runner is filmed, whether height and belt speed are told, and what the room tells."""

    stand: Stand = "left"
    scale: bool = True
    jitter_s: float = 0.0
    drop_share: float = 0.0
    roll_deg: float = 0.0
    room: bool = False


@cache
def analysed(filming: Filming) -> tuple[SyntheticRunner, Analysis]:
    runner = make_runner(seed=3, seconds=SECONDS + 2)
    t_s = frame_times(
        60.0, SECONDS, jitter_s=filming.jitter_s, drop_share=filming.drop_share, seed=1
    )
    camera = Camera(stand=filming.stand, roll_deg=filming.roll_deg, lens_height_m=0.9)
    said = runner.as_user_input
    if not filming.scale:
        said = replace(said, height_m=None, belt_speed_mps=None)
    scene = Scene(filming.roll_deg, 0.2) if filming.room else None
    gait, metrics = measure_track(film(runner, camera, t_s), said, scene=scene)
    clip = Clip("run.mp4", "ab" * 32, 1280, 720, 0, SECONDS, t_s.size, 60.0, to_s=SECONDS)
    return runner, Analysis(clip, said, gait, metrics, (), Provenance("0.1.0", *MODEL))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a function that stores the analysis of a runner filmed in some way."""

    def make(name: str = "run", **how: Any) -> Stored:
        runner, analysis = analysed(Filming(**how))
        folder = tmp_path / "stored" / name
        folder.mkdir(parents=True)
        save_report(build_report(analysis), folder / "report.json")
        write_frames(analysis.gait, folder / "frames.csv")
        return Stored(folder, runner)

    return make
