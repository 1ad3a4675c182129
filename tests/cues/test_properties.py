"""What must hold for every runner: the cap, red flags, the ceiling, and that doubt adds nothing."""

from __future__ import annotations

import dataclasses
import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formcheck.cues import REGIONS, Past, Symptoms, advise, load_guide
from formcheck.cues.history import Present
from formcheck.cues.situation import situation as understand
from formcheck.types import Metric, QualityNote, Runner
from tests.cues import build

RANGES = {
    "cadence_spm": (140.0, 200.0),
    "vertical_oscillation_cm": (5.0, 15.0),
    "vertical_oscillation_pct_leg": (5.0, 15.0),
    "vertical_ratio_pct": (5.0, 13.0),
    "head_rise_cm": (5.0, 16.0),
    "trunk_lean_deg": (-8.0, 22.0),
    "trunk_lean_from_standing_deg": (-8.0, 16.0),
    "lean_bias_deg": (0.0, 12.0),
    "landing_ankle_hip_pct_leg": (10.0, 40.0),
    "late_swing_reach_pct_leg": (20.0, 50.0),
    "late_swing_reach_cm": (20.0, 48.0),
    "shank_angle_ic_deg": (-5.0, 16.0),
    "knee_flexion_ic_deg": (0.0, 25.0),
    "foot_inclination_ic_deg": (-15.0, 25.0),
    "elbow_angle_deg": (80.0, 150.0),
    "elbow_range_deg": (4.0, 40.0),
    "arm_swing_deg": (10.0, 70.0),
    "arm_backswing_deg": (0.0, 60.0),
    "duty_factor": (0.25, 0.49),
    "wrist_height_pct_trunk": (-15.0, 40.0),
    "knee_fppa_midstance_deg_left": (-6.0, 18.0),
    "knee_fppa_midstance_deg_right": (-6.0, 18.0),
    "pelvic_drop_midstance_deg_left": (0.0, 14.0),
    "pelvic_drop_midstance_deg_right": (0.0, 14.0),
    "femoral_adduction_deg_left": (0.0, 20.0),
    "knee_window_pct": (0.0, 90.0),
    "step_width_cm": (-6.0, 12.0),
}

QUALITY = {1: ("feet_cut_off",), 2: ("several_shots",), 3: ("scale_disagrees",)}

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
shares = st.floats(0.0, 1.0)
runners = st.builds(
    Runner,
    pace=st.sampled_from(["easy", "tempo", None]),
    incline_pct=st.sampled_from([0.0, 5.0]),
    belt_speed_mps=st.sampled_from([None, 2.2, 2.8, 4.5]),
    height_m=st.sampled_from([None, 1.35, 1.76]),
    date=st.sampled_from([None, "2026-03-01", "2026-05-01"]),
)
symptom_sets = st.one_of(
    st.none(),
    st.builds(
        Symptoms,
        region=st.sampled_from([None, *REGIONS, ("knee", "achilles"), ("hip", "shin")]),
        side_of_body=st.sampled_from([None, "left", "right", "both"]),
        pain_after=st.none() | st.integers(0, 10),
        pain_easy=st.none() | st.integers(0, 10),
        bone_spot=st.booleans(),
        bone_settled=st.booleans(),
        practised=st.sampled_from([None, True, False]),
        past_achilles=st.booleans(),
        calf_raises_left=st.none() | st.integers(0, 40),
        calf_raises_right=st.none() | st.integers(0, 40),
        hop_seconds_left=st.none() | st.integers(0, 60),
        age=st.sampled_from([None, 12, 40]),
        pain_during=st.none() | st.integers(0, 10),
        settles_hours=st.none() | st.integers(0, 72),
        stiff_next_morning=st.booleans(),
        alters_gait=st.booleans(),
        night_pain=st.booleans(),
        weeks=st.none() | st.integers(0, 10),
        shoe_change_weeks=st.none() | st.integers(0, 10),
        race_in_weeks=st.none() | st.integers(0, 30),
    ),
)
baselines = st.none() | st.floats(140.0, 200.0)


@st.composite
def metric_sets(draw: st.DrawFn) -> dict[str, Metric]:
    """Any subset of the metrics, with intervals from none to twice the typical width."""
    made = {}
    for key in draw(st.lists(st.sampled_from(sorted(RANGES)), unique=True)):
        low, high = RANGES[key]
        value = low + (high - low) * draw(shares)
        base = key.removesuffix("_left").removesuffix("_right")
        half = 2.0 * draw(shares) * build.HALF_WIDTHS[base]
        made[key] = build.metric(key, value, half, n=draw(st.sampled_from([3, 14])))
    return made


