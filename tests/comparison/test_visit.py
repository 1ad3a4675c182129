"""A visit: left beside right, easy beside tempo, one advice, one person and day."""

from __future__ import annotations

from typing import Any

import pytest

from formcheck.changes import added_by_another_day
from formcheck.comparison.visit import Filmed, visit_of
from formcheck.errors import NoRunnerError, UsageError
from formcheck.report.schema import MetricRecord, Report
from tests.comparison.reports import TEMPO, metric, report

SIDED = ("landing_ankle_hip_pct_leg", "arm_swing_deg")


def right(**moved: float) -> Report:
    """Return the same run filmed from its right; `moved` is added to the usual values."""
    made = report(view={"near_side": "right"}, moved=moved)
    turned = {
        key: record.model_copy(update={"side": "right"}) if record.side == "left" else record
        for key, record in made.metrics.items()
    }
    return made.model_copy(update={"metrics": turned})


def rear(**values: float) -> Report:
    metrics = {key: metric(key, value, side="both") for key, value in values.items()}
    return report(view={"kind": "rear", "near_side": None}, metrics=metrics)


def rows_of(*reports: Report) -> list[dict[str, Any]]:
    visit = visit_of([Filmed(str(k), one) for k, one in enumerate(reports)])
    return [{row.key: row for row in table.rows} for table in visit.tables]


def test_two_side_clips_stand_beside_each_other():
    (rows,) = rows_of(report(), right(landing_ankle_hip_pct_leg=1.0))
    row = rows["landing_ankle_hip_pct_leg"]
    assert (row.left.text, row.right.text) == ("20.0\xa0%", "21.0\xa0%")
    assert row.both.text == ""
    assert (row.difference, row.verdict) == ("+1.0\xa0%", "within_noise")
    assert rows["cadence_spm"].both.text.startswith("165.0")
    assert rows["cadence_spm"].difference == ""


def test_a_side_counts_only_beyond_another_camera_place():
    worth = added_by_another_day("landing_ankle_hip_pct_leg", 60.0)
    (near,) = rows_of(report(), right(landing_ankle_hip_pct_leg=0.6 * worth))
    (far,) = rows_of(report(), right(landing_ankle_hip_pct_leg=3.0 * worth))
    assert near["landing_ankle_hip_pct_leg"].verdict != "real"
    assert far["landing_ankle_hip_pct_leg"].verdict == "real"


def test_sides_of_a_rear_clip():
    made = rear(
        pelvic_drop_midstance_deg=5.0,
        pelvic_drop_midstance_deg_left=1.0,
        pelvic_drop_midstance_deg_right=9.0,
    )
    (rows,) = rows_of(made)
    row = rows["pelvic_drop_midstance_deg"]
    assert (row.both.text, row.left.text, row.right.text) == ("5.0°", "1.0°", "9.0°")
    assert row.difference == "+8.0°"
    assert row.verdict == "real"


@pytest.mark.parametrize(("roll_sd_deg", "verdict"), [(0.3, "real"), (1.5, "within_noise")])
def test_a_turned_picture_leans_one_side_in_and_the_other_out(roll_sd_deg, verdict):
    key = "trunk_side_lean_deg"
    made = rear(**{f"{key}_left": 3.5, f"{key}_right": 0.0})
    assert made.calibration is not None
    level = made.calibration.model_copy(update={"roll_sd_deg": roll_sd_deg})
    (rows,) = rows_of(made.model_copy(update={"calibration": level}))
    assert rows[key].verdict == verdict


@pytest.mark.parametrize(("right_deg", "verdict"), [(6.3, "possible"), (7.5, "real")])
def test_knees_count_only_beyond_what_the_network_turns_them_apart(right_deg, verdict):
    key = "knee_fppa_midstance_deg"
    (rows,) = rows_of(rear(**{f"{key}_left": 1.0, f"{key}_right": right_deg}))
    assert rows[key].verdict == verdict


def test_words_are_not_subtracted_but_the_angle_stands_beside_them():
    (rows,) = rows_of(report(), right(foot_inclination_ic_deg=-20.0))
    row = rows["foot_inclination_ic_deg"]
    assert row.left.text == "Probably heel first, 10.0° toes up"
    assert row.right.text.endswith("10.0° toes down")
    assert row.left.interval == "5.5 to 14.5"
    assert row.difference == ""


