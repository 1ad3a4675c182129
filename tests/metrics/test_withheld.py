"""Numbers that cannot be had are not shown, and a sentence says why."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from formcheck.catalogue import specs
from formcheck.landmarks import LEG, Landmark, index
from formcheck.metrics import measure_gait
from formcheck.pipeline import measure_track
from formcheck.types import Contact, Metric, Runner
from tests.gait.exact import filmed, measured, take

FULL = Runner(height_m=1.75, belt_speed_mps=2.9)


@cache
def metrics_of(stand: str, fps: float, seconds: float, runner: Runner) -> dict[str, Metric]:
    return measured(filmed(stand, fps, seconds)[2], runner)[1]


# What differs between the feet is told only where both were seen alike.
UNSURE = {"step_time_difference_pct", "contact_time_difference_pct"}
ALWAYS = {key for key, rule in specs().items() if "standing" not in rule.needs}


def assert_withheld(m: Metric, status: str) -> None:
    assert m.status == status, (m.key, m.reason)
    assert (m.value, m.low, m.high, m.repeat_low, m.repeat_high) == (None,) * 5
    assert m.reason is not None
    assert m.reason.endswith(".")
    assert len(m.reason) > 15


@pytest.mark.parametrize("stand", ["left", "rear", "front"])
def test_every_metric_is_measured_or_says_why_not(stand):
    metrics = take(stand).metrics
    assert set(metrics) >= ALWAYS
    for m in metrics.values():
        if m.status != "measured":
            assert_withheld(m, m.status)
        else:
            assert m.reason is None


def test_frame_rate_too_low():
    metrics = metrics_of("left", 18.0, 5.0, FULL)
    low = {key for key, m in metrics.items() if m.status == "frame_rate_too_low"}
    assert {"contact_time_ms", "flight_time_ms", "duty_factor", "shank_angle_ic_deg"} <= low
    for key in low:
        assert_withheld(metrics[key], "frame_rate_too_low")
        assert "18" in (metrics[key].reason or "")


def test_landings_are_shown_at_low_rates_and_by_the_shoe_where_it_was_followed():
    gait = measured(filmed("left", 30.0, 5.0)[2], FULL)[0]
    near = [c for c in gait.contacts if c.side == "left"]
    angles = dict(zip(near, np.linspace(8.0, 12.0, len(near)), strict=True))
    read = tuple(replace(c, foot_deg=angles.get(c, c.foot_deg)) for c in gait.contacts)
    metrics = measure_gait(replace(gait, contacts=read), FULL)
    for key in ("contact_time_ms", "shank_angle_ic_deg", "landing_ankle_hip_cm"):
        assert metrics[key].status == "measured"
    # The shoe's own angles, nothing of the network's conventions.
    assert metrics["foot_inclination_ic_deg"].value == pytest.approx(10.0, abs=1e-6)
    few = tuple(replace(c, foot_deg=angles.get(c, np.nan) if c in near[:2] else np.nan)
                for c in gait.contacts)  # fmt: skip
    without = measure_gait(replace(gait, contacts=few), FULL)
    assert without["contact_time_ms"].status == "measured"
    assert without["foot_inclination_ic_deg"].value != pytest.approx(10.0, abs=1e-6)


@pytest.mark.parametrize("fps", [24.0, 25.0, 29.97])
def test_three_seconds_of_a_slow_camera_still_give_the_basics(fps):
    metrics = metrics_of("left", fps, 3.2, FULL)
    for key, true, off in (
        ("cadence_spm", 170.0, 1.0),
        ("vertical_oscillation_cm", 7.41, 0.6),
        ("trunk_lean_deg", 6.0, 1.0),
    ):
        assert metrics[key].value == pytest.approx(true, abs=off)


def test_59_94_counts_as_60():
    assert metrics_of("left", 59.94, 4.0, FULL)["contact_time_ms"].status == "measured"


@pytest.mark.parametrize("stand", ["left", "rear"])
def test_no_scale(stand):
    metrics = metrics_of(stand, 60.0, 5.0, Runner())
    in_cm = {key for key in metrics if key.endswith("_cm")}
    seen = {key for key in in_cm if metrics[key].status != "wrong_view"}
    assert len(seen) >= 3
    for key in seen | {"vertical_ratio_pct"}:
        assert_withheld(metrics[key], "no_scale")
    for key in ("cadence_spm", "vertical_oscillation_pct_leg"):
        assert metrics[key].status == "measured"


def test_vertical_ratio_needs_the_belt_speed():
    metrics = metrics_of("left", 60.0, 5.0, Runner(height_m=1.75))
    assert_withheld(metrics["vertical_ratio_pct"], "no_scale")
    assert metrics["vertical_oscillation_cm"].status == "measured"


def test_shares_of_leg_length_need_no_scale():
    with_scale = metrics_of("left", 60.0, 5.0, FULL)
    without = metrics_of("left", 60.0, 5.0, Runner())
    for key in ("vertical_oscillation_pct_leg", "landing_ankle_hip_pct_leg"):
        assert without[key].value == pytest.approx(with_scale[key].value, rel=1e-6)


@pytest.mark.parametrize("stand", ["left", "rear"])
def test_too_few_strides(stand):
    metrics = metrics_of(stand, 60.0, 1.6, FULL)
    few = [m for m in metrics.values() if m.status == "too_few_strides"]
    assert len(few) >= 3
    for m in few:
        assert_withheld(m, "too_few_strides")
        assert str(m.n) in (m.reason or "")


def test_longer_clips_measure_more():
    counts = [
        sum(m.status == "measured" for m in metrics_of("left", 60.0, s, FULL).values())
        for s in (1.6, 5.0)
    ]
    assert counts[0] < counts[1]


def test_wrong_view():
    from_the_side, from_behind = (metrics_of(s, 60.0, 5.0, FULL) for s in ("left", "rear"))
    for key, rule in specs().items():
        if "standing" in rule.needs:
            assert key not in from_the_side
            continue
        if "side" not in rule.views:
            assert_withheld(from_the_side[key], "wrong_view")
        if "rear" not in rule.views:
            assert_withheld(from_behind[key], "wrong_view")
        for view, metrics in (("side", from_the_side), ("rear", from_behind)):
            if view in rule.views and key not in UNSURE:
                assert metrics[key].status == "measured", key


@pytest.mark.parametrize(
    ("points", "hidden", "seen"),
    [
        (("elbow", "wrist"), ("elbow_angle_deg", "arm_swing_deg"), ("shank_angle_ic_deg",)),
        (LEG, ("landing_ankle_hip_cm", "shank_angle_ic_deg"), ("elbow_angle_deg",)),
    ],
)
def test_occluded(points, hidden, seen):
    runner, _, track = filmed()
    confidence = track.confidence.copy()
    confidence[::2, [index(name, "left") for name in points]] = 0.05
    confidence[1::8, [index(name, "left") for name in points]] = 0.05
    metrics = measured(replace(track, confidence=confidence), runner.as_user_input)[1]
    for key in hidden:
        assert_withheld(metrics[key], "occluded")
        assert "left" in (metrics[key].reason or "")
    for key in (*seen, "cadence_spm"):
        assert metrics[key].status == "measured"


def test_far_limb_may_be_hidden():
    runner, _, track = filmed()
    confidence = track.confidence.copy()
    confidence[:, [point for point in Landmark if point.name.startswith("RIGHT")]] = 0.05
    metrics = measured(replace(track, confidence=confidence), runner.as_user_input)[1]
    assert metrics["shank_angle_ic_deg"].status == "measured"
    assert metrics["elbow_angle_deg"].status == "measured"


CONTACTS: dict[str, Callable[[Contact], Contact | None]] = {
    "no contacts": lambda c: None,
    "near foot only": lambda c: c if c.side == "left" else None,
    "far foot only": lambda c: c if c.side == "right" else None,
    "no toe-offs": lambda c: replace(c, toe_off_s=float("nan")),
    "no toe-offs of the near foot": lambda c: (
        replace(c, toe_off_s=float("nan")) if c.side == "left" else c
    ),
    "toe-offs only": lambda c: replace(c, initial_contact_s=float("nan")),
    "first second only": lambda c: c if c.toe_off_s < 1.0 else None,
}


@pytest.mark.parametrize("stand", ["left", "rear"])
@pytest.mark.parametrize("case", CONTACTS)
def test_whatever_events_are_missing(stand, case):
    """Any set of contacts gives numbers or reasons, never a failure or NaN."""
    gait = take(stand).gait
    kept = tuple(c for c in map(CONTACTS[case], gait.contacts) if c is not None)
    metrics = measure_gait(replace(gait, contacts=kept), FULL)
    assert set(metrics) >= ALWAYS
    for m in metrics.values():
        if m.status == "measured":
            assert m.value is not None
            assert m.low is not None
            assert m.high is not None
            assert math.isfinite(m.value + m.low + m.high)
        else:
            assert_withheld(m, m.status)


def test_feet_below_the_picture_are_not_measured():
    """Cadence and posture stay; what needs the feet is withheld."""
    runner, _, track = filmed()
    ankles = track.xy_px[:, [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE], 1]
    cut = replace(track, height_px=int(np.percentile(ankles, 30)))
    metrics = measured(cut, runner.as_user_input)[1]
    for key in ("contact_time_ms", "flight_time_ms", "duty_factor", "landing_ankle_hip_cm"):
        assert_withheld(metrics[key], "occluded")
    for key in ("cadence_spm", "vertical_oscillation_cm", "trunk_lean_deg", "elbow_angle_deg"):
        assert metrics[key].status == "measured"


def test_impossible_values_are_not_shown():
    """A body folded over is a skeleton gone wrong, not a lean of 100 degrees."""
    runner, _, track = filmed()
    xy = track.xy_px.copy()
    trunk = [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]
    hips = xy[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP]].mean(axis=1)
    xy[:, trunk] = (hips + np.array([-170.0, 30.0]))[:, None]
    metrics = measure_track(replace(track, xy_px=xy), runner.as_user_input, view="side")[1]
    assert_withheld(metrics["trunk_lean_deg"], "low_confidence")
    assert "deg" in (metrics["trunk_lean_deg"].reason or "")
