"""What is needed before footage is doubted: `footage.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@cache
def rules() -> Mapping[str, Any]:
    """Return the parsed ``footage.toml``."""
    return MappingProxyType(tomllib.loads((files(__package__) / "footage.toml").read_text("utf-8")))
