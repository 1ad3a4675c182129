"""From stored luma and chroma codes to RGB.

Definitions: ITU-R BT.601-7, BT.709-6 and BT.2020-2 (luma weights, limited range); full range as in
JFIF 1.02. Transfer curves are left as they are: a high-dynamic-range clip (HLG, PQ) comes out as its
own non-linear RGB, which a pose network reads well and a screen shows a little flat.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from av.video.frame import VideoFrame

from formcheck.types import Floats

_PLANAR: Final = re.compile(r"yuv[aj]?(420|422|444)p(?:(9|10|12|14|16)le)?")
_SUBSAMPLING: Final = {"420": (2, 2), "422": (2, 1), "444": (1, 1)}
_WEIGHTS: Final = {  # code point of ISO/IEC 23091-2: (red, blue)
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
    10: (0.2627, 0.0593),
}
_FULL_RANGE: Final = 2
RGB_PLANES: Final = "gbrp"


@dataclass(frozen=True, slots=True)
class Coding:
    """How a frame's three planes carry colour.

    Attributes
    ----------
    sub_x, sub_y : int
        Luma samples per chroma sample.
    bits : int
        Bits of a code.
    chroma_left : bool
        Whether chroma samples sit on the left luma column (video) or in the middle (JPEG).
    black : (int, int, int)
        The codes of black.
    weights : (red, blue) or None
        Luma weights; None for planes that hold green, blue and red themselves.
    full_range : bool
        Whether codes use the whole range.
    """

    sub_x: int
    sub_y: int
    bits: int
    chroma_left: bool
    black: tuple[int, int, int]
    weights: tuple[float, float] | None
    full_range: bool


def coding_of(frame: VideoFrame) -> Coding | None:
    """Return how a frame's planes carry colour, or None for formats that need converting first."""
    return _coding(
        frame.format.name, int(frame.colorspace), int(frame.color_range), frame.height >= 720
    )


@lru_cache(maxsize=32)
def _coding(name: str, colorspace: int, color_range: int, large: bool) -> Coding | None:
    if name == RGB_PLANES:
        return Coding(1, 1, 8, False, (0, 0, 0), None, True)
    match = _PLANAR.fullmatch(name)
    if match is None or colorspace == 8:  # YCgCo
        return None
    bits = int(match[2] or 8)
    full = color_range == _FULL_RANGE or name.startswith("yuvj")
    # Untagged video: the usual rule of players, HD is BT.709 and smaller is BT.601.
    weights = _WEIGHTS.get(colorspace, _WEIGHTS[1 if large else 6])
    sub_x, sub_y = _SUBSAMPLING[match[1]]
    middle = 1 << (bits - 1)
    black = (0 if full else 16 << (bits - 8), middle, middle)
    return Coding(sub_x, sub_y, bits, not full, black, weights, full)


@lru_cache(maxsize=32)
def to_rgb_matrix(coding: Coding) -> Floats:
    """Return the (3, 4) affine map from plane codes to 8-bit RGB."""
    if coding.weights is None:
        return np.array(((0, 0, 1, 0), (1, 0, 0, 0), (0, 1, 0, 0)), float)
    red, blue = coding.weights
    green = 1 - red - blue
    step = 1 << (coding.bits - 8)
    top = (1 << coding.bits) - 1
    luma = 255 / (top if coding.full_range else 219 * step)
    chroma = 2 * 255 / (top if coding.full_range else 224 * step)
    linear = np.array(
        (
            (luma, 0, chroma * (1 - red)),
            (luma, -chroma * (1 - blue) * blue / green, -chroma * (1 - red) * red / green),
            (luma, chroma * (1 - blue), 0),
        )
    )
    return np.column_stack((linear, -linear @ coding.black))
