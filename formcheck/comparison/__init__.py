"""Two runs beside each other: what differs, and what of it is real."""

from formcheck.comparison.build import compare
from formcheck.comparison.schema import (
    SCHEMA_ID,
    Caution,
    Change,
    Comparison,
    Mode,
    Party,
    json_schema,
    load_comparison,
    save_comparison,
)

__all__ = [
    "SCHEMA_ID",
    "Caution",
    "Change",
    "Comparison",
    "Mode",
    "Party",
    "compare",
    "json_schema",
    "load_comparison",
    "save_comparison",
]
