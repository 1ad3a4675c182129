"""The page, table and files of one runner over weeks."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from formcheck.catalogue import spec_of, split_side
from formcheck.comparison.html import environment, style
from formcheck.comparison.page import SIGNS, difference_text, name_of, short_unit
from formcheck.comparison.rules import texts
from formcheck.comparison.schema import Change
from formcheck.cues.symptoms import RETESTS
from formcheck.landmarks import SIDES
from formcheck.progress.chart import TrendPicture, trend_picture
from formcheck.progress.schema import Group, Point, Progress, Target, Trend, save_progress
from formcheck.report import words
from formcheck.report.page import fixed_texts
from formcheck.text import cell

JSON_NAME: Final = "progress.json"
PAGE_NAME: Final = "progress.html"
TABLE_NAME: Final = "progress.csv"
RESULT_NAMES: Final = (JSON_NAME, PAGE_NAME, TABLE_NAME)
PAIN_SCALE: Final = (0.0, 10.0)
COLUMNS: Final = (
    *("group", "path", "clip", "date", "pain_during", "metric", "unit", "side"),
    *("value", "repeat_low", "repeat_high", "noise_low", "noise_high"),
)


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture and what stands over it."""

    name: str
    unit: str
    verdict: str
    picture: TrendPicture


@dataclass(frozen=True, slots=True)
class TrendRow:
    """One metric: first and latest value, the difference, and the verdict in words."""

    name: str
    first: str
    latest: str
    difference: str
    limit: str
    verdict: str
    sign: str
    word: str


@dataclass(frozen=True, slots=True)
class Section:
    """Everything shown of one group."""

    title: str
    runs: str
    sentence: str
    warnings: tuple[str, ...]
    charts: tuple[Chart, ...]
    rows: tuple[TrendRow, ...]


def write_progress(progress: Progress, out: Path) -> None:
    """Write ``progress.json``, ``progress.html`` and ``progress.csv`` into a folder."""
    save_progress(progress, out / JSON_NAME)
    (out / PAGE_NAME).write_text(render_progress(progress), encoding="utf-8")
    with (out / TABLE_NAME).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows(table_rows(progress))


def table_rows(progress: Progress) -> Iterator[tuple[object, ...]]:
    """Yield one row a run and metric, in the order of `COLUMNS`; unknown is empty."""
    for number, group in enumerate(progress.groups, start=1):
        for key, trend in group.metrics.items():
            for entry, point in zip(group.entries, trend.points, strict=True):
                yield (
                    *(number, cell(entry.path), cell(entry.clip), entry.date, entry.pain_during),
                    *(key, trend.unit, trend.side, point.value, point.low, point.high),
                    *(trend.noise_low, trend.noise_high),
                )


def render_progress(progress: Progress) -> str:
    """Return the whole page as HTML text."""
    said = texts()["progress"]
    return (
        environment()
        .get_template("progress.html.j2")
        .render(
            progress=progress,
            sections=[section_of(group, progress.targets) for group in progress.groups],
            lead=said["lead" if progress.ordered_by == "date" else "lead_by_name"],
            safety=fixed_texts()["safety"]["footer"],
            texts=fixed_texts(),
            style=style("comparison.css"),
        )
    )


def section_of(group: Group, targets: tuple[Target, ...]) -> Section:
    """Lay out one group's texts and pictures."""
    count = len(group.entries)
    first, last = group.entries[0], group.entries[-1]
    span = f", {first.date} to {last.date}" if first.date and last.date and count > 1 else ""
    return Section(
        title=group_title(group),
        runs=f"{words.counted(count, 'run')}{span}",
        sentence=group.sentence,
        warnings=tuple(caution.text for caution in group.warnings),
        charts=(*_pain(group), *_tests(group), *_charts(group, targets)),
        rows=tuple(_row(key, trend) for key, trend in group.metrics.items()),
    )


def group_title(group: Group) -> str:
    """Return what the runs of a group have in common, e.g. ``Easy, from the left, 9.4 km/h``."""
    place = "behind" if group.view == "rear" else f"the {group.near_side or group.view}"
    parts = [group.pace.capitalize(), f"from {place}{' side' if group.near_side else ''}"]
    if group.belt_speed_mps is not None:
        parts.append(words.speed(group.belt_speed_mps))
    if group.incline_pct:
        parts.append(f"incline {group.incline_pct:g} %")
    return ", ".join(parts)


def _pain(group: Group) -> Iterator[Chart]:
    """Yield the pain during the runs, where anybody said something of it."""
    dates = [entry.date for entry in group.entries]
    told = (
        ("Pain during the run", [entry.pain_during for entry in group.entries]),
        ("Pain in the 24 hours after", [entry.pain_after for entry in group.entries]),
    )
    for name, values in told:
        points = [Point(value=value) for value in values]
        picture = trend_picture(points, dates, axis=PAIN_SCALE)
        if picture is not None:
            yield Chart(name, "of 10", "", picture)


def _tests(group: Group) -> Iterator[Chart]:
    """Yield each strength test, a side each, where its number was told."""
    dates = [entry.date for entry in group.entries]
    for name, what in RETESTS.items():
        for side in SIDES:
            values = [entry.tests.get(f"{name}_{side}") for entry in group.entries]
            picture = trend_picture([Point(value=value) for value in values], dates)
            if picture is not None:
                yield Chart(f"{what[0].upper()}{what[1:]}", side, "", picture)


def strength_text(group: Group) -> Iterator[str]:
    """Yield how each strength test went from the first number that was told to the latest."""
    for name, what in RETESTS.items():
        for side in SIDES:
            told = [e.tests[f"{name}_{side}"] for e in group.entries if f"{name}_{side}" in e.tests]
            if len(told) > 1:
                yield f"{what}, {side}: {told[0]:g} to {told[-1]:g}"


def _charts(group: Group, targets: tuple[Target, ...]) -> Iterator[Chart]:
    """Yield a picture for the first measured metric of each family."""
    families: set[str] = set()
    for key, trend in group.metrics.items():
        info = spec_of(key)
        if info is None or info.words or split_side(key)[1]:
            continue
        if info.family in families:
            continue
        families.add(info.family)
        aim = next((t for t in targets if t.metric == key and group.pace == "easy"), None)
        picture = trend_picture(
            trend.points,
            [entry.date for entry in group.entries],
            band=(trend.noise_low, trend.noise_high),
            target=(aim.low, aim.high) if aim is not None else (None, None),
        )
        if picture is not None:
            unit = info.unit_words
            yield Chart(info.name, unit, _word(trend) if len(group.entries) > 1 else "", picture)


def _word(trend: Trend) -> str:
    return f"{SIGNS[trend.verdict]} {texts()['verdicts'][trend.verdict]}"


def _row(key: str, trend: Trend) -> TrendRow:
    info = spec_of(key)
    change = Change(difference=trend.difference, verdict=trend.verdict, unit=trend.unit)
    told = info is not None and not info.words and trend.threshold is not None

    def value(point: Point) -> str:
        if point.value is None:
            return "–"
        if info is None:
            return f"{point.value:.4g} {trend.unit}"
        if info.words:
            return next(word.text for word in info.words if point.value < word.below)
        return words.with_unit(words.number(point.value, info.decimals), short_unit(info))

    return TrendRow(
        name=name_of(key),
        first=value(trend.points[0]),
        latest=value(trend.points[-1]),
        difference=difference_text(change, info),
        limit=f"±{words.number(trend.threshold or 0.0, info.decimals)}" if told and info else "",
        verdict=trend.verdict,
        sign=SIGNS[trend.verdict],
        word=texts()["verdicts"][trend.verdict],
    )
