"""From what is known of a runner to the advice: cues, verdicts on earlier ones, and remarks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

from formcheck.cues import wording
from formcheck.cues.advice import Advice, CadenceAdvice, Cue, Remark, Response, Trial, Verdict
from formcheck.cues.cadence import CadenceState, most_careful
from formcheck.cues.evidence import Note, with_step_length
from formcheck.cues.guide.loader import load_guide
from formcheck.cues.guide.shapes import Bouts, Guide
from formcheck.cues.history import WORSE_IDS, Past, Present, response_text, weeks_between
from formcheck.cues.practice import drills, fade, plan_slows, plans
from formcheck.cues.remarks import (
    Outcome,
    circumstances,
    flag_tags,
    judgements,
    note_words,
    red_flags,
    say,
    slowed,
)
from formcheck.cues.select import Choice, blocked, choose
from formcheck.cues.situation import Situation, check_metrics, situation
from formcheck.cues.symptoms import Symptoms, irritability
from formcheck.types import Metric, Runner, ViewKind

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


def advise(
    metrics: Mapping[str, Metric],
    runner: Runner,
    view: ViewKind | Iterable[ViewKind],
    symptoms: Symptoms | None = None,
    *,
    baseline_spm: float | None = None,
    first_baseline_spm: float | None = None,
    previous: Past | None = None,
    landing_source: str | None = None,
    quality: Iterable[Note] = (),
    rate_hz: float | None = None,
    trying: Iterable[str] = (),
    runs_spm: Iterable[float] = (),
    paces_mixed: bool = False,
    guide: Guide | None = None,
) -> Advice:
    """Give at most two cues, drills and remarks, or the honest answer that nothing stands out.

    Parameters
    ----------
    metrics : mapping of key to Metric
        Any subset of the metrics; what a rule needs and does not find is not judged. A key is the
        mean of both legs or the near limb; ``_left`` and ``_right`` name a side.
    runner : Runner
        Pace, incline and belt speed decide what may be judged and compared.
    view : ViewKind or several
        Where the camera stood; several when the metrics come from several clips of one run.
    symptoms : Symptoms, optional
        Pain, shoes and race.
    baseline_spm : float, optional
        The runner's own easy cadence; without it the earlier report's, else this clip's.
    first_baseline_spm : float, optional
        The earliest baseline; the target never exceeds it by more than the ceiling.
    previous : Past, optional
        An earlier report of the same runner: to judge its cues, and to see changes.
    landing_source : {"shoe", "landmarks"}, optional
        What a side view's landings were read from; landings of an earlier report that were read
        from the other are not set beside them.
    quality : iterable of Note
        The report's remarks on the clip: they decide what may be judged from it.
    rate_hz : float, optional
        The clip's frame rate; what two days' clips can show hangs on it.
    trying : iterable of str
        Cues that the runner may be practising besides those of the earlier report.
    runs_spm : iterable of float
        The easy cadences that the baseline is the mean of, where it is one of several runs.
    paces_mixed : bool
        Faster clips were left aside.
    guide : Guide, optional
        Other rules than those that come with the program.

    Raises
    ------
    UsageError
        For impossible numbers.
    """
    guide = load_guide() if guide is None else guide
    check_metrics(metrics)
    views: tuple[ViewKind, ...] = (view,) if isinstance(view, str) else tuple(view)
    clip = (tuple(quality), rate_hz, tuple(trying), tuple(runs_spm), paces_mixed)
    present = Present(metrics, runner, views, symptoms, *clip)
    if previous is not None:
        previous = previous.without_other_landings(landing_source)
    now = situation(guide, present, previous, baseline_spm, first_baseline_spm)
    flags = red_flags(now)
    return _silence(now, flags) if flags else _compose(now)


def _silence(now: Situation, flags: frozenset[str]) -> Advice:
    """Say what the red flags ask for and nothing else; baselines and dropped cues are kept.

    How easily it flares is told only where it is high: a mild word has no place beside a red flag.
    """
    texts, tags = now.guide.texts, flag_tags(now, flags)
    words = note_words(now, Outcome((), ()))
    level = irritability(now.present.symptoms, now.guide.regions.irritability)
    return Advice(
        irritability=level if level == "high" else None,
        remarks=say(texts, tags, words, "red_flag", "warning", "note", "safety"),
        cadence=_cadence_advice(now.cadence, None),
        dropped=_dropped(now),
        worked=() if now.past is None else now.past.worked,
        known=now.memory.kept,
        grade=now.grade,
        findings=judgements(now),
    )


def _compose(now: Situation) -> Advice:
    """Put the advice together from a situation without red flags."""
    given, held = choose(now.case, now.guide)
    exercises = drills(now)
    outcome = Outcome(given, held, frozenset(drill.id for drill in exercises))
    now, paced, tags = _paced(now, outcome)
    now = replace(now, response=as_given(now, [choice.rule.id for choice in given]))
    bouts = most_careful(now.guide.rules.bouts, _practices(now))
    cadence = next((choice for choice in given if choice.rule.id == "cadence"), None)
    gently = cadence is not None and cadence.gate == "caution"
    words = wording.cadence_words(now.cadence, bouts, now.guide.rules, gently=gently)
    return Advice(
        cues=_cues(now, given, words),
        drills=exercises,
        irritability=now.level if now.symptoms.hurts else None,
        remarks=_remarks(now, outcome, words, tags),
        cadence=_practice(now, bouts if cadence else None, gently=gently),
        plans=plans(paced, words, cadence is not None),
        response=now.response,
        dropped=_dropped(now),
        worked=_worked(now),
        trials=_trials(now, given),
        known=now.memory.kept,
        grade=now.grade,
        findings=judgements(now),
    )


def _paced(now: Situation, outcome: Outcome) -> tuple[Situation, Situation, frozenset[str]]:
    """Settle whether fast running is left out: for all that is said, and for the plans.

    A plan has its own order: what its first weeks say of pace binds all but the plan itself.
    """
    tags = circumstances(now, outcome)
    paced = replace(now, no_fast=slowed(now.guide.texts, tags))
    now = replace(now, no_fast=paced.no_fast or plan_slows(now))
    return now, paced, tags | {"no_fast"} if now.no_fast else tags


def _practice(now: Situation, bouts: Bouts | None, *, gently: bool) -> CadenceAdvice | None:
    """Return the baselines and, with a cadence cue, target, beat, and weeks of practice."""
    kept = _cadence_advice(now.cadence, bouts, gently=gently)
    if kept is None or bouts is None:
        return kept
    return replace(kept, weeks=fade(now, _weeks_on_trial(now)))


def _cues(now: Situation, given: tuple[Choice, ...], words: Mapping[str, str]) -> tuple[Cue, ...]:
    rules = now.guide.rules
    metrics = with_step_length(now.present.metrics, now.present.runner)
    success = wording.success_text(rules.response, now.symptoms)
    rate_hz, cues = now.present.rate_hz, []
    for choice in given:
        # On trial the mark is that of the beginning, which the verdict has named.
        begins = now.symptoms.hurts and _running_trial(now, choice.rule.id) is None
        said = success if begins else ""
        cues.append(wording.write_cue(choice, words, metrics, said, rate_hz, no_fast=now.no_fast))
    return tuple(cues)


def _remarks(
    now: Situation, outcome: Outcome, words: Mapping[str, str], tags: frozenset[str]
) -> tuple[Remark, ...]:
    """Return all that is said: warnings, verdicts on earlier cues, notes, tests, safety."""
    texts = now.guide.texts
    filled = {**words, **note_words(now, outcome)}
    return (
        *(_verdict(r) for r in now.response if r.verdict == "drop"),
        *say(texts, tags, filled, "warning"),
        *(_verdict(r) for r in now.response if r.verdict != "drop"),
        *say(texts, tags, filled, "note", "retest", "safety"),
    )


def _verdict(response: Response) -> Remark:
    stopped = response.id in WORSE_IDS
    name = "response_stopped" if stopped else f"response_{response.cue}"
    return Remark(name, "response", response.text)


def _dropped(now: Situation) -> tuple[str, ...]:
    return tuple(sorted({*now.case.dropped_before, *now.case.dropped_now}))


def _trials(now: Situation, given: tuple[Choice, ...]) -> tuple[Trial, ...]:
    """Return since when each given cue is on trial: from now on, unless it is and was practised."""
    asked = now.present.symptoms
    begins = (now.present.runner.date, None if asked is None else asked.to_dict())
    found = []
    for choice in given:
        past = _running_trial(now, choice.rule.id)
        since, told = begins if past is None else past.beginning(choice.rule.id)
        found.append(Trial(choice.rule.id, since, told))
    return tuple(found)


def _running_trial(now: Situation, cue: str) -> Past | None:
    """Return the past that a cue's trial began in; None where it begins now."""
    verdict = next((r.verdict for r in now.response if r.cue == cue), None)
    return None if verdict in (None, "untried") else now.past


