"""The 19 body points that every stage after the pose network works with.

Each pose model maps its own keypoints onto these (its ``card.toml`` says how), so nothing
downstream depends on the model. Left and right are the runner's own.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Side = Literal["left", "right"]
SIDES: Final[tuple[Side, Side]] = ("left", "right")


class Landmark(IntEnum):
    """Index of a body point in arrays of shape ``(..., K, 2)`` with ``K = 19``."""

    NOSE = 0
    LEFT_EAR = 1
    RIGHT_EAR = 2
    LEFT_SHOULDER = 3
    RIGHT_SHOULDER = 4
    LEFT_ELBOW = 5
    RIGHT_ELBOW = 6
    LEFT_WRIST = 7
    RIGHT_WRIST = 8
    LEFT_HIP = 9
    RIGHT_HIP = 10
    LEFT_KNEE = 11
    RIGHT_KNEE = 12
    LEFT_ANKLE = 13
    RIGHT_ANKLE = 14
    LEFT_HEEL = 15
    RIGHT_HEEL = 16
    LEFT_TOE = 17
    RIGHT_TOE = 18


N_LANDMARKS: Final = len(Landmark)
NAMES: Final = tuple(point.name.lower() for point in Landmark)
LIMB: Final = ("shoulder", "elbow", "wrist")
LEG: Final = ("hip", "knee", "ankle", "heel", "toe")


def index(name: str, side: Side) -> int:
    """Return the index of a sided body point, e.g. ``index("ankle", "left")``."""
    return int(Landmark[f"{side}_{name}".upper()])


def other(side: Side) -> Side:
    """Return the opposite side."""
    return "right" if side == "left" else "left"


def mid_hip(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (..., 2), halfway between the hips of (..., K, 2) landmarks."""
    return np.asarray((xy[..., Landmark.LEFT_HIP, :] + xy[..., Landmark.RIGHT_HIP, :]) / 2)


def mid_shoulder(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (..., 2), halfway between the shoulders of (..., K, 2) landmarks."""
    return np.asarray(
        (xy[..., Landmark.LEFT_SHOULDER, :] + xy[..., Landmark.RIGHT_SHOULDER, :]) / 2
    )
