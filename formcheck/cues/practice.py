"""Drills and plans for the sore regions and the findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Final

from formcheck.cues.advice import Drill, Plan, PlanStep
from formcheck.cues.guide.shapes import DrillRule, RegionDrill, Step
from formcheck.cues.guide.shapes import Plan as PlanRule
from formcheck.cues.history import weeks_between
from formcheck.cues.situation import Situation

FIRST_DRILLS: Final = 3
NEXT_SPRING: Final = "line_hops"


def drills(now: Situation) -> tuple[Drill, ...]:
    """Return the drills, those of the regions first; hops and bounds only while all is calm.

    The first three are for now, the others for later: a session is no longer than the guide's.
    """
    if now.race is not None and not now.race.drills:
        return ()
    own = _own(now)
    extra = [d for row in now.guide.regions.extra if row.finding in now.found for d in row.drills]
    if now.case.calf is not None:
        extra.append("heel_raise")
    rules = {drill.id: drill for drill in now.guide.drills.drill}
    names = list(dict.fromkeys([*own, *extra]))
    if "pogo_hops" in names and strong(now):
        names.append(NEXT_SPRING)
    calm = [
        rules[n]
        for n in names
        if not rules[n].springy and not (now.case.young and rules[n].weighted)
    ]
    spring = [rules[n] for n in names if rules[n].springy] if hops_allowed(now) else []
    return tuple(
        _drill(rule, own.get(rule.id), now, later=place >= FIRST_DRILLS or rule.springy)
        for place, rule in enumerate([*calm, *spring])
    )


def _own(now: Situation) -> dict[str, RegionDrill]:
    """Return the drills of the sore regions, taken in turn from each.

    What one of them allows only while calm is out for all while it flares, and where several have
    the same drill the one with a dose of its own counts: the most careful advice of each holds.
    """
    rows = list(zip_longest(*(region.drills for region in now.regions)))
    drills = [drill for row in rows for drill in row if drill is not None]
    calm_only = {drill.id for drill in drills if drill.calm_only} if now.gentle else set()
    found: dict[str, RegionDrill] = {}
    for drill in drills:
        if drill.id in calm_only:
            continue
        if drill.id not in found or (drill.dose_high and not found[drill.id].dose_high):
            found[drill.id] = drill
    return found


def hops_allowed(now: Situation) -> bool:
    """Return whether hops may be done: mild soreness, an adult, and nothing that says otherwise.

    After a bone was in question only where both sides passed their tests.
    """
    rule = now.guide.regions.strength
    hops = now.symptoms.retest("hop_seconds")
    short = any(n is not None and n < rule.enough_hop_seconds for n in hops)
    calm = now.level == "low" and not now.worse and not now.flagged_before
    bone = now.symptoms.bone_settled and not strong(now)
    return calm and not short and not bone and now.case.calf is None and not now.case.young


def strong(now: Situation) -> bool:
    """Return whether both sides passed the tests that the next hops ask for."""
    rule = now.guide.regions.strength
    hops, raises = now.symptoms.retest("hop_seconds"), now.symptoms.retest("calf_raises")
    return _all_from(hops, rule.enough_hop_seconds) and _all_from(raises, rule.enough_raises)


def _all_from(numbers: Iterable[float | None], least: float) -> bool:
    return all(n is not None and n >= least for n in numbers)


def _drill(rule: DrillRule, own: RegionDrill | None, now: Situation, *, later: bool) -> Drill:
    return Drill(
        id=rule.id,
        text=rule.text,
        dose=_dose(rule, own, now),
        progression=now.guide.drills.young if now.case.young else rule.progression,
        stop_if=rule.stop_if,
        source=rule.source,
        later=later,
    )


def _dose(rule: DrillRule, own: RegionDrill | None, now: Situation) -> str:
    """Return the dose for the region and the irritability; less where it settles slowly."""
    if now.gentle:
        return (own.dose_high if own else None) or rule.dose_high
    if own is not None and own.dose:
        return own.dose
    return rule.dose_sore if now.sore else rule.dose


def plans(now: Situation, words: Mapping[str, str], cadence: bool) -> tuple[Plan, ...]:
    """Return the plan of the sore region.

    None while it flares easily or is worse than before, in the week of a race, where a race comes
    before the plan is over, or where nothing is sore now; none for several regions, whose plans
    would disagree.

    Parameters
    ----------
    words : mapping of str to str
        What the steps may name in braces.
    cadence : bool
        The cadence cue is part of the advice.
    """
    return tuple(
        Plan(
            plan.id,
            plan.title,
            tuple(_step(step, words, now, cadence=cadence) for step in _ahead(plan, now)),
            plan.source,
            _followed(plan, now)[0],
        )
        for plan in given_plans(now)
    )


def given_plans(now: Situation) -> tuple[PlanRule, ...]:
    """Return the plans that are given."""
    if now.worse or (now.race is not None and not now.race.drills):
        return ()
    return tuple(plan for plan in own_plans(now) if not race_in_plan(plan, now))


def plan_slows(now: Situation) -> bool:
    """Return whether a step of a plan that still lies ahead leaves fast running out."""
    return any(step.slows for plan in given_plans(now) for step in _ahead(plan, now))


def _ahead(plan: PlanRule, now: Situation) -> tuple[Step, ...]:
    """Return the steps of a plan that do not lie behind."""
    weeks = _followed(plan, now)[1]
    return tuple(s for s in plan.steps if s.until_week is None or s.until_week > weeks)


def race_in_plan(plan: PlanRule, now: Situation) -> bool:
    """Return whether a race comes before the rest of a plan is over."""
    race = now.symptoms.race_in_weeks
    return (
        race is not None and plan.weeks is not None and race <= plan.weeks - _followed(plan, now)[1]
    )


def _followed(plan: PlanRule, now: Situation) -> tuple[str | None, float]:
    """Return since when a plan is followed and for how many weeks; from now on where it is new."""
    today, before = now.present.runner.date, {} if now.past is None else now.past.plans
    since = before.get(plan.id) or today
    return since, weeks_between(since, today) or 0.0


def own_plans(now: Situation) -> tuple[PlanRule, ...]:
    """Return the plans that fit the sore region and how easily it flares, whatever is planned."""
    if now.level == "high" or now.case.young or not now.symptoms.hurts or now.symptoms.bone_settled:
        return ()
    return tuple(
        plan
        for plan in now.guide.regions.plan
        if [plan.region] == [region.id for region in now.regions]
        and not (plan.settled_only and now.slow_to_settle)
    )


def fade(now: Situation, weeks: float) -> tuple[PlanStep, ...]:
    """Return how the beat is left out week by week; empty while it flares easily.

    Parameters
    ----------
    weeks : float
        How long it has been practised: what lies behind is not begun again.
    """
    if now.level == "high":
        return ()
    steps = now.guide.rules.fade.steps
    ahead = [step for step in steps if step.until_week > weeks] or steps[-1:]
    return tuple(
        PlanStep(step.when, (now.no_fast and step.without_fast) or step.text) for step in ahead
    )


def _step(step: Step, words: Mapping[str, str], now: Situation, *, cadence: bool) -> PlanStep:
    if now.no_uphill and step.without_uphill:
        return PlanStep(step.when, step.without_uphill)
    if now.no_fast and step.without_fast:
        return PlanStep(step.when, step.without_fast)
    if cadence and step.with_cadence:
        return PlanStep(step.when, step.with_cadence.format_map(words))
    return PlanStep(step.when, step.text)
