"""The schema of ``progress.json``: one runner over weeks."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field
from pydantic_core import to_json

from formcheck.comparison.schema import Caution, Verdict
from formcheck.report.schema import AnySide, LeftRight, MaybeNumber, Model, Number, Pace
from formcheck.types import ViewKind

SCHEMA_ID: Final = "formcheck.progress/1"


class Entry(Model):
    """One run: its clip, the report's place below the folder, and what was told of it.

    `tests` holds the strength tests by the names of the options that gave them.
    """

    clip: str
    path: str
    date: str | None = None
    pain_during: MaybeNumber = None
    pain_after: MaybeNumber = None
    tests: dict[str, Number] = Field(default_factory=dict)
    shoes: str | None = None


class Point(Model):
    """A metric's value in one run with its interval for comparisons; null where withheld."""

    value: MaybeNumber = None
    low: MaybeNumber = None
    high: MaybeNumber = None


class Trend(Model):
    """One metric over the runs of a group.

    `points` are in the order of the group's runs. From `noise_low` to `noise_high` a value cannot
    be told from the first run's; `difference`, `threshold` and `verdict` are those of the latest
    run against the first, on different days.
    """

    unit: str
    side: AnySide = "both"
    points: tuple[Point, ...]
    noise_low: MaybeNumber = None
    noise_high: MaybeNumber = None
    difference: MaybeNumber = None
    threshold: MaybeNumber = None
    verdict: Verdict
    reason: str | None = None


class Group(Model):
    """Runs that may be compared with each other; the first one is the baseline."""

    view: ViewKind
    near_side: LeftRight | None = None
    pace: Pace
    belt_speed_mps: MaybeNumber = None
    incline_pct: MaybeNumber = None
    entries: tuple[Entry, ...]
    metrics: dict[str, Trend] = Field(default_factory=dict)
    warnings: tuple[Caution, ...] = ()
    sentence: str


class Target(Model):
    """What the latest advice aims at."""

    metric: str
    low: MaybeNumber = None
    high: MaybeNumber = None
    text: str


class Progress(Model):
    """One runner over all runs found; `ordered_by` tells what put them in order."""

    schema_id: Literal["formcheck.progress/1"] = Field(default=SCHEMA_ID, alias="schema")
    runner: str | None = None
    ordered_by: Literal["date", "name"]
    groups: tuple[Group, ...]
    targets: tuple[Target, ...] = ()
    remeasure: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Return the progress as indented JSON text."""
        return to_json(self, by_alias=True, indent=2).decode() + "\n"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``progress.json``."""
    schema = Progress.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def save_progress(progress: Progress, path: Path) -> None:
    """Write a progress as UTF-8 JSON."""
    path.write_text(progress.to_json(), encoding="utf-8")
