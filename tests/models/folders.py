"""A folder of model folders with one more in it: a network with RTMPose's Halpe-26 interface."""

from __future__ import annotations

import hashlib
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from formcheck.pose.models import Card, models_folder, read_card

KEYPOINTS, WIDTH, HEIGHT, BINS_PER_PX = 26, 192, 256, 2
SKELETON = {
    "nose": 0,
    "left_ear": 3,
    "right_ear": 4,
    "left_shoulder": 5,
    "right_shoulder": 6,
    "left_elbow": 7,
    "right_elbow": 8,
    "left_wrist": 9,
    "right_wrist": 10,
    "left_hip": 11,
    "right_hip": 12,
    "left_knee": 13,
    "right_knee": 14,
    "left_ankle": 15,
    "right_ankle": 16,
    "left_toe": 20,
    "right_toe": 21,
    "left_heel": 24,
    "right_heel": 25,
}
CARD = """\
name = "rtmpose"
about = "26 body points of one person."
weights = "model.onnx"
sha256 = "{sha256}"

[origin]
package = "a stand-in with the interface of RTMPose Halpe-26"
licence = "Apache-2.0"

[input]
name = "input"
width_px = 192
height_px = 256
layout = "nchw"
mean = [123.675, 116.28, 103.53]
scale = [58.395, 57.12, 57.375]
turned = false
crop_scale = 1.0

[decoder]
kind = "simcc"
outputs = {{ x = "simcc_x", y = "simcc_y" }}

[skeleton]
"""


def places() -> np.ndarray:
    """Return where the stand-in sees each keypoint, (26, 2), in pixels of its input."""
    keypoints = np.arange(KEYPOINTS)
    return np.stack((20 + 6 * keypoints, 240 - 8 * keypoints), -1).astype(float)


def write_halpe(root: Path) -> Path:
    """Write the folder; return it."""
    folder = root / "rtmpose_halpe26_v1"
    folder.mkdir(parents=True)
    weights = _network().SerializeToString()
    (folder / "model.onnx").write_bytes(weights)
    lines = [f"{name} = {index}\n" for name, index in SKELETON.items()]
    head = CARD.format(sha256=hashlib.sha256(weights).hexdigest())
    (folder / "card.toml").write_text(head + "".join(lines), encoding="utf-8")
    return folder


def link_models(root: Path) -> None:
    """Put links to all real model folders into `root`."""
    for folder in models_folder().iterdir():
        if (folder / "card.toml").exists():
            (root / folder.name).symlink_to(folder)


@cache
def halpe_card() -> Card:
    """Return the stand-in's card."""
    with tempfile.TemporaryDirectory() as root:
        return read_card(write_halpe(Path(root)) / "card.toml")


def _network() -> onnx.ModelProto:
    """Build a network that sees its keypoints at fixed places whatever it is shown."""
    nodes, constants, outputs = [], [], []
    nodes.append(helper.make_node("GlobalAveragePool", ["input"], ["pooled"]))
    nodes.append(helper.make_node("Flatten", ["pooled"], ["colour"]))
    for axis, length in enumerate((WIDTH * BINS_PER_PX, HEIGHT * BINS_PER_PX)):
        name = f"simcc_{'xy'[axis]}"
        bias = np.zeros((KEYPOINTS, length), np.float32)
        bias[np.arange(KEYPOINTS), (BINS_PER_PX * places()[:, axis]).astype(int)] = 0.8
        constants += [
            numpy_helper.from_array(np.zeros((3, bias.size), np.float32), f"{name}_weight"),
            numpy_helper.from_array(bias.ravel(), f"{name}_bias"),
            numpy_helper.from_array(np.array((0, KEYPOINTS, length)), f"{name}_shape"),
        ]
        nodes += [
            helper.make_node(
                "Gemm", ["colour", f"{name}_weight", f"{name}_bias"], [f"{name}_flat"]
            ),
            helper.make_node("Reshape", [f"{name}_flat", f"{name}_shape"], [name]),
        ]
        shape: list[str | int | None] = ["batch", KEYPOINTS, length]
        outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
    image: list[str | int | None] = ["batch", 3, HEIGHT, WIDTH]
    entry = helper.make_tensor_value_info("input", TensorProto.FLOAT, image)
    graph = helper.make_graph(nodes, "stand_in", [entry], outputs, constants)
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opset, ir_version=8)
