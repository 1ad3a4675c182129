"""Which circumstances hold, and the texts that are said under them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from formcheck.cues import past as history
from formcheck.cues.advice import Remark, RemarkKind
from formcheck.cues.model import Finding, Text, TextsFile
from formcheck.cues.select import Choice, blocked, wanted
from formcheck.cues.signs import SIDED, Scene, judged, reading, resolve
from formcheck.cues.situation import Situation, is_sore
from formcheck.cues.symptoms import Symptoms
from formcheck.types import Metric, Status, ViewKind

REASONS: Final[Mapping[Status, str]] = {
    "measured": "too few strides",
    "too_few_strides": "too few strides",
    "wrong_view": "needs another view",
    "low_confidence": "not seen clearly",
    "frame_rate_too_low": "frame rate too low",
    "no_scale": "no scale: give height or belt speed",
    "occluded": "hidden",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided: cues given, cues held back, and whether there are drills."""

    given: tuple[Choice, ...]
    held: tuple[Choice, ...]
    drills: bool


def say(
    file: TextsFile, tags: frozenset[str], words: Mapping[str, str], *kinds: RemarkKind
) -> tuple[Remark, ...]:
    """Return the texts of the given kinds whose circumstances hold, kind after kind.

    Parameters
    ----------
    tags : frozenset of str
        The circumstances; `formcheck.cues.tags` says what they mean.
    words : mapping of str to str
        What the texts may name in braces.
    """
    return tuple(
        Remark(row.id, kind, row.text.format_map(words))
        for kind in kinds
        for row in file.text
        if row.kind == kind and _applies(row, tags)
    )


def _applies(row: Text, tags: frozenset[str]) -> bool:
    return tags.issuperset(row.when) and tags.isdisjoint(row.unless)


def red_flags(symptoms: Symptoms | None) -> frozenset[str]:
    """Return the circumstances that silence every cue."""
    asked = symptoms or Symptoms()
    flags = {
        "flag.alters_gait": asked.alters_gait,
        "flag.night_pain": asked.night_pain,
        "flag.bone": asked.region == "bone",
    }
    return frozenset(flag for flag, raised in flags.items() if raised)


def circumstances(now: Situation, outcome: Outcome) -> frozenset[str]:
    """Return every circumstance that holds."""
    return frozenset(
        {
            "always",
            *_pain_tags(now),
            *_outcome_tags(now, outcome),
            *_cadence_tags(now),
            *_clip_tags(now),
        }
    )


def note_words(now: Situation, outcome: Outcome) -> dict[str, str]:
    """Return what notes may name in braces."""
    blank, cadence = unjudged(now), now.guide.rules.cadence
    titles = {row.id: row.title for row in now.guide.rules.finding}
    held = [titles[f] for c in outcome.held for f in c.rule.answers if f in now.found]
    return {
        "unjudged": "; ".join(f"{finding.title} ({reason})" for finding, reason in blank),
        "held": ", ".join(dict.fromkeys(held)),
        "usual_low": f"{cadence.usual_spm[0]:g}",
        "usual_high": f"{cadence.usual_spm[1]:g}",
        "ceiling": f"{cadence.ceiling_percent:g}",
    }


def _pain_tags(now: Situation) -> Iterator[str]:
    asked, regions = now.symptoms, now.guide.regions
    yield "symptoms" if is_sore(asked) else "no_symptoms"
    if now.region is not None:
        yield f"region.{now.region.id}"
    if now.level is not None:
        yield f"irritability.{now.level}"
    if now.race is not None:
        yield f"race.{now.race.id}"
    if asked.weeks is not None and asked.weeks > regions.persistence.few_weeks:
        yield "weeks.long"
    if asked.settles_hours is not None:
        rule = regions.irritability
        if rule.low_settles_hours < asked.settles_hours <= rule.moderate_settles_hours:
            yield "settles.slowly"
    shoes = asked.shoe_change_weeks
    if shoes is not None and shoes <= regions.shoes.recent_weeks:
        yield "shoes.recent"


def _outcome_tags(now: Situation, outcome: Outcome) -> Iterator[str]:
    yield from (f"finding.{name}" for name in now.found)
    yield from (f"cue.{choice.rule.id}" for choice in outcome.given)
    leading = [f for f in now.guide.rules.finding if not f.context]
    if outcome.given:
        yield "cue"
    if outcome.drills:
        yield "drills"
    if any(f in now.found for c in outcome.held for f in c.rule.answers):
        yield "held_back"
    if unjudged(now):
        yield "unjudged"
    seen = any(judged(f, now.scene) for f in leading)
    if not seen:
        yield "blind"
    elif not outcome.given and not outcome.held and not any(f.id in now.found for f in leading):
        yield "nothing"


def _cadence_tags(now: Situation) -> Iterator[str]:
    rule = next(cue for cue in now.guide.rules.cue if cue.id == "cadence")
    if now.cadence.reached:
        yield "cadence.reached"
    fits = wanted(rule, now.case) and not blocked(rule, now.case)
    if fits and now.cadence.obstacle is not None:
        yield f"cadence.{now.cadence.obstacle}"


def _clip_tags(now: Situation) -> Iterator[str]:
    runner = now.present.runner
    if runner.pace is None:
        yield "pace.unknown"
    if now.scene.faster:
        yield "faster"
    if runner.belt_speed_mps is not None:
        yield "treadmill"
    for tag, key in (
        ("measured.knee", "knee_fppa_midstance_deg"),
        ("measured.foot", "foot_inclination_ic_deg"),
    ):
        if any(resolve(key, now.scene, side) is not None for side in SIDED):
            yield tag
    if now.past is None:
        return
    if now.past.metrics and not history.comparable(now.past, now.present):
        yield "not_comparable"
    shoes = (now.past.runner.shoes, runner.shoes)
    if None not in shoes and shoes[0] != shoes[1]:
        yield "shoes.changed"


def unjudged(now: Situation) -> list[tuple[Finding, str]]:
    """Return the findings that this view can show but that could not be looked at, and why."""
    return [
        (finding, _reason(finding, now.scene))
        for finding in now.guide.rules.finding
        if not finding.context
        and _shows(finding, now.present.views)
        and not judged(finding, now.scene)
    ]


def _shows(finding: Finding, views: tuple[ViewKind, ...]) -> bool:
    wanted_views = {"side": {"side"}, "rear": {"rear", "front"}}
    return finding.view == "any" or not wanted_views[finding.view].isdisjoint(views)


def _reason(finding: Finding, scene: Scene) -> str:
    """Return why the first metric of the finding's first case is missing."""
    for sign in finding.case[0].signs:
        if reading(sign, scene, None) is None:
            metric: Metric | None = scene.metrics.get(sign.metric)
            return "not measured" if metric is None else REASONS[metric.status]
    return "not measured"
