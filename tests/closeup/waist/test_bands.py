"""A painted trunk that turns at the waist is followed; where it cannot be, nothing is guessed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from formcheck.closeup.pictures import Picture
from formcheck.closeup.waist.bands import BACK, MOST_STEPS, WAIST, Spots, turns_of, where_to_look
from formcheck.landmarks import Landmark
from formcheck.types import Contact, Floats
from tests.gait.exact import filmed, take

TRUNK_PX = 200.0
SIZE_PX = 260
PLACE = np.array([SIZE_PX / 2, SIZE_PX / 2])
STEPS = 8
WAIST_DEG = 5.0


def paint(turn_deg: float, shift_px: float, gain: float = 1.0) -> Picture:
    """Return a trunk with a waistband, turned about the band's middle, before a still room."""
    rows, columns = np.mgrid[:SIZE_PX, :SIZE_PX] + 0.5
    x, y = columns - PLACE[0] - shift_px, rows - PLACE[1]
    turn = np.radians(turn_deg)
    along, down = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    body = 0.5 - 0.5 * np.tanh((np.abs(along) - 60 - 0.1 * np.abs(down)) / 2)
    shorts = 0.5 + 0.5 * np.tanh((down - 14 + 3 * np.sin(along / 9)) / 2)
    folds = 12 * np.sin(along / 7 + down / 13) + 8 * np.cos(down / 5)
    top = np.stack([180 + folds, 60 + folds, 70 + 0.5 * folds], axis=-1)
    below = np.stack([40 + folds, 45 + folds, 90 + 0 * folds], axis=-1)
    worn = shorts[..., None] * below + (1 - shorts[..., None]) * top
    room = np.repeat((110 + 30 * np.sin(columns / 11) * np.cos(rows / 17))[..., None], 3, axis=-1)
    rgb = gain * (body[..., None] * worn + (1 - body[..., None]) * room)
    return Picture(rgb.astype(np.float32), np.zeros(2), 1.0)


def spots() -> Spots:
    at_s: Floats = np.arange(STEPS, dtype=float) * 0.35
    left = np.arange(STEPS) % 2 == 0
    wander = np.random.default_rng(2).normal(0, 2.0, (STEPS, 2))
    stands = np.zeros(STEPS, bool)
    return Spots(WAIST, 0.3 * TRUNK_PX, at_s, at_s, left, PLACE + wander, stands)


def test_turns_are_true_whatever_the_light():
    look = spots()
    true = np.where(look.left, WAIST_DEG, -WAIST_DEG) + 0.3 * np.arange(STEPS)
    pictures = {
        n: paint(deg, shift, gain)
        for n, (deg, shift, gain) in enumerate(
            zip(true, np.linspace(-4, 4, STEPS), np.linspace(0.8, 1.1, STEPS), strict=True)
        )
    }
    found = turns_of(look, pictures)
    assert set(found) == set(range(STEPS))
    off = np.array([found[n] for n in range(STEPS)]) - true
    assert np.ptp(off) < 0.4


def test_another_picture_is_left_out():
    look = spots()
    pictures = {n: paint(WAIST_DEG if look.left[n] else -WAIST_DEG, 0.0) for n in range(STEPS)}
    noise = np.random.default_rng(1).uniform(0, 255, (SIZE_PX, SIZE_PX, 3))
    pictures[3] = Picture(noise.astype(np.float32), np.zeros(2), 1.0)
    assert set(turns_of(look, pictures)) == set(range(STEPS)) - {3}


def test_what_turns_as_no_trunk_does_is_left_out():
    look = spots()
    turns_deg = np.where(look.left, WAIST_DEG, -WAIST_DEG)
    turns_deg[3] = -20.0
    found = turns_of(look, {n: paint(float(deg), 0.0) for n, deg in enumerate(turns_deg)})
    assert 3 not in found
    assert len(found) == STEPS - 1


def test_too_few_pictures_tell_nothing():
    assert turns_of(spots(), {0: paint(1.0, 0.0), 1: paint(-1.0, 0.0)}) == {}


