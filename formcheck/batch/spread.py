"""How one metric spreads over a group: quartiles, outliers, and the picture of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck.report.charts import Mark, nice_ticks
from formcheck.types import Floats

WIDTH: Final = 360.0
LEFT: Final = 12.0
STRIP_Y: Final = 30.0
DOT_STEP: Final = 5.0
DOT_LEVELS: Final = 9
OUTLYING_Z: Final = 3.5
FEWEST_TO_JUDGE: Final = 5
MAD_TO_SD: Final = 1.4826


@dataclass(frozen=True, slots=True)
class Dot:
    """One clip that lies apart, with its name, value and page."""

    x: float
    y: float
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Spread:
    """A strip of dots over a box from quartile to quartile, the middle value marked."""

    quartiles: tuple[float, float, float]
    box: tuple[float, float, float]
    dots: str
    outliers: tuple[Dot, ...]
    ticks: tuple[Mark, ...]


def robust_z(values: Floats, sd: Floats) -> Floats:
    """Return how far each value lies from the group's median, in robust standard deviations.

    Parameters
    ----------
    values : (N,) float
        One value a clip.
    sd : (N,) float
        Standard uncertainty of each.

    Returns
    -------
    (N,) float
        Distance from the median over 1.4826 times the median absolute deviation (Iglewicz and
        Hoaglin 1993, "How to Detect and Handle Outliers"). The group's spread is never taken
        smaller than the median uncertainty of a single value, so that clips of like runners are
        not told apart by noise. Zero for groups under five.
    """
    distance = values - np.median(values)
    spread = max(MAD_TO_SD * float(np.median(np.abs(distance))), float(np.median(sd)))
    if values.size < FEWEST_TO_JUDGE or spread == 0.0:
        return np.zeros_like(values)
    return np.asarray(distance / spread)


def spread_picture(
    values: Sequence[float],
    sd: Sequence[float],
    names: Sequence[str],
    links: Sequence[str],
    least_span: float,
) -> Spread:
    """Lay out a metric's values; those over 3.5 robust standard deviations away are outliers.

    `least_span` keeps the axis so wide that small differences look small.
    """
    x = np.asarray(values, dtype=np.float64)
    spare = max(least_span - float(np.ptp(x)), 0.0) / 2
    ticks = nice_ticks(float(x.min()) - spare, float(x.max()) + spare)
    places = _place(x, ticks)
    levels = _levels(places)
    apart = np.abs(robust_z(x, np.asarray(sd, dtype=np.float64))) > OUTLYING_Z
    low, middle, high = (float(value) for value in np.percentile(x, (25, 50, 75)))
    box_low, box_middle, box_high = _place(np.array([low, middle, high]), ticks).tolist()
    heights = (STRIP_Y - DOT_STEP * levels).tolist()
    spots = list(zip(places.tolist(), heights, apart.tolist(), names, links, strict=True))
    return Spread(
        quartiles=(low, middle, high),
        box=(box_low, box_middle, box_high),
        dots="".join(f"M{at:g} {y:g}h0" for at, y, out, _, _ in spots if not out),
        outliers=tuple(Dot(at, y, text, link) for at, y, out, text, link in spots if out),
        ticks=tuple(
            Mark(at, f"{tick:g}".replace("-", "\N{MINUS SIGN}"))
            for at, tick in zip(_place(np.array(ticks), ticks).tolist(), ticks, strict=True)
        ),
    )


def _place(values: Floats, ticks: Sequence[float]) -> Floats:
    share = (values - ticks[0]) / (ticks[-1] - ticks[0])
    return np.round(LEFT + (WIDTH - 2 * LEFT) * share, 1)


def _levels(places: Floats) -> Floats:
    """Return how far from the middle line each dot stands: those that would touch move apart."""
    counts: dict[int, int] = {}
    levels = np.zeros(places.size)
    for i in np.argsort(places, kind="stable"):
        column = round(float(places[i]) / DOT_STEP)
        rank = counts.get(column, 0) % DOT_LEVELS
        levels[i] = (rank + 1) // 2 * (-1.0) ** rank
        counts[column] = rank + 1
    return levels
