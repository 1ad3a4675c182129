"""A synthetic runner with exact truth, a virtual camera, and the defects of real tracks."""

from tests.synthetic.camera import Camera, film, frame_times
from tests.synthetic.degrade import (
    with_dropout,
    with_gap,
    with_hidden_leg,
    with_leg_swaps,
    with_noise,
    with_outliers,
)
from tests.synthetic.runner import SyntheticRunner, make_runner
from tests.synthetic.spec import RunnerSpec
from tests.synthetic.truth import events, metrics

__all__ = [
    "Camera",
    "RunnerSpec",
    "SyntheticRunner",
    "events",
    "film",
    "frame_times",
    "make_runner",
    "metrics",
    "with_dropout",
    "with_gap",
    "with_hidden_leg",
    "with_leg_swaps",
    "with_noise",
    "with_outliers",
]
