"""Where the camera stands, and which side of the runner it sees."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest

from formcheck.gait.view import find_view
from formcheck.landmarks import N_LANDMARKS, NAMES
from formcheck.types import PoseTrack
from tests.gait.exact import filmed
from tests.synthetic import with_dropout, with_leg_swaps

MIRRORED = [
    NAMES.index(
        name.replace("left", "L").replace("right", "left").replace("L", "right"),
    )
    for name in NAMES
]
OPPOSITE = {"left": "right", "right": "left", None: None}


@cache
def track_of(stand: str, **more: Any) -> PoseTrack:
    return filmed(stand, 30.0, 3.0, noise_px=2.0, **more)[2]


def mirrored(track: PoseTrack) -> PoseTrack:
    """Return what a mirror shows: picture flipped, and the other leg is the left one."""
    xy = track.xy_px[:, MIRRORED].copy()
    xy[..., 0] = track.width_px - xy[..., 0]
    return replace(track, xy_px=xy, confidence=track.confidence[:, MIRRORED])


@pytest.mark.parametrize("stand", ["left", "right"])
@pytest.mark.parametrize("yaw_deg", [-15.0, 0.0, 15.0])
def test_side_view(stand, yaw_deg):
    view = find_view(track_of(stand, yaw_deg=yaw_deg))
    assert view.kind == "side"
    # From the runner's left the runner faces the left of the picture and shows the left side.
    assert (view.facing, view.near_side) == (stand, stand)
    assert view.confidence > 0.8
    assert not view.given


@pytest.mark.parametrize("stand", ["rear", "front"])
@pytest.mark.parametrize("yaw_deg", [-15.0, 0.0, 15.0])
def test_rear_and_front(stand, yaw_deg):
    view = find_view(track_of(stand, yaw_deg=yaw_deg))
    assert view.kind == stand
    assert view.facing is None
    assert view.near_side is None


@pytest.mark.parametrize("stand", ["left", "right", "rear", "front"])
def test_mirror(stand):
    there, back = find_view(track_of(stand)), find_view(mirrored(track_of(stand)))
    assert back.kind == there.kind
    assert back.facing == OPPOSITE[there.facing]
    assert back.near_side == OPPOSITE[there.near_side]
    assert back.confidence == pytest.approx(there.confidence)


@pytest.mark.parametrize(("stand", "roll_deg"), list(product(["left", "rear"], [-8.0, 8.0])))
def test_rolled_camera(stand, roll_deg):
    view = find_view(track_of(stand, roll_deg=roll_deg))
    assert view.kind == ("side" if stand == "left" else stand)
    assert view.facing == ("left" if stand == "left" else None)


def test_swapped_legs_and_lost_points_do_not_turn_the_runner_round():
    track = with_dropout(track_of("right"), 0.2)
    swapped = with_leg_swaps(track, range(0, track.t_s.size, 4))
    assert find_view(swapped).facing == "right"


@pytest.mark.parametrize("given", ["side", "rear", "front"])
def test_the_users_word_is_taken(given):
    view = find_view(track_of("left"), given)
    assert (view.kind, view.given, view.confidence) == (given, True, 1.0)
    assert view.facing == ("left" if given == "side" else None)


def test_halfway_view_is_unsure():
    views = [find_view(track_of("left", yaw_deg=yaw)) for yaw in (0.0, 30.0, 45.0, 60.0, 90.0)]
    confidence = [view.confidence for view in views]
    assert min(confidence[1:4]) < 0.8
    assert confidence[0] > min(confidence)
    assert views[0].kind == "side"
    assert views[-1].kind != "side"


def test_mirrored_names_are_a_pairing():
    np.testing.assert_array_equal(np.array(MIRRORED)[MIRRORED], np.arange(N_LANDMARKS))
