"""Stride rhythm of a landmark track: frequency and running phase, before any event is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formcheck.landmarks import Landmark
from formcheck.types import Floats, PoseTrack

SLOWEST_HZ = 0.12  # eight times slowed running
FASTEST_HZ = 2.3


@dataclass(frozen=True, slots=True, eq=False)
class Rhythm:
    """Stride frequency and phase.

    Attributes
    ----------
    stride_hz : float
        Strides (two steps) per second of clip time.
    phase : (T,) float
        Unwrapped stride phase in radians; a multiple of 2 pi where the left foot is farthest from
        the right one along the first leg axis.
    strength : float
        Share of the leg signals' variance that a periodic stride of that frequency explains, 0 to 1.
    """

    stride_hz: float
    phase: Floats
    strength: float


def leg_signals(track: PoseTrack) -> Floats:
    """Return (T, 4) left minus right ankle and knee, picture x and y, in pixels.

    The difference of the legs repeats with the sign turned after half a stride, so its spectrum has
    the stride frequency and odd multiples only: a step cannot be mistaken for a stride.
    """
    xy = track.xy_px
    ankles = xy[:, Landmark.LEFT_ANKLE] - xy[:, Landmark.RIGHT_ANKLE]
    knees = xy[:, Landmark.LEFT_KNEE] - xy[:, Landmark.RIGHT_KNEE]
    return np.concatenate([ankles, knees], axis=1)


def find_rhythm(track: PoseTrack) -> Rhythm | None:
    """Find the stride rhythm, or None where the legs do not move periodically.

    Parameters
    ----------
    track : PoseTrack
        Raw or repaired landmarks; NaN samples are left out.
    """
    signals = leg_signals(track)
    seen = np.isfinite(signals).all(axis=1)
    if seen.sum() < 12:
        return None
    t_s, z = track.t_s[seen], signals[seen]
    z = z - z.mean(axis=0)
    duration_s = float(t_s[-1] - t_s[0])
    lowest_hz = max(SLOWEST_HZ, 1.2 / duration_s)
    nyquist_hz = 0.45 / float(np.median(np.diff(track.t_s)))
    grid_hz = np.arange(lowest_hz, min(FASTEST_HZ, nyquist_hz), 0.1 / duration_s)
    if grid_hz.size < 3:
        return None
    power = _odd_harmonic_power(t_s, z, grid_hz)
    best = int(np.argmax(power))
    stride_hz = _refine(t_s, z, grid_hz[best], 0.1 / duration_s)
    main = int(np.argmax((z**2).sum(axis=0)))
    phase = _demodulate(track.t_s, t_s, z[:, main], stride_hz)
    return Rhythm(stride_hz, phase, float(power[best]))


def _odd_harmonic_power(t_s: Floats, z: Floats, grid_hz: Floats) -> Floats:
    """Return the share of variance that stride and third harmonic explain at each frequency."""
    total = (z**2).sum()
    power = np.empty(grid_hz.size)
    for i, hz in enumerate(grid_hz):
        angle = 2 * np.pi * hz * t_s
        design = np.stack(
            [np.ones_like(t_s), np.cos(angle), np.sin(angle), np.cos(3 * angle), np.sin(3 * angle)],
            axis=1,
        )
        fit = np.linalg.lstsq(design, z, rcond=None)[0]
        power[i] = 1 - ((z - design @ fit) ** 2).sum() / total
    return power


def _refine(t_s: Floats, z: Floats, centre_hz: float, step_hz: float) -> float:
    fine = centre_hz + step_hz * np.linspace(-1, 1, 41)
    power = _odd_harmonic_power(t_s, z, fine)
    return float(fine[np.argmax(power)])


def _demodulate(at_s: Floats, t_s: Floats, z: Floats, stride_hz: float) -> Floats:
    """Return the running phase of one signal: constant rhythm plus its slow deviation."""
    turning = z * np.exp(-2j * np.pi * stride_hz * t_s)
    weight = np.exp(-0.5 * ((at_s[:, None] - t_s) * stride_hz / 0.5) ** 2)
    deviation = np.unwrap(np.angle(weight @ turning))
    return np.asarray(2 * np.pi * stride_hz * at_s + deviation)
