"""Nothing plans fast running while something in the same advice leaves it out for now."""

from __future__ import annotations

import dataclasses
import itertools
import re

import pytest

from formcheck.cues import Past, Symptoms, advice_text, advise, load_guide, symptoms_from
from formcheck.cues.guide.shapes import FadeStep, Step
from formcheck.types import Runner
from tests.cues import build

GUIDE = load_guide()
PLANS = re.compile(
    r"tempo runs|tempo run a week|light strides|hard sessions|sprints", re.IGNORECASE
)
LEAVES = [row for row in GUIDE.texts.text if row.slows]
MAY_NAME = {
    # They leave it out themselves, or are not said beside anything that does.
    *(row.id for row in LEAVES),
    *(row.id for row in GUIDE.texts.text if "no_fast" in row.unless),
}


def test_every_text_that_names_fast_running_knows_when_it_is_left_out():
    """A new sentence of this kind must say when it does not hold."""
    texts = {row.id: row.text for row in GUIDE.texts.text if row.id not in MAY_NAME}
    rules = GUIDE.rules
    texts |= {f"{cue.id} {name}": getattr(cue, name) or "" for cue in rules.cue for name in (
        "text", "hold_text", "above_text", "dose", "hold_dose", "remeasure", "trade_off", "caution"
    )}  # fmt: skip
    steps: list[Step | FadeStep] = [
        *rules.fade.steps,
        *(step for plan in GUIDE.regions.plan for step in plan.steps),
    ]
    for step in steps:
        texts[step.when + step.text] = step.text if step.without_fast is None else step.without_fast
    said = rules.response
    texts |= {
        name: getattr(said, name) for name in ("worked_slow", "number_worked_slow", "held_on")
    }
    named = {name for name, text in texts.items() if PLANS.search(text)}
    assert named == set()


def test_what_tells_to_leave_fast_running_out_is_marked():
    asks = r"fast runs out|talking pace (for now|until)|take it out until|tempo runs are the last"
    telling = {row.id for row in GUIDE.texts.text if re.search(asks, row.text, re.IGNORECASE)}
    assert telling
    assert telling <= {row.id for row in LEAVES}


ANSWERS = [
    dict(zip(("pain_during", "settles_hours", "flares_on", "training_change"), row, strict=True))
    for row in itertools.product((0, 1, 4), (6, 30), (None, "fast"), (None, "faster"))
]


@pytest.mark.parametrize("worked", [(), ("cadence", "lean_from_ankles")], ids=["new", "before"])
@pytest.mark.parametrize("place", ["knee", "achilles", ("knee", "shin"), "hip"])
@pytest.mark.parametrize("weeks", [0, 5])
def test_no_advice_plans_what_it_leaves_out(place, worked, weeks):
    """Whatever worked, whatever the pain: a plan of fast running stands beside no such sentence."""
    rows = {**build.NEUTRAL_SIDE, "cadence_spm": 165.0, "trunk_lean_deg": -5.0}
    past = Past(
        metrics=build.metrics({**rows, "trunk_lean_deg": -9.0}),
        runner=Runner(pace="easy", date="2026-03-01"),
        views=("side",),
        symptoms=Symptoms(place, 6, 20),
        cues=("cadence", "lean_from_ankles"),
        worked=worked,
        baseline_spm=157.0,
        first_baseline_spm=157.0,
        plans={"achilles_weeks": "2026-03-01"},
    )
    later = Runner(pace="easy", date="2026-03-01" if not weeks else "2026-04-05")
    left_out = 0
    for told, race in itertools.product(ANSWERS, (None, 5)):
        answers = {"region": place, "practised": True, "race_in_weeks": race, **told}
        now = symptoms_from(answers)
        advice = advise(build.metrics(rows), later, "side", now, previous=past)
        leaving = {row.id for row in LEAVES} & {remark.id for remark in advice.remarks}
        left_out += bool(leaving)
        if not leaving:
            continue
        said = dataclasses.replace(
            advice, remarks=tuple(r for r in advice.remarks if r.id not in leaving)
        )
        assert not PLANS.search(advice_text(said)), (leaving, told)
    assert left_out
