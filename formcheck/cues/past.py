"""The baseline report: whether it is comparable, and whether its cues helped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from formcheck.cues.advice import Response, Verdict
from formcheck.cues.model import CueRule, Guide, Level, MetricName, ResponseRule
from formcheck.cues.signs import change, usable
from formcheck.cues.symptoms import Symptoms, irritability
from formcheck.cues.wording import base_key
from formcheck.errors import UsageError
from formcheck.types import Metric, Runner, ViewKind

SPEED_TOLERANCE_MPS = 0.1
INCLINE_TOLERANCE_PCT = 0.25
LEVELS: tuple[Level, ...] = ("low", "moderate", "high")


@dataclass(frozen=True, slots=True)
class Past:
    """What an earlier report of the same runner says.

    Attributes
    ----------
    metrics : mapping of key to Metric
        Its measurements.
    cues, dropped : tuple of str
        Ids of the cues it gave, and of those it had dropped before.
    baseline_spm, first_baseline_spm : float or None
        The cadence baseline it worked from, and the earliest one.
    landing_source : {"shoe", "landmarks"} or None
        What its landings were read from; None where it shows none or does not say.
    """

    metrics: Mapping[str, Metric] = field(default_factory=dict)
    runner: Runner = field(default_factory=Runner)
    views: tuple[ViewKind, ...] = ()
    symptoms: Symptoms | None = None
    cues: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    baseline_spm: float | None = None
    first_baseline_spm: float | None = None
    landing_source: str | None = None

    def beside(self, landing_source: str | None, names: Mapping[str, MetricName]) -> Past:
        """Return it without the metrics that a clip with other landings cannot be set beside."""
        if None in (landing_source, self.landing_source) or landing_source == self.landing_source:
            return self
        kept = {
            key: metric
            for key, metric in self.metrics.items()
            if (name := names.get(base_key(key))) is None or not name.landing
        }
        return replace(self, metrics=kept)


@dataclass(frozen=True, slots=True)
class Present:
    """What is known now, as far as an earlier report can be judged by it."""

    metrics: Mapping[str, Metric]
    runner: Runner
    views: tuple[ViewKind, ...]
    symptoms: Symptoms | None


def comparable(past: Past, now: Present) -> bool:
    """Tell whether the earlier numbers may be set beside these: same speed, incline, pace, view."""
    old, new = past.runner, now.runner
    speeds = (old.belt_speed_mps, new.belt_speed_mps)
    same_speed = None in speeds or abs((speeds[0] or 0) - (speeds[1] or 0)) <= SPEED_TOLERANCE_MPS
    return (
        same_speed
        and abs(old.incline_pct - new.incline_pct) <= INCLINE_TOLERANCE_PCT
        and (old.pace or "easy") == (new.pace or "easy")
        and bool(set(past.views) & set(now.views))
    )


def check_same_runner(past: Past, now: Present) -> None:
    """Check that the earlier report belongs to the same runner, as far as both name one.

    Raises
    ------
    UsageError
        When they name different runners.
    """
    old, new = past.runner.id, now.runner.id
    if old is not None and new is not None and old != new:
        raise UsageError(f"The baseline belongs to the runner {old}, not {new}; give one of {new}.")


def responses(past: Past, now: Present, guide: Guide) -> tuple[Response, ...]:
    """Judge every cue of the earlier report: worked, stay, drop, or unclear."""
    rules = [cue for cue in guide.rules.cue if cue.id in past.cues]
    return tuple(_response(cue, past, now, guide) for cue in rules)


def judged_by_soreness(past: Past, now: Present) -> bool:
    """Tell whether both reports say something about pain."""
    return all(s is not None and s.sore for s in (past.symptoms, now.symptoms))


def _response(cue: CueRule, past: Past, now: Present, guide: Guide) -> Response:
    rule = guide.rules.response
    before, after = past.symptoms, now.symptoms
    weeks = weeks_between(past.runner, now.runner)
    verdict: Verdict
    if before is not None and after is not None and judged_by_soreness(past, now):
        limits = guide.regions.irritability
        levels = irritability(before, limits), irritability(after, limits)
        verdict = soreness_verdict(before, after, levels, weeks, rule)
        text = str(getattr(rule, verdict))
    else:
        verdict = _number_verdict(_moved(cue, past, now, guide), weeks, rule)
        text = str(getattr(rule, f"number_{verdict}", rule.unclear))
    text = text.format_map({"title": f"“{cue.title}”", **response_words(rule)})
    return Response(cue.id, verdict, f"{text} {_number_text(cue, past, now, guide)}".strip())


def response_words(rule: ResponseRule) -> dict[str, str]:
    """Return what the texts of a verdict may name in braces, besides the title."""
    return {
        "points": f"{rule.points:g}",
        "hours": f"{rule.settled_hours:g}",
        "weeks_low": f"{rule.hold_weeks[0]:g}",
        "weeks_high": f"{rule.hold_weeks[1]:g}",
    }


def weeks_between(first: Runner, second: Runner) -> float | None:
    """Return the weeks from the first run's date to the second's; None when a date is missing."""
    try:
        days = date.fromisoformat(second.date or "") - date.fromisoformat(first.date or "")
    except ValueError:
        return None
    return days.days / 7.0 if days.days >= 0 else None


def soreness_verdict(
    before: Symptoms,
    now: Symptoms,
    levels: tuple[Level | None, Level | None],
    weeks: float | None,
    rule: ResponseRule,
) -> Verdict:
    """Judge a cue by how the soreness answered.

    Worse, elsewhere, or more irritable: drop. Two points less and settled within a day, or gone:
    worked. Less sore: stay, until the block is over. As sore as before: stay before the block is
    half over, then drop. A date that is missing counts as the block being over for pain that has
    not changed, and as not over for pain that eases.
    """
    old, new = before.pain_during, now.pain_during
    if before.region != now.region or _more_irritable(levels):
        return "drop"
    if old is None or new is None:
        return "unclear"
    settled = now.settles_hours is None or now.settles_hours <= rule.settled_hours
    if new > old:
        return "drop"
    if settled and (old - new >= rule.points or new == 0.0 < old):
        return "worked"
    if new < old or _settles_sooner(before, now):
        return "drop" if weeks is not None and weeks >= rule.hold_weeks[1] else "stay"
    return "stay" if weeks is not None and weeks < rule.hold_weeks[0] else "drop"


def _more_irritable(levels: tuple[Level | None, Level | None]) -> bool:
    old, new = levels
    return old is not None and new is not None and LEVELS.index(new) > LEVELS.index(old)


def _settles_sooner(before: Symptoms, now: Symptoms) -> bool:
    old, new = before.settles_hours, now.settles_hours
    return old is not None and new is not None and new < old


def _number_verdict(moved: bool | None, weeks: float | None, rule: ResponseRule) -> Verdict:
    """Judge a cue of a runner without pain by its number."""
    if moved is None:
        return "unclear"
    if moved:
        return "worked"
    return "drop" if weeks is not None and weeks >= rule.hold_weeks[1] else "stay"


def _moved(cue: CueRule, past: Past, now: Present, guide: Guide) -> bool | None:
    """Tell whether a number of the cue moved the hoped-for way beyond noise; None if unknown."""
    answers = []
    for expect in cue.expects:
        difference = _difference(expect.metric, past, now, guide)
        if difference is not None:
            rising = expect.target or sum(expect.percent or expect.change or ()) > 0
            answers.append(difference[1] > 0 if rising else difference[2] < 0)
    return any(answers) if answers else None


def _difference(
    key: str, past: Past, now: Present, guide: Guide
) -> tuple[float, float, float] | None:
    least = guide.rules.limits.min_strides
    new, old = now.metrics.get(key), past.metrics.get(key)
    if new is None or old is None or not (usable(new, least) and usable(old, least)):
        return None
    return change(new, old) if comparable(past, now) else None


def _number_text(cue: CueRule, past: Past, now: Present, guide: Guide) -> str:
    """Say how the cue's first measured number went."""
    for expect in cue.expects:
        difference = _difference(expect.metric, past, now, guide)
        if difference is None:
            continue
        name = guide.rules.metric[expect.metric]
        old, new = past.metrics[expect.metric].value, now.metrics[expect.metric].value
        beyond = "more" if difference[1] > 0 or difference[2] < 0 else "not more"
        return (
            f"The {name.name} went from {old:.{name.decimals}f} to {new:.{name.decimals}f} "
            f"{name.unit}, {beyond} than noise."
        )
    return ""
