"""What a pose network sees less well than the usual one: `networks.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class NetworkLimits:
    """How a network's metrics differ from the usual one's; a table of ``networks.toml``.

    Its intervals are `widen` times as wide, but for the keys in `as_good`; those in `withheld` are
    not shown.
    """

    widen: float = 1.0
    as_good: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads((files(__package__) / "networks.toml").read_text("utf-8"))


def network_limits(name: str) -> NetworkLimits:
    """Return the limits of a network; an unknown one is taken for the usual one."""
    row = _table()["network"].get(name, {})
    return NetworkLimits(
        widen=row.get("widen", 1.0),
        as_good=tuple(row.get("as_good", ())),
        withheld=tuple(row.get("withheld", ())),
    )
