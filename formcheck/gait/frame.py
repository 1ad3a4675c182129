"""Where the camera stands and how large a pixel is: what brings the body into metres and level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from formcheck.conventions import Convention
from formcheck.gait.belt import BeltLine, fit_belt_line, followed
from formcheck.gait.body import to_body
from formcheck.gait.camera import (
    Camera,
    Evidence,
    below_axis,
    belt_slope,
    feet_farther,
    find_camera,
)
from formcheck.gait.elevation import by_body, by_room, elevation, elevation_notes
from formcheck.gait.feet import Feet
from formcheck.gait.footage import clock_notes, tells_fall
from formcheck.gait.gravity import gravity_scale, hip_rise
from formcheck.gait.run import Run
from formcheck.gait.scale import USUAL_HEIGHT_M, calibrate, stature
from formcheck.gait.shoe_path import shoe_belt_line
from formcheck.gait.yaw import path_of_feet, sides_apart, yaw_notes
from formcheck.landmarks import SIDES, Side, other
from formcheck.types import Calibration, QualityNote, Runner, Scene, View


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The frame in which the body is measured.

    Attributes
    ----------
    calibration : Calibration
        Camera and scale with their uncertainties.
    clock_notes : tuple of QualityNote
        Where height, belt, fall and the clip's clock contradict each other.
    place_notes : tuple of QualityNote
        Where the camera stands off its place or height.
    """

    calibration: Calibration
    clock_notes: tuple[QualityNote, ...]
    place_notes: tuple[QualityNote, ...]


def find_frame(
    run: Run, feet: Feet, runner: Runner, room: Scene | None, convention: Convention
) -> Frame:
    """Find camera and scale by the belt, the runner's body and fall, and the room.

    Parameters
    ----------
    run, feet : Run, Feet
        The runner and the contacts.
    runner : Runner
        Height, belt speed and incline as far as known.
    room : Scene or None
        What lines in the room say of the camera.
    convention : Convention
        How lengths of landmarks stand to the body.
    """
    view, level_px, shares = run.view, run.level_px, convention.stature
    lines = _belt_lines(run, feet, convention)
    tall_px = stature(level_px, view.kind, _sides(view), shares)
    below = below_axis(run.cleaned.track, view)
    camera = _camera(run, feet, runner, room, lines, below, tall_px, convention)
    farther = feet_farther(below, room)
    calibration, notes = calibrate(view, runner, level_px, lines, camera, shares, farther)
    gravity = gravity_scale(run.t_s, level_px, feet.contacts, run.stride_s)
    scales = {**calibration.scale_candidates, "gravity": gravity}
    told = tells_fall(run.cleaned.track.network, float(np.ptp(run.t_s)) / run.stride_s)
    clock = clock_notes(
        scales if told else {**scales, "gravity": None},
        USUAL_HEIGHT_M / tall_px,
        hip_rise(run.t_s, level_px, run.stride_s),
        120 / run.stride_s,
        notes,
        view.kind,
    )
    high_deg, high_sd_deg = elevation(_high_by_body(run, convention), by_room(below[1], room))
    known = replace(
        calibration,
        scale_candidates=scales,
        landing_source="shoe" if feet.by_shoe else "landmarks",
        elevation_deg=high_deg,
        elevation_sd_deg=high_sd_deg,
    )
    return Frame(known, clock, (*yaw_notes(view, camera), *elevation_notes(known)))


def _high_by_body(run: Run, convention: Convention) -> Evidence | None:
    """Return the camera's height by the runner's two sides; None where both are as near."""
    near = run.view.near_side
    if near is None:
        return None
    return by_body(run.level_px, near, run.unit_px, convention.elevation)


def _sides(view: View) -> tuple[Side, ...]:
    """Return the sides of the body that a view shows whole."""
    return SIDES if view.near_side is None else (view.near_side,)


def _camera(
    run: Run,
    feet: Feet,
    runner: Runner,
    room: Scene | None,
    lines: Sequence[BeltLine],
    below: tuple[float, float],
    tall_px: float,
    convention: Convention,
) -> Camera:
    """Return how the camera is turned, by the runner's two sides or feet, the belt and the room."""
    view = run.view
    if view.near_side is not None:
        body = sides_apart(run.level_px, view.near_side, tall_px, convention.yaw)
        slope = belt_slope(view, lines, runner.incline_pct, below, room)
        return find_camera(view, room, belt=slope, body=body)
    level = find_camera(view, room)
    metres = (runner.height_m or USUAL_HEIGHT_M) / tall_px
    body_m = to_body(run.still_px, view, level.roll_deg, metres)
    path = path_of_feet(run.t_s, body_m, feet.contacts, runner.belt_speed_mps)
    return find_camera(view, room, feet=path)


def _belt_lines(run: Run, feet: Feet, convention: Convention) -> list[BeltLine]:
    """Return the belt lines of the feet, near foot first (side views only)."""
    near = run.view.near_side
    if run.view.kind != "side" or near is None:
        return []
    lines = []
    for side in (near, other(near)):
        line = shoe_belt_line(feet.shoes[side], run.view) if side in feet.shoes else None
        lines.append(
            line or fit_belt_line(run.t_s, run.level_px, feet.contacts, side, convention.belt)
        )
    return [line for line in lines if line is not None and followed(line)]
