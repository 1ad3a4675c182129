"""Tables of cases: what is measured and said, and the advice that must follow."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from formcheck.cues import Advice, advise, symptoms_from
from formcheck.types import Runner
from tests.cues import build

CASES = tomllib.loads((Path(__file__).parent / "cases.toml").read_text("utf-8"))["case"]
BASES = {"side": build.NEUTRAL_SIDE, "rear": build.NEUTRAL_REAR, "none": {}}


def advice_of(case: dict[str, Any]) -> Advice:
    base = case.get("base", "side")
    runner = {"pace": "easy", **case.get("runner", {})}
    symptoms = case.get("symptoms")
    return advise(
        build.metrics({**BASES[base], **case.get("metrics", {})}),
        Runner(**runner),
        "rear" if base == "rear" else "side",
        None if symptoms is None else symptoms_from(symptoms),
        baseline_spm=case.get("baseline"),
        first_baseline_spm=case.get("first"),
    )


def test_there_are_enough_cases_and_no_twins():
    names = [case["name"] for case in CASES]
    assert len(names) == len(set(names))
    assert len(names) - sum(name.startswith("oracle") for name in names) >= 60


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case):
    advice = advice_of(case)
    assert build.ids(advice) == case["cues"]
    assert bool(advice.red_flags) == case.get("flagged", False)
    drills = {drill.id for drill in advice.drills}
    assert drills >= set(case.get("drills", ()))
    assert drills.isdisjoint(case.get("no_drills", ()))
    if "irritability" in case:
        assert advice.irritability == case["irritability"]
    if "target" in case:
        assert advice.cadence is not None
        target = [advice.cadence.target_low_spm, advice.cadence.target_high_spm]
        assert target == case["target"]
    if "bouts" in case:
        assert advice.cadence is not None
        assert advice.cadence.bouts == case["bouts"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_remarks(case):
    advice = advice_of(case)
    for entry in case.get("notes", ()):
        name, _, filling = entry.partition(":")
        assert build.note(name, held=filling) in advice.notes
    for name in case.get("no_notes", ()):
        start = build.note(name)[:25]
        assert not any(note.startswith(start) for note in advice.notes)
    everything = json.dumps(advice.to_dict())
    for words in case.get("says", ()):
        assert words in everything


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_safety_notes_are_always_there(case):
    notes = advice_of(case).notes
    names = ("safety_what", "safety_relative", "safety_stop", "safety_clinician")
    assert all(build.note(name) in notes for name in names)
