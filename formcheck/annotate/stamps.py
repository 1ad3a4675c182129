"""Small pictures ready to be laid over the planes of a canvas, and how that is done."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.annotate.lettering import lettered
from formcheck.annotate.shapes import Rgb, TextLook
from formcheck.types import Floats
from formcheck.video.canvas import CODING
from formcheck.video.colour import to_rgb_matrix

Plane = NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]

_TO_RGB: Final = to_rgb_matrix(CODING)
_TO_CODES: Final = np.linalg.inv(_TO_RGB[:, :3])


@dataclass(frozen=True, slots=True, eq=False)
class Stamp:
    """A small picture for each plane: codes times opacity, and how much is left of what is beneath.

    Its sides are even, so that a chroma sample belongs to four luma samples.
    """

    codes: Planes
    left: Planes

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height."""
        height, width = self.codes[0].shape
        return width, height


@lru_cache(maxsize=64)
def codes_of(color: Rgb) -> tuple[float, float, float]:
    """Return the codes of a colour in the planes of a canvas."""
    y, u, v = _TO_CODES @ (np.array(color, float) - _TO_RGB[:, 3])
    return float(y), float(u), float(v)


def stamp_of(rgba: Floats) -> Stamp:
    """Return the stamp of a picture (H, W, 4) of colour times opacity, and opacity."""
    height, width = rgba.shape[:2]
    even = np.pad(rgba, ((0, height % 2), (0, width % 2), (0, 0)))
    codes = (even[..., :3] - even[..., 3:] * _TO_RGB[:, 3]) @ _TO_CODES.T
    left = 255 * (1 - even[..., 3])
    left_small = _bytes(_halved(left))
    return Stamp(
        (_bytes(codes[..., 0]), _bytes(_halved(codes[..., 1])), _bytes(_halved(codes[..., 2]))),
        (_bytes(left), left_small, left_small),
    )


def _halved(image: Floats) -> Floats:
    return 0.25 * (image[::2, ::2] + image[1::2, ::2] + image[::2, 1::2] + image[1::2, 1::2])


def _bytes(values: Floats) -> Plane:
    return np.ascontiguousarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))


@lru_cache(maxsize=512)
def text_stamp(text: str, look: TextLook) -> Stamp:
    """Return the stamp of a text."""
    return stamp_of(lettered(text, look))


def lay(planes: Planes, stamp: Stamp, x: int, y: int, opacity: float = 1.0) -> None:
    """Lay a stamp over the planes with its top left corner at even (x, y), clipped at the edges."""
    for i, plane in enumerate(planes):
        at_x, at_y = (x // 2, y // 2) if i else (x, y)
        codes, left = (
            each[i][max(0, -at_y) :, max(0, -at_x) :] for each in (stamp.codes, stamp.left)
        )
        part = plane[max(0, at_y) :, max(0, at_x) :][: codes.shape[0], : codes.shape[1]]
        if part.size:
            rows, columns = part.shape
            _blend(part, codes[:rows, :columns], left[:rows, :columns], opacity)


def _blend(part: Plane, codes: Plane, left: Plane, opacity: float) -> None:
    if opacity < 1.0:
        left = cast(Plane, cv2.convertScaleAbs(left, alpha=opacity, beta=255 * (1 - opacity)))
        codes = cast(Plane, cv2.convertScaleAbs(codes, alpha=opacity))
    cv2.multiply(part, left, dst=part, scale=1 / 255)
    cv2.add(part, codes, dst=part)
