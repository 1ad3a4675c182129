"""Sentences with the numbers of a runner filled in: cues, and what was told of pain."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from formcheck.catalogue import MetricSpec, spec_of, specs, split_side
from formcheck.changes import added_by_another_day, threshold
from formcheck.cues.advice import Cue
from formcheck.cues.cadence import CadenceState
from formcheck.cues.evidence import repeat_half_width
from formcheck.cues.guide.loader import load_guide
from formcheck.cues.guide.shapes import Bouts, Expect, ResponseRule, RulesFile
from formcheck.cues.select import Choice
from formcheck.cues.symptoms import RETESTS, Symptoms, symptoms_from
from formcheck.errors import UsageError
from formcheck.landmarks import SIDES
from formcheck.types import Metric


def cadence_words(
    state: CadenceState, bouts: Bouts, rules: RulesFile, *, gently: bool = False
) -> dict[str, str]:
    """Return the words that a cadence text may name in braces; empty without a target.

    Parameters
    ----------
    gently : bool
        The beat stands at the lower end of the target instead of its middle.
    """
    weeks, baseline = rules.response.hold_weeks, state.baseline_spm
    if state.target_spm is None or baseline is None:
        return {}
    low, high = state.target_spm
    beat = metronome_spm(state, gently=gently)
    now = baseline if state.now_spm is None else state.now_spm
    clip = {} if state.now_spm is None else {"clip_spm": f"{state.now_spm:.2f}"}
    return clip | {
        "target": f"{low} to {high}" if low < high else str(low),
        "target_low": str(low),
        "target_high": str(high),
        "raise": _raise(low, high, baseline),
        "baseline": f"{baseline:.0f}",
        "now": f"{now:.0f}",
        "now_raise": _raise(now, now, baseline),
        "metronome": f"{beat:g}",
        "half_rate": f"{beat / 2.0:g}",
        "bouts": bouts.text,
        "weeks_low": f"{weeks[0]:g}",
        "weeks_high": f"{weeks[1]:g}",
    }


def _raise(low_spm: float, high_spm: float, baseline_spm: float) -> str:
    """Say how far two cadences lie above a baseline, as what they are."""
    low, high = (round(100.0 * (spm / baseline_spm - 1.0)) for spm in (low_spm, high_spm))
    return f"{low} to {high} %" if low < high else f"{low} %"


def metronome_spm(state: CadenceState, *, gently: bool = False) -> float:
    """Return the beat, a whole number: in the middle of the target, or gently at its lower end."""
    low, high = state.target_spm or (0, 0)
    return float(low if gently else (low + high) // 2)


def write_cue(
    choice: Choice,
    words: Mapping[str, str],
    metrics: Mapping[str, Metric],
    success: str,
    rate_hz: float | None = None,
    *,
    no_fast: bool = False,
) -> Cue:
    """Return the cue with everything filled in.

    Parameters
    ----------
    success : str
        What counts as success, appended to the plan for measuring again; may be empty.
    rate_hz : float, optional
        The clip's frame rate; what a clip of another day can show hangs on it.
    no_fast : bool
        Fast running is left out for now, so that how the cue gets there is not said.
    """
    rule = choice.rule
    text = rule.hold_text if choice.hold and rule.hold_text else rule.text
    text = rule.above_text if choice.above and rule.above_text else text
    trade_off = f"{rule.trade_off} {rule.caution}" if choice.gate == "caution" else rule.trade_off
    seen = [s for key in choice.keys if (s := seen_text(key, metrics))]
    promised = expected(choice, words, metrics, rate_hz)
    dose = rule.hold_dose if choice.hold and rule.hold_dose else rule.dose
    again = rule.hold_remeasure if choice.hold and rule.hold_remeasure else rule.remeasure
    if rule.fast and not no_fast:
        dose = f"{dose} {rule.fast}"
    parts = (again, promised, success)
    return Cue(
        id=rule.id,
        title=_capital(rule.title),
        seen=_capital("; ".join(seen)) + "." if seen else "",
        text=text.format_map(words),
        why=rule.why.format_map(words),
        dose=dose.format_map(words),
        remeasure=" ".join(part for part in parts if part),
        trade_off=trade_off.format_map(words),
        because=choice.keys,
        source=rule.source,
    )


def seen_text(key: str, metrics: Mapping[str, Metric]) -> str:
    """Say what was measured, with its interval; empty when it was not."""
    metric = metrics.get(key)
    spec = spec_of(key)
    if metric is None or spec is None or metric.value is None:
        return ""
    side = "" if metric.side == "both" else f" ({metric.side})"
    if metric.low is None or metric.high is None:
        return f"{spec.spoken}{side} {number(metric.value, spec)} {spec.unit_words}"
    return (
        f"{spec.spoken}{side} {number(metric.value, spec)} {spec.unit_words} "
        f"(between {number(metric.low, spec)} and {number(metric.high, spec)})"
    )


def expected(
    choice: Choice,
    words: Mapping[str, str],
    metrics: Mapping[str, Metric],
    rate_hz: float | None,
) -> str:
    """Say which numbers should move by how much: only those that another day's clip could show.

    A number that was ordinary is not asked to change: only a target, what follows from it for
    sure, and what stands out, on the leg on which it does.
    """
    fired = {split_side(key)[0] for key in choice.keys}
    parts = []
    for expect in choice.rule.expects:
        sure = expect.target or expect.with_target
        if not sure and (choice.hold or expect.metric not in fired):
            continue
        own = [key for key in choice.keys if split_side(key)[0] == expect.metric]
        metric = _measured(own or [expect.metric], metrics)
        said = _one_expected(expect, words, metric, rate_hz, hold=choice.hold)
        parts += [said] if said else []
    return f"Look for: {'; '.join(parts)}." if parts else ""


def _one_expected(
    expect: Expect,
    words: Mapping[str, str],
    metric: Metric | None,
    rate_hz: float | None,
    *,
    hold: bool,
) -> str:
    spec = specs()[expect.metric]
    if expect.target:
        low, high = words["target_low"], words["target_high"]
        goal = f"between {low} and {high}" if low != high else low
        way = "to stay" if hold else f"from {words['now']} to"
        return f"{spec.spoken} {way} {goal} {spec.unit_words}"
    if metric is None or metric.value is None or hold:
        return ""
    ends = _ends(metric.value, expect, words)
    limit = _limit(metric, rate_hz)
    if ends is None or max(abs(end - metric.value) for end in ends) < limit:
        return ""
    first, last = (number(end, spec) for end in ends)
    start = number(metric.value, spec)
    return (
        f"{spec.spoken} from {start} to between {first} and {last} {spec.unit_words}, "
        f"changes under {number(limit, spec)} are within measurement error"
    )


def _limit(metric: Metric, rate_hz: float | None) -> float:
    """Return the smallest change that a clip of the same kind on another day could show."""
    half = repeat_half_width(metric)
    return threshold(half, half, added_by_another_day(metric.key, rate_hz))


def _measured(keys: Iterable[str], metrics: Mapping[str, Metric]) -> Metric | None:
    """Return of the metrics under some keys the one that stands out most."""
    found = (metric for key in keys if (metric := metrics.get(key)) is not None)
    measured = [m for m in found if m.status == "measured" and m.value is not None]
    return max(measured, key=lambda m: abs(m.value or 0.0), default=None)


def _ends(value: float, expect: Expect, words: Mapping[str, str]) -> tuple[float, float] | None:
    """Return the hoped-for range, lower end first; None where it makes no sense or is not known."""
    if expect.with_target:
        if "clip_spm" not in words:
            return None
        targets = (float(words["target_high"]), float(words["target_low"]))
        ends = [value * float(words["clip_spm"]) / target for target in targets]
    elif expect.percent is not None:
        if value <= 0.0:
            return None
        ends = [value * (1.0 + percent / 100.0) for percent in expect.percent]
    else:
        ends = [value + change for change in expect.change or (0.0, 0.0)]
    return min(ends), max(ends)


def success_text(rule: ResponseRule, symptoms: Symptoms) -> str:
    """Say what counts as success for a runner with pain, by how much there is and when."""
    pain, when = symptoms.pain_during, "during runs"
    if pain == 0.0 and symptoms.pain_after:
        pain, when = symptoms.pain_after, "in the day after"
    goal = f"at least {rule.points:g} of ten points less pain {when}, "
    if pain is not None and pain < rule.points:
        goal = f"no pain {when}, " if pain > 0.0 else ""
    return (
        f"What counts is how it feels: {goal}settled within {rule.settled_hours:g} hours. "
        f"If not by the end, drop the cue."
    )


def number(value: float, spec: MetricSpec) -> str:
    """Write a number with the metric's decimals and without a negative zero."""
    return f"{round(value, spec.decimals) + 0.0:.{spec.decimals}f}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


