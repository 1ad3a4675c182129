"""Shapes of the body: skeleton, trunk and lean, plumb line, wake of the hips.

Everything is in level pixels of a `Figure`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Final

import numpy as np

from formcheck.annotate.figure import Figure, head_points
from formcheck.annotate.geometry import arc, between, dash_count, dashed, trail, turned
from formcheck.annotate.shapes import (
    AMBER,
    CYAN,
    INK,
    MUTED,
    WHITE,
    Pen,
    Rgb,
    Shape,
    Strokes,
    TextLook,
    label_of,
    whole,
)
from formcheck.annotate.theme import Theme
from formcheck.landmarks import SIDES, Side, index
from formcheck.types import Floats

_LIMBS: Final = (
    ("shoulder", "elbow"),
    ("elbow", "wrist"),
    ("hip", "knee"),
    ("knee", "ankle"),
    ("ankle", "heel"),
    ("heel", "toe"),
)
_JOINTS: Final = ("shoulder", "elbow", "hip", "knee", "ankle")
_WAKE_STRIDES: Final = 1.5
_WAKE_TRUNKS: Final = 1.5
_WAKE_PIECES: Final = 3


def side_colors(figure: Figure) -> dict[Side, Rgb]:
    """Return the colour of each side's limbs: near bright, far muted; both bright from behind."""
    near = figure.view.near_side
    if near is None:
        return {"left": CYAN, "right": AMBER}
    return {side: CYAN if side == near else MUTED for side in SIDES}


def skeleton(figure: Figure, theme: Theme) -> list[Shape]:
    """Return the limbs, far ones first; what was filled in is dashed and thin, never as if seen."""
    near = figure.view.near_side
    colors = side_colors(figure)
    order = sorted(SIDES, key=lambda side: side == near)
    shapes: list[Shape] = []
    for side in order:
        weight = 0.7 if near is not None and side != near else 1.0
        pen = Pen(colors[side], weight * theme.line_px, theme.rim_px)
        shapes += limbs(figure, side, pen, theme)
        if side == near or near is None:
            shapes.append(_joint_dots(figure, side, theme))
        if side != order[-1]:
            shapes += torso(figure, theme)
    return shapes


def limbs(figure: Figure, side: Side, pen: Pen, theme: Theme) -> list[Shape]:
    """Return one arm and one leg: solid where seen, dashed where filled in."""
    pairs = [(index(a, side), index(b, side)) for a, b in _LIMBS]
    bones = np.stack([between(figure.xy[:, a], figure.xy[:, b]) for a, b in pairs], axis=1)
    seen = np.stack([figure.seen(a, b) for a, b in pairs], axis=1)[..., None, None]
    faint = Pen(pen.color, 0.5 * pen.width_px)
    guessed = dashed(np.where(seen, np.nan, bones), dash_count(bones, 2.6 * theme.line_px))
    return [Strokes(guessed, faint), Strokes(np.where(seen, bones, np.nan), pen)]


def _joint_dots(figure: Figure, side: Side, theme: Theme) -> Shape:
    points = [index(name, side) for name in _JOINTS]
    seen = np.where(figure.hidden[:, points, None], np.nan, figure.xy[:, points])
    return Strokes(between(seen, seen), Pen(WHITE, 1.5 * theme.line_px, theme.rim_px))


def torso(figure: Figure, theme: Theme) -> list[Shape]:
    """Return trunk and neck; from behind also the lines of shoulders and hips."""
    shoulder = figure.mid_shoulder
    neck = between(shoulder, shoulder + 0.8 * (_head_centre(figure) - shoulder))
    lines = [between(figure.mid_hip, figure.mid_shoulder), neck]
    if figure.view.near_side is None:
        lines += [
            between(figure.point(n, "left"), figure.point(n, "right")) for n in ("shoulder", "hip")
        ]
    pen = Pen(WHITE, 0.8 * theme.line_px, theme.rim_px)
    return [Strokes(np.stack(lines, axis=1), pen)]


