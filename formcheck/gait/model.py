"""From a pose track to a gait model: view, rhythm, repaired track, contacts, level and scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from formcheck.conventions import Convention, convention_of
from formcheck.gait.belt import BeltLine, fit_belt_line, followed
from formcheck.gait.body import drift, to_body, trunk_length
from formcheck.gait.camera import Camera, below_axis, belt_slope, feet_farther, find_camera
from formcheck.gait.events import find_contacts
from formcheck.gait.footage import clock_notes, footage_notes, refuse_backward, tells_fall
from formcheck.gait.gravity import gravity_scale, hip_rise
from formcheck.gait.landing import (
    Landed,
    agreeing,
    land,
    landed_sd_s,
    read_landings,
    shoe_belt_line,
    within,
)
from formcheck.gait.notes import convention_notes, far_leg_notes, landing_notes
from formcheck.gait.pelvis import FROM_BEHIND, read_pelvis
from formcheck.gait.rear_events import find_rear_contacts
from formcheck.gait.repeats import without_repeats
from formcheck.gait.running import (
    refuse_exercise,
    refuse_mixed_up,
    refuse_walking,
    running_rhythm,
)
from formcheck.gait.scale import USUAL_HEIGHT_M, calibrate, stature
from formcheck.gait.sides import sides_notes, sides_told
from formcheck.gait.standing import standing_of
from formcheck.gait.view import find_view
from formcheck.gait.whole import levelled, restored, sized, whole_body
from formcheck.gait.yaw import path_of_feet, sides_apart, yaw_notes
from formcheck.kernel import measure
from formcheck.landmarks import SIDES, Side, other
from formcheck.track.clean import clean, smooth
from formcheck.types import (
    Contact,
    Floats,
    Gait,
    Pelvis,
    PoseTrack,
    Posture,
    Runner,
    Scene,
    ShoePath,
    View,
    ViewKind,
    WaistPath,
)

SAME_PICTURE_S = 0.001


class Closeups(Protocol):
    """Looks closely at a clip's pictures, given the landmarks and when the feet land and leave."""

    def shoes(self, track: PoseTrack, contacts: Sequence[Contact]) -> Sequence[ShoePath]:
        """Follow the shoes of a runner seen from the side."""
        ...

    def waist(self, track: PoseTrack, contacts: Sequence[Contact]) -> WaistPath | None:
        """Follow the waist of a runner seen from behind."""
        ...


def build_gait(
    track: PoseTrack,
    runner: Runner,
    *,
    view: ViewKind | None = None,
    scene: Scene | Callable[[], Scene | None] | None = None,
    closeups: Closeups | None = None,
    posture: Posture | None = None,
) -> Gait:
    """Build the gait model of one clip.

    Parameters
    ----------
    track : PoseTrack
        Raw landmarks at true (slow-motion corrected) times.
    runner : Runner
        Height, belt speed and incline as far as known.
    view : {"side", "rear", "front"} or None
        The user's word; found automatically when None.
    scene : Scene or None, or a function that returns it
        What lines in the room say of the camera. A function is called when the feet have been
        looked at, so that the room can be looked at beside that.
    closeups : Closeups or None
        Close looks at the clip's pictures: from the side, landings are then read from the paths of
        the shoes, from behind the pelvis from the waist's.
    posture : Posture or None
        How the runner stood still, where that was seen.

    Raises
    ------
    NoRunnerError
        When nobody runs in the clip.
    """
    convention = convention_of(track.convention)
    raw_s = track.t_s
    track, repeats = without_repeats(track)
    found = find_view(track, view)
    track, part = (track, ()) if found.kind == "side" else whole_body(track)
    size = None if found.kind == "side" else sized(track)
    track = levelled(track, size)
    rhythm = running_rhythm(track, found)
    cleaned = clean(track, rhythm)
    refuse_mixed_up(cleaned.swapped)
    refuse_exercise(cleaned.track, found, rhythm)
    rhythm = running_rhythm(cleaned.track, found, rhythm.stride_hz)
    refuse_walking(cleaned.track, found, rhythm)
    slow = drift(cleaned.track, 1 / rhythm.stride_hz)
    still_px = cleaned.track.xy_px - slow[:, None]
    level_px = to_body(still_px, found)
    unit_px = trunk_length(level_px)
    refuse_backward(level_px, rhythm, found, unit_px)
    contacts = (
        find_contacts(track.t_s, level_px, rhythm, found, unit_px, convention.events)
        if found.kind == "side"
        else find_rear_contacts(
            track.t_s,
            level_px,
            rhythm,
            unit_px,
            convention.rear,
            from_front=found.kind == "front",
        )
    )
    if not _of_pictures(track.t_s, raw_s):
        closeups = None
    shoes: dict[Side, ShoePath] = {}
    landed: Mapping[Side, Landed] = {}
    if closeups is not None and found.near_side is not None:
        shoes = {path.side: path for path in closeups.shoes(cleaned.track, contacts)}
        contacts, landed = _landed(contacts, shoes, found, found.near_side, 1 / rhythm.stride_hz)
        contacts = within(contacts, track.t_s)
    lines = _belt_lines(track.t_s, level_px, contacts, found, shoes, convention)
    room = scene() if callable(scene) else scene
    below = below_axis(track, found)
    camera = _camera(track.t_s, still_px, contacts, found, runner, room, lines, below, convention)
    farther = feet_farther(below, room)
    calibration, notes = calibrate(
        found, runner, level_px, lines, camera, convention.stature, farther
    )
    gravity = gravity_scale(track.t_s, level_px, contacts, 1 / rhythm.stride_hz)
    scales = {**calibration.scale_candidates, "gravity": gravity}
    strides = float(np.ptp(track.t_s)) * rhythm.stride_hz
    clock = clock_notes(
        scales if tells_fall(track.network, strides) else {**scales, "gravity": None},
        USUAL_HEIGHT_M / stature(level_px, found.kind, _sides(found), convention.stature),
        hip_rise(track.t_s, level_px, 1 / rhythm.stride_hz),
        120 * rhythm.stride_hz,
        notes,
        found.kind,
    )
    unit = calibration.metres_per_px or 1.0
    body = to_body(still_px, found, calibration.roll_deg, unit)
    even = smooth(cleaned.track)
    shown = restored(even, size)
    by_shoe = found.near_side in landed
    looked_from_side = closeups is not None and found.kind == "side"
    told = found.kind == "side" or sides_told(track.t_s, body, contacts)
    shown_body = to_body(even.xy_px - slow[:, None], found, calibration.roll_deg, unit)
    return Gait(
        track=shown,
        view=found,
        calibration=replace(
            calibration,
            scale_candidates=scales,
            landing_source="shoe" if by_shoe else "landmarks",
        ),
        body_xy=body,
        measures=measure(shown_body),
        modelled=cleaned.modelled,
        contacts=contacts,
        stride_time_s=1 / rhythm.stride_hz,
        landed_sd_s=landed_sd_s(landed, convention.events["initial_contact"].sd_s),
        pelvis=None
        if closeups is None
        else _pelvis(closeups, restored(cleaned.track, size), contacts, found),
        standing=standing_of(posture, found, calibration.roll_deg),
        notes=(
            *convention_notes(convention),
            *repeats,
            *part,
            *cleaned.notes,
            *footage_notes(cleaned.track, level_px, rhythm, found, unit_px),
            *sides_notes(told=told),
            *clock,
            *yaw_notes(found, camera),
            *far_leg_notes(contacts, found),
            *(landing_notes(followed=by_shoe) if looked_from_side else ()),
        ),
        sides_told=told,
    )


