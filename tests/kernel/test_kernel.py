"""The kernel against its twin, against hand-made postures, and under changes of the input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from formcheck.kernel import MEASURES, ROW, measure
from formcheck.landmarks import N_LANDMARKS, SIDES, Landmark
from tests import naive

ANGLES = [i for i, name in enumerate(MEASURES) if "_deg" in name]
LENGTHS = [i for i, name in enumerate(MEASURES) if "_deg" not in name]

seeds = st.integers(0, 2**32 - 1)


def random_body(seed: int, frames: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(frames, N_LANDMARKS, 2))


def assert_same(actual: np.ndarray, expected: np.ndarray) -> None:
    """Equal up to rounding; angles may differ by a full turn at the seam of 180 degrees."""
    np.testing.assert_array_equal(np.isnan(actual), np.isnan(expected))
    difference = actual - expected
    difference[ANGLES] = (difference[ANGLES] + 180.0) % 360.0 - 180.0
    np.testing.assert_allclose(np.nan_to_num(difference), 0.0, atol=1e-9)


@given(seed=seeds, frames=st.integers(1, 6), data=st.data())
def test_agrees_with_twin_also_where_points_are_missing(seed, frames, data):
    body = random_body(seed, frames)
    body[data.draw(hnp.arrays(bool, (frames, N_LANDMARKS)))] = np.nan
    assert_same(measure(body), naive.measure(body))


@given(seed=seeds)
def test_one_frame_equals_the_same_frame_of_a_track(seed):
    body = random_body(seed, 5)
    track = measure(body)
    for i, frame in enumerate(body):
        single = measure(frame)
        assert single.shape == (len(MEASURES),)
        np.testing.assert_allclose(single, track[:, i], rtol=0, atol=1e-12)


@given(hnp.arrays(np.float64, (3, N_LANDMARKS, 2), elements=st.integers(-2, 2).map(float)))
def test_angles_stay_in_half_open_turn_even_for_coinciding_points(body):
    angles = measure(body)[ANGLES]
    assert np.all(angles > -180.0)
    assert np.all(angles <= 180.0)


@given(seed=seeds, shift=hnp.arrays(np.float64, 2, elements=st.floats(-50, 50)))
def test_translation_moves_positions_only(seed, shift):
    body = random_body(seed, 3)
    change = measure(body + shift) - measure(body)
    for name, row in ROW.items():
        stem = name.removesuffix("_left").removesuffix("_right")
        moved = shift[0] if stem.endswith("_x") else shift[1] if stem.endswith("_y") else 0.0
        wrapped = (change[row] + 180.0) % 360.0 - 180.0 if row in ANGLES else change[row]
        np.testing.assert_allclose(wrapped, moved, atol=1e-8, err_msg=name)


@given(seed=seeds, factor=st.floats(1e-3, 1e3))
def test_scale_leaves_angles_and_multiplies_lengths(seed, factor):
    body = random_body(seed, 3)
    expected = measure(body)
    expected[LENGTHS] *= factor
    assert_same(measure(body * factor) / factor, expected / factor)


@given(seed=seeds)
def test_mirrored_rear_view_swaps_the_sides_of_frontal_angles(seed):
    body = random_body(seed, 4)
    swap = [int(Landmark[_mirror_name(point.name)]) for point in Landmark]
    before, after = measure(body), measure(body[:, swap] * [-1.0, 1.0])
    for name in ("fppa_deg", "femoral_adduction_deg", "elbow_deg"):
        for side, other in (SIDES, SIDES[::-1]):
            np.testing.assert_allclose(
                after[ROW[f"{name}_{side}"]], before[ROW[f"{name}_{other}"]], atol=1e-9
            )
    np.testing.assert_allclose(
        after[ROW["pelvis_line_deg"]], -before[ROW["pelvis_line_deg"]], atol=1e-9
    )


def _mirror_name(name: str) -> str:
    return name.replace("LEFT", "RIGHT") if "LEFT" in name else name.replace("RIGHT", "LEFT")


def test_known_side_posture():
    """Trunk 45 degrees forward, thigh level, shank hanging, toes 45 up, arm level behind."""
    body = np.zeros((N_LANDMARKS, 2))
    hip, knee, ankle = (0.0, 1.0), (0.4, 1.0), (0.4, 0.6)
    for side in ("LEFT", "RIGHT"):
        for name, point in {
            "EAR": (0.6, 1.8),
            "SHOULDER": (0.5, 1.5),
            "ELBOW": (0.2, 1.5),
            "WRIST": (0.2, 1.2),
            "HIP": hip,
            "KNEE": knee,
            "ANKLE": ankle,
            "HEEL": (0.35, 0.5),
            "TOE": (0.55, 0.7),
        }.items():
            body[Landmark[f"{side}_{name}"]] = point
    measures = measure(body)
    for name, expected in {
        "trunk_deg": 45.0,
        "thigh_deg_left": 90.0,
        "shank_deg_left": 0.0,
        "knee_flexion_deg_left": 90.0,
        "leg_deg_left": 45.0,
        "foot_deg_left": 45.0,
        "upper_arm_deg_left": -45.0,
        "elbow_deg_left": 90.0,
        "ankle_ahead_left": 0.4,
        "ankle_knee_ahead_left": 0.0,
        "wrist_y_rel_hip_left": 0.2,
        "head_y": 1.8,
        "thigh_length_left": 0.4,
        "shank_length_left": 0.4,
    }.items():
        assert measures[ROW[name]] == pytest.approx(expected, abs=1e-12), name
        mirrored = name.replace("_left", "_right")
        assert measures[ROW[mirrored]] == measures[ROW[name]]


def test_known_rear_posture():
    """Right stance: left hip lower, both knees 0.1 inward of the line from hip to ankle."""
    body = np.zeros((N_LANDMARKS, 2))
    body[Landmark.LEFT_HIP], body[Landmark.RIGHT_HIP] = (-0.1, 0.9), (0.1, 0.9 + 0.2)
    body[Landmark.LEFT_KNEE], body[Landmark.RIGHT_KNEE] = (0.0, 0.5), (0.0, 0.7)
    body[Landmark.LEFT_ANKLE], body[Landmark.RIGHT_ANKLE] = (-0.1, 0.1), (0.1, 0.3)
    measures = measure(body)
    lean_in = np.degrees(np.arctan(0.1 / 0.4))
    for side in SIDES:
        assert measures[ROW[f"femoral_adduction_deg_{side}"]] == pytest.approx(lean_in)
        assert measures[ROW[f"fppa_deg_{side}"]] == pytest.approx(2 * lean_in)
    assert measures[ROW["pelvis_line_deg"]] == pytest.approx(45.0)


def test_fills_a_given_array_and_keeps_the_input():
    body = random_body(1, 7)
    before = body.copy()
    out = np.empty((len(MEASURES), 7))
    assert measure(body, out) is out
    np.testing.assert_array_equal(out, measure(body))
    np.testing.assert_array_equal(body, before)


def test_empty_track_gives_empty_rows():
    assert measure(np.empty((0, N_LANDMARKS, 2))).shape == (len(MEASURES), 0)


def test_accepts_any_float_layout():
    body = random_body(2, 9)
    picture = np.asfortranarray(body.astype(np.float32))
    np.testing.assert_array_equal(measure(picture), measure(picture.astype(np.float64)))
    np.testing.assert_array_equal(measure(body[::2]), measure(body)[:, ::2])


@pytest.mark.parametrize("shape", [(N_LANDMARKS,), (18, 2), (4, 18, 2), (4, N_LANDMARKS, 3)])
def test_rejects_other_shapes(shape):
    with pytest.raises(ValueError, match="body_xy must be"):
        measure(np.zeros(shape))


@pytest.mark.parametrize(
    "out", [np.empty((3, 4)), np.empty((len(MEASURES), 4), np.float32), np.empty(len(MEASURES))]
)
def test_rejects_an_output_that_does_not_fit(out):
    with pytest.raises(ValueError, match="out must be"):
        measure(np.zeros((4, N_LANDMARKS, 2)), out)
