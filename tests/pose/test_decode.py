import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.pose.decode import MEDIAPIPE, SHARP, Refinement, decode, refined, sigmoid
from formcheck.pose.models import find_model, list_models
from tests.models.folders import halpe_card


def naive_refined(points, heatmap, size_px, how):
    """Refine one point after the other, cell by cell, as MediaPipe's calculator is written."""
    out, peaks = points.astype(float).copy(), np.zeros(points.shape[:2])
    cells = heatmap.shape[-1]
    for n in range(points.shape[0]):
        for k in range(points.shape[1]):
            for _ in range(how.passes):
                out[n, k], peaks[n, k] = _one(out[n, k], heatmap[n, k], size_px / cells, how)
    return out, peaks


def _one(point, heatmap, cell_px, how):
    column, row = (int(np.floor(value / cell_px)) for value in point)
    cells = heatmap.shape[-1]
    if not (0 <= column < cells and 0 <= row < cells):
        return point, 0.0
    reach = how.window // 2
    total = x = y = peak = 0.0
    for j in range(max(row - reach, 0), min(row + reach + 1, cells)):
        for i in range(max(column - reach, 0), min(column + reach + 1, cells)):
            chance = 1 / (1 + np.exp(-float(heatmap[j, i])))
            peak = max(peak, chance)
            weight = chance**how.power
            total += weight
            x += weight * i
            y += weight * j
    if peak < how.floor:
        return point, peak
    return np.array((x, y)) / total * cell_px, peak


def blob(column, row, spread=1.5, cells=64, height=4.0):
    """Logits of a heatmap with one peak."""
    x, y = np.meshgrid(np.arange(cells), np.arange(cells))
    return height - ((x - column) ** 2 + (y - row) ** 2) / spread**2


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([MEDIAPIPE, SHARP, Refinement(5, 3, 3.0, 0.8)]))
def test_refining_agrees_with_the_slow_twin(seed, how):
    rng = np.random.default_rng(seed)
    points = rng.uniform(-20, 276, (2, 3, 2))
    heatmap = rng.normal(-2, 3, (2, 3, 64, 64)).astype(np.float32)
    xy, peak = refined(points, heatmap, 256, how)
    slow_xy, slow_peak = naive_refined(points, heatmap, 256, how)
    assert xy == pytest.approx(slow_xy, abs=1e-6)
    assert peak == pytest.approx(slow_peak, abs=1e-9)


def test_a_point_moves_to_the_peak_beside_it():
    heatmap = blob(30.25, 41.5)[None, None]
    xy, peak = refined(np.array([[(126.0, 160.0)]]), heatmap, 256, SHARP)
    assert xy[0, 0] == pytest.approx((4 * 30.25, 4 * 41.5), abs=0.2)
    assert peak[0, 0] > 0.95


def test_a_faint_heatmap_leaves_the_point_where_it_was():
    xy, peak = refined(
        np.array([[(126.0, 160.0)]]), blob(31, 40, height=-1)[None, None], 256, SHARP
    )
    assert xy[0, 0] == pytest.approx((126, 160))
    assert 0.2 < peak[0, 0] < 0.3


def test_a_point_outside_the_crop_stays_and_has_no_peak():
    xy, peak = refined(np.array([[(-9.0, 160.0)]]), blob(0, 40)[None, None], 256, SHARP)
    assert xy[0, 0] == pytest.approx((-9, 160))
    assert peak[0, 0] == 0


def blazepose_outputs(card, count=2):
    """Outputs of a body: keypoint k lies at (3 k + 40, 2 k + 50), visible by a logit of k / 10."""
    keypoints = np.arange(39)
    raw = np.zeros((count, 39, 5), np.float32)
    x, y = 3 * keypoints + 40, 2 * keypoints + 50
    raw[..., 0], raw[..., 1], raw[..., 3] = x, y, keypoints / 10
    heatmap = np.stack([blob(x[k] / 4, y[k] / 4) for k in keypoints]).astype(np.float32)
    named = {
        "landmarks": raw.reshape(count, 195),
        "presence": np.full((count, 1), 0.75, np.float32),
        "heatmap": np.repeat(heatmap[None], count, 0),
    }
    return {card.outputs[name]: value for name, value in named.items()}


@pytest.mark.parametrize("name", ["lite", "full", "heavy"])
def test_blazepose_points_are_put_in_canonical_order(name):
    card = find_model(name)
    points = decode(card, blazepose_outputs(card))
    expected = np.stack((3 * card.skeleton + 40, 2 * card.skeleton + 50), -1)
    assert points.xy[1] == pytest.approx(expected, abs=0.3)
    assert points.circle[1] == pytest.approx(np.array(((139, 116), (142, 118))), abs=1e-4)
    assert points.presence == pytest.approx(0.75)


def test_confidence_is_visibility_times_the_heatmap_peak():
    card = find_model("full")
    points = decode(card, blazepose_outputs(card, 1))
    visible = sigmoid(card.skeleton / 10)
    assert np.all(points.confidence[0] < visible)
    assert points.confidence[0] == pytest.approx(visible * sigmoid(np.array(4.0)), abs=0.03)


@given(st.integers(0, 2**32 - 1))
def test_simcc_takes_the_best_column_and_row(seed):
    card = halpe_card()
    rng = np.random.default_rng(seed)
    columns, rows = rng.integers(0, 384, (3, 26)), rng.integers(0, 512, (3, 26))
    x = rng.uniform(0, 0.2, (3, 26, 384)).astype(np.float32)
    y = rng.uniform(0, 0.2, (3, 26, 512)).astype(np.float32)
    np.put_along_axis(x, columns[..., None], 0.9, -1)
    np.put_along_axis(y, rows[..., None], 0.6, -1)
    points = decode(card, {"simcc_x": x, "simcc_y": y})
    # the crop is square; the network sees its middle 192 columns
    expected = np.stack((columns / 2 + 32, rows / 2), -1)[:, card.skeleton]
    assert points.xy == pytest.approx(expected)
    assert points.confidence == pytest.approx(0.6)
    assert np.isnan(points.circle).all()


def test_simcc_ratings_below_zero_are_no_confidence():
    card = halpe_card()
    x, y = np.full((1, 26, 384), -1.0, np.float32), np.full((1, 26, 512), 0.5, np.float32)
    assert np.all(decode(card, {"simcc_x": x, "simcc_y": y}).confidence == 0)


def test_every_pose_model_has_all_landmarks():
    assert [len(card.skeleton) for card in list_models() if card.decoder != "ssd"] == [19] * 3


def test_sigmoid_does_not_overflow():
    assert sigmoid(np.array((-1e4, 0.0, 1e4))) == pytest.approx((0, 0.5, 1), abs=1e-9)
