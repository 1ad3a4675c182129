"""The belt's line from planted feet: slope and speed of a belt that is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from formcheck.conventions import convention_of
from formcheck.gait.belt import BeltLine, fit_belt_line
from formcheck.gait.body import to_body
from formcheck.landmarks import SIDES, Side
from formcheck.types import Contact, Floats
from tests.gait.exact import Take, take
from tests.synthetic.legs import contacts_of

FAR_M, FOCAL_PX = 400.0, 140000.0  # a camera so far away that there is no perspective
PX_PER_M = FOCAL_PX / FAR_M
BELT = convention_of("joints").belt


def line(made: Take, side: Side, contacts: tuple[Contact, ...] | None = None) -> BeltLine | None:
    body = to_body(made.track.xy_px, made.gait.view)
    known = true_contacts(made) if contacts is None else contacts
    return fit_belt_line(made.track.t_s, body, known, side, BELT)


def true_contacts(made: Take) -> tuple[Contact, ...]:
    runner, last_s = made.runner, float(made.track.t_s[-1])
    return tuple(
        Contact(side, float(runner.contacts.start_s[k]), float(runner.contacts.end_s[k]))
        for side in SIDES
        for k in contacts_of(runner, side)
        if runner.contacts.start_s[k] >= 0 and runner.contacts.end_s[k] <= last_s
    )


def filmed_from_afar(**more: Any) -> Take:
    return take(distance_m=FAR_M, focal_px=FOCAL_PX, fps=60.0, seconds=5.0, **more)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(
    ("how", "slope_deg"),
    [
        ({"noise_px": 0.0}, 0.0),
        ({}, 0.0),
        ({"incline_pct": 5.0}, np.degrees(np.arctan(0.05))),
        ({"stand": "right", "incline_pct": 5.0}, np.degrees(np.arctan(0.05))),
        # Content turned clockwise: ahead of a runner who faces left it rises, else it falls.
        ({"roll_deg": 4.0}, 4.0),
        ({"stand": "right", "roll_deg": 4.0}, -4.0),
    ],
    ids=str,
)
def test_slope_and_speed(how, slope_deg, side):
    made = filmed_from_afar(**how)
    found = line(made, side)
    assert found is not None
    assert found.slope_deg == pytest.approx(slope_deg, abs=0.35)
    assert found.speed / PX_PER_M == pytest.approx(made.runner.spec.speed_mps, rel=0.01)
    assert 0 < found.speed_rel_sd < 0.05
    assert found.slope_sd_deg > 0


def test_near_feet_look_faster_than_far_ones():
    made = take()
    near, far = line(made, "left"), line(made, "right")
    assert near is not None
    assert far is not None
    assert near.speed > far.speed


def test_noise_widens_the_uncertainty():
    quiet, loud = (line(filmed_from_afar(noise_px=px), "left") for px in (0.5, 4.0))
    assert quiet is not None
    assert loud is not None
    assert loud.slope_sd_deg > quiet.slope_sd_deg
    assert loud.speed_rel_sd > quiet.speed_rel_sd


def test_three_contacts_are_needed():
    made = filmed_from_afar()
    own = [c for c in true_contacts(made) if c.side == "left"]
    assert line(made, "left", tuple(own[:3])) is not None
    assert line(made, "left", tuple(own[:2])) is None
    assert line(made, "right", tuple(own)) is None
    assert line(made, "left", ()) is None


def test_contacts_without_a_toe_off_do_not_count():
    made = filmed_from_afar()
    cut = [replace(c, toe_off_s=float("nan")) for c in true_contacts(made)]
    assert line(made, "left", tuple(cut)) is None


def test_a_foot_that_was_not_seen_has_no_line():
    made = filmed_from_afar()
    body = np.full_like(made.track.xy_px, np.nan)
    assert fit_belt_line(made.track.t_s, body, true_contacts(made), "left", BELT) is None


def test_one_slip_does_not_matter():
    """A contact during which the foot slides is outvoted."""
    made = filmed_from_afar()
    slipped = to_body(made.track.xy_px, made.gait.view)
    first = next(c for c in true_contacts(made) if c.side == "left")
    inside = (made.track.t_s >= first.initial_contact_s) & (made.track.t_s <= first.toe_off_s)
    slipped[inside] += _ramp(inside.sum(), 150.0)
    found = fit_belt_line(made.track.t_s, slipped, true_contacts(made), "left", BELT)
    assert found is not None
    assert found.speed / PX_PER_M == pytest.approx(made.runner.spec.speed_mps, rel=0.015)


def _ramp(n: int, size_px: float) -> Floats:
    ramp = np.zeros((n, 1, 2))
    ramp[:, 0, 0] = np.linspace(0, size_px, n)
    return ramp
