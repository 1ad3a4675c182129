"""Tables of cases: what is measured and said, and the advice that must follow."""

from __future__ import annotations

import json
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from formcheck.cues import Advice, Past, advise, symptoms_from
from formcheck.types import Metric, QualityNote, Runner, ViewKind
from tests.cues import build

CASES = [
    case
    for name in ("cases.toml", "patients.toml", "hard.toml")
    for case in tomllib.loads((Path(__file__).parent / name).read_text("utf-8"))["case"]
]
BASES = {"side": build.NEUTRAL_SIDE, "rear": build.NEUTRAL_REAR, "none": {}}
NOW = date(2026, 5, 1)


def measured(case: dict[str, Any], metrics: dict[str, Any]) -> dict[str, Metric]:
    return build.metrics({**BASES[case.get("base", "side")], **metrics})


def past_of(case: dict[str, Any], view: ViewKind) -> Past | None:
    before = case.get("before")
    if before is None:
        return None
    metrics = measured(case, before["metrics"])
    cadence = metrics["cadence_spm"].value
    return Past(
        metrics=metrics,
        runner=Runner(pace="easy", date=str(NOW - timedelta(weeks=before["weeks"]))),
        views=(view,),
        symptoms=symptoms_from(before["symptoms"]),
        cues=tuple(before["cues"]),
        worked=tuple(before.get("worked", ())),
        dropped=tuple(before.get("dropped", ())),
        known=symptoms_from(before["known"]) if "known" in before else None,
        baseline_spm=cadence,
        first_baseline_spm=cadence,
    )


def advice_of(case: dict[str, Any]) -> Advice:
    view: ViewKind = "rear" if case.get("base") == "rear" else "side"
    pace = {} if case.get("no_pace") else {"pace": "easy"}
    runner = {**pace, "date": str(NOW), **case.get("runner", {})}
    symptoms = case.get("symptoms")
    notes = case.get("quality", {}).items()
    return advise(
        measured(case, case.get("metrics", {})),
        Runner(**runner),
        view,
        None if symptoms is None else symptoms_from(symptoms),
        baseline_spm=case.get("baseline"),
        first_baseline_spm=case.get("first"),
        previous=past_of(case, view),
        quality=[QualityNote(code, severity, "") for code, severity in notes],
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
        assert (advice.irritability or "none") == case["irritability"]
    if "graded" in case:
        assert advice.grade is not None
        assert advice.grade.id == case["graded"]
    answers = {one.id: one.answer for one in advice.findings}
    assert answers.items() >= case.get("told", {}).items()
    if "target" in case:
        assert advice.cadence is not None
        target = [advice.cadence.target_low_spm, advice.cadence.target_high_spm]
        assert target == case["target"]
    if "verdicts" in case:
        assert [one.verdict for one in advice.response] == case["verdicts"]
    if "plans" in case:
        assert [plan.id for plan in advice.plans] == case["plans"]
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
    everything = json.dumps(advice.to_dict(), ensure_ascii=False)
    for words in case.get("says", ()):
        assert words.lower() in everything.lower()
    for words in case.get("never", ()):
        assert words.lower() not in everything.lower()


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_safety_notes_are_always_there(case):
    """Beside a red flag nobody is told to try things."""
    advice = advice_of(case)
    said = {remark.id for remark in advice.remarks if remark.kind == "safety"}
    stop = "safety_general" if advice.red_flags else "safety_stop"
    assert said >= {"safety_what", "safety_relative", stop, "safety_clinician"}
    assert len({"safety_general", "safety_stop"} & said) == 1
