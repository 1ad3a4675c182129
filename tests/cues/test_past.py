"""Advice on a later report: did the cue work, should it stay, or be dropped."""

from __future__ import annotations

import pytest

from formcheck.cues import Past, Symptoms, advise
from formcheck.errors import UsageError
from formcheck.types import Runner
from tests.cues import build

START, AFTER_TWO, AFTER_FIVE, AFTER_SEVEN = "2026-03-01", "2026-03-15", "2026-04-05", "2026-04-20"


def follow_up(
    before: Symptoms | None,
    now: Symptoms | None,
    date: str | None = AFTER_FIVE,
    old: dict[str, float] | None = None,
    new: dict[str, float] | None = None,
    cues: tuple[str, ...] = ("cadence",),
    **changes: object,
):
    past = Past(
        metrics=build.metrics({**build.NEUTRAL_SIDE, "cadence_spm": 165, **(old or {})}),
        runner=Runner(pace="easy", date=START, belt_speed_mps=2.8, shoes="a"),
        views=("side",),
        symptoms=before,
        cues=cues,
        baseline_spm=165.0,
        first_baseline_spm=165.0,
    )
    given = {"pace": "easy", "date": date, "belt_speed_mps": 2.8, "shoes": "a", **changes}
    metrics = build.metrics({**build.NEUTRAL_SIDE, "cadence_spm": 174, **(new or {})})
    return advise(metrics, Runner(**given), "side", now, previous=past)  # type: ignore[arg-type]


def knee(pain: float | None, hours: float | None = 12, **more: object) -> Symptoms:
    return Symptoms("knee", pain, hours, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "now", "date", "verdict"),
    [
        (knee(5), knee(3), AFTER_FIVE, "worked"),
        (knee(5), knee(2), AFTER_TWO, "worked"),
        (knee(5), knee(2), None, "worked"),
        (knee(5), knee(3, None), AFTER_FIVE, "unclear"),
        (knee(1), knee(0), AFTER_FIVE, "worked"),
        (knee(5, 40), knee(3, 30), AFTER_FIVE, "stay"),
        (knee(5), knee(4), AFTER_TWO, "stay"),
        (knee(5), knee(4), AFTER_FIVE, "stay"),
        (knee(5), knee(4), None, "stay"),
        (knee(5), knee(4), AFTER_SEVEN, "drop"),
        (knee(5), knee(5), AFTER_TWO, "stay"),
        (knee(5), knee(5), AFTER_FIVE, "drop"),
        (knee(5), knee(5), None, "drop"),
        (knee(5, 30), knee(5, 10), AFTER_FIVE, "stay"),
        (knee(4), knee(5), AFTER_TWO, "drop"),
        (knee(2), knee(2, 60), AFTER_TWO, "drop"),
        (knee(4), Symptoms("achilles", 2, 5), AFTER_FIVE, "drop"),
        (knee(None), knee(2), AFTER_FIVE, "unclear"),
    ],
)
def test_soreness_decides(before, now, date, verdict):
    advice = follow_up(before, now, date)
    assert [(r.cue, r.verdict) for r in advice.response] == [("cadence", verdict)]
    assert advice.response[0].text in advice.notes
    assert ("cadence" in advice.dropped) == (verdict == "drop")
    assert ("cadence" in build.ids(advice)) == (verdict != "drop")


def test_the_target_stays_where_it_was():
    advice = follow_up(knee(5), knee(3))
    assert advice.cadence is not None
    assert (advice.cadence.target_low_spm, advice.cadence.target_high_spm) == (173, 177)
    assert advice.cadence.baseline_given
    assert "Hold it there" in advice.cues[0].text


def test_a_dropped_cue_leaves_its_place_empty_and_stays_away():
    fault = {"landing_ankle_hip_pct_leg": 31.0, "shank_angle_ic_deg": 10.0}
    advice = follow_up(knee(4), knee(5), new=fault)
    assert advice.cues == ()
    assert advice.dropped == ("cadence",)
    past = Past(
        views=("side",),
        symptoms=knee(5),
        dropped=advice.dropped,
        baseline_spm=165.0,
        first_baseline_spm=165.0,
    )
    later = advise(
        build.metrics({**build.NEUTRAL_SIDE, **fault}),
        Runner(pace="easy"),
        "side",
        knee(4),
        previous=past,
    )
    assert build.ids(later) == ["land_under_hips"]
    assert later.dropped == ("cadence",)


def test_a_cue_that_is_being_judged_keeps_its_place_when_the_number_is_fine():
    advice = follow_up(knee(5), knee(4), AFTER_TWO, cues=("lean_from_ankles",))
    assert "lean_from_ankles" in build.ids(advice)


def test_without_pain_the_number_decides():
    fault = {"landing_ankle_hip_pct_leg": 33.0}
    for new, date, verdict in (
        (25.0, AFTER_FIVE, "worked"),
        (32.9, AFTER_FIVE, "stay"),
        (32.9, AFTER_SEVEN, "drop"),
        (38.0, AFTER_FIVE, "stay"),
    ):
        advice = follow_up(
            None,
            None,
            date,
            old=fault,
            new={"landing_ankle_hip_pct_leg": new},
            cues=("land_under_hips",),
        )
        assert [r.verdict for r in advice.response] == [verdict]


