"""The shape of the advice files: what may stand in them, and what a word there means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

Sequence = Field(strict=False)
Words = Annotated[tuple[str, ...], Sequence]
Range = Annotated[tuple[float, float], Sequence]
Gate = Literal["favour", "caution", "block"]
RegionId = Literal["knee", "itb", "shin", "hip", "achilles", "plantar", "forefoot", "bone"]
REGIONS: Final[tuple[RegionId, ...]] = get_args(RegionId)
Level = Literal["low", "moderate", "high"]


class Row(BaseModel):
    """Base of every table: unknown words, wrong types and later changes are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class BySpeed(Row):
    """How a sign's thresholds grow with the belt's speed, where that is known.

    At `at_mps` they are `estimate_above` and `above`; each metre a second adds `per_mps`.
    """

    at_mps: float
    estimate_above: float
    above: float
    per_mps: float


class Sign(Row):
    """One condition on one metric; see the head of ``rules.toml`` for the meaning of the words."""

    metric: str
    above: float | None = None
    below: float | None = None
    estimate_above: float | None = None
    estimate_below: float | None = None
    rose: float | None = None
    fell: float | None = None
    faster: float = 0.0
    by_speed: BySpeed | None = None
    optional: bool = False
    between_sides: bool = False

    @model_validator(mode="after")
    def _one_direction(self) -> Sign:
        given = [w for w in ("above", "below", "rose", "fell") if getattr(self, w) is not None]
        if len(given) != 1:
            raise ValueError("needs exactly one of above, below, rose, fell")
        if self.estimate_above is not None and not _ordered(self.above, self.estimate_above):
            raise ValueError("estimate_above needs an above beside it that is not larger")
        if self.estimate_below is not None and not _ordered(self.estimate_below, self.below):
            raise ValueError("estimate_below needs a below beside it that is not smaller")
        return self

    @property
    def numbers(self) -> tuple[float, ...]:
        """The thresholds that are absolute values of the metric."""
        bounds = (self.above, self.below, self.estimate_above, self.estimate_below)
        return tuple(b for b in bounds if b is not None)


def _ordered(first: float | None, second: float | None) -> bool:
    return first is not None and second is not None and first <= second


class Case(Row):
    """Signs that must hold together, on one and the same side when `sided`."""

    signs: Annotated[tuple[Sign, ...], Sequence]
    sided: bool = False

    @model_validator(mode="after")
    def _one_required(self) -> Case:
        if all(sign.optional for sign in self.signs):
            raise ValueError("needs at least one sign that is not optional")
        return self


class Finding(Row):
    """Something a clip can show; it holds when one of its cases does.

    It is called ordinary only where of every group in `needs` one metric was measured.
    """

    id: str
    title: str
    says: str
    view: Literal["side", "rear", "any"]
    tell: str
    source: Words
    case: Annotated[tuple[Case, ...], Sequence]
    needs: Annotated[tuple[Words, ...], Sequence] = ()
    context: bool = False


class Expect(Row):
    """How much a metric should move when a cue works: by percent, by units, or to the target.

    `with_target`: as the cadence comes to its target at the same speed.
    """

    metric: str
    percent: Range | None = None
    change: Range | None = None
    target: bool = False
    with_target: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> Expect:
        ways = (self.percent is not None, self.change is not None, self.target, self.with_target)
        if sum(ways) != 1:
            raise ValueError("needs exactly one of percent, change, target, with_target")
        return self


class CueRule(Row):
    """One cue: when it applies, and everything that is said about it."""

    id: str
    slot: str
    rank: int
    answers: Words
    title: str
    text: str
    why: str
    dose: str
    remeasure: str
    trade_off: str
    caution: str
    source: Words
    expects: Annotated[tuple[Expect, ...], Sequence]
    hold_text: str | None = None
    hold_dose: str | None = None
    hold_remeasure: str | None = None
    above_text: str | None = None
    fast: str | None = None
    cautious_after: Words = ()
    only_for: Words = ()


class Bouts(Row):
    """How a beat is practised: minutes with, minutes without, minutes of lead-in."""

    id: str
    on_min: float = Field(gt=0.0)
    off_min: float = Field(ge=0.0)
    lead_in_min: float = Field(ge=0.0)
    text: str
    source: Words


