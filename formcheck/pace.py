"""How many times slower than life a clip plays, by the user, its file, and who runs in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from formcheck.gait.running import play_step_rate
from formcheck.types import PoseTrack, QualityNote
from formcheck.video import fitting_factors, is_clear, is_slowed

UNCLEAR: Final = "How many times slower than life the clip plays is not clear: give --slow-motion."


@dataclass(frozen=True, slots=True)
class Pace:
    """How many times slower than life a clip plays, what to say of it, and whether it is clear."""

    factor: float
    notes: tuple[QualityNote, ...] = ()
    clear: bool = True


def play_pace(
    track: PoseTrack, frame_rate_hz: float, hinted: float = 1.0, *, given: bool = False
) -> Pace:
    """Find the slow-motion factor by the user, the file, and the runner's step rate.

    Parameters
    ----------
    track : PoseTrack
        Raw landmarks on the clip's own clock.
    frame_rate_hz : float
        Of the file, as it plays.
    hinted : float
        The factor that the user or the file tells.
    given : bool
        Whether the user told it.
    """
    if given:
        return Pace(hinted)
    rate_spm = (play_step_rate(track) or 0.0) * hinted
    fitting = fitting_factors(rate_spm, frame_rate_hz * hinted)
    factor = hinted * next(iter(fitting), 1.0)
    if is_slowed(rate_spm):
        clear = is_clear(rate_spm, fitting)
        note = _slowed_note(rate_spm, [hinted * one for one in fitting], clear=clear)
        return Pace(factor, (note,), clear)
    if factor == 1.0:
        return Pace(1.0)
    note = QualityNote(
        "slow_motion",
        "info",
        f"Read as slow motion, {factor:g} times slower than life: its file says so.",
        "If that is wrong, give the factor with --slow-motion (1 for real time).",
    )
    return Pace(factor, (note,))


def _slowed_note(rate_spm: float, factors: list[float], *, clear: bool) -> QualityNote:
    """Say how slow motion was read that only the step rate shows; likeliest factor first."""
    shown = f"nobody runs at {rate_spm:.0f} steps a minute"
    if not factors:
        text = f"This is slow motion of an unknown factor: {shown}."
    else:
        text = f"Read as slow motion, {factors[0]:.3g} times slower than life: {shown}."
    if len(factors) > 1:
        others = " or ".join(f"{factor:.3g}" for factor in factors[1:])
        text += f" {others} times would fit as well, and every time and speed hangs on it."
    if not clear:
        text += " Times and rates are therefore no part of the results."
    return QualityNote(
        "slow_motion",
        "warn",
        text,
        "Give the factor with --slow-motion: the camera's frames a second over those of the file "
        "(1 for real time).",
    )