def test_a_change_within_noise_is_called_noise():
    """One step a minute more in the same set-up is nothing."""
    noisy = build.metrics({"cadence_spm": [165, 4.0]})
    past = Past(
        metrics=noisy,
        views=("side",),
        symptoms=knee(5),
        cues=("cadence",),
        baseline_spm=165.0,
        first_baseline_spm=165.0,
    )
    now = build.metrics({"cadence_spm": [166, 4.0]})
    advice = advise(now, Runner(), "side", knee(4), previous=past)
    assert "not more than noise" in advice.response[0].text
    advice = follow_up(knee(5), knee(4))
    assert "from 165.0 to 174.0 steps/min, more than noise" in advice.response[0].text


@pytest.mark.parametrize("changes", [{"belt_speed_mps": 3.2}, {"incline_pct": 2.0}, {"pace": None}])
def test_other_conditions_are_not_compared(changes):
    advice = follow_up(knee(5), knee(4), **changes)
    same = changes == {"pace": None}
    assert (build.note("not_comparable") in advice.notes) == (not same)
    assert ("noise" in advice.response[0].text) == same


def test_other_shoes_are_mentioned():
    assert build.note("shoes_changed") in follow_up(knee(5), knee(4), shoes="b").notes
    assert build.note("shoes_changed") not in follow_up(knee(5), knee(4)).notes


def test_folding_shows_in_the_change():
    """More lean than before while the line from landing to push-off fell back."""
    old = {"trunk_lean_deg": 6.0, "lean_bias_deg": 7.0}
    new = {"trunk_lean_deg": 11.0, "lean_bias_deg": 4.0}
    assert build.ids(follow_up(None, None, old=old, new=new, cues=())) == ["unfold_waist"]
    leaning = {"trunk_lean_deg": 11.0, "lean_bias_deg": 8.0}
    assert build.ids(follow_up(None, None, old=old, new=leaning, cues=())) == []
    faster = follow_up(None, None, old=old, new=new, cues=(), belt_speed_mps=3.4)
    assert build.ids(faster) == []


def test_a_landing_that_crept_forward_counts_against_the_own_baseline():
    old = {"landing_ankle_hip_pct_leg": 19.0}
    new = {"landing_ankle_hip_pct_leg": 25.8}
    assert build.ids(follow_up(None, None, old=old, new=new, cues=())) == ["land_under_hips"]
    assert build.ids(follow_up(None, None, old=new, new=new, cues=())) == []


def test_a_red_flag_keeps_the_verdict_out_of_the_way():
    advice = follow_up(knee(5), knee(5, night_pain=True))
    assert advice.cues == ()
    assert advice.red_flags
    assert advice.response == ()


def test_another_runners_baseline_is_refused():
    past = Past(runner=Runner(id="ada"), views=("side",))
    with pytest.raises(UsageError, match="ada"):
        advise({}, Runner(id="bea"), "side", previous=past)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [("shoe", "shoe", True), ("shoe", None, True), ("landmarks", "shoe", False)],
)
def test_landings_read_in_another_way_are_not_set_beside(before, now, told):
    """Landing 8 cm nearer, but read from the shoe now and from landmarks then."""
    cue = "land_under_hips"
    past = Past(
        metrics={"landing_ankle_hip_pct_leg": build.metric("landing_ankle_hip_pct_leg", 28.0, 1.0)},
        views=("side",),
        cues=(cue,),
        landing_source=before,
    )
    metrics = {"landing_ankle_hip_pct_leg": build.metric("landing_ankle_hip_pct_leg", 20.0, 1.0)}
    advice = advise(metrics, Runner(), "side", previous=past, landing_source=now)
    (response,) = [r for r in advice.response if r.cue == cue]
    assert ("went from 28.0 to 20.0" in response.text) == told
    assert (response.verdict == "worked") == told


def test_a_run_at_another_pace_tells_nothing_of_a_cue_and_says_what_would():
    advice = follow_up(None, None, pace="tempo", belt_speed_mps=3.6)
    (response,) = advice.response
    assert response.verdict == "unclear"
    assert "Film an easy run again" in response.text


def test_a_trial_is_judged_against_its_beginning():
    """Five, four, three, a point at a time: the mark is reached at the third clip."""
    first = follow_up(knee(5), knee(4), AFTER_TWO)
    (trial,) = first.trials
    assert (trial.since, trial.symptoms and trial.symptoms["pain_during"]) == (START, 5)
    past = Past(
        metrics=build.metrics({**build.NEUTRAL_SIDE, "cadence_spm": 174}),
        runner=Runner(pace="easy", date=AFTER_TWO),
        views=("side",),
        symptoms=knee(4),
        cues=("cadence",),
        baseline_spm=165.0,
        first_baseline_spm=165.0,
        trials={"cadence": (START, knee(5))},
    )
    metrics = build.metrics({**build.NEUTRAL_SIDE, "cadence_spm": 174})
    runner = Runner(pace="easy", date=AFTER_FIVE)
    later = advise(metrics, runner, "side", knee(3), previous=past)
    assert [r.verdict for r in later.response] == ["worked"]
    back = advise(metrics, runner, "side", knee(6), previous=past)
    assert [r.verdict for r in back.response] == ["drop"]
    half_a_step = advise(metrics, runner, "side", knee(5), previous=past)
    assert [r.verdict for r in half_a_step.response] == ["drop"]  # five weeks, as sore as ever
