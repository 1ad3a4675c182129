"""Does the person run? Rhythm of the legs, and where the trunk is when a leg passes under it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from formcheck.errors import FormcheckError
from formcheck.gait.body import to_body, trunk_length
from formcheck.gait.footage import rules
from formcheck.gait.view import find_view
from formcheck.gait.whole import levelled, sized, whole_body
from formcheck.landmarks import Landmark, mid_hip, mid_shoulder
from formcheck.notes import refusal
from formcheck.track.local import local_fit
from formcheck.track.rhythm import Rhythm, find_rhythm, locked_phase
from formcheck.types import Floats, PoseTrack, View

WEAKEST_RHYTHM = 0.55
# Bounce of a runner, lowest to highest, in trunk lengths; walkers stay below.
LEAST_BOUNCE = 0.1
FASTEST_WALK_SPM = 145.0
# By how much, in trunk lengths, a walker's trunk is lower with the legs apart than when they pass:
# 0.07 to 0.09 in walkers filmed from the side; a runner's is higher by 0.06 and more.
LEAST_WALK = 0.03
# Rise and fall of the trunk with the steps, in trunk lengths. Runners at their true rhythm show
# 0.06 and more, rendered ones 0.09; at a wrong rhythm little of the bounce is left.
LEAST_STEP_BOUNCE = 0.05
# Share of frames with the legs mixed up. With the true rhythm it is at most 0.28 in real clips and
# 0.18 in rendered ones; a wrong one turned 0.4 to its liking.
MOST_MIXED_UP = 1 / 3


def running_rhythm(track: PoseTrack, view: View, about_hz: float | None = None) -> Rhythm:
    """Return the stride rhythm; what phase zero is depends on the view.

    From the side it is where the left ankle is farthest ahead of the right one. From behind,
    where the feet's paths depend on the camera's height, it is the trunk's lowest point over the
    left leg. `about_hz` is a stride frequency that was found before and stays.

    Raises
    ------
    NoRunnerError
        When the legs do not move periodically.
    """
    body = to_body(track.xy_px, view)
    rhythm = find_rhythm(replace(track, xy_px=body), about_hz)
    if rhythm is None or rhythm.strength < WEAKEST_RHYTHM:
        raise refusal("no_running")
    return (
        rhythm if view.kind == "side" else replace(rhythm, phase=_stance_phase(body, track, rhythm))
    )


def _stance_phase(body: Floats, track: PoseTrack, rhythm: Rhythm) -> Floats:
    """Return the stride phase that is zero at the trunk's lowest point over the left leg."""
    bounce = trunk_bounce(body, track, rhythm)
    phase = locked_phase(rhythm.phase, track.t_s, -bounce, rhythm.stride_hz)
    left_over_right = body[:, Landmark.LEFT_ANKLE, 1] - body[:, Landmark.RIGHT_ANKLE, 1]
    over_left = np.nanmean(left_over_right * np.cos(phase)) < 0
    return np.asarray(phase if over_left else phase + np.pi)


def trunk_bounce(body: Floats, track: PoseTrack, rhythm: Rhythm) -> Floats:
    """Return (T,) height of the trunk (hips and shoulders) without what is slower than a step."""
    height = (mid_hip(body)[:, 1] + mid_shoulder(body)[:, 1]) / 2
    half_s = 0.75 / rhythm.stride_hz
    slow = local_fit(track.t_s, track.t_s, height[:, None], half_s, order=1)[0][:, 0]
    return np.asarray(height - slow)


