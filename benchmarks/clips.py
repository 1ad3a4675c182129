"""Clips with exact truth: the JSON beside a clip, brought under the report's keys."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.joints import joint_metrics
from formcheck.landmarks import SIDES, Side
from formcheck.types import Floats, Runner

ORIGINAL = "original"

# Where a value of the report lies in the truth: path of keys, SIDE stands for the near side.
EVERY_VIEW: Mapping[str, tuple[str, ...]] = {
    "cadence_spm": ("cadence_spm",),
    "step_time_s": ("step_time_s", "mean"),
    "contact_time_ms": ("contact_time_ms", "mean"),
    "flight_time_ms": ("flight_time_ms",),
    "duty_factor": ("duty_factor",),
    "vertical_oscillation_cm": ("vertical_oscillation_pelvis_cm",),
}
SIDE_VIEW: Mapping[str, tuple[str, ...]] = {
    "trunk_lean_deg": ("trunk_lean_mean_deg",),
    "landing_ankle_hip_cm": ("ankle_ahead_midhip_cm", "SIDE"),
    "landing_ankle_hip_pct_leg": ("ankle_ahead_midhip_pct_leg", "SIDE"),
    "shank_angle_ic_deg": ("tibia_angle_ic_deg", "SIDE"),
    "knee_flexion_ic_deg": ("knee_flexion_ic_deg", "SIDE"),
    "knee_flexion_peak_stance_deg": ("knee_flexion_peak_stance_deg", "SIDE"),
    "foot_inclination_ic_deg": ("foot_pitch_ic_deg", "SIDE"),
    "elbow_angle_deg": ("elbow_angle", "SIDE", "mean_sagittal_projection_deg"),
    "arm_swing_deg": ("arm_swing", "SIDE", "excursion_deg"),
}
REAR_VIEW: Mapping[str, tuple[str, ...]] = {
    "knee_fppa_midstance_deg": ("fppa_midstance_image_deg",),
    "pelvic_drop_midstance_deg": ("pelvic_drop_midstance_deg",),
}


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What is exactly known of a clip.

    `kind` names what was done to the clip (`original`, or a degradation); `events` holds instants
    in seconds by side and kind of event; `metrics` is keyed as the report.
    """

    name: str
    kind: str
    view: str
    near_side: Side | None
    fps: float
    duration_s: float
    runner: Runner
    metrics: Mapping[str, float]
    events: Mapping[Side, Mapping[str, Floats]]


def clips_with_truth(folder: Path) -> list[tuple[Truth, Path]]:
    """Return the truth and the path of every clip in a folder that has its truth beside it."""
    found = []
    for path in sorted(folder.glob("*.json")):
        clip = path.with_suffix(".mp4")
        doc = json.loads(path.read_text(encoding="utf-8"))
        if clip.exists() and {"frame_times", "events", "metrics"} <= doc.keys():
            found.append((read_truth(path.stem, doc), clip))
    return found


def read_truth(name: str, doc: Mapping[str, Any]) -> Truth:
    """Take what is scored from the content of a truth file."""
    near: Side | None = doc["view"] if doc["view"] in SIDES else None
    times = doc["frame_times"]
    return Truth(
        name=name,
        kind=doc.get("degradation", ORIGINAL),
        view="side" if near else doc["view"],
        near_side=near,
        fps=float(doc["fps"]),
        duration_s=float(times[-1]),
        runner=Runner(
            height_m=doc["runner"]["height_m"],
            belt_speed_mps=doc["gait_params"]["speed"],
            incline_pct=100.0 * math.tan(math.radians(doc["treadmill_incline_deg"])),
        ),
        metrics=_metrics(doc, near),
        events={
            side: {
                "initial_contact_s": np.asarray(doc["events"][side]["initial_contact"], float),
                "toe_off_s": np.asarray(doc["events"][side]["toe_off"], float),
            }
            for side in SIDES
        },
    )


def _metrics(doc: Mapping[str, Any], near: Side | None) -> dict[str, float]:
    """Return the truth's metrics under the report's keys; what is not known is left out."""
    known = doc["metrics"]
    found = {key: _at(known, path) for key, path in EVERY_VIEW.items()}
    step, bounce = found["step_time_s"], found["vertical_oscillation_cm"]
    if step is not None:
        found["stride_time_s"] = 2.0 * step
    if bounce is not None:
        found["vertical_oscillation_pct_leg"] = bounce / doc["runner"]["leg_length_m"]
    if near is not None:
        for key, path in SIDE_VIEW.items():
            found[key] = _at(known, tuple(near if part == "SIDE" else part for part in path))
    else:
        found["step_width_cm"] = _at(known, ("step_width_cm",))
        for key, path in REAR_VIEW.items():
            found[key] = _at(known, (*path, "mean"))
            for side in SIDES:
                found[f"{key}_{side}"] = _at(known, (*path, side))
    known_joints = joint_metrics(doc, near)
    return {key: value for key, value in (found | known_joints).items() if value is not None}


def _at(tree: Any, path: tuple[str, ...]) -> float | None:
    for key in path:
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return None if tree is None else float(tree)
