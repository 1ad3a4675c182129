"""The gait model of whole clips: shapes, marks, notes, and hard tracks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from formcheck.catalogue import specs
from formcheck.errors import NoRunnerError
from formcheck.gait.model import build_gait
from formcheck.gait.notes import (
    LEAST_RATE_HZ,
    clip_notes,
    cut_off_error,
    cut_off_notes,
    edge_notes,
    head_notes,
)
from formcheck.kernel import MEASURES
from formcheck.landmarks import LEG, N_LANDMARKS, index
from formcheck.metrics.doubted import doubted
from formcheck.types import Clip, Metric, QualityNote, Runner
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


@pytest.mark.parametrize(("rate_hz", "text"), [(18.0, "below 24"), (23.976, "are few")])
def test_a_frame_rate_at_which_nothing_is_shown_says_so(rate_hz, text):
    assert min(rule.min_rate_hz for rule in specs().values()) == LEAST_RATE_HZ
    gait = build_gait(take("left").track, FULL)
    (note,) = clip_notes(clip(frame_rate_hz=rate_hz), gait, FULL)
    assert note.code == "low_frame_rate"
    assert text in note.text


def test_what_a_low_frame_rate_costs_is_what_the_view_shows():
    gait = build_gait(take("rear").track, FULL)
    (note,) = clip_notes(clip(frame_rate_hz=30.0), gait, FULL)
    assert "knees" in note.text
    assert "contact time" not in note.text


CUT = (QualityNote("feet_cut_off", "warn", "The feet reach beyond the picture."),)


def test_a_view_without_feet_is_a_guess_unless_from_the_side_or_given():
    runner = Runner(height_m=1.75)
    rear, side = (build_gait(take(stand).track, runner) for stand in ("rear", "left"))
    told = build_gait(take("rear").track, runner, view="rear")
    assert [note.code for note in cut_off_notes(rear, CUT)] == ["view_guessed"]
    assert cut_off_notes(rear, ()) == cut_off_notes(side, CUT) == cut_off_notes(told, CUT) == ()


@pytest.mark.parametrize(("room", "codes"), [(0.1, ["feet_at_edge"]), (0.6, [])])
def test_toes_that_reach_the_edge_at_landing(room, codes):
    """The network keeps the points inside the picture: the shoe's tip would not fit."""
    gait = build_gait(take("right").track, FULL)
    toe, heel = (gait.track.xy_px[:, index(name, "right")] for name in ("toe", "heel"))
    foot_px = np.median(np.linalg.norm(toe - heel, axis=1))
    landed_s = [c.initial_contact_s for c in gait.contacts if c.side == "right"]
    reach_px = np.nanmax(np.interp(landed_s, gait.track.t_s, toe[:, 0]))
    narrow = replace(gait.track, width_px=int(reach_px + room * foot_px))
    notes = edge_notes(replace(gait, track=narrow), ())
    assert [note.code for note in notes] == codes
    assert edge_notes(replace(gait, track=narrow), CUT) == ()


def test_toes_at_the_edge_from_behind_are_nobody_s_business():
    gait = build_gait(take("rear").track, FULL)
    assert edge_notes(replace(gait, track=replace(gait.track, width_px=1)), ()) == ()


def test_no_running_without_legs_is_told_as_such():
    error = NoRunnerError("No running was found.", "no_running")
    track = filmed("left", seconds=1.0)[2]
    assert cut_off_error(error, (), track) is error
    cut = cut_off_error(error, CUT, track)
    assert cut.code == "feet_cut_off"
    assert "feet in the picture" in str(cut)


def test_a_head_above_the_picture_is_told():
    track = filmed("left", seconds=1.0)[2]
    assert not head_notes(track)
    ears_px = track.xy_px[:, [1, 2], 1].mean()
    shifted = replace(track, xy_px=track.xy_px - [0.0, ears_px + 20.0])
    error = NoRunnerError("No running was found.", "no_running")
    assert cut_off_error(error, (), shifted).code == "head_cut_off"
    (said,) = head_notes(shifted)
    gait = replace(take().gait, notes=(said,))
    bounce = Metric("vertical_oscillation_cm", "cm", "measured", 8.0, 7.0, 9.0, 7.5, 8.5, 1.0)
    assert doubted(bounce, gait).status == "low_confidence"


class Unfollowed:
    """Close looks that find nothing to follow."""

    def shoes(self, track, contacts):
        return []

    def toes(self, track, contacts, side):
        return None

    def waist(self, track, contacts):
        return None


@pytest.mark.parametrize(
    ("stand", "fps", "told"), [("left", 60.0, True), ("left", 30.0, True), ("rear", 60.0, False)]
)
def test_landings_by_landmarks_are_told_where_shoes_were_looked_for(stand, fps, told):
    track = filmed(stand, fps, 4.0)[2]
    looked = build_gait(track, FULL, closeups=Unfollowed())
    assert ("landing_by_landmarks" in {note.code for note in looked.notes}) is told
    blind = build_gait(track, FULL)
    assert "landing_by_landmarks" not in {note.code for note in blind.notes}


def test_oblique_view_is_remarked():
    track = filmed("left", 30.0, 4.0, yaw_deg=45.0)[2]
    runner = Runner(height_m=1.75, belt_speed_mps=2.9)
    gait = build_gait(track, runner)
    found = {note.code for note in clip_notes(clip(), gait, runner)}
    assert "oblique_view" in found
