"""Symptoms: what is accepted, and how irritable every combination is."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.cues import REGIONS, Symptoms, load_guide, symptoms_from
from formcheck.cues.symptoms import irritability
from formcheck.errors import UsageError

RULE = load_guide().regions.irritability

PAINS = {None: 1, 0: 0, 1: 0, 2.9: 0, 3: 1, 3.5: 1, 4: 1, 5: 1, 5.5: 2, 6: 2, 10: 2}
HOURS = {None: 1, 0: 0, 12: 0, 24: 0, 25: 1, 48: 1, 49: 2, 100: 2}
STIFF = {False: 0, True: 1}
GAIT = {False: 0, True: 2}
LEVELS = ("low", "moderate", "high")


@pytest.mark.parametrize(
    ("pain", "hours", "stiff", "gait"), list(itertools.product(PAINS, HOURS, STIFF, GAIT))
)
def test_the_most_careful_sign_decides(pain, hours, stiff, gait):
    """The whole table: each answer has a level of its own, and the highest one counts."""
    symptoms = Symptoms(
        region="knee",
        pain_during=pain,
        settles_hours=hours,
        stiff_next_morning=stiff,
        alters_gait=gait,
    )
    worst = max(PAINS[pain], HOURS[hours], STIFF[stiff], GAIT[gait])
    assert irritability(symptoms, RULE) == LEVELS[worst]


@pytest.mark.parametrize("symptoms", [None, Symptoms(), Symptoms(race_in_weeks=3)])
def test_without_pain_there_is_no_irritability(symptoms):
    assert irritability(symptoms, RULE) is None


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        ({"region": "elbow"}, "elbow"),
        ({"region": "Knee"}, "Knee"),
        ({"pain_during": 11}, "--pain-during"),
        ({"pain_during": -1}, "--pain-during"),
        ({"pain_during": float("nan")}, "--pain-during"),
        ({"pain_during": True}, "--pain-during"),
        ({"pain_during": "4"}, "--pain-during"),
        ({"settles_hours": -0.5}, "--settles-hours"),
        ({"settles_hours": float("inf")}, "--settles-hours"),
        ({"weeks": -1}, "--weeks"),
        ({"weeks": 10_000}, "--weeks"),
        ({"shoe_change_weeks": -2}, "--shoe-change-weeks"),
        ({"race_in_weeks": -1}, "--race-in-weeks"),
        ({"night_pain": "yes"}, "--night-pain"),
        ({"paint_during": 3}, "paint_during"),
    ],
)
def test_impossible_answers_are_named(answers, word):
    with pytest.raises(UsageError, match=word) as caught:
        symptoms_from(answers)
    assert caught.value.exit_code == 2
    assert str(caught.value).endswith(".")


@settings(deadline=None)
@given(
    st.sampled_from([None, *REGIONS]), st.none() | st.floats(0, 10), st.booleans(), st.booleans()
)
def test_answers_survive_storage(region, pain, stiff, night):
    symptoms = Symptoms(region=region, pain_during=pain, stiff_next_morning=stiff, night_pain=night)
    assert symptoms_from(symptoms.to_dict()) == symptoms
