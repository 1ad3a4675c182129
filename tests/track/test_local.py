"""The local fit against polynomials, its obvious twin, and bad samples."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.polynomial import Polynomial

from formcheck.track.local import least_squares, local_fit
from formcheck.types import Floats

HALF_S = 0.08


def irregular(n: int = 90, seed: int = 0) -> Floats:
    """Return times about 1/60 s apart, jittered and with a tenth of the frames dropped."""
    rng = np.random.default_rng(seed)
    t = np.arange(n) / 60 + rng.uniform(-0.006, 0.006, n)
    return t[rng.random(n) > 0.1]


def twin(at_s: Floats, t_s: Floats, z: Floats, half_s: float, order: int) -> Floats:
    """Fit each window with numpy's own weighted polynomial fit; value and derivatives."""
    out = np.full((order + 1, at_s.size), np.nan)
    for q, at in enumerate(at_s):
        u = np.abs(t_s - at) / half_s
        near = (u < 1) & np.isfinite(z)
        weight = np.sqrt((1 - u[near] ** 3) ** 3)
        fit = np.polyfit(t_s[near] - at, z[near], order, w=weight)
        out[:, q] = [np.polyval(np.polyder(fit, d), 0.0) for d in range(order + 1)]
    return out


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("robust_steps", [0, 2])
def test_polynomials_and_their_derivatives_come_back_exactly(order, robust_steps):
    t = irregular()
    curves = [Polynomial([1.0, -2.0, 3.0, 40.0][: order + 1]), Polynomial([7.0, 0.5])]
    at = np.linspace(t[0] + HALF_S, t[-1] - HALF_S, 37)
    found = local_fit(
        at,
        t,
        np.stack([c(t) for c in curves], axis=1),
        HALF_S,
        order=order,
        robust_steps=robust_steps,
    )
    assert found.shape == (order + 1, at.size, 2)
    for c, curve in enumerate(curves):
        for d in range(order + 1):
            expected = (curve.deriv(d) if d else curve)(at)
            np.testing.assert_allclose(
                found[d, :, c] / max(1.0, d), expected / max(1.0, d), atol=1e-6
            )


def test_equals_the_obvious_twin_on_noise():
    t = irregular(seed=1)
    z = np.random.default_rng(2).normal(size=t.size)
    z[5:9] = np.nan
    at = np.linspace(t[0] + HALF_S / 2, t[-1] - HALF_S / 2, 50)
    np.testing.assert_allclose(
        local_fit(at, t, z[:, None], HALF_S)[:, :, 0], twin(at, t, z, HALF_S, 2), rtol=1e-6
    )


def test_samples_may_come_in_any_order():
    t = irregular(seed=3)
    z = np.sin(9 * t)[:, None]
    mixed = np.random.default_rng(4).permutation(t.size)
    np.testing.assert_allclose(
        local_fit(t, t[mixed], z[mixed], HALF_S), local_fit(t, t, z, HALF_S), atol=1e-9
    )


def test_missing_samples_are_left_out_and_signals_do_not_touch_each_other():
    t = irregular(seed=5)
    z = np.stack([3 * t**2, np.cos(5 * t)], axis=1)
    holed = z.copy()
    holed[::4, 0] = np.nan
    at = t[(t > t[0] + HALF_S) & (t < t[-1] - HALF_S)]
    found = local_fit(at, t, holed, HALF_S)
    np.testing.assert_allclose(found[0, :, 0], 3 * at**2, atol=1e-9)
    np.testing.assert_array_equal(found[:, :, 1], local_fit(at, t, z, HALF_S)[:, :, 1])


def test_nothing_to_fit_gives_nan():
    t = np.concatenate([np.arange(0.0, 1.0, 1 / 60), np.arange(2.0, 3.0, 1 / 60)])
    at = np.array([0.5, 1.5, 2.5, 10.0])
    found = local_fit(at, t, np.ones((t.size, 1)), HALF_S)
    np.testing.assert_allclose(found[0, :, 0], [1.0, np.nan, 1.0, np.nan], atol=1e-9)
    assert np.isnan(local_fit(at, t, np.full((t.size, 1), np.nan), HALF_S)).all()
    assert np.isnan(local_fit(np.array([20.0]), t, np.ones((t.size, 1)), HALF_S)).all()


def test_too_few_instants_give_nan_and_no_wild_guess():
    """Three samples at two instants do not hold a parabola."""
    t = np.array([0.0, 0.0, 0.02])
    assert np.isnan(local_fit(np.array([0.01]), t, np.ones((3, 1)), HALF_S)).all()


@pytest.mark.parametrize("share", [0.08, 0.15])
def test_robust_steps_ignore_outliers(share):
    rng = np.random.default_rng(6)
    t = np.arange(0, 3, 1 / 120)
    clean = np.sin(2 * np.pi * 0.8 * t)
    z = clean + 0.01 * rng.normal(size=t.size)
    hit = rng.random(t.size) < share
    z[hit] += 5 * rng.choice([-1, 1], hit.sum())
    inner = (t > 0.2) & (t < 2.8)
    plain = local_fit(t[inner], t, z[:, None], 0.1)[0, :, 0]
    robust = local_fit(t[inner], t, z[:, None], 0.1, robust_steps=4)[0, :, 0]
    assert np.median(np.abs(robust - clean[inner])) < 0.01
    assert np.mean(np.abs(robust - clean[inner]) < 0.05) > 0.95
    assert np.median(np.abs(plain - clean[inner])) > 0.05


def test_least_squares_is_numpys():
    rng = np.random.default_rng(7)
    angle = np.linspace(0, 40, 500)[:, None] * np.arange(1, 6)
    design = np.column_stack([np.ones(500), np.cos(angle), np.sin(angle)])
    z = rng.normal(size=(500, 3))
    expected = np.linalg.lstsq(design, z, rcond=None)[0]
    np.testing.assert_allclose(least_squares(design, z), expected, atol=1e-10)
    np.testing.assert_allclose(least_squares(design, z[:, 0]), expected[:, 0], atol=1e-10)
    twice = np.column_stack([design, design[:, 1]])  # a column that adds nothing
    np.testing.assert_allclose(twice @ least_squares(twice, z), design @ expected, atol=1e-6)


def test_signals_do_not_touch_each_other_however_many_are_fitted_at_once():
    t_s = irregular(900)
    values = np.random.default_rng(3).normal(size=(t_s.size, 40))
    values[100:130, ::3] = np.nan
    at_s = np.linspace(t_s[0], t_s[-1], 500)
    fits = local_fit(at_s, t_s, values, HALF_S, robust_steps=2)
    for signal in (0, 1, 17, 39):
        alone = local_fit(at_s, t_s, values[:, [signal]], HALF_S, robust_steps=2)
        np.testing.assert_array_equal(fits[:, :, [signal]], alone)
