"""Every clip in `sample_videos` has its expected advice, which follows from what is true of it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from formcheck.cues import advise
from formcheck.types import Metric, Runner, ViewKind
from tests.cues import build

ROOT = Path(__file__).parents[2]
EXPECTED = tomllib.loads((Path(__file__).parent / "clips.toml").read_text("utf-8"))["samples"]
TRUTHS = sorted((ROOT / "sample_videos").glob("*.json"))

SIDE = {
    "trunk_lean_deg": "trunk_lean_mean_deg",
    "landing_ankle_hip_pct_leg": "ankle_ahead_midhip_pct_leg.NEAR",
    "shank_angle_ic_deg": "tibia_angle_ic_deg.NEAR",
    "knee_flexion_ic_deg": "knee_flexion_ic_deg.NEAR",
    "elbow_angle_deg": "elbow_angle.NEAR.mean_sagittal_projection_deg",
    "arm_swing_deg": "arm_swing.NEAR.excursion_deg",
}
REAR = {
    "knee_fppa_midstance_deg_left": "fppa_midstance_image_deg.left",
    "knee_fppa_midstance_deg_right": "fppa_midstance_image_deg.right",
    "pelvic_drop_midstance_deg_left": "pelvic_drop_midstance_deg.left",
    "pelvic_drop_midstance_deg_right": "pelvic_drop_midstance_deg.right",
    "step_width_cm": "step_width_cm",
}
BOTH = {"cadence_spm": "cadence_spm", "vertical_oscillation_cm": "vertical_oscillation_pelvis_cm"}


def true_metrics(truth: dict[str, Any]) -> dict[str, Metric]:
    """The truth of a clip as metrics of the usual uncertainty."""
    names = {**BOTH, **(REAR if truth["view"] == "rear" else SIDE)}
    rows: dict[str, float] = {}
    for key, path in names.items():
        value: Any = truth["metrics"]
        for word in path.replace("NEAR", truth["view"]).split("."):
            value = value[word]
        rows[key] = value
    return build.metrics(rows)


def test_every_sample_has_its_expected_advice():
    assert {path.stem for path in TRUTHS} == set(EXPECTED)
    assert EXPECTED


@pytest.mark.parametrize("path", TRUTHS, ids=[path.stem for path in TRUTHS])
def test_a_sample_leads_to_its_advice(path):
    truth = json.loads(path.read_text("utf-8"))
    view: ViewKind = "rear" if truth["view"] == "rear" else "side"
    advice = advise(true_metrics(truth), Runner(pace="easy"), view)
    assert build.ids(advice) == EXPECTED[path.stem]
    assert (build.note("nothing") in advice.notes) == (EXPECTED[path.stem] == [])
