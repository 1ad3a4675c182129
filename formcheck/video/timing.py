"""Frame times from container time stamps: repair, rate, regularity. Pure functions on arrays."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import numpy as np

from formcheck.types import Floats

_WHOLE_RATES: Final = (10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 90, 100, 120, 200, 240, 480, 960)
_COMMON_RATES: Final = (
    *(Fraction(rate) for rate in _WHOLE_RATES),
    *(Fraction(rate * 1000, 1001) for rate in (24, 30, 48, 60, 120, 240)),
)
_SNAP: Final = 2.5e-4  # 30 and 30000/1001 lie 1e-3 apart
_USUAL: Final = 0.02
_IRREGULAR: Final = 0.10
_VARIABLE_SHARE: Final = 0.05


def median_interval(times_s: Floats) -> float:
    """Return the (lower) median of the positive intervals in seconds; NaN if there is none."""
    steps = np.diff(times_s)
    steps = steps[steps > 0]
    return float(np.quantile(steps, 0.5, method="lower")) if steps.size else float("nan")


def repaired(raw_s: Floats, fallback_step_s: float) -> tuple[Floats, int]:
    """Return strictly increasing times and how many had to be made up.

    Parameters
    ----------
    raw_s : (N,) float
        Presentation times in ascending order, N at least 1; a frame without a time of its own
        repeats the time before it.
    fallback_step_s : float
        Frame interval to assume where all times are one.

    Returns
    -------
    times_s : (N,) float
        Frames of one time are spread evenly up to the next time, but no wider apart than the
        median interval.
    made_up : int
        How many times are not the container's own.
    """
    usual_s = median_interval(raw_s)
    usual_s = usual_s if np.isfinite(usual_s) else fallback_step_s
    firsts = np.flatnonzero(np.append(True, np.diff(raw_s) > 0))
    sizes = np.diff(np.append(firsts, raw_s.size))
    room_s = np.diff(np.append(raw_s[firsts], np.inf))
    spacing_s = np.repeat(np.minimum(room_s / sizes, usual_s), sizes)
    place = np.arange(raw_s.size) - np.repeat(firsts, sizes)
    return raw_s + place * spacing_s, int(raw_s.size - firsts.size)


def frame_rate(times_s: Floats, tick_s: float) -> float:
    """Return the frame rate in Hz of the usual presentation interval; NaN for a single frame.

    Intervals near the median are averaged, which undoes the rounding to container ticks (a
    millisecond in Matroska). A result within 0.025 % of a common rate is that rate exactly, so
    29.97 is 30000/1001.
    """
    step = median_interval(times_s)
    if not np.isfinite(step):
        return float("nan")
    steps = np.diff(times_s)
    usual = steps[np.abs(steps - step) <= max(1.5 * tick_s, _USUAL * step)]
    rate = 1 / float(usual.mean())
    nearest = min(map(float, _COMMON_RATES), key=lambda common: abs(common - rate))
    return nearest if abs(nearest / rate - 1) <= _SNAP else rate


def is_variable(times_s: Floats, tick_s: float) -> bool:
    """Return whether more than one interval in twenty is off the median by over a tenth of it."""
    step = median_interval(times_s)
    off = np.abs(np.diff(times_s) - step) > max(1.5 * tick_s, _IRREGULAR * step)
    return bool(np.count_nonzero(off) > _VARIABLE_SHARE * off.size)


def missing_frames(times_s: Floats) -> int:
    """Return how many frames of the median interval the gaps between frames could hold."""
    lost = np.round(np.diff(times_s) / median_interval(times_s)) - 1
    return int(lost[lost > 0].sum())
