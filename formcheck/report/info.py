"""What is known about every metric and curve: names, meanings, definitions, ranges and sources.

The knowledge itself is data, in ``metric_info.toml`` beside this file.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from formcheck.landmarks import SIDES, Side
from formcheck.types import ViewKind

DEFINITIONS_PAGE: Final = "docs/metrics.md"


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Remark(_Entry):
    """A sentence printed beside a number, with the ids of its sources."""

    text: str
    source: tuple[str, ...]


class UsualRange(_Entry):
    """A range that a source gives, whom it is about, and the pace it holds for (None: any)."""

    low: float
    high: float
    text: str
    pace: Literal["easy", "tempo"] | None = None
    source: tuple[str, ...]


class Wording(_Entry):
    """The words for values below a bound; the last one has none."""

    text: str
    below: float = math.inf


class MetricInfo(_Entry):
    """All that is said about one metric."""

    key: str
    name: str
    unit: str
    unit_text: str | None = None
    group: str
    views: tuple[ViewKind, ...]
    counted: Literal["step", "stride", "contact"] = "step"
    decimals: int
    axis: tuple[float, float]
    positive: str = ""
    negative: str = ""
    words: tuple[Wording, ...] = ()
    meaning: str
    method: str
    definition: str
    usual: UsualRange | None = None
    context: tuple[Remark, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the sources that the sentences and the range rest on, each once."""
        cited = [source for remark in self.context for source in remark.source]
        return tuple(dict.fromkeys([*(self.usual.source if self.usual else ()), *cited]))


class Source(_Entry):
    """A source's short label for brackets, and its wording in the list of sources."""

    label: str
    text: str


class CurveInfo(_Entry):
    """How one course over the stride is made and called."""

    key: str
    name: str
    views: tuple[ViewKind, ...]
    measure: str
    unit: Literal["deg", "length"]
    adjust: Literal["none", "drift", "floor"] = "none"
    near_only: bool = False
    stance_only: bool = False
    up: str
    down: str

    @property
    def sided(self) -> bool:
        """Whether each leg or arm has a course of its own."""
        return "{side}" in self.measure


class Catalogue(_Entry):
    """Everything in the file; metrics and groups in the order in which they are shown."""

    groups: dict[str, str]
    metrics: dict[str, MetricInfo]
    sources: dict[str, Source]
    curves: tuple[CurveInfo, ...] = Field(alias="curve")


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Return the catalogue, read once from the package."""
    text = files("formcheck.report").joinpath("metric_info.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    entries = content.pop("metric")
    metrics = {key: {"key": key, **entry} for key, entry in entries.items()}
    return Catalogue.model_validate({**content, "metrics": metrics})


def split_side(key: str) -> tuple[str, Side | None]:
    """Return a metric key without its ``_left`` or ``_right``, and that side."""
    for side in SIDES:
        if key.endswith(f"_{side}"):
            return key.removesuffix(f"_{side}"), side
    return key, None


def metric_info(key: str) -> MetricInfo | None:
    """Return what is known about a metric (suffixed keys share their base's entry), else None."""
    return catalogue().metrics.get(split_side(key)[0])


def definition_link(key: str) -> str:
    """Return the address of a metric's definition in the documentation, empty if it has none."""
    info = metric_info(key)
    return f"{DEFINITIONS_PAGE}#{info.key}" if info else ""


def cite(source: str) -> str:
    """Return a source id as it stands in brackets; a line stays with it ("guide L7")."""
    name, _, place = source.partition(" ")
    known = catalogue().sources.get(name)
    return f"{known.label} {place}".rstrip() if known else source


def cite_short(source: str) -> str:
    """Return a source id as readers of a report see it, without a line."""
    name = source.partition(" ")[0]
    return cite(name) if name in catalogue().sources else source


def cited(sources: Iterable[str]) -> list[Source]:
    """Return the sources that ids or labels belong to, each once, in the catalogue's order."""
    asked = set(sources)
    names = {source.partition(" ")[0] for source in asked}
    known = catalogue().sources.items()
    return [source for name, source in known if name in names or source.label in asked]
