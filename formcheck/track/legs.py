"""Undo swapped legs: find frames where left and right fit better the other way round.

A leg's points follow the stride: seen from the hips they trace the same closed path every stride. A
smooth model of that path, fitted robustly to each leg, tells which leg a frame's points belong to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from formcheck.landmarks import Side, index
from formcheck.track.local import least_squares
from formcheck.track.rhythm import Rhythm
from formcheck.types import Floats, PoseTrack

POINTS = ("knee", "ankle", "heel", "toe")
HARMONICS = 5
ROUNDS = 3
# Harmonics of the legs' difference in the rounds before: half a stride later it has the other sign.
APART_HARMONICS = ((1,), (1, 3))
# Share of the leg's own cost that a swap must save, and the least cost worth a swap.
MARGIN = 0.5
LEAST_COST = 8.0
# Least spread of a point about its mean path, as a share of the ankle's sweep.
LEAST_SPREAD = 0.04


@dataclass(frozen=True, slots=True, eq=False)
class LegModel:
    """The mean path of both legs' points about the mid-hip.

    Attributes
    ----------
    path_px : (T, 2, P, 2) float
        Expected position of each side's knee, ankle, heel and toe at every frame.
    spread_px : (2, P, 2) float
        Robust spread of the seen points about it.
    """

    path_px: Floats
    spread_px: Floats


def repair_swaps(track: PoseTrack, rhythm: Rhythm) -> tuple[PoseTrack, NDArray[np.bool_]]:
    """Return the track with swapped legs put right, and (T,) which frames were swapped.

    A swap of the whole leg and a swap of ankle, heel and toe alone are tried; a frame in which the
    legs lie over each other, so that both readings fit, stays as it is. Hips lie too close together
    to tell a swap by themselves; they are looked at where the knees were swapped.
    """
    xy, confidence = track.xy_px.copy(), track.confidence.copy()
    swapped = np.zeros((track.t_s.size, len(POINTS)), bool)
    fits: list[Callable[[Floats, Rhythm], LegModel]] = [
        *(partial(fit_apart, harmonics=harmonics) for harmonics in APART_HARMONICS),
        *ROUNDS * [fit_legs],
    ]
    for fit in fits:
        change = _better_swapped(xy, fit(xy, rhythm))
        if fit is fit_legs and not change.any():
            break
        for p, name in enumerate(POINTS):
            _exchange(name, change[:, p], xy, confidence)
        swapped ^= change
    _exchange("hip", _hips_swapped(xy, rhythm, swapped[:, POINTS.index("knee")]), xy, confidence)
    return replace(track, xy_px=xy, confidence=confidence), np.asarray(swapped.any(axis=1))


def _exchange(name: str, rows: NDArray[np.bool_], *arrays: Floats) -> None:
    """Exchange a point of the left and the right leg in some frames."""
    left, right = index(name, "left"), index(name, "right")
    for array in arrays:
        array[rows, left], array[rows, right] = array[rows, right], array[rows, left]


def _hips_swapped(xy: Floats, rhythm: Rhythm, suspect: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which suspect frames show the hips nearer to their mean course when exchanged."""
    apart = xy[:, index("hip", "left")] - xy[:, index("hip", "right")]
    if not suspect.any():
        return suspect
    design = _design(rhythm.phase)
    usual = design @ _robust_fit(design[~suspect], apart[~suspect])
    return np.asarray(suspect & ((apart * usual).sum(axis=1) < 0))


def fit_apart(xy: Floats, rhythm: Rhythm, harmonics: tuple[int, ...]) -> LegModel:
    """Fit the legs' difference, and lay it about the middle between them, which no swap moves.

    A network may swap the legs at the same phase of every stride. The path of one leg bends to
    follow it there; the difference of the legs does not, for half a stride later, where they are
    not swapped, it must have the other sign.
    """
    points = leg_points(xy)
    middle = points.mean(axis=1)
    apart = (points[:, 0] - points[:, 1]).reshape(points.shape[0], -1)
    angle = rhythm.phase[:, None] * np.array(harmonics)
    design = np.column_stack([np.ones(rhythm.phase.size), np.cos(angle), np.sin(angle)])
    fitted = design @ _robust_fit(design, apart)
    half = (fitted / 2).reshape(middle.shape)
    off = np.minimum(np.abs(apart - fitted), np.abs(apart + fitted)) / 2
    spread = (1.4826 * np.nanmedian(off, axis=0)).reshape(middle.shape[1:])
    path = np.stack([middle + half, middle - half], axis=1)
    return LegModel(path, np.maximum(np.stack([spread, spread]), LEAST_SPREAD * _leg_sweep(points)))