def refuse_walking(track: PoseTrack, view: View, rhythm: Rhythm) -> None:
    """Raise NoRunnerError for a person who walks; holds at any speed of play.

    From the side, a runner's trunk is lowest when the legs pass each other and highest when they
    are far apart, a walker's the other way round. From behind a walker is told by the small
    bounce at a walking step rate. A trunk that hardly moves with the steps of this rhythm tells
    that the rhythm is not that of the legs, or that nobody runs.
    """
    body = to_body(track.xy_px, view)
    bounce = trunk_bounce(body, track, rhythm) / trunk_length(body)
    seen = np.isfinite(bounce)
    with_steps = 4 * complex(np.mean(bounce[seen] * np.exp(-2j * rhythm.phase[seen])))
    if view.kind == "side":
        walks = with_steps.real < -LEAST_WALK
    else:
        rise = 2 * np.sqrt(2) * float(np.std(bounce[seen]))
        walks = rise <= LEAST_BOUNCE and 120 * rhythm.stride_hz <= FASTEST_WALK_SPM
    if walks:
        raise refusal("walking")
    if abs(with_steps) < LEAST_STEP_BOUNCE:
        raise refusal("rhythm_unsure")


def refuse_exercise(track: PoseTrack, view: View, rhythm: Rhythm) -> None:
    """Raise NoRunnerError where the legs move in a rhythm that is not that of running.

    A runner lifts one ankle, then the other; from the side the feet go far forward and back, from
    behind and in front the knees stay nearly level; and nobody bounces as one who jumps does.

    Parameters
    ----------
    track : PoseTrack
        Landmarks in pixels; they need no repair.
    view : View
        Where the camera stands.
    rhythm : Rhythm
        Of the strides, as far as there are any.
    """
    rule = rules()["exercise"]
    body = to_body(track.xy_px, view)
    body = body / trunk_length(body)
    ankles = body[:, Landmark.LEFT_ANKLE] - body[:, Landmark.RIGHT_ANKLE]
    knees = body[:, Landmark.LEFT_KNEE] - body[:, Landmark.RIGHT_KNEE]
    bounce = trunk_bounce(body, track, rhythm)
    ankle_lift, knee_lift = (swing(points[:, 1], rhythm.phase) for points in (ankles, knees))
    # From the side knees tell nothing.
    over_ankle = rule[f"{view.kind}_knee_over_ankle"] if view.kind != "side" else np.inf
    if ankle_lift < rule["least_ankle_lift"]:
        what = "Both legs move alike, as in jumping jacks or squats"
    elif view.kind == "side" and swing(ankles[:, 0], rhythm.phase) < rule["least_reach"]:
        what = "The feet stay under the body, as in exercise on the spot"
    elif knee_lift > max(rule["most_knee_lift"], over_ankle * ankle_lift):
        what = "The knees rise and fall far, as in lunges or high knees on the spot"
    elif swing(bounce, 2 * rhythm.phase) > rule["most_bounce"]:
        what = "The body rises and falls further than a runner's does, as in jumping"
    else:
        return
    raise refusal("not_running", what=what)


def swing(values: Floats, phase: Floats) -> float:
    """Return the amplitude of the wave with which values go along with a phase, in most turns.

    Each turn is looked at for itself, so that a part played backward changes nothing; values that
    are NaN are left out.
    """
    seen = np.isfinite(values)
    wave = (values[seen] - values[seen].mean()) * np.exp(-1j * phase[seen])
    turn = np.floor((phase[seen] - phase[0]) / (2 * np.pi))
    return float(2 * np.median([np.abs(wave[turn == one].mean()) for one in np.unique(turn)]))


def refuse_mixed_up(swapped: NDArray[np.bool_]) -> None:
    """Raise NoRunnerError where legs had to be exchanged so often that the rhythm is a guess.

    Parameters
    ----------
    swapped : (T,) bool
        Frames in which left and right were exchanged.
    """
    if swapped.mean() >= MOST_MIXED_UP:
        raise refusal("legs_mixed_up", swapped=swapped.sum(), frames=swapped.size)


def play_step_rate(track: PoseTrack) -> float | None:
    """Return a runner's steps per minute on the track's own clock, None when nobody runs."""
    view = find_view(track)
    if view.kind != "side":
        track, _ = whole_body(track)
        track = levelled(track, sized(track))
    try:
        rhythm = running_rhythm(track, view)
        refuse_exercise(track, view, rhythm)
        refuse_walking(track, view, rhythm)
    except FormcheckError:
        return None
    return 120 * rhythm.stride_hz
