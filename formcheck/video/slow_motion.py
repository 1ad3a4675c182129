"""Slow motion: what the container tells, and what a step rate no runner has suggests.

Two kinds of clip come out of a phone's slow-motion mode. One holds the captured frames at their
true times (240 frames a second of real time); whatever a gallery does with it, its times are right.
The other is stretched: 240 Hz frames stored to play at 30 Hz, so its clock is 8 times slow. Only
the second needs a factor. Android says so in the container (``com.android.capture.fps``); an
iPhone's exported slow motion says nothing, and only the runner's step rate gives it away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from formcheck.video.info import ClipInfo

_CAPTURE_KEY: Final = re.compile(r"capture[._-]?(fps|frame[._-]?rate)", re.IGNORECASE)
_NOMINAL_RATES: Final = (24.0, 25.0, 30.0, 48.0, 50.0, 60.0, 90.0, 100.0, 120.0, 240.0)
_CAPTURE_RATES: Final = (50.0, 60.0, 90.0, 100.0, 120.0, 240.0, 480.0, 960.0)
_NOMINAL_TOLERANCE: Final = 0.03  # phones' clocks drift; they stretch by the nominal ratio
_LEAST_FACTOR: Final = 1.2
_MOST_FACTOR: Final = 64.0

SLOWEST_RUN_SPM: Final = 120.0
"""Below this, running steps cannot be at true time (walking is about here; running is not)."""
RUNNING_SPM: Final = (140.0, 210.0)
_TYPICAL_SPM: Final = 170.0
_COMMON_FACTORS: Final = (2.0, 4.0, 8.0, 16.0, 32.0)


def slow_motion_factor(info: ClipInfo) -> float:
    """Return how many times slower than life a clip plays by its container; 1.0 if unsaid.

    True times are the clip's times divided by this, the true frame rate is the clip's multiplied.
    """
    return info.slow_motion_hint


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


def snap_slow_motion(play_step_rate_spm: float, frame_rate_hz: float | None = None) -> float:
    """Propose the slow-motion factor of a runner whose step rate is impossibly low.

    Parameters
    ----------
    play_step_rate_spm : float
        Steps per minute on the clip's own clock, of somebody who is known to run (flight phases).
        From 120 up the clip is taken to be at true time.
    frame_rate_hz : float, optional
        The clip's play rate; with it, factors that are a camera's capture rate over it are tried
        after the powers of two: 240 over 25 is 9.6.

    Returns
    -------
    float
        The factor that brings the step rate to 140 to 210 per minute; 1.0 if none does. At most
        one power of two can, since that range spans less than an octave. Of other factors, the one
        that comes nearest to 170. It is a proposal to be reported, not a measurement: a factor of
        9.6 read as 8 makes every time wrong by a fifth.
    """
    if not 0 < play_step_rate_spm < SLOWEST_RUN_SPM:
        return 1.0
    ratios = () if frame_rate_hz is None else tuple(c / frame_rate_hz for c in _CAPTURE_RATES)
    for factors in (_COMMON_FACTORS, ratios):
        fitting = [f for f in factors if f >= _LEAST_FACTOR and _runs(f * play_step_rate_spm)]
        if fitting:
            return min(fitting, key=lambda f: abs(f * play_step_rate_spm - _TYPICAL_SPM))
    return 1.0


def _runs(step_rate_spm: float) -> bool:
    return RUNNING_SPM[0] <= step_rate_spm <= RUNNING_SPM[1]
