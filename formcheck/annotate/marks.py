"""Marks that are held for a moment: landing distance, knee angle from behind, step width.

Everything is in level pixels of a `Figure`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from formcheck.annotate.figure import Figure
from formcheck.annotate.geometry import between, dash_count, dashed, fading, latest, sample
from formcheck.annotate.readings import Readings
from formcheck.annotate.shapes import (
    YELLOW,
    Label,
    Pen,
    Shape,
    Strokes,
    TextLook,
    label_of,
    whole,
)
from formcheck.annotate.theme import Theme
from formcheck.landmarks import Side
from formcheck.types import Floats


@dataclass(frozen=True, slots=True)
class Hold:
    """How long a moment stays in the picture, in strides.

    Attributes
    ----------
    numbers : float
        Numbers and what they measure.
    ghost : float
        A past position of the leg.
    fade : float
        Going out, after either.
    """

    numbers: float = 0.6
    ghost: float = 0.3
    fade: float = 0.15


_PLATE: Final = 0.62
CLIP_HOLD: Final = Hold()
STILL_HOLD: Final = Hold(0.06, 0.06, 0.01)
"""In a still only what belongs to its own moment is shown."""


def _thick(theme: Theme) -> Pen:
    return Pen(YELLOW, 0.75 * theme.line_px, theme.rim_px)


def _thin(theme: Theme) -> Pen:
    return Pen(YELLOW, 0.4 * theme.line_px, 0.6 * theme.rim_px)


def number(value: float, unit: str) -> str:
    """Return a whole number (of inches with one decimal) with its unit, empty for NaN."""
    if not np.isfinite(value):
        return ""
    return f"{value:.1f} in" if unit == "in" else f"{whole(value)} {unit}"


def landing(
    figure: Figure, readings: Readings, theme: Theme, hold: Hold = CLIP_HOLD
) -> list[Shape]:
    """Return the distance from plumb line to ankle, as it was at each contact of the near foot."""
    side, known = figure.view.near_side, readings.known()
    if side is None or not known.t_s.size:
        return []
    hip = sample(figure.t_s, figure.mid_hip, known.t_s)
    ankle = sample(figure.t_s, figure.point("ankle", side), known.t_s)
    toe = sample(figure.t_s, figure.point("toe", side), known.t_s)
    y = sample(figure.t_s, figure.ground_y, known.t_s) + 3.0 * theme.line_px
    start, end = (np.stack((x, y), axis=-1) for x in (hip[:, 0], ankle[:, 0]))
    up = np.array((0.0, -5.0 * theme.line_px))
    measure = np.stack((between(start, end), between(end, end + up)), axis=1)
    reach = figure.forward * np.stack((start[:, 0], end[:, 0], toe[:, 0]))
    ahead = figure.forward * (np.fmax.reduce(reach) + 3.0 * theme.line_px)
    anchor = np.stack((ahead, y), axis=-1)
    helpers = np.stack((between(hip, start), between(end, anchor)), axis=1)
    align = (0.0 if figure.forward > 0 else 1.0, 0.5)
    texts = [number(v, known.unit) for v in known.value]
    held = _Held(figure, known.t_s, hold.numbers, hold.fade)
    return [
        held.lines(helpers, _thin(theme)),
        held.lines(measure, _thick(theme)),
        held.label(texts, anchor, align, TextLook(1.1 * theme.text_px, YELLOW, box=_PLATE)),
    ]


def knee(
    figure: Figure, side: Side, readings: Readings, theme: Theme, hold: Hold = CLIP_HOLD
) -> list[Shape]:
    """Return hip, knee and ankle as they were at each midstance, and the angle beside the knee."""
    known = readings.known()
    if not known.t_s.size:
        return []
    names = ("hip", "knee", "ankle")
    hip, joint, ankle = (sample(figure.t_s, figure.point(n, side), known.t_s) for n in names)
    leg = np.stack((hip, joint, ankle), axis=1)[:, None]
    straight = between(hip, ankle)[:, None]
    outward = np.nansum(hip[:, 0] - sample(figure.t_s, figure.mid_hip, known.t_s)[:, 0])
    away = 1.0 if outward >= 0 else -1.0
    anchor = joint + np.array((away * 0.28 * figure.trunk_px, 0.0))
    align = (0.0 if away > 0 else 1.0, 0.5)
    texts = [inward(v) for v in known.value]
    ghost = _Held(figure, known.t_s, hold.ghost, hold.fade)
    held = _Held(figure, known.t_s, hold.numbers, hold.fade)
    return [
        ghost.lines(dashed(straight, dash_count(straight, 4 * theme.line_px)), _thin(theme)),
        ghost.lines(leg, _thick(theme)),
        held.label(texts, anchor, align, TextLook(theme.text_px, YELLOW, box=_PLATE)),
    ]


def inward(angle_deg: float) -> str:
    """Return a frontal knee angle in words: how far in or out, empty for NaN."""
    if not np.isfinite(angle_deg):
        return ""
    whole = round(angle_deg)
    return f"{abs(whole)}° {'in' if whole > 0 else 'out'}" if whole else "0°"


def step_width(
    figure: Figure, readings: Readings, theme: Theme, hold: Hold = CLIP_HOLD
) -> list[Shape]:
    """Return the sideways distance between the ankles of successive steps, on the ground."""
    known = readings.known()
    if not known.t_s.size:
        return []
    left, right = _ankles_around(figure, known.t_s)
    y = sample(figure.t_s, figure.ground_y, known.t_s) + 2.5 * theme.line_px
    start, end = np.stack((left, y), axis=-1), np.stack((right, y), axis=-1)
    tick = np.array((0.0, 1.8 * theme.line_px))
    lines = [between(start, end), *(between(at - tick, at + tick) for at in (start, end))]
    anchor = np.stack((0.5 * (left + right), y + 2.5 * theme.line_px), axis=-1)
    texts = [number(v, known.unit) for v in known.value]
    held = _Held(figure, known.t_s, hold.numbers, hold.fade)
    return [
        held.lines(np.stack(lines, axis=1), _thick(theme)),
        held.label(texts, anchor, (0.5, 0.0), TextLook(theme.text_px, YELLOW, box=_PLATE)),
    ]


def _ankles_around(figure: Figure, t_s: Floats) -> tuple[Floats, Floats]:
    """Return level x of the ankle in stance at each time and of the other one a step earlier."""
    now = {side: sample(figure.t_s, figure.point("ankle", side), t_s) for side in ("left", "right")}
    before = {
        side: sample(figure.t_s, figure.point("ankle", side), t_s - 0.5 * figure.stride_s)
        for side in ("left", "right")
    }
    left_stands = now["left"][:, 1] > now["right"][:, 1]
    left = np.where(left_stands, now["left"][:, 0], before["left"][:, 0])
    right = np.where(left_stands, before["right"][:, 0], now["right"][:, 0])
    return left, right


class _Held:
    """Spreads values of moments over the frames that follow them."""

    def __init__(self, figure: Figure, events_s: Floats, hold: float, fade: float) -> None:
        self._which, age_s = latest(figure.t_s, events_s)
        self._opacity = fading(age_s, hold * figure.stride_s, fade * figure.stride_s)

    def _spread(self, per_event: Floats) -> Floats:
        values = per_event[np.maximum(self._which, 0)].astype(float)
        values[self._opacity == 0] = np.nan
        return values

    def lines(self, lines: Floats, pen: Pen) -> Strokes:
        """Return the lines (E, L, N, 2) of moments as strokes over time."""
        return Strokes(self._spread(lines), pen, self._opacity)

    def label(
        self, texts: list[str], anchor: Floats, align: tuple[float, float], look: TextLook
    ) -> Label:
        """Return the texts of moments, held at (E, 2), as a label over time."""
        shown = [texts[k] if k >= 0 else "" for k in self._which]
        label = label_of(shown, self._spread(anchor), align, look)
        return replace(label, opacity=self._opacity)
