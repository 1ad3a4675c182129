"""Level and scale of a clip: what planted feet, the room and the runner's height say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from formcheck.gait.belt import BeltLine
from formcheck.gait.body import mid_hip, mid_shoulder
from formcheck.gait.calibration import table
from formcheck.landmarks import SIDES, Side, index
from formcheck.types import (
    Calibration,
    Floats,
    PoseTrack,
    QualityNote,
    Runner,
    Scene,
    View,
    ViewKind,
)
from formcheck.video.vanishing import FOCAL

# A camera that nobody levelled with care.
UNLEVELLED_SD_DEG = 1.5
SCENE_LEAST_SD_DEG = 0.2
BELT_DISPLAY_REL_SD = 0.015
DISAGREE = 0.12
MILE_KM = 1.609
# The body looks shorter from above by this share of what the feet do (from the side).
STATURE_SHARE = 0.4
STEEPEST_DEG = 15.0
# Taken for runners who do not tell theirs, where no centimetre hangs on it.
USUAL_HEIGHT_M = 1.7


@dataclass(frozen=True, slots=True)
class Level:
    """The camera's roll, its standard uncertainty, and what belt and room say of it alone."""

    roll_deg: float
    sd_deg: float
    belt_deg: float | None
    scene_deg: float | None


def level(
    view: View, lines: list[BeltLine], incline_pct: float, scene: tuple[float, float] | None
) -> Level:
    """Combine what tells the camera's roll, each by its certainty.

    Parameters
    ----------
    view : View
        Side views show the belt's line; other views do not.
    lines : list of BeltLine
        One a foot that was seen, from points with zero roll taken out.
    incline_pct : float
        The belt's own incline, which is no roll.
    scene : (float, float) or None
        Roll and its standard uncertainty from straight lines in the room.
    """
    evidence = [(0.0, UNLEVELLED_SD_DEG)]
    belt_deg = None
    if view.kind == "side" and lines:
        incline_deg = float(np.degrees(np.arctan(incline_pct / 100)))
        # A belt that rises ahead of a runner who faces right looks turned anticlockwise.
        sign = -1.0 if view.facing == "right" else 1.0
        belt_deg = sign * (float(np.mean([line.slope_deg for line in lines])) - incline_deg)
        evidence.append((belt_deg, min(line.slope_sd_deg for line in lines)))
    if scene is not None:
        evidence.append((scene[0], max(scene[1], SCENE_LEAST_SD_DEG)))
    weight = np.array([sd**-2.0 for _, sd in evidence])
    roll_deg = float(weight @ [value for value, _ in evidence] / weight.sum())
    scene_deg = None if scene is None else scene[0]
    return Level(roll_deg, float(weight.sum() ** -0.5), belt_deg, scene_deg)


def stature(body: Floats, view_kind: ViewKind, sides: Sequence[Side]) -> float:
    """Return the runner's height in the unit of the points, the mean by the legs that are named."""
    return float(np.mean([_stature(body, view_kind, side) for side in sides]))


def _stature(body_px: Floats, view_kind: ViewKind, side: Side) -> float:
    """Return the runner's height from trunk, thigh and shank of one leg.

    Segments out of the picture plane only look shorter, so a high percentile is taken.
    """
    chain = [
        (mid_hip(body_px), mid_shoulder(body_px)),
        (body_px[:, index("hip", side)], body_px[:, index("knee", side)]),
        (body_px[:, index("knee", side)], body_px[:, index("ankle", side)]),
    ]
    lengths = [np.nanpercentile(np.linalg.norm(a - b, axis=1), 90) for a, b in chain]
    return float(sum(lengths) / table()["stature"]["side" if view_kind == "side" else "rear"])


def feet_farther(track: PoseTrack, view: View, scene: Scene | None) -> tuple[float, float]:
    """Return how many times farther from the picture plane the feet are than the hips, and its sd.

    A camera that looks down sees the feet farther and so smaller than the hips.

    Parameters
    ----------
    track : PoseTrack
        Landmarks in the picture.
    view : View
        From the side the near foot counts, else both.
    scene : Scene or None
        The camera's pitch.
    """
    pitch = Scene(0.0, 0.0) if scene is None else scene
    sides = SIDES if view.near_side is None else (view.near_side,)
    toes = [np.nanpercentile(track.xy_px[:, index("toe", side), 1], 90) for side in sides]
    rows = np.array([np.mean(toes), np.nanmedian(mid_hip(track.xy_px)[:, 1])])
    focal_px = FOCAL * max(track.width_px, track.height_px)
    below = np.arctan((rows - track.height_px / 2) / focal_px)
    feet, hips = np.cos(below) / np.cos(below + np.radians(pitch.pitch_deg))
    per_deg = float(np.radians(1.0) * (below[0] - below[1]))
    return float(feet / hips), per_deg * pitch.pitch_sd_deg


