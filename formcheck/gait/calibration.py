"""Numbers of shoes, pictures and rooms that were measured once and are kept as data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@cache
def table() -> Mapping[str, Any]:
    """Return the parsed ``calibration.toml``."""
    text = (files(__package__) / "calibration.toml").read_text("utf-8")
    return MappingProxyType(tomllib.loads(text))