pasts = st.none() | st.builds(
    Past,
    metrics=metric_sets(),
    runner=runners,
    views=st.just(("side",)),
    symptoms=symptom_sets,
    cues=st.lists(st.sampled_from([cue.id for cue in load_guide().rules.cue]), max_size=2).map(
        tuple
    ),
    dropped=st.sampled_from([(), ("cadence",), ("land_under_hips", "less_bounce")]),
    baseline_spm=baselines,
    first_baseline_spm=baselines,
)
situations = st.tuples(metric_sets(), runners, symptom_sets, baselines, pasts)


def run(situation, view=("side", "rear")):
    metrics, runner, symptoms, baseline, past = situation
    return advise(
        metrics,
        runner,
        view,
        symptoms,
        baseline_spm=baseline,
        previous=past,
        quality=[QualityNote(code, "warn", "") for code in QUALITY.get(len(metrics) % 7, ())],
    )


def findings(case) -> set[str]:
    """The findings behind the advice of a runner without a history."""
    metrics, runner, symptoms, _, _ = case
    present = Present(metrics, runner, ("side", "rear"), symptoms)
    return set(understand(load_guide(), present, None, None, None).found)


def widened(metric: Metric, factor: float) -> Metric:
    """The same value with every interval `factor` times as wide."""
    assert metric.value is not None

    def grow(bound: float | None) -> float | None:
        assert metric.value is not None
        return None if bound is None else metric.value + factor * (bound - metric.value)

    return dataclasses.replace(
        metric,
        low=grow(metric.low),
        high=grow(metric.high),
        repeat_low=grow(metric.repeat_low),
        repeat_high=grow(metric.repeat_high),
    )


@unhurried
@given(situations)
def test_never_more_than_two_cues_and_every_field_filled(situation):
    advice = run(situation)
    assert len(advice.cues) <= 2
    for cue in advice.cues:
        texts = (cue.title, cue.text, cue.why, cue.dose, cue.remeasure, cue.trade_off)
        assert all(texts)
        assert cue.source
        assert not any("{" in text for text in (*texts, cue.seen))
    for drill in advice.drills:
        assert all((drill.text, drill.dose, drill.progression, drill.stop_if, drill.source))


@unhurried
@given(situations)
def test_a_red_flag_silences_everything(situation):
    advice = run(situation)
    symptoms = situation[2]
    expected = symptoms is not None and (
        symptoms.alters_gait
        or symptoms.night_pain
        or symptoms.bone_spot
        or "bone" in symptoms.regions
        or max(symptoms.pains, default=0) >= 8
    )
    before = None if situation[4] is None else situation[4].symptoms
    settled = symptoms is not None and symptoms.bone_settled
    if before is not None and (before.bone_spot or "bone" in before.regions):
        expected = expected or not settled  # until somebody has settled it
    assert bool(advice.red_flags) == expected
    if expected:
        assert (advice.cues, advice.drills, advice.plans, advice.retest) == ((), (), (), ())
        assert all(build.note(name) in advice.notes for name in ("safety_what", "safety_urgent"))
        said = " ".join((*advice.red_flags, *advice.notes)).lower()
        assert "do not run or jump" in said
        assert "deep water" in said
        assert "try things" not in said
        assert "hold it" not in said
        assert advice.irritability in (None, "high")


@unhurried
@given(situations, st.sampled_from(["pain_during", "settles_hours", "stiff_next_morning"]))
def test_worse_pain_in_the_same_place_never_adds_a_cue_or_drill(situation, word):
    metrics, runner, symptoms, baseline, past = situation
    symptoms = symptoms or Symptoms(region="knee", pain_during=1, settles_hours=2)
    if getattr(symptoms, word) is None:
        symptoms = dataclasses.replace(symptoms, **{word: 1})
    if not symptoms.hurts:  # a place that is not sore has no cue of its own yet
        symptoms = dataclasses.replace(symptoms, pain_during=1)
    start = run((metrics, runner, symptoms, baseline, past))
    steps = {"pain_during": range(11), "settles_hours": range(0, 80, 6)}.get(word, [False, True])
    for worse in steps:
        if worse < getattr(symptoms, word):
            continue
        sorer = dataclasses.replace(symptoms, **{word: worse})
        advice = run((metrics, runner, sorer, baseline, past))
        assert set(build.ids(advice)) <= set(build.ids(start))
        assert {d.id for d in advice.drills} <= {d.id for d in start.drills}
        start = advice


@unhurried
@given(situations, st.sampled_from(["alters_gait", "night_pain"]))
def test_a_new_warning_sign_leaves_no_cue(situation, word):
    metrics, runner, symptoms, baseline, past = situation
    symptoms = dataclasses.replace(symptoms or Symptoms(), **{word: True})
    assert not run((metrics, runner, symptoms, baseline, past)).cues


@unhurried
@given(situations, st.floats(1.0, 20.0), st.data())
def test_a_wider_interval_never_adds_a_cue(situation, factor, data):
    metrics = situation[0]
    wide = data.draw(st.sets(st.sampled_from(sorted(metrics)))) if metrics else set()
    changed = {k: widened(m, factor) if k in wide else m for k, m in metrics.items()}
    assert len(run((changed, *situation[1:])).cues) <= len(run(situation).cues)


