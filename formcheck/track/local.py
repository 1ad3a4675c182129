"""Local polynomial regression on irregular times: the one smoother of the project.

Every smoothing, resampling and differentiation goes through a weighted local fit on true time, so
variable frame rates, dropped frames and pooled (equivalent-time) samples need no special case.
"""

from __future__ import annotations

import numpy as np

from formcheck.types import Floats

# Determinant of the normalised normal matrix below which the samples do not carry the polynomial.
LEAST_INDEPENDENCE = 1e-8
# Samples that are worked on at once: as many signals as fit, so that many short fits cost few calls
# and long ones stay small in memory.
_TOGETHER = 1 << 16


def local_fit(
    at_s: Floats,
    t_s: Floats,
    values: Floats,
    half_width_s: float,
    *,
    order: int = 2,
    robust_steps: int = 0,
) -> Floats:
    """Fit a local polynomial around each query time and return value and derivatives.

    Parameters
    ----------
    at_s : (Q,) float
        Query times.
    t_s : (N,) float
        Sample times, in any order.
    values : (N, C) float
        Samples of C signals; NaN samples are left out.
    half_width_s : float
        Half width of the tricube window.
    order : int
        Degree of the polynomial.
    robust_steps : int
        Rounds of bisquare reweighting (0: plain least squares).

    Returns
    -------
    (order + 1, Q, C) float
        Value, first derivative (per second), ... ; NaN where fewer than ``order + 1`` samples with
        weight support the fit.

    References
    ----------
    Cleveland 1979, robust locally weighted regression, doi:10.1080/01621459.1979.10481038.
    """
    sort = np.argsort(t_s, kind="stable")
    t_sorted, x_sorted = t_s[sort], values[sort]
    out = np.full((order + 1, at_s.size, values.shape[1]), np.nan)
    first = np.searchsorted(t_sorted, at_s - half_width_s, side="left")
    last = np.searchsorted(t_sorted, at_s + half_width_s, side="right")
    width = int((last - first).max(initial=0))
    if width == 0:
        return out
    columns = first[:, None] + np.arange(width)
    inside = columns < last[:, None]
    columns = np.minimum(columns, t_sorted.size - 1)
    u = (t_sorted[columns] - at_s[:, None]) / half_width_s
    kernel = np.where(inside, (1 - np.minimum(np.abs(u), 1) ** 3) ** 3, 0.0)
    powers = np.stack([u**k for k in range(2 * order + 1)])
    together = max(1, _TOGETHER // columns.size)
    for start in range(0, values.shape[1], together):
        part = slice(start, start + together)
        z = x_sorted.T[part].take(columns, axis=1)
        out[:, :, part] = _solve(powers, z, kernel, robust_steps).transpose(2, 1, 0)
    scale = np.cumprod(np.concatenate([[1.0], np.arange(1, order + 1) / half_width_s]))
    return out * scale[:, None, None]


def least_squares(design: Floats, z: Floats) -> Floats:
    """Return the coefficients of a linear least-squares fit.

    By the normal equations: on tall designs of a few columns a direct solver makes the linear
    algebra library start threads that cost many times the work itself.

    Parameters
    ----------
    design : (N, P) float
        Columns of about equal size.
    z : (N,) or (N, C) float
        Samples, all known.
    """
    normal, right = design.T @ design, design.T @ z
    return np.asarray(np.linalg.lstsq(normal, right, rcond=None)[0])


def _solve(powers: Floats, z: Floats, kernel: Floats, robust_steps: int) -> Floats:
    """Return (C, Q, order + 1) coefficients of the weighted fits, NaN where unsupported.

    `z` holds (C, Q, W) samples, `kernel` their (Q, W) weights and `powers` (2 order + 1, Q, W)
    powers of the samples' lags, whose weighted sums are all that the normal equations need.
    """
    seen = np.isfinite(z)
    z = np.where(seen, z, 0.0)
    weight = kernel * seen
    coefficients = _weighted(powers, z, weight)
    basis = powers[: powers.shape[0] // 2 + 1]
    for _ in range(robust_steps):
        residual = np.abs(z - np.einsum("kqw,cqk->cqw", basis, np.nan_to_num(coefficients)))
        scale = 6 * _weighted_median(residual, weight)
        bisquare = np.maximum(1 - (residual / np.maximum(scale, 1e-12)[..., None]) ** 2, 0) ** 2
        coefficients = _weighted(powers, z, weight * bisquare)
    return coefficients


def _weighted(powers: Floats, z: Floats, weight: Floats) -> Floats:
    size = powers.shape[0] // 2 + 1
    moments = np.einsum("kqw,cqw->cqk", powers, weight)
    right = np.einsum("kqw,cqw->cqk", powers[:size], weight * z)
    rows = np.arange(size)
    normal = moments[..., rows[:, None] + rows]
    # A window whose samples sit on one side or at too few instants must give NaN, not a wild guess.
    length = np.sqrt(np.maximum(moments[..., 2 * rows], 1e-300))
    independence = np.linalg.det(normal / (length[..., :, None] * length[..., None, :]))
    enough = ((weight > 1e-3).sum(axis=-1) > size - 1) & (independence > LEAST_INDEPENDENCE)
    solvable = np.where(enough[..., None, None], normal, np.eye(size))
    solved = np.linalg.solve(solvable, right[..., None])
    return np.where(enough[..., None], solved[..., 0], np.nan)


def _weighted_median(values: Floats, weight: Floats) -> Floats:
    order = np.argsort(values, axis=-1)
    cumulative = np.cumsum(np.take_along_axis(weight, order, axis=-1), axis=-1)
    middle = np.argmax(cumulative >= 0.5 * cumulative[..., -1:], axis=-1)[..., None]
    return np.take_along_axis(values, np.take_along_axis(order, middle, -1), -1)[..., 0]
