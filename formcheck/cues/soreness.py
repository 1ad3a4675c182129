"""How the soreness answers a cue on trial: the verdict, by how the pain went and who practised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

from formcheck.cues.advice import Verdict
from formcheck.cues.regions_model import IrritabilityRule
from formcheck.cues.row import Level
from formcheck.cues.rules_model import ResponseRule
from formcheck.cues.symptoms import Symptoms, irritability

Tried = Literal["run", "not_run", "unsaid", "still", "unmoved", "risen"]
"""Whether a cue was run.

``"run"`` and ``"not_run"`` are sure; ``"unsaid"`` is not known. Where runner and clip disagree:
``"still"`` was not said, and the clip is as before; ``"unmoved"`` was practised, as the runner
says, and the clip is as before; ``"risen"`` was not, and yet the clip shows it. Bouts are short, so
that a clip alone acquits nothing.
"""

Answer = tuple[Verdict, str]
"""A verdict, and the name of the text that says it."""

LEVELS: Final[tuple[Level, ...]] = ("low", "moderate", "high")
PAINS: Final = ("pain_during", "pain_after", "pain_easy")

WORSE: Final[Mapping[Tried, Answer]] = {
    "run": ("drop", "drop_worse"),
    "unsaid": ("drop", "drop_worse"),
    "unmoved": ("drop", "drop_worse"),
    "risen": ("drop", "drop_worse"),
    "still": ("pause", "unsaid_worse"),
    "not_run": ("pause", "untried_worse"),
}
ELSEWHERE: Final[Mapping[Tried, Answer]] = {
    "run": ("drop", "drop_elsewhere"),
    "unsaid": ("drop", "drop_elsewhere"),
    "unmoved": ("drop", "drop_elsewhere"),
    "risen": ("drop", "drop_elsewhere"),
    "still": ("pause", "unsaid_elsewhere"),
    "not_run": ("pause", "untried_elsewhere"),
}
EASED: Final[Mapping[Tried, Answer]] = {
    "run": ("worked", "worked"),
    "unsaid": ("unclear", "ask_practised"),
    "unmoved": ("unclear", "unmoved_better"),
    "risen": ("eased", "eased_risen"),
    "still": ("eased", "eased_still"),
    "not_run": ("eased", "eased"),
}
NOT_SEEN: Final[Mapping[Tried, Answer]] = {
    "unmoved": ("untried", "unmoved"),
    "still": ("untried", "unsaid_unmoved"),
    "not_run": ("untried", "untried"),
}
"""What is said of a cue that was not seen to be run while the soreness is much as before."""


def soreness_verdict(
    last: Symptoms,
    before: Symptoms,
    now: Symptoms,
    weeks: float | None,
    rule: ResponseRule,
    limits: IrritabilityRule,
    tried: Tried,
) -> Answer:
    """Judge a cue by how the soreness answered.

    Elsewhere or worse: drop, or only a pause where it may well not have been run. Two points less
    during runs and after, settled within a day, or gone: worked, if it was run. Less sore: stay,
    until the block is over. As sore as before: stay before the block is half over, then drop. A
    date that is missing counts as the block being over for pain that has not changed, and as not
    over for pain that eases. A cue that was not seen to be run is never given up for that.

    Parameters
    ----------
    last, before, now : Symptoms
        What was told with the last report, when the trial began, and now. What counts is the
        beginning; a clear step back since the last report, too.
    weeks : float or None
        Since the trial began.
    """
    if elsewhere(before, now):
        return ELSEWHERE[tried]
    begun = now.hurts and not before.hurts and max(now.pains, default=10.0) >= rule.worse_points
    if begun or worse(last, before, now, rule, limits):
        return WORSE[tried]
    if None in (before.pain_during, now.pain_during):
        return "unclear", "ask_pain"
    if _much_better(before, now, rule) and _settled(now, rule):
        return EASED[tried]
    return NOT_SEEN.get(tried) or _not_yet(before, now, weeks, rule, tried)


def elsewhere(before: Symptoms, now: Symptoms) -> bool:
    """Return whether something else is sore now: another place, or the other leg's same one."""
    if before.regions:
        new_place = not set(now.regions) <= set(before.regions)
    else:
        new_place = "achilles" in now.regions
    sides = (before.side_of_body, now.side_of_body)
    other_leg = set(sides) == {"left", "right"}
    return now.hurts and (new_place or other_leg)