def test_easy_and_tempo_have_a_table_each_and_a_sentence():
    tempo = report(runner=TEMPO, moved={"cadence_spm": 12.0, "contact_time_ms": -40.0})
    visit = visit_of([Filmed("b", tempo), Filmed("a", report())])
    assert [table.pace for table in visit.tables] == ["easy", "tempo"]
    assert [clip.id for clip in visit.clips] == ["a", "b"]
    (step,) = visit.steps
    assert "adence" in step.sentence
    assert {row.name for row in step.rows} >= {"Cadence", "Contact time"}


def test_what_speed_does_not_explain_comes_first():
    moved = {"cadence_spm": 12.0, "arm_swing_deg": 40.0, "trunk_lean_deg": 30.0}
    visit = visit_of([Filmed("a", report()), Filmed("b", report(runner=TEMPO, moved=moved))])
    remarks = [row.remark for row in visit.steps[0].rows]
    expected = [remark == "expected with speed" for remark in remarks]
    assert expected == sorted(expected)
    assert any(expected)


def test_red_flags_close_the_suggestions():
    sore = {"region": "shin", "night_pain": True}
    visit = visit_of([Filmed("a", report(runner={"symptoms": sore}))])
    assert visit.advice.cues == ()
    assert visit.advice.drills == ()
    assert visit.advice.lines
    assert dict(visit.complaint)["Sore"]


def test_moments_are_times_of_the_annotated_clip():
    events = {"left": {"initial_contact_s": [2.0, 2.7], "toe_off_s": [2.25, 2.95]}}
    clip = {"from_s": 1.0, "slow_motion_factor": 4.0}
    (told,) = visit_of([Filmed("a", report(events=events, clip=clip))]).clips
    assert told.instants["contact"] == pytest.approx((2.7 - 1.0) * 4)
    assert told.instants["toe_off"] == pytest.approx((2.95 - 1.0) * 4)


@pytest.mark.parametrize(
    ("other", "code"),
    [({"id": "r2"}, "mixed_runners"), ({"date": "2026-03-02"}, "mixed_days")],
)
def test_other_people_and_days_are_refused(other, code):
    both = [report(runner={"date": "2026-03-01"}), report(runner={"date": "2026-03-01"} | other)]
    with pytest.raises(UsageError) as refused:
        visit_of([Filmed("a", both[0]), Filmed("b", both[1])])
    assert refused.value.code == code


def test_unsaid_names_and_days_fit_any():
    visit = visit_of(
        [Filmed("a", report(runner={"id": None})), Filmed("b", right())],
    )
    assert visit.runner == "r1"


def test_a_clip_without_a_runner_is_refused():
    nobody = report().model_copy(update={"view": None})
    with pytest.raises(NoRunnerError, match=r"run\.mp4"):
        visit_of([Filmed("a", report()), Filmed("b", nobody)])


def test_arms_are_never_called_different():
    (rows,) = rows_of(report(), right(arm_swing_deg=40.0, landing_ankle_hip_pct_leg=20.0))
    assert rows["landing_ankle_hip_pct_leg"].verdict == "real"
    row = rows["arm_swing_deg"]
    assert (row.difference, row.verdict) == ("+40°", "possible")
    assert row.word == "what healthy arms differ by is not known"


@pytest.mark.parametrize(
    ("half_pct", "verdict"), [(1.0, "real"), (3.0, "possible"), (7.0, "within_noise"), (None, "")]
)
def test_contact_times_of_one_clip_differ_by_what_their_own_metric_could_tell(half_pct, verdict):
    made = rear(contact_time_ms_left=240.0, contact_time_ms_right=258.0)
    if half_pct is not None:
        told = metric("contact_time_difference_pct", -7.2, half_pct, side="both")
        own = MetricRecord.model_validate(told)
        made = made.model_copy(
            update={"metrics": made.metrics | {"contact_time_difference_pct": own}}
        )
    (rows,) = rows_of(made)
    row = rows["contact_time_ms"]
    assert row.verdict == (verdict or "not_comparable")
    assert bool(row.difference) is bool(verdict)


def test_clips_of_one_pace_that_step_at_other_rates_are_told():
    apart = visit_of([Filmed("a", report()), Filmed("b", right(cadence_spm=5.0))])
    assert "165.0 from the left side, 170.0 from the right side" in apart.warnings[0]
    assert not visit_of([Filmed("a", report()), Filmed("b", right(cadence_spm=1.0))]).warnings


def test_a_number_too_wide_to_use_says_so():
    (rows,) = rows_of(report(metrics={"trunk_lean_deg": metric("trunk_lean_deg", 3.0, 5.0)}))
    assert rows["trunk_lean_deg"].both.wide
    assert not rows["cadence_spm"].both.wide
