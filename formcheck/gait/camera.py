"""How the camera is turned: its roll against gravity, and how far it stands off its place (yaw).

Room, belt and body each tell one of the two or a mixture of both. A belt seen from the side slopes
in the picture where the camera is rolled, but also where it stands ahead of or behind the runner,
since one end of the belt is then farther away. All are weighed together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from formcheck.gait.belt import BeltLine
from formcheck.gait.body import x_sign
from formcheck.gait.calibration import table
from formcheck.landmarks import SIDES, index, mid_hip
from formcheck.types import Floats, PoseTrack, Scene, View
from formcheck.video.vanishing import FOCAL, FOCAL_REL_SD

# A camera that nobody levelled or placed with care, in degrees.
UNLEVELLED_SD_DEG, UNPLACED_SD_DEG = 1.5, 6.0
SCENE_LEAST_SD_DEG = 0.2
# How well people know the incline of their belt.
INCLINE_SD_DEG = 0.4

Evidence = tuple[float, float]
"""A value and its standard uncertainty."""

Row = tuple[tuple[float, float], float, float]
"""How much of roll and of yaw is in a value, the value, and its standard uncertainty."""

HELD: tuple[Row, Row] = (((1.0, 0.0), 0.0, UNLEVELLED_SD_DEG), ((0.0, 1.0), 0.0, UNPLACED_SD_DEG))
"""How people hold cameras."""


@dataclass(frozen=True, slots=True)
class Slope:
    """How the belt lies in the picture of a side view.

    Attributes
    ----------
    deg, sd_deg : float
        Clockwise turn against the picture's rows, its own incline taken out, and its standard
        uncertainty.
    per_yaw, per_yaw_sd : float
        Degrees of it for each degree of yaw, and the standard uncertainty.
    """

    deg: float
    sd_deg: float
    per_yaw: float
    per_yaw_sd: float


@dataclass(frozen=True, slots=True)
class Camera:
    """The camera's roll and yaw in degrees, their standard uncertainties, and who says what.

    Roll is the clockwise turn of the picture's content. Yaw is the line of sight's angle off square
    to the belt (side) or off its line (rear and front): positive where the camera stands ahead of
    the runner, seen from behind or in front to the runner's right. The candidates hold what each
    source says alone; the belt needs the others' word on yaw to tell the roll, and the room's on
    roll to tell the yaw.
    """

    roll_deg: float
    roll_sd_deg: float
    yaw_deg: float
    yaw_sd_deg: float
    roll_candidates: Mapping[str, float | None]
    yaw_candidates: Mapping[str, float | None]


def find_camera(
    view: View,
    scene: Scene | None = None,
    *,
    belt: Slope | None = None,
    body: Evidence | None = None,
    feet: Evidence | None = None,
) -> Camera:
    """Combine what tells the camera's turn, each by its certainty.

    Parameters
    ----------
    view : View
        Tells which way the runner faces.
    scene : Scene or None
        What lines in the room say.
    belt : Slope or None
        The belt's slope in a side view.
    body, feet : (float, float) or None
        Yaw and standard uncertainty by `sides_apart` and `path_of_feet`.

    Notes
    -----
    Sources that contradict each other widen the answer by as much as they do.
    """
    room = None if scene is None else _room_yaw(view, scene)
    edges = None if scene is None else _edges_yaw(view, scene)
    rows = list(HELD)
    rows += [((0.0, 1.0), *one) for one in (body, feet, room, edges) if one is not None]
    if scene is not None:
        rows.append(((1.0, 0.0), scene.roll_deg, max(scene.roll_sd_deg, SCENE_LEAST_SD_DEG)))
    alone = _solve(rows)
    belt_roll, belt_yaw = None, None if edges is None else edges[0]
    if belt is not None:
        per_yaw = x_sign(view) * belt.per_yaw
        yaw_deg = float(alone[0][1])
        rows.append(
            ((1.0, per_yaw), belt.deg, float(np.hypot(belt.sd_deg, belt.per_yaw_sd * yaw_deg)))
        )
        belt_roll = belt.deg - per_yaw * yaw_deg
        belt_yaw = None if scene is None else (belt.deg - scene.roll_deg) / per_yaw
    (roll_deg, yaw_deg), (roll_sd_deg, yaw_sd_deg) = (map(float, pair) for pair in _solve(rows))
    yaws = {"body": body, "feet": feet, "room": room}
    return Camera(
        roll_deg,
        roll_sd_deg,
        yaw_deg,
        yaw_sd_deg,
        {"belt": belt_roll, "scene": None if scene is None else scene.roll_deg},
        {"belt": belt_yaw} | {name: None if one is None else one[0] for name, one in yaws.items()},
    )


def _room_yaw(view: View, scene: Scene) -> Evidence | None:
    """Return the yaw that the room tells; rooms stand askew to the belt by a little or a lot."""
    if not np.isfinite(scene.aside_sd_deg):
        return None
    sd_deg = float(np.hypot(scene.aside_sd_deg, table()["yaw"]["room_sd_deg"]))
    return -x_sign(view) * scene.aside_deg, sd_deg


def _edges_yaw(view: View, scene: Scene) -> Evidence | None:
    """Return the yaw that the belt's edges tell from behind or in front."""
    if view.kind == "side" or not np.isfinite(scene.belt_sd_deg):
        return None
    return x_sign(view) * scene.belt_deg, scene.belt_sd_deg


