"""The camera's height: what the runner's two sides and the room say of it, and what it spoils."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from formcheck.conventions import convention_of
from formcheck.errors import NoRunnerError
from formcheck.gait.body import to_body, trunk_length
from formcheck.gait.camera import Camera
from formcheck.gait.elevation import (
    HELD,
    by_body,
    by_room,
    elevation,
    elevation_notes,
    off_level_deg,
)
from formcheck.gait.footage.signs import refuse_backward
from formcheck.gait.run import find_run
from formcheck.gait.yaw import looks_narrow, yaw_notes
from formcheck.metrics import measure_gait
from formcheck.metrics.doubted import doubted
from formcheck.types import Calibration, Metric, Runner, Scene, View
from tests.gait.exact import filmed, measured, take

HEIGHT = Runner(height_m=1.75)
RULE = convention_of("joints").elevation


@pytest.mark.parametrize("stand", ["left", "right"])
@pytest.mark.parametrize(("lens_m", "low", "high"), [(0.15, -25, -4), (0.9, -4, 6), (2.2, 8, 30)])
def test_the_runners_two_sides_tell(stand, lens_m, low, high):
    track = filmed(stand, seconds=2.5, lens_height_m=lens_m)[2]
    view = View("side", stand, stand, 1.0)
    body_px = to_body(track.xy_px, view)
    found_deg, _ = by_body(body_px, stand, trunk_length(body_px), RULE)
    assert low < found_deg < high


def test_the_room_tells_with_where_the_hips_are_in_the_picture():
    scene = Scene(0.0, 0.3, pitch_deg=12.0, pitch_sd_deg=1.0)
    found = by_room(np.radians(5.0), scene)
    assert found is not None
    assert found[0] == pytest.approx(17.0)
    assert 1.0 < found[1] < 2.0
    assert by_room(0.1, None) is None


def test_what_is_told_is_weighed_and_contradiction_widens():
    assert elevation(None, None) == HELD
    alone, both = elevation((15.0, 3.0)), elevation((15.0, 3.0), (15.0, 1.0))
    apart = elevation((15.0, 3.0), (-5.0, 1.0))
    assert 10 < alone[0] < both[0] < 15
    assert both[1] < alone[1] < apart[1]


@pytest.mark.parametrize(
    ("deg", "sd_deg", "said"),
    [(9.0, 1.0, ""), (12.0, 7.0, ""), (18.0, 2.0, "down"), (-14.0, 3.0, "up")],
)
def test_only_what_is_far_and_sure_is_told(deg, sd_deg, said):
    place = Calibration(elevation_deg=deg, elevation_sd_deg=sd_deg)
    assert off_level_deg(place) == (abs(deg) if said else 0.0)
    texts = [note.text for note in elevation_notes(place)]
    assert bool(texts) == bool(said)
    assert all(f"looks {said}" in text for text in texts)


def half(metric: Metric) -> float:
    assert metric.high is not None
    assert metric.value is not None
    return metric.high - metric.value


def test_a_camera_high_above_widens_what_it_turns():
    level = take("left")
    place = replace(level.gait.calibration, elevation_deg=20.0, elevation_sd_deg=2.0)
    high = measure_gait(replace(level.gait, calibration=place), HEIGHT)
    for key, wider in (("knee_flexion_peak_stance_deg", True), ("cadence_spm", False)):
        assert (half(high[key]) > 1.3 * half(level.metrics[key])) == wider


def test_what_is_seen_aslant_is_widened_by_the_square_of_the_angle():
    level = take("left")
    knee = {}
    for yaw_deg in (0.0, 12.0, 24.0):
        place = replace(level.gait.calibration, yaw_deg=yaw_deg, yaw_sd_deg=1.0)
        found = measure_gait(replace(level.gait, calibration=place), HEIGHT)
        knee[yaw_deg] = half(found["knee_flexion_peak_stance_deg"]) ** 2
    assert knee[24.0] - knee[0.0] == pytest.approx(16 * (knee[12.0] - knee[0.0]), rel=0.05)


def test_what_looks_squeezed_from_above_is_not_said_to_be():
    codes = {note.code for note in measured(filmed("left", lens_height_m=2.3)[2], HEIGHT)[0].notes}
    assert "camera_high" in codes
    assert "picture_squeezed" not in codes


def test_from_far_aside_nothing_across_the_runner_is_shown():
    view = View("rear", None, None, 1.0)
    far = Camera(0.0, 1.0, -33.0, 2.0, {}, {})
    (said,) = yaw_notes(view, far)
    assert said.code == "camera_oblique"
    assert "33 degrees to the runner's left" in said.text
    assert looks_narrow(view, Calibration(yaw_deg=-33.0, yaw_sd_deg=2.0))
    gait = replace(take("rear").gait, notes=(said,))
    width = Metric("step_width_cm", "cm", "measured", 5.0, 4.0, 6.0, 4.5, 5.5, 1.0)
    assert doubted(width, gait).status == "low_confidence"
    lasting = Metric("cadence_spm", "steps/min", "measured", 170.0, 169.0, 171.0, 169, 171, 1.0)
    assert doubted(lasting, gait) is lasting


@pytest.mark.parametrize("stand", ["rear", "front"])
@pytest.mark.parametrize("lens_m", [0.15, 2.3])
def test_time_does_not_seem_to_run_backward_from_low_or_high(stand, lens_m):
    track = filmed(stand, lens_height_m=lens_m)[2]
    down_deg = float(np.degrees(np.arctan2(lens_m - 0.95, 3.5)))
    scene = Scene(0.0, 0.3, pitch_deg=down_deg, pitch_sd_deg=1.0)
    gait, _ = measured(track, HEIGHT, view=stand, scene=scene)
    assert gait.view.kind == stand


def test_time_that_runs_backward_is_told_from_behind_where_the_height_is_known():
    track = filmed("rear")[2]
    run = find_run(replace(track, xy_px=track.xy_px[::-1]), "rear")
    seen = run.level_px, run.rhythm, run.view, run.unit_px
    refuse_backward(*seen, (-15.0, 2.0))
    for high in ((2.0, 2.0), (0.0, 8.0)):
        with pytest.raises(NoRunnerError):
            refuse_backward(*seen, high)
