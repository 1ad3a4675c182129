"""A runner as lines in one colour, over a picture or on plain ground."""

from __future__ import annotations

from typing import Final

import numpy as np

from formcheck.annotate.body import limbs
from formcheck.annotate.figure import Figure, extent, head_points
from formcheck.annotate.geometry import arc, between
from formcheck.annotate.shapes import AMBER, CYAN, WHITE, Pen, Rgb, Shape, Strokes
from formcheck.annotate.theme import Theme
from formcheck.landmarks import SIDES, Side, index

COLORS: Final[tuple[Rgb, Rgb]] = (CYAN, AMBER)
"""The first runner's colour and the second's."""

_FAR_COLOR: Final[Rgb] = (92, 100, 110)
_FAR_SHARE: Final = 0.5
_JOINTS: Final = ("shoulder", "elbow", "hip", "knee", "ankle")
_HEAD_TRUNKS: Final = 0.2


def skeleton(figure: Figure, color: Rgb, theme: Theme) -> list[Shape]:
    """Return limbs, trunk and joints in one colour.

    Far limbs are thinner and duller; what was filled in is dashed, as in the annotated clip.

    Parameters
    ----------
    figure : Figure
        The runner, in pixels of the screen.
    color : (int, int, int)
        Red, green and blue.
    theme : Theme
        Sizes.
    """
    near = figure.view.near_side
    if near is None:
        both = [shape for side in SIDES for shape in _near_limbs(figure, side, color, theme)]
        return [*_torso(figure, color, theme), *both]
    far = next(side for side in SIDES if side != near)
    dull = Pen(_dulled(color), 0.75 * theme.line_px, theme.rim_px)
    return [
        *limbs(figure, far, dull, theme),
        *_torso(figure, color, theme),
        *_near_limbs(figure, near, color, theme),
    ]


def head(figure: Figure, color: Rgb, theme: Theme) -> list[Shape]:
    """Return neck and head, for a runner without a picture."""
    low, high = extent(head_points(figure.xy))
    centre = 0.5 * (low + high)
    radius_px = _HEAD_TRUNKS * figure.trunk_px
    ring = arc(centre, radius_px, 0.0, np.full(centre.shape[0], 360.0), n=33)
    apart = figure.mid_shoulder - centre
    with np.errstate(invalid="ignore", divide="ignore"):
        chin = centre + apart * np.fmin(1.0, radius_px / np.hypot(*apart.T))[:, None]
    neck = between(figure.mid_shoulder, chin)[:, None]
    pen = Pen(color, 0.8 * theme.line_px, theme.rim_px)
    return [Strokes(neck, pen), Strokes(ring, pen)]


def _near_limbs(figure: Figure, side: Side, color: Rgb, theme: Theme) -> list[Shape]:
    points = [index(name, side) for name in _JOINTS]
    seen = np.where(figure.hidden[:, points, None], np.nan, figure.xy[:, points])
    dots = Strokes(between(seen, seen), Pen(WHITE, 1.4 * theme.line_px, theme.rim_px))
    return [*limbs(figure, side, Pen(color, theme.line_px, theme.rim_px), theme), dots]


def _torso(figure: Figure, color: Rgb, theme: Theme) -> list[Shape]:
    """Return the trunk; from behind also the lines of shoulders and hips."""
    lines = [between(figure.mid_hip, figure.mid_shoulder)]
    if figure.view.near_side is None:
        lines += [
            between(figure.point(n, "left"), figure.point(n, "right")) for n in ("shoulder", "hip")
        ]
    return [Strokes(np.stack(lines, axis=1), Pen(color, theme.line_px, theme.rim_px))]


def _dulled(color: Rgb) -> Rgb:
    red, green, blue = (
        round(_FAR_SHARE * own + (1 - _FAR_SHARE) * grey)
        for own, grey in zip(color, _FAR_COLOR, strict=True)
    )
    return red, green, blue
