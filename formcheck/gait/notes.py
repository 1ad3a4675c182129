"""What a clip's quality asks to be said: frame rate, view, length, scale."""

from __future__ import annotations

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


def clip_notes(clip: Clip, gait: Gait, runner: Runner) -> tuple[QualityNote, ...]:
    """Return remarks on the clip, each with what to do about it."""
    notes = []
    if clip.frame_rate_hz < LOW_RATE_HZ:
        notes.append(
            QualityNote(
                "low_frame_rate",
                "warn",
                f"{clip.frame_rate_hz:.0f} frames a second are few: contact times and angles at "
                "landing are not shown.",
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
