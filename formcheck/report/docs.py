"""Write ``docs/metrics.md`` from the catalogue: ``python -m formcheck.report.docs [--check]``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from formcheck.catalogue import MetricSpec
from formcheck.generated import keep_page
from formcheck.report.info import DEFINITIONS_PAGE, Source, catalogue, cite

_INTRODUCTION = """\
# What formcheck measures

Made from `formcheck/metrics/catalogue.toml` by `python -m formcheck.report.docs`; change it there.

Times are in seconds of playing time. Vertical is along gravity, forward is the running direction,
horizontal is perpendicular to gravity. Contact is the instant at which the shoe first touches the
belt, toe-off the one at which it leaves. In a side view, landing, leg and arm metrics are those of
the limb nearer to the camera, and `side` names it; times, cadence, bounce and lean are of both
legs. In a rear view a key is the mean of both legs; `_left` and `_right` name the standing foot.

Every value comes with `low` and `high`, its 95 % interval against the truth: they hold
the spread over strides, the timing of events, the scale, the level, and the bias of body points.
`repeat_low` and `repeat_high` leave out what a second clip of the same set-up shares, and serve
for comparisons. What cannot be measured well enough has no value but a `status` and a `reason`.

`samples` in `report.json` holds a metric's single values: when each was read, the value, and the
foot on whose contact it falls (`both` for a whole stride). They are there where the metric is
shown, and where only too few steps were seen; `strides.csv` has those of each contact in a row. A
metric that is read from the mean course over the stride may differ a little from their mean. They
come from the body points as they were repaired. What `frames.csv` holds frame by frame, and what
is drawn, is smoothed as well, so that a bend of the knee may differ by a degree.

`drift` holds the means of the first and the last third of the samples, and the smallest difference
that they could have told; the page says so where a number went further than that and further than
two clips of one session differ by.

A usual range stands only where a source gives one. It describes runners; it is no target.

What a phone cannot give is not here and is never shown: how far the heel turns in (eversion), how
fast load comes onto the leg or any other force, how much oxygen a way of running costs, and how
likely an injury is.

Nor is foot progression, which way the toes point while a foot stands: heel and toe lie behind each
other in a view from behind. On six rendered clips, whose feet point 0 to 1 degree out, the toe that
the network draws is beside its heel by -1.7 to 1.5 cm where 0 to 0.5 is true: 1.1 cm of scatter, or
2.7 degrees a foot. None of those feet turns out, so that nothing tells whether the network follows
one that does.

Of the pelvis only midstance is looked at, so its peak and its excursion are not told. In one runner
with markers the peak lies at 40 % of the contact and is 0.4 to 0.6 degrees beyond midstance. Hip
adduction has a peak, by that of the thigh, and no excursion, most of which would be the pelvis's.
"""


def metrics_page() -> str:
    """Return the whole page as Markdown."""
    known = catalogue()
    parts = [_INTRODUCTION]
    for group, title in known.groups.items():
        parts.append(f"## {title}\n")
        parts.extend(_section(info) for info in known.metrics.values() if info.group == group)
    parts.append("## Sources\n")
    parts.extend(
        f"- {source.label}: {source.text}{_doi(source)}" for source in known.sources.values()
    )
    parts.append("")
    return "\n".join(parts)


def _section(info: MetricSpec) -> str:
    unit = {"1": "a ratio", "deg": "degrees"}.get(info.unit, info.unit_text or info.unit)
    lines = [
        f"### {info.key}",
        "",
        f"**{info.name}**, {unit}; view: {', '.join(info.views)}. {info.meaning}",
        "",
        f"- Definition: {info.definition}{_bracket(info.source)}",
        f"- How: {info.method}",
    ]
    if info.positive:
        lines.append(f"- Sign: positive is {info.positive}, negative {info.negative}.")
    if info.usual:
        usual = info.usual
        span = f"{usual.low:g} to {usual.high:g} {unit}"
        lines.append(f"- Usual range: {span}, {usual.text} ({_cites(usual.source)}).")
    lines.extend(f"- {note.text} ({_cites(note.source)})" for note in info.context)
    return "\n".join(lines) + "\n"


def _bracket(sources: tuple[str, ...]) -> str:
    return f" ({_cites(sources)})" if sources else ""


def _doi(source: Source) -> str:
    return f" [doi:{source.doi}](https://doi.org/{source.doi})" if source.doi else ""


def _cites(sources: Iterable[str]) -> str:
    return ", ".join(cite(source) for source in sources)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or with ``--check`` only say whether it is up to date."""
    return keep_page("formcheck.report.docs", Path(DEFINITIONS_PAGE), metrics_page, arguments)


if __name__ == "__main__":
    sys.exit(main())
