"""MediaPipe's own pose landmarker as a second opinion (extra ``mediapipe``).

Each crop is looked at on its own (image mode): the video mode smooths landmarks over time, which
delays them, and no stage here smooths.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import numpy as np

from formcheck.errors import ModelError
from formcheck.pose.decode import Points
from formcheck.pose.models import find_model
from formcheck.pose.network import Crops
from formcheck.telemetry import ALLOW_VARIABLE, is_allowed
from formcheck.types import Floats

TASK_VARIABLE = "FORMCHECK_MEDIAPIPE_TASK"
_SIZE_PX = 512
_SCALE = 1.2
_LEAST_DETECTION = 0.3
_KEYPOINTS = 33
# Later versions tell their maker over the network that they are used, and cannot be asked not to.
_LAST_SILENT: Final = (0, 10, 31)


class MediaPipeLandmarker:
    """MediaPipe's detector and landmark network on upright crops.

    The ``mediapipe`` package ships no weights: ``$FORMCHECK_MEDIAPIPE_TASK`` names the bundle, one
    that Google publishes or one that ``models/task.py`` makes.

    Raises
    ------
    ModelError
        Code ``no_mediapipe`` or ``no_task``.
    """

    name = "mediapipe"
    convention = "blazepose"
    provider = "MediaPipe Tasks"
    size_px = _SIZE_PX
    scale = _SCALE
    turned = False
    workers = 1
    batch = 1

    def __init__(self) -> None:
        path = _task_path()
        with path.open("rb") as file:
            self.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        self._skeleton = find_model("full").skeleton
        self._mediapipe, self._landmarker = _open(path)

    def __call__(self, crops: Sequence[Crops]) -> Points:
        """Return the landmarks in crop pixels; NaN of confidence 0 where no body is found."""
        found = np.stack([self._look(crop) for crop in crops])[:, self._skeleton]
        confidence = np.nan_to_num(found[..., 2])
        unknown = np.full((len(crops), 2, 2), np.nan)
        return Points(found[..., :2] * _SIZE_PX, confidence, confidence.mean(-1), unknown)

    def _look(self, crop: Crops) -> Floats:
        """Return x and y as fractions of the crop, and visibility, of 33 points."""
        image = self._mediapipe.Image(
            image_format=self._mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(crop)
        )
        bodies = self._landmarker.detect(image).pose_landmarks
        if not bodies:
            return np.full((_KEYPOINTS, 3), np.nan)
        return np.array([(point.x, point.y, point.visibility) for point in bodies[0]])

    def close(self) -> None:
        """Give MediaPipe's graph back."""
        self._landmarker.close()


def _task_path() -> Path:
    named = os.environ.get(TASK_VARIABLE)
    if not named or not Path(named).is_file():
        what = f"names {named}, which is no file" if named else "is not set"
        raise ModelError(
            f"The mediapipe estimator needs a pose landmarker bundle, but {TASK_VARIABLE} {what}; "
            "download pose_landmarker_full.task from MediaPipe's model page and let the variable "
            "name it.",
            "no_task",
        )
    return Path(named)


def _open(path: Path) -> tuple[Any, Any]:
    """Return the mediapipe package and a landmarker for single images."""
    _check_silent()
    try:
        mediapipe = import_module("mediapipe")
        tasks = import_module("mediapipe.tasks.python")
    except ImportError as error:
        raise ModelError(
            "The mediapipe estimator needs MediaPipe; pip install 'formcheck[mediapipe]'.",
            "no_mediapipe",
        ) from error
    vision = tasks.vision
    options = vision.PoseLandmarkerOptions(
        base_options=tasks.BaseOptions(model_asset_path=str(path)),
        running_mode=vision.RunningMode.IMAGE,
        min_pose_detection_confidence=_LEAST_DETECTION,
    )
    try:
        return mediapipe, vision.PoseLandmarker.create_from_options(options)
    except (RuntimeError, ValueError) as error:
        raise ModelError(f"MediaPipe cannot load {path}: {error}.", "no_task") from error


def _check_silent() -> None:
    """Refuse a version that opens connections of its own."""
    try:
        found = version("mediapipe")
    except PackageNotFoundError:
        return
    if _numbers(found) > _LAST_SILENT and not is_allowed():
        raise ModelError(
            f"MediaPipe {found} reports its use to its maker: pip install 'formcheck[mediapipe]' "
            f"brings a version that does not, or allow it with {ALLOW_VARIABLE}=1.",
            "no_mediapipe",
        )


def _numbers(text: str) -> tuple[int, ...]:
    """Return the leading numbers of a version."""
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])
