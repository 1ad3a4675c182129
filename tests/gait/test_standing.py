"""Standing still side-on as the runner's own zero of lean."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from formcheck.gait.model import build_gait
from formcheck.gait.standing import (
    SHORTEST_S,
    at_true_times,
    find_standing,
    in_clip,
    split_standing,
    standing_notes,
    standing_of,
)
from formcheck.landmarks import index
from formcheck.metrics import measure_gait
from tests.gait.exact import filmed, take
from tests.synthetic import Camera, film, frame_times, make_runner, with_noise
from tests.synthetic.standing import stand, stand_then_run

KEY = "trunk_lean_from_standing_deg"
LEAN_DEG, STANDS_DEG, STANDS_S = 7.0, -2.0, 1.8


def clip(seconds=9.0, **held):
    camera = Camera(**held)
    runner = make_runner(lean_deg=LEAN_DEG, seconds=seconds)
    t_s = frame_times(60.0, seconds)
    return runner, with_noise(stand_then_run(runner, camera, t_s, STANDS_DEG, STANDS_S), 1.0)


@pytest.mark.parametrize("held", [{}, {"stand": "right"}, {"roll_deg": 3.0}, {"yaw_deg": 6.0}])
def test_a_clip_that_begins_with_standing_tells_lean_against_it(held):
    runner, whole = clip(**held)
    posture, run = split_standing(whole)
    assert posture is not None
    assert posture.from_s < 0.2
    assert posture.to_s == pytest.approx(STANDS_S, abs=0.3)
    assert STANDS_S + 0.4 < run.t_s[0] < STANDS_S + 1.3
    gait = build_gait(run, runner.as_user_input, posture=posture)
    metrics = measure_gait(gait, runner.as_user_input)
    metric, lean = metrics[KEY], metrics["trunk_lean_deg"]
    assert gait.standing is not None
    assert metric.value == pytest.approx(LEAN_DEG - STANDS_DEG, abs=0.7)
    assert metric.low is not None
    assert metric.high is not None
    assert metric.low < LEAN_DEG - STANDS_DEG < metric.high
    assert lean.low is not None
    assert lean.high is not None
    assert metric.high - metric.low < 0.6 * (lean.high - lean.low)


def test_without_standing_nothing_changes():
    track = filmed()[2]
    posture, run = split_standing(track)
    assert posture is None
    assert run is track
    assert KEY not in take().metrics


@pytest.mark.parametrize("view", ["left", "rear", "front"])
@pytest.mark.parametrize("slower", [1.0, 4.0, 10.0])
def test_nobody_who_runs_stands(view, slower):
    track = filmed(view)[2]
    assert find_standing(replace(track, t_s=slower * track.t_s)) is None


def test_who_faces_the_camera_or_hardly_stays_does_not_stand_side_on():
    body, t_s = make_runner().body, frame_times(60.0, 2.0)
    assert find_standing(stand(body, Camera(), t_s, 0.0, turned=True)) is None
    brief = t_s < SHORTEST_S - 0.1
    seen = stand(body, Camera(), t_s, 0.0)
    short = replace(
        seen, t_s=t_s[brief], xy_px=seen.xy_px[brief], confidence=seen.confidence[brief]
    )
    assert find_standing(short) is None
    assert find_standing(seen) is not None


def test_standing_without_a_run_after_it_is_left_to_the_other_stages():
    track = stand(make_runner().body, Camera(), frame_times(60.0, 3.0), 0.0)
    posture, run = split_standing(track)
    assert posture is None
    assert run is track


def test_a_clip_of_its_own_takes_its_own_roll_out():
    body, t_s = make_runner().body, frame_times(60.0, 2.0)
    view = take().gait.view
    posture = find_standing(stand(body, Camera(roll_deg=2.0), t_s, STANDS_DEG))
    assert posture is not None
    told = standing_of(in_clip(posture, (2.0, 0.2)), view, roll_deg=-1.0)
    assert told is not None
    assert told.source == "clip"
    assert told.lean_deg == pytest.approx(STANDS_DEG, abs=0.1)
    assert 0.2 <= told.lean_sd_deg < 0.3
    as_in_the_run = standing_of(in_clip(posture, None), view, roll_deg=2.0)
    assert as_in_the_run is not None
    assert as_in_the_run.lean_deg == pytest.approx(STANDS_DEG, abs=0.1)
    assert as_in_the_run.lean_sd_deg > told.lean_sd_deg


def test_a_clip_that_does_not_serve_is_told():
    body, t_s = make_runner().body, frame_times(60.0, 2.0)
    away = find_standing(stand(body, Camera("right"), t_s, 0.0))
    gait = take().gait
    assert standing_of(away, gait.view, 0.0) is None
    said = [
        standing_notes(gait, away, asked=True),
        standing_notes(gait, None, asked=True),
        standing_notes(take("rear").gait, None, asked=True),
    ]
    texts = [note.text for notes in said for note in notes]
    assert [("other way" in t, "nobody" in t, "side only" in t) for t in texts] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    assert standing_notes(gait, None, asked=False) == ()


def test_points_that_are_missing_do_not_matter():
    seen = stand(make_runner().body, Camera(), frame_times(60.0, 2.0), 3.0)
    xy = seen.xy_px.copy()
    xy[:, index("elbow", "left") : index("hip", "left")] = np.nan
    xy[::9, index("hip", "left")] = np.nan
    posture = find_standing(replace(seen, xy_px=xy))
    told = standing_of(posture, take().gait.view, 0.0)
    assert told is not None
    assert told.lean_deg == pytest.approx(3.0, abs=0.1)


def test_who_walks_before_the_run_is_measured_from_the_run_on():
    """Walking is made of the run's own legs, slowed and lifted half as far."""
    runner, camera = make_runner(seconds=12.0), Camera()
    t_s = frame_times(60.0, 12.0)
    still, run = stand(runner.body, camera, t_s, 0.0), film(runner, camera, t_s)
    walks = (t_s > 2.0) & (t_s < 5.0)
    xy = np.where((t_s < 2.0)[:, None, None], still.xy_px, run.xy_px)
    xy[walks] = (still.xy_px[walks] + film(runner, camera, 0.6 * t_s).xy_px[walks]) / 2
    posture, kept = split_standing(replace(run, xy_px=xy))
    assert posture is not None
    assert posture.to_s == pytest.approx(2.0, abs=0.2)
    assert 4.9 < kept.t_s[0] < 5.9


def test_times_of_a_slowed_clip_are_true_ones():
    posture = find_standing(stand(make_runner().body, Camera(), frame_times(60.0, 2.0), 0.0))
    true = at_true_times(posture, 4.0)
    assert posture is not None
    assert true is not None
    assert true.to_s == pytest.approx(posture.to_s / 4)
    assert at_true_times(None, 4.0) is None
