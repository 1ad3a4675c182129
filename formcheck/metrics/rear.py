"""Metrics of the rear view: knee, pelvis, trunk and step width at half of each contact.

References
----------
Knee: Willson JD, Davis IS. J Orthop Sports Phys Ther 2008; 38: 606-615.
doi:10.2519/jospt.2008.2706.
Pelvis and step width at midstance: Souza RB. Phys Med Rehabil Clin N Am 2016; 27: 217-236.
doi:10.1016/j.pmr.2015.08.006.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from formcheck.gait.calibration import table
from formcheck.gait.sides import SIDES_UNSURE_REASON
from formcheck.gait.yaw import far_aside
from formcheck.landmarks import SIDES, Landmark, Side
from formcheck.metrics.estimate import Estimate, conventional, joined, of_feet, sampled
from formcheck.metrics.peaks import excursions, highest
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
    found |= hip_adduction(
        strides, found, "hip_adduction_midstance_deg", found, "femoral_adduction_deg"
    )
    found |= _peaks(strides, found)
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
    middle = {side: strides.part_of_contact(side, MIDSTANCE) for side in SIDES}
    each = {side: at_events(strides.t_s, rows[side], middle[side]).each for side in SIDES}
    return of_feet(key, middle, each, level_gain=level_gain)


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
    middle = pelvis.middle_s
    if pelvis.level_known:
        return of_feet(key, middle, pelvis.drop_deg, rule["level_sd_deg"], of_pixels=True)
    left, right = (float(np.nanmean(points[f"{key}_{side}"].each)) for side in SIDES)
    more_left = rule["differ_gain"] * (left - right) / 2
    each: dict[Side, Floats] = {
        "left": pelvis.drop_deg["left"] + more_left,
        "right": pelvis.drop_deg["right"] - more_left,
    }
    return of_feet(key, middle, each, rule["differ_sd_deg"], rule["differ_gain"], of_pixels=True)


def hip_adduction(
    strides: Strides,
    found: Mapping[str, Estimate],
    key: str,
    thighs: Mapping[str, Estimate],
    thigh_key: str,
) -> dict[str, Estimate]:
    """Measure the thigh against the line square to the pelvis: thigh line plus pelvic drop.

    What withholds the drop withholds it. The drop counts by its foot's mean, since not every
    contact of the waist is seen.

    Parameters
    ----------
    found : mapping of str to Estimate
        Holds the pelvic drop at midstance.
    key : str
        What is measured.
    thighs, thigh_key : mapping of str to Estimate, str
        Where the thigh line is found, of both feet together and of each.
    """
    made: dict[str, Estimate] = {}
    for suffix in ("", *(f"_{side}" for side in SIDES)):
        thigh = thighs[f"{thigh_key}{suffix}"]
        name = f"pelvic_drop_midstance_deg{suffix}"
        drop = conventional(found[name], name, strides)
        known = drop.each[np.isfinite(drop.each)]
        mean = float(known.mean()) if known.size else float("nan")
        made[f"{key}{suffix}"] = replace(
            thigh,
            each=thigh.each + mean,
            shared_sd=float(np.hypot(thigh.shared_sd, drop.shared_sd)),
            level_gain=abs(thigh.level_gain - drop.level_gain),
            samples=thigh.samples and thigh.samples.changed(1.0, mean),
            status=drop.status,
            reason=drop.reason,
        )
    return made


def _peaks(strides: Strides, found: Mapping[str, Estimate]) -> dict[str, Estimate]:
    """Measure side lean and hip adduction where they are greatest while the foot stands.

    The pelvis is only seen around midstance, where it drops nearly as far as anywhere: its drop
    there counts at the thigh's peak.
    """
    lean = _toward_stance(strides.row("trunk_deg"))
    peak, excursion = "trunk_side_lean_peak_deg", "trunk_side_lean_excursion_deg"
    thigh = {side: strides.row(f"femoral_adduction_deg_{side}") for side in SIDES}
    key = "hip_adduction_peak_deg"
    thighs = highest(strides, key, thigh)
    return {
        **highest(strides, peak, lean),
        **excursions(strides, excursion, lean),
        **hip_adduction(strides, found, key, thighs, key),
    }


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
    found = []
    for side, opposite, sign in pairs:
        widths, at_s_later = [], []
        for at_s, x in zip(middle[side], place[side], strict=True):
            later = np.flatnonzero(middle[opposite] > at_s)
            if later.size and middle[opposite][later[0]] - at_s < strides.gait.stride_time_s:
                widths.append(100 * sign * (place[opposite][later[0]] - x))
                at_s_later.append(middle[opposite][later[0]])
        found.append(sampled(opposite, np.array(at_s_later), np.array(widths)))
    each = np.concatenate([samples.value for samples in found])
    doubt: dict[str, Any] = {}
    in_metres = strides.gait.calibration.metres_per_px is not None
    if in_metres and np.isfinite(each).any() and np.nanstd(each) > MOST_SCATTER_CM:
        doubt = {"status": "low_confidence", "reason": UNSTEADY}
    return Estimate(each, scaled=True, samples=joined(found), **doubt)


def knee_window(strides: Strides) -> Estimate:
    """Smallest sideways gap between the knees in stance, in per cent of the hips' distance."""
    xy = strides.gait.body_xy
    gap = xy[:, Landmark.RIGHT_KNEE, 0] - xy[:, Landmark.LEFT_KNEE, 0]
    hips = np.nanmedian(xy[:, Landmark.RIGHT_HIP, 0] - xy[:, Landmark.LEFT_HIP, 0])
    found = []
    for side in SIDES:
        each = np.full(strides.initial_contact_s[side].size, np.nan)
        for n, (start, stop) in enumerate(
            zip(strides.initial_contact_s[side], strides.toe_off_s[side], strict=True)
        ):
            inside = (strides.t_s >= start) & (strides.t_s <= stop) & np.isfinite(gap)
            if inside.sum() >= 3:
                each[n] = 100 * np.quantile(gap[inside], 0.1) / hips
        found.append(sampled(side, strides.initial_contact_s[side], each))
    return Estimate(np.concatenate([one.value for one in found]), samples=joined(found))
