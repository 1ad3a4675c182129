"""Conventions of landmarks: each is whole, joints measure right, and an unknown one says so."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

import formcheck
from formcheck.conventions import convention_of, known_conventions
from tests.gait.exact import filmed


@cache
def measured(convention: str) -> tuple[formcheck.Run, float]:
    """Measure exact joints under a convention's name; also the true contact time in ms."""
    runner, _, track = filmed("left", contact_s=0.25)
    said = runner.as_user_input
    track = replace(track, convention=convention, network=convention)
    return formcheck.measure(track, said), 250.0


def ends(run: formcheck.Run, key: str) -> tuple[float, float]:
    low, high = run.metrics[key].low, run.metrics[key].high
    assert low is not None
    assert high is not None
    return low, high


def test_conventions_that_are_known():
    assert known_conventions() == ("blazepose", "joints", "motion_capture")
    for name in known_conventions():
        convention = convention_of(name)
        assert convention.known
        assert set(convention.events) == {"initial_contact", "toe_off"}


def test_joints_measure_right():
    run, true_ms = measured("joints")
    contact = run.metrics["contact_time_ms"]
    assert contact.value == pytest.approx(true_ms, abs=10.0)
    assert "unknown_convention" not in {note.code for note in run.quality}


def test_an_unknown_convention_is_wide_and_says_so():
    run, true_ms = measured("halpe")
    note = next(note for note in run.quality if note.code == "unknown_convention")
    assert "halpe" in note.text
    known, blazepose = measured("joints")[0], measured("blazepose")[0]
    for key in ("contact_time_ms", "trunk_lean_deg", "knee_flexion_ic_deg", "landing_ankle_hip_cm"):
        assert run.metrics[key].value != blazepose.metrics[key].value
        wide, sure = (high - low for low, high in (ends(run, key), ends(known, key)))
        assert wide > 1.1 * sure
    low, high = ends(run, "contact_time_ms")
    assert low < true_ms < high


def test_nothing_of_blazepose_is_taken_for_an_unknown_one():
    unknown, blazepose = convention_of("halpe"), convention_of("blazepose")
    assert not unknown.known
    assert unknown.name == "halpe"
    assert unknown.stature.rel_sd > blazepose.stature.rel_sd
    assert unknown.belt.speed_ratio != blazepose.belt.speed_ratio
    assert (
        unknown.events["initial_contact"].readings != blazepose.events["initial_contact"].readings
    )
