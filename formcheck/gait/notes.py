"""What a clip's quality asks to be said: frame rate, view, length, scale."""

from __future__ import annotations

from formcheck.errors import NoRunnerError
from formcheck.gait.events import FAR_SD_S
from formcheck.types import Clip, Contact, Gait, QualityNote, Runner, View

LOW_RATE_HZ = 48.0
SHORT_S = 6.0
UNSURE_VIEW = 0.8


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


def clip_notes(clip: Clip, gait: Gait, runner: Runner) -> tuple[QualityNote, ...]:
    """Return remarks on the clip, each with what to do about it."""
    notes = []
    if clip.frame_rate_hz < LOW_RATE_HZ:
        shown = "less sure" if gait.calibration.landing_source == "shoe" else "not shown"
        notes.append(
            QualityNote(
                "low_frame_rate",
                "warn",
                f"{clip.frame_rate_hz:.0f} frames a second are few: contact times and angles at "
                f"landing are {shown}.",
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
