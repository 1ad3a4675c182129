"""Build the model folders of this directory from the files their makers publish.

Needs ``npm`` and, in an environment of its own (TensorFlow is large and formcheck never needs it)::

    python3.11 -m venv ../convert
    ../convert/bin/pip install tensorflow-cpu==2.21.0 tf2onnx==1.17.0
    ../convert/bin/python models/build.py

What it does to the networks, none of which changes an output that formcheck reads:

* the sparse constants of the detector are made dense (ONNX has no sparse convolution);
* outputs that formcheck does not read are cut off with everything that only they need, the
  segmentation mask above all, which is half of the work;
* the batch dimension is freed;
* weights stay in half precision, as in the source, and are cast to single precision when loaded.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import MutableSequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import tensorflow as tf
from onnx import TensorProto, helper, numpy_helper
from tensorflow.lite.python import schema_py_generated as schema
from tensorflow.lite.tools import flatbuffer_utils

HERE = Path(__file__).resolve().parent
PACKAGE = "@mediapipe/pose@0.5.1675469404"
OPSET = 17
MIN_HALF_ELEMENTS = 16


@dataclass(frozen=True)
class Source:
    """One network of the package: its file, hash, and the outputs to keep by their new names."""

    folder: str
    file: str
    sha256: str
    outputs: dict[str, str]


LANDMARK_OUTPUTS = {"Identity": "landmarks", "Identity_1": "presence", "Identity_3": "heatmap"}
SOURCES = (
    Source(
        "blazepose_detector_v1",
        "pose_solution_packed_assets.data",
        "a63c614bef30d35947f13be361820b1e4e3bec9cfeebf4d11216a18373108e85",
        {"Identity": "boxes", "Identity_1": "scores"},
    ),
    Source(
        "blazepose_lite_v1",
        "pose_landmark_lite.tflite",
        "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61",
        LANDMARK_OUTPUTS,
    ),
    Source(
        "blazepose_full_v1",
        "pose_landmark_full.tflite",
        "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
        LANDMARK_OUTPUTS,
    ),
    Source(
        "blazepose_heavy_v1",
        "pose_landmark_heavy.tflite",
        "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
        LANDMARK_OUTPUTS,
    ),
)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as hex digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def download(folder: Path) -> Path:
    """Fetch the npm package into `folder` and return where its files lie."""
    subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True)
    archive = next(folder.glob("*.tgz"))
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / "package"


def densified(source: Path, target: Path) -> None:
    """Write a copy of a TFLite file whose sparse constants are ordinary dense ones."""
    model = flatbuffer_utils.read_model(str(source))
    graph = model.subgraphs[0]
    codes = [code.builtinCode for code in model.operatorCodes]
    densify = [
        op for op in graph.operators if codes[op.opcodeIndex] == schema.BuiltinOperator.DENSIFY
    ]
    if densify:
        values = _computed(source, [op.outputs[0] for op in densify])
        for op in densify:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(values[op.outputs[0]].tobytes(), np.uint8)
            model.buffers.append(buffer)
            graph.tensors[op.outputs[0]].buffer = len(model.buffers) - 1
            graph.tensors[op.inputs[0]].buffer = 0
            graph.tensors[op.inputs[0]].sparsity = None
        graph.operators = [op for op in graph.operators if op not in densify]
    flatbuffer_utils.write_model(model, str(target))


def _computed(source: Path, tensors: list[int]) -> dict[int, np.ndarray]:
    """Run a TFLite file once on zeros and return the value of the tensors asked for."""
    interpreter = tf.lite.Interpreter(
        str(source),
        num_threads=1,
        experimental_preserve_all_tensors=True,
        # the default delegate would keep the dense copies to itself
        experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    entry = interpreter.get_input_details()[0]
    interpreter.set_tensor(entry["index"], np.zeros(entry["shape"], np.float32))
    interpreter.invoke()
    return {index: interpreter.get_tensor(index) for index in tensors}


def to_onnx(source: Path, target: Path) -> onnx.ModelProto:
    """Convert a dense TFLite file with tf2onnx."""
    command = [sys.executable, "-m", "tf2onnx.convert", "--opset", str(OPSET)]
    command += ["--tflite", str(source), "--output", str(target)]
    subprocess.run(command, check=True)
    return onnx.load(str(target))


def keep_outputs(model: onnx.ModelProto, outputs: dict[str, str]) -> None:
    """Drop every output not named, and all nodes and constants that only they needed.

    What stays is put in an order that depends on nothing but the network itself, since tf2onnx
    names and orders things anew on every run.
    """
    graph = model.graph
    kept = sorted((o for o in graph.output if o.name in outputs), key=lambda o: o.name)
    nodes = _in_order_of_need(graph, [output.name for output in kept])
    constants = {item.name: item for item in graph.initializer}
    used = dict.fromkeys(name for node in nodes for name in node.input if name in constants)
    _replace(graph.node, nodes)
    _replace(graph.initializer, [constants[name] for name in used])
    _replace(graph.output, kept)
    _rename(model, {**outputs, graph.input[0].name: "image"})


def _in_order_of_need(graph: onnx.GraphProto, names: list[str]) -> list[onnx.NodeProto]:
    """Return the nodes that make the named tensors, each after those it needs."""
    makers = {name: node for node in graph.node for name in node.output}
    done: dict[str, onnx.NodeProto] = {}
    pending = names[::-1]
    while pending:
        node = makers.get(pending[-1])
        missing = [] if node is None else [n for n in node.input if n in makers and n not in done]
        if missing:
            pending.extend(missing[::-1])
            continue
        name = pending.pop()
        if node is not None and name not in done:
            done.update(dict.fromkeys(node.output, node))
    return list({id(node): node for node in done.values()}.values())


def _replace(field: MutableSequence[Any], items: list[Any]) -> None:
    """Put these messages, and no others, into a repeated field."""
    copies = [type(item).FromString(item.SerializeToString()) for item in items]
    del field[:]
    field.extend(copies)


def _rename(model: onnx.ModelProto, names: dict[str, str]) -> None:
    """Give tensors new names throughout the graph."""
    graph = model.graph
    for node in graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    for value in (*graph.input, *graph.output):
        value.name = names.get(value.name, value.name)


def skip_final_transpose(model: onnx.ModelProto, output: str) -> None:
    """Give an image-like output as (N, C, H, W), as it is computed, not as (N, H, W, C)."""
    graph = model.graph
    value = next((value for value in graph.output if value.name == output), None)
    if value is None:
        return
    last = next(node for node in graph.node if output in node.output)
    if last.op_type != "Transpose" or list(last.attribute[0].ints) != [0, 2, 3, 1]:
        raise ValueError(f"{output} is not made by the transpose that was expected")
    before = last.input[0]
    graph.node.remove(last)
    _rename(model, {before: output})
    dims = value.type.tensor_type.shape.dim
    sizes = [dims[i].dim_value for i in (0, 3, 1, 2)]
    for dim, size in zip(dims, sizes, strict=True):
        dim.dim_value = size


def free_batch(model: onnx.ModelProto) -> None:
    """Let the first dimension of input and outputs be any number."""
    graph = model.graph
    del graph.value_info[:]
    for value in (*graph.input, *graph.output):
        value.type.tensor_type.shape.dim[0].dim_param = "batch"
    shapes = {node.input[1] for node in graph.node if node.op_type == "Reshape"}
    for constant in graph.initializer:
        if constant.name in shapes:
            shape = numpy_helper.to_array(constant).copy()
            shape[0] = 0  # ONNX for: as long as the input's first dimension
            constant.CopyFrom(numpy_helper.from_array(shape, constant.name))


def halve(model: onnx.ModelProto) -> None:
    """Store single-precision weights in half precision where that loses nothing or is as published.

    Weights that the conversion left as they were published are exactly representable; the others
    (small ones, made by folding) stay in single precision.
    """
    graph = model.graph
    casts = []
    for constant in graph.initializer:
        if constant.data_type != TensorProto.FLOAT:
            continue
        single = numpy_helper.to_array(constant)
        half = single.astype(np.float16)
        if single.size < MIN_HALF_ELEMENTS or not np.array_equal(half.astype(np.float32), single):
            continue
        name = constant.name
        constant.CopyFrom(numpy_helper.from_array(half, f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    _replace(graph.node, [*casts, *graph.node])


def tidy(model: onnx.ModelProto) -> None:
    """Shorten tensor names, drop what tells nothing, so that the same input gives the same file."""
    graph = model.graph
    public = {value.name for value in (*graph.input, *graph.output)}
    inner = dict.fromkeys(
        name for node in graph.node for name in (*node.input, *node.output) if name
    )
    names = {name: f"t{i}" for i, name in enumerate(n for n in inner if n not in public)}
    _rename(model, names)
    for constant in graph.initializer:
        constant.name = names.get(constant.name, constant.name)
    for node in graph.node:
        node.name = ""
        node.doc_string = ""
    graph.name = "blazepose"
    graph.doc_string = ""
    model.doc_string = ""
    model.producer_name = "formcheck models/build.py"
    del model.metadata_props[:]


def record_hash(folder: Path, weights: Path) -> None:
    """Write the hash of the weights into the card of the folder."""
    card = folder / "card.toml"
    text = re.sub(r'(?m)^sha256 = ".*"$', f'sha256 = "{sha256_of(weights)}"', card.read_text())
    card.write_text(text)


def build(source: Source, package: Path, work: Path) -> Path:
    """Convert one network and return the path of its ONNX file."""
    original = package / source.file
    if sha256_of(original) != source.sha256:
        raise SystemExit(f"{source.file} is not the file this script was written for")
    dense = work / f"{source.folder}.tflite"
    densified(original, dense)
    model = to_onnx(dense, work / f"{source.folder}.onnx")
    keep_outputs(model, source.outputs)
    skip_final_transpose(model, "heatmap")
    free_batch(model)
    halve(model)
    tidy(model)
    onnx.checker.check_model(model, full_check=True)
    folder = HERE / source.folder
    folder.mkdir(exist_ok=True)
    weights = folder / "model.onnx"
    weights.write_bytes(model.SerializeToString(deterministic=True))
    if (folder / "card.toml").exists():
        record_hash(folder, weights)
    return weights


def main() -> None:
    """Build every model folder."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        package = download(work)
        for source in SOURCES:
            weights = build(source, package, work)
            print(f"{weights}: {weights.stat().st_size} bytes, sha256 {sha256_of(weights)}")


if __name__ == "__main__":
    main()
