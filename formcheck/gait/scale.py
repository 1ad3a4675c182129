"""Level and scale of a clip: what planted feet, the room and the runner's height say together."""

from __future__ import annotations

import numpy as np

from formcheck.gait.belt import BeltLine
from formcheck.gait.calibration import table
from formcheck.landmarks import SIDES, Side, index
from formcheck.types import Calibration, Floats, QualityNote, Runner, View

# A camera that nobody levelled with care.
UNLEVELLED_SD_DEG = 1.5
BELT_DISPLAY_REL_SD = 0.015
DISAGREE = 0.12
MILE_KM = 1.609
GRAVITY_MPS2 = 9.81


def level(
    view: View, lines: list[BeltLine], incline_pct: float, scene: tuple[float, float] | None
) -> tuple[float, float, bool]:
    """Return the camera's roll, its standard uncertainty, and whether the belt had a say.

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
    belt = view.kind == "side" and bool(lines)
    if belt:
        incline_deg = float(np.degrees(np.arctan(incline_pct / 100)))
        # A belt that rises ahead of a runner who faces right looks turned anticlockwise.
        sign = -1.0 if view.facing == "right" else 1.0
        slope_deg = float(np.mean([line.slope_deg for line in lines]))
        evidence.append((sign * (slope_deg - incline_deg), min(x.slope_sd_deg for x in lines)))
    if scene is not None:
        evidence.append(scene)
    weight = np.array([sd**-2.0 for _, sd in evidence])
    roll_deg = float(weight @ [value for value, _ in evidence] / weight.sum())
    return roll_deg, float(weight.sum() ** -0.5), belt


def stature_px(body_px: Floats, side: Side) -> float:
    """Return the runner's height in pixels, from trunk, thigh and shank of one leg.

    Segments out of the picture plane only look shorter, so a high percentile is taken.
    """
    mid_hip = (body_px[:, index("hip", "left")] + body_px[:, index("hip", "right")]) / 2
    mid_shoulder = (
        body_px[:, index("shoulder", "left")] + body_px[:, index("shoulder", "right")]
    ) / 2
    chain = [
        (mid_hip, mid_shoulder),
        (body_px[:, index("hip", side)], body_px[:, index("knee", side)]),
        (body_px[:, index("knee", side)], body_px[:, index("ankle", side)]),
    ]
    lengths = [np.nanpercentile(np.linalg.norm(a - b, axis=1), 90) for a, b in chain]
    return float(sum(lengths) / table()["stature"]["trunk_thigh_shank"])


def calibrate(
    view: View,
    runner: Runner,
    body_px: Floats,
    lines: list[BeltLine],
    scene: tuple[float, float] | None,
) -> tuple[Calibration, tuple[QualityNote, ...]]:
    """Combine every source of level and scale, and say where they disagree.

    Parameters
    ----------
    body_px : (T, K, 2) float
        Landmarks in the body frame, in pixels.
    lines : list of BeltLine
        Belt lines in pixels, near foot first.
    """
    roll_deg, roll_sd_deg, belt_level = level(view, lines, runner.incline_pct, scene)
    stature = table()["stature"]
    near: Side = view.near_side or "left"
    candidates: dict[str, float | None] = {"height": None, "belt": None, "gravity": None}
    sources: list[tuple[str, float, float]] = []
    if runner.height_m is not None:
        height_px = np.mean(
            [stature_px(body_px, s) for s in ((near,) if view.kind == "side" else SIDES)]
        )
        candidates["height"] = runner.height_m / float(height_px)
        sources.append(("height", candidates["height"], stature["rel_sd"]))
    if runner.belt_speed_mps is not None and view.kind == "side" and lines:
        speed_px = float(np.mean([line.speed for line in lines[:1]]))
        candidates["belt"] = runner.belt_speed_mps / speed_px
        sources.append(
            (
                "belt",
                candidates["belt"],
                float(np.hypot(lines[0].speed_rel_sd, BELT_DISPLAY_REL_SD)),
            )
        )
    if not sources:
        return Calibration(
            roll_deg, "belt" if belt_level else "none", roll_sd_deg, scale_candidates=candidates
        ), ()
    weight = np.array([sd**-2.0 for _, _, sd in sources])
    metres_per_px = float(
        np.exp(weight @ np.log([value for _, value, _ in sources]) / weight.sum())
    )
    note = _disagreement(candidates["height"], candidates["belt"])
    return Calibration(
        roll_deg,
        "belt" if belt_level else "none",
        roll_sd_deg,
        metres_per_px,
        "combined" if len(sources) > 1 else ("height" if sources[0][0] == "height" else "belt"),
        float(weight.sum() ** -0.5),
        candidates,
    ), ((note,) if note else ())


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
