"""Rendered clips of known gait: what is true of them must lead to the fitting advice."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest

from formcheck.catalogue import split_side
from formcheck.cues import advise, symptoms_from
from formcheck.types import Metric, Runner
from tests.cues import build

CLIPS = tomllib.loads((Path(__file__).parent / "clips.toml").read_text("utf-8"))["clip"]


def measured(clip: dict[str, object], half_share: float = 1.0) -> dict[str, Metric]:
    rows = {
        key: [value, half_share * build.HALF_WIDTHS[split_side(key)[0]]]
        for key, value in clip["metrics"].items()  # type: ignore[attr-defined]
    }
    metrics = build.metrics(rows)
    for key in clip.get("withheld", ()):  # type: ignore[attr-defined]
        blank = build.metric(key, 0.0)
        metrics[key] = dataclasses.replace(
            blank, status="frame_rate_too_low", value=None, low=None, high=None
        )
    return metrics


def advice_of(clip, half_share=1.0, symptoms=None):
    runner = Runner(pace=clip["pace"], incline_pct=clip.get("incline_pct", 0.0))
    return advise(measured(clip, half_share), runner, clip["view"], symptoms)


@pytest.mark.parametrize("clip", CLIPS, ids=[clip["name"] for clip in CLIPS])
@pytest.mark.parametrize("half_share", [0.2, 1.0])
def test_a_clip_leads_to_its_advice(clip, half_share):
    """With the usual uncertainty, and when it is measured more sharply than usual."""
    advice = advice_of(clip, half_share)
    expected = clip["cues"]
    if half_share < 1.0 and clip["name"].startswith("d04"):
        expected = [*expected, "lean_from_ankles"]  # one degree of lean, once it is certain
    assert build.ids(advice) == expected
    assert {drill.id for drill in advice.drills} >= set(clip.get("drills", ()))
    assert all(build.note(name) in advice.notes for name in clip.get("notes", ()))
    assert (build.note("nothing") in advice.notes) == (not expected and "notes" not in clip)


@pytest.mark.parametrize("clip", [c for c in CLIPS if "sore" in c], ids=lambda clip: clip["name"])
def test_a_sore_runner_gets_more(clip):
    advice = advice_of(clip, symptoms=symptoms_from(clip["sore"]))
    assert build.ids(advice) == clip["sore_cues"]


@pytest.mark.parametrize("clip", CLIPS, ids=[clip["name"] for clip in CLIPS])
def test_measured_very_poorly_a_clip_leads_to_nothing(clip):
    assert build.ids(advice_of(clip, half_share=6.0)) == []
