"""Frame times from container time stamps: repair, rate, regularity. Pure functions on arrays."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import numpy as np

from formcheck.types import Floats

_COMMON_RATES: Final = (
    *(Fraction(rate * 1000, 1001) for rate in (24, 30, 48, 60, 120, 240)),
    *(Fraction(rate) for rate in (10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 90, 100, 120, 200, 240)),
    *(Fraction(rate) for rate in (480, 960)),
)
_SNAP: Final = 2.5e-4  # 30 and 30000/1001 lie 1e-3 apart
_IRREGULAR: Final = 0.10
_VARIABLE_SHARE: Final = 0.05


def median_interval(times_s: Floats) -> float:
    """Return the median time between frames in seconds; NaN for fewer than two frames."""
    steps = np.diff(times_s)
    steps = steps[steps > 0]
    return float(np.median(steps)) if steps.size else float("nan")


def repaired(raw_s: Floats, fallback_step_s: float) -> tuple[Floats, int]:
    """Return strictly increasing times and how many had to be made up.

    Parameters
    ----------
    raw_s : (N,) float
        Presentation times in display order (sorted); NaN where the container gives none, which
        sorting leaves at the end.
    fallback_step_s : float
        Frame interval to use when the times themselves give none.

    Notes
    -----
    A time that does not come after its predecessor is spread evenly up to the next good one, but
    never wider than the median interval.
    """
    step = median_interval(raw_s[np.isfinite(raw_s)])
    step = step if np.isfinite(step) else fallback_step_s
    good = np.isfinite(raw_s)
    good[1:] &= np.r_[np.diff(raw_s) > step * 1e-3]
    times = raw_s.copy()
    good_at = np.flatnonzero(good)
    for i in np.flatnonzero(~good):
        if i == 0:
            times[0] = 0.0
            continue
        later = good_at[np.searchsorted(good_at, i) :]
        room = (times[later[0]] - times[i - 1]) / (later[0] - i + 1) if later.size else step
        times[i] = times[i - 1] + min(step, room)
    return times, int((~good).sum())


def frame_rate(times_s: Floats, tick_s: float) -> float:
    """Return the frame rate in Hz from the usual presentation interval.

    Intervals near the median are averaged, which undoes the rounding to container ticks (a
    millisecond in Matroska), and a result within 0.025 % of a common rate is that rate exactly.
    """
    step = median_interval(times_s)
    if not np.isfinite(step):
        return float("nan")
    steps = np.diff(times_s)
    usual = steps[np.abs(steps - step) <= max(1.5 * tick_s, 0.02 * step)]
    rate = 1 / float(usual.mean())
    nearest = min(_COMMON_RATES, key=lambda common: abs(float(common) / rate - 1))
    return float(nearest) if abs(float(nearest) / rate - 1) <= _SNAP else rate


def is_variable(times_s: Floats, tick_s: float) -> bool:
    """Tell whether more than one interval in twenty is off the median by over a tenth of it."""
    steps = np.diff(times_s)
    if not steps.size:
        return False
    step = float(np.median(steps))
    off = np.abs(steps - step) > max(1.5 * tick_s, _IRREGULAR * step)
    return bool(off.mean() > _VARIABLE_SHARE)


def missing_frames(times_s: Floats) -> int:
    """Return how many frames the gaps of an otherwise regular clip have swallowed."""
    steps = np.diff(times_s)
    if not steps.size:
        return 0
    lost = np.round(steps / np.median(steps)) - 1
    return int(lost[lost > 0].sum())
