"""An advice as plain text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from formcheck.cues.advice import Advice, Cue, Drill

WIDTH = 88


def advice_text(advice: Advice, width: int = WIDTH) -> str:
    """Return the advice as text, wrapped to `width` columns, without a final newline."""
    blocks = [
        *_section("Please see a clinician", advice.red_flags, width),
        *(_cue(number, cue, width) for number, cue in enumerate(advice.cues, start=1)),
        *(_drill(drill, width) for drill in advice.drills),
        *(
            "\n".join(
                [
                    _wrap(plan.title, "", "  ", width),
                    *(_line(s.when, s.text, width) for s in plan.steps),
                ]
            )
            for plan in advice.plans
        ),
        *_section("Keep these numbers", advice.retest, width),
        *_section("Notes", advice.notes, width),
    ]
    return "\n\n".join(blocks)


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


def _drill(drill: Drill, width: int) -> str:
    lines = (("Dose", drill.dose), ("Next", drill.progression), ("Stop", drill.stop_if))
    body = [_line(label, text, width) for label, text in lines]
    return "\n".join([_wrap("Drill: " + drill.text, "", "  ", width), *body])


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
