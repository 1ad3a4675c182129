"""Synthetic runners, filmed and measured, with data that suit exact landmarks.

The shipped ``calibration.toml`` tells how a pose network's landmarks lie beside a body's joints.
The synthetic runner's landmarks are the joints, so the tests that compare with exact truth measure
with a table that says so: lengths of its body, a planted foot that neither lags nor rises and that
tells the level well, a toe that leaves when it rises.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from formcheck.gait import calibration, events
from formcheck.gait.calibration import Reading
from formcheck.gait.model import Closeups, build_gait
from formcheck.landmarks import Landmark, Side
from formcheck.metrics import measure_gait
from formcheck.types import Floats, Gait, Metric, PoseTrack, Runner, Scene, ViewKind
from tests.synthetic import Camera, SyntheticRunner, film, frame_times, make_runner, with_noise
from tests.synthetic import events as true_events
from tests.synthetic import metrics as true_metrics
from tests.synthetic.legs import FLAT_FROM, FLAT_TO
from tests.synthetic.truth import Events

NOISE_PX = 1.0
"""About a pose network's scatter from frame to frame on a runner 600 pixels high."""

READINGS = {
    "initial_contact": (
        Reading("stop", ("heel",), -0.05, 0.006, ("toe",)),
        Reading("height", ("ankle",), 0.03, -0.011),
        Reading("backward", ("heel", "toe"), 0.85, 0.003),
    ),
    "toe_off": (Reading("rise", ("toe",), 0.05, 0.0),),
}
"""What shows the events of exact landmarks: a sole that comes to rest, a toe that rises."""

CAMERA_FIELDS = {field.name for field in fields(Camera)}


@contextmanager
def exact_landmarks() -> Iterator[None]:
    """Measure with data for landmarks that are joint centres."""
    runner = make_runner(seconds=1.0)
    body, joints = runner.body, runner.joints(np.array([0.0]))[0]
    wide_m = sum(
        float(joints[Landmark[f"LEFT_{name}"], 1] - joints[Landmark[f"RIGHT_{name}"], 1])
        for name in ("HIP", "SHOULDER")
    )
    leg_share = body.thigh + body.shank
    lengths = (body.trunk + leg_share) / 1.75
    shipped = calibration.event_rules()
    exact = {
        key: replace(shipped[key], readings=readings, soft_s=0.0)
        for key, readings in READINGS.items()
    }
    rules = MappingProxyType({**shipped, **exact})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "event_rules", lambda: rules)
        table = calibration.table()
        for section, values in {
            "belt": {
                "from": FLAT_FROM,
                "to": FLAT_TO,
                "speed_ratio": 1.0,
                "slope_deg": 0.0,
                "slope_sd_deg": 0.1,
            },
            # Its contacts are alike before and after the trunk's lowest point.
            "rear": {"longer_share": 0.0, "delay_s": 0.008},
            "yaw": {"square": 0.0, "apart_per_deg": wide_m / 1.75 * np.radians(1.0)},
            "stature": {"side": lengths, "rear": lengths},
            "leg": {view: body.leg / leg_share for view in ("side", "rear")},
        }.items():
            for name, value in values.items():
                patch.setitem(table[section], name, value)
        yield


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
    """Measure a track whose landmarks are exact."""
    with exact_landmarks():
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
