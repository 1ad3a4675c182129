"""Verdicts on earlier cues, once it is known which cues are given: nobody keeps what must wait."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from formcheck.cues.advice import Response, Verdict
from formcheck.cues.past import response_text
from formcheck.cues.select import blocked
from formcheck.cues.situation import Situation

KEEPS: Final = frozenset(
    {
        "stay",
        "ask_settle",
        "ask_practised",
        "untried",
        "unmoved",
        "unsaid_unmoved",
        "unmoved_better",
        "number_stay",
    }
)
"""Texts of verdicts that ask for more practice."""

SLOW: Final = {"worked": "worked_slow", "number_worked": "number_worked_slow"}
"""What is said of a cue that worked where fast running is left out for now."""


def as_given(now: Situation, given: Collection[str]) -> tuple[Response, ...]:
    """Return the verdicts as they can be said beside the cues that are given."""
    return tuple(_said(one, now, one.cue in given) for one in now.response)


def _said(one: Response, now: Situation, given: bool) -> Response:
    other = _instead(one, now, given)
    if other is None or now.past is None:
        return one
    verdict, which = other
    cue = next(cue for cue in now.guide.rules.cue if cue.id == one.cue)
    text = response_text(cue, which, now.past, now.present, now.guide)
    return replace(one, verdict=verdict, text=text, id=which)


def _instead(one: Response, now: Situation, given: bool) -> tuple[Verdict, str] | None:
    """Return what is said in place of a verdict; None where it can stand."""
    near = now.race is not None and now.race.near
    quiet = now.no_fast or near or now.level == "high" or now.case.young
    slow = SLOW.get(one.id) if now.no_fast and given else None
    if slow is not None:
        return one.verdict, slow
    if one.id == "worked_on" or (one.id == "number_worked" and not given):
        return (one.verdict, "held_on") if quiet else None
    if given:
        return None
    if one.id == "worked":
        rule = next(rule for rule in now.guide.rules.cue if rule.id == one.cue)
        return "worked", "worked_stops" if blocked(rule, now.case) or not near else "worked_rests"
    if one.id == "number_stay" and not _found(one.cue, now):
        return "waits", "number_rests"
    return ("waits", "waits") if one.id in KEEPS else None


def _found(cue: str, now: Situation) -> bool:
    rule = next(rule for rule in now.guide.rules.cue if rule.id == cue)
    return any(finding in now.found for finding in rule.answers)
