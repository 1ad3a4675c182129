"""Left against right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from formcheck.gait.events import FAR_SD_S
from formcheck.metrics.differences import WIDEST_PCT, differences
from formcheck.metrics.estimate import Estimate, joined, sampled
from formcheck.metrics.strides import strides_of
from tests.gait.exact import take


def feet(left: float, right: float, steps: int = 8, spread: float = 0.0) -> Estimate:
    """Return an estimate with values of both feet in turn."""
    at_s = np.linspace(0.0, 0.7 * (steps - 1), steps)
    wander = spread * np.where(np.arange(steps) % 2, 1.0, -1.0)
    samples = joined([sampled("left", at_s, left + wander), sampled("right", at_s, right + wander)])
    return Estimate(samples.value, samples=samples)


def found(step: Estimate, contact: Estimate, sd_s: float = 0.001) -> dict[str, Estimate]:
    gait = replace(take().gait, landed_sd_s={"left": sd_s, "right": sd_s})
    return differences(strides_of(gait), step, contact)


def test_the_longer_side_shows_with_its_sign_and_share():
    one = found(feet(0.36, 0.34), feet(240.0, 250.0))
    assert one["step_time_difference_pct"].value == pytest.approx(200 * 0.02 / 0.7)
    assert one["contact_time_difference_pct"].value == pytest.approx(-200 * 10 / 490)
    assert one["contact_time_difference_pct"].status == "measured"
    assert one["contact_time_difference_pct"].count == 8


def test_what_makes_all_contacts_of_a_foot_late_counts_twice_in_its_steps():
    one = found(feet(0.35, 0.35), feet(250.0, 250.0), sd_s=0.002)
    apart_s = np.hypot(0.002, 0.002)
    assert one["step_time_difference_pct"].shared_sd == pytest.approx(200 * 2 * apart_s / 0.7)
    assert one["contact_time_difference_pct"].shared_sd == pytest.approx(200 * apart_s / 0.5)


@pytest.mark.parametrize("doubt", [{"sd_s": 0.02}, {"spread": 0.1}])
def test_feet_that_were_not_seen_alike_tell_no_difference_but_how_large_one_would_show(doubt):
    step = feet(0.35, 0.35, spread=doubt.get("spread", 0.0))
    one = found(step, feet(250.0, 250.0), sd_s=doubt.get("sd_s", 0.001))
    told = one["step_time_difference_pct"]
    assert told.status == "low_confidence"
    assert told.reason is not None
    assert int(told.reason.split(" %")[0].rsplit(" ", 1)[1]) > WIDEST_PCT


@pytest.mark.parametrize(
    ("event", "withheld"),
    [
        ("initial_contact_sd_s", ("step_time", "contact_time")),
        ("toe_off_sd_s", ("contact_time",)),
    ],
)
def test_a_far_foot_taken_to_move_as_the_near_one_tells_no_difference(event, withheld):
    gait = replace(take().gait, landed_sd_s={"left": 0.001, "right": 0.001})
    doubt: dict[str, Any] = {event: FAR_SD_S}
    contacts = tuple(replace(c, **doubt) if c.side == "right" else c for c in gait.contacts)
    strides = strides_of(replace(gait, contacts=contacts))
    one = differences(strides, feet(0.36, 0.34), feet(240.0, 250.0))
    for name in ("step_time", "contact_time"):
        told = one[f"{name}_difference_pct"]
        assert (told.status == "low_confidence") == (name in withheld)


def test_a_foot_that_was_hardly_seen_leaves_nothing_to_set_beside():
    few = joined(
        [sampled("left", np.arange(5.0), np.ones(5)), sampled("right", np.ones(1), np.ones(1))]
    )
    one = found(Estimate(few.value, samples=few), Estimate(np.array([])))
    assert one["step_time_difference_pct"].count == 1
    assert one["step_time_difference_pct"].value is None
    assert one["contact_time_difference_pct"].each.size == 0


def test_the_rest_of_what_withholds_a_time_withholds_its_difference():
    hidden = replace(feet(250.0, 250.0), status="occluded", reason="The right heel was hidden.")
    assert found(feet(0.35, 0.35), hidden)["contact_time_difference_pct"].status == "occluded"
