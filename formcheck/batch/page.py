"""The page ``batch.html`` over a group of clips: one file, linked to the clips' own pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final
from urllib.parse import quote

import jinja2

from formcheck import __version__
from formcheck.batch.inputs import Refused
from formcheck.batch.record import Record, write_whole
from formcheck.batch.spread import Spread, spread_picture
from formcheck.catalogue import MetricSpec, headlines
from formcheck.report import words
from formcheck.report.html import environment
from formcheck.report.info import catalogue
from formcheck.report.page import fixed_texts
from formcheck.report.schema import MetricRecord, Report
from formcheck.types import ViewKind

FEWEST: Final = 2
LEAST_OF_AXIS: Final = 0.25
REPORT_PAGE: Final = "report.html"
VIEWS: Final[dict[ViewKind, str]] = {
    "side": "From the side",
    "rear": "From behind",
    "front": "From the front",
}

Measured = Sequence[tuple[Record, Report]]


@dataclass(frozen=True, slots=True)
class Remark:
    """A quality code, how many clips have it, and its words in one of them."""

    code: str
    clips: int
    text: str
    fix: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One metric over the clips of one view."""

    name: str
    unit: str
    middle: str
    half: str
    n: int
    picture: Spread


@dataclass(frozen=True, slots=True)
class Line:
    """One clip of the table."""

    clip: str
    link: str
    runner: str
    date: str
    facts: str
    values: tuple[str, ...]
    quality: str


@dataclass(frozen=True, slots=True)
class Group:
    """The clips of one view."""

    title: str
    panels: tuple[Panel, ...]
    heads: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def named(self) -> bool:
        """Whether some clip names its runner."""
        return any(line.runner for line in self.lines)

    @property
    def dated(self) -> bool:
        """Whether some clip has a date."""
        return any(line.date for line in self.lines)


def write_page(measured: Measured, failures: Sequence[Record | Refused], path: Path) -> None:
    """Write the page as a file."""
    write_whole(path, render_page(measured, failures).encode())


def render_page(measured: Measured, failures: Sequence[Record | Refused]) -> str:
    """Return the page as HTML text that fetches nothing.

    Parameters
    ----------
    measured : sequence of (Record, Report)
        The measured clips; their pages are linked as ``FOLDER/report.html``.
    failures : sequence of Record or Refused
        What failed, each with its sentence.
    """
    texts = fixed_texts()
    kinds = [kind for kind in VIEWS if any(_kind(report) == kind for _, report in measured)]
    return (
        _environment()
        .get_template("batch.html.j2")
        .render(
            count=len(measured),
            failures=failures,
            remarks=quality_counts(report for _, report in measured),
            groups=[
                _group(kind, [pair for pair in measured if _kind(pair[1]) == kind])
                for kind in kinds
            ],
            texts=texts,
            safety=(),
            style=files("formcheck.report").joinpath("templates", "style.css").read_text("utf-8"),
            version=__version__,
        )
    )


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    shared = environment()
    own = jinja2.PackageLoader("formcheck.batch")
    loaders = [own, *([shared.loader] if shared.loader else [])]
    return shared.overlay(loader=jinja2.ChoiceLoader(loaders))


def quality_counts(reports: Iterable[Report]) -> list[Remark]:
    """Return every quality code with the number of clips that have it, most frequent first."""
    counts: Counter[str] = Counter()
    said: dict[str, tuple[str, str]] = {}
    for report in reports:
        for note in {note.code: note for note in report.quality}.values():
            counts[note.code] += 1
            said.setdefault(note.code, (note.text, note.fix))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Remark(code, clips, *said[code]) for code, clips in ranked]


def _kind(report: Report) -> str | None:
    return report.view.kind if report.view else None


def _group(kind: ViewKind, measured: Measured) -> Group:
    known = catalogue().metrics
    shown = [known[key] for key in headlines().of_view(kind)]
    panels = (_panel(info, measured) for info in known.values() if not info.words)
    return Group(
        title=VIEWS[kind],
        panels=tuple(panel for panel in panels if panel is not None),
        heads=tuple(_head(info) for info in shown),
        lines=tuple(_line(record, report, shown) for record, report in measured),
    )


def _panel(info: MetricSpec, measured: Measured) -> Panel | None:
    """Lay out one metric; None where fewer than two clips have it."""
    found = [
        (record, metric)
        for record, report in measured
        if (metric := report.metrics.get(info.key)) is not None and metric.value is not None
    ]
    if len(found) < FEWEST:
        return None
    values = [metric.value for _, metric in found if metric.value is not None]
    picture = spread_picture(
        values,
        [_uncertainty(metric) for _, metric in found],
        names=[f"{record.clip}: {words.number(value, info.decimals)}"
               for (record, _), value in zip(found, values, strict=True)],
        links=[page_link(record) for record, _ in found],
        least_span=LEAST_OF_AXIS * (info.axis[1] - info.axis[0]),
    )  # fmt: skip
    low, middle, high = (words.number(value, info.decimals) for value in picture.quartiles)
    return Panel(
        name=info.name,
        unit=words.unit(info),
        middle=middle,
        half=f"{low} to {high}",
        n=len(found),
        picture=picture,
    )


def _uncertainty(metric: MetricRecord) -> float:
    """Return a value's standard uncertainty; zero where its interval is not known."""
    if metric.low is None or metric.high is None:
        return 0.0
    return (metric.high - metric.low) / (2 * 1.96)


def page_link(record: Record) -> str:
    """Return the address of a clip's page as seen from the results' folder."""
    return f"{quote(record.folder)}/{REPORT_PAGE}"


def _head(info: MetricSpec) -> str:
    unit = words.unit(info)
    return f"{info.name}, {unit}" if unit else info.name


def _line(record: Record, report: Report, shown: Sequence[MetricSpec]) -> Line:
    runner = report.runner
    facts = [runner.pace, words.speed(runner.belt_speed_mps) if runner.belt_speed_mps else None]
    return Line(
        clip=record.clip,
        link=page_link(record),
        runner=runner.id or "",
        date=runner.date or "",
        facts=", ".join(fact for fact in facts if fact),
        values=tuple(_value(report.metrics.get(info.key), info) for info in shown),
        quality=" ".join(note.code for note in report.quality),
    )


def _value(metric: MetricRecord | None, info: MetricSpec) -> str:
    if metric is None or metric.value is None:
        return ""
    return words.number(metric.value, info.decimals)