def fit_legs(xy: Floats, rhythm: Rhythm) -> LegModel:
    """Fit the mean path of both legs, robust against swapped frames."""
    points = leg_points(xy)
    path = np.empty_like(points)
    spread = np.empty(points.shape[1:])
    design = _design(rhythm.phase)
    for side in range(2):
        flat = points[:, side].reshape(points.shape[0], -1)
        fitted = design @ _robust_fit(design, flat)
        path[:, side] = fitted.reshape(points[:, side].shape)
        residual = np.abs(flat - fitted)
        spread[side] = (1.4826 * np.nanmedian(residual, axis=0)).reshape(spread[side].shape)
    # The path is a mean: single strides lie beside it by more than a steady leg's spread.
    return LegModel(path, np.maximum(spread, LEAST_SPREAD * _leg_sweep(points)))


def _leg_sweep(points: Floats) -> float:
    """Return the size of the legs' movement: a robust range of the ankles about the hips."""
    ankles = points[:, :, POINTS.index("ankle")]
    return float(np.max(np.nanpercentile(ankles, 95, axis=0) - np.nanpercentile(ankles, 5, axis=0)))


def leg_points(xy: Floats) -> Floats:
    """Return (T, 2, P, 2) leg points of both sides about the mid-hip."""
    sides: tuple[Side, Side] = ("left", "right")
    hip = (xy[:, index("hip", "left")] + xy[:, index("hip", "right")]) / 2
    rows = [[index(name, side) for name in POINTS] for side in sides]
    return np.asarray(xy[:, rows] - hip[:, None, None])


def _design(phase: Floats) -> Floats:
    angle = phase[:, None] * np.arange(1, HARMONICS + 1)
    slow = np.linspace(-1, 1, phase.size)
    return np.column_stack([np.ones(phase.size), slow, np.cos(angle), np.sin(angle)])


def _robust_fit(design: Floats, z: Floats, rounds: int = 8) -> Floats:
    """Return (P, C) coefficients by bisquare fits, each signal on its own, NaN left out."""
    fit = np.zeros((design.shape[1], z.shape[1]))
    for c in range(z.shape[1]):
        seen = np.isfinite(z[:, c])
        if seen.sum() < 2 * design.shape[1]:
            fit[:, c] = np.nan
            continue
        basis, values = design[seen], z[seen, c]
        weight = np.ones(values.size)
        for _ in range(rounds):
            root = np.sqrt(weight)[:, None]
            fit[:, c] = least_squares(basis * root, values * root[:, 0])
            residual = np.abs(values - basis @ fit[:, c])
            limit = max(5 * 1.4826 * float(np.median(residual)), 1e-6)
            weight = np.maximum(1 - (residual / limit) ** 2, 1e-4) ** 2
    return fit


def _better_swapped(xy: Floats, model: LegModel) -> NDArray[np.bool_]:
    """Return (T, P) which points fit better on the other leg."""
    points = leg_points(xy)
    keep = _cost(points, model)
    swap = _cost(points[:, ::-1], model)
    change = np.zeros(keep.shape, bool)
    knee_too = swap[:, 0] < keep[:, 0]
    for part, wanted in ((slice(0, None), knee_too), (slice(1, None), ~knee_too)):
        kept, turned = keep[:, part].sum(axis=1), swap[:, part].sum(axis=1)
        worth = wanted & (kept - turned > LEAST_COST) & (turned < MARGIN * kept)
        change[:, part] |= worth[:, None]
    return change


def _cost(points: Floats, model: LegModel) -> Floats:
    """Return (T, P) bounded squared distance of both legs' points from the model, in spreads."""
    distance = ((points - model.path_px) / model.spread_px) ** 2
    return np.asarray(np.nansum(np.minimum(distance, 25.0), axis=(1, 3)))