Line = tuple[str, str]
"""A label and what was said."""

SIGNS: Final[Mapping[str, str]] = {
    "stiff_next_morning": "stiff the next morning",
    "alters_gait": "changes how you run",
    "night_pain": "wakes you at night",
    "bone_spot": "one small sore spot on a bone, or pain on a single hop",
    "past_achilles": "calf or Achilles trouble in the last months",
    "slaps": "the feet slap the ground",
    "bone_settled": "a clinician has settled the bone",
    "calf_settled": "the calf or Achilles trouble told before is over",
}
FLARES: Final[Mapping[str, str]] = {
    "downhill": "downhill runs",
    "uphill": "uphill runs",
    "fast": "fast runs",
    "long": "long runs",
}
ASKED: Final[Mapping[str, str]] = {
    "calf_raises": "retest_raises",
    "squat_kg": "retest_squat",
    "hop_seconds": "retest_hop",
}
"""The text that asks for each of the strength tests."""
CHANGES: Final[Mapping[str, str]] = {
    "more": "more running",
    "faster": "more speed",
    "hills": "more hills",
    "surface": "another ground",
    "none": "nothing",
}


def complaint(answers: Mapping[str, Any] | None) -> tuple[Line, ...]:
    """Return what was said of pain and plans as labels and words; empty where nothing was.

    Parameters
    ----------
    answers : mapping, optional
        ``runner.symptoms`` of a report; answers that cannot be read are left out as a whole.
    """
    try:
        symptoms = symptoms_from(answers or {})
    except UsageError:
        return ()
    return tuple(line for line in _lines(symptoms) if line[1])


