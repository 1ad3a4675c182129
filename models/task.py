"""Make the bundle that MediaPipe's PoseLandmarker loads, from the same files as the model folders.

The ``mediapipe`` package ships no weights, and its Tasks API takes only bundles (``.task``): a ZIP
of two TFLite files that say how their input is normalised. Needs ``npm``, ``mediapipe`` and
``flatbuffers``::

    python models/task.py full pose_landmarker_full.task

The bundle is what ``FORMCHECK_MEDIAPIPE_TASK`` points to.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path

import flatbuffers
import numpy as np
from mediapipe.tasks.metadata import metadata_schema_py_generated as metadata
from mediapipe.tasks.metadata import schema_py_generated as schema

PACKAGE = "@mediapipe/pose@0.5.1675469404"
DETECTOR = (
    "pose_solution_packed_assets.data",
    "a63c614bef30d35947f13be361820b1e4e3bec9cfeebf4d11216a18373108e85",
)
LANDMARKS = {
    "lite": "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61",
    "full": "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    "heavy": "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
}


def normalisation(mean: float, scale: float) -> bytes:
    """Return TFLite metadata that says ``(value - mean) / scale`` of an RGB image input."""
    options = metadata.NormalizationOptionsT()
    options.mean, options.std = [mean], [scale]
    unit = metadata.ProcessUnitT()
    unit.optionsType = metadata.ProcessUnitOptions.NormalizationOptions
    unit.options = options
    content = metadata.ContentT()
    content.contentPropertiesType = metadata.ContentProperties.ImageProperties
    content.contentProperties = metadata.ImagePropertiesT()
    content.contentProperties.colorSpace = metadata.ColorSpaceType.RGB
    tensor = metadata.TensorMetadataT()
    tensor.name, tensor.content, tensor.processUnits = "image", content, [unit]
    graph = metadata.SubGraphMetadataT()
    graph.inputTensorMetadata = [tensor]
    model = metadata.ModelMetadataT()
    model.subgraphMetadata = [graph]
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"M001")
    return bytes(builder.Output())


def with_metadata(weights: bytes, extra: bytes) -> bytes:
    """Return a TFLite file with metadata added."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(weights, 0))
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(extra, np.uint8)
    model.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name, entry.buffer = "TFLITE_METADATA", len(model.buffers) - 1
    model.metadata = [*(model.metadata or []), entry]
    builder = flatbuffers.Builder(len(weights))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def checked(path: Path, sha256: str) -> bytes:
    """Read a file that must have this hash."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise SystemExit(f"{path.name} is not the file this script was written for")
    return data


def bundle(package: Path, name: str, target: Path) -> None:
    """Write the bundle for one network; the same input gives the same bytes."""
    detector = checked(package / DETECTOR[0], DETECTOR[1])
    landmarks = checked(package / f"pose_landmark_{name}.tflite", LANDMARKS[name])
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for file, data in (
            ("pose_detector.tflite", with_metadata(detector, normalisation(127.5, 127.5))),
            ("pose_landmarks_detector.tflite", with_metadata(landmarks, normalisation(0.0, 255.0))),
        ):
            archive.writestr(zipfile.ZipInfo(file), data)


def main() -> None:
    """Read the command line and write the bundle."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=LANDMARKS)
    parser.add_argument("target", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as tar:
            tar.extractall(folder, filter="data")
        bundle(Path(folder) / "package", arguments.name, arguments.target)


if __name__ == "__main__":
    main()
