"""Geometry of the page's small pictures; the templates only draw what is laid out here.

Horizontal and vertical positions are in the units of each picture's view box, y down.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from formcheck.catalogue import MetricSpec
from formcheck.landmarks import SIDES, Side
from formcheck.report.schema import Curve, Events, FootEvents, MetricRecord
from formcheck.report.words import number

RANGE_WIDTH: Final = 300.0
RANGE_MARGIN: Final = 8.0
LABEL_WIDTH: Final = 14.0
CURVE_WIDTH: Final = 360.0
CURVE_HEIGHT: Final = 190.0
CURVE_LEFT: Final = 42.0
CURVE_RIGHT: Final = 8.0
CURVE_TOP: Final = 10.0
CURVE_BOTTOM: Final = 24.0
TIMELINE_WIDTH: Final = 1000.0
MAX_TICKS: Final = 5
MIN_SPAN: Final = 0.1


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled position on an axis; the label may be nudged aside to stay clear of another."""

    at: float
    label: str
    nudge: float = 0.0


@dataclass(frozen=True, slots=True)
class RangePicture:
    """A value on an axis with its interval, and the usual range where there is one."""

    value: float
    low: float
    high: float
    usual: tuple[float, float] | None
    ends: tuple[Mark, Mark]
    zero: float | None
    sides: tuple[Mark, ...]


def range_picture(
    info: MetricSpec,
    record: MetricRecord,
    sides: Sequence[tuple[Side, MetricRecord]] = (),
    show_usual: bool = True,
) -> RangePicture | None:
    """Lay out one metric's picture; None for a metric without a value.

    The axis is the catalogue's, widened where the value or its interval does not fit.
    """
    if record.value is None:
        return None
    low = record.value if record.low is None else record.low
    high = record.value if record.high is None else record.high
    seen = [(side, one.value) for side, one in sides if one.value is not None]
    usual = info.usual if show_usual else None
    start, end = _axis(info.axis, [low, high, *(value for _, value in seen)])

    def place(value: float) -> float:
        usable = RANGE_WIDTH - 2 * RANGE_MARGIN
        return round(RANGE_MARGIN + usable * (value - start) / (end - start), 1)

    return RangePicture(
        value=place(record.value),
        low=place(low),
        high=place(high),
        usual=(place(usual.low), place(usual.high)) if usual else None,
        ends=(Mark(place(start), f"{start:g}"), Mark(place(end), f"{end:g}")),
        zero=place(0.0) if start < 0 < end else None,
        sides=_side_marks([(place(value), side[0].upper()) for side, value in seen]),
    )


def _side_marks(places: Sequence[tuple[float, str]]) -> tuple[Mark, ...]:
    """Return the marks of left and right, their letters moved apart where they would touch."""
    if len(places) < 2:
        return tuple(Mark(at, label) for at, label in places)
    (first, _), (second, _) = places
    overlap = max(0.0, LABEL_WIDTH - abs(second - first)) / 2.0
    nudges = (-overlap, overlap) if first <= second else (overlap, -overlap)
    return tuple(Mark(at, label, nudge) for (at, label), nudge in zip(places, nudges, strict=True))


def _axis(span: tuple[float, float], values: Sequence[float]) -> tuple[float, float]:
    """Return the axis, widened in whole tenths of itself until all values fit."""
    start, end = span
    tenth = (end - start) / 10.0
    below = math.ceil(max(0.0, start - min(values)) / tenth)
    above = math.ceil(max(0.0, max(values) - end) / tenth)
    return start - below * tenth, end + above * tenth


@dataclass(frozen=True, slots=True)
class Line:
    """One course: its path, the outline of its band, and how it is called."""

    side: Side
    label: str
    path: str
    band: str
    dashed: bool


@dataclass(frozen=True, slots=True)
class CurvePicture:
    """Courses of one measure over the stride on common axes."""

    lines: tuple[Line, ...]
    y_ticks: tuple[Mark, ...]
    x_ticks: tuple[Mark, ...]
    stance: tuple[float, float] | None
    summary: str


def curve_picture(curves: Sequence[tuple[Curve, str, bool]]) -> CurvePicture | None:
    """Lay out curves (each with its label, and whether it is drawn dashed) of one unit.

    None where no curve has a known point.
    """
    bands = [_edges(curve) for curve, _, _ in curves]
    edges = np.concatenate([np.concatenate(band) for band in bands]) if bands else np.empty(0)
    if not np.isfinite(edges).any():
        return None
    ticks = nice_ticks(float(np.nanmin(edges)), float(np.nanmax(edges)))
    lines = tuple(
        Line(
            side=curve.side,
            label=label,
            path=_path(_known(curve.mean), ticks),
            band=_outline(*band, ticks),
            dashed=dashed,
        )
        for (curve, label, dashed), band in zip(curves, bands, strict=True)
    )
    decimals = max(0, -math.floor(math.log10(ticks[1] - ticks[0]) + 1e-9))
    stance = curves[0][0].stance_pct
    return CurvePicture(
        lines=lines,
        y_ticks=tuple(Mark(_y(tick, ticks), number(tick, decimals)) for tick in ticks),
        x_ticks=tuple(Mark(_x(phase), f"{phase:g} %") for phase in (0, 25, 50, 75, 100)),
        stance=None if stance is None else (_x(0), _x(stance)),
        summary=_summary(curves, decimals),
    )


