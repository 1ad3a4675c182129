"""Geometry of the small pictures of a metric over weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from formcheck.progress.schema import Point
from formcheck.report.charts import (
    CURVE_BOTTOM,
    CURVE_HEIGHT,
    CURVE_LEFT,
    CURVE_RIGHT,
    CURVE_TOP,
    CURVE_WIDTH,
    Mark,
    nice_ticks,
)
from formcheck.report.words import number

INSET: Final = 16.0
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Dot:
    """One run's value, and the ends of its range."""

    x: float
    y: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class TrendPicture:
    """Dots joined by a line, with band and target as top and height."""

    dots: tuple[Dot, ...]
    path: str
    band: Span | None
    target: Span | None
    y_ticks: tuple[Mark, ...]
    x_ticks: tuple[Mark, ...]


def places(dates: Sequence[str | None]) -> list[float]:
    """Return where runs stand from left to right, 0 to 1: by date where all have one, else evenly.

    A single run, or runs of one day, stand evenly.
    """
    days = [date.fromisoformat(day).toordinal() for day in dates if day]
    if len(days) == len(dates) and days and max(days) > min(days):
        return [(day - min(days)) / (max(days) - min(days)) for day in days]
    return [(i + 0.5) / len(dates) for i in range(len(dates))]


def trend_picture(
    points: Sequence[Point],
    dates: Sequence[str | None],
    *,
    band: tuple[float | None, float | None] = (None, None),
    target: tuple[float | None, float | None] = (None, None),
    axis: Sequence[float] = (),
) -> TrendPicture | None:
    """Lay out one metric over the runs; None where no run has a value.

    Parameters
    ----------
    points : sequence of Point
        One a run, in order.
    dates : sequence of str or None
        ISO dates of the runs.
    band, target : (float or None, float or None)
        Ends of what cannot be told from the first run, and of what is aimed at.
    axis : sequence of float
        Values that the axis holds in any case.
    """
    ends = [x for p in points for x in (p.value, p.low, p.high) if x is not None]
    if not ends:
        return None
    ends += [x for span in (band, target, axis) for x in span if x is not None]
    ticks = nice_ticks(min(ends), max(ends))
    at = places(dates)
    dots = tuple(
        Dot(
            _x(x),
            _y(p.value, ticks),
            _y(p.value if p.high is None else p.high, ticks),
            _y(p.value if p.low is None else p.low, ticks),
        )
        for x, p in zip(at, points, strict=True)
        if p.value is not None
    )
    step = ticks[1] - ticks[0]
    decimals = next(n for n in range(6) if abs(round(step, n) - step) < 1e-9 * step or n == 5)
    return TrendPicture(
        dots=dots,
        path="M" + " L".join(f"{dot.x},{dot.y}" for dot in dots),
        band=_span(band, ticks),
        target=_span(target, ticks),
        y_ticks=tuple(Mark(_y(tick, ticks), number(tick, decimals)) for tick in ticks),
        x_ticks=_x_ticks(dates, at),
    )


def _x(share: float) -> float:
    left = CURVE_LEFT + INSET
    return round(left + (CURVE_WIDTH - CURVE_RIGHT - INSET - left) * share, 1)


def _y(value: float, ticks: Sequence[float]) -> float:
    share = (value - ticks[0]) / (ticks[-1] - ticks[0])
    return round(CURVE_HEIGHT - CURVE_BOTTOM - share * (CURVE_HEIGHT - CURVE_BOTTOM - CURVE_TOP), 1)


def _span(span: tuple[float | None, float | None], ticks: Sequence[float]) -> Span | None:
    low, high = span
    if low is None or high is None:
        return None
    top = _y(high, ticks)
    return top, round(_y(low, ticks) - top, 1)


def _x_ticks(dates: Sequence[str | None], at: Sequence[float]) -> tuple[Mark, ...]:
    """Return the first and the last run's date; runs without dates are counted."""
    last = len(dates) - 1
    marks = [Mark(_x(at[0]), dates[0] or "1")]
    if last > 0 and (dates[last] or str(last + 1)) != marks[0].label:
        marks.append(Mark(_x(at[last]), dates[last] or str(last + 1)))
    return tuple(marks)
