"""From the regions of the first pass to a smooth region for every frame.

Only the region is smoothed, so that the crop does not jump with every error of the fast network;
landmarks never are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formcheck.types import Floats

SMOOTHING_S = 0.15
REACH = 4
"""Looks to either side that a smoothed region rests on."""

_LONGEST_GAP_S = 0.6
_AT_ENDS_S = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class RegionPath:
    """Where a person is over time.

    Attributes
    ----------
    t_s : (N,) float
        Times of the looks, increasing.
    regions : (N, 4) float
        Smoothed regions, the turn without jumps by whole circles.
    """

    t_s: Floats
    regions: Floats

    def at(self, t_s: float) -> Floats | None:
        """Return the region at a time, or None where the person was not seen around then."""
        after = int(np.searchsorted(self.t_s, t_s))
        if 0 < after < len(self.t_s):
            start_s, end_s = self.t_s[after - 1 : after + 1]
            if end_s - start_s <= _LONGEST_GAP_S:
                share = (t_s - start_s) / (end_s - start_s)
                here: Floats = (1 - share) * self.regions[after - 1] + share * self.regions[after]
                return here
        nearest = int(np.abs(self.t_s - t_s).argmin())
        close = abs(t_s - self.t_s[nearest]) <= _AT_ENDS_S
        return self.regions[nearest] if close else None


def smooth_path(t_s: Floats, regions: Floats, width_s: float = SMOOTHING_S) -> RegionPath:
    """Smooth regions over time.

    Parameters
    ----------
    t_s : (N,) float
    regions : (N, 4) float
    width_s : float
        Standard deviation of the weights.

    Notes
    -----
    At each look a straight line is fitted to its neighbours with Gaussian weights, so steady motion
    through the picture is followed without lag, also at the ends. Neighbours beyond a gap that is
    not bridged count nothing.
    """
    steady = regions.copy()
    steady[:, 3] = np.unwrap(regions[:, 3])
    part = np.cumsum(np.diff(t_s, prepend=t_s[0]) > _LONGEST_GAP_S)
    smooth = np.empty_like(steady)
    for i, now in enumerate(t_s):
        near = slice(max(i - REACH, 0), i + REACH + 1)
        weight = np.exp(-0.5 * ((t_s[near] - now) / width_s) ** 2) * (part[near] == part[i])
        smooth[i] = _line_at(t_s[near] - now, steady[near], weight)
    return RegionPath(t_s, smooth)


def _line_at(x: Floats, y: Floats, weight: Floats) -> Floats:
    """Return the value at 0 of the weighted straight line through points, for each column of y."""
    total = weight.sum()
    middle = (weight @ x) / total
    spread = weight @ (x - middle) ** 2
    mean = (weight @ y) / total
    slope = (weight * (x - middle)) @ y / spread if spread > 1e-9 else np.zeros_like(mean)
    return mean - slope * middle  # type: ignore[no-any-return]
