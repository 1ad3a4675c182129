"""From stored luma and chroma codes to RGB.

Definitions: ITU-R BT.601-7, BT.709-6 and BT.2020-2 (luma weights, limited range); full range as in
JFIF 1.02. Transfer curves are left alone: a high-dynamic-range clip (HLG, PQ) comes out as its own
non-linear RGB, which a pose network reads well and a screen shows a little flat.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from av.video.frame import VideoFrame

from formcheck.types import Floats

BT601: Final = 6
BT709: Final = 1
_WEIGHTS: Final = {  # matrix code point of ISO/IEC 23091-2: (red, blue)
    BT709: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    BT601: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
    10: (0.2627, 0.0593),
}
_HD_SIDE_PX: Final = 1280
_FULL_RANGE: Final = 2
_YCGCO: Final = 8
_PLANAR: Final = re.compile(r"yuv[aj]?(420|422|444)p(?:(9|10|12|14|16)le)?")
_SUBSAMPLING: Final = {"420": (2, 2), "422": (2, 1), "444": (1, 1)}
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
    black : (int, int, int)
        The codes of black.
    weights : (red, blue) or None
        Luma weights; None for planes that hold green, blue and red themselves.
    full_range : bool
        Whether codes use the whole range, as in JPEG.
    """

    sub_x: int
    sub_y: int
    bits: int
    black: tuple[int, int, int]
    weights: tuple[float, float] | None
    full_range: bool

    @property
    def chroma_left(self) -> bool:
        """Whether a chroma sample sits on the left one of its luma columns, not between them.

        Video of every codec that is read here puts it left unless it says otherwise; JPEG puts it
        in the middle.
        """
        return self.sub_x == 2 and not self.full_range


def matrix_of(frame: VideoFrame) -> int:
    """Return the frame's matrix code point; untagged HD is BT.709, anything smaller BT.601."""
    tagged = int(frame.colorspace)
    guess = BT709 if max(frame.height, frame.width) >= _HD_SIDE_PX else BT601
    return tagged if tagged in _WEIGHTS else guess


def coding_of(frame: VideoFrame) -> Coding | None:
    """Return how a frame's planes carry colour, or None for formats that need converting first."""
    if int(frame.colorspace) == _YCGCO:
        return None
    return _coding(frame.format.name, matrix_of(frame), int(frame.color_range) == _FULL_RANGE)


@lru_cache(maxsize=32)
def _coding(name: str, matrix: int, full_range: bool) -> Coding | None:
    if name == RGB_PLANES:
        return Coding(1, 1, 8, (0, 0, 0), None, True)
    match = _PLANAR.fullmatch(name)
    if match is None:
        return None
    full_range = full_range or name.startswith("yuvj")
    bits = int(match[2] or 8)
    middle = 1 << (bits - 1)
    black = (0 if full_range else 16 << (bits - 8), middle, middle)
    return Coding(*_SUBSAMPLING[match[1]], bits, black, _WEIGHTS[matrix], full_range)


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