def calibrate(
    view: View,
    runner: Runner,
    body_px: Floats,
    lines: list[BeltLine],
    scene: Scene | None,
    farther: tuple[float, float] = (1.0, 0.0),
) -> tuple[Calibration, tuple[QualityNote, ...]]:
    """Combine every source of level and scale, and say where they disagree.

    Parameters
    ----------
    body_px : (T, K, 2) float
        Landmarks in the body frame, in pixels.
    lines : list of BeltLine
        Belt lines in pixels, near foot first. A foot that goes forward or steeply while it is
        planted was not followed, and is left out.
    farther : (float, float)
        How many times farther than the hips the feet are, and its standard uncertainty.
    """
    lines = [line for line in lines if line.speed > 0 and abs(line.slope_deg) < STEEPEST_DEG]
    found = level(view, lines, runner.incline_pct, scene and scene[:2])
    candidates, sources = _scales(view, runner, body_px, lines, farther)
    calibration = Calibration(
        found.roll_deg,
        "none" if found.belt_deg is None else "belt",
        found.sd_deg,
        scale_candidates=candidates,
        roll_candidates={"belt": found.belt_deg, "scene": found.scene_deg},
    )
    if not sources:
        return calibration, ()
    weight = np.array([sd**-2.0 for _, sd in sources.values()])
    logs = np.log([value for value, _ in sources.values()])
    calibration = replace(
        calibration,
        metres_per_px=float(np.exp(weight @ logs / weight.sum())),
        scale_source="combined" if len(sources) > 1 else next(iter(sources)),
        scale_rel_sd=float(weight.sum() ** -0.5),
    )
    note = _disagreement(candidates["height"], candidates["belt"])
    return calibration, ((note,) if note else ())


def _scales(
    view: View,
    runner: Runner,
    body_px: Floats,
    lines: list[BeltLine],
    farther: tuple[float, float],
) -> tuple[dict[str, float | None], dict[Literal["height", "belt"], tuple[float, float]]]:
    """Return metres per pixel by source, and those that count with their relative uncertainty."""
    sources: dict[Literal["height", "belt"], tuple[float, float]] = {}
    if runner.height_m is not None:
        sides = SIDES if view.near_side is None else (view.near_side,)
        share = STATURE_SHARE if view.kind == "side" else 0.0
        height_px = stature(body_px, view.kind, sides) * farther[0] ** share
        sd = float(np.hypot(share * farther[1], table()["stature"]["rel_sd"]))
        sources["height"] = (runner.height_m / height_px, sd)
    if runner.belt_speed_mps is not None and view.kind == "side" and lines:
        near = lines[0]
        sd = float(np.linalg.norm((near.speed_rel_sd, farther[1], BELT_DISPLAY_REL_SD)))
        sources["belt"] = (runner.belt_speed_mps / (near.speed * farther[0]), sd)
    candidates: dict[str, float | None] = {"height": None, "belt": None, "gravity": None}
    candidates |= {name: value for name, (value, _) in sources.items()}
    return candidates, sources


def _disagreement(height: float | None, belt: float | None) -> QualityNote | None:
    """Explain a height and a belt speed that cannot both be right."""
    if height is None or belt is None or abs(np.log(belt / height)) < np.log1p(DISAGREE):
        return None
    ratio = belt / height
    for factor, text in (
        (MILE_KM, "miles"),
        (1 / MILE_KM, "kilometres"),
        (3.6, "m/s"),
        (1 / 3.6, "km/h"),
    ):
        if abs(np.log(ratio * factor)) < np.log1p(0.1):
            return QualityNote(
                "scale_disagrees",
                "warn",
                f"Height and belt speed disagree by a factor of {max(ratio, 1 / ratio):.2f}.",
                f"Check the unit of the speed: it looks as if the display shows {text}.",
            )
    return QualityNote(
        "scale_disagrees",
        "warn",
        f"Height and belt speed disagree by {100 * abs(ratio - 1):.0f} %.",
        "Check the height and the belt speed that were entered.",
    )
