"""The one thing worth saying: every kind of sentence, in words that judge nobody."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.comparison import compare
from tests.comparison.reports import TEMPO, VALUES, lost, report

FORBIDDEN = ("better", "worse", "improve", "correct", "good", "bad", "injur", "diagnos", "should")


def said(moved: dict[str, float] | None = None, **how: Any) -> str:
    runner = how.pop("runner", {})
    found = compare(report(), report(moved=moved, runner=runner), **how)
    return found.sentence.replace("\N{NO-BREAK SPACE}", " ")


def tempo(moved: dict[str, float]) -> str:
    return said(moved, runner=TEMPO)


@pytest.mark.parametrize(
    ("grown", "name"),
    [
        ("landing_ankle_hip_cm", "landing distance went from 18.0 cm"),
        ("vertical_oscillation_cm", "bounce went from 8.0 cm to 14.0 cm"),
        ("landing_ankle_hip_pct_leg", "landing distance by leg length went from 20.0 %"),
    ],
)
def test_speed_that_came_from_reaching(grown: str, name: str) -> None:
    sentence = tempo({grown: 6.0, "cadence_spm": 1.0})
    assert "cadence hardly changed (165.0 steps/min and 166.0 steps/min)" in sentence
    assert name in sentence
    assert "the extra speed came from a longer reach" in sentence


def test_reaching_is_told_whichever_clip_comes_first() -> None:
    easy, quick = report(), report(moved={"landing_ankle_hip_cm": 6.0}, runner=TEMPO)
    assert compare(easy, quick).sentence == compare(quick, easy).sentence


@pytest.mark.parametrize(
    "moved",
    [
        {"landing_ankle_hip_cm": 6.0, "cadence_spm": 10.0},  # quicker steps too
        {"landing_ankle_hip_cm": 1.0},  # within noise
        {"landing_ankle_hip_cm": -6.0},  # less reach
    ],
)
def test_reaching_is_not_told_without_both_signs(moved: dict[str, float]) -> None:
    assert "reaching" not in tempo(moved)


def test_reaching_needs_a_faster_run_and_a_measured_cadence() -> None:
    moved = {"landing_ankle_hip_cm": 6.0}
    assert "reaching" not in said(moved)
    unknown = compare(
        report(), report(moved=moved, runner=TEMPO, metrics={"cadence_spm": lost("steps/min")})
    )
    assert "reaching" not in unknown.sentence


def test_a_change_too_small_to_matter_is_no_reach_even_when_it_is_sure() -> None:
    moved = {"vertical_oscillation_cm": 0.5}
    assert compare(report(), report(moved=moved, runner=TEMPO), same_setup=True).metrics[
        "vertical_oscillation_cm"
    ].verdict == "real"  # fmt: skip
    assert "reaching" not in said(moved, runner=TEMPO, same_setup=True)


def test_a_folding_trunk() -> None:
    moved = {"trunk_lean_deg": 5.0, "lean_bias_deg": -4.0}
    sentence = said(moved)
    assert "trunk leans further forward (5.0° forward and 10.0° forward)" in sentence
    assert "folding at the waist" in sentence
    assert "folding" in tempo(moved | {"cadence_spm": 10.0})
    assert "folding" not in said({"trunk_lean_deg": 5.0})
    assert "folding" not in said({"trunk_lean_deg": 5.0, "lean_bias_deg": 4.0})


def test_what_really_changed_furthest_first_and_at_most_two() -> None:
    sentence = said({"cadence_spm": 8.0, "trunk_lean_deg": 10.0, "contact_time_ms": -30.0})
    assert sentence == (
        "Beyond noise, trunk lean went from 5.0° forward to 15.0° forward and cadence went from "
        "165.0 steps/min to 173.0 steps/min."
    )


def test_what_speed_brings_is_told_as_such_and_the_rest_before_it() -> None:
    usual = {"cadence_spm": 12.0, "contact_time_ms": -60.0}
    assert tempo(usual).endswith("as expected with speed.")
    sentence = tempo(usual | {"trunk_lean_deg": -6.0})
    assert sentence.startswith("Beyond what speed explains, trunk lean went")
    assert "cadence" not in sentence


def test_one_story_is_told_once() -> None:
    sentence = said({"landing_ankle_hip_cm": 6.0, "landing_ankle_hip_pct_leg": 7.0})
    assert sentence.count("landing distance") == 1


def test_a_foot_strike_is_never_the_thing_to_say() -> None:
    found = compare(report(), report(moved={"foot_inclination_ic_deg": -20.0}))
    assert found.metrics["foot_inclination_ic_deg"].verdict == "real"
    assert found.sentence == "No difference is larger than between two clips of the same run."


def test_a_perhaps_asks_for_another_clip() -> None:
    sentence = said({"trunk_lean_deg": 1.8})
    assert sentence.startswith("No clear difference.")
    assert "film again" in sentence


def test_nothing_in_common_says_so() -> None:
    blind = report(metrics={key: lost() for key in VALUES})
    assert "No number was measured well enough" in compare(report(), blind).sentence


@given(
    moved=st.dictionaries(st.sampled_from(list(VALUES)), st.floats(-30, 30)),
    fast=st.booleans(),
)
def test_no_sentence_judges(moved: dict[str, float], fast: bool) -> None:
    sentence = said(moved, runner=TEMPO if fast else {})
    assert sentence.endswith(".")
    assert not [word for word in FORBIDDEN if word in sentence.lower()]
