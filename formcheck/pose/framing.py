"""Is a runner framed well? One picture of a camera that is about to film, looked at quickly."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, Literal, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.landmarks import Landmark
from formcheck.pose.decode import decode
from formcheck.pose.geometry import crop_matrix, to_frame
from formcheck.pose.models import find_model
from formcheck.pose.network import Network
from formcheck.pose.search import find_people
from formcheck.types import Floats

HEAD: Final = (Landmark.NOSE, Landmark.LEFT_EAR, Landmark.RIGHT_EAR)
FEET: Final = (
    *(Landmark.LEFT_HEEL, Landmark.RIGHT_HEEL),
    *(Landmark.LEFT_TOE, Landmark.RIGHT_TOE),
)
HIPS: Final = (Landmark.LEFT_HIP, Landmark.RIGHT_HIP)
SHOULDERS: Final = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER)
Place = Literal["side", "rear"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers of ``framing.toml``."""

    score: float
    seen: float
    margin: float
    smallest: float
    largest: float
    side_turn: float
    rear_turn: float
    darkest: float
    brightest: float


@dataclass(frozen=True, slots=True)
class Framing:
    """What is right with a picture; None where nobody was found to tell it from.

    `size` is the body's height as a share of the picture's, `light` the mean brightness around the
    body, 0 to 255. `hint` names the first thing to change, None when all is well.
    """

    person: bool
    whole_body: bool | None
    feet: bool | None
    near_enough: bool | None
    far_enough: bool | None
    square: bool | None
    light_enough: bool
    size: float | None
    light: float
    hint: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


@lru_cache(maxsize=1)
def limits() -> Limits:
    """Return the limits, read once from the package."""
    content = files("formcheck.pose").joinpath("framing.toml").read_text(encoding="utf-8")
    return Limits(**tomllib.loads(content))


class Picture:
    """One still picture, to cut crops from as from a clip's frame.

    Parameters
    ----------
    rgb : (H, W, 3) uint8
        The picture.
    """

    def __init__(self, rgb: NDArray[np.uint8]) -> None:
        self.rgb = rgb
        self.height_px, self.width_px = rgb.shape[:2]

    @classmethod
    def decoded(cls, jpeg: bytes) -> Self | None:
        """Return the picture of a JPEG; None where it is none."""
        try:
            found = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        except cv2.error:  # empty, or larger than OpenCV is told to decode
            return None
        return None if found is None else cls(np.asarray(found[..., ::-1], np.uint8))

    def warp(self, matrix: Floats, size: int) -> NDArray[np.uint8]:
        """Return a square crop; the (2, 3) map leads from its pixels to the picture's."""
        centred = matrix.copy()  # pixels' centres lie at .5 there, at whole numbers here
        centred[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(self.rgb, centred, (size, size), flags=flags), np.uint8)


class Framer:
    """The fast networks, loaded once, for picture after picture."""

    def __init__(self) -> None:
        self._detector = Network(find_model("detector"), "cpu")
        self._network = Network(find_model("lite"), "cpu")

    def look(self, picture: Picture, place: Place) -> Framing:
        """Return what is right with a picture of somebody filmed from a place."""
        found = np.empty((0, 4))
        for finest in (0, 1):  # closer only where a glance at the whole finds nobody
            if not len(found):
                found = find_people(picture, self._detector, limits().score, finest)
        if not len(found):
            return framing_of(None, None, picture, place)
        card = self._network.card
        size = max(card.input.width_px, card.input.height_px)
        region = max(found, key=lambda one: float(one[2]))
        matrix = crop_matrix(region, size, scale=card.input.crop_scale, turned=card.input.turned)
        points = decode(card, self._network([picture.warp(matrix, size)]))
        if float(np.median(points.confidence)) < limits().seen:
            return framing_of(None, None, picture, place)
        return framing_of(
            to_frame(points.xy, matrix[None])[0], points.confidence[0], picture, place
        )


def framing_of(
    xy: Floats | None, confidence: Floats | None, picture: Picture, place: Place
) -> Framing:
    """Return what is right with a picture whose body is known.

    Parameters
    ----------
    xy : (19, 2) float or None
        Landmarks in pixels; None where nobody was found.
    confidence : (19,) float or None
        How surely each is seen.
    picture : Picture
    place : {"side", "rear"}
        Where the camera is meant to stand.
    """
    set_to = limits()
    if xy is None or confidence is None:
        light = float(picture.rgb.mean())
        bright = set_to.darkest <= light <= set_to.brightest
        return Framing(False, *(None,) * 5, bright, None, light, "person")
    light = _light(picture, xy)
    share = xy / (picture.width_px, picture.height_px)
    inside = np.all((share > set_to.margin) & (share < 1 - set_to.margin), axis=-1)
    feet = bool(inside[list(FEET)].all()) and float(confidence[list(FEET)].max()) >= set_to.seen
    head = float(share[list(HEAD), 1].min())
    size = float(share[list(FEET), 1].max()) - head
    answers = {
        "person": True,
        "whole_body": bool(inside.all()),
        "feet": feet,
        "near_enough": size >= set_to.smallest,
        "far_enough": size <= set_to.largest,
        "square": _is_square(xy, place),
        "light_enough": set_to.darkest <= light <= set_to.brightest,
    }
    order = ("feet", "whole_body", "far_enough", "near_enough", "square", "light_enough")
    hint = next((name for name in order if not answers[name]), None)
    return Framing(**answers, size=size, light=light, hint=hint)


def turn_of(xy: Floats) -> float:
    """Return how far hips and shoulders lie apart sideways, as a share of the trunk's length."""
    hips, shoulders = xy[list(HIPS)], xy[list(SHOULDERS)]
    trunk = float(np.linalg.norm(shoulders.mean(axis=0) - hips.mean(axis=0)))
    apart = abs(hips[0, 0] - hips[1, 0]) + abs(shoulders[0, 0] - shoulders[1, 0])
    return float(apart) / 2 / max(trunk, 1e-6)


def _is_square(xy: Floats, place: Place) -> bool:
    turn = turn_of(xy)
    return turn <= limits().side_turn if place == "side" else turn >= limits().rear_turn


def _light(picture: Picture, xy: Floats) -> float:
    """Return the mean brightness of the box around the body."""
    low = np.clip(xy.min(axis=0), 0, None).astype(int)
    high = np.clip(xy.max(axis=0), 1, (picture.width_px, picture.height_px)).astype(int)
    box = picture.rgb[low[1] : high[1], low[0] : high[0]]
    return float(box.mean()) if box.size else float(picture.rgb.mean())
