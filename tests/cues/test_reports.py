"""Advice from stored reports: side and rear together, baselines, and files that are no reports."""

from __future__ import annotations

import copy
import dataclasses
import itertools
from typing import Any

import pytest

from formcheck.changes import added_by_another_day, threshold
from formcheck.cues import Symptoms, advise_reports, past_from, read_baseline
from formcheck.errors import NoRunnerError, UsageError
from tests.cues import build

KNEE = Symptoms("knee", 4, 20)
FAULTS = {
    **build.NEUTRAL_SIDE,
    "landing_ankle_hip_pct_leg": 32.0,
    "shank_angle_ic_deg": 10.0,
    "trunk_lean_deg": -2.0,
    "elbow_angle_deg": 132.0,
    "arm_swing_deg": 30.0,
}
REAR = {**build.NEUTRAL_REAR, "knee_fppa_midstance_deg_right": 14.0}


def test_side_and_rear_share_one_cap():
    side, rear = build.report(FAULTS, pace="easy"), build.report(REAR, "rear", pace="easy")
    alone = [build.ids(advise_reports([r])) for r in (side, rear)]
    assert alone == [["land_under_hips", "lean_from_ankles"], ["knee_control"]]
    both = advise_reports([side, rear])
    assert build.ids(both) == ["land_under_hips", "lean_from_ankles"]
    assert {"step_down", "split_squat"} <= {drill.id for drill in both.drills}
    assert build.ids(advise_reports([rear, side])) == build.ids(both)


def test_the_second_place_may_come_from_behind():
    side = build.report({**build.NEUTRAL_SIDE, "trunk_lean_deg": -2.0})
    both = advise_reports([side, build.report(REAR, "rear")])
    assert build.ids(both) == ["lean_from_ankles", "knee_control"]


def test_a_shared_metric_is_taken_from_the_side():
    side = build.report({**build.NEUTRAL_SIDE, "vertical_oscillation_cm": 7.0})
    rear = build.report({**build.NEUTRAL_REAR, "vertical_oscillation_cm": 13.0}, "rear")
    assert build.ids(advise_reports([rear, side])) == []
    assert build.ids(advise_reports([rear])) == ["less_bounce"]


def test_clips_from_left_and_right_do_not_hide_each_other():
    left, right = (build.report(rows) for rows in (build.NEUTRAL_SIDE, FAULTS))
    for report, side in ((left, "left"), (right, "right")):
        for key in ("landing_ankle_hip_pct_leg", "shank_angle_ic_deg"):
            report["metrics"][key]["side"] = side
    advice = advise_reports([left, right])
    assert build.ids(advice)[0] == "land_under_hips"
    assert "(right)" in advice.cues[0].seen


def test_easy_runs_count_when_paces_are_mixed():
    easy = build.report(build.NEUTRAL_SIDE, pace="easy")
    tempo = build.report({**FAULTS, "landing_ankle_hip_pct_leg": 38.0}, pace="tempo")
    assert build.ids(advise_reports([tempo, easy])) == []
    assert build.ids(advise_reports([tempo]))[0] == "land_under_hips"


def test_a_faster_clip_that_is_left_aside_is_spoken_of():
    easy = build.report(build.NEUTRAL_SIDE, pace="easy")
    tempo = build.report({**FAULTS, "landing_ankle_hip_pct_leg": 38.0}, pace="tempo")
    assert build.note("paces_mixed") in advise_reports([tempo, easy]).notes
    assert build.note("paces_mixed") not in advise_reports([easy]).notes


def test_several_easy_runs_give_their_mean_whatever_their_order():
    runs = [
        build.report(
            {**build.NEUTRAL_SIDE, "cadence_spm": spm}, pace="easy", date=f"2026-03-0{day}"
        )
        for day, spm in enumerate((160.0, 166.0, 171.0), start=1)
    ]
    advice = [advise_reports(order, KNEE) for order in itertools.permutations(runs)]
    assert all(one == advice[0] for one in advice)
    cadence = advice[0].cadence
    assert cadence is not None
    assert cadence.baseline_spm == pytest.approx(165.7)
    assert (cadence.target_low_spm, cadence.target_high_spm) == (174, 177)
    assert any("mean of 3 easy runs, 160 to 171" in note for note in advice[0].notes)
    assert build.note("baseline_far") in advice[0].notes
    past = read_baseline(runs)
    assert past is not None
    assert past.baseline_spm == pytest.approx(165.7, abs=0.1)


