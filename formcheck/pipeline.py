"""The only module that knows all stages."""

from __future__ import annotations

from collections.abc import Mapping

from formcheck.gait.model import build_gait
from formcheck.metrics import measure_gait
from formcheck.types import Gait, Metric, PoseTrack, Runner, ViewKind


def measure_track(
    track: PoseTrack,
    runner: Runner,
    *,
    view: ViewKind | None = None,
    scene: tuple[float, float] | None = None,
) -> tuple[Gait, Mapping[str, Metric]]:
    """Measure a pose track: gait model and metrics.

    Parameters
    ----------
    track : PoseTrack
        Raw landmarks at true times.
    runner : Runner
        Height, belt speed and incline as far as known.
    view : {"side", "rear", "front"} or None
        The user's word; found automatically when None.
    scene : (float, float) or None
        Camera roll and its standard uncertainty in degrees, from lines in the room.

    Raises
    ------
    NoRunnerError
        When nobody runs in the clip.
    """
    gait = build_gait(track, runner, view=view, scene=scene)
    return gait, measure_gait(gait, runner)
