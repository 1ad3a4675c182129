"""The baseline report: whether it is comparable, and whether its cues helped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from formcheck.catalogue import spec_of, specs
from formcheck.changes import limits_file
from formcheck.cues.advice import Response, Verdict
from formcheck.cues.cadence import is_easy
from formcheck.cues.model import Guide
from formcheck.cues.row import Level
from formcheck.cues.rules_model import CueRule, ResponseRule
from formcheck.cues.signs import change, usable
from formcheck.cues.symptoms import Symptoms, irritability
from formcheck.errors import UsageError
from formcheck.types import Metric, Runner, ViewKind


class Note(Protocol):
    """A remark on a clip's quality."""

    @property
    def code(self) -> str:
        """What it is about."""

    @property
    def severity(self) -> str:
        """Info, warn or error."""


# A tenth of a millimetre a second for the rounding of speeds given in other units.
ROUNDING_MPS = 1e-4
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
    worked : tuple of str
        Cues that had worked by then.
    rate_hz : float or None
        Its frame rate.
    runs_spm : tuple of float
        The easy cadences that the baseline is the mean of; empty for a single run.
    trials : mapping of str to (str or None, Symptoms or None)
        For cues that had been on trial before: since when, and what was said of pain then.
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
    worked: tuple[str, ...] = ()
    rate_hz: float | None = None
    runs_spm: tuple[float, ...] = ()
    trials: Mapping[str, tuple[str | None, Symptoms | None]] = field(default_factory=dict)

    def start(self, cue: str) -> tuple[str | None, Symptoms | None]:
        """Return since when a cue is on trial, and what was said of pain then."""
        since, told = self.trials.get(cue, (None, None))
        return since or self.runner.date, self.symptoms if told is None else told

    def beginning(self, cue: str) -> tuple[str | None, dict[str, Any] | None]:
        """Return the same as plain values."""
        since, told = self.start(cue)
        return since, None if told is None else told.to_dict()

    def beside(self, landing_source: str | None) -> Past:
        """Return it without the metrics that a clip with other landings cannot be set beside."""
        if None in (landing_source, self.landing_source) or landing_source == self.landing_source:
            return self
        kept = {
            key: metric
            for key, metric in self.metrics.items()
            if (spec := spec_of(key)) is None or not spec.landing
        }
        return replace(self, metrics=kept)


@dataclass(frozen=True, slots=True)
class Present:
    """What is known now, as far as an earlier report can be judged by it."""

    metrics: Mapping[str, Metric]
    runner: Runner
    views: tuple[ViewKind, ...]
    symptoms: Symptoms | None
    quality: tuple[Note, ...] = ()
    rate_hz: float | None = None
    trying: tuple[str, ...] = ()
    runs_spm: tuple[float, ...] = ()
    paces_mixed: bool = False


def lower_rate(past: Past | None, now: Present) -> float | None:
    """Return the lower frame rate of both clips; None where neither tells its own."""
    rates = (now.rate_hz, None if past is None else past.rate_hz)
    return min((rate for rate in rates if rate is not None), default=None)