def test_a_climb_among_easy_runs_does_not_count():
    flat, climb = (
        build.report({**build.NEUTRAL_SIDE, "cadence_spm": spm}, pace="easy", incline_pct=incline)
        for spm, incline in ((165.0, 0.0), (175.0, 6.0))
    )
    advice = advise_reports([flat, climb], KNEE)
    assert advice.cadence is not None
    assert advice.cadence.baseline_spm == 165.0


def test_a_typed_baseline_lifts_neither_the_ceiling_nor_the_target_of_a_trial():
    first = advise_reports(
        [build.report({**build.NEUTRAL_SIDE, "cadence_spm": 174.0})], KNEE, 165.0
    )
    stored = build.report({**build.NEUTRAL_SIDE, "cadence_spm": 174.0}, advice=first)
    again = advise_reports([stored], KNEE, 174.0)
    assert again.cadence is not None
    assert again.cadence.first_baseline_spm == 165.0
    assert (again.cadence.target_low_spm, again.cadence.target_high_spm) == (173, 177)
    without = advise_reports([stored | {"cues": []}], KNEE, 174.0)  # no cue is on trial
    assert without.cadence is not None
    assert (without.cadence.target_low_spm, without.cadence.target_high_spm) == (181, 181)


def test_a_number_beside_the_report_of_a_trial_does_not_lift_the_baseline():
    rows, said = {**build.NEUTRAL_SIDE, "cadence_spm": 165.0}, KNEE.to_dict()
    first = advise_reports([build.report(rows)], KNEE)
    start = build.report(rows, advice=first, symptoms=said, date="2026-03-01")
    now = build.report({**build.NEUTRAL_SIDE, "cadence_spm": 174.0}, date="2026-03-10")
    pairs: list[list[Any]] = [[start, 174.0], [174.0, start], [start, now]]
    for baselines in pairs:
        advice = advise_reports([now], KNEE, baselines)
        assert advice.cadence is not None
        assert (advice.cadence.target_low_spm, advice.cadence.target_high_spm) == (173, 177)
        assert "baseline_kept" in {remark.id for remark in advice.remarks}
    plain = advise_reports([now], KNEE, start)
    assert "baseline_kept" not in {remark.id for remark in plain.remarks}


def test_what_was_told_once_holds_through_a_chain_of_reports():
    """A bone in question, an age, and the calf are not forgotten when they are not told again."""

    def later(before, symptoms):
        now = build.report(FAULTS, pace="easy", date="2026-03-01")
        advice = advise_reports([now], symptoms, before)
        kept = symptoms.to_dict() if symptoms else None
        return advice, build.report(FAULTS, advice=advice, pace="easy", symptoms=kept)

    shin = Symptoms("shin", 3, 10, bone_spot=True, age=16)
    advice, report = later(build.report(FAULTS, pace="easy"), shin)
    assert advice.red_flags
    for said in (Symptoms("shin", 1, 5), None, Symptoms(pain_during=0, settles_hours=0)):
        advice, report = later(report, said)
        assert any("A bone was in question" in flag for flag in advice.red_flags)
        assert (advice.cues, advice.drills) == ((), ())
    advice, report = later(report, Symptoms("shin", 1, 5, bone_settled=True))
    assert not advice.red_flags
    assert {"bone_settled", "young"} <= {remark.id for remark in advice.remarks}
    advice, report = later(report, Symptoms("shin", 1, 5))
    assert not advice.red_flags
    assert "pogo_hops" not in {drill.id for drill in advice.drills}


def test_notes_on_quality_decide_what_is_judged():
    report = build.report(FAULTS) | {"quality": [{"code": "feet_cut_off", "severity": "warn"}]}
    advice = advise_reports([report])
    assert advice.grade is not None
    assert advice.grade.id == "rhythm_and_posture"
    assert "land_under_hips" not in build.ids(advice)
    report["quality"] = [{"code": "anything", "severity": "error"}]
    advice = advise_reports([report])
    assert (advice.grade and advice.grade.id, build.ids(advice)) == ("film_again", [])


def test_a_cue_that_a_report_holds_is_called_off_by_a_red_flag():
    kept = advise_reports([build.report({**build.NEUTRAL_SIDE, "cadence_spm": 165.0})], KNEE)
    stored = build.report({**build.NEUTRAL_SIDE, "cadence_spm": 165.0}, advice=kept)
    flagged = advise_reports([stored], Symptoms("knee", 4, 20, night_pain=True))
    assert any("a slightly quicker step" in flag for flag in flagged.red_flags)


