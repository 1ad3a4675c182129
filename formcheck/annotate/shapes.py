"""What can be drawn: lines, short texts and panels, each with its course over all frames of a clip.

Shapes hold numbers only. `formcheck.annotate.ink` turns them into pixels; everything that decides
where something is drawn, or whether, happens before and can be checked without a picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.types import Floats

Rgb = tuple[int, int, int]

WHITE: Final[Rgb] = (250, 251, 252)
INK: Final[Rgb] = (14, 18, 24)
MUTED: Final[Rgb] = (176, 188, 200)
CYAN: Final[Rgb] = (32, 214, 255)
AMBER: Final[Rgb] = (255, 164, 58)
YELLOW: Final[Rgb] = (255, 222, 89)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the picture, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """Return the area that both share."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)


@dataclass(frozen=True, slots=True)
class Pen:
    """How lines look: colour, width and the width of the dark rim on either side, in pixels."""

    color: Rgb
    width_px: float
    rim_px: float = 0.0


@dataclass(frozen=True, slots=True)
class TextLook:
    """How a text looks; `box` is the opacity of a dark plate behind it, 0 for a rim instead."""

    size_px: float
    color: Rgb = WHITE
    weight: int = 600
    box: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Strokes:
    """Lines that share a pen.

    Attributes
    ----------
    points_px : (T, L, N, 2) float
        L lines of N points in each of T frames; a line with a NaN in it is not drawn. Two equal
        points make a dot.
    pen : Pen
        Their look.
    opacity : (T,) float, optional
        From 0 (hidden) to 1; 1 throughout when left out.
    """

    points_px: Floats
    pen: Pen
    opacity: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """A short text that moves and changes.

    Attributes
    ----------
    texts : tuple of str
        Every text it takes.
    which : (T,) int
        Index into `texts`, -1 where nothing is shown.
    anchor_px : (T, 2) float
        Where it is held; NaN hides it.
    align : (float, float)
        The part of the text's box that lies on the anchor: (0, 0) its top left, (1, 0.5) the middle
        of its right edge.
    look : TextLook
        Its look.
    opacity : (T,) float, optional
        From 0 to 1; 1 throughout when left out.
    within : Box, optional
        Part of the picture that it is moved into; the whole picture when left out.
    """

    texts: tuple[str, ...]
    which: NDArray[np.intp]
    anchor_px: Floats
    align: tuple[float, float]
    look: TextLook
    opacity: Floats | None = None
    within: Box | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """A picture at a fixed place.

    Attributes
    ----------
    origin_px : (int, int)
        Its left and top edge.
    rgba : (H, W, 4) float
        Colour times opacity (0 to 255) and opacity (0 to 1).
    """

    origin_px: tuple[int, int]
    rgba: Floats


Shape = Strokes | Label | Panel


def label_of(
    texts: list[str], anchor_px: Floats, align: tuple[float, float], look: TextLook
) -> Label:
    """Return the label that shows ``texts[i]`` in frame i; an empty text shows nothing.

    Parameters
    ----------
    texts : list of str
        One a frame, T in all.
    anchor_px : (2,) or (T, 2) float
        Where it is held.
    align, look
        As in `Label`.
    """
    distinct = sorted({text for text in texts if text})
    where = {text: i for i, text in enumerate(distinct)}
    which = np.array([where.get(text, -1) for text in texts], dtype=np.intp)
    anchors = np.broadcast_to(np.asarray(anchor_px, float), (len(texts), 2))
    return Label(tuple(distinct), which, anchors, align, look)


def whole(value: float) -> str:
    """Return a number rounded to a whole one, with a true minus sign and never a minus zero."""
    return f"{round(value) + 0:d}".replace("-", "−")


def moved(shape: Shape, linear: Floats) -> Shape:
    """Return a shape with its points mapped by a (2, 2) matrix; panels stay where they are."""
    if isinstance(shape, Strokes):
        return replace(shape, points_px=shape.points_px @ linear.T)
    if isinstance(shape, Label):
        return replace(shape, anchor_px=shape.anchor_px @ linear.T)
    return shape
