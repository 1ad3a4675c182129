"""From a pose track to a gait model: the runner, the contacts, the body's frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from formcheck.conventions import convention_of
from formcheck.gait.body import to_body
from formcheck.gait.elevation import off_level_deg
from formcheck.gait.feet import find_feet
from formcheck.gait.footage import SQUEEZED, footage_notes, refuse_backward
from formcheck.gait.frame import find_frame
from formcheck.gait.notes import convention_notes, far_leg_notes, head_notes, landing_notes
from formcheck.gait.pelvis import FROM_BEHIND, read_pelvis
from formcheck.gait.run import Run, find_run
from formcheck.gait.sides import sides_notes, sides_told
from formcheck.gait.standing import standing_of
from formcheck.gait.whole import restored
from formcheck.gait.yaw import looks_narrow
from formcheck.kernel import measure
from formcheck.landmarks import Side
from formcheck.track.clean import smooth
from formcheck.types import (
    Calibration,
    Contact,
    Floats,
    Gait,
    Pelvis,
    PoseTrack,
    Posture,
    QualityNote,
    Runner,
    Scene,
    ShoePath,
    ToePath,
    ViewKind,
    WaistPath,
)

SAME_PICTURE_S = 0.001
# From so far above or below a body looks shorter than it is wide.
LOOKS_SHORT_DEG = 15.0


class Closeups(Protocol):
    """Looks closely at a clip's pictures, given the landmarks and when the feet land and leave."""

    def shoes(self, track: PoseTrack, contacts: Sequence[Contact]) -> Sequence[ShoePath]:
        """Follow the shoes of a runner seen from the side."""
        ...

    def toes(self, track: PoseTrack, contacts: Sequence[Contact], side: Side) -> ToePath | None:
        """Follow the toes of the near foot of a runner seen from the side."""
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
    run = find_run(track, view)
    if not _of_pictures(run.t_s, track.t_s):
        closeups = None
    feet = find_feet(run, convention, closeups)
    room = scene() if callable(scene) else scene
    frame = find_frame(run, feet, runner, room, convention)
    if run.view.kind != "side":
        high = frame.calibration.elevation_deg, frame.calibration.elevation_sd_deg
        refuse_backward(run.level_px, run.rhythm, run.view, run.unit_px, high)
    roll_deg, unit = frame.calibration.roll_deg, frame.calibration.metres_per_px or 1.0
    body = to_body(run.still_px, run.view, roll_deg, unit)
    even = smooth(run.cleaned.track)
    shown_body = to_body(even.xy_px - run.slow_px[:, None], run.view, roll_deg, unit)
    from_side = run.view.kind == "side"
    told = from_side or sides_told(run.t_s, body, feet.contacts)
    return Gait(
        track=restored(even, run.size),
        view=run.view,
        calibration=frame.calibration,
        body_xy=body,
        measures=measure(shown_body),
        modelled=run.cleaned.modelled,
        contacts=feet.contacts,
        stride_time_s=run.stride_s,
        landed_sd_s=feet.landed_sd_s,
        left_sd_s=feet.left_sd_s,
        pelvis=None if closeups is None else _pelvis(closeups, run, feet.contacts),
        standing=standing_of(posture, run.view, roll_deg),
        notes=(
            *convention_notes(convention),
            *run.notes,
            *run.cleaned.notes,
            *_of_footage(run, frame.calibration),
            *sides_notes(told=told),
            *head_notes(track),
            *frame.clock_notes,
            *frame.place_notes,
            *far_leg_notes(feet.contacts, run.view),
            *(landing_notes(followed=feet.by_shoe) if closeups and from_side else ()),
        ),
        sides_told=told,
    )


def _of_footage(run: Run, calibration: Calibration) -> tuple[QualityNote, ...]:
    """Return what the runner's movement tells of the footage, but what the camera's place explains.

    From aside or from far above a body looks squeezed.
    """
    notes = footage_notes(run.cleaned.track, run.level_px, run.rhythm, run.view, run.unit_px)
    placed = looks_narrow(run.view, calibration) or off_level_deg(calibration) >= LOOKS_SHORT_DEG
    return tuple(one for one in notes if not (placed and one.code == SQUEEZED))


def _of_pictures(t_s: Floats, raw_s: Floats) -> bool:
    """Return whether every time is one at which the clip shows a picture.

    Where repeated pictures were left out, the times of the others may have been evened.
    """
    after = np.clip(np.searchsorted(raw_s, t_s), 1, raw_s.size - 1)
    off_s = np.minimum(np.abs(t_s - raw_s[after - 1]), np.abs(raw_s[after] - t_s))
    return bool(np.all(off_s < SAME_PICTURE_S))


def _pelvis(closeups: Closeups, run: Run, contacts: Sequence[Contact]) -> Pelvis | None:
    """Read the pelvis from close looks at the waist; None from the side, where it does not show."""
    if run.view.kind == "side":
        return None
    if run.view.kind == "front":
        return Pelvis({}, FROM_BEHIND)
    return read_pelvis(closeups.waist(restored(run.cleaned.track, run.size), contacts))
