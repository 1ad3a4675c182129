"""Scale: what height and belt say, weighed, and what is said when they disagree."""

from __future__ import annotations

import numpy as np
import pytest

from formcheck.conventions import convention_of
from formcheck.gait.belt import BeltLine
from formcheck.gait.body import to_body
from formcheck.gait.camera import find_camera
from formcheck.gait.scale import calibrate
from formcheck.types import Calibration, QualityNote, Runner, Scene, View
from formcheck.video.vanishing import FOCAL
from tests.gait.exact import filmed, measured, take

SIDE_LEFT = View("side", "left", "left", 1.0)
HEIGHT_M, SPEED_MPS = 1.75, 2.9


def calibrated(
    runner: Runner, speed_px: float = 1000.0, lines: int = 1
) -> tuple[Calibration, tuple[QualityNote, ...]]:
    """Calibrate a runner of known height at 1 / 350 metres a pixel, belt line as given."""
    _, _, track = filmed(distance_m=400.0, focal_px=140000.0, fps=30.0, seconds=3.0)
    body_px = to_body(track.xy_px, SIDE_LEFT)
    line = BeltLine(speed_px, 0.0, 0.5, 0.01)
    camera = find_camera(SIDE_LEFT)
    rule = convention_of("joints").stature
    return calibrate(SIDE_LEFT, runner, body_px, [line] * lines, camera, rule)


TRUE_SPEED_PX = SPEED_MPS * 350


def test_height_alone():
    found, notes = calibrated(Runner(height_m=HEIGHT_M), lines=0)
    assert found.scale_source == "height"
    assert found.metres_per_px == pytest.approx(1 / 350, rel=0.01)
    assert found.scale_candidates["belt"] is None
    assert notes == ()


def test_belt_alone():
    found, notes = calibrated(Runner(belt_speed_mps=SPEED_MPS), TRUE_SPEED_PX)
    assert found.scale_source == "belt"
    assert found.metres_per_px == pytest.approx(1 / 350, rel=1e-6)
    assert notes == ()


def test_both_together_lie_between_and_are_surer():
    runner = Runner(height_m=HEIGHT_M, belt_speed_mps=1.06 * SPEED_MPS)
    both, notes = calibrated(runner, TRUE_SPEED_PX)
    height, belt = (both.scale_candidates[name] for name in ("height", "belt"))
    assert both.scale_source == "combined"
    assert height is not None
    assert belt is not None
    assert both.metres_per_px is not None
    assert height < both.metres_per_px < belt
    alone = [
        calibrated(Runner(height_m=HEIGHT_M), lines=0)[0],
        calibrated(Runner(belt_speed_mps=SPEED_MPS), TRUE_SPEED_PX)[0],
    ]
    assert both.scale_rel_sd < min(one.scale_rel_sd for one in alone)
    assert notes == ()


def test_without_height_and_speed_there_is_no_scale():
    found, notes = calibrated(Runner())
    assert found.scale_source == "none"
    assert found.metres_per_px is None
    assert notes == ()


@pytest.mark.parametrize(
    ("typed_as", "expected"),
    [(1 / 1.609, "miles"), (1.609, "kilometres"), (1 / 3.6, "m/s"), (3.6, "km/h")],
)
def test_wrong_unit_of_the_speed_is_named(typed_as, expected):
    """Typed 6.2 km/h while the belt shows 6.2 mph: it looks 1.6 times too slow, and so on."""
    runner = Runner(height_m=HEIGHT_M, belt_speed_mps=typed_as * SPEED_MPS)
    _, (note,) = calibrated(runner, TRUE_SPEED_PX)
    assert (note.code, note.severity) == ("scale_disagrees", "warn")
    assert expected in note.fix
    factor = float(note.text.split()[-1].rstrip("."))
    assert factor == pytest.approx(max(typed_as, 1 / typed_as), rel=0.03)


@pytest.mark.parametrize("off", [0.75, 1.3])
def test_other_disagreement_is_told_without_a_guess(off):
    runner = Runner(height_m=HEIGHT_M, belt_speed_mps=off * SPEED_MPS)
    _, (note,) = calibrated(runner, TRUE_SPEED_PX)
    assert note.code == "scale_disagrees"
    assert "%" in note.text
    assert "height" in note.fix
    assert "unit" not in note.fix


@pytest.mark.parametrize("stand", ["left", "right", "rear", "front"])
def test_scale_of_whole_clips(stand):
    """Perspective included: the mid plane of a runner four metres away."""
    calibration = take(stand).gait.calibration
    assert calibration.metres_per_px == pytest.approx(4 / 1400, rel=0.025)
    assert calibration.scale_source == ("combined" if stand in ("left", "right") else "height")


@pytest.mark.parametrize("height_m", [1.55, 1.95])
def test_bodies_of_other_height(height_m):
    made = take(height_m=height_m, landing_cm=16.0)
    assert made.gait.calibration.metres_per_px == pytest.approx(4 / 1400, rel=0.025)


@pytest.mark.parametrize("stand", ["left", "right"])
@pytest.mark.parametrize(("lens_height_m", "pitch_deg"), [(0.5, -6.0), (1.6, 10.0)])
def test_feet_farther_or_nearer_than_the_hips(stand, lens_height_m, pitch_deg):
    """A camera that looks down or up sees feet and hips at other sizes; the room tells how far."""
    focal_px = FOCAL * 1280
    runner, _, track = filmed(
        stand, lens_height_m=lens_height_m, pitch_deg=pitch_deg, focal_px=focal_px, distance_m=2.5
    )
    told = Scene(0.0, 0.2, pitch_deg=pitch_deg, pitch_sd_deg=0.5)
    alone = Runner(belt_speed_mps=runner.spec.speed_mps)
    scales = [
        measured(track, alone, scene=scene)[0].calibration for scene in (told, Scene(0.0, 0.2))
    ]
    # The hips' distance along the axis of a camera that looks at them from above or below.
    down_m = lens_height_m - float(runner.joints(track.t_s)[:, 9, 2].mean())
    turn = np.radians(pitch_deg)
    depth_m = 2.5 * np.cos(turn) + down_m * np.sin(turn)
    known, unknown = ((one.metres_per_px or 0.0) / (depth_m / focal_px) - 1 for one in scales)
    assert abs(known) < 0.035
    assert abs(known) < abs(unknown)
    assert scales[0].scale_rel_sd < scales[1].scale_rel_sd
