"""Slow motion: what the container tells, and what a step rate no runner has suggests.

Two kinds of clip come out of a phone's slow-motion mode. One holds the captured frames at their
true times (240 frames a second of real time); whatever a gallery does with it, its times are right.
The other is stretched: 240 Hz frames stored to play at 30 Hz, so its clock is 8 times slow. Only
the second needs a factor. Android says so in the container (``com.android.capture.fps``); an
iPhone's exported slow motion says nothing, and only the runner's step rate gives it away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

_CAPTURE_KEY: Final = re.compile(r"capture[._-]?(fps|frame[._-]?rate)", re.IGNORECASE)
_NOMINAL_RATES: Final = (24.0, 25.0, 30.0, 48.0, 50.0, 60.0, 90.0, 100.0, 120.0, 240.0)
_CAPTURE_RATES: Final = (
    50.0,
    60.0,
    90.0,
    100.0,
    120.0,
    200.0,
    240.0,
    250.0,
    300.0,
    480.0,
    960.0,
    1000.0,
)
_NOMINAL_TOLERANCE: Final = 0.03  # phones' clocks drift; they stretch by the nominal ratio
_LEAST_FACTOR: Final = 1.2
_MOST_FACTOR: Final = 64.0

SLOWEST_RUN_SPM: Final = 120.0
"""Below this, running steps cannot be at true time (walking is about here; running is not)."""
RUNNING_SPM: Final = (140.0, 210.0)
_TYPICAL_SPM: Final = 170.0
_COMMON_FACTORS: Final = (2.0, 4.0, 8.0, 16.0, 32.0)
_TIE_SPM: Final = 3.0
_COMMON_BONUS_SPM: Final = 12.0
"""So much nearer to the typical step rate any other factor must come: about what runners differ by,
and phones capture at 120 or 240."""


def capture_factor(metadata: Mapping[str, str], frame_rate_hz: float) -> float:
    """Return capture rate over play rate from a container's metadata, 1.0 where it tells nothing.

    Parameters
    ----------
    metadata : mapping of str to str
        The container's and the stream's tags.
    frame_rate_hz : float
        Measured play rate; within 3 % of a usual rate it counts as that rate.
    """
    tags = [value for key, value in metadata.items() if _CAPTURE_KEY.search(key)]
    for tag in tags:
        try:
            factor = float(tag) / _nominal(frame_rate_hz)
        except ValueError:
            continue
        if _LEAST_FACTOR <= factor <= _MOST_FACTOR:
            return factor
    return 1.0


def _nominal(frame_rate_hz: float) -> float:
    nearest = min(_NOMINAL_RATES, key=lambda rate: abs(rate - frame_rate_hz))
    return nearest if abs(nearest / frame_rate_hz - 1) <= _NOMINAL_TOLERANCE else frame_rate_hz


def fitting_factors(
    play_step_rate_spm: float, frame_rate_hz: float | None = None
) -> tuple[float, ...]:
    """Return the slow-motion factors that make a runner's impossibly low step rate a usual one.

    Parameters
    ----------
    play_step_rate_spm : float
        Steps per minute on the clip's own clock, of somebody who is known to run (flight phases).
        From 120 up the clip is taken to be at true time.
    frame_rate_hz : float, optional
        The clip's play rate; with it, factors that are a camera's capture rate over it are tried
        beside the powers of two: 240 over 25 is 9.6.

    Returns
    -------
    tuple of float
        The factors that bring the step rate to 140 to 210 per minute, the likeliest first; empty
        where none does. At most one power of two can, since that range spans less than an octave.
        The one that comes nearest to 170 is likeliest, where a power of two may be a little farther
        off. It is a proposal to be reported, not a measurement: a factor of 9.6 read as 8 makes
        every time wrong by a fifth.
    """
    if not is_slowed(play_step_rate_spm):
        return ()
    play_hz = None if frame_rate_hz is None else _nominal(frame_rate_hz)
    ratios = () if play_hz is None else tuple(capture / play_hz for capture in _CAPTURE_RATES)
    tried = sorted({*_COMMON_FACTORS, *(ratio for ratio in ratios if ratio >= _LEAST_FACTOR)})
    fitting = [factor for factor in tried if _runs(factor * play_step_rate_spm)]
    return tuple(sorted(fitting, key=lambda factor: _off_spm(factor, play_step_rate_spm)))


def is_clear(play_step_rate_spm: float, factors: Sequence[float]) -> bool:
    """Return whether the first of the fitting factors is clearly the likeliest.

    Not where there is none, or where a step rate that is read one percent otherwise would put
    another first.
    """
    off = [_off_spm(factor, play_step_rate_spm) for factor in factors[:2]]
    return bool(off) and (len(off) == 1 or off[1] - off[0] > _TIE_SPM)


def _off_spm(factor: float, play_step_rate_spm: float) -> float:
    """Return how far from the typical step rate a factor comes; common ones are let go farther."""
    bonus = _COMMON_BONUS_SPM if factor in _COMMON_FACTORS else 0.0
    return abs(factor * play_step_rate_spm - _TYPICAL_SPM) - bonus


def is_slowed(play_step_rate_spm: float) -> bool:
    """Return whether a runner's step rate on the clip's clock is too low for true time."""
    return 0 < play_step_rate_spm < SLOWEST_RUN_SPM


def _runs(step_rate_spm: float) -> bool:
    return RUNNING_SPM[0] <= step_rate_spm <= RUNNING_SPM[1]
