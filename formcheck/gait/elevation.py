"""How high the camera stands: how far it looks down on the runner's hips, or up at them.

A camera above the runner sees the far side of the body higher in the picture than the near side;
lines in the room tell how far it is tilted. What it spoils is told once it is far off level.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from formcheck.conventions import ElevationRule
from formcheck.gait.camera import Evidence
from formcheck.landmarks import Side, index, other
from formcheck.notes import note
from formcheck.types import Calibration, Floats, QualityNote, Scene
from formcheck.video.vanishing import FOCAL_REL_SD

# How high people hold cameras: between a phone on the floor and one held overhead.
HELD: Final[Evidence] = (0.0, 8.0)
# From here on the height is told and widens intervals; below, they hold what it does.
NOTICED_DEG: Final = 10.0
NOTICED_SDS: Final = 2.0


def by_body(body: Floats, near: Side, trunk: float, rule: ElevationRule) -> Evidence:
    """Return how far the camera looks down, by how much higher the far hip and elbow look.

    Parameters
    ----------
    body : (T, K, 2) float
        Body-frame points of a side view, y up.
    near : {"left", "right"}
        The side next to the camera.
    trunk : float
        The trunk's length in the unit of the points.
    rule : ElevationRule
        How far the landmarks of both sides lie apart.
    """
    apart = sum(
        float(np.nanmean(body[:, index(name, other(near)), 1] - body[:, index(name, near), 1]))
        for name in ("hip", "elbow")
    )
    return (apart / trunk - rule.level) / rule.apart_per_deg, rule.body_sd_deg


def by_room(hips_below: float, scene: Scene | None) -> Evidence | None:
    """Return how far the camera looks down on the hips by the room's lines; None without any.

    Parameters
    ----------
    hips_below : float
        How far the hips lie below the camera's axis, in radians.
    scene : Scene or None
        The camera's pitch.
    """
    if scene is None:
        return None
    below_deg = float(np.degrees(hips_below))
    sd_deg = float(np.hypot(scene.pitch_sd_deg, FOCAL_REL_SD * below_deg))
    return scene.pitch_deg + below_deg, sd_deg


def elevation(*told: Evidence | None) -> Evidence:
    """Return how far the camera looks down on the hips in degrees, and its standard uncertainty.

    Sources that contradict each other widen the answer by as much as they do.
    """
    found = np.array([one for one in (HELD, *told) if one is not None])
    weight = found[:, 1] ** -2.0
    deg = float(weight @ found[:, 0] / weight.sum())
    strain = weight[1:] @ (found[1:, 0] - deg) ** 2 / max(1, len(found) - 2)
    return deg, float(np.sqrt(max(1.0, strain) / weight.sum()))


def off_level_deg(calibration: Calibration) -> float:
    """Return how far the camera looks down or up, 0 where that is little or not sure."""
    deg, sd_deg = abs(calibration.elevation_deg), calibration.elevation_sd_deg
    return deg if deg >= max(NOTICED_DEG, NOTICED_SDS * sd_deg) else 0.0


def elevation_notes(calibration: Calibration) -> tuple[QualityNote, ...]:
    """Say that the camera is far above or below the runner's hips, where it is."""
    off_deg = off_level_deg(calibration)
    if not off_deg:
        return ()
    form = None if calibration.elevation_deg > 0 else "low"
    return (note("camera_high", form, off_deg=off_deg),)
