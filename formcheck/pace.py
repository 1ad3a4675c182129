"""How many times slower than life a clip plays, by the user, its file, and who runs in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from formcheck.gait.running import play_step_rate
from formcheck.notes import note
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
        told = _slowed_note(rate_spm, [hinted * one for one in fitting], clear=clear)
        return Pace(factor, (told,), clear)
    if factor == 1.0:
        return Pace(1.0)
    return Pace(factor, (note("slow_motion", "by_file", factor=factor),))


def _slowed_note(rate_spm: float, factors: list[float], *, clear: bool) -> QualityNote:
    """Say how slow motion was read that only the step rate shows; likeliest factor first."""
    others = " or ".join(f"{factor:.3g}" for factor in factors[1:])
    return note(
        "slow_motion",
        None if factors else "unknown",
        also=[name for name, so in (("others", others), ("unclear", not clear)) if so],
        factor=factors[0] if factors else 1.0,
        rate_spm=rate_spm,
        others=others,
    )