class Limits(Row):
    """Limits that hold for all cues."""

    max_cues: int = Field(ge=1, le=2)
    min_strides: int = Field(ge=2)
    uphill_percent: float
    fast_mps: float
    doubt_share: float = Field(ge=0.0, le=1.0)
    wide_share: float = Field(ge=0.0, le=1.0)


class CadenceRule(Row):
    """How the cadence target follows from the baseline."""

    raise_percent: Range
    ceiling_percent: float = Field(gt=0.0, le=10.0)
    usual_spm: Range
    possible_spm: Range
    least_raise_spm: float = Field(ge=0.0)
    quickest_start_spm: float
    easy_max_mps: float
    climb_percent: float
    above_spm: float = Field(ge=0.0)
    tried_percent: float = Field(ge=0.0)
    first_with_bounce_spm: float
    far_apart_percent: float


class FadeStep(Row):
    """One stretch of weeks of practice with less and less help from the beat."""

    when: str
    until_week: float = Field(gt=0.0)
    text: str
    without_fast: str | None = None


class Fade(Row):
    """How the beat is left out more and more over the weeks."""

    title: str
    steps: Annotated[tuple[FadeStep, ...], Sequence]
    source: Words


class Grading(Row):
    """What a clip's quality notes allow to be used.

    Codes in `film_again` leave nothing to be judged, those in `rhythm_and_posture` nothing that
    rests on the landing; `drops` names single metrics that a note makes doubtful. `few_strides` and
    `downhill` are what to do where the clip is too short or run down a slope; `near`, `wide` and
    `missing` say why a finding cannot be told.
    """

    few_strides: str
    downhill: str
    near: str
    wide: str
    missing: str
    film_again: Words
    rhythm_and_posture: Words
    drops: dict[str, Words]


class ResponseRule(Row):
    """What counts as a cue that worked, and what is then said."""

    points: float = Field(gt=0.0)
    settled_hours: float = Field(gt=0.0)
    hold_weeks: Range
    worse_points: float = Field(gt=0.0)
    worse_hours: float = Field(gt=0.0)
    worked: str
    worked_slow: str
    worked_on: str
    worked_rests: str
    worked_stops: str
    held_on: str
    waits: str
    stay: str
    ask_settle: str
    ask_practised: str
    ask_pain: str
    other_run: str
    untried: str
    unmoved: str
    unsaid_unmoved: str
    risen: str
    untried_worse: str
    untried_elsewhere: str
    unsaid_worse: str
    unsaid_elsewhere: str
    unmoved_better: str
    eased: str
    eased_still: str
    eased_risen: str
    drop_worse: str
    drop_elsewhere: str
    drop_no_better: str
    back_cadence: str
    back_other: str
    number_worked: str
    number_worked_slow: str
    number_stay: str
    number_rests: str
    number_drop: str
    source: Words

    @model_validator(mode="after")
    def _rising(self) -> ResponseRule:
        if self.hold_weeks[0] > self.hold_weeks[1]:
            raise ValueError("hold_weeks must rise")
        return self


class RulesFile(Row):
    """``rules.toml``."""

    limits: Limits
    cadence: CadenceRule
    bouts: Annotated[tuple[Bouts, ...], Sequence]
    response: ResponseRule
    fade: Fade
    grading: Grading
    finding: Annotated[tuple[Finding, ...], Sequence]
    cue: Annotated[tuple[CueRule, ...], Sequence]


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


class Text(Row):
    """Something said under given circumstances.

    `former` holds earlier wordings: reports from before remarks carried their ids know them by no
    more than the sentence.
    """

    id: str
    kind: Literal["red_flag", "warning", "note", "retest", "safety", "page"]
    when: Words
    text: str
    source: Words
    unless: Words = ()
    former: Words = ()
    slows: bool = False


class TextsFile(Row):
    """``texts.toml``."""

    text: Annotated[tuple[Text, ...], Sequence]


class Fact(Row):
    """One statement of the guide and where it went."""

    id: str
    line: int
    says: str
    used: Words = ()
    unused: str | None = None

    @model_validator(mode="after")
    def _used_or_not(self) -> Fact:
        if bool(self.used) == bool(self.unused):
            raise ValueError("needs either used or unused, and not both")
        return self


class FactsFile(Row):
    """``facts.toml``."""

    facts: Annotated[tuple[Fact, ...], Sequence]


@dataclass(frozen=True, slots=True)
class Guide:
    """The four files of the advice, read and checked."""

    rules: RulesFile
    drills: DrillsFile
    regions: RegionsFile
    texts: TextsFile
