"""Truth that a clip's file does not name, from its exact joints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from formcheck.landmarks import SIDES, Side, other
from formcheck.types import Floats

LOADING_S = 0.02


def joint_metrics(doc: Mapping[str, Any], near: Side | None) -> dict[str, float]:
    """Return metrics under the report's keys from joints (x forward, y to the left, z up), metres.

    Parameters
    ----------
    doc : mapping
        A truth file with `joints3d` at `frame_times`, and `events`.
    near : {"left", "right"} or None
        The limb that is measured from the side; None from behind.
    """
    found = times(doc)
    if "joints3d" not in doc:
        return found
    return found | (side_joints(doc, near) if near is not None else rear_joints(doc))


def times(doc: Mapping[str, Any]) -> dict[str, float]:
    """Return step length and the differences of the feet in step and contact time, in per cent."""
    found = {}
    step_s = doc["metrics"].get("step_time_s", {}).get("mean")
    if step_s is not None:
        found["step_length_m"] = doc["gait_params"]["speed"] * step_s
        found["step_length_pct_leg"] = 100 * found["step_length_m"] / doc["runner"]["leg_length_m"]
    for key in ("step_time_s", "contact_time_ms"):
        feet = doc["metrics"].get(key, {})
        if {"left", "right"} <= feet.keys():
            left, right = feet["left"], feet["right"]
            name = f"{key.rpartition('_')[0]}_difference_pct"
            found[name] = 200 * (left - right) / (left + right)
    return found


def side_joints(doc: Mapping[str, Any], near: Side) -> dict[str, float]:
    """Return the near leg's angles through stance, the heel's place at contact and the head's."""
    joint = _Joints(doc)
    contact_s, toe_off_s = joint.contacts(near)
    hip, knee, ankle = (f"{near}_{name}" for name in ("hip", "knee", "ankle"))
    shank = joint.slant(knee, ankle)
    flexion = joint.slant(hip, knee) - shank
    excursion = [
        flexion[(joint.t_s >= a) & (joint.t_s <= b)].max() - np.interp(a, joint.t_s, flexion)
        for a, b in zip(contact_s, toe_off_s, strict=True)
    ]
    heel = joint.at[f"{near}_heel"][:, 0] - joint.at["com"][:, 0]
    face = joint.at["nose"] - (joint.at["left_ear"] + joint.at["right_ear"]) / 2
    pitch = np.degrees(np.arctan2(face[:, 2], face[:, 0]))
    return {
        "tibia_angle_loading_deg": joint.mean_at(shank, contact_s + LOADING_S),
        "shank_angle_midstance_deg": joint.mean_at(-shank, (contact_s + toe_off_s) / 2),
        "hip_extension_to_deg": joint.mean_at(-joint.slant(hip, knee), toe_off_s),
        "knee_excursion_stance_deg": float(np.mean(excursion)),
        "landing_heel_com_cm": 100 * joint.mean_at(heel, contact_s),
        "head_pitch_deg": float(pitch.mean()),
    }


def rear_joints(doc: Mapping[str, Any]) -> dict[str, float]:
    """Return each foot's hip adduction at midstance, seen from behind, and the mean of both."""
    joint = _Joints(doc)
    found = {}
    for side in SIDES:
        stance = contact_s, toe_off_s = joint.contacts(side)
        middle_s = (contact_s + toe_off_s) / 2
        inward = -1.0 if side == "left" else 1.0
        thigh = joint.at[f"{side}_knee"] - joint.at[f"{side}_hip"]
        line = joint.at[f"{other(side)}_hip"] - joint.at[f"{side}_hip"]
        slant = np.degrees(np.arctan2(inward * thigh[:, 1], -thigh[:, 2]))
        drop = np.degrees(np.arctan2(-line[:, 2], np.abs(line[:, 1])))
        found[f"hip_adduction_midstance_deg_{side}"] = joint.mean_at(slant + drop, middle_s)
        found[f"hip_adduction_peak_deg_{side}"] = joint.course(slant + drop, *stance).max()
        trunk = joint.at["mid_shoulder"] - joint.at["mid_hip"]
        lean = joint.course(np.degrees(np.arctan2(-inward * trunk[:, 1], trunk[:, 2])), *stance)
        found[f"trunk_side_lean_peak_deg_{side}"] = lean.max()
        found[f"trunk_side_lean_excursion_deg_{side}"] = float(np.ptp(lean))
    keys = {name.rpartition("_")[0] for name in found}
    both = {key: float(np.mean([found[f"{key}_{side}"] for side in SIDES])) for key in sorted(keys)}
    return {**both, **found}


class _Joints:
    """Joints over the frames of a clip, read at instants inside it."""

    def __init__(self, doc: Mapping[str, Any]) -> None:
        self.t_s: Floats = np.asarray(doc["frame_times"], float)
        self.at = {name: np.asarray(place, float) for name, place in doc["joints3d"].items()}
        self._events = doc["events"]

    def contacts(self, side: Side) -> tuple[Floats, Floats]:
        """Return contacts and their toe-offs that lie inside the clip."""
        start = np.asarray(self._events[side]["initial_contact"], float)
        stop = np.asarray(self._events[side]["toe_off"], float)
        pairs = [(a, b[0]) for a in start if (b := stop[stop > a]).size and b[0] - a < 0.6]
        first, last = self.t_s[0], self.t_s[-1]
        kept = np.array([(a, b) for a, b in pairs if a >= first and b <= last])
        return kept[:, 0], kept[:, 1]

    def slant(self, start: str, end: str) -> Floats:
        """Return (T,) degrees of a segment against straight down, positive with its end ahead."""
        segment = self.at[end] - self.at[start]
        return np.asarray(np.degrees(np.arctan2(segment[:, 0], -segment[:, 2])))

    def course(self, series: Floats, start_s: Floats, stop_s: Floats) -> Floats:
        """Return the mean course of a series from starts to stops, in 41 steps."""
        parts = np.linspace(0.0, 1.0, 41)
        at_s = start_s[:, None] + parts * (stop_s - start_s)[:, None]
        return np.asarray(np.interp(at_s, self.t_s, series).mean(axis=0))

    def mean_at(self, series: Floats, at_s: Floats) -> float:
        """Return the mean of a series at instants between its frames."""
        return float(np.interp(at_s, self.t_s, series).mean())
