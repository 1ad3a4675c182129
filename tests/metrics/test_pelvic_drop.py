"""Pelvic drop by the waist's pixels: mean of both feet, their difference, intervals, no guess."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from formcheck.catalogue import specs
from formcheck.gait.calibration import table
from formcheck.gait.pelvis import FROM_BEHIND, LOOSE_TOP
from formcheck.landmarks import SIDES
from formcheck.metrics import measure_gait
from formcheck.types import Metric, Pelvis, Runner
from tests.gait.exact import filmed, measured, take

KEY = "pelvic_drop_midstance_deg"
BOTH = ("left", "right")


def shown(pelvis: Pelvis | None, stand: str = "rear") -> dict[str, Metric]:
    made = take(stand, pelvic_drop_deg=(3.0, 8.0)) if stand == "rear" else take(stand)
    return measure_gait(replace(made.gait, pelvis=pelvis), Runner(height_m=1.75))


def drops(left_deg: float, right_deg: float) -> Pelvis:
    wander = np.linspace(-0.3, 0.3, 7)
    at_s = np.linspace(0.0, 4.2, 7)
    return Pelvis(
        {"left": left_deg + wander, "right": right_deg + wander},
        middle_s={side: at_s for side in SIDES},
    )


def test_the_mean_of_both_feet_is_the_waists():
    metrics = shown(drops(5.0, 5.0))
    assert metrics[KEY].value == pytest.approx(5.0 * specs()[KEY].pixel_gain)
    assert metrics[KEY].n == 14
    sides = [metrics[f"{KEY}_{side}"].value or np.nan for side in BOTH]
    assert np.mean(sides) == pytest.approx(metrics[KEY].value)


def test_of_how_the_feet_differ_the_networks_hips_tell_a_part():
    """The runner drops 3 degrees over the left foot and 8 over the right one."""
    points, waist = shown(None), shown(drops(5.0, 5.0))
    by_points, by_waist = (
        (m[f"{KEY}_right"].value or np.nan) - (m[f"{KEY}_left"].value or np.nan)
        for m in (points, waist)
    )
    assert by_points > 3.0
    share = table()["pelvis"]["differ_gain"] * specs()[KEY].pixel_gain
    assert by_waist == pytest.approx(share * by_points, rel=0.01)


def test_each_foot_is_less_sure_than_both():
    metrics = shown(drops(5.0, 5.0))
    width = {
        name: (metrics[name].high or 0.0) - (metrics[name].low or 0.0)
        for name in (KEY, f"{KEY}_left", f"{KEY}_right")
    }
    assert width[f"{KEY}_left"] == pytest.approx(width[f"{KEY}_right"], rel=0.05)
    assert width[f"{KEY}_left"] > 1.2 * width[KEY]


def test_a_known_level_tells_each_foot_and_surer():
    known, guessed = (
        shown(replace(drops(3.0, 8.0), level_known=level_known)) for level_known in (True, False)
    )
    gain = specs()[KEY].pixel_gain
    assert known[f"{KEY}_left"].value == pytest.approx(3.0 * gain)
    assert known[f"{KEY}_right"].value == pytest.approx(8.0 * gain)
    assert known[KEY].value == pytest.approx(5.5 * gain)
    width = [
        (m[f"{KEY}_left"].high or 0.0) - (m[f"{KEY}_left"].low or 0.0) for m in (known, guessed)
    ]
    assert width[0] < 0.9 * width[1]


@pytest.mark.parametrize("reason", [LOOSE_TOP, FROM_BEHIND])
def test_what_pictures_do_not_show_is_withheld_with_the_reason(reason):
    metrics = shown(Pelvis({}, reason))
    for name in (KEY, f"{KEY}_left", f"{KEY}_right"):
        assert metrics[name].status == "low_confidence"
        assert metrics[name].value is None
        assert metrics[name].reason == reason
    assert metrics["trunk_side_lean_deg"].status == "measured"


class Blind:
    """Looks that show nothing."""

    def shoes(self, track, contacts):
        return ()

    def toes(self, track, contacts, side):
        return None

    def waist(self, track, contacts):
        return None


@pytest.mark.parametrize("stand", ["rear", "front"])
def test_a_clip_that_was_looked_at_in_vain_shows_no_pelvis(stand):
    _, metrics = measured(filmed(stand)[2], Runner(height_m=1.75), closeups=Blind())
    assert metrics[KEY].status == "low_confidence"
    assert "film from" in (metrics[KEY].reason or "")
