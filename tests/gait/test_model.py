"""The gait model of whole clips: shapes, marks, notes, and hard tracks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from formcheck.errors import NoRunnerError
from formcheck.gait.model import build_gait
from formcheck.gait.notes import clip_notes, cut_off_error, cut_off_notes
from formcheck.kernel import MEASURES
from formcheck.landmarks import LEG, N_LANDMARKS, index
from formcheck.types import Clip, QualityNote, Runner
from tests.gait.exact import event_errors_s, filmed, measured, take
from tests.synthetic import with_dropout, with_gap, with_hidden_leg, with_leg_swaps


@pytest.mark.parametrize("stand", ["left", "right", "rear"])
def test_shapes_and_finite_values(stand):
    made = take(stand, height_px=1000)
    frames = made.track.t_s.size
    gait = made.gait
    assert gait.body_xy.shape == (frames, N_LANDMARKS, 2)
    assert gait.measures.shape == (len(MEASURES), frames)
    assert gait.modelled.shape == (frames, N_LANDMARKS)
    assert np.isfinite(gait.body_xy).all()
    assert gait.modelled.mean() < 0.01
    assert gait.stride_time_s == pytest.approx(120 / made.runner.spec.cadence_spm, rel=0.002)


def test_body_frame_is_metres_level_and_forward():
    made = take("right", roll_deg=2.0, noise_px=0.5)
    joints = made.runner.joints(made.track.t_s)
    shoulder = (joints[:, 3] + joints[:, 4]) / 2
    hip = (joints[:, 9] + joints[:, 10]) / 2
    true = (shoulder - hip)[:, [0, 2]]
    body = made.gait.body_xy
    found = (body[:, 3] + body[:, 4] - body[:, 9] - body[:, 10]) / 2
    np.testing.assert_allclose(found.mean(axis=0), true.mean(axis=0), atol=0.015)


def test_track_for_drawing_stays_in_the_picture():
    made = take(roll_deg=2.0)
    off = np.linalg.norm(made.gait.track.xy_px - made.track.xy_px, axis=2)
    assert np.median(off) < 3


@pytest.mark.parametrize("stand", ["left", "rear"])
def test_hard_tracks_still_give_every_event(stand):
    """Lost points, swapped legs and a second in which nobody is seen, all at once."""
    runner, _, track = filmed(stand, seconds=8.0)
    hard = with_leg_swaps(with_dropout(track, 0.05), range(5, track.t_s.size, 31))
    hard = with_gap(hard, 4.0, 4.5)
    gait, metrics = measured(hard, runner.as_user_input)
    plain = take(stand, seconds=8.0)
    made = replace(plain, track=hard, gait=gait, metrics=metrics)
    for side in ("left", "right"):
        found = event_errors_s(made, side, "initial_contact")
        assert found.size >= 8
        if stand == "left":
            assert abs(found.mean()) < 0.012
    assert metrics["cadence_spm"].value == pytest.approx(170, abs=0.8)


def test_hidden_far_leg_is_marked_and_does_not_spoil_the_near_one():
    runner, _, track = filmed("left")
    hidden = with_hidden_leg(track, "right", range(100, 160), LEG[1:])
    gait, metrics = measured(hidden, runner.as_user_input)
    rows = [index(name, "right") for name in LEG[1:]]
    assert gait.modelled[100:160, rows].all()
    near = replace(take("left"), track=hidden, gait=gait, metrics=metrics)
    assert abs(event_errors_s(near, "left", "initial_contact").mean()) < 0.008


def clip(**changed: float | bool) -> Clip:
    whole = Clip("a.mp4", "", 1280, 720, 0, 8.0, 480, 60.0, to_s=8.0)
    return replace(whole, **changed)  # type: ignore[arg-type]


def codes(of: Clip, runner: Runner, stand: str = "left") -> set[str]:
    gait = build_gait(take(stand).track, runner)
    notes = clip_notes(of, gait, runner)
    assert all(note.text.endswith(".") for note in notes)
    return {note.code for note in notes}


FULL = Runner(height_m=1.75, belt_speed_mps=2.9)


def test_a_good_clip_needs_no_remark():
    assert codes(clip(), FULL) == set()


@pytest.mark.parametrize(
    ("of", "runner", "code"),
    [
        (clip(frame_rate_hz=30.0), FULL, "low_frame_rate"),
        (clip(to_s=3.0), FULL, "short_clip"),
        (clip(variable_frame_rate=True), FULL, "variable_frame_rate"),
        (clip(), Runner(), "no_scale"),
        (clip(), Runner(height_m=1.75), "no_belt_speed"),
    ],
)
def test_remarks(of, runner, code):
    assert codes(of, runner) == {code}


CUT = (QualityNote("feet_cut_off", "warn", "The feet reach beyond the picture."),)


def test_a_view_without_feet_is_a_guess_unless_from_the_side_or_given():
    runner = Runner(height_m=1.75)
    rear, side = (build_gait(take(stand).track, runner) for stand in ("rear", "left"))
    told = build_gait(take("rear").track, runner, view="rear")
    assert [note.code for note in cut_off_notes(rear, CUT)] == ["view_guessed"]
    assert cut_off_notes(rear, ()) == cut_off_notes(side, CUT) == cut_off_notes(told, CUT) == ()


def test_no_running_without_legs_is_told_as_such():
    error = NoRunnerError("No running was found.", "no_running")
    assert cut_off_error(error, ()) is error
    cut = cut_off_error(error, CUT)
    assert cut.code == "feet_cut_off"
    assert "feet in the picture" in str(cut)


def test_oblique_view_is_remarked():
    track = filmed("left", 30.0, 4.0, yaw_deg=45.0)[2]
    runner = Runner(height_m=1.75, belt_speed_mps=2.9)
    gait = build_gait(track, runner)
    found = {note.code for note in clip_notes(clip(), gait, runner)}
    assert "oblique_view" in found
