"""Scale of a clip: what the belt's speed and the runner's height say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from formcheck.conventions import StatureRule
from formcheck.gait.belt import BeltLine
from formcheck.gait.camera import Camera
from formcheck.landmarks import SIDES, Side, index, mid_hip, mid_shoulder
from formcheck.notes import note
from formcheck.types import (
    Calibration,
    Floats,
    QualityNote,
    Runner,
    View,
    ViewKind,
)

BELT_DISPLAY_REL_SD = 0.015
DISAGREE = 0.12
MILE_KM = 1.609
# The body looks shorter from above by this share of what the feet do (from the side).
STATURE_SHARE = 0.4
# From here on what lies along the belt is taken to look shorter: below, it does by less than 1.5 %.
ASLANT_DEG, ASLANT_SDS = 10.0, 2.0
# Taken for runners who do not tell theirs, where no centimetre hangs on it.
USUAL_HEIGHT_M = 1.7


def stature(body: Floats, view_kind: ViewKind, sides: Sequence[Side], rule: StatureRule) -> float:
    """Return the runner's height in the unit of the points, the mean by the legs that are named."""
    return float(np.mean([_chain(body, side) for side in sides])) / rule.share(view_kind)


def _chain(body_px: Floats, side: Side) -> float:
    """Return the length of trunk, thigh and shank of one leg.

    Segments out of the picture plane only look shorter, so a high percentile is taken.
    """
    chain = [
        (mid_hip(body_px), mid_shoulder(body_px)),
        (body_px[:, index("hip", side)], body_px[:, index("knee", side)]),
        (body_px[:, index("knee", side)], body_px[:, index("ankle", side)]),
    ]
    lengths = [np.nanpercentile(np.linalg.norm(a - b, axis=1), 90) for a, b in chain]
    return float(sum(lengths))


def calibrate(
    view: View,
    runner: Runner,
    body_px: Floats,
    lines: Sequence[BeltLine],
    camera: Camera,
    rule: StatureRule,
    farther: tuple[float, float] = (1.0, 0.0),
) -> tuple[Calibration, tuple[QualityNote, ...]]:
    """Combine every source of scale, and say where they disagree.

    Parameters
    ----------
    body_px : (T, K, 2) float
        Landmarks in the body frame, in pixels.
    lines : sequence of BeltLine
        Belt lines in pixels, near foot first.
    camera : Camera
        How the camera is turned.
    rule : StatureRule
        Which share of stature the landmarks' lengths are.
    farther : (float, float)
        How many times farther than the hips the feet are, and its standard uncertainty.
    """
    candidates, sources = _scales(view, runner, body_px, lines, rule, farther, camera)
    calibration = Calibration(
        camera.roll_deg,
        "none" if camera.roll_candidates["belt"] is None else "belt",
        camera.roll_sd_deg,
        scale_candidates=candidates,
        roll_candidates=camera.roll_candidates,
        yaw_deg=camera.yaw_deg,
        yaw_sd_deg=camera.yaw_sd_deg,
        yaw_candidates=camera.yaw_candidates,
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
    lines: Sequence[BeltLine],
    rule: StatureRule,
    farther: tuple[float, float],
    camera: Camera,
) -> tuple[dict[str, float | None], dict[Literal["height", "belt"], tuple[float, float]]]:
    """Return metres per pixel by source, and those that count with their relative uncertainty."""
    sources: dict[Literal["height", "belt"], tuple[float, float]] = {}
    if runner.height_m is not None:
        sides = SIDES if view.near_side is None else (view.near_side,)
        share = STATURE_SHARE if view.kind == "side" else 0.0
        height_px = stature(body_px, view.kind, sides, rule) * farther[0] ** share
        sd = float(np.hypot(share * farther[1], rule.rel_sd))
        sources["height"] = (runner.height_m / height_px, sd)
    if runner.belt_speed_mps is not None and view.kind == "side" and lines:
        near = lines[0]
        sd = float(np.linalg.norm((near.speed_rel_sd, farther[1], BELT_DISPLAY_REL_SD)))
        along = near.speed * farther[0] / _foreshortened(camera)
        sources["belt"] = (runner.belt_speed_mps / along, sd)
    candidates: dict[str, float | None] = {"height": None, "belt": None, "gravity": None}
    candidates |= {name: value for name, (value, _) in sources.items()}
    return candidates, sources


def _foreshortened(camera: Camera) -> float:
    """Return by what factor lengths along the belt look shorter from where the camera stands."""
    surely = abs(camera.yaw_deg) >= max(ASLANT_DEG, ASLANT_SDS * camera.yaw_sd_deg)
    return float(np.cos(np.radians(camera.yaw_deg))) if surely else 1.0


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
            return note("scale_disagrees", "unit", factor=max(ratio, 1 / ratio), unit=text)
    return note("scale_disagrees", off_pct=100 * abs(ratio - 1))
