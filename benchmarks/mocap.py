"""Real treadmill running from motion capture, filmed by virtual phones.

Usage: ``python -m benchmarks.mocap FOLDER``

FOLDER holds C3D trials of two public data sets (CC BY 4.0):

* Fukuchi, Fukuchi and Duarte 2017, PeerJ 5:e3298: `RBDS001runT35.c3d` with `RBDS001static.c3d`,
  markers at 150 Hz and the treadmill's forces at 300 Hz. Contacts are the instants at which the
  vertical force crosses 50 N; every other truth follows from them and from the markers.
* Ferber et al. 2024, Scientific Data: `*_run.c3d` with `*_static.c3d`, markers only: step rate and
  bounce.

* Hamner and Delp 2013, J Biomech 46: 780-787, subject 4, where `hamner_subject04` is there: markers
  of the whole body at 100 Hz and each foot's force, three strides at three speeds, looped.

What is invented (in the first two trunk, head and arms, in the last the head) is not scored. Knees
of the last are known from the side only. The picture's noise is that of a pose network on 720
lines.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from benchmarks.clips import EVERY_VIEW, ORIGINAL, REAR_VIEW, SIDE_VIEW, Truth
from benchmarks.joints import rear_joints, side_joints
from benchmarks.mocap_data import Recorded, load_ferber, load_fukuchi, load_hamner
from benchmarks.scoring import event_errors, event_table, metric_rows, metric_table
from formcheck.errors import FormcheckError
from formcheck.landmarks import SIDES, Landmark, Side
from formcheck.metrics.mass import centre_of_mass
from formcheck.pipeline import measure_track
from formcheck.types import Floats, PoseTrack, Runner
from tests.synthetic import Camera, metrics, with_noise

WINDOW_S = 8.0
NOISE_PX = 2.0
STANDS: tuple[Literal["left", "right", "rear"], ...] = ("left", "right", "rear")
RATES_HZ = (30.0, 60.0, 120.0)
ROLLS_DEG = (0.0, 3.0)
UPPER_BODY = ("trunk", "arm", "elbow", "landing_heel_com")
HEAD = ("head",)


def _truth(runner: Recorded, start_s: float, near: Side | None, fps: float) -> Truth:
    """Return the truth of a window that begins at `start_s`, times from there."""
    end_s = start_s + WINDOW_S
    c = runner.contacts
    inside = (c.start_s >= start_s) & (c.end_s <= end_s)
    events = {
        side: {
            "initial_contact_s": c.start_s[inside & (c.is_left == (side == "left"))] - start_s,
            "toe_off_s": c.end_s[inside & (c.is_left == (side == "left"))] - start_s,
        }
        for side in SIDES
    }
    scored = (*EVERY_VIEW, *(SIDE_VIEW if near else (*REAR_VIEW, "step_width_cm")), "stride_time_s")
    invented = HEAD if runner.upper_body else (*UPPER_BODY, *HEAD)
    if inside.any():
        known = metrics(runner, near or "left", start_s, end_s)
        more = _by_joints(runner, near, start_s, end_s, known["step_time_s"])
        known, scored = known | more, (*scored, *more)
    else:
        known = _rhythm(runner, start_s, end_s)
    return Truth(
        name=f"{runner.name} {start_s:g} s",
        kind=ORIGINAL,
        view="side" if near else "rear",
        near_side=near,
        fps=fps,
        duration_s=WINDOW_S,
        runner=Runner(belt_speed_mps=runner.speed_mps),
        metrics={
            key: value
            for key, value in known.items()
            if key.startswith(scored) and not key.startswith(invented)
        },
        events=events,
    )


def _by_joints(
    runner: Recorded, near: Side | None, start_s: float, end_s: float, step_s: float
) -> dict[str, float]:
    """Return what clinics chart, from the joints, and how the feet differ."""
    t = np.arange(start_s, end_s, 0.002)
    joints = runner.joints(t)
    places = {point.name.lower(): joints[:, point] for point in Landmark}
    for name in ("hip", "shoulder"):
        places[f"mid_{name}"] = (places[f"left_{name}"] + places[f"right_{name}"]) / 2.0
    mass = centre_of_mass(joints[..., [0, 2]])
    places["com"] = np.stack([mass[:, 0], np.zeros(t.size), mass[:, 1]], axis=-1)
    c, events = runner.contacts, {}
    for side in SIDES:
        own = c.is_left == (side == "left")
        events[side] = {"initial_contact": c.start_s[own], "toe_off": c.end_s[own]}
    doc = {"frame_times": t, "joints3d": places, "events": events}
    found = side_joints(doc, near) if near is not None else rear_joints(doc)
    inside = (c.start_s >= start_s) & (c.end_s <= end_s)
    lasted = c.end_s - c.start_s
    left, right = (float(lasted[inside & (c.is_left == own)].mean()) for own in (True, False))
    metres = runner.speed_mps * step_s
    return found | {
        "step_length_m": metres,
        "step_length_pct_leg": 100.0 * metres / runner.leg_m,
        "contact_time_difference_pct": 200.0 * (left - right) / (left + right),
        "step_time_difference_pct": _step_difference(c.start_s[inside], c.is_left[inside]),
    }


def _step_difference(start_s: Floats, is_left: NDArray[np.bool_]) -> float:
    """Return by how much steps onto the left foot are longer, in per cent of their mean."""
    step_s = np.diff(start_s)
    left, right = (float(step_s[is_left[1:] == own].mean()) for own in (True, False))
    return 200.0 * (left - right) / (left + right)


def _rhythm(runner: Recorded, start_s: float, end_s: float) -> dict[str, float]:
    """Return step rate and bounce from the rise and fall of the hips alone."""
    t = np.arange(start_s, end_s, 0.002)
    joints = runner.joints(t)
    height = (joints[:, Landmark.LEFT_HIP, 2] + joints[:, Landmark.RIGHT_HIP, 2]) / 2.0
    low = find_peaks(-height, distance=int(0.2 / 0.002), prominence=0.02)[0]
    rises = [np.ptp(height[a:b]) for a, b in pairwise(low)]
    step = float((t[low[-1]] - t[low[0]]) / (low.size - 1))
    return {
        "cadence_spm": 60.0 / step,
        "step_time_s": step,
        "vertical_oscillation_cm": 100.0 * float(np.mean(rises)),
    }


# ---------------------------------------------------------------------------------------- main


def film(runner: Recorded, camera: Camera, start_s: float, fps: float, seed: int) -> PoseTrack:
    """Return the noisy pose track of a window."""
    t = np.arange(int(WINDOW_S * fps)) / fps
    xy = camera.project(runner.joints(start_s + t), t)
    track = PoseTrack(
        t,
        xy,
        np.full(xy.shape[:2], 0.9),
        camera.width_px,
        camera.height_px,
        convention="motion_capture",
    )
    return with_noise(track, white_px=NOISE_PX, seed=seed)


def cases(runner: Recorded, rates_hz: Sequence[float]) -> Iterator[tuple[Truth, PoseTrack]]:
    """Yield every window seen by every phone, with its truth."""
    starts = np.arange(0.5, runner.t_s[-1] - WINDOW_S, WINDOW_S + 0.5)
    settings = product(starts, STANDS, rates_hz, ROLLS_DEG)
    for seed, (start, stand, fps, roll) in enumerate(settings):
        near = stand if stand != "rear" else None
        truth = _truth(runner, float(start), near, fps)
        camera = Camera(stand, roll_deg=roll)
        yield (
            replace(truth, name=f"{truth.name} {stand} roll {roll:g}"),
            film(runner, camera, float(start), fps, seed),
        )


def main() -> None:
    """Measure every case and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rates", type=float, nargs="*", default=RATES_HZ, help="frames a second")
    args = parser.parse_args()
    rows, events, failures = [], [], []
    whole = load_hamner(args.folder / "hamner_subject04")
    for runner in (load_fukuchi(args.folder), *load_ferber(args.folder), *whole):
        for truth, track in cases(runner, args.rates):
            try:
                gait, measured = measure_track(track, truth.runner)
            except FormcheckError as error:
                failures.append(f"- {truth.name}, {truth.fps:g} frames/s: {error}")
                continue
            rows += metric_rows(truth, measured)
            if runner.contacts.start_s.size:
                events += event_errors(truth, gait.contacts)
    for view, fps in product(("side", "rear"), args.rates):
        print(f"## {view}, {fps:g} frames/s\n")
        print("\n".join(metric_table(row for row in rows if (row.view, row.fps) == (view, fps))))
        print()
    print("## Contacts and toe-offs against the force\n")
    print("\n".join([*event_table(events), "", *failures]))


if __name__ == "__main__":
    main()
