"""Find the runner and their landmarks: model folders, networks, person search, two passes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from formcheck.pose.choose import Chosen
from formcheck.pose.estimator import (
    Landmarker,
    NetworkLandmarker,
    PoseEstimator,
    TwoPassEstimator,
)
from formcheck.pose.mediapipe import MediaPipeLandmarker
from formcheck.pose.models import (
    MEDIAPIPE,
    Card,
    ModelState,
    find_model,
    list_models,
    parse_pose,
    pose_names,
    verify_models,
)
from formcheck.pose.network import Device, Network
from formcheck.pose.replay import ReplayEstimator, load_track, save_track

__all__ = [
    "Card",
    "Chosen",
    "ModelState",
    "PoseEstimator",
    "ReplayEstimator",
    "TwoPassEstimator",
    "list_models",
    "load_track",
    "open_estimator",
    "parse_pose",
    "pose_names",
    "save_track",
    "verify_models",
]

_DETECTOR = "detector"
_FOLLOWER = "lite"


def open_estimator(
    name: str = "heavy", device: Device = "auto", person: Chosen = "auto"
) -> PoseEstimator:
    """Load an estimator; use it as a context manager.

    Parameters
    ----------
    name : str
        ``lite``, ``full`` or ``heavy``, the name of any other pose model among the model folders,
        or ``mediapipe``.
    device : {"auto", "cpu", "cuda"}
        What runs the networks.
    person : {"auto", "left", "right"} or int
        Who is measured where there are several people; a number counts from the left, from 1.

    Raises
    ------
    ModelError
        There is no such model, its weights are missing or damaged, or the device does not work.
    """
    with ThreadPoolExecutor() as pool:
        detector, follower = (
            pool.submit(_network, each, device) for each in (_DETECTOR, _FOLLOWER)
        )
        landmarker = _landmarker(name, device)
        return TwoPassEstimator(detector.result(), follower.result(), landmarker, person)


def _network(name: str, device: Device) -> Network:
    return Network(find_model(name), device)


def _landmarker(name: str, device: Device) -> Landmarker:
    if name == MEDIAPIPE:
        return MediaPipeLandmarker()
    return NetworkLandmarker(_network(name, device))
