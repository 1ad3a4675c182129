"""What every metric reads: per-frame measures, events by foot, and stride phase of one clip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formcheck.kernel import MEASURES, measure
from formcheck.landmarks import SIDES, Side, index
from formcheck.types import Floats, Gait

FEWEST_SHOES = 4


@dataclass(frozen=True, slots=True, eq=False)
class Strides:
    """One clip's gait, laid out for measuring.

    Attributes
    ----------
    gait : Gait
        The gait model.
    rows : (M, T) float
        Measures of the repaired, unsmoothed body-frame points.
    frame_rate_hz : float
        True frame rate, from the median frame interval.
    initial_contact_s, toe_off_s : dict of (N,) float
        Initial contacts and toe-offs of each foot; a contact without a toe-off is NaN there.
    foot_deg : dict of (N,) float
        Angle of the sole against the belt at each initial contact by the shoe's pixels, NaN where
        it was not followed.
    phase : (T,) float
        Stride phase in strides, whole numbers at the left foot's contacts; NaN outside the clip's
        first and last contact.
    """

    gait: Gait
    rows: Floats
    frame_rate_hz: float
    initial_contact_s: dict[Side, Floats]
    toe_off_s: dict[Side, Floats]
    foot_deg: dict[Side, Floats]
    phase: Floats

    def row(self, name: str) -> Floats:
        """Return (T,) one measure by its kernel name."""
        return np.asarray(self.rows[MEASURES.index(name)])

    @property
    def t_s(self) -> Floats:
        """Frame times."""
        return self.gait.track.t_s

    @property
    def near(self) -> Side:
        """The side next to the camera (left where the view has none)."""
        return self.gait.view.near_side or "left"

    def part_of_contact(self, side: Side, part: float) -> Floats:
        """Return (N,) times at a share of each contact of a foot."""
        return self.initial_contact_s[side] + part * (
            self.toe_off_s[side] - self.initial_contact_s[side]
        )

    def by_shoe(self, side: Side) -> bool:
        """Return whether a foot's landings were read from its shoe's own pixels."""
        return int(np.isfinite(self.foot_deg[side]).sum()) >= FEWEST_SHOES

    def seen(self, name: str, side: Side) -> float:
        """Return the share of frames in which a point was truly seen."""
        return float(1 - self.gait.modelled[:, index(name, side)].mean())


def strides_of(gait: Gait) -> Strides:
    """Lay a gait model out for measuring."""
    t_s = gait.track.t_s
    landed, left, foot_deg = {}, {}, {}
    for side in SIDES:
        own = [c for c in gait.contacts if c.side == side and np.isfinite(c.initial_contact_s)]
        landed[side] = np.array([c.initial_contact_s for c in own])
        left[side] = np.array([c.toe_off_s for c in own])
        foot_deg[side] = np.array([c.foot_deg for c in own])
    rate_hz = 1 / float(np.median(np.diff(t_s)))
    phase = _phase(t_s, landed["left"], landed["right"], gait.stride_time_s)
    return Strides(gait, measure(gait.body_xy), rate_hz, landed, left, foot_deg, phase)


def _phase(t_s: Floats, left_s: Floats, right_s: Floats, stride_s: float) -> Floats:
    """Return stride phase from both feet's contacts, the right ones at their mean place."""
    if left_s.size < 2 and right_s.size < 2:
        return np.full(t_s.size, np.nan)
    origin = left_s[0] if left_s.size else right_s[0] - 0.5 * stride_s
    counts = [np.round((left_s - origin) / stride_s)]
    lags = (right_s - origin) / stride_s
    middle = np.median(lags - np.floor(lags)) if lags.size else 0.5
    counts.append(np.round(lags - middle) + middle)
    at, count = np.concatenate([left_s, right_s]), np.concatenate(counts)
    order = np.argsort(at)
    return np.asarray(np.interp(t_s, at[order], count[order], left=np.nan, right=np.nan))
