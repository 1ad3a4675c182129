"""An advice as plain text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping

from formcheck.cues.advice import Advice, Answer, Cue, Drill, Judgement, PlanStep

WIDTH = 88
WORDS: Mapping[Answer, str] = {
    "stands_out": "Stands out, {}",
    "cannot_be_told": "Cannot be told, {}",
}


def advice_text(advice: Advice, width: int = WIDTH) -> str:
    """Return the advice as text, wrapped to `width` columns, without a final newline."""
    first = [drill for drill in advice.drills if not drill.later]
    later = [drill for drill in advice.drills if drill.later]
    weeks = advice.cadence.weeks if advice.cadence is not None else ()
    blocks = [
        *_section("Please see a clinician", advice.red_flags, width),
        *_section("First", advice.texts("warning"), width),
        *_section("How it went", advice.texts("response"), width),
        *(_cue(number, cue, width) for number, cue in enumerate(advice.cues, start=1)),
        *_steps("The beat, week by week", weeks, width),
        *(_drill("Drill", drill, width) for drill in first),
        *(_drill("Later", drill, width) for drill in later),
        *(block for plan in advice.plans for block in _steps(plan.title, plan.steps, width)),
        *_section("Keep these numbers", advice.retest, width),
        *_section("Notes", advice.texts("note", "safety"), width),
        *_answers(advice.findings, width),
    ]
    return "\n\n".join(blocks)


def _steps(title: str, steps: Iterable[PlanStep], width: int) -> Iterator[str]:
    lines = [_line(step.when, step.text, width) for step in steps]
    if lines:
        yield "\n".join([_wrap(title, "", "  ", width), *lines])


def _answers(findings: Iterable[Judgement], width: int) -> Iterator[str]:
    """Say what stands out, what is ordinary, and what cannot be told and why."""
    rows = list(findings)
    plain = [one.title for one in rows if one.answer == "ordinary"]
    lines = [
        _line(WORDS[one.answer].format(one.title), one.text, width)
        for one in rows
        if one.answer != "ordinary"
    ]
    if plain:
        lines.append(_line("Ordinary", ", ".join(plain), width))
    if lines:
        yield "\n".join(["What the clip shows", *lines])


def _cue(number: int, cue: Cue, width: int) -> str:
    lines = (
        ("Seen", cue.seen),
        ("Try", cue.text),
        ("Why", cue.why),
        ("How", cue.dose),
        ("Watch for", cue.trade_off),
        ("Film again", cue.remeasure),
    )
    body = [_line(label, text, width) for label, text in lines if text]
    return "\n".join([f"Cue {number}: {cue.title}", *body])


def _drill(label: str, drill: Drill, width: int) -> str:
    lines = (("Dose", drill.dose), ("Next", drill.progression), ("Stop", drill.stop_if))
    body = [_line(label, text, width) for label, text in lines]
    return "\n".join([_wrap(f"{label}: {drill.text}", "", "  ", width), *body])


def _section(title: str, items: Iterable[str], width: int) -> Iterator[str]:
    lines = [_wrap(item, "  - ", "    ", width) for item in items]
    if lines:
        yield "\n".join([title, *lines])


def _line(label: str, text: str, width: int) -> str:
    return _wrap(f"{label}: {text}", "  ", "    ", width)


def _wrap(text: str, first: str, rest: str, width: int) -> str:
    return textwrap.fill(
        text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )
