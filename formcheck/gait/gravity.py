"""What gravity says of the scale: a body in flight falls as far as its time in the air allows.

With a contact force that swells and fades as half a sine (Morin et al. 2005, J Appl Biomech
21:167), step and contact time fix how far the centre of mass rises and falls in metres. Runners
differ from that model, and the hips are not the centre of mass, so this is a check only. The hips
come nearest: shoulders rise a third further than the times say (see `footage.toml`).
"""

from __future__ import annotations

import numpy as np

from formcheck.landmarks import mid_hip
from formcheck.track.local import least_squares
from formcheck.types import Contact, Floats

GRAVITY_MPS2 = 9.81
# Below this, contact times are too rough.
LEAST_RATE_HZ = 23.0
STRIDE_HARMONICS = 6


def expected_rise_m(step_s: float, contact_s: float) -> float:
    """Return how far the centre of mass rises in a step, by the times alone."""
    share = contact_s / step_s
    return GRAVITY_MPS2 * step_s**2 * (1 / 8 - share * (1 / 4 - 1 / (2 * np.pi)))


def gravity_scale(
    t_s: Floats, body: Floats, contacts: tuple[Contact, ...], stride_s: float
) -> float | None:
    """Return metres per unit of the points, None where contact times are not known well enough.

    Parameters
    ----------
    t_s : (T,) float
        Frame times.
    body : (T, K, 2) float
        Body-frame points.
    contacts : tuple of Contact
        Contacts of both feet.
    stride_s : float
        Time of a stride.
    """
    times = np.array([contact.toe_off_s - contact.initial_contact_s for contact in contacts])
    if 1 / np.median(np.diff(t_s)) < LEAST_RATE_HZ or not np.isfinite(times).any():
        return None
    expected = expected_rise_m(stride_s / 2, float(np.nanmean(times)))
    rise = hip_rise(t_s, body, stride_s)
    return expected / rise if rise > 0 and expected > 0 else None


def hip_rise(t_s: Floats, body: Floats, stride_s: float) -> float:
    """Return how far the hips rise in a step, in the unit of the points."""
    return mean_rise(t_s, mid_hip(body)[:, 1], stride_s)


def mean_rise(t_s: Floats, height: Floats, stride_s: float) -> float:
    """Return highest minus lowest of the mean course within a step, the mean of both steps."""
    seen = np.isfinite(height)
    slow = (t_s - t_s.mean()) / np.ptp(t_s)
    design = np.column_stack([np.ones(t_s.size), slow, slow**2, _waves(t_s / stride_s)])
    fit = least_squares(design[seen], height[seen])
    course = _waves(np.linspace(0, 1, 200, endpoint=False)) @ fit[3:]
    return float(np.ptp(course[:100]) + np.ptp(course[100:])) / 2


def _waves(strides: Floats) -> Floats:
    angle = 2 * np.pi * strides[:, None] * np.arange(1, STRIDE_HARMONICS + 1)
    return np.column_stack([np.cos(angle), np.sin(angle)])
