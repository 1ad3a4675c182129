"""Texts and plates as small pictures: colour times opacity, and opacity, ready to be laid over."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from formcheck.annotate.shapes import INK, Rgb, TextLook
from formcheck.types import Floats


@lru_cache(maxsize=1)
def _font() -> cv2.FontFace:
    return cv2.FontFace("sans")


def text_width(text: str, size_px: float, weight: int = 600) -> int:
    """Return the width of a text in pixels."""
    rect = cv2.getTextSize((8192, 8192), text, (0, 0), _font(), round(size_px), weight)
    return int(rect[2])


def coverage(text: str, size_px: float, weight: int = 600) -> Floats:
    """Return the part of each pixel that a text covers, (H, W) in 0 to 1.

    The height depends on the size alone, so texts of one size share a baseline. Signs that the font
    lacks come out as question marks.
    """
    size = round(size_px)
    height, width = round(1.3 * size), text_width(text, size, weight) + 2
    image = np.zeros((height, width), np.uint8)
    cv2.putText(image, text, (0, round(1.01 * size)), (255,), _font(), size, weight)
    return image / 255.0


def tinted(opacity: Floats, color: Rgb) -> Floats:
    """Return the picture (H, W, 4) of one colour where `opacity` (H, W) says."""
    return np.concatenate((opacity[..., None] * color, opacity[..., None]), axis=-1)


def over(under: Floats, top: Floats, x: int, y: int) -> None:
    """Lay a picture over another in place, its top left corner at (x, y), clipped at the edges."""
    top = top[max(0, -y) :, max(0, -x) :]
    part = under[max(0, y) :, max(0, x) :][: top.shape[0], : top.shape[1]]
    top = top[: part.shape[0], : part.shape[1]]
    part *= 1.0 - top[..., 3:]
    part += top


def plate(width: int, height: int, radius: float, opacity: float, color: Rgb = INK) -> Floats:
    """Return a plate with round corners (height, width, 4)."""
    x = np.abs(np.arange(width) + 0.5 - 0.5 * width) - (0.5 * width - radius)
    y = np.abs(np.arange(height) + 0.5 - 0.5 * height) - (0.5 * height - radius)
    y = y[:, None]
    # Signed distance to the edge: beside a corner's centre round, elsewhere straight.
    outside = np.hypot(np.maximum(x, 0.0), np.maximum(y, 0.0)) - radius
    outside += np.minimum(np.maximum(x, y), 0.0)
    return tinted(np.clip(0.5 - outside, 0.0, 1.0) * opacity, color)


def rim_pad(size_px: float) -> int:
    """Return the room around a text for its rim."""
    return max(2, round(0.12 * size_px))


def lettered(text: str, look: TextLook) -> Floats:
    """Return a text with its plate or, without one, its dark rim (H, W, 4)."""
    glyphs = coverage(text, look.size_px, look.weight)
    pad_y = rim_pad(look.size_px)
    pad_x = round(0.42 * look.size_px) if look.box else pad_y
    padded = np.pad(glyphs, ((pad_y, pad_y), (pad_x, pad_x)))
    if look.box:
        picture = plate(padded.shape[1], padded.shape[0], 0.3 * look.size_px, look.box)
    else:
        picture = tinted(_rim(padded, look.size_px), INK)
    over(picture, tinted(padded, look.color), 0, 0)
    return picture


def _rim(glyphs: Floats, size_px: float) -> Floats:
    reach = max(1, round(0.07 * size_px))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    grown = cv2.GaussianBlur(cv2.dilate(glyphs, kernel), (3, 3), 0)
    return np.asarray(0.8 * grown, np.float64)
