"""Line up the same event of many strides: one dense mean curve and a time for each stride.

Ten seconds hold about thirteen strides, and frame times fall at other instants of each of them.
Lined up, they sample the foot's path around an event thirteen times more densely than one stride
does. The event is then read once from the mean curve, and each stride's own time follows from its
shift.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
    windows = _cut(t_s, signals, guess_s, before_s + 0.02, after_s + 0.02)
    used = np.array([w is not None for w in windows])
    if used.sum() < FEWEST_STRIDES:
        return None
    half_width_s = max(half_width_s, WIDTH_GAPS * _largest_gap(windows, lag_s))
    shift = np.zeros(guess_s.size)
    offset = np.zeros((guess_s.size, signals.shape[1]))
    sd = np.full(guess_s.size, np.nan)
    curve = _mean_curve(lag_s, windows, shift, offset, half_width_s)
    for _ in range(ROUNDS):
        noise = _noise(lag_s, curve, windows, shift, offset)
        for n, window in enumerate(windows):
            if window is not None:
                shift[n], offset[n], sd[n] = _place(
                    window, lag_s, curve, noise, offset_sd, shift_sd_s, shift[n]
                )
        shift[used] -= np.median(shift[used])
        curve = _mean_curve(lag_s, windows, shift, offset, half_width_s)
    anchor_s = np.where(used, guess_s + shift, np.nan)
    return Aligned(lag_s, curve[0], curve[1], anchor_s, sd)


Window = tuple[Floats, Floats]


def _cut(
    t_s: Floats, signals: Floats, guess_s: Floats, before_s: float, after_s: float
) -> list[Window | None]:
    """Cut one window a stride; None where less than two thirds of it was seen."""
    frame_s = float(np.median(np.diff(t_s)))
    wanted = (before_s + after_s) / frame_s
    windows: list[Window | None] = []
    for guess in guess_s:
        inside = (t_s >= guess - before_s) & (t_s <= guess + after_s)
        seen = np.isfinite(signals[inside]).any(axis=1).sum()
        windows.append((t_s[inside] - guess, signals[inside]) if seen > 0.66 * wanted else None)
    return windows


def _largest_gap(windows: list[Window | None], lag_s: Floats) -> float:
    """Return the longest stretch of lag without a sample.

    Where the frame rate divides the stride, every stride is sampled at the same instants and
    lining up adds no density: the mean curve must then be smoothed as a single stride is.
    """
    lags = np.concatenate([window[0] for window in windows if window is not None])
    inside = np.sort(lags[(lags >= lag_s[0]) & (lags <= lag_s[-1])])
    return float(np.diff(inside).max(initial=0.0))


def _mean_curve(
    lag_s: Floats,
    windows: list[Window | None],
    shift: Floats,
    offset: Floats,
    half_width_s: float,
) -> Floats:
    pooled = [
        (window[0] - shift[n], window[1] - offset[n])
        for n, window in enumerate(windows)
        if window is not None
    ]
    return local_fit(
        lag_s,
        np.concatenate([lag for lag, _ in pooled]),
        np.concatenate([z for _, z in pooled]),
        half_width_s,
        robust_steps=2,
    )


def _noise(
    lag_s: Floats, curve: Floats, windows: list[Window | None], shift: Floats, offset: Floats
) -> Floats:
    """Return (C,) robust noise of the signals around the mean curve."""
    residuals = [
        window[1] - offset[n] - _sample(lag_s, curve[0], window[0] - shift[n])
        for n, window in enumerate(windows)
        if window is not None
    ]
    spread = 1.4826 * np.nanmedian(np.abs(np.concatenate(residuals)), axis=0)
    return np.asarray(np.maximum(spread, 1e-9))


def _sample(lag_s: Floats, curve: Floats, at_s: Floats) -> Floats:
    """Interpolate every column of a curve; NaN outside."""
    return np.stack(
        [
            np.interp(at_s, lag_s, curve[:, c], left=np.nan, right=np.nan)
            for c in range(curve.shape[1])
        ],
        axis=1,
    )


def _place(
    window: Window,
    lag_s: Floats,
    curve: Floats,
    noise: Floats,
    offset_sd: Floats,
    shift_sd_s: float,
    shift: float,
) -> tuple[float, Floats, float]:
    """Find one stride's shift and offsets by robust least squares with their priors."""
    signals = curve.shape[2]
    lag, z = window
    offset = np.zeros(signals)
    prior = np.diag(np.concatenate([[shift_sd_s**-2], offset_sd**-2.0]))
    covariance = np.linalg.inv(prior)
    for _ in range(4):
        at = lag - shift
        residual = z - offset - _sample(lag_s, curve[0], at)
        gradient = -_sample(lag_s, curve[1], at)
        valid = np.isfinite(residual) & np.isfinite(gradient)
        weight = np.where(valid, 1.0 / noise**2, 0.0)
        scaled = np.abs(np.where(valid, residual, 0.0)) / noise
        weight = weight * np.minimum(1.0, 2.0 / np.maximum(scaled, 1e-9))
        rows = np.zeros((*residual.shape, signals + 1))
        rows[..., 0] = np.where(valid, gradient, 0.0)
        rows[..., 1:] = np.eye(signals)
        normal = np.einsum("tci,tcj,tc->ij", rows, rows, weight) + prior
        right = np.einsum("tci,tc->i", rows, weight * np.where(valid, residual, 0.0))
        right -= prior @ np.concatenate([[shift], offset])
        covariance = np.linalg.inv(normal)
        step = covariance @ right
        shift = float(np.clip(shift + step[0], -3 * shift_sd_s, 3 * shift_sd_s))
        offset = offset + step[1:]
    return shift, offset, float(np.sqrt(covariance[0, 0]))
