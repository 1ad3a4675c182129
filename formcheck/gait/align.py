"""Line up the same event of many strides: one dense mean curve and a time for each stride.

Ten seconds hold about thirteen strides, and frame times fall at other instants of each of them.
Lined up, they sample the foot's path around an event thirteen times more densely than one stride
does. The event is then read once from the mean curve, and each stride's own time follows from its
shift.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from formcheck.track.local import local_fit
from formcheck.types import Floats

GRID_STEP_S = 0.004
ROUNDS = 6
FEWEST_STRIDES = 2
# Half width of the smoothing, at least so many of the longest gaps between pooled samples.
WIDTH_GAPS = 1.6


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """Strides lined up around one event.

    Attributes
    ----------
    lag_s : (G,) float
        Time around the (still to be found) event.
    mean, slope : (G, C) float
        Mean curve of each signal and its time derivative.
    anchor_s : (N,) float
        Clip time of lag zero in each stride; NaN for strides left out.
    anchor_sd_s : (N,) float
        Standard error of each anchor, from the residuals.
    """

    lag_s: Floats
    mean: Floats
    slope: Floats
    anchor_s: Floats
    anchor_sd_s: Floats


def align(
    t_s: Floats,
    signals: Floats,
    guess_s: Floats,
    *,
    before_s: float,
    after_s: float,
    offset_sd: Floats,
    half_width_s: float,
    shift_sd_s: float = 0.03,
) -> Aligned | None:
    """Line up windows of several signals around rough event times.

    Parameters
    ----------
    t_s : (T,) float
        Sample times.
    signals : (T, C) float
        Signals that show the event, NaN where not seen.
    guess_s : (N,) float
        Rough event time of each stride.
    before_s, after_s : float
        Window around the event.
    offset_sd : (C,) float
        How much a stride's curve may lie beside the mean (runner's drift), in units of the signal;
        stride curves are moved back by their most likely offset.
    half_width_s : float
        Half width of the smoothing of the mean curve; more where samples lie sparser.
    shift_sd_s : float
        How far a rough time may be off.

    Returns
    -------
    Aligned or None
        None when fewer than two strides have samples.
    """
    lag_s = np.arange(-before_s, after_s + 1e-9, GRID_STEP_S)
    windows, used = _cut(t_s, signals, guess_s, before_s + 0.02, after_s + 0.02)
    if used.sum() < FEWEST_STRIDES:
        return None
    half_width_s = max(half_width_s, WIDTH_GAPS * _largest_gap(windows, lag_s))
    strides = int(used.sum())
    placed = Placed(np.zeros(strides), np.zeros((strides, signals.shape[1])), np.zeros(strides))
    curve = _mean_curve(lag_s, windows, placed, half_width_s)
    for _ in range(ROUNDS):
        noise = _noise(lag_s, curve, windows, placed)
        placed = _place(windows, lag_s, curve, noise, offset_sd, shift_sd_s, placed.shift)
        placed = replace(placed, shift=placed.shift - np.median(placed.shift))
        curve = _mean_curve(lag_s, windows, placed, half_width_s)
    anchor_s, sd_s = np.full((2, guess_s.size), np.nan)
    anchor_s[used], sd_s[used] = guess_s[used] + placed.shift, placed.sd
    return Aligned(lag_s, curve[0], curve[1], anchor_s, sd_s)


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """One window of samples a stride, filled up with NaN.

    Attributes
    ----------
    lag_s : (N, W) float
        Time from the stride's rough event.
    signals : (N, W, C) float
        NaN where not seen.
    """

    lag_s: Floats
    signals: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Where strides lie on the mean curve: shifts (N,), offsets (N, C), shifts' deviations (N,)."""

    shift: Floats
    offset: Floats
    sd: Floats


def _cut(
    t_s: Floats, signals: Floats, guess_s: Floats, before_s: float, after_s: float
) -> tuple[Windows, NDArray[np.bool_]]:
    """Cut the windows, and tell which strides have one: those of which two thirds were seen."""
    frame_s = float(np.median(np.diff(t_s)))
    inside = (t_s >= guess_s[:, None] - before_s) & (t_s <= guess_s[:, None] + after_s)
    seen = inside @ np.isfinite(signals).any(axis=1).astype(float)
    used = seen > 0.66 * (before_s + after_s) / frame_s
    inside = inside[used]
    stride, sample = np.nonzero(inside)
    column = (np.cumsum(inside, axis=1) - 1)[stride, sample]
    shape = inside.shape[0], int(inside.sum(axis=1).max(initial=0))
    windows = Windows(np.full(shape, np.nan), np.full((*shape, signals.shape[1]), np.nan))
    windows.lag_s[stride, column] = t_s[sample] - guess_s[used][stride]
    windows.signals[stride, column] = signals[sample]
    return windows, used


