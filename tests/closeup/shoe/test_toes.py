"""Where to look for toes that leave, and painted ones that are followed."""

from __future__ import annotations

import numpy as np
import pytest

from formcheck.closeup.register import Pose
from formcheck.closeup.shoe.follow import follow_toes
from formcheck.closeup.shoe.look import Look
from formcheck.closeup.shoe.toes import AFTER_S, AHEAD, COMPARED, where_to_look_at_toes
from formcheck.landmarks import index
from tests.closeup.painted import SIZE_PX, SOLE_PX, paint
from tests.closeup.shoe.test_look import filmed

LEAVINGS_S = (1.0, 1.7, 2.4)
VELOCITY_PX = np.array([-500.0, 15.0])


def test_looks_reach_from_the_flat_foot_until_after_the_leavings():
    track, contacts = filmed(60.0)
    look = where_to_look_at_toes(track, contacts, "left")
    assert look is not None
    lag_s = look.t_s - look.landing_s
    assert lag_s.max() == pytest.approx(AFTER_S, abs=1 / 60)
    assert lag_s.min() < -0.1
    assert set(look.landing_s) <= {c.toe_off_s for c in contacts}
    frames = np.searchsorted(track.t_s, look.t_s - 1e-9)
    toe_px = track.xy_px[frames, index("toe", "left")]
    # While the foot lies flat, the places lie behind the toe, and go on with the belt.
    behind_px = (toe_px - look.place_px)[look.flat] @ look.sole_px / (look.length_px**2)
    assert behind_px == pytest.approx(0.5 - AHEAD, abs=0.1)


def test_too_few_leavings_are_not_looked_at():
    track, contacts = filmed(60.0)
    assert where_to_look_at_toes(track, contacts[:2], "left") is None


def test_toes_that_turn_about_their_tip_are_followed():
    samples, pictures, true = [], {}, []
    for left_s in LEAVINGS_S:
        for t_s in np.arange(left_s - 0.15, left_s + 0.05, 1 / 60):
            lag_s = t_s - left_s
            turn = np.radians(35.0) * np.clip((lag_s + 0.08) / 0.08, 0, 1.3)
            place = np.array([700.0, 400.0]) + VELOCITY_PX * lag_s
            samples.append((left_s, t_s, *place))
            true.append(Pose(place, float(turn)))
    landing_s, t_s, x, y = np.array(samples).T
    place_px = np.column_stack([x, y])
    for n, pose in enumerate(true):
        pictures[n] = paint(pose, corner_px=tuple(place_px[n] - SIZE_PX / 2))
    flat = t_s - landing_s < -0.085
    unseen = np.full(place_px.shape, np.nan)
    look = Look(
        "left",
        SOLE_PX,
        VELOCITY_PX,
        landing_s,
        t_s,
        place_px,
        flat,
        unseen,
        unseen[:, 0],
        COMPARED,
    )
    path = follow_toes(look, pictures)
    assert path is not None
    assert path.t_s.size == t_s.size
    assert path.turn_deg == pytest.approx(np.degrees([pose.turn for pose in true]), abs=2.0)
    assert np.abs(path.xy_px - place_px).max() < 1.0
    assert path.alike.min() > 0.85
    assert path.ahead == AHEAD