def comparable(past: Past, now: Present) -> bool:
    """Tell whether the earlier numbers may be set beside these: same speed, incline, pace, view."""
    old, new = past.runner, now.runner
    speeds = (old.belt_speed_mps, new.belt_speed_mps)
    limits = limits_file()["limits"]
    step = abs((speeds[0] or 0) - (speeds[1] or 0))
    same_speed = None in speeds or step <= limits["speed_tolerance_mps"] + ROUNDING_MPS
    return (
        same_speed
        and abs(old.incline_pct - new.incline_pct) <= limits["incline_tolerance_pct"]
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


# A cadence cue that the runner practised although the clip shows the rhythm of before: bouts are
# short, so that the clip acquits nothing and gives no credit.
UNMOVED: Mapping[str, tuple[Verdict, str]] = {
    "untried": ("untried", "unmoved"),
    "untried_worse": ("drop", "drop_worse"),
    "untried_elsewhere": ("drop", "drop_elsewhere"),
    "eased": ("unclear", "unmoved_better"),
}


# Sore somewhere else, by whether the cue was surely not run.
NEW_PAIN: Mapping[bool, tuple[Verdict, str]] = {
    True: ("pause", "untried_elsewhere"),
    False: ("drop", "drop_elsewhere"),
}


def judged_by_soreness(past: Past, now: Present) -> bool:
    """Tell whether both reports say something about pain."""
    return all(s is not None and s.sore for s in (past.symptoms, now.symptoms))


def _response(cue: CueRule, past: Past, now: Present, guide: Guide) -> Response:
    rule = guide.rules.response
    weeks = weeks_between(past.start(cue.id)[0], now.runner.date)
    tried = _tried(cue, past, now, guide)
    if judged_by_soreness(past, now):
        verdict, which = _by_soreness(cue, past, now, tried, weeks, guide)
        if cue.id == "cadence" and _said_practised(now):
            verdict, which = UNMOVED.get(which, (verdict, which))
    elif now.symptoms is not None and now.symptoms.hurts:
        # Sore now, and nothing was said before: new, as far as anybody knows.
        verdict, which = NEW_PAIN[tried is False]
    elif past.symptoms is not None and past.symptoms.hurts:
        verdict, which = "unclear", "ask_pain"
    else:
        verdict = _number_verdict(_moved(cue, past, now, guide), weeks, rule)
        which = f"number_{verdict}" if verdict != "unclear" else _why_unclear(past, now)
    if verdict == "worked" and cue.id in past.worked:
        verdict, which = "done", "worked_on"
    first = past.first_baseline_spm
    back = rule.back_cadence if cue.id == "cadence" and first is not None else rule.back_other
    text = str(getattr(rule, which)).format_map(
        {
            "title": f"“{cue.title}”",
            "back": back.format_map({"first": f"{first or 0.0:.0f}"}),
            **response_words(rule),
        }
    )
    return Response(cue.id, verdict, f"{text} {_number_text(cue, past, now, guide)}".strip())


def _why_unclear(past: Past, now: Present) -> str:
    """Return which text says why the numbers cannot tell whether a cue helped."""
    return "other_run" if past.metrics and not comparable(past, now) else "ask_pain"


def _said_practised(now: Present) -> bool:
    return now.symptoms is not None and now.symptoms.practised is True


def _tried(cue: CueRule, past: Past, now: Present, guide: Guide) -> bool | None:
    """Tell whether a cue was run: what the runner says and what the clip shows; None if unknown.

    The cadence cue counts as run only where the cadence rose; what the runner says of it decides
    where the clip cannot tell. Other cues count where the runner says so or the number moved.
    """
    said = None if now.symptoms is None else now.symptoms.practised
    if said is False:
        return False
    if cue.id == "cadence":
        risen = _cadence_rise(past, now, guide)
        return said if risen is None else risen >= guide.rules.cadence.tried_percent
    return True if said or _moved(cue, past, now, guide) else None


def _cadence_rise(past: Past, now: Present, guide: Guide) -> float | None:
    """Return by how many per cent the easy cadence lies above the baseline; None if unknown."""
    least, metric = guide.rules.limits.min_strides, now.metrics.get("cadence_spm")
    if metric is None or not usable(metric, least) or past.baseline_spm is None:
        return None
    if not is_easy(now.runner, now.metrics, guide.rules.cadence):
        return None
    return 100.0 * ((metric.value or 0.0) / past.baseline_spm - 1.0)


def response_words(rule: ResponseRule) -> dict[str, str]:
    """Return what the texts of a verdict may name in braces, besides the title."""
    return {
        "points": f"{rule.points:g}",
        "hours": f"{rule.settled_hours:g}",
        "weeks_low": f"{rule.hold_weeks[0]:g}",
        "weeks_high": f"{rule.hold_weeks[1]:g}",
    }


def weeks_between(first: str | None, second: str | None) -> float | None:
    """Return the weeks from the first date to the second; None when one is missing."""
    try:
        days = date.fromisoformat(second or "") - date.fromisoformat(first or "")
    except ValueError:
        return None
    return days.days / 7.0 if days.days >= 0 else None


def _by_soreness(
    cue: CueRule,
    past: Past,
    now: Present,
    tried: bool | None,
    weeks: float | None,
    guide: Guide,
) -> tuple[Verdict, str]:
    """Return the verdict on one cue by how the soreness answered, and the text that says it.

    What counts is the soreness when the trial began; a clear step back since the last report, too.
    """
    last, after = past.symptoms or Symptoms(), now.symptoms or Symptoms()
    before = past.start(cue.id)[1] or last
    if _stepped_back(last, after, guide.rules.response):
        return ("pause", "untried_worse") if tried is False else ("drop", "drop_worse")
    limits = guide.regions.irritability
    # What only one of both times was told says nothing about a change.
    levels = (
        irritability(_filled(before, after), limits),
        irritability(_filled(after, before), limits),
    )
    return soreness_verdict(before, after, levels, weeks, guide.rules.response, tried=tried)


def _filled(answers: Symptoms, others: Symptoms) -> Symptoms:
    """Return the answers, with those that are missing taken from the other time."""
    missing = {
        name: getattr(others, name)
        for name in ("pain_during", "pain_after", "pain_easy", "settles_hours")
        if getattr(answers, name) is None
    }
    return replace(answers, **missing)


def soreness_verdict(
    before: Symptoms,
    now: Symptoms,
    levels: tuple[Level | None, Level | None],
    weeks: float | None,
    rule: ResponseRule,
    *,
    tried: bool | None,
) -> tuple[Verdict, str]:
    """Judge a cue by how the soreness answered; return the verdict and its text's name.

    Elsewhere: drop. Worse or more irritable: drop, or only a pause where the cue was not run. Two
    points less during runs and after, settled within a day, or gone: worked, if it was run.
    Less sore: stay, until the block is over. As sore as before: stay before the block is half over,
    then drop. A date that is missing counts as the block being over for pain that has not changed,
    and as not over for pain that eases. A cue that was not run is never given up for it.
    """
    if _elsewhere(before, now):
        return NEW_PAIN[tried is False]
    if _worse(before, now) or _more_irritable(levels):
        return ("pause", "untried_worse") if tried is False else ("drop", "drop_worse")
    if None in (before.pain_during, now.pain_during):
        return "unclear", "ask_pain"
    enough, settled = _much_better(before, now, rule), _settled(now, rule)
    if tried is False:
        return ("eased", "eased") if enough and settled else ("untried", "untried")
    if enough and settled is not False:
        return _reached(tried=tried, settled=settled)
    return _not_yet(before, now, weeks, rule, tried=tried)


def _elsewhere(before: Symptoms, now: Symptoms) -> bool:
    """Tell whether something else is sore now: another place, or the same one of the other leg."""
    if before.regions:
        new_place = not set(now.regions) <= set(before.regions)
    else:
        new_place = "achilles" in now.regions
    sides = (before.side_of_body, now.side_of_body)
    other_leg = set(sides) == {"left", "right"}
    return now.hurts and (new_place or other_leg)


def _reached(*, tried: bool | None, settled: bool | None) -> tuple[Verdict, str]:
    """Return the verdict on pain that is down by enough: success only where all was told."""
    if settled is None:
        return "unclear", "ask_settle"
    return ("worked", "worked") if tried else ("unclear", "ask_practised")


def _not_yet(
    before: Symptoms,
    now: Symptoms,
    weeks: float | None,
    rule: ResponseRule,
    *,
    tried: bool | None,
) -> tuple[Verdict, str]:
    """Return the verdict on a cue that has not reached its mark: stay, or drop when time is up."""
    if (now.pain_during or 0.0) < (before.pain_during or 0.0) or _settles_sooner(before, now):
        over = weeks is not None and weeks >= rule.hold_weeks[1]
    else:
        over = weeks is None or weeks >= rule.hold_weeks[0]
    if not over:
        return "stay", "stay"
    return ("unclear", "ask_practised") if tried is None else ("drop", "drop_no_better")


def _stepped_back(last: Symptoms, now: Symptoms, rule: ResponseRule) -> bool:
    """Tell whether the pain during runs has grown by as much as success asks it to fall."""
    old, new = last.pain_during, now.pain_during
    return old is not None and new is not None and new - old >= rule.points


def _worse(before: Symptoms, now: Symptoms) -> bool:
    """Tell whether any pain that both times told has grown."""
    pairs = (
        (before.pain_during, now.pain_during),
        (before.pain_after, now.pain_after),
        (before.pain_easy, now.pain_easy),
    )
    return any(old is not None and new is not None and new > old for old, new in pairs)


def _much_better(before: Symptoms, now: Symptoms, rule: ResponseRule) -> bool:
    """Tell whether the pain is down by the points asked for, during runs and in the day after."""

    def down(old: float | None, new: float | None) -> bool:
        if old is None or new is None:
            return True
        return old - new >= rule.points or new == 0.0

    during = (before.pain_during or 0.0), (now.pain_during or 0.0)
    eased = during[0] - during[1] >= rule.points or during[1] == 0.0 < during[0]
    return eased and down(before.pain_after, now.pain_after)


def _settled(now: Symptoms, rule: ResponseRule) -> bool | None:
    """Tell whether it settles in time; None where that was not said, and it is not gone."""
    if now.settles_hours is None:
        return True if now.pain_after == 0.0 else None
    return now.settles_hours <= rule.settled_hours


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
    return change(new, old, lower_rate(past, now)) if comparable(past, now) else None


def _number_text(cue: CueRule, past: Past, now: Present, guide: Guide) -> str:
    """Say how the cue's first measured number went."""
    for expect in cue.expects:
        difference = _difference(expect.metric, past, now, guide)
        if difference is None:
            continue
        spec = specs()[expect.metric]
        old, new = past.metrics[expect.metric].value, now.metrics[expect.metric].value
        beyond = "more" if difference[1] > 0 or difference[2] < 0 else "not more"
        return (
            f"The {spec.spoken} went from {old:.{spec.decimals}f} to {new:.{spec.decimals}f} "
            f"{spec.unit_words}, {beyond} than noise."
        )
    return ""
