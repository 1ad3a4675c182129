"""Drills and plans for the sore region and the findings."""

from __future__ import annotations

from collections.abc import Mapping

from formcheck.cues.advice import Drill, Plan, PlanStep
from formcheck.cues.model import DrillRule, Step
from formcheck.cues.situation import Situation


def drills(now: Situation) -> tuple[Drill, ...]:
    """Return the drills, the region's first; hops and bounds only while all is calm."""
    own = {row.id: row.dose for row in now.region.drills} if now.region else {}
    extra = [d for row in now.guide.regions.extra if row.finding in now.found for d in row.drills]
    rules = {drill.id: drill for drill in now.guide.drills.drill}
    chosen = [rules[name] for name in dict.fromkeys([*own, *extra])]
    return tuple(
        _drill(rule, own.get(rule.id), now.sore)
        for rule in chosen
        if not rule.springy or now.level == "low"
    )


def _drill(rule: DrillRule, dose: str | None, sore: bool) -> Drill:
    return Drill(
        id=rule.id,
        text=rule.text,
        dose=dose or (rule.dose_sore if sore else rule.dose),
        progression=rule.progression,
        stop_if=rule.stop_if,
        source=rule.source,
    )


def plans(now: Situation, words: Mapping[str, str], cadence: bool) -> tuple[Plan, ...]:
    """Return the plans of the sore region; none while irritability is high.

    Parameters
    ----------
    words : mapping of str to str
        What the steps may name in braces.
    cadence : bool
        The cadence cue is part of the advice.
    """
    if now.region is None or now.level == "high":
        return ()
    return tuple(
        Plan(plan.id, plan.title, tuple(_step(s, words, cadence) for s in plan.steps), plan.source)
        for plan in now.guide.regions.plan
        if plan.region == now.region.id
    )


def _step(step: Step, words: Mapping[str, str], cadence: bool) -> PlanStep:
    if cadence and step.with_cadence:
        return PlanStep(step.when, step.with_cadence.format_map(words))
    return PlanStep(step.when, step.text)
