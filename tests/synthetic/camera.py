"""A pinhole camera around a synthetic runner, and the filming of a pose track without pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from formcheck.types import Floats, PoseTrack
from tests.synthetic.runner import SyntheticRunner

Stand = Literal["left", "right", "rear", "front"]
"""Where the camera stands: beside the runner's left or right, behind or before the runner."""

# Unit vectors from the runner to the camera (X forward, Y to the runner's left).
_TOWARDS_CAMERA = {
    "left": (0.0, 1.0, 0.0),
    "right": (0.0, -1.0, 0.0),
    "rear": (-1.0, 0.0, 0.0),
    "front": (1.0, 0.0, 0.0),
}


@dataclass(frozen=True)
class Camera:
    """Where the camera stands and how it is held.

    `yaw_deg` walks the camera around the runner (seen from above, counter-clockwise), `pitch_deg`
    tilts it down, `roll_deg` turns the picture's content clockwise. With `sway_deg` the hand that
    holds it trembles by that much (standard deviation of each turn) at about `sway_hz`.
    """

    stand: Stand = "left"
    distance_m: float = 4.0
    lens_height_m: float = 1.0
    focal_px: float = 1400.0
    width_px: int = 1280
    height_px: int = 720
    roll_deg: float = 0.0
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    sway_deg: float = 0.0
    sway_hz: float = 1.1

    def project(self, points: Floats, t_s: Floats) -> Floats:
        """Return (T, N, 2) pixels of (T, N, 3) world points seen at the times (T,)."""
        towards = _turn_about_z(np.radians(self.yaw_deg)) @ np.array(_TOWARDS_CAMERA[self.stand])
        eye = self.distance_m * towards + [0.0, 0.0, self.lens_height_m]
        # Camera axes in the world: x to the picture's right, y down, z into the scene.
        level = np.stack([np.cross(-towards, [0.0, 0.0, 1.0]), [0.0, 0.0, -1.0], -towards])
        seen = (points - eye) @ level.T
        pan, tilt, roll = self._hand(np.asarray(t_s, dtype=float))
        seen = _turned(seen, tilt, axes=(1, 2))
        seen = _turned(seen, pan, axes=(2, 0))
        seen = _turned(seen, roll, axes=(0, 1))
        centre = np.array([self.width_px, self.height_px]) / 2.0
        return centre + self.focal_px * seen[..., :2] / seen[..., 2:]

    def _hand(self, t: Floats) -> tuple[Floats, Floats, Floats]:
        """Return pan, tilt and roll (T,) in radians."""
        wave = np.sqrt(2.0) * np.radians(self.sway_deg)
        pan, tilt, roll = (
            wave * np.sin(2 * np.pi * self.sway_hz * ratio * t + start)
            for ratio, start in ((1.0, 0.3), (1.37, 1.9), (0.71, 4.0))
        )
        return pan, tilt + np.radians(self.pitch_deg), roll + np.radians(self.roll_deg)


def _turn_about_z(angle: float) -> Floats:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])


def _turned(points: Floats, angle: Floats, axes: tuple[int, int]) -> Floats:
    """Turn (T, N, 3) points by (T,) angles in the plane of two axes, first towards second."""
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    first, second = points[..., axes[0]], points[..., axes[1]]
    out = points.copy()
    out[..., axes[0]] = cos * first - sin * second
    out[..., axes[1]] = sin * first + cos * second
    return out


def frame_times(
    fps: float,
    seconds: float,
    *,
    jitter_s: float = 0.0,
    drop_share: float = 0.0,
    seed: int = 0,
) -> Floats:
    """Return frame times from 0: even, or with jitter and dropped frames as phones write them."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(fps * seconds)) / fps
    t = t + rng.uniform(-0.5, 0.5, t.size) * min(jitter_s, 0.9 / fps)
    kept = rng.random(t.size) >= drop_share
    kept[[0, -1]] = True
    return t[kept] - t[0]


def film(runner: SyntheticRunner, camera: Camera, t_s: Floats) -> PoseTrack:
    """Return the exact pose track of a runner, every landmark seen."""
    t = np.asarray(t_s, dtype=float)
    xy = camera.project(runner.joints(t), t)
    return PoseTrack(
        t, xy, np.ones(xy.shape[:2]), camera.width_px, camera.height_px, convention="joints"
    )
