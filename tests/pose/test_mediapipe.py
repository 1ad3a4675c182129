"""The ONNX path against MediaPipe's own landmarker on the same pictures.

MediaPipe's results are stored, so the comparison always runs; where MediaPipe itself and a bundle
are at hand, it runs as an estimator too.
"""

import os
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from formcheck.errors import ModelError
from formcheck.pose import open_estimator
from formcheck.pose.decode import MEDIAPIPE, decode
from formcheck.pose.geometry import crop_matrix, regions_from_circles, to_frame
from formcheck.pose.mediapipe import TASK_VARIABLE
from formcheck.pose.models import find_model
from formcheck.pose.network import Network
from formcheck.pose.search import anchors
from tests.pose.pictures import NAMES, frame_of, picture, stored, write_clip

VISIBLE = 0.9


def as_mediapipe_crops(image, region, size):
    """Crop with corners on pixel centres, half a pixel off, as MediaPipe's CPU path does."""
    matrix = crop_matrix(region, size)
    inverse = cv2.invertAffineTransform(matrix)
    return cv2.warpAffine(image, inverse, (size, size), flags=cv2.INTER_LINEAR)


def as_mediapipe_finds(image):
    """Return the region of the person: detections that overlap the best one, averaged by score."""
    detector = Network(find_model("detector"), "cpu")
    height, width = image.shape[:2]
    whole = np.array((width / 2, height / 2, max(width, height), 0.0))
    outputs = detector([as_mediapipe_crops(image, whole, 224)])
    scores = 1 / (1 + np.exp(-outputs["scores"][0, :, 0].astype(float)))
    sure = np.flatnonzero(scores >= 0.5)
    values = outputs["boxes"][0, sure].reshape(-1, 6, 2) / 224
    boxes = (
        np.stack((-values[:, 1] / 2, values[:, 1] / 2), 1) + values[:, :1] + anchors()[sure, None]
    )
    points = values[:, 2:4] + anchors()[sure, None]
    best = scores[sure].argmax()
    near = overlap(boxes, boxes[best]) > 0.3
    circle = np.average(points[near], axis=0, weights=scores[sure][near])
    centre, rim = to_frame(circle[None] * 224, crop_matrix(whole, 224)[None])[0]
    return regions_from_circles(centre, rim)


def overlap(boxes, one):
    """Return intersection over union of boxes, (N, 2, 2), with one."""
    shared = np.minimum(boxes[:, 1], one[1]) - np.maximum(boxes[:, 0], one[0])
    inside = shared.clip(0).prod(-1)
    return inside / ((boxes[:, 1] - boxes[:, 0]).prod(-1) + (one[1] - one[0]).prod() - inside)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("model", ["lite", "full", "heavy"])
def test_the_onnx_path_gives_what_mediapipe_gives(model, name):
    image = picture(name)
    region = as_mediapipe_finds(image)
    network = Network(find_model(model), "cpu")
    outputs = network([as_mediapipe_crops(image, region, 256)])
    points = decode(network.card, outputs, MEDIAPIPE)
    ours = to_frame(points.xy, crop_matrix(region, 256)[None])[0]
    theirs = stored("mediapipe")[f"{model}_{name}"][network.card.skeleton]
    off = np.abs(ours - theirs[:, :2])[theirs[:, 2] > VISIBLE]
    # half a pixel of the crop, the least that a wrong convention would cost, is 1 pixel here
    assert np.median(off) < 0.2
    # a swinging foot may have two places in its heatmap: there a hair decides between them
    assert np.percentile(off, 90) < 1.0


@pytest.mark.parametrize("name", NAMES)
def test_what_formcheck_changes_stays_near_mediapipe(name):
    """Exact crops, a tighter region and sharper refinement move points by a few pixels at most."""
    image = picture(name)
    region = as_mediapipe_finds(image)
    network = Network(find_model("heavy"), "cpu")
    matrix = crop_matrix(region, 256, scale=network.card.input.crop_scale)
    points = decode(network.card, network([frame_of(image).warp(matrix, 256)]))
    ours = to_frame(points.xy, matrix[None])[0]
    theirs = stored("mediapipe")[f"heavy_{name}"][network.card.skeleton]
    off = np.abs(ours - theirs[:, :2])[theirs[:, 2] > VISIBLE]
    assert np.median(off) < 0.01 * region[2]


def test_without_a_bundle_the_estimator_says_which_variable_to_set(monkeypatch):
    monkeypatch.delenv(TASK_VARIABLE, raising=False)
    with pytest.raises(ModelError, match=f"{TASK_VARIABLE} is not set") as caught:
        open_estimator("mediapipe")
    assert caught.value.code == "no_task"


def test_a_bundle_that_is_no_file_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv(TASK_VARIABLE, str(tmp_path / "none.task"))
    with pytest.raises(ModelError, match=r"none\.task, which is no file"):
        open_estimator("mediapipe")


@pytest.mark.skipif(find_spec("mediapipe") is not None, reason="MediaPipe is installed")
def test_without_mediapipe_the_estimator_says_what_to_install(monkeypatch, tmp_path):
    task = tmp_path / "some.task"
    task.write_bytes(b"bundle")
    monkeypatch.setenv(TASK_VARIABLE, str(task))
    with pytest.raises(ModelError, match=r"pip install 'formcheck\[mediapipe\]'") as caught:
        open_estimator("mediapipe")
    assert caught.value.code == "no_mediapipe"


@pytest.fixture
def bundle():
    if find_spec("mediapipe") is None or not os.environ.get(TASK_VARIABLE):
        pytest.skip(f"needs the extra mediapipe, and {TASK_VARIABLE} to name a bundle")
    return Path(os.environ[TASK_VARIABLE])


@pytest.mark.model
@pytest.mark.filterwarnings("ignore")
def test_mediapipe_itself_as_an_estimator_agrees_with_the_networks(bundle, tmp_path):
    clip = write_clip(tmp_path / "still.mp4", [picture("side")] * 40)
    tracks = []
    for name in ("mediapipe", "full"):
        with open_estimator(name) as estimator:
            tracks.append(estimator.estimate(clip, from_s=None, to_s=None, progress=lambda _: None))
    theirs, ours = tracks
    sure = (theirs.confidence > VISIBLE) & np.isfinite(theirs.xy_px[..., 0])
    assert sure.mean() > 0.5
    assert np.median(np.abs(theirs.xy_px - ours.xy_px)[sure]) < 4
