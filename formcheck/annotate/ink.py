"""Draw shapes straight onto the luma and chroma planes of a canvas.

The picture is never converted to RGB and back: what is not drawn on stays as decoded, and a line
costs a few microseconds. Lines and texts are anti-aliased; lines are placed to a sixteenth of a
pixel, texts to two pixels (a chroma sample).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.annotate.shapes import INK, Box, Label, Panel, Pen, Shape, Strokes
from formcheck.annotate.stamps import Plane, Planes, Stamp, codes_of, lay, stamp_of, text_stamp
from formcheck.types import Floats

_SHIFT: Final = 4
_FAR_PX: Final = 30_000.0
_VISIBLE: Final = 1 / 64

Points = NDArray[np.int32]
Passes = list[tuple[float, int]]


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """Strokes as OpenCV wants them: fixed point (T, L, N, 2), which lines are drawn, and how.

    `passes` holds code and thickness of each pass over luma and the two chroma planes.
    """

    points: Points
    drawn: NDArray[np.bool_]
    passes: tuple[Passes, Passes, Passes]
    opacity: Floats | None


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """A stamp at a fixed place."""

    stamp: Stamp
    x: int
    y: int


class Painter:
    """Draws the shapes of a clip, frame by frame.

    Parameters
    ----------
    shapes : sequence of Shape
        In the order they are laid over each other.
    size_px : (int, int)
        Width and height of the canvases.
    """

    def __init__(self, shapes: Sequence[Shape], size_px: tuple[int, int]) -> None:
        self._picture = Box(0, 0, *size_px)
        self._items = [_prepared(shape) for shape in shapes]

    def draw(self, planes: Planes, frame: int) -> None:
        """Draw frame number `frame` of the shapes onto the planes, in place."""
        for item in self._items:
            if isinstance(item, _Lines):
                _draw_lines(planes, item, frame)
            elif isinstance(item, Label):
                _draw_label(planes, item, frame, item.within or self._picture)
            else:
                lay(planes, item.stamp, item.x, item.y)


def _prepared(shape: Shape) -> _Lines | Label | _Placed:
    if isinstance(shape, Strokes):
        return _fixed_point(shape)
    if isinstance(shape, Panel):
        x, y = shape.origin_px
        return _Placed(stamp_of(shape.rgba), x & ~1, y & ~1)
    return shape


def _fixed_point(strokes: Strokes) -> _Lines:
    drawn = np.asarray(np.isfinite(strokes.points_px).all(axis=(2, 3)))
    safe = np.clip(np.nan_to_num(strokes.points_px), -_FAR_PX, _FAR_PX)
    # Pixel centres lie at .5 in shapes and at whole numbers in OpenCV.
    points = np.rint((safe - 0.5) * (1 << _SHIFT)).astype(np.int32)
    passes = (_passes(strokes.pen, 0), _passes(strokes.pen, 1), _passes(strokes.pen, 2))
    return _Lines(points, drawn, passes, strokes.opacity)


def _in_chroma(points: Points) -> Points:
    """Return the same fixed-point points in a plane of half the size."""
    return (points >> 1) - (1 << (_SHIFT - 2))


def _opacity(item: _Lines | Label, frame: int) -> float:
    return 1.0 if item.opacity is None else float(item.opacity[frame])


def _draw_lines(planes: Planes, lines: _Lines, frame: int) -> None:
    drawn = lines.drawn[frame]
    opacity = _opacity(lines, frame)
    if opacity < _VISIBLE or not drawn.any():
        return
    luma = lines.points[frame][drawn]
    chroma = _in_chroma(luma)
    for plane, points, passes in zip(planes, (luma, chroma, chroma), lines.passes, strict=True):
        if opacity < 1.0:
            _trace_faded(plane, points, passes, opacity)
        else:
            _trace(plane, points, passes)


def _passes(pen: Pen, plane: int) -> Passes:
    """Return the passes over a plane; the rim, nearly black, is for luma alone."""
    code = codes_of(pen.color)[plane]
    if plane:
        return [(code, _thickness(0.5 * pen.width_px))]
    rim = [(codes_of(INK)[0], _thickness(pen.width_px + 2 * pen.rim_px))] if pen.rim_px else []
    return [*rim, (code, _thickness(pen.width_px))]


def _thickness(width_px: float) -> int:
    return max(1, round(width_px))


def _trace(plane: Plane, points: Points, passes: Passes) -> None:
    lines = cast(Sequence[Points], points)  # taken whole: a list of its rows costs time
    for code, thickness in passes:
        cv2.polylines(plane, lines, False, (code,), thickness, cv2.LINE_AA, _SHIFT)


def _trace_faded(plane: Plane, points: Points, passes: Passes, opacity: float) -> None:
    """Draw onto a copy of the part around the lines and mix it with what was there."""
    reach = max(thickness for _, thickness in passes) + 2
    flat = points.reshape(-1, 2) >> _SHIFT
    left, top = np.maximum(flat.min(axis=0) - reach, 0)
    right, bottom = np.maximum(flat.max(axis=0) + reach, 0)
    part = plane[top:bottom, left:right]
    if not part.size:
        return
    copy = part.copy()
    _trace(copy, points - np.array((left, top), np.int32) * (1 << _SHIFT), passes)
    cv2.addWeighted(copy, opacity, part, 1 - opacity, 0.0, dst=part)


def _draw_label(planes: Planes, label: Label, frame: int, within: Box) -> None:
    which = label.which[frame]
    x, y = (float(each) for each in label.anchor_px[frame])
    opacity = _opacity(label, frame)
    if which < 0 or opacity < _VISIBLE or not (isfinite(x) and isfinite(y)):
        return
    stamp = text_stamp(label.texts[which], label.look)
    (width, height), (left, top) = stamp.size_px, label.align
    x = _even(x - left * width, within.left, within.right - width)
    y = _even(y - top * height, within.top, within.bottom - height)
    lay(planes, stamp, x, y, opacity)


def _even(at: float, first: float, last: float) -> int:
    """Return the nearest even coordinate after moving one inside bounds."""
    return 2 * round(0.5 * max(first, min(at, last)))
