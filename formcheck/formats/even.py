"""Even sampling: many programs of the field know a rate, not a time for every frame."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.interpolate import CubicSpline

from formcheck.errors import UsageError
from formcheck.types import Floats

TOLERANCE: Final = 0.05
LONGEST_GAP_S: Final = 0.1
FULL_TURN_DEG: Final = 360.0


def even_rate_hz(t_s: Floats) -> tuple[float, bool]:
    """Return the rate of frames and whether they come evenly.

    Even means that no frame is off an even grid from the first to the last by more than a twentieth
    of its step. The rate of uneven frames is the usual one: one over the median step.

    Raises
    ------
    UsageError
        There are fewer than two frames.
    """
    if t_s.size < 2:
        raise UsageError("A single frame is no motion: analyse a longer clip.")
    grid = np.linspace(t_s[0], t_s[-1], t_s.size)
    step_s = float(grid[1] - grid[0])
    if np.max(np.abs(t_s - grid)) <= TOLERANCE * step_s:
        return 1.0 / step_s, True
    return 1.0 / float(np.median(np.diff(t_s))), False


class Resampler:
    """Brings columns from true frame times to even ones by cubic splines.

    A spline never crosses a missing value, nor frames more than a tenth of a second apart.

    Parameters
    ----------
    t_s : (T,) float
        Frame times.
    rate_hz : float or None
        The even rate; None leaves everything as it is.

    Attributes
    ----------
    t_s : (N,) float
        The times of the result, from the first frame on.
    """

    def __init__(self, t_s: Floats, rate_hz: float | None) -> None:
        self._from_s = t_s
        self._still = rate_hz is None
        self.t_s = t_s
        if rate_hz is not None:
            count = int(np.floor((t_s[-1] - t_s[0]) * rate_hz + 1e-6)) + 1
            self.t_s = t_s[0] + np.arange(count) / rate_hz

    def __call__(self, values: Floats) -> Floats:
        """Return (N, C) values at the even times of (T, C) values; NaN where unknown."""
        if self._still:
            return values
        return np.stack([self._column(column) for column in values.T], axis=1)

    def angle(self, values_deg: Floats) -> Floats:
        """Return (N,) angles of (T,) angles, which may pass over half a turn."""
        if self._still:
            return values_deg
        known = np.isfinite(values_deg)
        steady = values_deg.copy()
        steady[known] = np.unwrap(values_deg[known], period=FULL_TURN_DEG)
        half = FULL_TURN_DEG / 2
        return (self._column(steady) + half) % FULL_TURN_DEG - half

    def _column(self, values: Floats) -> Floats:
        result = np.full(self.t_s.size, np.nan)
        for run in _runs(self._from_s, values):
            start, stop = self._from_s[run[0]] - 1e-9, self._from_s[run[-1]] + 1e-9
            inside = (self.t_s >= start) & (self.t_s <= stop)
            if run.size > 1:
                result[inside] = CubicSpline(self._from_s[run], values[run])(self.t_s[inside])
            else:
                result[inside] = values[run[0]]
        return result


def _runs(t_s: Floats, values: Floats) -> list[np.ndarray]:
    """Return the indices of known values, split where one is missing or time leaps."""
    known = np.flatnonzero(np.isfinite(values))
    if known.size == 0:
        return []
    apart = (np.diff(known) > 1) | (np.diff(t_s[known]) > LONGEST_GAP_S)
    return np.split(known, np.flatnonzero(apart) + 1)
