"""The synthetic runner standing still side-on, and a clip that begins with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from formcheck.landmarks import N_LANDMARKS, SIDES, Landmark, index
from formcheck.types import Floats, PoseTrack
from tests.synthetic.camera import Camera, film
from tests.synthetic.runner import SyntheticRunner
from tests.synthetic.spec import Body


def standing_joints(body: Body, lean_deg: float) -> Floats:
    """Return (19, 3) joints of somebody who stands upright, legs straight, leaning by so much."""
    out = np.zeros((N_LANDMARKS, 3))
    ahead, up = np.sin(np.radians(lean_deg)), np.cos(np.radians(lean_deg))
    hip = body.thigh + body.shank + body.ankle_height
    shoulder = np.array([body.trunk * ahead, 0.0, hip + body.trunk * up])
    for side in SIDES:
        left = 1.0 if side == "left" else -1.0
        narrow, wide = [0.0, left * body.hip_half, 0.0], [0.0, left * body.shoulder_half, 0.0]
        heel = -body.ankle_ahead_of_heel
        places = {
            "hip": [0.0, 0.0, hip],
            "knee": [0.0, 0.0, body.shank + body.ankle_height],
            "ankle": [0.0, 0.0, body.ankle_height],
            "heel": [heel, 0.0, 0.0],
            "toe": [heel + body.foot, 0.0, 0.0],
        }
        for name, place in places.items():
            out[index(name, side)] = np.add(place, narrow)
        hang = shoulder + wide
        out[index("shoulder", side)] = hang
        out[index("elbow", side)] = np.subtract(hang, [0.0, 0.0, body.upper_arm])
        out[index("wrist", side)] = np.subtract(hang, [0.0, 0.0, body.upper_arm + body.forearm])
        out[index("ear", side)] = np.add(shoulder, [0.02, left * 0.07, 0.25])
    out[Landmark.NOSE] = np.add(shoulder, [0.12, 0.0, 0.25])
    return out


def stand(
    body: Body, camera: Camera, t_s: Floats, lean_deg: float, *, turned: bool = False
) -> PoseTrack:
    """Film somebody who stands, `turned` towards the camera instead of side-on."""
    joints = standing_joints(body, lean_deg)
    if turned:
        joints = joints[:, [1, 0, 2]] * [-1.0, 1.0, 1.0]
    points = np.repeat(joints[None], t_s.size, axis=0)
    points[..., 0] += 0.004 * np.sin(2 * np.pi * t_s / 2.7)[:, None]
    xy = camera.project(points, t_s)
    size = camera.width_px, camera.height_px
    return PoseTrack(t_s, xy, np.ones(xy.shape[:2]), *size, convention="joints")


def stand_then_run(
    runner: SyntheticRunner, camera: Camera, t_s: Floats, lean_deg: float, stands_s: float
) -> PoseTrack:
    """Film a runner who stands for a while, gets going within a second, and runs."""
    still = stand(runner.body, camera, t_s, lean_deg)
    run = film(runner, camera, t_s)
    share = np.clip(t_s - stands_s, 0.0, 1.0)[:, None, None]
    return replace(run, xy_px=(1 - share) * still.xy_px + share * run.xy_px)
