"""Metrics of the rear view: knee, pelvis, trunk and step width at half of each contact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from formcheck.gait.calibration import table
from formcheck.gait.sides import SIDES_UNSURE_REASON
from formcheck.gait.yaw import far_aside
from formcheck.landmarks import SIDES, Landmark, Side
from formcheck.metrics.estimate import Estimate, pooled
from formcheck.metrics.sampling import at_events
from formcheck.metrics.strides import Strides
from formcheck.types import Floats

MIDSTANCE = 0.5
# Runners' steps differ in width by 2 to 3 cm; more than this is the camera's.
MOST_SCATTER_CM = 9.0
UNSTEADY = "Steps differ in width as no runner's do: film with a camera that stands still."
FAR_ASIDE_REASON = (
    "The camera stands far off the belt's line, which turns what one side shows inward and the "
    "other outward: place it on the middle line."
)


def rear_metrics(strides: Strides) -> dict[str, Estimate]:
    """Measure every rear-view metric; `_left` and `_right` name the stance foot."""
    found: dict[str, Estimate] = {}
    for key, rows, gain in (
        ("knee_fppa_midstance_deg", {s: strides.row(f"fppa_deg_{s}") for s in SIDES}, 0.0),
        (
            "femoral_adduction_deg",
            {s: strides.row(f"femoral_adduction_deg_{s}") for s in SIDES},
            1.0,
        ),
        ("trunk_side_lean_deg", _toward_stance(strides.row("trunk_deg")), 1.0),
    ):
        found |= _both(strides, key, rows, gain)
    found |= pelvic_drop(strides)
    found["step_width_cm"] = step_width(strides)
    found["knee_window_pct"] = knee_window(strides)
    if not strides.gait.sides_told:
        return _of_no_side(found, SIDES_UNSURE_REASON)
    if far_aside(strides.gait.view, strides.gait.calibration):
        return _of_no_side(found, FAR_ASIDE_REASON)
    return found


def _of_no_side(found: dict[str, Estimate], reason: str) -> dict[str, Estimate]:
    """Withhold the values of one side."""
    return {
        key: one if one.side == "both" else replace(one, status="low_confidence", reason=reason)
        for key, one in found.items()
    }


def _toward_stance(series: Floats) -> dict[Side, Floats]:
    """Give a signed lateral measure the sign that is positive toward the right in right stance."""
    return {"left": -series, "right": series}


def _both(
    strides: Strides, key: str, rows: dict[Side, Floats], level_gain: float
) -> dict[str, Estimate]:
    """Sample a measure at midstance of each foot; the key itself is the mean of the two feet.

    A rolled camera adds to one foot what it takes from the other, so the mean is free of it.
    """
    each = {
        side: at_events(strides.t_s, rows[side], strides.part_of_contact(side, MIDSTANCE)).each
        for side in SIDES
    }
    found = {
        f"{key}_{side}": Estimate(each[side], side=side, level_gain=level_gain) for side in SIDES
    }
    found[key] = Estimate(pooled(each.values()))
    return found


def pelvic_drop(strides: Strides) -> dict[str, Estimate]:
    """Measure the pelvis at midstance: by the waist's pixels where they were looked at.

    They tell the mean of both feet, and how far each is from what the waist shows between the
    contacts. Where it was not followed there, how far the feet differ is left to the network's
    hips, which tell little of it.
    """
    key, pelvis = "pelvic_drop_midstance_deg", strides.gait.pelvis
    points = _both(strides, key, _toward_stance(strides.row("pelvis_line_deg")), 1.0)
    if pelvis is None:
        return points
    if pelvis.reason is not None:
        return {
            name: replace(one, status="low_confidence", reason=pelvis.reason)
            for name, one in points.items()
        }
    rule = table()["pelvis"]
    if pelvis.level_known:
        return _drops(pelvis.drop_deg, rule["level_sd_deg"], 0.0)
    left, right = (float(np.nanmean(points[f"{key}_{side}"].each)) for side in SIDES)
    more_left = rule["differ_gain"] * (left - right) / 2
    each: dict[Side, Floats] = {
        "left": pelvis.drop_deg["left"] + more_left,
        "right": pelvis.drop_deg["right"] - more_left,
    }
    return _drops(each, rule["differ_sd_deg"], rule["differ_gain"])


def _drops(each: Mapping[Side, Floats], sd_deg: float, level_gain: float) -> dict[str, Estimate]:
    """Return both feet's drop and that of each, which is as unsure as the level is."""
    key = "pelvic_drop_midstance_deg"
    found = {
        f"{key}_{side}": Estimate(
            each[side], side=side, shared_sd=sd_deg, level_gain=level_gain, of_pixels=True
        )
        for side in SIDES
    }
    found[key] = Estimate(pooled(each.values()), of_pixels=True)
    return found


def step_width(strides: Strides) -> Estimate:
    """Sideways distance of the ankles at midstance of successive steps; crossing over is negative.

    Taken at one instant of each contact, since a foot that moves towards the camera grows.
    """
    middle = {side: strides.part_of_contact(side, MIDSTANCE) for side in SIDES}
    place = {
        side: at_events(strides.t_s, strides.row(f"ankle_x_{side}"), middle[side]).each
        for side in SIDES
    }
    pairs: tuple[tuple[Side, Side, float], ...] = (("left", "right", 1.0), ("right", "left", -1.0))
    widths = []
    for side, opposite, sign in pairs:
        for at_s, x in zip(middle[side], place[side], strict=True):
            later = np.flatnonzero(middle[opposite] > at_s)
            if later.size and middle[opposite][later[0]] - at_s < strides.gait.stride_time_s:
                widths.append(sign * (place[opposite][later[0]] - x))
    each = 100 * np.array(widths)
    doubt: dict[str, Any] = {}
    in_metres = strides.gait.calibration.metres_per_px is not None
    if in_metres and np.isfinite(each).any() and np.nanstd(each) > MOST_SCATTER_CM:
        doubt = {"status": "low_confidence", "reason": UNSTEADY}
    return Estimate(each, scaled=True, **doubt)


def knee_window(strides: Strides) -> Estimate:
    """Smallest sideways gap between the knees in stance, in per cent of the hips' distance."""
    xy = strides.gait.body_xy
    gap = xy[:, Landmark.RIGHT_KNEE, 0] - xy[:, Landmark.LEFT_KNEE, 0]
    hips = np.nanmedian(xy[:, Landmark.RIGHT_HIP, 0] - xy[:, Landmark.LEFT_HIP, 0])
    each = []
    for side in SIDES:
        for start, stop in zip(strides.landed_s[side], strides.left_s[side], strict=True):
            inside = (strides.t_s >= start) & (strides.t_s <= stop) & np.isfinite(gap)
            if inside.sum() >= 3:
                each.append(100 * np.quantile(gap[inside], 0.1) / hips)
    return Estimate(np.array(each))