def nice_ticks(low: float, high: float) -> list[float]:
    """Return three to six round numbers, evenly spaced, that span a range."""
    span = max(high - low, MIN_SPAN)
    power = 10.0 ** math.floor(math.log10(span / MAX_TICKS))
    step = next(m * power for m in (1, 2, 5, 10) if span / (m * power) <= MAX_TICKS)
    first, last = math.floor(low / step), math.ceil(high / step)
    last = max(last, first + 2)
    return [i * step for i in range(first, last + 1)]


def _known(values: Sequence[float | None]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _edges(curve: Curve) -> tuple[np.ndarray, np.ndarray]:
    mean, sd = _known(curve.mean), _known(curve.sd)
    return mean - sd, mean + sd


def _x(phase_pct: float) -> float:
    return round(CURVE_LEFT + (CURVE_WIDTH - CURVE_LEFT - CURVE_RIGHT) * phase_pct / 100.0, 1)


def _y(value: float, ticks: Sequence[float]) -> float:
    share = (value - ticks[0]) / (ticks[-1] - ticks[0])
    return round(CURVE_HEIGHT - CURVE_BOTTOM - share * (CURVE_HEIGHT - CURVE_BOTTOM - CURVE_TOP), 1)


def _points(values: np.ndarray, ticks: Sequence[float]) -> list[str | None]:
    phases = np.linspace(0.0, 100.0, values.size)
    return [
        f"{_x(phase)},{_y(value, ticks)}" if np.isfinite(value) else None
        for phase, value in zip(phases.tolist(), values.tolist(), strict=True)
    ]


def _runs(points: Sequence[str | None]) -> list[list[str]]:
    """Split at missing points; single points left over make no line."""
    runs: list[list[str]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if len(run) > 1]


def _path(values: np.ndarray, ticks: Sequence[float]) -> str:
    return " ".join("M" + " L".join(run) for run in _runs(_points(values, ticks)))


def _outline(lower: np.ndarray, upper: np.ndarray, ticks: Sequence[float]) -> str:
    tops, bottoms = _runs(_points(upper, ticks)), _runs(_points(lower, ticks))
    pairs = zip(tops, bottoms, strict=True)
    return " ".join("M" + " L".join(top + bottom[::-1]) + " Z" for top, bottom in pairs)


def _summary(curves: Sequence[tuple[Curve, str, bool]], decimals: int) -> str:
    """Return what a reader who cannot see the picture should know."""
    parts = []
    for curve, label, _ in curves:
        mean = _known(curve.mean)
        if np.isfinite(mean).any():
            low, high = number(np.nanmin(mean), decimals), number(np.nanmax(mean), decimals)
            parts.append(f"{label}: from {low} to {high}, mean of {curve.n} strides")
    return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class Bar:
    """One contact on the timeline."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Lane:
    """The contacts of one foot; `second` asks for the second colour."""

    side: Side
    bars: tuple[Bar, ...]
    second: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """Contacts of both feet over the measured part of the clip."""

    lanes: tuple[Lane, ...]
    ticks: tuple[Mark, ...]


def timeline(events: Events, from_s: float, to_s: float, first: Side) -> Timeline | None:
    """Lay out the contacts of both feet; None where there are none or the span is empty.

    `first` is the side that is drawn in the first colour.
    """
    lanes = tuple(
        Lane(side, _bars(getattr(events, side), from_s, to_s), side != first) for side in SIDES
    )
    if to_s <= from_s or not any(lane.bars for lane in lanes):
        return None
    ticks = [tick for tick in nice_ticks(from_s, to_s) if from_s <= tick <= to_s]
    return Timeline(
        lanes=lanes,
        ticks=tuple(
            Mark(round(100.0 * (tick - from_s) / (to_s - from_s), 2), f"{tick:g} s")
            for tick in ticks
        ),
    )


def _bars(foot: FootEvents, from_s: float, to_s: float) -> tuple[Bar, ...]:
    bars = []
    scale = TIMELINE_WIDTH / max(to_s - from_s, 1e-9)
    for start, following in pairwise((*foot.initial_contact_s, math.inf)):
        leave = next((toe for toe in foot.toe_off_s if start < toe < following), None)
        if leave is not None:
            bars.append(Bar(round((start - from_s) * scale, 1), round((leave - start) * scale, 1)))
    return tuple(bars)
