"""What lines in the room say of the camera, where the runner is in its picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from formcheck.gait.view import find_view
from formcheck.landmarks import SIDES, index, mid_hip
from formcheck.types import PoseTrack, Scene
from formcheck.video import ClipInfo
from formcheck.video.belt_edges import Standing
from formcheck.video.level import clip_level


def scene_of(clip: Path | ClipInfo, track: PoseTrack) -> Scene | None:
    """Return what lines in the room say of the camera where the runner is, if they tell."""
    level = clip_level(clip)
    return None if level is None else level.told_at(runner_column(track), standing_place(track))


def standing_place(track: PoseTrack) -> Standing | None:
    """Return where a runner seen from behind or in front stands; None where a belt shows nothing.

    That is from the side, and where the feet were not seen below the hips.
    """
    if find_view(track).kind == "side":
        return None
    long_px = max(track.width_px, track.height_px)
    x_px, hips_px = np.nanmedian(mid_hip(track.xy_px), axis=0)
    toes = track.xy_px[:, [index("toe", side) for side in SIDES], 1]
    feet_px = float(np.mean(np.nanpercentile(toes, 90, axis=0)))
    if not feet_px > hips_px:
        return None
    return Standing(float(x_px) / long_px, float(hips_px) / long_px, feet_px / long_px)


def runner_column(track: PoseTrack) -> float:
    """Return where the runner's hips are across the picture, 0 at its left edge, 1 at its right."""
    return float(np.clip(np.nanmedian(mid_hip(track.xy_px)[:, 0]) / track.width_px, 0.0, 1.0))
