"""The schema of ``comparison.json``, and its reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field, ValidationError
from pydantic_core import from_json, to_json

from formcheck.errors import UsageError
from formcheck.report.schema import AnySide, LeftRight, MaybeNumber, Model, Number, Pace
from formcheck.types import ViewKind

SCHEMA_ID: Final = "formcheck.comparison/1"
COMPARISON_NAME: Final = "comparison.json"

Mode = Literal["easy_tempo", "before_after", "left_right"]
Verdict = Literal["real", "possible", "within_noise", "not_comparable"]
Expected = Literal["yes", "no", "unknown"]


class Party(Model):
    """One of the two clips: who ran, when, how, and how it was filmed and measured."""

    clip: str
    sha256: str
    from_s: Number
    to_s: Number
    runner: str | None = None
    height_m: MaybeNumber = None
    date: str | None = None
    pace: Pace | None = None
    belt_speed_mps: MaybeNumber = None
    incline_pct: Number = 0.0
    shoes: str | None = None
    pain_during: MaybeNumber = None
    view: ViewKind
    near_side: LeftRight | None = None
    frame_rate_hz: Number
    scale_source: str = "none"
    model: str
    formcheck: str


class Caution(Model):
    """One thing to mind; with `refused` the clips cannot be compared because of it."""

    code: str
    text: str
    refused: bool = False


class Change(Model):
    """One metric in both clips.

    `difference` is second minus first, `threshold` what it must reach to be real, and `low` and
    `high` lie that far on either side of it: 95 % of the time they hold the difference that two
    perfect measurements would have shown. They are null where the clips cannot be compared, and
    `reason` says why. `first_low` to `second_high` are the intervals of the values themselves.
    """

    first: MaybeNumber = None
    second: MaybeNumber = None
    difference: MaybeNumber = None
    low: MaybeNumber = None
    high: MaybeNumber = None
    threshold: MaybeNumber = None
    verdict: Verdict
    expected_from_speed: Expected = "unknown"
    unit: str = ""
    side: AnySide = "both"
    first_low: MaybeNumber = None
    first_high: MaybeNumber = None
    second_low: MaybeNumber = None
    second_high: MaybeNumber = None
    reason: str | None = None


class Comparison(Model):
    """Two clips beside each other."""

    schema_id: Literal["formcheck.comparison/1"] = Field(default=SCHEMA_ID, alias="schema")
    mode: Mode
    same_setup: bool = False
    first: Party
    second: Party
    comparable: bool
    warnings: tuple[Caution, ...] = ()
    metrics: dict[str, Change] = Field(default_factory=dict)
    sentence: str
    checklist: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Return the comparison as indented JSON text."""
        return to_json(self, by_alias=True, indent=2).decode() + "\n"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``comparison.json``."""
    schema = Comparison.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def save_comparison(comparison: Comparison, path: Path) -> None:
    """Write a comparison as UTF-8 JSON."""
    path.write_text(comparison.to_json(), encoding="utf-8")


def load_comparison(path: Path) -> Comparison:
    """Read a ``comparison.json`` or the one in a folder.

    Raises
    ------
    UsageError
        When there is none, or it is damaged.
    """
    file = path / COMPARISON_NAME if path.is_dir() else path
    try:
        return Comparison.model_validate(from_json(file.read_bytes(), allow_inf_nan=False))
    except (OSError, ValueError, ValidationError) as error:
        raise UsageError(
            f"{file} is not a comparison that can be read; compare the two clips again.",
            "unreadable_comparison",
        ) from error
