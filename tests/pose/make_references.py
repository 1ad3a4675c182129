"""Make the stored references of the pose tests; each step runs where what it needs is installed.

::

    python -m tests.pose.make_references pictures            # formcheck and scipy
    PYTHON_WITH_TENSORFLOW -m tests.pose.make_references networks PACKAGE
    PYTHON_WITH_MEDIAPIPE -m tests.pose.make_references mediapipe TASKS

PACKAGE is the unpacked npm package that ``models/build.py`` names, TASKS a folder with
``lite.task``, ``full.task`` and ``heavy.task`` as ``models/task.py`` makes them. ``pictures`` comes
first. None of them calls formcheck's own crops, networks or decoders: what they store was computed
by other programs.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent / "references"
SAMPLES = Path(__file__).parents[2] / "sample_videos"
PICTURE_PX = 480
CHANNELS = [27, 29, 31]
TOP = 20
PICTURES = {
    "side": ("side_easy_60fps.mp4", 40, (280, 0, 720)),
    "rear": ("rear_easy_60fps.mp4", 50, (0, 240, 720)),
}
REGIONS = {
    "side": (240.0, 228.0, 500.0, 0.06),
    "rear": (240.0, 245.0, 510.0, -0.04),
}
"""Regions for the stored crops, chosen by eye: centre x, centre y, side, turn."""

MODELS = {
    "detector": "pose_solution_packed_assets.data",
    "lite": "pose_landmark_lite.tflite",
    "full": "pose_landmark_full.tflite",
    "heavy": "pose_landmark_heavy.tflite",
}


def bilinear_crop(picture, region, size):
    """Sample a picture on a turned square, pixel centres at .5, black outside; (size, size, 3)."""
    from scipy.ndimage import map_coordinates

    x, y, side, turn = region
    along = (np.arange(size) + 0.5) / size - 0.5
    right, down = np.meshgrid(along * side, along * side)
    columns = x + np.cos(turn) * right - np.sin(turn) * down - 0.5
    rows = y + np.sin(turn) * right + np.cos(turn) * down - 0.5
    channels = [
        map_coordinates(picture[..., c].astype(float), (rows, columns), order=1, cval=0.0)
        for c in range(3)
    ]
    return np.clip(np.rint(np.stack(channels, -1)), 0, 255).astype(np.uint8)


def pictures():
    """Cut the runner out of two frames of the sample videos, and crops out of those."""
    import cv2

    from formcheck.video import ClipReader

    HERE.mkdir(exist_ok=True)
    crops = {}
    for name, (clip, wanted, (left, top, side)) in PICTURES.items():
        with ClipReader(SAMPLES / clip) as frames:
            picture = next(frame.rgb() for frame in frames if frame.index == wanted)
        square = picture[top : top + side, left : left + side]
        small = cv2.resize(square, (PICTURE_PX, PICTURE_PX), interpolation=cv2.INTER_AREA)
        lossless = [cv2.IMWRITE_WEBP_QUALITY, 101]
        cv2.imwrite(str(HERE / f"{name}.webp"), small[..., ::-1], lossless)
        crop = bilinear_crop(small, REGIONS[name], 256)
        crops[name] = crop
    np.savez_compressed(HERE / "crops.npz", **crops)


def networks(package):
    """Run the original TFLite files on the stored crops."""
    tf = import_module("tensorflow")
    stored: dict[str, Any] = {}
    for model, file in MODELS.items():
        interpreter = tf.lite.Interpreter(str(Path(package) / file), num_threads=1)
        interpreter.allocate_tensors()
        entry = interpreter.get_input_details()[0]["index"]
        for name in PICTURES:
            crop = np.load(HERE / "crops.npz")[name].astype(np.float32)[None]
            image = crop[:, 16:240, 16:240] / 127.5 - 1 if model == "detector" else crop / 255
            interpreter.set_tensor(entry, image.astype(np.float32))
            interpreter.invoke()
            outputs = [
                interpreter.get_tensor(output["index"])
                for output in interpreter.get_output_details()
            ]
            keep = detections if model == "detector" else landmarks
            stored |= {f"{model}_{name}_{key}": value for key, value in keep(outputs).items()}
    np.savez_compressed(HERE / "networks.npz", **stored)


def detections(outputs):
    """Keep the anchors with the highest scores."""
    boxes, scores = sorted(outputs, key=lambda array: -array.shape[-1])
    top = np.argsort(-scores[0, :, 0])[:TOP]
    return {"top": top, "boxes": boxes[0, top], "scores": scores[0, top, 0]}


def landmarks(outputs):
    """Keep points, presence and some channels of the heatmap."""
    by_shape = {array.shape[1:]: array for array in outputs}
    heatmap = by_shape[64, 64, 39][0][..., CHANNELS].transpose(2, 0, 1)
    return {
        "landmarks": by_shape[(195,)][0],
        "presence": by_shape[(1,)][0],
        "heatmap": heatmap,
    }


def mediapipe(tasks):
    """Run MediaPipe's own landmarker on the stored pictures."""
    import cv2
    import mediapipe as mp
    from mediapipe.tasks.python import BaseOptions, vision

    stored: dict[str, Any] = {}
    for model in ("lite", "full", "heavy"):
        base = BaseOptions(model_asset_path=str(Path(tasks) / f"{model}.task"))
        options = vision.PoseLandmarkerOptions(base_options=base)
        with vision.PoseLandmarker.create_from_options(options) as landmarker:
            for name in PICTURES:
                bgr = cv2.imread(str(HERE / f"{name}.webp"))
                assert bgr is not None
                image = mp.Image(
                    image_format=mp.ImageFormat.SRGB, data=np.ascontiguousarray(bgr[..., ::-1])
                )
                body = landmarker.detect(image).pose_landmarks[0]
                stored[f"{model}_{name}"] = np.array(
                    [(p.x * PICTURE_PX, p.y * PICTURE_PX, p.visibility) for p in body]
                )
    np.savez_compressed(HERE / "mediapipe.npz", **stored)


if __name__ == "__main__":
    steps: dict[str, Any] = {"pictures": pictures, "networks": networks, "mediapipe": mediapipe}
    steps[sys.argv[1]](*sys.argv[2:])
