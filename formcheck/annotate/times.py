"""Which frame of the track is the one that the file shows at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formcheck.types import Analysis, Floats


@dataclass(frozen=True, slots=True, eq=False)
class TrackTimes:
    """When the frames of a track are presented in the file, before any correction.

    Attributes
    ----------
    played_s : (T,) float
        Times on the file's own clock, increasing.
    step_s : float
        Usual time between frames; a thirtieth of a second for a single one.
    """

    played_s: Floats
    step_s: float

    @property
    def span_s(self) -> tuple[float, float]:
        """From half a frame before the first to half a frame after the last."""
        half_s = 0.5 * self.step_s
        return max(0.0, float(self.played_s[0]) - half_s), float(self.played_s[-1]) + half_s

    def nearest(self, t_s: float) -> int:
        """Return the frame of the track whose time is nearest."""
        return int(np.argmin(np.abs(self.played_s - t_s)))

    def at(self, t_s: float) -> int | None:
        """Return the frame of the track that is presented at a time; None if the track lacks it."""
        index = self.nearest(t_s)
        return index if abs(self.played_s[index] - t_s) <= 0.5 * self.step_s else None


def track_times(analysis: Analysis) -> TrackTimes:
    """Return when the frames of an analysis are presented in its file."""
    played_s = analysis.gait.track.t_s * analysis.clip.slow_motion_factor
    step_s = float(np.median(np.diff(played_s))) if played_s.size > 1 else 1 / 30
    return TrackTimes(played_s, step_s)
