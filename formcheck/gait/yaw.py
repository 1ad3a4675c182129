"""What the runner's body tells of where the camera stands around it, and what that does.

From the side, the near hip and shoulder lie ahead of or behind the far ones when the camera is not
square to the belt. From behind, planted feet travel across the picture when it is not on the belt's
line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from formcheck.conventions import YawRule
from formcheck.gait.calibration import table
from formcheck.gait.camera import Camera, Evidence
from formcheck.landmarks import SIDES, Side, index, other
from formcheck.notes import note
from formcheck.types import Calibration, Contact, Floats, QualityNote, View, ViewKind

# Belt speed that is assumed where none was given, and how far people's speeds lie from it.
USUAL_SPEED_MPS, USUAL_SPEED_REL_SD = 3.0, 0.25
PLANTED = (0.1, 0.8)
FEWEST_CONTACTS = 3
# By how much a median scatters more than a mean.
MEDIAN_LOSS = 1.25
# What is remarked on: more than this, and more than so many standard errors.
NOTICED_DEG: Final[Mapping[ViewKind, float]] = {"side": 4.0, "rear": 3.0, "front": 3.0}
NOTICED_SDS = 2.0
# Seen from so far aside a body looks squeezed that is not.
NARROW_DEG: Final[Mapping[ViewKind, float]] = {"side": 14.0, "rear": 25.0, "front": 25.0}
# From behind, a knee seen from so far aside says nothing of its own way, and both little.
FAR_ASIDE_DEG = 10.0
# From here on across the picture is not across the runner any more.
OBLIQUE_DEG = 25.0
# How far the knee at midstance lies ahead of the hip and of the ankle, over thigh and shank.
KNEE_AHEAD = 0.74


def sides_apart(body: Floats, near: Side, stature: float, rule: YawRule) -> Evidence:
    """Return the yaw by how far near hip and shoulder lie ahead of the far ones, mean over strides.

    Parameters
    ----------
    body : (T, K, 2) float
        Body-frame points of a side view.
    near : {"left", "right"}
        The side next to the camera.
    stature : float
        The runner's height in the unit of the points.
    rule : YawRule
        How far the landmarks of both sides lie apart.
    """
    apart = sum(
        float(np.nanmean(body[:, index(name, near), 0] - body[:, index(name, other(near)), 0]))
        for name in ("hip", "shoulder")
    )
    return (rule.square - apart / stature) / rule.apart_per_deg, rule.body_sd_deg


def path_of_feet(
    t_s: Floats, body_m: Floats, contacts: tuple[Contact, ...], speed_mps: float | None
) -> Evidence | None:
    """Return the yaw by the planted feet's sideways speed in a view from behind or in front.

    Parameters
    ----------
    t_s : (T,) float
        Frame times.
    body_m : (T, K, 2) float
        Body-frame points in metres.
    contacts : tuple of Contact
        Contacts of both feet; None is returned where either has fewer than three.
    speed_mps : float or None
        The belt's speed; a usual one where unknown.
    """
    sideways = [_sideways_speeds(t_s, body_m, contacts, side) for side in SIDES]
    if min(speeds.size for speeds in sideways) < FEWEST_CONTACTS:
        return None
    usual_mps = speed_mps or USUAL_SPEED_MPS
    share = float(np.mean([np.median(speeds) for speeds in sideways])) / usual_mps
    deg = -float(np.degrees(np.arctan(share)))
    doubt = 0.0 if speed_mps else USUAL_SPEED_REL_SD * deg
    # Of a camera that is moved, single contacts say ever something else.
    scatter = np.mean([np.var(speeds) / speeds.size for speeds in sideways]) / 2
    scatter_deg = float(np.degrees(MEDIAN_LOSS * np.sqrt(scatter) / usual_mps))
    return deg, float(np.linalg.norm([table()["yaw"]["feet_sd_deg"], doubt, scatter_deg]))


def _sideways_speeds(
    t_s: Floats, body_m: Floats, contacts: tuple[Contact, ...], side: Side
) -> Floats:
    """Return the speed along x of a planted foot at each contact that shows it."""
    x = body_m[:, [index("heel", side), index("ankle", side)], 0].mean(axis=1)
    speeds = []
    for contact in contacts:
        duration_s = contact.toe_off_s - contact.initial_contact_s
        if contact.side != side or not np.isfinite(duration_s):
            continue
        start_s, end_s = (contact.initial_contact_s + part * duration_s for part in PLANTED)
        planted = (t_s >= start_s) & (t_s <= end_s) & np.isfinite(x)
        if planted.sum() >= 3:
            lag_s = t_s[planted] - t_s[planted].mean()
            speeds.append(float(lag_s @ x[planted] / (lag_s @ lag_s)))
    return np.array(speeds)


def far_aside(view: View, calibration: Calibration) -> bool:
    """Return whether a camera behind or before the runner is too far aside for single knees."""
    off_deg, sd_deg = abs(calibration.yaw_deg), calibration.yaw_sd_deg
    return view.kind != "side" and off_deg >= max(FAR_ASIDE_DEG, NOTICED_SDS * sd_deg)


def looks_narrow(view: View, calibration: Calibration) -> bool:
    """Return whether the camera stands so far off its place that the body looks squeezed."""
    off_deg, sd_deg = abs(calibration.yaw_deg), calibration.yaw_sd_deg
    return off_deg >= max(NARROW_DEG[view.kind], NOTICED_SDS * sd_deg)


def yaw_notes(view: View, camera: Camera) -> tuple[QualityNote, ...]:
    """Say that the camera is off its place, and what that does to the numbers, where it is."""
    off_deg = abs(camera.yaw_deg)
    if off_deg < max(NOTICED_DEG[view.kind], NOTICED_SDS * camera.yaw_sd_deg):
        return ()
    if view.kind != "side":
        place = "right" if camera.yaw_deg > 0 else "left"
        if off_deg >= OBLIQUE_DEG:
            return (note("camera_oblique", off_deg=off_deg, place=place),)
        form = "behind" if off_deg < FAR_ASIDE_DEG else "behind_far"
        knee_deg = KNEE_AHEAD * off_deg
        return (note("camera_aside", form, off_deg=off_deg, place=place, knee_deg=knee_deg),)
    return (
        note(
            "camera_aside",
            off_deg=off_deg,
            place="ahead of" if camera.yaw_deg > 0 else "behind",
            shift_cm=10 * np.sin(np.radians(off_deg)),
            shorter_pct=100 * (1 - np.cos(np.radians(off_deg))),
        ),
    )
