"""What stands around the metrics: their groups, the courses over the stride, and sources.

The metrics are those of `formcheck.catalogue`; the rest is in ``metric_info.toml`` beside this.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal

from pydantic import Field

from formcheck.catalogue import Entry, MetricSpec, spec_of, specs
from formcheck.types import ViewKind

DEFINITIONS_PAGE: Final = "docs/metrics.md"


class Source(Entry):
    """A source's short label for brackets, and its wording in the list of sources."""

    label: str
    text: str
    doi: str | None = None


class CurveInfo(Entry):
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


class Catalogue(Entry):
    """Metrics and what stands around them; metrics and groups in the order they are shown in."""

    groups: dict[str, str]
    metrics: dict[str, MetricSpec]
    sources: dict[str, Source]
    curves: tuple[CurveInfo, ...] = Field(alias="curve")


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Return the catalogue, read once from the package."""
    text = files("formcheck.report").joinpath("metric_info.toml").read_text(encoding="utf-8")
    return Catalogue.model_validate({**tomllib.loads(text), "metrics": dict(specs())})


def definition_link(key: str) -> str:
    """Return the address of a metric's definition in the documentation, empty if it has none."""
    info = spec_of(key)
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
