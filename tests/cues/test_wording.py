"""Wording: no verdicts, no norms, and every number comes with its interval."""

from __future__ import annotations

import re

import pytest

from formcheck.cues import Symptoms, advice_text, advise, docs, load_guide
from formcheck.cues.guide.checks import RESPONSE_TEXTS
from formcheck.types import Runner
from tests.cues import build

GUIDE = load_guide()
FORBIDDEN = (
    r"(?<!does not )diagnos(e|ed|es)\b",
    r"\bgrade[ds]?\b",
    r"\brisk score",
    r"\bideal\b",
    r"\bcorrect form",
    r"\bwrong form",
    r"\bbad form",
    r"\bperfect\b",
    r"\bprevents?\b",
    r"\bcures?\b",
    r"\btreatment\b",
    r"\bsyndrome\b",
    r"\btendinopathy\b",
    r"\bfasci(itis|opathy)\b",
    r"\bpatellofemoral\b",
    r"\bshould have\b",
)


def all_texts() -> list[str]:
    rules = GUIDE.rules
    texts = [text.text for text in GUIDE.texts.text]
    for cue in rules.cue:
        texts += [cue.title, cue.text, cue.why, cue.dose, cue.remeasure, cue.trade_off, cue.caution]
    for drill in GUIDE.drills.drill:
        texts += [
            drill.text,
            drill.dose,
            drill.dose_sore,
            drill.dose_high,
            drill.progression,
            drill.stop_if,
        ]
    texts += [finding.says for finding in rules.finding]
    texts += [step.text for plan in GUIDE.regions.plan for step in plan.steps]
    texts += [str(getattr(rules.response, name)) for name in RESPONSE_TEXTS]
    texts += [finding.tell for finding in rules.finding]
    texts += [step.text for step in rules.fade.steps]
    return texts


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_no_verdicts(pattern):
    hits = [text for text in all_texts() if re.search(pattern, text, re.IGNORECASE)]
    assert hits == []


def test_sentences_are_short():
    """Plain language: hardly a sentence longer than 40 words, none longer than 50."""
    sentences = [s for text in all_texts() for s in re.split(r"[.;:] ", text)]
    words = sorted(len(s.split()) for s in sentences)
    assert words[-1] <= 50
    assert words[int(0.95 * len(words))] <= 30


def knee_advice():
    rows = {**build.NEUTRAL_SIDE, "cadence_spm": 165.0, "landing_ankle_hip_pct_leg": 31.0}
    rows |= {"shank_angle_ic_deg": 10.0, "trunk_lean_deg": -2.0}
    return advise(build.metrics(rows), Runner(pace="easy"), "side", Symptoms("knee", 4, 20, True))


def test_a_cue_says_what_was_seen_and_what_should_move():
    cadence, lean = knee_advice().cues
    assert "31.0 % of leg length (between 27.5 and 34.5)" in cadence.seen
    assert "cadence 165.0 steps/min (between 164.6 and 165.4)" in cadence.seen
    assert "cadence from 165 to between 173 and 177 steps/min" in cadence.remeasure
    assert "% of leg length" not in cadence.remeasure  # less than another day's clip could show
    assert "2 of ten points less" in cadence.remeasure
    assert "(between -5.1 and 1.1)" in lean.seen
    assert (
        "from -2.0 to between 0.0 and 1.0 degrees, changes under 2.4 are within measurement error"
        in lean.remeasure
    )


def test_the_step_length_is_what_a_quicker_step_changes_for_sure():
    rows = {**build.NEUTRAL_SIDE, "cadence_spm": 165.0}
    runner = Runner(pace="easy", belt_speed_mps=2.8)
    (cue,) = advise(build.metrics(rows), runner, "side", Symptoms("knee", 4, 20)).cues
    assert (
        "step length from 1.02 to between 0.95 and 0.97 m, changes under 0.02 are within "
        "measurement error" in cue.remeasure
    )


@pytest.mark.parametrize("half", [0.1, 0.3, 1.0, 3.0])
def test_a_cue_promises_only_what_another_days_clip_could_show(half):
    """Every number that is told to move may move by more than what is called noise beside it."""
    faults = {
        "landing_ankle_hip_pct_leg": 36.0,
        "shank_angle_ic_deg": 14.0,
        "vertical_oscillation_cm": 14.0,
        "trunk_lean_deg": -6.0,
        "elbow_angle_deg": 150.0,
        "arm_swing_deg": 12.0,
    }
    wide = {key: [value, half * build.HALF_WIDTHS[key]] for key, value in faults.items()}
    for key in faults:
        metrics = build.metrics({**build.NEUTRAL_SIDE, **{k: wide[k] for k in (key,)}})
        for cue in advise(metrics, Runner(pace="easy"), "side", Symptoms("knee", 2, 5)).cues:
            told = re.findall(
                r"from ([-\d.]+) to between ([-\d.]+) and ([-\d.]+) [^;]*?under ([\d.]+) are",
                cue.remeasure,
            )
            for start, first, last, noise in (map(float, row) for row in told):
                assert max(abs(first - start), abs(last - start)) >= noise - 0.11


def test_the_beat_of_the_dose_is_the_middle_of_the_target():
    advice = knee_advice()
    assert advice.cadence is not None
    assert advice.cadence.metronome_spm == 175
    assert "(175 a minute)" in advice.cues[0].dose
    assert "(87.5)" in advice.cues[0].dose


def test_the_week_holds_the_runners_own_cadence():
    (plan,) = knee_advice().plans
    days = {step.when: step.text for step in plan.steps}
    assert "173 to 177" in days["Monday"]
    assert "without any cue" in days["Wednesday"]
    assert list(days)[:7] == [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ]


def test_without_a_cadence_cue_the_week_has_none():
    advice = advise({}, Runner(), "side", Symptoms("knee", 2, 3))
    assert advice.cues == ()
    assert advice.plans[0].steps[0].text == "Easy run, no cue."


def test_no_plan_while_irritability_is_high():
    assert advise({}, Runner(), "side", Symptoms("knee", 8)).plans == ()


def test_the_terminal_text_holds_everything_within_its_width():
    advice = knee_advice()
    text = advice_text(advice, width=72)
    flat = " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 72
    said = [c.text for c in advice.cues] + [d.text for d in advice.drills] + list(advice.notes)
    said += [c.seen for c in advice.cues] + list(advice.retest)
    assert all(" ".join(s.split()) in flat for s in said)
    flagged = advice_text(advise({}, Runner(), "side", Symptoms("bone")))
    assert flagged.startswith("Please see a clinician")


def test_the_page_names_every_threshold():
    page = docs.page()
    for finding in GUIDE.rules.finding:
        for case in finding.case:
            for sign in case.signs:
                assert f"`{sign.metric}`" in page
                assert all(f"{number:g}" in page for number in sign.numbers)
