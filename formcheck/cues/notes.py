"""What is said: the texts whose circumstances hold, the three answers, and the words in braces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from formcheck.cues.advice import Judgement, Remark, RemarkKind
from formcheck.cues.model import Text, TextsFile
from formcheck.cues.rules_model import Finding
from formcheck.cues.select import Choice
from formcheck.cues.signs import Doubt, Scene, doubt, met, told
from formcheck.cues.situation import Situation
from formcheck.cues.symptoms import RETESTS
from formcheck.landmarks import SIDES
from formcheck.types import Metric, Status, ViewKind

FEW: Final = "too few strides"
DOWNHILL: Final = "run downhill"
REASONS: Final[Mapping[Status, str]] = {
    "measured": FEW,
    "too_few_strides": FEW,
    "wrong_view": "needs another view",
    "low_confidence": "not seen clearly",
    "frame_rate_too_low": "frame rate too low",
    "no_scale": "no scale: give height or belt speed",
    "occluded": "hidden",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided: cues given, cues held back, and the drills by id."""

    given: tuple[Choice, ...]
    held: tuple[Choice, ...]
    drills: frozenset[str] = frozenset()


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


def slowed(file: TextsFile, tags: frozenset[str]) -> bool:
    """Return whether a text whose circumstances hold leaves fast running out for now."""
    return any(row.slows and _applies(row, tags) for row in file.text)


def _applies(row: Text, tags: frozenset[str]) -> bool:
    return tags.issuperset(row.when) and tags.isdisjoint(row.unless)


def trying(now: Situation) -> tuple[str, ...]:
    """Return the cues of earlier advice that the runner may be practising."""
    before = () if now.past is None else now.past.cues
    return tuple(dict.fromkeys([*before, *now.present.trying]))


def note_words(now: Situation, outcome: Outcome) -> dict[str, str]:
    """Return what notes may name in braces."""
    blank, cadence = unjudged(now), now.guide.rules.cadence
    titles = {row.id: row.title for row in now.guide.rules.finding}
    cues = {cue.id: cue.title for cue in now.guide.rules.cue}
    labels = [region.label for region in now.regions]
    held = [titles[f] for c in outcome.held for f in c.rule.answers if f in now.found]
    runs = now.present.runs_spm
    return {
        "unjudged": "; ".join(f"{finding.title} ({reason})" for finding, reason in blank),
        "doubtful": ", ".join(titles[name] for name in doubts(now)),
        "held": ", ".join(dict.fromkeys(held)),
        "usual_low": f"{cadence.usual_spm[0]:g}",
        "usual_high": f"{cadence.usual_spm[1]:g}",
        "ceiling": f"{cadence.ceiling_percent:g}",
        "first": f"{now.cadence.first_baseline_spm or 0.0:.0f}",
        "trying": ", ".join(f"“{cues[name]}”" for name in trying(now) if name in cues),
        "retests": retests(now),
        "places": " and ".join(labels),
        "places_before": " and ".join(region.label for region in now.case.wary),
        "kept": f"{now.cadence.baseline_spm or 0.0:.0f}",
        "runs": str(len(runs)),
        "runs_low": f"{min(runs, default=0.0):.0f}",
        "runs_high": f"{max(runs, default=0.0):.0f}",
    }


def judgements(now: Situation) -> tuple[Judgement, ...]:
    """Return the three answers for everything that the view can show."""
    blank = {finding.id: reason for finding, reason in unjudged(now)}
    unsure, grading = doubts(now), now.guide.rules.grading
    rows = []
    for finding in now.guide.rules.finding:
        if finding.context or not _shows(finding, now.present.views):
            continue
        if finding.id in now.found:
            rows.append(Judgement(finding.id, finding.title, "stands_out", finding.says))
        elif finding.id in blank:
            why = blank[finding.id]
            tell = {FEW: grading.few_strides, DOWNHILL: grading.downhill}.get(why, finding.tell)
            text = f"{why[0].upper()}{why[1:]}. {tell}"
            rows.append(Judgement(finding.id, finding.title, "cannot_be_told", text))
        elif finding.id in unsure:
            text = f"{getattr(grading, unsure[finding.id])} {finding.tell}"
            rows.append(Judgement(finding.id, finding.title, "cannot_be_told", text))
        else:
            rows.append(Judgement(finding.id, finding.title, "ordinary", ""))
    return tuple(rows)


def doubts(now: Situation) -> dict[str, Doubt]:
    """Return the findings that do not hold but could, and why that cannot be told."""
    found = {}
    for finding in now.guide.rules.finding:
        if not finding.context and finding.id not in now.found:
            why = doubt(finding, now.scene) if _shows(finding, now.present.views) else None
            if why is not None:
                found[finding.id] = why
    return found


def retests(now: Situation) -> str:
    """Say how the strength tests went since the earlier report; empty without numbers of both."""
    before = None if now.past is None else now.past.symptoms
    if before is None:
        return ""
    said = []
    for name, what in RETESTS.items():
        pairs = zip(SIDES, before.retest(name), now.told.retest(name), strict=True)
        steps = [f"{side} {old:g} to {new:g}" for side, old, new in pairs if _both(old, new)]
        said += [f"{what} {' and '.join(steps)}"] if steps else []
    return "; ".join(said)


def _both(old: float | None, new: float | None) -> bool:
    return old is not None and new is not None


def unjudged(now: Situation) -> list[tuple[Finding, str]]:
    """Return the findings that do not hold and could not be looked at in full, and why."""
    return [
        (finding, _reason(finding, now.scene))
        for finding in now.guide.rules.finding
        if not finding.context
        and _shows(finding, now.present.views)
        and finding.id not in now.found
        and not told(finding, now.scene)
    ]


def _shows(finding: Finding, views: tuple[ViewKind, ...]) -> bool:
    wanted_views = {"side": {"side"}, "rear": {"rear", "front"}}
    return finding.view == "any" or not wanted_views[finding.view].isdisjoint(views)


def _reason(finding: Finding, scene: Scene) -> str:
    """Return why the first metric is missing that an answer asks for."""
    if scene.downhill:
        return DOWNHILL
    missing = (group for group in finding.needs if not met(group, finding, scene))
    for key in next(missing, ()):
        metric: Metric | None = scene.metrics.get(key)
        if metric is not None:
            return REASONS[metric.status]
    return "not measured"
