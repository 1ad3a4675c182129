"""The model folders as they are shipped."""

import hashlib

import numpy as np
import onnx
import pytest
from onnx import TensorProto, numpy_helper

from formcheck.landmarks import NAMES
from formcheck.pose import list_models
from formcheck.pose.models import models_folder
from formcheck.pose.network import Network

CARDS = list_models()
MAX_BYTES = 45_000_000


@pytest.fixture(params=CARDS, ids=lambda card: card.version)
def card(request):
    return request.param


def test_all_four_networks_are_there():
    assert [card.name for card in CARDS] == ["detector", "full", "heavy", "lite"]


def test_the_licence_lies_beside_the_weights(card):
    text = (card.weights.parent / "LICENSE").read_text(encoding="utf-8")
    assert card.licence == "Apache-2.0"
    assert "Apache License" in text
    assert "Version 2.0" in text


def test_the_hash_on_the_card_is_that_of_the_weights(card):
    assert hashlib.sha256(card.weights.read_bytes()).hexdigest() == card.sha256


def test_the_weights_are_small_enough_for_the_repository():
    assert sum(card.weights.stat().st_size for card in CARDS) < MAX_BYTES


def test_large_weights_are_stored_in_half_precision(card):
    graph = onnx.load(str(card.weights)).graph
    large = [item for item in graph.initializer if numpy_helper.to_array(item).size > 4096]
    assert large
    assert all(item.data_type == TensorProto.FLOAT16 for item in large)


def test_there_is_no_segmentation_branch(card):
    graph = onnx.load(str(card.weights)).graph
    assert {value.name for value in graph.output} == set(card.outputs.values())


def test_any_batch_gives_the_same_as_one_by_one(card):
    network = Network(card, "cpu")
    side = card.input.width_px
    crops = list(np.random.default_rng(0).integers(0, 255, (3, side, side, 3), np.uint8))
    together = network(crops)
    for i, crop in enumerate(crops):
        alone = network([crop])
        for name, value in together.items():
            assert np.allclose(value[i], alone[name][0], atol=5e-3, rtol=1e-4)


def test_skeletons_name_every_landmark_once():
    for card in CARDS:
        if card.decoder != "ssd":
            assert len(set(card.skeleton.tolist())) == len(NAMES)


def test_the_checkout_holds_the_models():
    assert (models_folder() / "build.py").exists() or models_folder().name == "_models"
