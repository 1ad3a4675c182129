"""What is known of every metric: the entry of ``metrics/catalogue.toml`` that all stages read."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from formcheck.landmarks import SIDES, Side
from formcheck.types import ViewKind

Need = Literal["scale", "speed", "standing"]
_WORDS_OF_UNITS = {"deg": "degrees", "1": ""}


class Entry(BaseModel):
    """A table of a data file: its words are known, and it does not change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Remark(Entry):
    """A sentence printed beside a number, with the ids of its sources."""

    text: str
    source: tuple[str, ...]


class UsualRange(Entry):
    """A range that a source gives, whom it is about, and the pace it holds for (None: any)."""

    low: float
    high: float
    text: str
    pace: Literal["easy", "tempo"] | None = None
    source: tuple[str, ...]


class Wording(Entry):
    """The words for values below a bound; the last one has none."""

    text: str
    below: float = math.inf


class MetricSpec(Entry):
    """All that is known of one metric; the file's head says what each word means."""

    key: str
    name: str
    unit: str
    unit_text: str | None = None
    decimals: int
    group: str
    family: str
    views: tuple[ViewKind, ...]
    needs: tuple[Need, ...] = ()
    landing: bool = False
    counted: Literal["step", "stride", "contact"] = "step"
    axis: tuple[float, float]
    possible: tuple[float, float]
    positive: str = ""
    negative: str = ""
    words: tuple[Wording, ...] = ()

    min_rate_hz: float
    min_n: int
    bias_sd: float
    repeat_sd: float
    gain: float = 1.0
    offset: float = 0.0
    yaw_effect: float = 0.0
    level_apart: float = 0.0
    yaw_effect_both: float = 0.0
    elevation_effect: float = 0.0
    rear_bias_sd: float | None = None
    rear_gain: float | None = None
    pixel_bias_sd: float = 0.0
    pixel_repeat_sd: float | None = None
    pixel_gain: float = 1.0
    same_session: tuple[float, float]
    other_day: tuple[float, float]

    meaning: str
    method: str
    definition: str
    source: tuple[str, ...] = ()
    usual: UsualRange | None = None
    context: tuple[Remark, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the sources that definition, range and sentences rest on, each once."""
        cited = [source for remark in self.context for source in remark.source]
        usual = self.usual.source if self.usual else ()
        return tuple(dict.fromkeys([*self.source, *usual, *cited]))

    @property
    def spoken(self) -> str:
        """The name as it stands within a sentence."""
        return self.name[:1].lower() + self.name[1:]

    @property
    def unit_words(self) -> str:
        """The unit as it is spoken; empty for a plain ratio."""
        return _WORDS_OF_UNITS.get(self.unit, self.unit_text or self.unit)

    def of_pixels(self) -> MetricSpec:
        """Return the limits of a value that a close look at the pictures tells, not the network."""
        repeat_sd = self.repeat_sd if self.pixel_repeat_sd is None else self.pixel_repeat_sd
        return self.model_copy(
            update={
                "bias_sd": self.pixel_bias_sd,
                "repeat_sd": repeat_sd,
                "gain": self.pixel_gain,
                "offset": 0.0,
                "yaw_effect": 0.0,
                "yaw_effect_both": 0.0,
                "elevation_effect": 0.0,
            }
        )

    def of_view(self, kind: ViewKind) -> MetricSpec:
        """Return the limits in a view, those from behind where they differ."""
        if kind == "side":
            return self
        bias_sd = self.bias_sd if self.rear_bias_sd is None else self.rear_bias_sd
        gain = self.gain if self.rear_gain is None else self.rear_gain
        return self.model_copy(update={"bias_sd": bias_sd, "gain": gain})


class Headline(Entry):
    """Keys of the numbers that stand first: on top of a report, and in lists of results."""

    side: tuple[str, ...]
    rear: tuple[str, ...]
    listed: tuple[str, ...]

    def of_view(self, kind: ViewKind) -> tuple[str, ...]:
        """Return the keys on top of a report of a view."""
        return self.side if kind == "side" else self.rear


@lru_cache(maxsize=1)
def _file() -> Mapping[str, Any]:
    text = files("formcheck").joinpath("metrics/catalogue.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=1)
def specs() -> Mapping[str, MetricSpec]:
    """Return every metric by key, in the order of the file; read once from the package."""
    rows = _file()["metric"].items()
    return MappingProxyType(
        {key: MetricSpec.model_validate({"key": key, **row}) for key, row in rows}
    )


@lru_cache(maxsize=1)
def headlines() -> Headline:
    """Return which numbers stand first."""
    return Headline.model_validate(_file()["headline"])


def split_side(key: str) -> tuple[str, Side | None]:
    """Return a metric key without its ``_left`` or ``_right``, and that side."""
    for side in SIDES:
        if key.endswith(f"_{side}"):
            return key.removesuffix(f"_{side}"), side
    return key, None


def spec_of(key: str) -> MetricSpec | None:
    """Return what is known of a metric (suffixed keys share their base's entry), else None."""
    return specs().get(split_side(key)[0])
