"""The runner as the overlay sees them: level points, what was hidden, where the ground is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from formcheck.annotate.geometry import sample, turned
from formcheck.landmarks import SIDES, Landmark, Side, index
from formcheck.types import Contact, Floats, Gait, View

_HEAD: Final = (Landmark.NOSE, Landmark.LEFT_EAR, Landmark.RIGHT_EAR)


@dataclass(frozen=True, eq=False)
class Figure:
    """A runner's points, level with gravity, in pixels of the picture that is drawn on.

    Attributes
    ----------
    t_s : (T,) float
        Frame times.
    xy : (T, K, 2) float
        Landmarks turned so that gravity is straight down; NaN where unknown.
    hidden : (T, K) bool
        Points that were filled in, not seen.
    view : View
        Where the camera stands.
    contacts : tuple of Contact
        Ground contacts of both feet.
    roll_deg : float
        Clockwise turn from level points to the picture.
    stride_s : float
        Time of a stride.
    """

    t_s: Floats
    xy: Floats
    hidden: NDArray[np.bool_]
    view: View
    contacts: tuple[Contact, ...]
    roll_deg: float
    stride_s: float

    @property
    def forward(self) -> Literal[-1, 1]:
        """+1 when the runner runs to the right of the picture, else -1."""
        return -1 if self.view.facing == "left" else 1

    def point(self, name: str, side: Side) -> Floats:
        """Return a sided landmark's course (T, 2)."""
        return self.xy[:, index(name, side)]

    def middle(self, name: str) -> Floats:
        """Return the course (T, 2) of the middle between the left and right landmark."""
        return 0.5 * (self.point(name, "left") + self.point(name, "right"))

    def seen(self, *points: int) -> NDArray[np.bool_]:
        """Return (T,) whether all of these landmarks were seen rather than filled in."""
        return np.asarray(~self.hidden[:, list(points)].any(axis=1))

    @cached_property
    def mid_hip(self) -> Floats:
        """Middle of the hips (T, 2)."""
        return self.middle("hip")

    @cached_property
    def mid_shoulder(self) -> Floats:
        """Middle of the shoulders (T, 2)."""
        return self.middle("shoulder")

    @cached_property
    def trunk_px(self) -> float:
        """Usual distance from mid-hip to mid-shoulder; 0 when never seen."""
        return _usual(np.hypot(*(self.mid_shoulder - self.mid_hip).T))

    @cached_property
    def height_px(self) -> float:
        """Usual extent of the runner from head to lower foot; 0 when never seen."""
        low, high = extent(self.xy)
        return _usual(high[:, 1] - low[:, 1])

    @cached_property
    def ground_y(self) -> Floats:
        """Level height (T,) of the ground under the feet that count; NaN when no foot was seen.

        Side view: under the near foot. It may change over time where the camera or runner moves.
        """
        times, heights = self._landings()
        if times.size:
            return np.interp(self.t_s, times, heights)
        _, high = extent(self.xy)
        return np.full(self.t_s.shape, _usual(high[:, 1], 0.95))

    def _landings(self) -> tuple[Floats, Floats]:
        sides = (self.view.near_side,) if self.view.near_side else SIDES
        times = np.array([middle_of(c, self.stride_s) for c in self.contacts if c.side in sides])
        feet = [index(name, side) for name in ("ankle", "heel", "toe") for side in sides]
        lowest = np.fmax.reduce(self.xy[:, feet, 1], axis=1)
        heights = sample(self.t_s, lowest, times)
        known = np.isfinite(heights)
        return times[known], heights[known]


def figure_of(gait: Gait, scale: float = 1.0, offset_px: tuple[float, float] = (0, 0)) -> Figure:
    """Return the figure of a clip, in pixels of the picture cropped at `offset_px`, then scaled."""
    picture = (gait.track.xy_px - np.array(offset_px)) * scale
    roll_deg = gait.calibration.roll_deg
    return Figure(
        t_s=gait.track.t_s,
        xy=turned(picture, -roll_deg),
        hidden=gait.modelled,
        view=gait.view,
        contacts=gait.contacts,
        roll_deg=roll_deg,
        stride_s=gait.stride_time_s if np.isfinite(gait.stride_time_s) else 0.7,
    )


def middle_of(contact: Contact, stride_s: float) -> float:
    """Return the time half way through a contact; NaN where it cannot be told.

    Without a toe-off, contact is taken to last 0.35 of a stride.
    """
    if np.isfinite(contact.toe_off_s):
        return 0.5 * (contact.initial_contact_s + contact.toe_off_s)
    return contact.initial_contact_s + 0.175 * stride_s


def extent(xy: Floats) -> tuple[Floats, Floats]:
    """Return the smallest and largest coordinates (T, 2) of each frame's points (T, K, 2)."""
    return np.fmin.reduce(xy, axis=1), np.fmax.reduce(xy, axis=1)


def _usual(values: Floats, quantile: float = 0.5) -> float:
    known = values[np.isfinite(values)]
    return float(np.quantile(known, quantile)) if known.size else 0.0


def head_points(xy: Floats) -> Floats:
    """Return nose and ears (T, 3, 2) of landmarks (T, K, 2)."""
    return xy[:, list(_HEAD)]
