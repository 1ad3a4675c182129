"""Model folders: weights, and a card that says what they are; the hash is checked on every load."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from formcheck.errors import ModelError, UsageError
from formcheck.landmarks import NAMES

MODELS_VARIABLE = "FORMCHECK_MODELS"
MEDIAPIPE = "mediapipe"
Decoder = Literal["blazepose", "simcc", "ssd"]


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What a network takes: crops of this size, ``(value - mean) / scale`` per channel.

    `channels_first` tells (N, C, H, W) from (N, H, W, C); `turned` tells crops that stand upright
    with the runner's trunk from crops that stand upright with the picture; `crop_scale` is the
    crop's side over the side of the region around the runner.
    """

    name: str
    width_px: int
    height_px: int
    mean: tuple[float, float, float]
    scale: tuple[float, float, float]
    channels_first: bool
    turned: bool
    crop_scale: float


@dataclass(frozen=True, slots=True)
class Card:
    """What a model folder says of itself.

    Attributes
    ----------
    name : str
        What the user calls it, e.g. ``heavy``.
    version : str
        Name of the folder.
    weights : Path
        The ONNX file.
    sha256 : str
        Hash that the weights must have.
    decoder : str
        How outputs become points: ``blazepose``, ``simcc``, or ``ssd`` for a detector.
    outputs : mapping
        The decoder's name of an output to the network's.
    skeleton : (19,) int
        The network's keypoint for each canonical landmark; empty for a detector.
    auxiliary : mapping
        Further keypoints: ``centre`` and ``rim`` of the body's circle.
    convention : str
        Whose idea of a hip or a heel the keypoints follow (`formcheck.conventions`); without a word
        on the card it is the model's own, which nobody has measured.
    """

    name: str
    version: str
    weights: Path
    sha256: str
    licence: str
    origin: str
    input: InputSpec
    decoder: Decoder
    outputs: Mapping[str, str]
    skeleton: NDArray[np.intp]
    auxiliary: Mapping[str, int]
    convention: str


@dataclass(frozen=True, slots=True)
class ModelState:
    """Whether the weights of one model are as its card says, and if not, why."""

    card: Card
    good: bool
    reason: str


def models_folder() -> Path:
    """Return the folder that holds the model folders.

    ``$FORMCHECK_MODELS`` when set, else the installed package's own, else the checkout's.
    """
    named = os.environ.get(MODELS_VARIABLE)
    package = Path(__file__).resolve().parents[1]
    places = [Path(named)] if named else [package / "_models", package.parent / "models"]
    for place in places:
        if any(place.glob("*/card.toml")):
            return place
    raise ModelError(
        f"No models were found in {' or '.join(map(str, places))}; install formcheck again, or set "
        f"{MODELS_VARIABLE} to the folder that holds them."
    )


def list_models() -> tuple[Card, ...]:
    """Return the cards of all models, sorted by folder; hashes are not checked."""
    return tuple(_cards(models_folder()))


def verify_models() -> tuple[ModelState, ...]:
    """Check the hash of every model's weights."""
    return tuple(_state(card) for card in list_models())


def pose_names() -> tuple[str, ...]:
    """Return what ``--pose`` takes: the pose models among the folders, and MediaPipe's own."""
    return (*(card.name for card in list_models() if card.decoder != "ssd"), MEDIAPIPE)


def parse_pose(told: str) -> str:
    """Return the name of a pose network as its card writes it, whatever the case of its letters.

    Raises
    ------
    UsageError
        When there is no such model.
    """
    names = {name.lower(): name for name in pose_names()}
    name = told.strip().lower()
    if name not in names:
        raise UsageError(f"--pose {told!r} is not known: give {', '.join(names.values())}.")
    return names[name]


def find_model(name: str) -> Card:
    """Return the card of the model called `name`, or of that folder, its weights' hash checked.

    Raises
    ------
    ModelError
        Code ``unknown_model``, ``missing_weights`` or ``wrong_hash``.
    """
    cards = list_models()
    found = [card for card in cards if name in (card.name, card.version)]
    if not found:
        known = ", ".join(card.name for card in cards if card.decoder != "ssd")
        raise ModelError(f"There is no model {name!r}; choose one of {known}.", "unknown_model")
    card = found[-1]
    check_weights(card)
    return card


def check_weights(card: Card) -> None:
    """Raise ModelError unless the weights are there and have the hash on the card."""
    if not card.weights.is_file():
        raise ModelError(
            f"The weights {card.weights} are missing; install formcheck again.", "missing_weights"
        )
    with card.weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != card.sha256:
        raise ModelError(
            f"The weights {card.weights} are damaged or were changed (SHA-256 {found[:12]}..., "
            f"expected {card.sha256[:12]}...); install formcheck again.",
            "wrong_hash",
        )


def read_card(path: Path) -> Card:
    """Read a ``card.toml``."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return _card(data, path.parent)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"The model card {path} cannot be used: {error}.", "bad_card") from error


def _state(card: Card) -> ModelState:
    try:
        check_weights(card)
    except ModelError as error:
        return ModelState(card, good=False, reason=str(error))
    return ModelState(card, good=True, reason="")


def _cards(folder: Path) -> Iterator[Card]:
    for path in sorted(folder.glob("*/card.toml")):
        yield read_card(path)


def _card(data: dict[str, Any], folder: Path) -> Card:
    skeleton = data.get("skeleton", {})
    missing = set(NAMES).difference(skeleton) if skeleton else set()
    if missing:
        raise ValueError(f"the skeleton lacks {', '.join(sorted(missing))}")
    return Card(
        name=data["name"],
        version=folder.name,
        weights=folder / data["weights"],
        sha256=data["sha256"],
        licence=data["origin"]["licence"],
        origin=data["origin"]["package"],
        input=_input(data["input"]),
        decoder=data["decoder"]["kind"],
        outputs=data["decoder"]["outputs"],
        skeleton=np.array([skeleton[name] for name in NAMES if skeleton], np.intp),
        auxiliary=data.get("auxiliary", {}),
        convention=data.get("convention", data["name"]),
    )


def _input(data: dict[str, Any]) -> InputSpec:
    return InputSpec(
        name=data["name"],
        width_px=data["width_px"],
        height_px=data["height_px"],
        mean=tuple(data["mean"]),
        scale=tuple(data["scale"]),
        channels_first=data["layout"] == "nchw",
        turned=data["turned"],
        crop_scale=data["crop_scale"],
    )
