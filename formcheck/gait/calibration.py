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
class Reading:
    """One quantity of foot points and the level it passes; see ``calibration.toml``."""

    quantity: Literal["rise", "stop", "height", "backward"]
    points: tuple[str, ...]
    level: float
    delay_s: float
    or_points: tuple[str, ...] = ()
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """How a heel-first landing is read by the foot's turning; see ``calibration.toml``."""

    from_deg: float
    over_deg: float
    before_s: float
    share: float
    delay_s: float
    reach_s: float


@dataclass(frozen=True, slots=True)
class HeelUp:
    """How a leaving is read by the height of the heel; see ``calibration.toml``."""

    level: float
    reach_s: float
    share: float


@dataclass(frozen=True, slots=True)
class EventRule:
    """How one kind of event is read from the side; see ``calibration.toml`` for the fields."""

    kind: Literal["initial_contact", "toe_off"]
    phase_deg: float
    from_s: float
    to_s: float
    sd_s: float
    soft_s: float
    readings: tuple[Reading, ...]
    turn: Turn | None = None
    heel_up: HeelUp | None = None


@cache
def table() -> Mapping[str, Any]:
    """Return the parsed ``calibration.toml``."""
    text = (files(__package__) / "calibration.toml").read_text("utf-8")
    return MappingProxyType(tomllib.loads(text))


@cache
def event_rules() -> Mapping[str, EventRule]:
    """Return the side view's event rules by kind."""
    rules = [_event_rule(dict(row)) for row in table()["event"]]
    return MappingProxyType({rule.kind: rule for rule in rules})


def _event_rule(row: dict[str, Any]) -> EventRule:
    readings = [_reading(dict(one)) for one in row.pop("readings")]
    turn = Turn(**row.pop("turn")) if "turn" in row else None
    heel_up = HeelUp(**row.pop("heel_up")) if "heel_up" in row else None
    return EventRule(**row, readings=tuple(readings), turn=turn, heel_up=heel_up)


def _reading(row: dict[str, Any]) -> Reading:
    points, or_points = (tuple(row.pop(name, ())) for name in ("points", "or_points"))
    return Reading(**row, points=points, or_points=or_points)
