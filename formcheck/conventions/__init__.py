"""Whose idea of a hip or a heel landmarks follow, and all that depends on it.

A convention is a file ``NAME.toml`` beside this module: how contacts are read from its feet, which
shares of a body its lengths are, how its planted foot and its two sides lie. A pose model's card
names its own. Of one that nobody has measured nothing is assumed: `convention_of` returns
``unknown.toml``, whose uncertainties are wide, and never another network's numbers.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, Literal

from formcheck.types import ViewKind

UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Reading:
    """One quantity of foot points and the level it passes; see ``blazepose.toml``."""

    quantity: Literal["rise", "slip", "stop", "height", "backward"]
    points: tuple[str, ...]
    level: float
    delay_s: float
    or_points: tuple[str, ...] = ()
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """How a heel-first landing is read by the foot's turning; see ``blazepose.toml``."""

    from_deg: float
    over_deg: float
    before_s: float
    share: float
    delay_s: float
    reach_s: float


@dataclass(frozen=True, slots=True)
class HeelUp:
    """How a leaving is read by the height of the heel; see ``blazepose.toml``."""

    level: float
    reach_s: float
    share: float


@dataclass(frozen=True, slots=True)
class EventRule:
    """How one kind of event is read from the side; see ``blazepose.toml`` for the fields."""

    kind: Literal["initial_contact", "toe_off"]
    phase_deg: float
    from_s: float
    to_s: float
    sd_s: float
    soft_s: float
    readings: tuple[Reading, ...]
    turn: Turn | None = None
    heel_up: HeelUp | None = None


@dataclass(frozen=True, slots=True)
class RearRule:
    """How contacts are read from behind; see ``blazepose.toml`` for the fields."""

    level: float
    front_level: float
    delay_s: float
    from_s: float
    to_s: float
    longer_share: float
    longer_from_s: float
    landed_sd_s: float
    left_sd_s: float
    usual_share: float
    usual_share_sd: float
    least_share: float
    most_share: float


@dataclass(frozen=True, slots=True)
class BeltRule:
    """How a planted foot goes back with the belt; see ``blazepose.toml`` for the fields."""

    from_share: float
    to_share: float
    speed_ratio: float
    speed_rel_sd: float
    slope_deg: float
    slope_sd_deg: float


@dataclass(frozen=True, slots=True)
class StatureRule:
    """Trunk, thigh and shank as shares of stature, by view, and their spread over people."""

    side: float
    rear: float
    rel_sd: float

    def share(self, view: ViewKind) -> float:
        """Return the share that a view shows."""
        return self.side if view == "side" else self.rear


@dataclass(frozen=True, slots=True)
class LegRule:
    """Leg length over thigh plus shank, by view."""

    side: float
    rear: float

    def share(self, view: ViewKind) -> float:
        """Return the ratio that a view shows."""
        return self.side if view == "side" else self.rear


@dataclass(frozen=True, slots=True)
class YawRule:
    """How far near and far side lie apart; see ``blazepose.toml`` for the fields."""

    square: float
    apart_per_deg: float
    body_sd_deg: float


@dataclass(frozen=True, slots=True)
class ElevationRule:
    """How much higher the far side looks; see ``blazepose.toml`` for the fields."""

    level: float
    apart_per_deg: float
    body_sd_deg: float


@dataclass(frozen=True, slots=True)
class Convention:
    """All that depends on whose idea of a hip or a heel landmarks follow.

    Attributes
    ----------
    name : str
        As the model's card, or who made the track, calls it.
    known : bool
        Whether it was measured; if not, the numbers are those of ``unknown.toml``.
    events : mapping of str to EventRule
        How ``initial_contact`` and ``toe_off`` are read from the side.
    belt, stature, leg, rear, yaw, elevation
        The tables of the same names.
    """

    name: str
    known: bool
    events: Mapping[str, EventRule]
    belt: BeltRule
    stature: StatureRule
    leg: LegRule
    rear: RearRule
    yaw: YawRule
    elevation: ElevationRule


@cache
def known_conventions() -> tuple[str, ...]:
    """Return the names of the conventions that were measured."""
    names = (path.name for path in files(__package__).iterdir())
    found = (name.removesuffix(".toml") for name in names if name.endswith(".toml"))
    return tuple(sorted(name for name in found if name != UNKNOWN))


@cache
def convention_of(name: str) -> Convention:
    """Return a convention by its name; ``unknown.toml`` under that name where it has no file."""
    known = name in known_conventions()
    table = _table(name if known else UNKNOWN)
    rules = [_event_rule(dict(row)) for row in table["event"]]
    return Convention(
        name=name,
        known=known,
        events=MappingProxyType({rule.kind: rule for rule in rules}),
        belt=BeltRule(**table["belt"]),
        stature=StatureRule(**table["stature"]),
        leg=LegRule(**table["leg"]),
        rear=RearRule(**table["rear"]),
        yaw=YawRule(**table["yaw"]),
        elevation=ElevationRule(**table["elevation"]),
    )


def _table(name: str) -> dict[str, Any]:
    """Return a convention's file, laid over that which it is `like`.

    Of events such a file tells by kind their `sd_s`, and `late_s`, which is added to the delays.
    """
    table = tomllib.loads((files(__package__) / f"{name}.toml").read_text("utf-8"))
    if "like" not in table:
        return table
    base = _table(table.pop("like"))
    sd_s, late_s = table.pop("sd_s", {}), table.pop("late_s", {})
    for row in base["event"]:
        row["sd_s"] = sd_s.get(row["kind"], row["sd_s"])
        for reading in row["readings"]:
            reading["delay_s"] += late_s.get(row["kind"], 0.0)
    for section, own in table.items():
        base[section] |= own
    return base


def _event_rule(row: dict[str, Any]) -> EventRule:
    readings = [_reading(dict(one)) for one in row.pop("readings")]
    turn = Turn(**row.pop("turn")) if "turn" in row else None
    heel_up = HeelUp(**row.pop("heel_up")) if "heel_up" in row else None
    return EventRule(**row, readings=tuple(readings), turn=turn, heel_up=heel_up)


def _reading(row: dict[str, Any]) -> Reading:
    points, or_points = (tuple(row.pop(name, ())) for name in ("points", "or_points"))
    return Reading(**row, points=points, or_points=or_points)