def _sides(view: View) -> tuple[Side, ...]:
    """Return the sides of the body that a view shows whole."""
    return SIDES if view.near_side is None else (view.near_side,)


def _landed(
    contacts: tuple[Contact, ...],
    shoes: Mapping[Side, ShoePath],
    view: View,
    near: Side,
    stride_s: float,
) -> tuple[tuple[Contact, ...], Mapping[Side, Landed]]:
    """Return the contacts as the shoes tell them, and the landings of each shoe that tells any."""
    read = {side: read_landings(path, view) for side, path in shoes.items()}
    known = {side: landings for side, landings in read.items() if landings is not None}
    landed = agreeing(contacts, known, stride_s, near)
    return land(contacts, landed, stride_s, near), landed


def _of_pictures(t_s: Floats, raw_s: Floats) -> bool:
    """Tell whether every time is one at which the clip shows a picture.

    Where repeated pictures were left out, the times of the others may have been evened.
    """
    after = np.clip(np.searchsorted(raw_s, t_s), 1, raw_s.size - 1)
    off_s = np.minimum(np.abs(t_s - raw_s[after - 1]), np.abs(raw_s[after] - t_s))
    return bool(np.all(off_s < SAME_PICTURE_S))


def _pelvis(
    closeups: Closeups, track: PoseTrack, contacts: Sequence[Contact], view: View
) -> Pelvis | None:
    """Read the pelvis from close looks at the waist; None from the side, where it does not show."""
    if view.kind == "side":
        return None
    if view.kind == "front":
        return Pelvis({}, FROM_BEHIND)
    return read_pelvis(closeups.waist(track, contacts))


def _camera(
    t_s: Floats,
    still_px: Floats,
    contacts: tuple[Contact, ...],
    view: View,
    runner: Runner,
    room: Scene | None,
    lines: Sequence[BeltLine],
    below: tuple[float, float],
    convention: Convention,
) -> Camera:
    """Tell how the camera is turned, by the runner's two sides or feet, the belt and the room."""
    level_px = to_body(still_px, view)
    if view.near_side is not None:
        tall_px = stature(level_px, view.kind, (view.near_side,), convention.stature)
        body = sides_apart(level_px, view.near_side, tall_px, convention.yaw)
        slope = belt_slope(view, lines, runner.incline_pct, below, room)
        return find_camera(view, room, belt=slope, body=body)
    level = find_camera(view, room)
    tall_px = stature(level_px, view.kind, SIDES, convention.stature)
    metres = (runner.height_m or USUAL_HEIGHT_M) / tall_px
    body_m = to_body(still_px, view, level.roll_deg, metres)
    feet = path_of_feet(t_s, body_m, contacts, runner.belt_speed_mps)
    return find_camera(view, room, feet=feet)


def _belt_lines(
    t_s: Floats,
    body: Floats,
    contacts: tuple[Contact, ...],
    view: View,
    shoes: Mapping[Side, ShoePath],
    convention: Convention,
) -> list[BeltLine]:
    """Return the belt lines of the feet, near foot first (side views only)."""
    if view.kind != "side" or view.near_side is None:
        return []
    lines = []
    for side in (view.near_side, other(view.near_side)):
        line = shoe_belt_line(shoes[side], view) if side in shoes else None
        lines.append(line or fit_belt_line(t_s, body, contacts, side, convention.belt))
    return [line for line in lines if line is not None and followed(line)]