def test_the_bands_lie_across_the_trunk_at_the_middles_of_the_contacts():
    track = filmed("rear")[2]
    contacts = take("left").gait.contacts
    bands = where_to_look(track, contacts)
    assert bands is not None
    waist, back = bands[WAIST], bands[BACK]
    assert len(np.unique(waist.middle_s[~waist.between])) == min(MOST_STEPS, len(contacts))
    assert np.abs(waist.t_s - waist.middle_s).max() <= 0.025
    np.testing.assert_array_equal(back.middle_s, waist.middle_s[~waist.between])
    seen = np.isin(track.t_s, back.t_s)
    hip_y, shoulder_y = (
        np.median(
            track.xy_px[seen][:, [Landmark[f"{side}_{name}"] for side in ("LEFT", "RIGHT")], 1]
        )
        for name in ("HIP", "SHOULDER")
    )
    trunk_px = hip_y - shoulder_y
    assert np.median(waist.place_px[~waist.between, 1]) == pytest.approx(
        hip_y - 0.2 * trunk_px, abs=4
    )
    assert np.median(back.place_px[:, 1]) == pytest.approx(hip_y - 0.65 * trunk_px, abs=6)
    assert waist.length_px == pytest.approx(0.3 * trunk_px, rel=0.05)
    sides = {c.side == "left": c for c in contacts}
    for is_left in sides:
        middle_s = waist.middle_s[waist.left == is_left][0]
        own = [c for c in contacts if (c.initial_contact_s + c.toe_off_s) / 2 == middle_s]
        assert [c.side == "left" for c in own] == [is_left]


def test_the_waist_is_looked_at_halfway_between_contacts_too():
    contacts = take("left").gait.contacts
    bands = where_to_look(filmed("rear")[2], contacts)
    assert bands is not None
    waist = bands[WAIST]
    assert not bands[BACK].between.any()
    both = [((c.initial_contact_s + c.toe_off_s) / 2, c.side == "left") for c in contacts]
    middles = {middle_s: left for middle_s, left in both if np.isfinite(middle_s)}
    step_s = np.median(np.diff(sorted(middles)))
    for at_s, left in zip(waist.middle_s[waist.between], waist.left[waist.between], strict=True):
        next_s = min(middles, key=lambda middle_s: abs(middle_s - at_s - step_s / 2))
        assert next_s - at_s == pytest.approx(step_s / 2, abs=0.01)
        assert middles[next_s] == left


def test_few_contacts_small_and_receding_runners_are_not_looked_at():
    track = filmed("rear")[2]
    contacts = take("left").gait.contacts
    one_foot = tuple(c for c in contacts if c.side == "left")
    unknown = tuple(replace(c, toe_off_s=float("nan")) for c in contacts)
    assert where_to_look(track, contacts[:4]) is None
    assert where_to_look(track, one_foot) is None
    assert where_to_look(track, unknown) is None
    assert where_to_look(replace(track, xy_px=0.2 * track.xy_px), contacts) is None
    away = np.linspace(1.0, 0.7, len(track.t_s))[:, None, None]
    assert where_to_look(replace(track, xy_px=away * track.xy_px), contacts) is None


def test_fast_clips_are_not_looked_at_in_every_frame():
    track = filmed("rear", fps=240.0, seconds=4.0)[2]
    bands = where_to_look(track, take("left").gait.contacts)
    assert bands is not None
    _, frames = np.unique(bands[WAIST].middle_s, return_counts=True)
    assert 3 <= frames.min() <= frames.max() <= 6


def test_at_low_frame_rates_every_contact_has_its_frame():
    track = filmed("rear", fps=25.0)[2]
    contacts: tuple[Contact, ...] = take("left").gait.contacts
    bands = where_to_look(track, contacts)
    assert bands is not None
    stands = bands[WAIST].middle_s[~bands[WAIST].between]
    assert len(np.unique(stands)) == min(MOST_STEPS, len(contacts))
