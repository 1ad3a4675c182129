"""Footage that is not what it seems: what of it is measured, refused, withheld or remarked on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import footage
from formcheck.errors import NoRunnerError
from formcheck.gait.footage import clock_notes, in_one_piece
from formcheck.gait.footage.course import rhythm_course
from formcheck.gait.footage.pieces import astray
from formcheck.gait.footage.signs import growth, made_up, pixel_width
from formcheck.landmarks import index
from formcheck.metrics.doubted import doubted
from formcheck.track.rhythm import find_rhythm
from formcheck.types import Metric, QualityNote, Runner
from tests.gait.exact import filmed, measured

HEIGHT = Runner(height_m=1.75)


def change(kind, view="left"):
    return footage.KINDS[kind].change(filmed(view)[2])


def codes(gait):
    return {note.code for note in gait.notes if note.severity == "warn"}


@pytest.mark.parametrize("view", ["left", "rear"])
def test_ordinary_footage_is_left_alone(view):
    track = filmed(view)[2]
    assert in_one_piece(track) is track
    gait, _ = measured(track, HEIGHT)
    assert not codes(gait)


@pytest.mark.parametrize("view", ["left", "rear"])
@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        ("1.0 s cut out", 0.6),
        ("0.15 s cut out", 0.6),
        ("paused, hole of 20 s", 0.6),
        ("0.45 s shown twice", 0.6),
    ],
)
def test_the_longest_piece_is_measured_alone(view, kind, kept):
    track = filmed(view)[2]
    piece = in_one_piece(change(kind, view))
    assert [note.code for note in piece.notes] == ["footage_broken"]
    assert np.ptp(piece.t_s) <= kept * np.ptp(track.t_s) + 0.5
    assert np.diff(piece.t_s).max() < 0.1
    true = measured(track, HEIGHT)[0].stride_time_s
    assert measured(piece, HEIGHT)[0].stride_time_s == pytest.approx(true, rel=0.004)


def test_parts_in_slow_motion_are_not_measured_with_those_in_real_time():
    piece = in_one_piece(change("last half 2 times slower"))
    assert {note.code for note in piece.notes} <= {"several_speeds", "footage_broken"}
    true = measured(filmed("left")[2], HEIGHT)[0].stride_time_s
    rhythm = find_rhythm(piece)
    assert rhythm is not None
    factor = rhythm.stride_hz * true
    assert min(abs(factor - 1), abs(factor - 0.5)) < 0.03


def test_a_body_that_hardly_moves_alike_from_step_to_step_tells_no_break():
    track = filmed("rear")[2]
    rhythm = find_rhythm(track)
    assert rhythm is not None
    hz = rhythm.stride_hz
    assert np.isfinite(rhythm_course(track, hz).ahead).all()
    stray_px = np.random.default_rng(1).normal(0, 60, (40, *track.xy_px.shape[1:]))
    at = np.linspace(0, 39, track.t_s.size)
    swaying = np.apply_along_axis(lambda z: np.interp(at, np.arange(40), z), 0, stray_px)
    poor = rhythm_course(replace(track, xy_px=track.xy_px + swaying), hz)
    assert np.isnan(poor.ahead).mean() > 0.5


@pytest.mark.parametrize("seed", [3, 9, 10, 11])
def test_windows_that_tell_nothing_turn_no_others(seed):
    """Whatever stands between them, two parts of one even run stay in step."""
    track = filmed("left", seconds=8.0)[2]
    rhythm = find_rhythm(track)
    assert rhythm is not None
    lost = (track.t_s > 2.5) & (track.t_s < 5.5)
    stray_px = np.random.default_rng(seed).normal(0, 200, (12, *track.xy_px.shape[1:]))
    at = np.linspace(0, 11, lost.sum())
    xy_px = track.xy_px.copy()
    xy_px[lost] += np.apply_along_axis(lambda z: np.interp(at, np.arange(12), z), 0, stray_px)
    course = rhythm_course(replace(track, xy_px=xy_px), rhythm.stride_hz)
    early, late = (
        np.nanmean(course.ahead[part]) for part in (course.at_s < 1.6, course.at_s > 6.4)
    )
    assert np.isnan(course.ahead).any()
    assert late == pytest.approx(early, abs=0.05)


def test_windows_that_all_stray_are_no_cut():
    """As in a real clip, filmed from the hand from afar; and in one of a treadmill with a cut."""
    handheld = np.array([17, 9, 26, 12, 12, 3, 9, 18, 37, 25, 5, 3, 26, 16, 12, 33, 3, 5]) / 1000
    assert not astray(handheld).any()
    with_cut = np.array([2, 1, 3, 0, 12, 48, 61, 44, 10, 2, 1, 3, 2]) / 1000
    assert np.flatnonzero(astray(with_cut)).tolist() == [5, 6, 7]
    assert astray(handheld[-8:-2] + 0.01).sum() == 2


def test_pieces_too_short_to_be_measured_are_refused():
    whole = filmed("left")[2]
    kept = whole.t_s < 4.0
    track = replace(
        whole, t_s=whole.t_s[kept], xy_px=whole.xy_px[kept], confidence=whole.confidence[kept]
    )
    with pytest.raises(NoRunnerError) as refused:
        in_one_piece(footage.paused(0.5, 0.1, 5.0)(track))
    assert refused.value.code == "footage_broken"


@pytest.mark.parametrize("view", ["left", "rear"])
@pytest.mark.parametrize("kind", ["backward", "boomerang"])
def test_time_that_runs_backward_is_refused(view, kind):
    with pytest.raises(NoRunnerError) as refused:
        measured(change(kind, view), HEIGHT)
    assert refused.value.code == "plays_backward"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("cadence drifts by 5 %", "cadence_drifts"),
        ("a quarter narrower", "picture_squeezed"),
        ("a third wider", "picture_squeezed"),
        ("zoom by 25 %", "size_changes"),
        ("1.5 times slower", "clock_wrong"),
        ("1.5 times faster", "clock_wrong"),
    ],
)
def test_what_footage_is_gets_a_note(kind, code):
    assert code in codes(measured(change(kind), HEIGHT)[0])


def test_drift_is_told_by_both_halves():
    gait, _ = measured(change("cadence drifts by 20 %"), HEIGHT)
    (note,) = (one for one in gait.notes if one.code == "cadence_drifts")
    first, last = (float(word) for word in note.text.split() if word[0].isdigit())
    assert last / first == pytest.approx(0.905, abs=0.01)


def test_pictures_made_up_between_others():
    body = filmed("left")[2].xy_px.copy()
    assert abs(made_up(body)) < 0.2
    body[1:-1:2] = (body[:-2:2] + body[2::2])[: len(body[1:-1:2])] / 2
    assert abs(made_up(body)) > 1


def test_a_shank_that_keeps_its_length_tells_the_shape_of_pixels():
    turn = np.linspace(0, 2 * np.pi, 100)
    body = np.zeros((100, 19, 2))
    body[:, index("knee", "left")] = np.column_stack([np.sin(turn) * 0.75, np.cos(turn)])
    assert pixel_width(body, "left") == pytest.approx(1 / 0.75)


def test_growth_is_that_of_the_body():
    assert growth(change("zoom by 25 %")) == pytest.approx(0.25 / 1.125, abs=0.03)


@pytest.mark.parametrize(
    ("scales", "rise_px", "cadence_spm", "expected"),
    [
        # height, belt, gravity; a fall that fits, one that does not, one of a grounded runner
        ((1.0, None, 0.95), 0.08, 167, []),
        ((1.0, None, 1.75), 0.08, 167, ["clock_doubtful"]),
        ((1.0, None, 2.2), 0.08, 167, ["clock_wrong"]),
        ((1.0, None, 2.2), 0.03, 167, []),
        # a quarter slower, then faster: the cadence says so too; one that says the contrary
        ((1.0, None, 1.45), 0.08, 133, ["clock_wrong"]),
        ((1.0, None, 0.6), 0.08, 208, ["clock_wrong"]),
        ((1.0, None, 0.6), 0.08, 145, []),
        ((1.0, None, 0.5), 0.08, 140, ["scale_against_gravity"]),
        # a slow jogger and a child whose fall fits
        ((1.0, None, 0.92), 0.08, 140, []),
        ((1.0, None, 0.92), 0.08, 205, []),
        ((None, None, 1.6), 0.08, 167, []),
        ((None, None, 1.45), 0.08, 133, ["clock_wrong"]),
        ((None, None, 0.5), 0.08, 140, []),
        ((1.0, 1.0, 1.6), 0.08, 167, ["scale_against_gravity"]),
        # a belt that goes slower by a quarter: with the fall of a clock, of true time, unknown
        ((1.0, 1.25, 1.56), 0.08, 133, ["clock_wrong"]),
        ((1.0, 1.4, 0.92), 0.08, 167, ["scale_disagrees"]),
        ((1.0, 1.25, None), 0.08, 133, ["scale_disagrees", "clock_doubtful"]),
        ((1.0, 3.6, None), 0.08, 167, ["scale_disagrees"]),
    ],
)
def test_height_belt_fall_and_cadence_are_weighed(scales, rise_px, cadence_spm, expected):
    named = dict(zip(("height", "belt", "gravity"), scales, strict=True))
    apart = named["belt"] not in (None, 1.0)
    noted = (QualityNote("scale_disagrees", "warn", "-"),) if apart else ()
    found = clock_notes(named, 1.0, rise_px, cadence_spm, noted)
    assert [note.code for note in found] == expected


@pytest.mark.parametrize(
    ("code", "key", "unit", "shown"),
    [
        ("clock_wrong", "cadence_spm", "steps/min", False),
        ("clock_wrong", "trunk_lean_deg", "deg", True),
        ("picture_squeezed", "trunk_lean_deg", "deg", False),
        ("picture_squeezed", "cadence_spm", "steps/min", True),
        ("pictures_made_up", "shank_angle_ic_deg", "deg", False),
        ("cadence_drifts", "cadence_spm", "steps/min", True),
    ],
)
def test_what_footage_spoils_is_withheld(code, key, unit, shown):
    gait, _ = measured(filmed("left")[2], HEIGHT)
    gait = replace(gait, notes=(QualityNote(code, "warn", "Because."),))
    metric = doubted(Metric(key, unit, "measured", 1.0, 0.5, 1.5), gait)
    assert (metric.value is not None) == shown
    assert shown or metric.reason
