"""Read per-frame measures at events and over strides, many strides pooled for density."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formcheck.track.local import least_squares, local_fit
from formcheck.types import Floats

HUBER = 1.5
# Landmarks stray by a few frames: what a narrower window would gain at a bend it loses in noise.
SHORTEST_WINDOW_S = 0.035
WINDOW_FRAMES = 1.2


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A measure at one kind of event.

    Attributes
    ----------
    mean : float
        Value of the mean curve at the event; NaN when it cannot be told.
    slope_per_s : float
        Its rate of change there: what an error in time costs.
    each : (N,) float
        Value at each event, NaN where not seen.
    """

    mean: float
    slope_per_s: float
    each: Floats


def at_events(t_s: Floats, series: Floats, event_s: Floats) -> Sample:
    """Sample a series at event times by one local fit over all events.

    Frames fall at other instants of every stride, so the pooled samples around the event are dense.
    A stride's own value is the mean curve plus the typical distance of its samples from it.

    Parameters
    ----------
    t_s, series : (T,) float
        Frame times and the measure, NaN where unknown.
    event_s : (N,) float
        Event times; NaN are left out.
    """
    half_s = max(SHORTEST_WINDOW_S, WINDOW_FRAMES * float(np.median(np.diff(t_s))))
    lag = t_s[None, :] - event_s[:, None]
    near = np.isfinite(lag) & (np.abs(lag) <= 2 * half_s) & np.isfinite(series)[None, :]
    each = np.full(event_s.size, np.nan)
    if near.sum() < 6:
        return Sample(np.nan, np.nan, each)
    event, frame = np.nonzero(near)
    lags, values = lag[near], series[frame]
    grid = np.linspace(-2 * half_s, 2 * half_s, 33)
    offset = np.zeros(event_s.size)
    for _ in range(3):
        curve = local_fit(
            grid, lags, (values - offset[event])[:, None], 1.5 * half_s, robust_steps=1
        )[:2, :, 0]
        residual = values - np.interp(lags, grid, curve[0])
        offset = typical(residual, event, np.abs(lags) <= 1.5 * half_s, event_s.size)
        centre = np.nanmedian(offset)
        offset = np.where(np.isfinite(offset), offset - centre, 0.0)
    mean, slope = (float(np.interp(0.0, grid, row)) for row in curve)
    each = mean + typical(residual, event, np.abs(lags) <= 1.5 * half_s, event_s.size)
    # The mean of the strides' own values, not their median, is what the definition asks for.
    return Sample(float(np.nanmean(each)), slope, each)


def seen_median(values: ArrayLike) -> float:
    """Return the median of the known values, NaN where none is known."""
    z = np.asarray(values, float)
    known = z[np.isfinite(z)]
    return float(np.median(known)) if known.size else float("nan")


def typical(
    residual: Floats, group: NDArray[np.intp], use: NDArray[np.bool_], groups: int
) -> Floats:
    """Return the median residual of each group, NaN for a group without samples."""
    used = use & np.isfinite(residual)
    own, value = group[used], residual[used]
    ranked = value[np.lexsort((value, own))]
    count = np.bincount(own, minlength=groups)
    first, seen = np.cumsum(count) - count, count > 0
    low, high = first + (count - 1) // 2, first + count // 2
    out = np.full(groups, np.nan)
    out[seen] = (ranked[low[seen]] + ranked[high[seen]]) / 2
    return out


@dataclass(frozen=True, slots=True, eq=False)
class MeanCycle:
    """Mean course of a measure over the stride, as a robust Fourier fit.

    Attributes
    ----------
    phase : (P,) float
        Stride phase 0 to 1 from the left foot's contact.
    mean : (P,) float
        The mean course.
    residual_sd : float
        Robust spread of the frames around it.
    coverage_gap : float
        Largest stretch of phase without a frame: near 1 / frames per stride when the frame rate
        divides the stride, so that strides do not add density.
    """

    phase: Floats
    mean: Floats
    residual_sd: float
    coverage_gap: float


def mean_cycle(phase: Floats, series: Floats, harmonics: int) -> MeanCycle | None:
    """Fit the mean course over the stride; None when too few frames support it.

    Parameters
    ----------
    phase : (T,) float
        Stride phase of each frame in strides (unwrapped or not), NaN outside the known strides.
    series : (T,) float
        The measure; slow drift is fitted beside the harmonics and taken out.
    harmonics : int
        Number of stride harmonics.
    """
    seen = np.isfinite(phase) & np.isfinite(series)
    if seen.sum() < 4 * harmonics + 6:
        return None
    turn, z = phase[seen], series[seen]
    slow = (turn - turn.mean()) / max(float(np.ptp(turn)), 1e-9)
    design = np.column_stack([_fourier(turn, harmonics), slow, slow**2 - np.mean(slow**2)])
    fit = huber_fit(design, z)
    residual = z - design @ fit
    grid = np.arange(0, 1, 0.005)
    gaps = np.diff(np.sort(np.append(turn % 1.0, (turn % 1.0).min() + 1)))
    return MeanCycle(
        grid,
        _fourier(grid, harmonics) @ fit[: 2 * harmonics + 1],
        float(1.4826 * np.median(np.abs(residual))),
        float(gaps.max()),
    )


def _fourier(phase: Floats, harmonics: int) -> Floats:
    angle = 2 * np.pi * phase[:, None] * np.arange(1, harmonics + 1)
    return np.column_stack([np.ones(phase.size), np.cos(angle), np.sin(angle)])


def huber_fit(design: Floats, z: Floats, rounds: int = 5) -> Floats:
    """Return (P,) coefficients of a linear fit with Huber's loss."""
    fit = least_squares(design, z)
    for _ in range(rounds):
        residual = np.abs(z - design @ fit)
        limit = HUBER * max(1.4826 * float(np.median(residual)), 1e-9)
        root = np.sqrt(np.minimum(1.0, limit / np.maximum(residual, 1e-12)))
        fit = least_squares(design * root[:, None], z * root)
    return np.asarray(fit)