def _largest_gap(windows: Windows, lag_s: Floats) -> float:
    """Return the longest stretch of lag without a sample.

    Where the frame rate divides the stride, every stride is sampled at the same instants and
    lining up adds no density: the mean curve must then be smoothed as a single stride is.
    """
    lags = windows.lag_s
    inside = np.sort(lags[(lags >= lag_s[0]) & (lags <= lag_s[-1])])
    return float(np.diff(inside).max(initial=0.0))


def _mean_curve(lag_s: Floats, windows: Windows, placed: Placed, half_width_s: float) -> Floats:
    filled = np.isfinite(windows.lag_s)
    return local_fit(
        lag_s,
        (windows.lag_s - placed.shift[:, None])[filled],
        (windows.signals - placed.offset[:, None])[filled],
        half_width_s,
        robust_steps=2,
    )


def _noise(lag_s: Floats, curve: Floats, windows: Windows, placed: Placed) -> Floats:
    """Return (C,) robust noise of the signals around the mean curve."""
    (mean,) = _sample(lag_s, curve[:1], windows.lag_s - placed.shift[:, None])
    residual = windows.signals - placed.offset[:, None] - mean
    spread = 1.4826 * np.nanmedian(np.abs(residual), axis=(0, 1))
    return np.asarray(np.maximum(spread, 1e-9))


def _sample(lag_s: Floats, curves: Floats, at_s: Floats) -> Floats:
    """Interpolate curves (K, G, C) at times (N, W): (K, N, W, C), NaN outside."""
    before = np.clip(np.searchsorted(lag_s, at_s, side="right") - 1, 0, lag_s.size - 2)
    slope = np.diff(curves, axis=1) / np.diff(lag_s)[:, None]
    beyond = (at_s - lag_s[before])[..., None]
    known = (at_s >= lag_s[0]) & (at_s <= lag_s[-1])
    return np.where(known[..., None], slope[:, before] * beyond + curves[:, before], np.nan)


def _place(
    windows: Windows,
    lag_s: Floats,
    curve: Floats,
    noise: Floats,
    offset_sd: Floats,
    shift_sd_s: float,
    shift: Floats,
) -> Placed:
    """Find each stride's shift and offsets by robust least squares with their priors."""
    strides, signals = shift.size, noise.size
    offset = np.zeros((strides, signals))
    prior = np.concatenate([[shift_sd_s**-2], offset_sd**-2.0])
    for _ in range(4):
        mean, slope = _sample(lag_s, curve[:2], windows.lag_s - shift[:, None])
        residual = windows.signals - offset[:, None] - mean
        valid = np.isfinite(residual) & np.isfinite(slope)
        residual, gradient = np.where(valid, residual, 0.0), np.where(valid, -slope, 0.0)
        scaled = np.abs(residual) / noise
        weight = np.where(valid, np.minimum(1.0, 2.0 / np.maximum(scaled, 1e-9)) / noise**2, 0.0)
        pull = weight * gradient
        normal = np.zeros((strides, signals + 1, signals + 1))
        normal[:, 0, 0] = (pull * gradient).sum(axis=(1, 2))
        normal[:, 0, 1:] = normal[:, 1:, 0] = pull.sum(axis=1)
        normal[:, range(1, signals + 1), range(1, signals + 1)] = weight.sum(axis=1)
        along = (pull * residual).sum(axis=(1, 2))
        right = np.column_stack([along, (weight * residual).sum(axis=1)])
        right -= prior * np.column_stack([shift, offset])
        covariance = np.linalg.inv(normal + np.diag(prior))
        step = (covariance @ right[..., None])[..., 0]
        shift = np.clip(shift + step[:, 0], -3 * shift_sd_s, 3 * shift_sd_s)
        offset = offset + step[:, 1:]
    return Placed(shift, offset, np.sqrt(covariance[:, 0, 0]))