def _solve(rows: Sequence[Row]) -> tuple[Floats, Floats]:
    """Return roll and yaw (2,) by weighted least squares, and their standard uncertainties (2,)."""
    parts, value, sd = (np.array(column) for column in zip(*rows, strict=True))
    whitened = parts / sd[:, None]
    covariance = np.linalg.inv(whitened.T @ whitened)
    found = covariance @ (whitened.T @ (value / sd))
    # How people hold cameras contradicts nobody.
    tells = (parts != 0)[len(HELD) :]
    off = ((value - parts @ found) / sd)[len(HELD) :]
    strain = off**2 @ tells / np.maximum(1, tells.sum(axis=0) - 1)
    return found, np.sqrt(np.diag(covariance) * np.maximum(1.0, strain))


def below_axis(track: PoseTrack, view: View) -> tuple[float, float]:
    """Return how far feet and hips lie below the camera's axis, in radians.

    From the side the near foot counts, else both.
    """
    sides = SIDES if view.near_side is None else (view.near_side,)
    toes = [np.nanpercentile(track.xy_px[:, index("toe", side), 1], 90) for side in sides]
    focal_px = FOCAL * max(track.width_px, track.height_px)
    feet, hips = (
        float(np.arctan((row_px - track.height_px / 2) / focal_px))
        for row_px in (np.mean(toes), np.nanmedian(mid_hip(track.xy_px)[:, 1]))
    )
    return feet, hips


def feet_farther(below: tuple[float, float], scene: Scene | None) -> Evidence:
    """Return how many times farther from the picture plane the feet are than the hips, and its sd.

    A camera that looks down sees the feet farther and so smaller than the hips.

    Parameters
    ----------
    below : (float, float)
        By `below_axis`.
    scene : Scene or None
        The camera's pitch.
    """
    pitch = Scene(0.0, 0.0) if scene is None else scene
    feet, hips = (np.cos(one) / np.cos(one + np.radians(pitch.pitch_deg)) for one in below)
    per_deg = float(np.radians(1.0) * (below[0] - below[1]))
    return float(feet / hips), per_deg * pitch.pitch_sd_deg


def belt_slope(
    view: View,
    lines: Sequence[BeltLine],
    incline_pct: float,
    below: tuple[float, float],
    scene: Scene | None,
) -> Slope | None:
    """Return the belt's slope in the picture; None in other views and where no foot was followed.

    Parameters
    ----------
    lines : sequence of BeltLine
        One a foot that was seen, from points with zero roll taken out.
    incline_pct : float
        The belt's own incline.
    below : (float, float)
        By `below_axis`.
    scene : Scene or None
        The camera's pitch.
    """
    if view.kind != "side" or not lines:
        return None
    pitch = Scene(0.0, 0.0) if scene is None else scene
    incline_deg = float(np.degrees(np.arctan(incline_pct / 100)))
    # A belt that rises ahead of a runner who faces right looks turned anticlockwise.
    deg = -x_sign(view) * (float(np.mean([line.slope_deg for line in lines])) - incline_deg)
    sd_deg = float(np.hypot(min(line.slope_sd_deg for line in lines), INCLINE_SD_DEG))
    # What runs in depth leans in the picture by as much as it lies below the horizon.
    per_yaw = float(np.tan(below[0] + np.radians(pitch.pitch_deg)))
    per_yaw_sd = float(np.hypot(np.radians(pitch.pitch_sd_deg), FOCAL_REL_SD * below[0]))
    return Slope(deg, sd_deg, per_yaw, per_yaw_sd)
