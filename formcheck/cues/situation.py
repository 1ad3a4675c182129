"""Everything that is known of a runner before anything is said."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from formcheck.catalogue import spec_of
from formcheck.cues import history
from formcheck.cues.advice import ClipGrade, Response
from formcheck.cues.cadence import CadenceState, cadence_state
from formcheck.cues.evidence import Evidence, Found, find, graded
from formcheck.cues.guide.shapes import Guide, Level, Race, Region, StrengthRule, YoungRule
from formcheck.cues.history import Past, Present
from formcheck.cues.select import Case
from formcheck.cues.symptoms import Memory, Symptoms, in_question, irritability, remember, severe
from formcheck.errors import UsageError
from formcheck.types import Metric, Runner


@dataclass(frozen=True, slots=True)
class Situation:
    """Measurements, symptoms and history, worked out once.

    Attributes
    ----------
    evidence : Evidence
        What findings are looked for in.
    case : Case
        What the choice of cues depends on: findings, region, irritability, cadence, history.
    race : Race or None
        The span of weeks a race falls into.
    grade : ClipGrade
        What the clip is good for.
    response : tuple of Response
        Verdicts on the earlier report's cues.
    memory : Memory
        What was told now, with what still holds of earlier answers.
    baseline_kept : bool
        A baseline that was given is left aside, as a quicker step is on trial.
    no_fast : bool
        Something that is said leaves fast running out for now, so that nothing plans it.
    """

    guide: Guide
    present: Present
    past: Past | None
    evidence: Evidence
    case: Case
    race: Race | None
    grade: ClipGrade
    response: tuple[Response, ...]
    memory: Memory
    baseline_kept: bool = False
    no_fast: bool = False

    @property
    def found(self) -> Mapping[str, Found]:
        """Findings that hold, by id."""
        return self.case.found

    @property
    def regions(self) -> tuple[Region, ...]:
        """The sore regions."""
        return self.case.regions

    @property
    def level(self) -> Level | None:
        """Irritability."""
        return self.case.level

    @property
    def slow_to_settle(self) -> bool:
        """Whether it takes more than a day to settle: a sign to do less."""
        hours = self.symptoms.settles_hours
        return hours is not None and hours > self.guide.regions.irritability.low_settles_hours

    @property
    def gentle(self) -> bool:
        """Whether exercises have the lesser dose: it flares, is worse, or a bone has settled."""
        easy = self.case.young or self.worse or self.symptoms.bone_settled
        return easy or self.level == "high" or self.slow_to_settle

    @property
    def cadence(self) -> CadenceState:
        """Baseline and target."""
        return self.case.cadence

    @property
    def sore(self) -> bool:
        """Whether anything was said about pain."""
        return is_sore(self.present.symptoms)

    @property
    def symptoms(self) -> Symptoms:
        """What is known: answered now, or before where that still holds."""
        return self.memory.symptoms

    @property
    def told(self) -> Symptoms:
        """What was answered now; empty when nothing was."""
        return self.present.symptoms or Symptoms()

    @property
    def no_uphill(self) -> bool:
        """Whether uphill running does not suit: hills stir it, or calf and foot need sparing."""
        asked = self.symptoms
        return (
            asked.flares_on == "uphill"
            or asked.training_change == "hills"
            or self.case.calf is not None
            or self.case.young
            or self.level == "high"
            or not {"achilles", "plantar", "forefoot"}.isdisjoint(asked.regions)
        )

    @property
    def worse(self) -> bool:
        """Whether a cue is stopped as something is sorer than before."""
        return any(response.id in history.WORSE_IDS for response in self.response)

    @property
    def flagged_before(self) -> bool:
        """Whether the last report told of a red flag that is not told now."""
        before = None if self.past is None else self.past.symptoms
        return before is not None and (
            before.alters_gait
            or before.night_pain
            or in_question(before)
            or severe(before, self.guide.regions.red_flag)
        )


def is_sore(symptoms: Symptoms | None) -> bool:
    """Return whether anything was said about pain."""
    return symptoms is not None and symptoms.sore


def situation(
    guide: Guide,
    present: Present,
    past: Past | None,
    baseline_spm: float | None,
    first_baseline_spm: float | None,
) -> Situation:
    """Work out findings, irritability, cadence target and how earlier cues did.

    Raises
    ------
    UsageError
        When a baseline is no possible cadence, or another runner's.
    """
    if past is not None:
        history.check_same_runner(past, present)
    least = guide.rules.limits.min_strides
    seen = graded(
        present.metrics,
        present.quality,
        present.views,
        guide.rules.grading,
        least,
        downhill=is_downhill(guide, present.runner),
    )
    present = replace(present, metrics=seen.metrics)
    response = () if past is None else history.responses(past, present, guide)
    evidence = _evidence(guide, present, past)
    memory = remember(present.symptoms, None if past is None else past.known or past.symptoms)
    symptoms = memory.symptoms
    race = _race(guide, symptoms.race_in_weeks)
    settled = present.symptoms is not None and present.symptoms.bone_settled
    baseline, first = _baselines(baseline_spm, first_baseline_spm, past)
    cadence = cadence_state(
        present.metrics,
        present.runner,
        baseline_spm=baseline,
        first_baseline_spm=first,
        rule=guide.rules.cadence,
        min_strides=least,
    )
    case = Case(
        found=find(guide.rules.finding, evidence),
        regions=tuple(r for r in guide.regions.region if r.id in symptoms.regions),
        level=irritability(symptoms, guide.regions.irritability),
        cadence=cadence,
        max_cues=_cap(guide, race),
        carried=_carried(past, present, response),
        dropped_before=() if past is None else past.dropped,
        dropped_now=tuple(r.cue for r in response if r.verdict == "drop"),
        resting=tuple(r.cue for r in response if r.rests),
        hurts=symptoms.hurts,
        calf=calf_gate(symptoms, guide.regions.strength),
        bounce_first=(cadence.now_spm or math.inf) < guide.rules.cadence.first_with_bounce_spm,
        young=is_young(symptoms, present.runner, guide.regions.young),
        placeless=symptoms.hurts and not symptoms.regions,
        wary=tuple(r for r in guide.regions.region if r.id in memory.sore_before),
        form_rests=any(r.verdict in ("pause", "eased") for r in response),
        no_new=any(r.verdict in ("drop", "pause", "eased") for r in response) or settled,
    )
    kept = _left_aside(past) or (baseline_spm is not None and baseline != baseline_spm)
    return Situation(
        guide, present, past, evidence, case, race, seen.grade, response, memory, baseline_kept=kept
    )


def is_downhill(guide: Guide, runner: Runner) -> bool:
    """Return whether a clip was run down a slope: landing, lean and bounce are other there."""
    return runner.incline_pct <= -guide.rules.limits.uphill_percent


def calf_gate(symptoms: Symptoms, rule: StrengthRule) -> Literal["caution", "block"] | None:
    """Return what the calf's strength and history do to a quicker step.

    Trouble in the last months blocks it until both sides are shown to be strong, and asks for care
    then; a weak side asks for care.
    """
    raises = [n for n in symptoms.retest("calf_raises") if n is not None]
    weak = any(n < rule.enough_raises for n in raises)
    if symptoms.past_achilles:
        return "block" if weak or len(raises) < 2 else "caution"
    return "caution" if weak else None


def is_young(symptoms: Symptoms, runner: Runner, rule: YoungRule) -> bool:
    """Return whether the runner is, or may be, no adult."""
    if symptoms.age is not None:
        return symptoms.age < rule.adult_years
    return runner.height_m is not None and runner.height_m < rule.small_m


def _evidence(guide: Guide, present: Present, past: Past | None) -> Evidence:
    limits, runner = guide.rules.limits, present.runner
    same = past is not None and history.comparable(past, present)
    uphill, speed = runner.incline_pct >= limits.uphill_percent, runner.belt_speed_mps
    fast = speed is not None and speed > limits.fast_mps
    return Evidence(
        metrics=present.metrics,
        before=past.metrics if past is not None and same else {},
        faster=runner.pace in ("tempo", "other") or uphill or fast,
        min_strides=limits.min_strides,
        uphill=uphill,
        downhill=is_downhill(guide, runner),
        speed_mps=speed,
        rate_hz=history.lower_rate(past, present),
        doubt_share=limits.doubt_share,
        wide_share=limits.wide_share,
    )


def _carried(
    past: Past | None, present: Present, response: tuple[Response, ...]
) -> tuple[str, ...]:
    """Return the cues that keep their place while their effect on the soreness is judged."""
    if past is None:
        return ()
    return tuple(
        r.cue for r in response if not r.rests and history.judged_by_soreness(r.cue, past, present)
    )


def _baselines(
    spm: float | None, first: float | None, past: Past | None
) -> tuple[float | None, float | None]:
    """Return the baseline and the first one: what is given, else what the earlier report holds.

    While a quicker step is on trial its baseline stays: a higher one, counted meanwhile, would
    make the target climb.
    """
    if past is None:
        return spm, first
    given = past.baseline_spm if spm is None else spm
    earliest = past.first_baseline_spm if first is None else first
    if "cadence" in past.cues:
        given = _lower(given, past.baseline_spm)
        earliest = _lower(earliest, past.first_baseline_spm)
    return given, earliest


def _lower(one: float | None, other: float | None) -> float | None:
    return min((spm for spm in (one, other) if spm is not None), default=None)


def _left_aside(past: Past | None) -> bool:
    return past is not None and bool(past.aside_spm)


def _race(guide: Guide, weeks: float | None) -> Race | None:
    if weeks is None:
        return None
    spans = (r for r in guide.regions.race if r.from_weeks < weeks <= r.to_weeks or weeks == 0)
    return next(spans, None)


def _cap(guide: Guide, race: Race | None) -> int:
    """Return the most cues there may be: fewer when a race is near."""
    most = guide.rules.limits.max_cues
    return most if race is None or race.max_cues is None else min(most, race.max_cues)


def check_metrics(metrics: Mapping[str, Metric]) -> None:
    """Check that measured values are possible and lie within their intervals.

    Raises
    ------
    UsageError
        Names the metric.
    """
    for key, metric in metrics.items():
        if metric.status == "measured":
            _check_interval(key, metric)
            _check_possible(key, metric)


def _check_interval(key: str, metric: Metric) -> None:
    for low, high in ((metric.low, metric.high), (metric.repeat_low, metric.repeat_high)):
        numbers = [v for v in (low, metric.value, high) if v is not None]
        if not all(math.isfinite(v) for v in numbers):
            raise UsageError(f"The metric {key} is not a finite number; measure the clip again.")
        if numbers != sorted(numbers):
            raise UsageError(f"The interval of {key} does not hold its value; measure again.")


def _check_possible(key: str, metric: Metric) -> None:
    spec = spec_of(key)
    if spec is None or metric.value is None:
        return
    low, high = spec.possible
    if not low <= metric.value <= high:
        raise UsageError(
            f"{metric.value:g} {spec.unit_words} is impossible for {key}; measure the clip again."
        )
