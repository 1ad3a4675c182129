"""The earlier report: whether it is comparable, and whether its cues helped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, Literal

from formcheck.catalogue import spec_of, specs
from formcheck.changes import limits_file
from formcheck.cues.advice import Response, Verdict
from formcheck.cues.cadence import is_easy
from formcheck.cues.evidence import Note, change, usable
from formcheck.cues.guide.shapes import CueRule, Guide, IrritabilityRule, Level, ResponseRule
from formcheck.cues.symptoms import Symptoms, irritability
from formcheck.errors import UsageError
from formcheck.types import Metric, Runner, ViewKind

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


# A tenth of a millimetre a second for the rounding of speeds given in other units.
ROUNDING_MPS = 1e-4
WORSE_IDS = frozenset(which for _, which in (*WORSE.values(), *ELSEWHERE.values()))
"""Texts of verdicts that stop a cue as something is sorer than before."""


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
    known : Symptoms or None
        Answers that held by then; None for reports that do not keep them.
    aside_spm : tuple of float
        Cadences that were given as baselines and left aside, as a quicker step is on trial.
    plans : mapping of str to (str or None)
        The plans it gave, and since when they are followed.
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
    known: Symptoms | None = None
    aside_spm: tuple[float, ...] = ()
    plans: Mapping[str, str | None] = field(default_factory=dict)

    def start(self, cue: str) -> tuple[str | None, Symptoms | None]:
        """Return since when a cue is on trial, and what was said of pain then."""
        since, told = self.trials.get(cue, (None, None))
        return since or self.runner.date, self.symptoms if told is None else told

    def beginning(self, cue: str) -> tuple[str | None, dict[str, Any] | None]:
        """Return the same as plain values."""
        since, told = self.start(cue)
        return since, None if told is None else told.to_dict()

    def without_other_landings(self, landing_source: str | None) -> Past:
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
    """Return whether the earlier numbers compare with these: same speed, incline, pace, view."""
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


def judged_by_soreness(cue: str, past: Past, now: Present) -> bool:
    """Return whether both reports say something about pain, and it hurt during the trial."""
    told = (past.symptoms, now.symptoms, past.start(cue)[1])
    said = all(s is not None and s.sore for s in told[:2])
    return said and any(s is not None and s.hurts for s in told)


def _response(cue: CueRule, past: Past, now: Present, guide: Guide) -> Response:
    verdict, which = _verdict(cue, past, now, guide)
    if verdict == "worked" and cue.id in past.worked:
        verdict, which = "done", "worked_on"
    return Response(cue.id, verdict, response_text(cue, which, past, now, guide), which)


def response_text(cue: CueRule, which: str, past: Past, now: Present, guide: Guide) -> str:
    """Return the text of a verdict by its name, and how the cue's number went."""
    said = _response_text(cue, which, past, guide.rules.response)
    if said.startswith("“"):
        said = f"“{said[1:2].upper()}{said[2:]}"
    return f"{said} {_number_text(cue, past, now, guide)}".strip()


def _response_text(cue: CueRule, which: str, past: Past, rule: ResponseRule) -> str:
    first = past.first_baseline_spm
    back = rule.back_cadence if cue.id == "cadence" and first is not None else rule.back_other
    text: str = getattr(rule, which)
    return text.format_map(
        {
            "title": f"“{cue.title}”",
            "back": back.format_map({"first": f"{first or 0.0:.0f}"}),
            **response_words(rule),
        }
    )


def _verdict(cue: CueRule, past: Past, now: Present, guide: Guide) -> Answer:
    """Judge by the soreness where something hurt, else by the number."""
    since, told = past.start(cue.id)
    weeks = weeks_between(since, now.runner.date)
    tried, rule = _tried(cue, past, now, guide), guide.rules.response
    if judged_by_soreness(cue.id, past, now):
        last, after = past.symptoms or Symptoms(), now.symptoms or Symptoms()
        limits = guide.regions.irritability
        return soreness_verdict(last, told or last, after, weeks, rule, limits, tried)
    if now.symptoms is not None and now.symptoms.hurts:
        # Sore now, and nothing was said before: new, as far as anybody knows.
        return ELSEWHERE[tried]
    if past.symptoms is not None and past.symptoms.hurts:
        return "unclear", "ask_pain"
    if tried == "risen":
        return "unclear", "risen"
    verdict = _number_verdict(_moved(cue, past, now, guide), weeks, rule)
    if tried == "not_run" and verdict != "unclear":
        return "untried", "untried"
    return verdict, f"number_{verdict}" if verdict != "unclear" else _why_unclear(past, now)


def _why_unclear(past: Past, now: Present) -> str:
    """Return which text says why the numbers cannot tell whether a cue helped."""
    return "other_run" if past.metrics and not comparable(past, now) else "ask_pain"


def _tried(cue: CueRule, past: Past, now: Present, guide: Guide) -> Tried:
    """Return whether a cue was run: what the runner says, beside what the clip shows.

    The cadence cue is seen where the cadence rose or did not; other cues only where the number
    moved, as a number that did not may be too small a change to show.
    """
    said = None if now.symptoms is None else now.symptoms.practised
    seen: bool | None = _moved(cue, past, now, guide) or None
    if cue.id == "cadence":
        risen = _cadence_rise(past, now, guide)
        seen = None if risen is None else risen >= guide.rules.cadence.tried_percent
    return TRIED[said, seen]


# By what the runner says of the practice, and whether the clip shows it.
TRIED: Mapping[tuple[bool | None, bool | None], Tried] = {
    (True, True): "run",
    (True, None): "run",
    (True, False): "unmoved",
    (None, True): "run",
    (None, None): "unsaid",
    (None, False): "still",
    (False, True): "risen",
    (False, None): "not_run",
    (False, False): "not_run",
}


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


def _number_verdict(moved: bool | None, weeks: float | None, rule: ResponseRule) -> Verdict:
    """Judge a cue of a runner without pain by its number."""
    if moved is None:
        return "unclear"
    if moved:
        return "worked"
    return "drop" if weeks is not None and weeks >= rule.hold_weeks[1] else "stay"


def _moved(cue: CueRule, past: Past, now: Present, guide: Guide) -> bool | None:
    """Return whether a number of the cue moved the hoped-for way beyond noise; None if unknown."""
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
