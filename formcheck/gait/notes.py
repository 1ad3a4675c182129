"""What a clip's quality asks to be said: frame rate, view, length, scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from formcheck.conventions import Convention
from formcheck.errors import NoRunnerError
from formcheck.gait.events import FAR_SD_S
from formcheck.landmarks import Landmark, index
from formcheck.notes import note, refusal
from formcheck.types import Clip, Contact, Gait, PoseTrack, QualityNote, Runner, View

LOW_RATE_HZ = 48.0
# Below this no metric is shown.
LEAST_RATE_HZ = 24.0
# A clip tagged 23.976, 29.97 or 59.94 counts as 24, 30 or 60.
LEAST_RATE_SHARE = 0.97
SHORT_S = 6.0
UNSURE_VIEW = 0.8
# The shoe reaches beyond heel and toe, and a network keeps the points of a foot that is cut off at
# the side inside the picture: nearer to that edge than this share of the foot's length, the shoe is
# not whole. At the median landing of the one real clip with toes cut off they are 0.4 away, of 90
# clips with whole feet, most of them rendered, 1.1 and more.
EDGE_FOOT_SHARE = 0.5
EDGE_LANDINGS = 0.25


# Nose and ears together above the edge: in 3 % of the frames at most of 45 real and rendered clips,
# in 67 and 36 % where a crop cuts off the head or all above the hips.
HEAD_OUT_SHARE = 0.3


def far_leg_notes(contacts: tuple[Contact, ...], view: View) -> tuple[QualityNote, ...]:
    """Say where the far foot's events were taken from the near foot half a stride earlier."""
    far = [c for c in contacts if view.near_side is not None and c.side != view.near_side]
    guessed = [c for c in far if max(c.initial_contact_sd_s, c.toe_off_sd_s) >= FAR_SD_S]
    if not guessed:
        return ()
    return (note("far_leg_modelled"),)


def landing_notes(*, followed: bool) -> tuple[QualityNote, ...]:
    """Say that landings of a side view come from landmarks though the pictures were looked at.

    Parameters
    ----------
    followed : bool
        Whether the near shoe was followed.
    """
    if followed:
        return ()
    return (note("landing_by_landmarks"),)


def edge_notes(gait: Gait, earlier: tuple[QualityNote, ...]) -> tuple[QualityNote, ...]:
    """Say that the near foot lands at the picture's left or right edge, where it is cut off.

    Parameters
    ----------
    gait : Gait
        The clip's gait model.
    earlier : tuple of QualityNote
        What the pose stage said; nothing is added where it told of feet cut off.
    """
    cut = landings_at_edge(gait)
    if _feet_cut_off(earlier) or not cut.size or cut.mean() < EDGE_LANDINGS:
        return ()
    return (note("feet_at_edge", cut=cut.sum(), landings=cut.size),)


def landings_at_edge(gait: Gait) -> NDArray[np.bool_]:
    """Return (N,) at which near-foot landings of a side view a side edge cuts the shoe."""
    track, near = gait.track, gait.view.near_side
    landed_s = np.array([c.initial_contact_s for c in gait.contacts if c.side == near])
    landed_s = landed_s[np.isfinite(landed_s)]
    if near is None or not landed_s.size:
        return np.zeros(0, bool)
    foot = track.xy_px[:, [index("heel", near), index("toe", near)]]
    margin_px = EDGE_FOOT_SHARE * np.nanmedian(np.linalg.norm(foot[:, 1] - foot[:, 0], axis=1))
    x_px = foot[np.abs(track.t_s[:, None] - landed_s).argmin(axis=0), :, 0]
    beyond = (x_px < margin_px) | (x_px > track.width_px - margin_px)
    return np.asarray(beyond.any(axis=1))


def cut_off_notes(gait: Gait, earlier: tuple[QualityNote, ...]) -> tuple[QualityNote, ...]:
    """Say that a view which is not from the side is a guess where the feet are cut off.

    Parameters
    ----------
    gait : Gait
        The clip's gait model.
    earlier : tuple of QualityNote
        What the pose stage said.
    """
    if gait.view.kind == "side" or gait.view.given or not _feet_cut_off(earlier):
        return ()
    return (note("view_guessed", view=gait.view.kind),)


def cut_off_error(
    error: NoRunnerError, earlier: tuple[QualityNote, ...], track: PoseTrack
) -> NoRunnerError:
    """Return the error that says why no running was found: a part of the body is not in sight."""
    if _feet_cut_off(earlier):
        return refusal("feet_cut_off", "refused")
    return refusal("head_cut_off", "refused") if head_cut_off(track) else error


def head_cut_off(track: PoseTrack) -> bool:
    """Return whether the head is above the picture's upper edge in many frames."""
    head_px = track.xy_px[:, [Landmark.NOSE, Landmark.LEFT_EAR, Landmark.RIGHT_EAR], 1].mean(axis=1)
    known = head_px[np.isfinite(head_px)]
    return bool(known.size and np.mean(known < 0) >= HEAD_OUT_SHARE)


def head_notes(track: PoseTrack) -> tuple[QualityNote, ...]:
    """Say that the head is cut off, where it is."""
    return (note("head_cut_off"),) if head_cut_off(track) else ()


def _feet_cut_off(notes: tuple[QualityNote, ...]) -> bool:
    return any(note.code == "feet_cut_off" for note in notes)


def convention_notes(convention: Convention) -> tuple[QualityNote, ...]:
    """Say where nobody has measured how the landmarks lie beside the joints."""
    if convention.known:
        return ()
    return (note("unknown_convention", name=convention.name),)


def clip_notes(clip: Clip, gait: Gait, runner: Runner) -> tuple[QualityNote, ...]:
    """Return remarks on the clip, each with what to do about it."""
    notes = []
    if clip.frame_rate_hz < LOW_RATE_HZ:
        few = clip.frame_rate_hz < LEAST_RATE_SHARE * LEAST_RATE_HZ
        form = "too_few" if few else None if gait.view.kind == "side" else "rear"
        notes.append(
            note("low_frame_rate", form, rate_hz=clip.frame_rate_hz, least_hz=LEAST_RATE_HZ)
        )
    if clip.to_s - clip.from_s < SHORT_S:
        notes.append(note("short_clip", seconds=clip.to_s - clip.from_s))
    if clip.variable_frame_rate:
        notes.append(note("variable_frame_rate"))
    if gait.view.confidence < UNSURE_VIEW:
        notes.append(note("oblique_view", view=gait.view.kind))
    if gait.calibration.metres_per_px is None:
        notes.append(note("no_scale"))
    if gait.view.kind == "side" and runner.belt_speed_mps is None and runner.height_m is not None:
        notes.append(note("no_belt_speed"))
    return tuple(notes)
