"""Mean courses over the stride: each stride is laid on an even grid of phase, then averaged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from formcheck.kernel import ROW
from formcheck.landmarks import LEG, LIMB, SIDES, Side, index
from formcheck.report.info import CurveInfo, catalogue
from formcheck.report.schema import Curve
from formcheck.types import Floats, Gait, Metric

GRID_POINTS: Final = 51
MIN_STRIDES: Final = 3
STRIDE_TOLERANCE: Final = 0.2
MODELLED_SHARE: Final = 0.1
CM_PER_M: Final = 100.0
# A number that is the mean of its own course: the course is drawn at the number's level.
LEVELLED: Final = ("trunk_lean_deg", "elbow_angle_deg")


def stride_curves(gait: Gait, metrics: Mapping[str, Metric] | None = None) -> dict[str, Curve]:
    """Average the courses that the catalogue names for this view.

    Parameters
    ----------
    gait : Gait
        Measures of every frame and the contacts. Lengths come out in centimetres with a scale,
        else in percent of thigh plus shank.
    metrics : mapping of str to Metric, optional
        What was measured: the course of a number that is its own mean lies at the number's level,
        as it does on the clip, and is left out where the number is withheld.

    Returns
    -------
    dict of str to Curve
        Courses by name, with the suffix ``_left`` or ``_right`` where each side has its own. Left
        out where fewer than three strides are complete.
    """
    curves = {}
    for info in catalogue().curves:
        if gait.view.kind not in info.views:
            continue
        level = (metrics or {}).get(info.key) if info.key in LEVELLED else None
        if level is not None and level.value is None:
            continue
        for key, side in _keys(info, gait):
            strides = stride_windows(gait, side)
            if strides.shape[0] >= MIN_STRIDES:
                curves[key] = _curve(gait, info, side, strides, level)
    return curves


def _keys(info: CurveInfo, gait: Gait) -> Iterator[tuple[str, Side]]:
    """Yield each curve's key and side; a central measure starts its stride with the near foot."""
    near = gait.view.near_side
    if not info.sided:
        yield info.key, near or "left"
        return
    for side in SIDES:
        if not info.near_only or near in (None, side):
            yield f"{info.key}_{side}", side


def stride_windows(gait: Gait, side: Side) -> Floats:
    """Return (S, 3) contact, toe-off and next contact in seconds of each complete stride of a foot.

    Strides whose length is off by more than a fifth are left out: a contact was missed there. The
    toe-off is NaN where it was not seen.
    """
    own = [contact for contact in gait.contacts if contact.side == side]
    start = np.array([contact.initial_contact_s for contact in own])
    leave = np.array([contact.toe_off_s for contact in own])
    if start.size < 2:
        return np.empty((0, 3))
    windows = np.column_stack([start[:-1], leave[:-1], start[1:]])
    length = windows[:, 2] - windows[:, 0]
    return np.asarray(windows[np.abs(length / gait.stride_time_s - 1.0) < STRIDE_TOLERANCE])


def _curve(gait: Gait, info: CurveInfo, side: Side, strides: Floats, level: Metric | None) -> Curve:
    """Return one averaged course."""
    values = gait.measures[ROW[info.measure.format(side=side)]]
    if level is not None and level.value is not None and np.isfinite(values).any():
        values = values + (level.value - np.nanmean(values))
    unit = "deg"
    if info.unit == "length":
        factor, unit = _length_scale(gait)
        values = values * factor
    start, leave, end = strides.T
    folded = fold(gait.track.t_s, values, start, end)
    stance = np.nanmean((leave - start) / (end - start)) if np.isfinite(leave).any() else np.nan
    if info.adjust == "drift":
        folded = without_drift(folded)
    if info.stance_only:
        folded[:, np.linspace(0.0, 1.0, GRID_POINTS) > stance] = np.nan
    mean, sd = mean_and_sd(folded)
    if info.adjust == "floor" and np.isfinite(mean).any():
        mean -= np.nanmin(mean)
    return Curve(
        unit=unit,
        side=side,
        n=strides.shape[0],
        mean=tuple(mean.tolist()),
        sd=tuple(sd.tolist()),
        stance_pct=100.0 * stance,
        modelled=info.sided and _is_modelled(gait, info, side),
    )


def fold(t_s: Floats, values: Floats, start_s: Floats, end_s: Floats) -> Floats:
    """Read a signal at even phases of several strides.

    Parameters
    ----------
    t_s, values : (T,) float
        The signal; NaN where unknown.
    start_s, end_s : (S,) float
        Begin and end of each stride.

    Returns
    -------
    (S, 51) float
        Linear between frames; NaN beside a missing frame and outside the signal.
    """
    phase = np.linspace(0.0, 1.0, GRID_POINTS)
    at = start_s[:, None] + phase * (end_s - start_s)[:, None]
    return np.interp(at, t_s, values, left=np.nan, right=np.nan)


def without_drift(folded: Floats) -> Floats:
    """Take the straight line from each stride's first to its last point out, and its mean."""
    line = np.linspace(0.0, 1.0, folded.shape[1]) * (folded[:, -1:] - folded[:, :1])
    level = folded - line
    known = np.isfinite(level)
    total = np.where(known, level, 0.0).sum(axis=1, keepdims=True)
    return np.asarray(level - total / np.maximum(known.sum(axis=1, keepdims=True), 1))


def mean_and_sd(folded: Floats) -> tuple[Floats, Floats]:
    """Return mean and standard deviation over strides; NaN where fewer than three are known."""
    known = np.isfinite(folded)
    count = known.sum(axis=0)
    enough = count >= MIN_STRIDES
    safe = np.maximum(count, 2)
    mean = np.where(known, folded, 0.0).sum(axis=0) / safe
    squares = np.where(known, (folded - mean) ** 2, 0.0).sum(axis=0)
    sd = np.sqrt(squares / (safe - 1))
    return np.where(enough, mean, np.nan), np.where(enough, sd, np.nan)


def _length_scale(gait: Gait) -> tuple[float, str]:
    """Return the factor from body units to the printed unit, and that unit."""
    if gait.calibration.metres_per_px is not None:
        return CM_PER_M, "cm"
    side = gait.view.near_side or "left"
    leg = gait.measures[ROW[f"thigh_length_{side}"]] + gait.measures[ROW[f"shank_length_{side}"]]
    known = leg[np.isfinite(leg)]
    return (100.0 / float(np.median(known)) if known.size else np.nan), "% of leg"


def _is_modelled(gait: Gait, info: CurveInfo, side: Side) -> bool:
    """Return whether more than a tenth of the limb's points were filled in."""
    parts = LIMB if info.near_only else LEG
    rows = [index(part, side) for part in parts]
    return bool(gait.modelled[:, rows].mean() > MODELLED_SHARE)
