"""Pelvic drop from the turns of waist and back: signs, level, and what tells nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from formcheck.gait.pelvis import LOOSE_TOP, NOT_FOLLOWED, read_pelvis
from formcheck.types import Floats, WaistPath

STEPS = 10


def path(
    drop_deg: float = 5.0, back_deg: float = 0.0, tilt_deg: float = 0.0, steps: int = STEPS
) -> WaistPath:
    """Three frames a contact, left first; clockwise in left stance, as the right side drops."""
    middle_s = np.repeat(0.35 * np.arange(steps), 3)
    left = np.repeat(np.arange(steps) % 2 == 0, 3)
    around: Floats = np.tile([-0.2, 0.0, 0.2], steps)
    t_s = middle_s + np.tile([-0.016, 0.0, 0.016], steps)
    sign = np.where(left, 1.0, -1.0)
    return WaistPath(
        t_s, middle_s, left, tilt_deg + sign * drop_deg + around, sign * back_deg + around
    )


@pytest.mark.parametrize("tilt_deg", [-4.0, 0.0, 7.0])
def test_each_foots_contacts_are_read_from_halfway_between_both(tilt_deg):
    found = read_pelvis(path(tilt_deg=tilt_deg))
    assert found.reason is None
    assert found.drop_deg["left"] == pytest.approx(np.full(STEPS // 2, 5.0))
    assert found.drop_deg["right"] == pytest.approx(np.full(STEPS // 2, 5.0))


def test_a_waist_that_was_not_followed_or_too_seldom_tells_nothing():
    assert read_pelvis(None).reason == NOT_FOLLOWED
    found = read_pelvis(path(steps=5))
    assert (found.drop_deg, found.reason) == ({}, NOT_FOLLOWED)


def test_steps_that_contradict_each_other_tell_nothing():
    good = path()
    lost = np.where(~good.left & (good.middle_s > 1.5), -9.0, good.waist_deg)
    found = read_pelvis(replace(good, waist_deg=lost))
    assert (found.drop_deg, found.reason) == ({}, NOT_FOLLOWED)


@pytest.mark.parametrize(("drop_deg", "back_deg"), [(-3.3, -5.0), (0.3, -2.0), (4.0, 3.5)])
def test_a_top_that_hangs_from_the_shoulders_tells_nothing(drop_deg, back_deg):
    assert read_pelvis(path(drop_deg, back_deg)).reason == LOOSE_TOP


def test_a_small_drop_under_a_tight_top_counts():
    assert read_pelvis(path(1.5, -0.5)).reason is None


def between(good: WaistPath, tilt_deg: float, cross_deg: float, steps: int = STEPS) -> WaistPath:
    """Show the waist halfway between contacts too, where it turns from one side to the other."""
    at_s: Floats = 0.35 * np.arange(steps, dtype=float) + 0.175
    next_left = np.arange(steps) % 2 == 1
    turn_deg = tilt_deg + np.where(next_left, cross_deg, -cross_deg)
    return replace(good, between_s=at_s, next_left=next_left, between_deg=turn_deg)


@pytest.mark.parametrize("cross_deg", [0.0, 1.5, -1.0])
def test_each_foots_own_drop_is_told_by_the_waist_between_the_contacts(cross_deg):
    """The pelvis drops 3 degrees over the left foot and 8 over the right; the picture is tilted."""
    uneven = path()
    turn_deg = uneven.waist_deg + np.where(uneven.left, -2.0, -3.0) + 4.0
    found = read_pelvis(between(replace(uneven, waist_deg=turn_deg), 4.0, cross_deg))
    assert found.level_known
    assert found.drop_deg["left"].mean() == pytest.approx(3.0)
    assert found.drop_deg["right"].mean() == pytest.approx(8.0)


def test_a_waist_that_was_seldom_followed_between_contacts_tells_both_feet_alone():
    found = read_pelvis(between(path(), 2.0, 0.0, steps=5))
    assert not found.level_known
    assert found.drop_deg["left"].mean() == pytest.approx(found.drop_deg["right"].mean())
