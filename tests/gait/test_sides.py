"""Left and right: told apart at every contact, or not shown."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from formcheck.gait.model import build_gait
from formcheck.gait.sides import SIDES_UNSURE, sides_notes, sides_told
from formcheck.landmarks import other
from formcheck.metrics import measure_gait
from formcheck.types import Gait, PoseTrack, Runner
from tests.gait.exact import filmed


@cache
def rear(stand: str = "rear", **more) -> PoseTrack:
    return filmed(stand, 30.0, 9.0, **more)[2]


@cache
def measured(stand: str = "rear") -> Gait:
    return build_gait(rear(stand), Runner())


@pytest.mark.parametrize("stand", ["rear", "front"])
def test_sides_are_told(stand):
    gait = measured(stand)
    assert gait.sides_told
    assert SIDES_UNSURE not in {note.code for note in gait.notes}


@pytest.mark.parametrize("share", [0.25, 0.5, 1.0])
def test_contacts_exchanged_from_some_step_on_are_found(share):
    gait = measured()
    first = round((1 - share) * len(gait.contacts))
    exchanged = [
        replace(contact, side=other(contact.side)) if n >= first else contact
        for n, contact in enumerate(gait.contacts)
    ]
    assert not sides_told(gait.track.t_s, gait.body_xy, exchanged)


def test_one_odd_contact_is_no_doubt():
    gait = measured()
    odd = replace(gait.contacts[4], side=other(gait.contacts[4].side))
    contacts = (*gait.contacts[:4], odd, *gait.contacts[5:])
    assert sides_told(gait.track.t_s, gait.body_xy, contacts)


def test_nothing_seen_tells_nothing():
    gait = measured()
    unseen = np.full_like(gait.body_xy, np.nan)
    assert not sides_told(gait.track.t_s, unseen, gait.contacts)


def test_unsure_sides_are_not_shown_and_both_together_are():
    gait = replace(measured(), sides_told=False)
    metrics = measure_gait(gait, Runner())
    assert metrics["knee_fppa_midstance_deg"].status == "measured"
    for side in ("left", "right"):
        one = metrics[f"knee_fppa_midstance_deg_{side}"]
        assert (one.status, one.value) == ("low_confidence", None)
        assert "could not be told apart" in (one.reason or "")
    assert [note.code for note in sides_notes(told=False)] == [SIDES_UNSURE]


def test_a_shaken_camera_loses_no_step():
    """The trunk's rise and fall is hidden for two seconds; the legs still count the steps."""
    track = rear()
    shaken = (track.t_s > 3.5) & (track.t_s < 5.5)
    lag_s = track.t_s[shaken] - 3.5
    xy = track.xy_px.copy()
    xy[shaken, :, 1] += (60 * np.sin(np.pi * lag_s / 2) ** 2 * np.sin(2 * np.pi * 1.9 * lag_s))[
        :, None
    ]
    gait = build_gait(replace(track, xy_px=xy), Runner())
    steady = measured()
    assert [c.side for c in gait.contacts] == [c.side for c in steady.contacts]
    assert gait.sides_told


def test_step_widths_of_a_swaying_camera_are_not_shown():
    sway_px = 60 * np.sin(2 * np.pi * 1.0 * rear().t_s)
    swaying = replace(rear(), xy_px=rear().xy_px + sway_px[:, None, None] * [1.0, 0.0])
    runner = Runner(height_m=1.75)
    still, moved = (
        measure_gait(build_gait(track, runner), runner)["step_width_cm"]
        for track in (rear(), swaying)
    )
    assert still.status == "measured"
    assert (moved.status, moved.value) == ("low_confidence", None)
