"""Fill the texts of the rules with the runner's own numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping

from formcheck.cues.advice import Cue
from formcheck.cues.cadence import CadenceState
from formcheck.cues.model import Bouts, Expect, MetricName, ResponseRule, RulesFile
from formcheck.cues.select import Choice
from formcheck.cues.signs import repeat_half_width
from formcheck.types import Metric

SIDE_SUFFIXES = ("_left", "_right")


def cadence_words(state: CadenceState, bouts: Bouts, rules: RulesFile) -> dict[str, str]:
    """Return the words that a cadence text may name in braces; empty without a target."""
    rule, weeks = rules.cadence, rules.response.hold_weeks
    if state.target_spm is None or state.baseline_spm is None:
        return {}
    low, high = state.target_spm
    return {
        "target_low": str(low),
        "target_high": str(high),
        "raise_low": f"{rule.raise_percent[0]:g}",
        "raise_high": f"{rule.raise_percent[1]:g}",
        "baseline": f"{state.baseline_spm:.0f}",
        "metronome": f"{metronome_spm(state):g}",
        "half_rate": f"{metronome_spm(state) / 2.0:g}",
        "bouts": bouts.text,
        "weeks_low": f"{weeks[0]:g}",
        "weeks_high": f"{weeks[1]:g}",
    }


def metronome_spm(state: CadenceState) -> float:
    """Return the beat in the middle of the target, a whole number."""
    low, high = state.target_spm or (0, 0)
    return float((low + high) // 2)


def write_cue(
    choice: Choice,
    words: Mapping[str, str],
    metrics: Mapping[str, Metric],
    names: Mapping[str, MetricName],
    success: str,
) -> Cue:
    """Return the cue with everything filled in.

    Parameters
    ----------
    success : str
        What counts as success, appended to the plan for measuring again; may be empty.
    """
    rule = choice.rule
    text = rule.hold_text if choice.hold and rule.hold_text else rule.text
    trade_off = f"{rule.trade_off} {rule.caution}" if choice.gate == "caution" else rule.trade_off
    seen = [s for key in choice.keys if (s := seen_text(key, metrics, names))]
    parts = (rule.remeasure, expected(rule.expects, words, metrics, names), success)
    return Cue(
        id=rule.id,
        title=_capital(rule.title),
        seen=_capital("; ".join(seen)) + "." if seen else "",
        text=text.format_map(words),
        why=rule.why.format_map(words),
        dose=rule.dose.format_map(words),
        remeasure=" ".join(part for part in parts if part),
        trade_off=trade_off.format_map(words),
        because=choice.keys,
        source=rule.source,
    )


def seen_text(key: str, metrics: Mapping[str, Metric], names: Mapping[str, MetricName]) -> str:
    """Say what was measured, with its interval; empty when it was not."""
    metric = metrics.get(key)
    name = names.get(base_key(key))
    if metric is None or name is None or metric.value is None:
        return ""
    side = "" if metric.side == "both" else f" ({metric.side})"
    if metric.low is None or metric.high is None:
        return f"{name.name}{side} {number(metric.value, name)} {name.unit}"
    return (
        f"{name.name}{side} {number(metric.value, name)} {name.unit} "
        f"(between {number(metric.low, name)} and {number(metric.high, name)})"
    )


def expected(
    expects: tuple[Expect, ...],
    words: Mapping[str, str],
    metrics: Mapping[str, Metric],
    names: Mapping[str, MetricName],
) -> str:
    """Say which measured numbers should move by how much, and what counts as noise."""
    parts = [p for e in expects if (p := _one_expected(e, words, metrics, names[e.metric]))]
    return f"Look for: {'; '.join(parts)}." if parts else ""


def _one_expected(
    expect: Expect, words: Mapping[str, str], metrics: Mapping[str, Metric], name: MetricName
) -> str:
    metric = _measured(expect.metric, metrics)
    if expect.target:
        start = f"from {words['baseline']} " if "baseline" in words else ""
        goal = f"between {words['target_low']} and {words['target_high']}"
        return f"{name.name} {start}to {goal} {name.unit}"
    if metric is None or metric.value is None:
        return ""
    ends = _ends(metric.value, expect)
    if ends is None:
        return ""
    noise = math.sqrt(2.0) * repeat_half_width(metric)
    small = f", less than {number(noise, name)} is noise" if math.isfinite(noise) else ""
    first, last = (number(end, name) for end in ends)
    start = number(metric.value, name)
    return f"{name.name} from {start} to between {first} and {last} {name.unit}{small}"


def _measured(key: str, metrics: Mapping[str, Metric]) -> Metric | None:
    """Return the metric under its key, else that of the side that stands out more."""
    plain = metrics.get(key)
    if plain is not None and plain.status == "measured":
        return plain
    sides = [metrics[key + s] for s in SIDE_SUFFIXES if key + s in metrics]
    measured = [m for m in sides if m.status == "measured" and m.value is not None]
    return max(measured, key=lambda m: m.value or 0.0, default=None)


def _ends(value: float, expect: Expect) -> tuple[float, float] | None:
    """Return the hoped-for range, lower end first; None when a percentage makes no sense."""
    if expect.percent is not None:
        if value <= 0.0:
            return None
        ends = [value * (1.0 + percent / 100.0) for percent in expect.percent]
    else:
        ends = [value + change for change in expect.change or (0.0, 0.0)]
    return min(ends), max(ends)


def success_text(rule: ResponseRule) -> str:
    """Say what counts as success for a runner with pain."""
    return (
        f"What counts is how it feels: at least {rule.points:g} of ten points less pain during "
        f"runs, settled within {rule.settled_hours:g} hours. If not by the end, drop the cue."
    )


def base_key(key: str) -> str:
    """Return the key without the suffix of its side."""
    for suffix in SIDE_SUFFIXES:
        key = key.removesuffix(suffix)
    return key


def number(value: float, name: MetricName) -> str:
    """Write a number with the metric's decimals and without a negative zero."""
    return f"{round(value, name.decimals) + 0.0:.{name.decimals}f}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
