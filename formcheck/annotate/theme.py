"""Sizes of lines and texts for a picture and a runner in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MIN_TEXT_PX = 11.0
TEXT_SHARE = 0.031
# A portrait clip is watched on a phone held upright, 390 points wide: small texts are 13 points.
PORTRAIT_TEXT_SHARE = 0.041


@dataclass(frozen=True, slots=True)
class Theme:
    """Sizes in pixels.

    Attributes
    ----------
    width_px, height_px : int
        The picture.
    text_px, small_px : float
        Height of texts.
    line_px : float
        Width of the near leg's lines; others are thinner.
    rim_px : float
        Dark rim around lines.
    margin_px : int
        Distance of panels from the picture's edge.
    """

    width_px: int
    height_px: int
    text_px: float
    small_px: float
    line_px: float
    rim_px: float
    margin_px: int


def theme_for(width_px: int, height_px: int, runner_px: float) -> Theme:
    """Return sizes that can be read at any resolution.

    Texts grow with the shorter side of the picture, more where it stands upright; lines with the
    height of the runner, within bounds that the picture sets.
    """
    short = min(width_px, height_px)
    share = PORTRAIT_TEXT_SHARE if height_px > width_px else TEXT_SHARE
    text = max(MIN_TEXT_PX, share * short)
    line = float(np.clip(0.0085 * runner_px, 0.003 * short, 0.0075 * short))
    return Theme(
        width_px=width_px,
        height_px=height_px,
        text_px=text,
        small_px=max(MIN_TEXT_PX, 0.82 * text),
        line_px=max(1.5, line),
        rim_px=max(1.0, 0.3 * line),
        margin_px=max(4, round(0.022 * short)),
    )
