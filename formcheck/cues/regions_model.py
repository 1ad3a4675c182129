"""The shape of ``regions.toml`` and ``drills.toml``: sore places, and what follows from them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from formcheck.cues.row import Gate, Row, Sequence, Words


class DrillRule(Row):
    """One drill."""

    id: str
    area: str
    text: str
    dose: str
    dose_sore: str
    dose_high: str
    progression: str
    stop_if: str
    source: Words
    springy: bool = False
    weighted: bool = False


class DrillsFile(Row):
    """``drills.toml``; `young` takes the place of every way forward for those who still grow."""

    young: str
    drill: Annotated[tuple[DrillRule, ...], Sequence]


class RegionDrill(Row):
    """A drill of a region, with its own dose where the guide gives one."""

    id: str
    dose: str | None = None
    dose_high: str | None = None
    calm_only: bool = False


class Region(Row):
    """A place that may be sore, and what it does to cues and drills.

    One that is `quiet_when_high` gets no cue at all while it flares easily: it may be a bone.
    """

    id: str
    label: str
    cues: dict[str, Gate]
    drills: Annotated[tuple[RegionDrill, ...], Sequence]
    source: Words
    triggers: Words = ()
    bouts: str | None = None
    quiet_when_high: bool = False


class IrritabilityRule(Row):
    """Limits between low, moderate and high irritability."""

    moderate_from: float
    moderate_pain: float
    low_settles_hours: float
    moderate_settles_hours: float
    cues_when_high: Words
    source: Words


class RedFlagRule(Row):
    """Pain that is so high, or so high and lasting, that a clinician comes first."""

    severe_pain: float
    lasting_pain: float
    lasting_hours: float
    source: Words


class StrengthRule(Row):
    """Numbers of strength tests that gates ask for."""

    enough_raises: float
    enough_hop_seconds: float
    source: Words


class YoungRule(Row):
    """Whom the guide, written for adults, is not for as it stands."""

    adult_years: float
    small_m: float
    source: Words


class PersistenceRule(Row):
    """From when on pain counts as persisting."""

    few_weeks: float
    many_weeks: float
    source: Words


class MileageRule(Row):
    """From how many kilometres a week on a runner's mileage is high."""

    high_km: float
    source: Words


class ShoesRule(Row):
    """How recent a change of shoes is worth a remark."""

    recent_weeks: float
    source: Words


class Race(Row):
    """A span of weeks before a race: more than `from_weeks` (or zero), up to `to_weeks`.

    `near` ones ask for as little change as possible, `soon` ones for a word on starting at all.
    """

    id: str
    from_weeks: float
    to_weeks: float
    source: Words
    bouts: str | None = None
    max_cues: int | None = Field(default=None, ge=0, le=2)
    drills: bool = True
    near: bool = False
    soon: bool = False


class Extra(Row):
    """Drills that a finding brings."""

    finding: str
    drills: Words
    source: Words

    @property
    def id(self) -> str:
        """The finding's id."""
        return self.finding


class Step(Row):
    """One step of a plan; it lies behind once the plan has been followed until its week."""

    when: str
    text: str
    with_cadence: str | None = None
    without_uphill: str | None = None
    without_fast: str | None = None
    slows: bool = False
    until_week: float | None = None


class Plan(Row):
    """A plan for a region; one of `weeks` is not begun where a race comes before they are over."""

    id: str
    region: str
    title: str
    weeks: float | None = None
    steps: Annotated[tuple[Step, ...], Sequence]
    source: Words
    settled_only: bool = False


class RegionsFile(Row):
    """``regions.toml``."""

    irritability: IrritabilityRule
    red_flag: RedFlagRule
    strength: StrengthRule
    young: YoungRule
    mileage: MileageRule
    persistence: PersistenceRule
    shoes: ShoesRule
    race: Annotated[tuple[Race, ...], Sequence]
    region: Annotated[tuple[Region, ...], Sequence]
    extra: Annotated[tuple[Extra, ...], Sequence]
    plan: Annotated[tuple[Plan, ...], Sequence]