def worse(
    last: Symptoms,
    before: Symptoms,
    now: Symptoms,
    rule: ResponseRule,
    limits: IrritabilityRule,
) -> bool:
    """Return whether it is worse than at the beginning, or clearly so than at the last report.

    Changes too small to be told apart (half a point of pain, an hour more to settle) are none.
    """
    old, new = last.pain_during, now.pain_during
    if old is not None and new is not None and new - old >= rule.points:
        return True
    grown = ((getattr(before, name), getattr(now, name)) for name in PAINS)
    if any(a is not None and b is not None and b - a >= rule.worse_points for a, b in grown):
        return True
    # What only one of both times was told says nothing about a change.
    told = _filled(before, now), _steady(before, _filled(now, before), rule)
    levels = [irritability(one, limits) for one in told]
    return None not in levels and LEVELS.index(levels[1]) > LEVELS.index(levels[0])


def _filled(answers: Symptoms, others: Symptoms) -> Symptoms:
    """Return the answers, with those that are missing taken from the other time."""
    missing = {
        name: getattr(others, name)
        for name in (*PAINS, "settles_hours")
        if getattr(answers, name) is None
    }
    return replace(answers, **missing)


def _steady(before: Symptoms, now: Symptoms, rule: ResponseRule) -> Symptoms:
    """Return what is told now without growth that is too small to count."""
    least = {**dict.fromkeys(PAINS, rule.worse_points), "settles_hours": rule.worse_hours}
    kept = {}
    for name, step in least.items():
        old, new = getattr(before, name), getattr(now, name)
        if old is not None and new is not None and 0.0 < new - old < step:
            kept[name] = old
    return replace(now, **kept)


def _not_yet(
    before: Symptoms, now: Symptoms, weeks: float | None, rule: ResponseRule, tried: Tried
) -> Answer:
    """Return the verdict on a cue that has not reached its mark: stay, or drop when time is up."""
    if (now.pain_during or 0.0) < (before.pain_during or 0.0) or _settles_sooner(before, now):
        over = weeks is not None and weeks >= rule.hold_weeks[1]
    else:
        over = weeks is None or weeks >= rule.hold_weeks[0]
    if _much_better(before, now, rule) and _settled(now, rule) is None:
        return "unclear", "ask_settle"
    if tried == "risen":
        return "unclear", "risen"
    if not over:
        return "stay", "stay"
    return ("unclear", "ask_practised") if tried == "unsaid" else ("drop", "drop_no_better")


def _much_better(before: Symptoms, now: Symptoms, rule: ResponseRule) -> bool:
    """Return whether the pain is down by the points asked for, during runs and in the day after."""

    def down(old: float | None, new: float | None) -> bool:
        if old is None or new is None:
            return True
        return old - new >= rule.points or new == 0.0

    pairs = ((before.pain_during, now.pain_during), (before.pain_after, now.pain_after))
    hurt = any(old is not None and new is not None and old > 0.0 for old, new in pairs)
    return hurt and all(down(old, new) for old, new in pairs)


def _settled(now: Symptoms, rule: ResponseRule) -> bool | None:
    """Return whether it settles in time; None where that was not said, and it is not gone."""
    if now.settles_hours is None:
        return True if now.pain_after == 0.0 else None
    return now.settles_hours <= rule.settled_hours


def _settles_sooner(before: Symptoms, now: Symptoms) -> bool:
    old, new = before.settles_hours, now.settles_hours
    return old is not None and new is not None and new < old
