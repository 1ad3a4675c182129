"""Stick figures of two runners, hips on hips, laid out for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck.landmarks import NAMES, Landmark, Side, index, other
from formcheck.report.schema import INSTANTS, StrideFigures
from formcheck.types import Floats

TITLES: Final = {
    "contact": "Contact",
    "midstance": "Midstance",
    "toe_off": "Toe-off",
    "mid_swing": "Mid-swing",
}
HEIGHT: Final = 230.0
MARGIN: Final = 8.0
HEAD_TRUNKS: Final = 0.17
_CHAINS: Final = (
    ("shoulder", "elbow", "wrist"),
    ("hip", "knee", "ankle", "heel", "toe", "ankle"),
)


@dataclass(frozen=True, slots=True)
class Stick:
    """One body: paths of the trunk with the near limbs and of the far limbs, and the head."""

    near: str
    far: str
    head: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class Panel:
    """Both bodies at one instant; `hip_x` is where the plumb line through the hips stands."""

    title: str
    width: float
    hip_x: float
    first: Stick
    second: Stick


def stick_panels(first: StrideFigures | None, second: StrideFigures | None) -> tuple[Panel, ...]:
    """Lay out both runners at the instants of a stride.

    Parameters
    ----------
    first, second : StrideFigures or None
        As reports hold them; None (an older report) gives no panels, nor do figures of different
        feet.

    Returns
    -------
    tuple of Panel
        In the order of the stride, all in one scale: metres where both have them, else lengths of
        the trunk. Forward is to the right.
    """
    if first is None or second is None or first.side != second.side:
        return ()
    in_metres = first.unit == second.unit == "m"
    found = []
    for name in INSTANTS:
        if name in first.instants and name in second.instants:
            bodies = tuple(
                _points(figures.instants[name].points, _trunk(figures), in_metres)
                for figures in (first, second)
            )
            found.append((TITLES[name], bodies))
    extent = np.concatenate([body for _, bodies in found for body in bodies] or [np.empty((0, 2))])
    if not np.isfinite(extent).any():
        return ()
    return tuple(_panel(title, bodies, extent, first.side) for title, bodies in found)


def _points(places: Mapping[str, tuple[float, float]], trunk: float, in_metres: bool) -> Floats:
    """Return (K, 2) points; NaN where one is missing."""
    points = np.array([places.get(name, (np.nan, np.nan)) for name in NAMES])
    return points if in_metres else points / trunk


def _trunk(figures: StrideFigures) -> float:
    """Return the length of the trunk in the figures' unit; 1 where the shoulders are missing."""
    points = figures.instants["contact"].points if "contact" in figures.instants else {}
    shoulders = [points[name] for name in ("left_shoulder", "right_shoulder") if name in points]
    return float(np.hypot(*np.mean(shoulders, axis=0))) if shoulders else 1.0


def _panel(title: str, bodies: Sequence[Floats], extent: Floats, side: Side) -> Panel:
    head = HEAD_TRUNKS * float(np.nanmedian(_trunk_lengths(bodies)))
    low, high = np.nanmin(extent, axis=0), np.nanmax(extent, axis=0)
    high[1] += head
    scale = (HEIGHT - 2 * MARGIN) / (high[1] - low[1])
    left = low[0] - MARGIN / scale
    top = high[1] + MARGIN / scale
    drawn = [(body - (left, top)) * (scale, -scale) for body in bodies]
    return Panel(
        title=title,
        width=round(float(scale * (high[0] - left) + MARGIN), 1),
        hip_x=round(float(-left * scale), 1),
        first=_stick(drawn[0], side, head * scale),
        second=_stick(drawn[1], side, head * scale),
    )


def _trunk_lengths(bodies: Sequence[Floats]) -> Floats:
    return np.array([np.hypot(*_middle(body, "shoulder")) for body in bodies])


def _middle(body: Floats, name: str) -> Floats:
    return np.asarray((body[index(name, "left")] + body[index(name, "right")]) / 2)


def _stick(body: Floats, near: Side, head: float) -> Stick:
    hips, shoulders = _middle(body, "hip"), _middle(body, "shoulder")
    ears = body[[Landmark.LEFT_EAR, Landmark.RIGHT_EAR]].mean(axis=0)
    x, y = ears.round(1).tolist()
    return Stick(
        near=_path([[hips, shoulders, ears], *_limbs(body, near)]),
        far=_path(_limbs(body, other(near))),
        head=(x, y, round(head, 1)) if np.isfinite(ears).all() else None,
    )


def _limbs(body: Floats, side: Side) -> list[list[Floats]]:
    return [[body[index(name, side)] for name in chain] for chain in _CHAINS]


def _path(lines: Sequence[Sequence[Floats]]) -> str:
    """Return an SVG path of several lines; points that are missing break a line."""
    parts = []
    for line in lines:
        pen_down = False
        for x, y in (point.tolist() for point in line):
            if np.isfinite(x) and np.isfinite(y):
                parts.append(f"{'L' if pen_down else 'M'}{x:.1f},{y:.1f}")
            pen_down = bool(np.isfinite(x) and np.isfinite(y))
    return " ".join(parts)
