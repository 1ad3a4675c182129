"""Strides lined up around an event: known shifts come back to a small part of a frame."""

from __future__ import annotations

import numpy as np
import pytest

from formcheck.gait.align import Aligned, align
from formcheck.types import Floats

STRIDE_S = 0.7


def curve(lag_s: Floats) -> Floats:
    """Two smooth signals that show an event at lag zero."""
    return np.stack([np.tanh(lag_s / 0.05), np.exp(-((lag_s / 0.06) ** 2))], axis=-1)


def made(
    fps: float, n: int = 12, noise: float = 0.0, offset: float = 0.0, seed: int = 0
) -> tuple[Floats, Floats, Floats]:
    """Return frame times, signals and the true event times, which no frame hits."""
    rng = np.random.default_rng(seed)
    event_s = 0.4 + STRIDE_S * np.arange(n) + rng.uniform(-0.012, 0.012, n)
    t_s = np.arange(0, event_s[-1] + 0.4, 1 / fps)
    nearest = np.abs(t_s[:, None] - event_s).argmin(axis=1)
    signals = curve(t_s - event_s[nearest]) + offset * rng.normal(size=(n, 1))[nearest]
    return t_s, signals + noise * rng.normal(size=signals.shape), event_s


def tried(t_s: Floats, signals: Floats, guess_s: Floats) -> Aligned | None:
    return align(
        t_s,
        signals,
        guess_s,
        before_s=0.14,
        after_s=0.14,
        offset_sd=np.full(2, 0.3),
        half_width_s=0.04,
    )


def lined_up(t_s: Floats, signals: Floats, guess_s: Floats) -> Aligned:
    found = tried(t_s, signals, guess_s)
    assert found is not None
    return found


def scatter_s(found: Floats, true: Floats) -> float:
    """Return the largest error once the common one is taken out."""
    error = found - true
    return float(np.nanmax(np.abs(error - np.nanmedian(error))))


@pytest.mark.parametrize(("fps", "limit_s"), [(24.0, 0.002), (30.0, 0.002), (60.0, 0.0005)])
def test_shifts_far_below_a_frame(fps, limit_s):
    t_s, signals, event_s = made(fps)
    rough = event_s + np.random.default_rng(1).uniform(-0.02, 0.02, event_s.size)
    found = lined_up(t_s, signals, rough)
    assert scatter_s(found.anchor_s, event_s) < limit_s


def test_noise_gives_an_error_that_the_stated_one_covers():
    errors, stated = [], []
    for seed in range(6):
        t_s, signals, event_s = made(60.0, noise=0.05, seed=seed)
        found = lined_up(t_s, signals, event_s + 0.01)
        error = found.anchor_s - event_s
        errors.append(error - np.median(error))
        stated.append(found.anchor_sd_s)
    spread, said = np.std(errors), np.mean(stated)
    assert spread < 0.004
    assert 0.5 * spread < said < 2.0 * spread


def test_offsets_of_single_strides_are_not_taken_for_shifts():
    t_s, signals, event_s = made(60.0, offset=0.3)
    assert scatter_s(lined_up(t_s, signals, event_s).anchor_s, event_s) < 0.003


def test_mean_curve_and_its_derivatives():
    t_s, signals, event_s = made(60.0, noise=0.01)
    found = lined_up(t_s, signals, event_s)
    common = np.median(found.anchor_s - event_s)
    inner = np.abs(found.lag_s) < 0.1
    lag = found.lag_s[inner] + common
    np.testing.assert_allclose(found.mean[inner], curve(lag), atol=0.06)
    slope = (curve(lag + 1e-4) - curve(lag - 1e-4)) / 2e-4
    assert np.abs(found.slope[inner] - slope).max() < 0.15 * np.abs(slope).max()


def test_outlying_samples_do_not_move_a_stride():
    t_s, signals, event_s = made(60.0)
    signals[np.random.default_rng(3).random(t_s.size) < 0.04] += 3.0
    assert scatter_s(lined_up(t_s, signals, event_s).anchor_s, event_s) < 0.004


def test_stride_that_was_not_seen_is_left_out():
    t_s, signals, event_s = made(60.0)
    signals[np.abs(t_s - event_s[4]) < 0.1] = np.nan
    found = lined_up(t_s, signals, event_s)
    assert np.isnan(found.anchor_s[4])
    assert np.isfinite(np.delete(found.anchor_s, 4)).all()
    assert scatter_s(found.anchor_s, event_s) < 0.001


@pytest.mark.parametrize("strides", [0, 1])
def test_one_stride_is_not_lined_up(strides):
    t_s, signals, event_s = made(60.0)
    assert tried(t_s, signals, event_s[:strides]) is None


def test_one_seen_stride_of_many_is_not_lined_up():
    t_s, signals, event_s = made(60.0)
    signals[t_s > event_s[0] + 0.2] = np.nan
    assert tried(t_s, signals, event_s) is None
