"""Preparing crops, running networks, and the check of what runs them."""

import numpy as np
import onnxruntime as ort
import pytest

from formcheck.errors import ModelError
from formcheck.pose.decode import sigmoid
from formcheck.pose.models import find_model
from formcheck.pose.network import Network, prepared
from tests.models.folders import halpe_card
from tests.pose.make_references import CHANNELS
from tests.pose.pictures import NAMES, stored

CUDA = "CUDAExecutionProvider"


def test_blazepose_takes_values_from_zero_to_one():
    crop = np.zeros((256, 256, 3), np.uint8)
    crop[5, 7] = (255, 51, 102)
    batch = prepared([crop, crop], find_model("full").input)
    assert batch.shape == (2, 256, 256, 3)
    assert batch.dtype == np.float32
    assert batch[1, 5, 7] == pytest.approx((1, 0.2, 0.4))
    assert batch[1, 5, 8] == pytest.approx(0)


def test_the_detector_takes_values_from_minus_one_to_one():
    crop = np.full((224, 224, 3), 255, np.uint8)
    crop[0, 0] = 0
    batch = prepared([crop], find_model("detector").input)
    assert batch[0, 0, 0] == pytest.approx(-1)
    assert batch[0, 9, 9] == pytest.approx(1)


def test_a_narrow_network_takes_the_middle_with_its_own_mean_and_scale():
    crop = np.zeros((256, 256, 3), np.uint8)
    crop[4, 32] = (124, 116, 104)
    batch = prepared([crop], halpe_card().input)
    assert batch.shape == (1, 3, 256, 192)
    assert batch.flags.c_contiguous
    expected = (np.array((124, 116, 104)) - (123.675, 116.28, 103.53)) / (58.395, 57.12, 57.375)
    assert batch[0, :, 4, 0] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("picture", NAMES)
@pytest.mark.parametrize("model", ["lite", "full", "heavy"])
def test_landmark_networks_equal_the_published_ones(model, picture):
    """The stored outputs are those of the TFLite files, run by TensorFlow."""
    card = find_model(model)
    outputs = Network(card, "cpu")([stored("crops")[picture]])
    reference = stored("networks")
    key = f"{model}_{picture}"
    off = outputs["landmarks"][0] - reference[f"{key}_landmarks"]
    points = off.reshape(39, 5)
    assert np.abs(points[:, :2]).max() < 2e-3  # crop pixels
    assert np.abs(points[:, 3:]).max() < 5e-3  # logits
    assert outputs["presence"][0] == pytest.approx(reference[f"{key}_presence"], abs=1e-5)
    heatmap = outputs["heatmap"][0, CHANNELS]
    assert sigmoid(heatmap) == pytest.approx(sigmoid(reference[f"{key}_heatmap"]), abs=2e-3)


@pytest.mark.parametrize("picture", NAMES)
def test_the_detector_equals_the_published_one(picture):
    crop = np.ascontiguousarray(stored("crops")[picture][16:240, 16:240])
    outputs = Network(find_model("detector"), "cpu")([crop])
    reference = stored("networks")
    top = reference[f"detector_{picture}_top"]
    scores, boxes = (reference[f"detector_{picture}_{name}"] for name in ("scores", "boxes"))
    assert outputs["scores"][0, top, 0] == pytest.approx(scores, abs=5e-3)
    assert outputs["boxes"][0, top] == pytest.approx(boxes, abs=5e-2)


def test_the_processor_is_named_as_provider_and_uses_one_thread_a_call():
    network = Network(find_model("lite"), "cpu")
    assert network.provider == "CPUExecutionProvider"
    assert network.workers >= 1
    assert network.batch == 1


class FakeSession:
    """A session that says what runs it, whatever was asked for."""

    active = "CPUExecutionProvider"

    def __init__(self, path, options, providers):
        self.wanted = providers

    def get_providers(self):
        return [self.active]


@pytest.fixture
def gpu_package(monkeypatch):
    """ONNX Runtime as its GPU package shows itself."""
    monkeypatch.setattr(ort, "get_available_providers", lambda: [CUDA, "CPUExecutionProvider"])
    monkeypatch.setattr(ort, "InferenceSession", FakeSession)
    return FakeSession


def test_a_gpu_that_works_is_used_in_batches(gpu_package, monkeypatch):
    monkeypatch.setattr(gpu_package, "active", CUDA)
    network = Network(find_model("lite"))
    assert (network.provider, network.workers) == (CUDA, 1)
    assert network.batch > 1


def test_a_gpu_that_does_not_start_is_reported_when_asked_for(gpu_package):
    with pytest.raises(ModelError, match="runs on CPUExecutionProvider") as caught:
        Network(find_model("lite"), "cuda")
    assert caught.value.code == "no_gpu"


def test_a_gpu_that_does_not_start_falls_back_with_a_warning(gpu_package, caplog):
    network = Network(find_model("lite"))
    assert network.provider == "CPUExecutionProvider"
    assert "does not start" in caplog.text


def test_asking_for_a_gpu_without_its_package_says_what_to_install(monkeypatch):
    monkeypatch.setattr(ort, "get_available_providers", lambda: ["CPUExecutionProvider"])
    with pytest.raises(ModelError, match="onnxruntime-gpu"):
        Network(find_model("lite"), "cuda")