def test_advice_and_comparison_share_their_limits():
    """Four weeks apart, landing 31 to 28 %: what is no real change there is none here."""
    key = "landing_ankle_hip_pct_leg"
    cue = {"cues": [{"id": "land_under_hips"}]}
    old = build.report({key: [31.0, 2.7]}, pace="easy", date="2026-03-01") | cue
    old["metrics"]["cadence_spm"] = build.report({"cadence_spm": 168.0})["metrics"]["cadence_spm"]
    now = build.report({key: [28.0, 2.7]}, pace="easy", date="2026-03-29")
    (response,) = advise_reports([now], baseline=old).response
    half = 0.3 * 2.7
    limit = threshold(half, half, added_by_another_day(key, None))
    assert limit > 3.0
    assert response.verdict == "waits"
    assert "not more than noise" in response.text


def test_stored_symptoms_apply_unless_others_are_given():
    report = build.report(build.NEUTRAL_SIDE, symptoms=KNEE.to_dict())
    assert build.ids(advise_reports([report])) == ["cadence"]
    assert build.ids(advise_reports([report], Symptoms("achilles", 2, 5))) == []


def test_a_chain_of_reports_never_climbs():
    """Follow-up after follow-up, each with the one before as its baseline."""
    first = build.report({**build.NEUTRAL_SIDE, "cadence_spm": 165.0}, pace="easy")
    advice = advise_reports([first], KNEE)
    previous = build.report(
        {**build.NEUTRAL_SIDE, "cadence_spm": 165.0}, advice=advice, symptoms=KNEE.to_dict()
    )
    for pain, cadence in ((4, 173.0), (3, 176.0), (2, 178.0)):
        rows = {**build.NEUTRAL_SIDE, "cadence_spm": cadence}
        sore = Symptoms("knee", pain, 20)
        advice = advise_reports([build.report(rows, date="2026-01-02")], sore, previous)
        assert advice.cadence is not None
        assert advice.cadence.first_baseline_spm == 165.0
        if build.ids(advice):
            assert advice.cadence.target_high_spm == 177
        previous = build.report(rows, advice=advice, symptoms=sore.to_dict())


def test_a_report_keeps_the_baseline_it_was_made_with():
    follow_up = build.report({**build.NEUTRAL_SIDE, "cadence_spm": 174.0}, pace="easy")
    advice = advise_reports([follow_up], KNEE, 165.0)
    stored = build.report({**build.NEUTRAL_SIDE, "cadence_spm": 174.0}, advice=advice)
    again = advise_reports([stored], KNEE)
    assert again.cadence is not None
    assert (again.cadence.target_low_spm, again.cadence.target_high_spm) == (173, 177)
    # counted while the cue is on trial it does not lift the target; a lower one corrects it
    other = advise_reports([stored], KNEE, 170.0)
    assert other.cadence is not None
    assert other.cadence.target_low_spm == 173
    assert "baseline_kept" in {remark.id for remark in other.remarks}
    lower = advise_reports([stored], KNEE, 160.0)
    assert lower.cadence is not None
    assert lower.cadence.target_low_spm == 168


def test_a_baseline_report_brings_its_cues_for_judgement():
    before = build.report({**build.NEUTRAL_SIDE, "cadence_spm": 165.0}, pace="easy")
    advice = advise_reports([before], KNEE)
    stored = build.report(
        {**build.NEUTRAL_SIDE, "cadence_spm": 165.0},
        advice=advice,
        pace="easy",
        symptoms=KNEE.to_dict(),
    )
    now = build.report({**build.NEUTRAL_SIDE, "cadence_spm": 174.0}, pace="easy")
    later = advise_reports([now], Symptoms("knee", 2, 12), stored)
    assert [(r.cue, r.verdict) for r in later.response] == [("cadence", "worked")]


def test_a_tempo_report_is_no_cadence_baseline():
    with pytest.raises(UsageError, match="easy run"):
        read_baseline(build.report(build.NEUTRAL_SIDE, pace="tempo"))


@pytest.mark.parametrize("spm", [20.0, 400.0, float("nan"), True])
def test_an_impossible_baseline_is_refused(spm):
    with pytest.raises(UsageError):
        advise_reports([build.report(build.NEUTRAL_SIDE)], KNEE, spm)


def test_different_runners_are_refused():
    reports = [build.report(build.NEUTRAL_SIDE, id=name) for name in ("ada", "bea")]
    with pytest.raises(UsageError, match="ada, bea"):
        advise_reports(reports)


