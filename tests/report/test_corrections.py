"""Corrections by hand: values and intervals answer, what was measured stays beside them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from formcheck.errors import UsageError
from formcheck.landmarks import N_LANDMARKS, index
from formcheck.metrics.estimate import mean_error
from formcheck.report.corrections import Step, corrected, fitting, steps_after
from formcheck.report.dragging import Shot
from formcheck.report.schema import CorrectionRecord, MetricRecord, Report, SamplesRecord
from formcheck.report.stored import StoredFrames
from formcheck.types import View

KEY = "shank_angle_ic_deg"
VALUES = np.array([4.0, 5.0, 6.0, 5.5, 14.0])


def steps() -> list[Step]:
    return [
        Step("left", 0.7 * k, 0.7 * k + 0.25, {"contact_time_ms": 250.0, KEY: float(value)})
        for k, value in enumerate(VALUES)
    ]


def report() -> Report:
    def metric(values: np.ndarray, unit: str) -> MetricRecord:
        return MetricRecord(
            value=values.mean(), low=values.mean() - 8, high=values.mean() + 8,
            repeat_low=values.mean() - 7, repeat_high=values.mean() + 7, n=5, unit=unit,
            side="left", status="measured",
            samples=SamplesRecord(
                t_s=tuple(0.7 * np.arange(5)), value=tuple(values), side=("left",) * 5
            ),
        )  # fmt: skip

    return Report.model_validate(
        {
            "schema": "formcheck.report/1",
            "clip": {
                "name": "a.mp4", "sha256": "0" * 64, "width_px": 10, "height_px": 10,
                "duration_s": 4.0, "frames": 240, "frame_rate_hz": 60.0,
            },
            "metrics": {
                KEY: metric(VALUES, "deg"),
                f"{KEY}_left": metric(VALUES, "deg").model_copy(update={"samples": None}),
                "contact_time_ms": metric(np.full(5, 250.0), "ms"),
            },
            "provenance": {
                "formcheck": "0", "model": "m", "model_sha256": "", "provider": "none"
            },
        }
    )  # fmt: skip


def strike(k: int) -> CorrectionRecord:
    return CorrectionRecord(kind="stride", side="left", contact_s=0.7 * k, by="Dr. Ada")


def test_a_stride_struck_out_changes_value_and_interval_and_keeps_both():
    was = report().metrics[KEY]
    now = corrected(report(), steps(), None, [strike(4)])
    found, kept = now.metrics[KEY], VALUES[:4]
    assert found.value == pytest.approx(kept.mean())
    old, new = 1.96 * mean_error(VALUES), 1.96 * mean_error(kept)
    half = float(np.sqrt(64 - old**2 + new**2))
    assert half < 8
    assert found.high == pytest.approx(kept.mean() + half, rel=1e-4)
    assert found.low == pytest.approx(kept.mean() - half, rel=1e-4)
    assert found.n == 4
    assert found.uncorrected
    assert found.samples
    assert was.samples
    assert (found.uncorrected.value, found.uncorrected.low) == (was.value, was.low)
    assert found.samples.t_s == was.samples.t_s[:4]
    assert now.corrections[0].by == "Dr. Ada"


def test_a_side_answers_with_the_metric_of_both():
    now = corrected(report(), steps(), None, [strike(4)]).metrics
    both, left = now[KEY], now[f"{KEY}_left"]
    assert left.uncorrected
    assert left.samples is None
    assert (left.value, left.low, left.high, left.n) == (both.value, both.low, both.high, both.n)


def test_times_that_did_not_move_are_not_corrected():
    told = [replace(one, values={**one.values, "contact_time_ms": 250.0004}) for one in steps()]
    moved = CorrectionRecord(
        kind="event", side="left", contact_s=0.7, event="initial_contact", to_s=0.7
    )
    assert corrected(report(), told, None, [moved]).metrics == report().metrics


def test_without_corrections_all_is_as_measured():
    assert corrected(report(), steps(), None, []) == report()


def test_a_moved_landing_changes_the_contact_time_and_the_event():
    moved = CorrectionRecord(
        kind="event", side="left", contact_s=0.7, event="initial_contact", to_s=0.72
    )
    now = corrected(report(), steps(), None, [moved])
    assert now.metrics["contact_time_ms"].value == pytest.approx(246.0)
    assert now.events.left.initial_contact_s[1] == 0.72
    assert now.metrics[KEY].uncorrected is None


@pytest.mark.parametrize(
    ("correction", "code"),
    [
        (strike(4).model_copy(update={"contact_s": 0.35}), "no_such_step"),
        (
            CorrectionRecord(kind="event", side="left", contact_s=0.7, event="toe_off", to_s=0.5),
            "moved_too_far",
        ),
        (
            CorrectionRecord(
                kind="event", side="left", contact_s=0.7, event="initial_contact", to_s=1.4
            ),
            "moved_too_far",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_words(correction, code):
    with pytest.raises(UsageError) as refused:
        corrected(report(), steps(), None, [correction])
    assert refused.value.code == code


def test_too_few_strides_left_are_refused():
    with pytest.raises(UsageError, match="two strides"):
        corrected(report(), steps(), None, [strike(k) for k in range(4)])


def test_those_whose_steps_are_gone_are_left_out():
    gone = CorrectionRecord(kind="stride", side="left", contact_s=0.71, by="Dr. Ada")
    assert fitting(steps(), None, [strike(0), gone, strike(4)]) == [strike(0), strike(4)]


def frames() -> StoredFrames:
    """A left leg at 60 frames a second: hip over knee, the ankle 20 px ahead of the knee."""
    t_s = np.arange(240) / 60
    xy = np.zeros((240, N_LANDMARKS, 2))
    for name, place in {"hip": (500, 300), "knee": (510, 400), "ankle": (530, 500)}.items():
        xy[:, index(name, "left")] = place
    xy[:, index("hip", "right")] = (500, 300)
    return StoredFrames(t_s, xy, np.ones(xy.shape[:2]), np.zeros(xy.shape[:2], bool), {})


SHOT = Shot(View("side", "right", "left", 1.0), 0.0, 0.003, 1280, 720)


def dragged(to_px: tuple[float, float], at_s: float = 0.7) -> CorrectionRecord:
    return CorrectionRecord(
        kind="joint", side="left", contact_s=0.7, joint="ankle", at_s=at_s, to_px=to_px
    )


def test_a_dragged_ankle_changes_what_is_read_at_its_landing_by_the_points_own_change():
    values = {KEY: 5.0, "knee_flexion_ic_deg": 17.0, "landing_ankle_hip_cm": 18.0,
              "landing_ankle_hip_pct_leg": 19.0, "contact_time_ms": 250.0}  # fmt: skip
    own = [Step("left", 0.7 * k, 0.7 * k + 0.25, values) for k in range(5)]
    now = steps_after(own, frames(), [dragged((540.0, 500.0))], SHOT)
    turned = np.degrees(np.arctan2(30, 100) - np.arctan2(20, 100))
    leg_px = np.hypot(10, 100) + np.hypot(20, 100)
    assert now[1].values[KEY] == pytest.approx(5.0 + turned)
    assert now[1].values["knee_flexion_ic_deg"] == pytest.approx(17.0 - turned)
    assert now[1].values["landing_ankle_hip_cm"] == pytest.approx(18.0 + 10 * 0.3)
    assert now[1].values["landing_ankle_hip_pct_leg"] == pytest.approx(19 + 1000 / leg_px)
    assert now[1].values["contact_time_ms"] == 250.0
    assert now[0].values == own[0].values
    later = steps_after(own, frames(), [dragged((540.0, 500.0), at_s=0.75)], SHOT)
    assert later[1].values == own[1].values


@pytest.mark.parametrize(
    ("joint", "code"),
    [
        (dragged((1300.0, 500.0)), "moved_too_far"),
        (dragged((540.0, 500.0), at_s=0.707), "no_such_frame"),
        (dragged((540.0, 500.0)).model_copy(update={"to_px": None}), "invalid"),
    ],
)
def test_a_point_that_cannot_be_moved_so_is_refused(joint, code):
    with pytest.raises(UsageError) as refused:
        steps_after(steps(), frames(), [joint], SHOT)
    assert refused.value.code == code


def test_a_side_of_its_own_answers_as_well():
    told = report()
    both = told.metrics[KEY]
    own = both.model_copy(update={"samples": None})
    told = told.model_copy(update={"metrics": {**told.metrics, f"{KEY}_left": own}})
    now = corrected(told, steps(), None, [strike(4)])
    assert now.metrics[f"{KEY}_left"].value == now.metrics[KEY].value
    assert now.metrics[f"{KEY}_left"].samples is None
