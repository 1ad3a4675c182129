"""Synthetic runners, filmed and measured: their landmarks are joints, as their convention says."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import numpy as np

from formcheck.gait.model import Closeups, build_gait
from formcheck.landmarks import Side
from formcheck.metrics import measure_gait
from formcheck.types import Floats, Gait, Metric, PoseTrack, Runner, Scene, ViewKind
from tests.synthetic import Camera, SyntheticRunner, film, frame_times, make_runner, with_noise
from tests.synthetic import events as true_events
from tests.synthetic import metrics as true_metrics
from tests.synthetic.truth import Events

NOISE_PX = 1.0
"""About a pose network's scatter from frame to frame on a runner 600 pixels high."""

CAMERA_FIELDS = {field.name for field in fields(Camera)}


@dataclass(frozen=True, eq=False)
class Take:
    """A synthetic runner as filmed and measured."""

    runner: SyntheticRunner
    camera: Camera
    track: PoseTrack
    gait: Gait
    metrics: dict[str, Metric]

    @property
    def near(self) -> Side:
        """The side next to the camera, left in views that have none."""
        return "right" if self.camera.stand == "right" else "left"

    @property
    def truth(self) -> dict[str, float]:
        """Exact metrics over the filmed contacts."""
        return true_metrics(self.runner, self.near, 0.0, float(self.track.t_s[-1]))

    @property
    def events(self) -> Events:
        """Exact events, also those just outside the filmed time."""
        return true_events(self.runner, -0.2, float(self.track.t_s[-1]) + 0.2)


def filmed(
    stand: str = "left",
    fps: float = 60.0,
    seconds: float = 6.0,
    *,
    seed: int = 3,
    noise_px: float = NOISE_PX,
    **more: Any,
) -> tuple[SyntheticRunner, Camera, PoseTrack]:
    """Film a runner; further words are fields of `Camera` or of `RunnerSpec`."""
    held = {name: more.pop(name) for name in CAMERA_FIELDS & set(more)}
    camera = Camera(stand, **held)  # type: ignore[arg-type]
    runner = make_runner(seed, seconds + 2.0, **more)
    track = film(runner, camera, frame_times(fps, seconds))
    return runner, camera, with_noise(track, noise_px, seed=seed)


def measured(
    track: PoseTrack,
    runner: Runner,
    view: ViewKind | None = None,
    scene: Scene | None = None,
    closeups: Closeups | None = None,
) -> tuple[Gait, dict[str, Metric]]:
    """Measure a track as it is, also where a value would be withheld because no body has it."""
    gait = build_gait(track, runner, view=view, scene=scene, closeups=closeups)
    return gait, measure_gait(gait, runner)


@cache
def take(
    stand: str = "left",
    fps: float = 60.0,
    seconds: float = 6.0,
    scene: Scene | None = None,
    **more: Any,
) -> Take:
    """Film and measure a runner; each take is made once."""
    runner, camera, track = filmed(stand, fps, seconds, **more)
    return Take(runner, camera, track, *measured(track, runner.as_user_input, scene=scene))


def event_errors_s(made: Take, side: Side, kind: str) -> Floats:
    """Return measured minus true time of each found event of one foot, against the nearest one."""
    name = f"{kind}_s"
    found = np.array([getattr(c, name) for c in made.gait.contacts if c.side == side])
    found = found[np.isfinite(found)]
    error = found[:, None] - made.events[side][name]
    return error[np.arange(found.size), np.abs(error).argmin(axis=1)]