def _head_centre(figure: Figure) -> Floats:
    """Return the middle (T, 2) of what is known of nose and ears; NaN where nothing is."""
    points = head_points(figure.xy)
    known = np.isfinite(points)
    total = np.where(known, points, 0.0).sum(axis=1)
    count = known.sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def plumb(figure: Figure, theme: Theme) -> list[Shape]:
    """Return the true vertical through the hips, from shoulder height to the ground, dashed."""
    hip = figure.mid_hip
    top = hip - (0.0, 1.02 * figure.trunk_px)
    bottom = np.stack((hip[:, 0], figure.ground_y), axis=-1)
    line = between(top, bottom)[:, None]
    pen = Pen(WHITE, 0.4 * theme.line_px, 0.7 * theme.rim_px)
    return [Strokes(dashed(line, dash_count(line, 6.5 * theme.line_px)), pen)]


def lean(figure: Figure, lean_deg: Floats, theme: Theme) -> list[Shape]:
    """Return the arc between vertical and trunk, and the lean in degrees behind the shoulders.

    Parameters
    ----------
    figure : Figure
        The runner.
    lean_deg : (T,) float
        The number to print, NaN where withheld.
    theme : Theme
        Sizes.
    """
    hip, trunk = figure.mid_hip, figure.mid_shoulder - figure.mid_hip
    drawn_deg = np.degrees(np.arctan2(trunk[:, 0], -trunk[:, 1]))
    sector = arc(hip, 0.8 * figure.trunk_px, 0.0, drawn_deg)
    behind = (-0.3 * figure.forward, -1.0)
    anchor = hip + figure.trunk_px * np.array(behind)
    align = (1.0 if figure.forward > 0 else 0.0, 0.5)
    look = TextLook(theme.text_px, WHITE)
    return [
        Strokes(sector, Pen(WHITE, 0.5 * theme.line_px, 0.7 * theme.rim_px)),
        label_of(
            [f"lean {text}" if text else "" for text in degrees(lean_deg)], anchor, align, look
        ),
    ]


def degrees(values: Iterable[float]) -> list[str]:
    """Return whole degrees as texts, empty for NaN."""
    return [f"{whole(v)}°" if np.isfinite(v) else "" for v in values]


def wake(figure: Figure, text: str, theme: Theme) -> list[Shape]:
    """Return the bounce trace: the course of the hips over the last strides, drifting backwards.

    Parameters
    ----------
    figure : Figure
        The runner.
    text : str
        Printed below it, such as the bounce in cm; may be empty.
    theme : Theme
        Sizes.
    """
    length = _wake_length(figure, theme)
    drift = (-figure.forward * length, 0.0)
    line = trail(figure.t_s, figure.mid_hip, _WAKE_STRIDES * figure.stride_s, drift)
    cuts = np.linspace(0, line.shape[1] - 1, _WAKE_PIECES + 1).astype(int)
    widths = theme.line_px * np.linspace(0.75, 0.4, _WAKE_PIECES)
    rim = Pen(INK, widths[1] + 1.4 * theme.rim_px)
    shapes: list[Shape] = [Strokes(line[:, None], rim)]
    for (first, last), width in zip(itertools.pairwise(cuts), widths, strict=True):
        shapes.append(Strokes(line[:, None, first : last + 1], Pen(WHITE, width)))
    lowest = np.fmax.reduce(figure.mid_hip[:, 1])
    x = figure.mid_hip[:, 0] - 0.65 * figure.forward * length
    anchor = np.stack((x, np.where(np.isfinite(x), lowest, np.nan)), axis=-1)
    look = TextLook(theme.small_px, WHITE)
    return [*shapes, label_of([text] * x.size, anchor, (0.5, 0.0), look)]


def _wake_length(figure: Figure, theme: Theme) -> float:
    """Return how far the wake may drift so that it stays in the picture."""
    hip_x = float(np.nanmedian(turned(figure.mid_hip, figure.roll_deg)[:, 0]))
    room = hip_x if figure.forward > 0 else theme.width_px - hip_x
    return max(0.0, min(_WAKE_TRUNKS * figure.trunk_px, room - theme.margin_px))