def _lines(said: Symptoms) -> Iterator[Line]:
    yield "Sore", _place(said)
    yield "Pain", _pain(said)
    yield "Settles", "" if said.settles_hours is None else f"within {said.settles_hours:g} hours"
    yield "Stirred by", FLARES.get(said.flares_on or "", "")
    yield "Also", ", ".join(words for name, words in SIGNS.items() if getattr(said, name))
    yield "Since", _weeks(said.sore_weeks)
    yield "Training changed without relief", _weeks(said.weeks)
    yield "What changed before", CHANGES.get(said.training_change or "", "")
    yield "New shoes", _shoes(said)
    yield "Race", "" if said.race_in_weeks is None else f"in {_weeks(said.race_in_weeks)}"
    yield "Kilometres a week", "" if said.weekly_km is None else f"{said.weekly_km:g}"
    yield "Age", "" if said.age is None else f"{said.age:g}"
    yield "Cue practised", {None: "", True: "yes", False: "no"}[said.practised]


def _place(said: Symptoms) -> str:
    labels = {region.id: region.label for region in load_guide().regions.region}
    places = " and ".join(labels[region] for region in said.regions)
    side = {"both": "both sides", None: ""}.get(said.side_of_body, f"{said.side_of_body} side")
    return ", ".join(part for part in (places, side) if part)


def _pain(said: Symptoms) -> str:
    told = (
        (said.pain_during, "while running"),
        (said.pain_easy, "on easy flat runs"),
        (said.pain_after, "in the 24 hours after"),
    )
    parts = [f"{pain:g} {when}" for pain, when in told if pain is not None]
    return f"{', '.join(parts)} (of 10)" if parts else ""


def _weeks(weeks: float | None) -> str:
    if weeks is None:
        return ""
    return "1 week" if weeks == 1 else f"{weeks:g} weeks"


def _shoes(said: Symptoms) -> str:
    if said.shoe_change_weeks is None:
        return ""
    drop = {None: "", "same": ", same drop"}.get(said.shoe_drop, f", {said.shoe_drop} drop")
    return f"since {_weeks(said.shoe_change_weeks)}{drop}"


def strength_told(
    answers: Mapping[str, Any] | None, remarks: Collection[str]
) -> tuple[tuple[str, str, str], ...]:
    """Return strength tests with their left and right numbers as words; a blank is not told.

    Parameters
    ----------
    remarks : collection of str
        Ids of what is said: only tests that it asks for are returned, and those with a number.
    """
    try:
        symptoms = symptoms_from(answers or {})
    except UsageError:
        symptoms = Symptoms()
    rows = []
    for name, what in RETESTS.items():
        left, right = (
            "" if number is None else f"{number:g}"
            for _, number in zip(SIDES, symptoms.retest(name), strict=True)
        )
        if left or right or ASKED[name] in remarks:
            rows.append((f"{what[0].upper()}{what[1:]}", left, right))
    return tuple(rows)
