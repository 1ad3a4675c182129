"""From a pose track to a gait model: view, rhythm, repaired track, contacts, level and scale."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from formcheck.errors import NoRunnerError
from formcheck.gait.belt import BeltLine, fit_belt_line
from formcheck.gait.body import drift, mid_hip, to_body, trunk_length
from formcheck.gait.events import find_contacts
from formcheck.gait.scale import calibrate
from formcheck.gait.view import find_view
from formcheck.kernel import measure
from formcheck.landmarks import Side, other
from formcheck.track.clean import clean, smooth
from formcheck.track.rhythm import Rhythm, find_rhythm
from formcheck.types import Contact, Floats, Gait, PoseTrack, Runner, View, ViewKind

SHORTEST_CLIP_S = 1.5
WEAKEST_RHYTHM = 0.55
SLOWEST_RUN_HZ, FASTEST_RUN_HZ = 1.05, 2.0


def build_gait(
    track: PoseTrack,
    runner: Runner,
    *,
    view: ViewKind | None = None,
    scene: tuple[float, float] | None = None,
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
    scene : (float, float) or None
        Camera roll and its standard uncertainty in degrees from lines in the room.

    Raises
    ------
    NoRunnerError
        When nobody runs in the clip.
    """
    found = find_view(track, view)
    rhythm = running_rhythm(track, found)
    cleaned = clean(track, rhythm)
    rhythm = running_rhythm(cleaned.track, found)
    slow = drift(cleaned.track, 1 / rhythm.stride_hz)
    level_px = to_body(cleaned.track.xy_px - slow[:, None], found)
    contacts = find_contacts(
        track.t_s, level_px, rhythm, view_kind=found.kind, unit=trunk_length(level_px)
    )
    _refuse_walking(track.t_s, level_px, contacts, found)
    lines = _belt_lines(track.t_s, level_px, contacts, found)
    calibration, notes = calibrate(found, runner, level_px, lines, scene)
    unit = calibration.metres_per_px or 1.0
    body = to_body(cleaned.track.xy_px - slow[:, None], found, calibration.roll_deg, unit)
    shown = smooth(cleaned.track)
    shown_body = to_body(shown.xy_px - slow[:, None], found, calibration.roll_deg, unit)
    return Gait(
        track=shown,
        view=found,
        calibration=calibration,
        body_xy=body,
        measures=measure(shown_body),
        modelled=cleaned.modelled,
        contacts=contacts,
        stride_time_s=1 / rhythm.stride_hz,
        notes=cleaned.notes + notes,
    )


def running_rhythm(track: PoseTrack, view: View) -> Rhythm:
    """Return the stride rhythm with phase zero at the left ankle's foremost (side) or lowest point.

    Raises
    ------
    NoRunnerError
        When the legs do not move periodically, or slower or faster than anybody runs.
    """
    oriented = to_body(track.xy_px, view)
    if view.kind != "side":
        oriented = oriented[..., ::-1] * [-1.0, 1.0]
    rhythm = find_rhythm(replace(track, xy_px=oriented))
    if rhythm is None or rhythm.strength < WEAKEST_RHYTHM:
        raise NoRunnerError(
            "No running was found in the clip: film one runner from the side or from behind, "
            "with the whole body in the picture for at least three seconds.",
            "no_running",
        )
    return rhythm


def _refuse_walking(
    t_s: Floats, body: Floats, contacts: tuple[Contact, ...], view: View
) -> None:
    """Walkers always have a foot down, and their hips are high when the leg passes under them."""
    durations = [c.toe_off_s - c.initial_contact_s for c in contacts]
    strides = np.diff([c.initial_contact_s for c in contacts if c.side == "left"])
    if np.isfinite(durations).sum() < 2 or np.isfinite(strides).sum() < 1:
        return
    duty = np.nanmedian(durations) / np.nanmedian(strides)
    height = mid_hip(body)[:, 1]
    middle = [(c.initial_contact_s + c.toe_off_s) / 2 for c in contacts]
    step_s = np.nanmedian(strides) / 2
    low = np.nanmean(np.interp(middle, t_s, height))
    high = np.nanmean(np.interp(np.array(middle) + step_s / 2, t_s, height))
    if duty > 0.5 or low > high:
        raise NoRunnerError(
            "The person in the clip walks: formcheck measures running, so film at a running speed.",
            "walking",
        )


def _belt_lines(
    t_s: Floats, body: Floats, contacts: tuple[Contact, ...], view: View
) -> list[BeltLine]:
    """Return the belt lines of the feet, near foot first (side views only)."""
    if view.kind != "side" or view.near_side is None:
        return []
    sides: tuple[Side, Side] = (view.near_side, other(view.near_side))
    lines = [fit_belt_line(t_s, body, contacts, side) for side in sides]
    return [line for line in lines if line is not None]
