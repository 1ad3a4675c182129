"""Numbers measured once and kept as data: event rules and landmark conventions."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class EventRule:
    """How one kind of event is read in one view; see ``calibration.toml`` for the fields."""

    view: Literal["side", "rear"]
    kind: Literal["initial_contact", "toe_off"]
    phase_deg: float
    points: tuple[str, ...]
    level: float
    relative: bool
    from_s: float
    to_s: float
    delay_s: float
    sd_s: float
    mirrored: bool = False


@cache
def table() -> Mapping[str, Any]:
    """Return the parsed ``calibration.toml``."""
    text = (files(__package__) / "calibration.toml").read_text("utf-8")
    return MappingProxyType(tomllib.loads(text))


@cache
def event_rules() -> Mapping[tuple[str, str], EventRule]:
    """Return the event rules by view and kind."""
    rules = [EventRule(**{**row, "points": tuple(row["points"])}) for row in table()["event"]]
    return MappingProxyType({(rule.view, rule.kind): rule for rule in rules})