def broken(path: str, value: object) -> dict[str, object]:
    report = copy.deepcopy(build.report(FAULTS))
    *parents, last = path.split(".")
    table = report
    for name in parents:
        table = table[name]
    table[last] = value
    return report


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        ("schema", "something/1", "no formcheck report"),
        ("schema", None, "no formcheck report"),
        ("view.kind", "top", "'top'"),
        ("metrics.trunk_lean_deg.value", "4", "trunk_lean_deg"),
        ("metrics.trunk_lean_deg.value", float("inf"), "trunk_lean_deg"),
        ("metrics.trunk_lean_deg.value", 400.0, "trunk_lean_deg"),
        ("metrics.trunk_lean_deg.low", 3.0, "trunk_lean_deg"),
        ("metrics.trunk_lean_deg.status", "guessed", "guessed"),
        ("metrics.trunk_lean_deg", 4, "trunk_lean_deg"),
        ("metrics.cadence_spm.value", 900.0, "cadence_spm"),
        ("runner.belt_speed_mps", "fast", "belt_speed_mps"),
        ("runner.symptoms", {"region": "elbow"}, "elbow"),
    ],
)
def test_files_that_were_tampered_with_are_refused(path, value, word):
    with pytest.raises(UsageError, match=word):
        advise_reports([broken(path, value)])


@pytest.mark.parametrize(
    "change",
    [
        {"quality": 7}, {"quality": ["x"]}, {"cues": "cadence"}, {"cues": [3]},
        {"clip": 3},
        {"advice": {"dropped": 3, "worked": "x", "trials": [4], "cadence": {}}},
    ],
)  # fmt: skip
def test_odd_values_beside_the_numbers_do_no_harm(change):
    report = build.report(build.NEUTRAL_SIDE, pace="easy") | change
    assert advise_reports([report, report], KNEE, report).grade is not None


@pytest.mark.parametrize("not_a_report", [[], "report.json", 3, None, {}])
def test_what_is_no_report_is_refused(not_a_report):
    with pytest.raises(UsageError, match="no formcheck report"):
        advise_reports([not_a_report])


def test_no_reports_at_all():
    with pytest.raises(UsageError):
        advise_reports([])


def test_a_report_without_a_runner_says_so():
    with pytest.raises(NoRunnerError):
        advise_reports([broken("view", None)])


def test_any_subset_of_metrics_and_unknown_fields_are_fine():
    report = build.report({"trunk_lean_deg": -2.0})
    report["metrics"]["future_metric_deg"] = {"value": 1e9, "status": "measured", "n": 4}
    report["metrics"]["arm_swing_deg"] = {"value": None, "status": "occluded", "reason": "x"}
    advice = advise_reports([report])
    assert build.ids(advice) == ["lean_from_ankles"]
    assert any("the arms (not measured)" in note for note in advice.notes)


def test_the_reason_of_a_missing_metric_is_named():
    report = build.report({"trunk_lean_deg": 5.0})
    report["metrics"]["landing_ankle_hip_pct_leg"] = {"status": "frame_rate_too_low"}
    notes = advise_reports([report]).notes
    assert any("the landing (frame rate too low)" in note for note in notes)


def test_a_report_keeps_what_later_advice_needs():
    advice = advise_reports([build.report(FAULTS)], KNEE, 165.0)
    past = past_from(
        build.report(FAULTS, advice=advice, symptoms=KNEE.to_dict(), date="2026-01-01")
    )
    assert past.cues == ("cadence", "lean_from_ankles")
    assert past.symptoms == KNEE
    assert (past.baseline_spm, past.first_baseline_spm) == (165.0, 165.0)


def test_weeks_that_lie_behind_are_not_begun_again():
    sore = Symptoms("achilles", 2, 10)
    before = None
    whens = []
    for day, race in (("2026-03-01", None), ("2026-03-22", 5.0), ("2026-04-12", 2.0)):
        now = build.report(build.NEUTRAL_SIDE, date=day)
        said = dataclasses.replace(sore, race_in_weeks=race)
        advice = advise_reports([now], said, before)
        whens.append([step.when for plan in advice.plans for step in plan.steps])
        before = build.report(build.NEUTRAL_SIDE, advice=advice, date=day, symptoms=said.to_dict())
    assert whens[0][0] == "Weeks 1 and 2"
    assert whens[1] == ["From day 10", "Week 4", "Week 6"]  # three weeks on, with a race in five
    assert whens[2] == ["From day 10", "Week 6"]