def _weeks_on_trial(now: Situation) -> float:
    """Return the weeks that the cadence cue has been practised; 0 where it begins or is unknown."""
    past = _running_trial(now, "cadence")
    since = None if past is None else past.start("cadence")[0]
    return weeks_between(since, now.present.runner.date) or 0.0


def _worked(now: Situation) -> tuple[str, ...]:
    """Return the cues that have worked, now or before."""
    before = () if now.past is None else now.past.worked
    new = (r.cue for r in now.response if r.verdict in ("worked", "done"))
    return tuple(sorted({*before, *new} - set(_dropped(now))))


def _practices(now: Situation) -> tuple[str | None, ...]:
    """Return the ways of practising a beat that the situation asks for."""
    return (
        "usual",
        *(region.bouts for region in now.regions),
        now.race.bouts if now.race else None,
        "very_short" if now.level == "high" else None,
    )


def _cadence_advice(
    state: CadenceState, bouts: Bouts | None, *, gently: bool = False
) -> CadenceAdvice | None:
    """Return the baselines to be kept, with target and beat when there is a cadence cue."""
    if state.baseline_spm is None or state.first_baseline_spm is None:
        return None
    kept = CadenceAdvice(
        round(state.baseline_spm, 1), round(state.first_baseline_spm, 1), state.given
    )
    if state.target_spm is None or bouts is None:
        return kept
    return replace(
        kept,
        target_low_spm=state.target_spm[0],
        target_high_spm=state.target_spm[1],
        metronome_spm=wording.metronome_spm(state, gently=gently),
        bouts=f"{bouts.on_min:g}:{bouts.off_min:g}",
        lead_in_min=bouts.lead_in_min,
    )
