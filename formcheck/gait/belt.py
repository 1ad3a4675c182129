"""The belt's line: planted feet move along it at constant speed. Gives camera roll and scale.

The pose network's heel and ankle rise and lag a little while the foot is still planted, in the same
way for every runner; how much is data (`formcheck.conventions`) and is taken out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formcheck.conventions import BeltRule
from formcheck.landmarks import Side, index
from formcheck.types import Contact, Floats

POINTS = ("heel", "ankle", "toe")
MIN_CONTACTS = 3
STEEPEST_DEG = 15.0


@dataclass(frozen=True, slots=True)
class BeltLine:
    """How one foot moves while it is planted.

    Attributes
    ----------
    speed : float
        Backward speed along x, in the unit of the given points per second.
    slope_deg : float
        Direction of the path against the x axis: positive when it rises ahead of the runner.
    slope_sd_deg, speed_rel_sd : float
        Standard uncertainties: spread over contacts and over runners.
    """

    speed: float
    slope_deg: float
    slope_sd_deg: float
    speed_rel_sd: float


def followed(line: BeltLine) -> bool:
    """Return whether a foot was followed: none goes forward or steeply while it is planted."""
    return line.speed > 0 and abs(line.slope_deg) < STEEPEST_DEG


def fit_belt_line(
    t_s: Floats, body: Floats, contacts: tuple[Contact, ...], side: Side, rule: BeltRule
) -> BeltLine | None:
    """Fit the line and speed of a planted foot; None with fewer than three contacts.

    Parameters
    ----------
    t_s : (T,) float
        Frame times.
    body : (T, K, 2) float
        Body-frame points without slow drift.
    contacts : tuple of Contact
        Contacts of both feet.
    side : {"left", "right"}
        The foot.
    rule : BeltRule
        How a planted foot of these landmarks goes back.
    """
    rows = [index(name, side) for name in POINTS]
    velocities = []
    for contact in contacts:
        duration_s = contact.toe_off_s - contact.initial_contact_s
        if contact.side != side or not np.isfinite(duration_s):
            continue
        planted = (t_s >= contact.initial_contact_s + rule.from_share * duration_s) & (
            t_s <= contact.initial_contact_s + rule.to_share * duration_s
        )
        velocities.append(_velocity(t_s[planted], body[planted][:, rows].mean(axis=1)))
    seen = np.array([v for v in velocities if np.isfinite(v).all()]).reshape(-1, 2)
    if len(seen) < MIN_CONTACTS:
        return None
    forward, up = np.median(seen, axis=0)
    spread = 1.25 * 1.4826 * np.median(np.abs(seen - [forward, up]), axis=0) / np.sqrt(len(seen))
    speed = -forward * rule.speed_ratio
    return BeltLine(
        float(speed),
        float(np.degrees(np.arctan2(-up, -forward)) - rule.slope_deg),
        float(np.hypot(np.degrees(spread[1] / -forward), rule.slope_sd_deg)),
        float(np.hypot(spread[0] / -forward, rule.speed_rel_sd)),
    )


def _velocity(t_s: Floats, xy: Floats) -> Floats:
    """Return (2,) the least-squares velocity, NaN with fewer than three samples."""
    seen = np.isfinite(xy).all(axis=1)
    if seen.sum() < 3:
        return np.full(2, np.nan)
    lag = t_s[seen] - t_s[seen].mean()
    return np.asarray(lag @ xy[seen] / (lag @ lag))
