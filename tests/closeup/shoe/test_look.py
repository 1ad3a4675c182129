"""Where to look for a shoe, planned from landmarks and rough contacts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from formcheck.closeup.pictures import ENOUGH_HZ
from formcheck.closeup.shoe.look import BEFORE_S, MOST_LANDINGS, about_contact_s, where_to_look
from formcheck.landmarks import SIDES, index
from formcheck.types import Contact, PoseTrack
from tests.synthetic import Camera, events, film, frame_times, make_runner

RUNNER = make_runner(seconds=9.0)
CAMERA = Camera(stand="left", distance_m=4.5)


def filmed(fps: float, seconds: float = 8.0) -> tuple[PoseTrack, list[Contact]]:
    track = film(RUNNER, CAMERA, frame_times(fps, seconds))
    true = events(RUNNER, 0.0, seconds)
    contacts: list[Contact] = []
    for side in SIDES:
        left = np.asarray(true[side]["toe_off_s"])
        for landed in true[side]["initial_contact_s"]:
            later = left[left > landed]
            contacts.append(Contact(side, float(landed), float(later[0]) if later.size else np.nan))
    return track, contacts


@pytest.fixture(scope="module")
def plan():
    track, contacts = filmed(60.0)
    look = where_to_look(track, contacts, "left")
    assert look is not None
    return track, contacts, look


def test_looks_lie_around_the_landings(plan):
    track, contacts, look = plan
    lag_s = look.t_s - look.landing_s
    assert lag_s.min() >= -BEFORE_S - 1e-9
    assert 0.08 < lag_s.max() < 0.2
    assert set(look.landing_s) <= {c.initial_contact_s for c in contacts if c.side == "left"}
    assert np.isin(look.t_s, track.t_s).all()


def test_places_are_those_of_the_planted_foot(plan):
    track, _, look = plan
    heel, toe = (track.xy_px[:, index(name, "left")] for name in ("heel", "toe"))
    at = np.searchsorted(track.t_s, look.t_s[look.flat])
    middle = (heel + toe)[at] / 2
    assert np.linalg.norm(look.place_px[look.flat] - middle, axis=1).max() < 3.0
    assert look.sole_px == pytest.approx((toe - heel)[at].mean(axis=0), abs=1.5)


def test_every_landing_has_flat_looks_also_at_low_rates():
    for fps in (25.0, 30.0, 120.0):
        look = where_to_look(*filmed(fps), side="left")
        assert look is not None
        for landing_s in np.unique(look.landing_s):
            assert look.flat[look.landing_s == landing_s].sum() >= 2


def test_fast_clips_are_looked_at_in_every_second_frame_or_so():
    look = where_to_look(*filmed(240.0), "left")
    assert look is not None
    own = look.t_s[look.landing_s == look.landing_s[0]]
    assert 1 / np.diff(own).min() <= 1.3 * ENOUGH_HZ


def test_not_more_landings_than_tell_something():
    look = where_to_look(*filmed(60.0), "right")
    assert look is not None
    assert np.unique(look.landing_s).size <= MOST_LANDINGS


def test_too_few_landings_no_plan(plan):
    track, contacts, _ = plan
    assert where_to_look(track, contacts[:2], "left") is None
    assert where_to_look(track, [], "left") is None


def test_a_foot_that_is_never_seen_flat_has_no_plan(plan):
    track, contacts, _ = plan
    xy = track.xy_px.copy()
    xy[:, index("heel", "left")] = np.nan
    assert where_to_look(replace(track, xy_px=xy), contacts, "left") is None


def test_without_toe_offs_a_usual_contact_is_taken(plan):
    track, contacts, look = plan
    bare = [replace(c, toe_off_s=float("nan")) for c in contacts]
    other = where_to_look(track, bare, "left")
    assert other is not None
    assert other.sole_px == pytest.approx(look.sole_px, abs=2.0)


def test_a_foot_of_a_few_pixels_is_not_looked_at(plan):
    track, contacts, look = plan
    share = 10.0 / np.linalg.norm(look.sole_px)
    assert where_to_look(replace(track, xy_px=share * track.xy_px), contacts, "left") is None


def test_looks_beyond_the_edge_of_the_picture_are_left_out(plan):
    track, contacts, look = plan
    lowest = float(look.place_px[:, 1].max())
    cut = replace(track, height_px=int(lowest + 0.2 * np.linalg.norm(look.sole_px)))
    fewer = where_to_look(cut, contacts, "left")
    assert fewer is None or fewer.t_s.size < look.t_s.size


def test_how_long_a_foot_is_down_hangs_half_on_its_leavings():
    strides = np.full(5, 0.7)
    usual = 0.36 * 0.7
    assert about_contact_s(np.full(6, usual), strides) == pytest.approx(usual)
    assert about_contact_s(np.full(6, usual + 0.04), strides) == pytest.approx(usual + 0.02)
    assert about_contact_s(np.full(6, np.nan), strides) == pytest.approx(usual)
