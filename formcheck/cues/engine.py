"""From measurements and symptoms to advice: the order of the rules in one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from formcheck.cues import wording
from formcheck.cues.advice import Advice, CadenceAdvice, Remark
from formcheck.cues.cadence import CadenceState, most_careful
from formcheck.cues.loader import load_guide
from formcheck.cues.model import Bouts, Guide
from formcheck.cues.notes import Outcome, circumstances, note_words, red_flags, say
from formcheck.cues.past import Past, Present
from formcheck.cues.practice import drills, plans
from formcheck.cues.select import choose
from formcheck.cues.situation import Situation, check_metrics, situation
from formcheck.cues.symptoms import Symptoms, irritability
from formcheck.types import Metric, Runner, ViewKind


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
    guide : Guide, optional
        Other rules than those that come with the program.

    Raises
    ------
    UsageError
        For impossible numbers.
    """
    guide = load_guide() if guide is None else guide
    check_metrics(metrics, guide.rules.metric)
    views: tuple[ViewKind, ...] = (view,) if isinstance(view, str) else tuple(view)
    present = Present(metrics, runner, views, symptoms)
    if previous is not None:
        previous = previous.beside(landing_source, guide.rules.metric)
    now = situation(guide, present, previous, baseline_spm, first_baseline_spm)
    flags = red_flags(symptoms)
    return _silence(now, flags) if flags else _compose(now)


def _silence(now: Situation, flags: frozenset[str]) -> Advice:
    """Say nothing but what the red flags ask for and the safety notes; the baselines are kept."""
    texts, always = now.guide.texts, flags | {"always"}
    return Advice(
        irritability=irritability(now.present.symptoms, now.guide.regions.irritability),
        remarks=(
            *say(texts, always, {}, "red_flag", "warning", "note"),
            *say(texts, always | {"symptoms"}, {}, "safety"),
        ),
        cadence=_cadence_advice(now.cadence, None),
        dropped=tuple(sorted({*now.case.dropped_before, *now.case.dropped_now})),
    )


def _compose(now: Situation) -> Advice:
    """Put the advice together from a situation without red flags."""
    rules, metrics = now.guide.rules, now.present.metrics
    given, held = choose(now.case, now.guide)
    bouts = most_careful(rules.bouts, _practices(now))
    words = wording.cadence_words(now.cadence, bouts, rules)
    success = wording.success_text(rules.response) if now.sore else ""
    exercises = drills(now)
    outcome = Outcome(given, held, bool(exercises))
    texts, tags = now.guide.texts, circumstances(now, outcome)
    filled = {**words, **note_words(now, outcome)}
    cadence = any(choice.rule.id == "cadence" for choice in given)
    return Advice(
        cues=tuple(wording.write_cue(c, words, metrics, rules.metric, success) for c in given),
        drills=exercises,
        irritability=now.level,
        remarks=(
            *say(texts, tags, filled, "warning"),
            *(Remark(f"response_{r.cue}", "response", r.text) for r in now.response),
            *say(texts, tags, filled, "note", "retest", "safety"),
        ),
        cadence=_cadence_advice(now.cadence, bouts if cadence else None),
        plans=plans(now, words, cadence),
        response=now.response,
        dropped=tuple(sorted({*now.case.dropped_before, *now.case.dropped_now})),
    )


def _practices(now: Situation) -> tuple[str | None, ...]:
    """Return the ways of practising a beat that the situation asks for."""
    return (
        "usual",
        now.region.bouts if now.region else None,
        now.race.bouts if now.race else None,
        "very_short" if now.level == "high" else None,
    )


def _cadence_advice(state: CadenceState, bouts: Bouts | None) -> CadenceAdvice | None:
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
        metronome_spm=wording.metronome_spm(state),
        bouts=f"{bouts.on_min:g}:{bouts.off_min:g}",
        lead_in_min=bouts.lead_in_min,
    )
