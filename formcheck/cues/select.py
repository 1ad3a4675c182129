"""Which cues are given: gates of the sore region, one lever for several findings, a cap of two."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import groupby

from formcheck.cues.cadence import CadenceState
from formcheck.cues.evidence import Found
from formcheck.cues.guide.shapes import CueRule, Gate, Guide, Level, Region

TIERS: Mapping[Gate | None, int] = {"favour": 0, None: 1, "caution": 2}


@dataclass(frozen=True, slots=True)
class Case:
    """All that the choice depends on.

    Attributes
    ----------
    found : mapping of id to Found
        Findings that hold.
    regions : tuple of Region
        The sore regions; of several gates the most careful one holds.
    level : {"low", "moderate", "high"} or None
        Irritability.
    cadence : CadenceState
        Whether there is a target.
    max_cues : int
        The cap.
    carried : collection of str
        Cues of the baseline report that are being judged by soreness: they keep their place.
    dropped_before, dropped_now : collection of str
        Cues not to be offered again. One that is dropped now leaves its place empty: pain that did
        not ease is no time for another cue.
    resting : collection of str
        Cues that are not needed any more, or not now.
    hurts : bool
        Whether anything is sore now; a place that is not brings no cue by itself.
    calf : {"caution", "block"} or None
        What the strength and the history of the calf do to a quicker step.
    bounce_first : bool
        The cadence is so low that a quicker step comes before other cues for the bounce.
    young : bool
        The guide is not for this runner as it stands: the rhythm is left alone.
    placeless : bool
        It is sore, but where is not known: it may be the Achilles, so that the rhythm is left
        alone and other cues come with care.
    wary : tuple of Region
        Places that were sore before, while nothing is said now: their gates still hold.
    no_new : bool
        A cue is stopped, or the runner is told to go on as before: no other one begins now.
    form_rests : bool
        The runner is told to leave the form alone: no cue is given at all.
    """

    found: Mapping[str, Found]
    regions: tuple[Region, ...]
    level: Level | None
    cadence: CadenceState
    max_cues: int
    carried: Collection[str] = ()
    dropped_before: Collection[str] = ()
    dropped_now: Collection[str] = ()
    resting: Collection[str] = ()
    hurts: bool = False
    calf: Gate | None = None
    bounce_first: bool = False
    young: bool = False
    placeless: bool = False
    wary: tuple[Region, ...] = ()
    no_new: bool = False
    form_rests: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen cue, the metric keys behind it, and how carefully it is given."""

    rule: CueRule
    keys: tuple[str, ...]
    gate: Gate | None
    hold: bool
    above: bool
    carried: bool


def choose(case: Case, guide: Guide) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """Return the cues that are given and those held back by high irritability, each in order."""
    candidates = [c for rule in guide.rules.cue if (c := _candidate(rule, case)) is not None]
    candidates.sort(key=lambda c: (c.rule.slot, *_within_slot(c, case)))
    best = [next(group) for _, group in groupby(candidates, key=lambda c: c.rule.slot)]
    best.sort(key=lambda c: (not c.carried, TIERS[c.gate], c.rule.rank))
    kept = [c for c in best[: case.max_cues] if c.rule.id not in case.dropped_now]
    kept = [c for c in kept if (c.carried or not case.no_new) and not case.form_rests]
    quiet = any(region.quiet_when_high for region in case.regions)
    allowed = () if quiet else guide.regions.irritability.cues_when_high
    high = case.level == "high"
    given = tuple(c for c in kept if not high or c.rule.id in allowed)
    return given, tuple(c for c in kept if c not in given)


def wanted(rule: CueRule, case: Case) -> bool:
    """Return whether a finding, a sore region or an earlier report brings this cue at all."""
    triggered = case.hurts and any(rule.id in region.triggers for region in case.regions)
    answers = any(finding in case.found for finding in rule.answers)
    return triggered or answers or rule.id in case.carried


def blocked(rule: CueRule, case: Case) -> bool:
    """Return whether a sore region, the calf, or an earlier disappointment rules this cue out."""
    if rule.id in case.dropped_before or rule.id in case.resting:
        return True
    if rule.only_for and not any(region.id in rule.only_for for region in case.regions):
        return True
    if rule.id == "cadence" and (case.calf == "block" or case.young or case.placeless):
        return True
    return any(region.cues.get(rule.id) == "block" for region in (*case.regions, *case.wary))


def _candidate(rule: CueRule, case: Case) -> Choice | None:
    if blocked(rule, case) or not wanted(rule, case):
        return None
    is_cadence = rule.id == "cadence"
    if is_cadence and case.cadence.target_spm is None:
        return None
    keys = [key for f in rule.answers if f in case.found for key in case.found[f].keys]
    if is_cadence:
        keys.append("cadence_spm")
    return Choice(
        rule,
        tuple(dict.fromkeys(keys)),
        _gate(rule, case),
        hold=is_cadence and case.cadence.place == "reached" and case.level != "high",
        above=is_cadence and case.cadence.place == "above",
        carried=rule.id in case.carried,
    )


def _gate(rule: CueRule, case: Case) -> Gate | None:
    """Return the gate; where regions, calf and findings disagree the most careful one."""
    gates = {region.cues.get(rule.id) for region in case.regions}
    gates |= {region.cues.get(rule.id) for region in case.wary} - {"favour"}
    calf = rule.slot == "stride" and case.calf is not None
    if calf or case.placeless or any(finding in case.found for finding in rule.cautious_after):
        gates.add("caution")
    order: tuple[Gate, ...] = ("block", "caution", "favour")
    return next((gate for gate in order if gate in gates), None)


def _within_slot(choice: Choice, case: Case) -> tuple[bool, bool, int, int]:
    """Order the cues of one slot: what is being tried, then the uncautioned, then the best lever.

    A cue that answers several findings at once, or that the sore region favours, goes before the
    cue for a single finding; one that answers several but only one is there goes after it, and a
    lever that is already pulled goes last.
    """
    several = len(choice.rule.answers) > 1
    hits = sum(finding in case.found for finding in choice.rule.answers)
    slow_bounce = case.bounce_first and choice.rule.id == "cadence" and "bounce" in case.found
    lever = 1
    if several:
        lever = 0 if hits > 1 or choice.gate == "favour" or slow_bounce else 2
    if choice.hold:
        lever = 3
    return not choice.carried, choice.gate == "caution", lever, choice.rule.rank
