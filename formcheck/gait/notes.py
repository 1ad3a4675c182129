"""What a clip's quality asks to be said: frame rate, view, length, scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from formcheck.conventions import Convention
from formcheck.errors import NoRunnerError
from formcheck.gait.events import FAR_SD_S
from formcheck.landmarks import index
from formcheck.types import Clip, Contact, Gait, QualityNote, Runner, View

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


def far_leg_notes(contacts: tuple[Contact, ...], view: View) -> tuple[QualityNote, ...]:
    """Say where the far foot's events were taken from the near foot half a stride earlier."""
    far = [c for c in contacts if view.near_side is not None and c.side != view.near_side]
    guessed = [c for c in far if max(c.initial_contact_sd_s, c.toe_off_sd_s) >= FAR_SD_S]
    if not guessed:
        return ()
    return (
        QualityNote(
            "far_leg_modelled",
            "info",
            "The far leg was hidden at its landing or leaving: its times are those of the near "
            "leg, half a stride later.",
            "Film from the other side for that leg.",
        ),
    )


def landing_notes(*, followed: bool) -> tuple[QualityNote, ...]:
    """Say that landings of a side view come from landmarks though the pictures were looked at.

    Parameters
    ----------
    followed : bool
        Whether the near shoe was followed.
    """
    if followed:
        return ()
    return (
        QualityNote(
            "landing_by_landmarks",
            "info",
            "The near shoe could not be followed by its own pixels, so contact times and numbers "
            "at landing come from the body points and are less sure.",
            "Film sharp and in bright light, with the whole shoe in the picture at every landing.",
        ),
    )


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
    return (
        QualityNote(
            "feet_at_edge",
            "warn",
            f"The near foot is at the picture's edge in {cut.sum()} of {cut.size} landings, so "
            "part of it is cut off and landings are guessed.",
            "Move the camera back, or the runner to the middle of the picture.",
        ),
    )


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
    return (
        QualityNote(
            "view_guessed",
            "warn",
            f"The feet are cut off, and by the rest this is a {gait.view.kind} view, which may be "
            "wrong.",
            "Film with the feet in the picture, or give the view.",
        ),
    )


def cut_off_error(error: NoRunnerError, earlier: tuple[QualityNote, ...]) -> NoRunnerError:
    """Return the error that says why no running was found: the legs are not in the picture."""
    if not _feet_cut_off(earlier):
        return error
    return NoRunnerError(
        "The legs are cut off by the picture's edge, so no running can be made out: film with the "
        "whole body and the feet in the picture.",
        "feet_cut_off",
    )


def _feet_cut_off(notes: tuple[QualityNote, ...]) -> bool:
    return any(note.code == "feet_cut_off" for note in notes)


def convention_notes(convention: Convention) -> tuple[QualityNote, ...]:
    """Say where nobody has measured how the landmarks lie beside the joints."""
    if convention.known:
        return ()
    return (
        QualityNote(
            "unknown_convention",
            "warn",
            f"How the points of {convention.name} lie beside a body's joints was never measured: "
            "intervals are wide.",
            "Measure with heavy for narrower ones, or name the convention that the points follow.",
        ),
    )


def clip_notes(clip: Clip, gait: Gait, runner: Runner) -> tuple[QualityNote, ...]:
    """Return remarks on the clip, each with what to do about it."""
    notes = []
    if clip.frame_rate_hz < LOW_RATE_HZ:
        rate = f"{clip.frame_rate_hz:.0f} frames a second are"
        enough = clip.frame_rate_hz >= LEAST_RATE_SHARE * LEAST_RATE_HZ
        notes.append(
            QualityNote(
                "low_frame_rate",
                "warn",
                f"{rate} few: contact times and angles at landing are less sure."
                if enough
                else f"{rate} too few: nothing is shown below {LEAST_RATE_HZ:.0f}.",
                "Film at 60 frames a second, better 120.",
            )
        )
    if clip.to_s - clip.from_s < SHORT_S:
        notes.append(
            QualityNote(
                "short_clip",
                "info",
                f"Only {clip.to_s - clip.from_s:.1f} s were measured, so intervals are wide.",
                "Ten seconds give about thirteen strides.",
            )
        )
    if clip.variable_frame_rate:
        notes.append(
            QualityNote(
                "variable_frame_rate",
                "info",
                "The frame rate varies; every frame was taken at its own time.",
            )
        )
    if gait.view.confidence < UNSURE_VIEW:
        notes.append(
            QualityNote(
                "oblique_view",
                "warn",
                f"The camera looks neither quite from the side nor from behind; read as "
                f"{gait.view.kind} view.",
                "Place the camera square to the belt, at hip height; or give the view.",
            )
        )
    if gait.calibration.metres_per_px is None:
        notes.append(
            QualityNote(
                "no_scale",
                "info",
                "Without the runner's height or the belt speed there are no centimetres.",
                "Give the height (--height 1.76) and the belt speed (--speed 10km/h).",
            )
        )
    if gait.view.kind == "side" and runner.belt_speed_mps is None and runner.height_m is not None:
        notes.append(
            QualityNote(
                "no_belt_speed",
                "info",
                "The scale rests on the runner's height alone.",
                "The belt speed makes centimetres more certain.",
            )
        )
    return tuple(notes)
