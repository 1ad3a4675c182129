"""Looking up model folders, and what is said when one is not as it should be."""

import hashlib
import shutil

import numpy as np
import pytest

from formcheck.errors import ModelError
from formcheck.pose import list_models, open_estimator, verify_models
from formcheck.pose.models import MODELS_VARIABLE, find_model, models_folder, read_card
from tests.models.folders import SKELETON, halpe_card, link_models, write_halpe


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """A copy of the small models' folders that the tests may damage."""
    for name in ("blazepose_detector_v1", "blazepose_lite_v1"):
        shutil.copytree(models_folder() / name, tmp_path / name)
    monkeypatch.setenv(MODELS_VARIABLE, str(tmp_path))
    return tmp_path


def test_the_variable_names_another_folder(folders):
    assert models_folder() == folders
    assert [card.name for card in list_models()] == ["detector", "lite"]


def test_whole_weights_are_good(folders):
    assert [(state.card.name, state.good) for state in verify_models()] == [
        ("detector", True),
        ("lite", True),
    ]


def test_one_changed_byte_is_found(folders):
    path = folders / "blazepose_lite_v1" / "model.onnx"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert [state.good for state in verify_models()] == [True, False]
    with pytest.raises(ModelError, match="damaged or were changed") as caught:
        open_estimator("lite")
    assert caught.value.code == "wrong_hash"
    assert caught.value.exit_code == 5


def test_missing_weights_are_named(folders):
    (folders / "blazepose_lite_v1" / "model.onnx").unlink()
    assert "missing" in verify_models()[1].reason
    with pytest.raises(ModelError, match="are missing; install") as caught:
        find_model("lite")
    assert caught.value.code == "missing_weights"


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(ModelError, match="choose one of full, heavy, lite") as caught:
        find_model("gigantic")
    assert caught.value.code == "unknown_model"


def test_an_empty_folder_is_no_models_folder(tmp_path, monkeypatch):
    monkeypatch.setenv(MODELS_VARIABLE, str(tmp_path))
    with pytest.raises(ModelError, match="No models were found"):
        list_models()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "rtmpose"', ""),
        ("width_px = 192", 'width_px = "wide'),
        ("left_heel = 24", ""),
        ("mean = [123.675, 116.28, 103.53]", "mean = 3"),
    ],
)
def test_a_bad_card_is_refused_with_its_path(tmp_path, old, new):
    path = write_halpe(tmp_path) / "card.toml"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(ModelError, match=r"card\.toml cannot be used") as caught:
        read_card(path)
    assert caught.value.code == "bad_card"


def test_weights_that_are_no_network_are_refused(tmp_path, monkeypatch):
    link_models(tmp_path)
    folder = write_halpe(tmp_path)
    weights = b"no network"
    (folder / "model.onnx").write_bytes(weights)
    card = folder / "card.toml"
    digest = hashlib.sha256(weights).hexdigest()
    lines = [
        f'sha256 = "{digest}"' if line.startswith("sha256") else line
        for line in card.read_text().splitlines()
    ]
    card.write_text("\n".join(lines))
    monkeypatch.setenv(MODELS_VARIABLE, str(tmp_path))
    with pytest.raises(ModelError, match="cannot load") as caught:
        open_estimator("rtmpose")
    assert caught.value.code == "unloadable"


def test_a_halpe_folder_is_found_by_name_and_by_version(tmp_path, monkeypatch):
    link_models(tmp_path)
    write_halpe(tmp_path)
    monkeypatch.setenv(MODELS_VARIABLE, str(tmp_path))
    assert find_model("rtmpose").sha256 == find_model("rtmpose_halpe26_v1").sha256


def test_a_card_maps_its_keypoints_to_the_canonical_order():
    assert np.array_equal(halpe_card().skeleton[[0, 1, 15, 17]], [0, 3, 24, 20])
    assert sorted(halpe_card().skeleton) == sorted(SKELETON.values())