@unhurried
@given(situations, st.floats(1.0, 20.0))
def test_a_single_finding_that_gets_doubtful_brings_no_other_cue(situation, factor):
    metrics, runner, _, _, _ = situation
    plain = (metrics, runner, None, None, None)
    if len(findings(plain)) != 1:
        return
    changed = {k: widened(m, factor) for k, m in metrics.items()}
    assert set(build.ids(run((changed, *plain[1:])))) <= set(build.ids(run(plain)))


@unhurried
@given(situations)
def test_a_sore_achilles_never_gets_the_cadence_cue(situation):
    metrics, runner, symptoms, baseline, past = situation
    places = (symptoms or Symptoms()).regions
    for regions in ("achilles", (*places, "achilles")):
        sore = dataclasses.replace(symptoms or Symptoms(), region=regions)
        advice = run((metrics, runner, sore, baseline, past))
        assert "cadence" not in build.ids(advice)
        assert "cadence_reached" not in {remark.id for remark in advice.remarks}


@unhurried
@given(situations)
def test_nobody_is_told_to_hold_what_must_stop(situation):
    """A cue that is dropped, ruled out or silenced is praised nowhere in the same advice."""
    advice = run(situation)
    ids = {remark.id for remark in advice.remarks}
    held = {"cadence_reached", "cadence_above"} & ids
    if held:
        assert not advice.red_flags
        assert "cadence" not in advice.dropped
        assert "cadence_return" not in ids
        assert advice.irritability != "high"
    given = set(build.ids(advice))
    for one in advice.response:
        assert one.cue in given or "keep “" not in one.text.lower()
        if one.verdict in ("drop", "pause", "eased"):
            assert given <= set(situation[4].cues)  # no other cue begins now
    if "worse" in " ".join(one.id for one in advice.response):
        assert not advice.plans
        assert "irritability_low" not in ids
        assert "pogo_hops" not in {drill.id for drill in advice.drills}
    for cue in advice.cues:
        assert cue.id not in advice.dropped
        if "Hold it" in cue.text:
            assert advice.irritability != "high"


@unhurried
@given(situations)
def test_every_answer_is_one_of_three_and_fits_the_rest(situation):
    advice = run(situation)
    answers = {one.id: one.answer for one in advice.findings}
    ids = {remark.id for remark in advice.remarks}
    assert advice.grade is not None
    if "nothing" in ids or "nothing_sore" in ids:
        assert advice.grade.id == "good"
        assert "stands_out" not in answers.values()
    if advice.grade.id == "film_again":
        assert set(answers.values()) <= {"cannot_be_told"}
        assert not {"nothing", "nothing_sore", "nothing_seen"} & ids
    assert all(one.text for one in advice.findings if one.answer != "ordinary")


@unhurried
@given(situations, st.none() | st.floats(140.0, 200.0))
def test_the_target_never_passes_ten_percent_of_the_first_baseline(situation, first):
    metrics, runner, symptoms, baseline, past = situation
    advice = advise(
        metrics,
        runner,
        "side",
        symptoms,
        baseline_spm=baseline,
        first_baseline_spm=first,
        previous=past,
    )
    cadence = advice.cadence
    if cadence is None or cadence.target_low_spm is None or cadence.target_high_spm is None:
        return
    assert cadence.target_low_spm <= cadence.target_high_spm
    assert cadence.target_high_spm <= 1.10 * cadence.first_baseline_spm + 0.1
    assert cadence.target_high_spm <= 1.08 * cadence.baseline_spm
    assert cadence.target_low_spm > cadence.baseline_spm
    if first is not None:
        assert cadence.target_high_spm <= 1.10 * first + 1e-6


@unhurried
@given(situations)
def test_the_same_twice(situation):
    assert run(situation) == run(situation)
    assert json.loads(json.dumps(run(situation).to_dict())) == run(situation).to_dict()


@unhurried
@given(situations)
def test_no_cue_from_what_was_not_measured_well(situation):
    metrics, runner, symptoms, baseline, past = situation
    poor = {k: dataclasses.replace(m, n=3) for k, m in metrics.items()}
    withheld = {
        k: dataclasses.replace(m, status="low_confidence", value=None, low=None, high=None)
        for k, m in metrics.items()
    }
    empty = run(({}, runner, symptoms, baseline, past))
    for weak in (poor, withheld):
        advice = run((weak, runner, symptoms, baseline, past))
        assert build.ids(advice) == build.ids(empty)


@unhurried
@given(metric_sets(), runners)
def test_a_runner_without_pain_gets_a_cue_only_for_a_finding(metrics, runner):
    advice = advise(metrics, runner, ("side", "rear"))
    assert all(cue.because for cue in advice.cues)
    assert all(set(cue.because) <= set(metrics) for cue in advice.cues)
