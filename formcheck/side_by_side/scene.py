"""What is written around two runners: names, numbers, the stride they share, and what was done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from formcheck.annotate.geometry import between, sample
from formcheck.annotate.lettering import coverage, over, plate, text_width, tinted
from formcheck.annotate.shapes import (
    INK,
    MUTED,
    WHITE,
    YELLOW,
    Panel,
    Pen,
    Rgb,
    Shape,
    Strokes,
    TextLook,
    label_of,
    whole,
)
from formcheck.report.schema import Report, from_both_sides
from formcheck.side_by_side.layout import FOOTER_PX, HEADER_PX, Layout, Style
from formcheck.side_by_side.phase import PhaseMatch
from formcheck.side_by_side.runner import COLORS
from formcheck.side_by_side.subject import Subject
from formcheck.types import Floats

_PAD_PX: Final = 20
_TITLE_PX: Final = 28
_TEXT_PX: Final = 19
_SMALL_PX: Final = 15
_STRIP_PX: Final = 34
_STRIP_TOP_PX: Final = 12
_COUNT_PX: Final = 150
_DETAILS: Final = (("cadence_spm", "steps/min"), ("contact_time_ms", "ms contact"))
_DOT: Final = "  ·  "


def names_of(first: Report, second: Report) -> tuple[str, str]:
    """Return what the two runs are called: by pace, camera side or day where these differ.

    Else by their order.
    """
    paces = (first.runner.pace, second.runner.pace)
    if {"easy", "tempo"} == set(paces):
        return str(paces[0]).capitalize(), str(paces[1]).capitalize()
    if from_both_sides(first, second):
        one, two = (report.view.near_side for report in (first, second) if report.view)
        return f"{one} side".capitalize(), f"{two} side".capitalize()
    dates = (first.runner.date, second.runner.date)
    if all(dates) and dates[0] != dates[1]:
        return str(dates[0]), str(dates[1])
    return "First", "Second"


def header(
    subjects: Sequence[Subject], names: Sequence[str], times_s: Sequence[Floats], layout: Layout
) -> list[Shape]:
    """Return name, speed, cadence and live lean of each runner, in the runner's colour.

    Parameters
    ----------
    subjects, names
        The two runners.
    times_s : two of (F,) float
        Each run's own time in every picture.
    layout : Layout
        Places.
    """
    shapes: list[Shape] = []
    for subject, name, at_s, box, color in zip(
        subjects, names, times_s, layout.titles, COLORS, strict=True
    ):
        width = int(box.right - box.left)
        rgba = tinted(np.ones((HEADER_PX, width)), INK)
        rgba[-4:, _PAD_PX:-_PAD_PX] = (*color, 1.0)
        _write(rgba, name, _PAD_PX, 12, TextLook(_TITLE_PX, color, 700))
        room = width - 2 * _PAD_PX
        _write(rgba, details(subject.report, room), _PAD_PX, 48, TextLook(_TEXT_PX, WHITE, 500))
        shapes.append(Panel((int(box.left), int(box.top)), rgba))
        lean_deg = sample(subject.t_s, subject.lean_deg, at_s)
        texts = [f"lean {whole(v)}°" if np.isfinite(v) else "" for v in lean_deg]
        anchor = np.array((box.right - _PAD_PX, box.top + 12 + 0.65 * _TITLE_PX))
        shapes.append(label_of(texts, anchor, (1.0, 0.5), TextLook(0.85 * _TITLE_PX, WHITE)))
    return shapes


def details(report: Report, room_px: float) -> str:
    """Return speed, cadence and contact time as far as known and as far as they fit."""
    speed = report.runner.belt_speed_mps
    parts = [] if speed is None else [f"{3.6 * speed:.1f} km/h"]
    for key, unit in _DETAILS:
        metric = report.metrics.get(key)
        if metric is not None and metric.value is not None:
            parts.append(f"{metric.value:.0f} {unit}")
    while parts and text_width(_DOT.join(parts), _TEXT_PX, 500) > room_px:
        parts.pop()
    return _DOT.join(parts)


def footer(match: PhaseMatch, first_s: Floats, notes: Sequence[str], layout: Layout) -> list[Shape]:
    """Return the stride both runners are in: when a foot is down, where they are, and remarks.

    Parameters
    ----------
    match : PhaseMatch
        The common strides.
    first_s : (F,) float
        The first run's time in every picture.
    notes : sequence of str
        Remarks on how the two are shown, most important first.
    layout : Layout
        Places.
    """
    box = layout.footer
    width = int(box.right)
    rgba = tinted(np.ones((FOOTER_PX, width)), INK)
    start, end = _PAD_PX + _COUNT_PX, width - _PAD_PX
    _stride_bar(rgba, match, start, end)
    lines = wrapped(notes, _SMALL_PX, width - 2 * _PAD_PX)
    for i, line in enumerate(lines[:2]):
        _write(rgba, line, _PAD_PX, 51 + 19 * i, TextLook(_SMALL_PX, MUTED, 400))
    phase = match.phase(first_s)
    count = int(np.ceil(np.nanmax(match.phase(match.first_s)) - 1e-9))
    texts = [f"stride {int(p) + 1} of {count}" for p in np.minimum(phase, count - 1e-9)]
    x = start + (phase % 1.0) * (end - start)
    top = box.top + _STRIP_TOP_PX
    heads = between(_points(x, top - 5), _points(x, top + _STRIP_PX + 5))[:, None]
    middle = np.array((_PAD_PX - 3, top + 0.5 * _STRIP_PX))
    return [
        Panel((0, int(box.top)), rgba),
        Strokes(heads, Pen(YELLOW, 4.0, 2.0)),
        label_of(texts, middle, (0.0, 0.5), TextLook(_TEXT_PX, WHITE)),
    ]


def remarks(
    match: PhaseMatch,
    subjects: Sequence[Subject],
    names: Sequence[str],
    style: Style,
    slow: float,
) -> list[str]:
    """Return how the two are shown, in sentences."""
    told = ["Shown at the same body length, level, landing and leaving the ground together"]
    percent = round(100 * match.tempo)
    told[0] += f": {names[1]} plays at {percent} % of its own speed." if percent != 100 else "."
    if slow != 1.0:
        told.append(f"{slow:g} times slower than life.")
    if subjects[1].mirrored:
        told.append(f"{names[1]} is mirrored.")
    if match.legs != match.second_legs:
        told.append(f"Near leg with near leg: {match.legs[0]} beside {match.second_legs[0]}.")
    if style == "overlay":
        told.append("Both are drawn about the middle of the hips.")
    return told


def floor_line(layout: Layout, frames: int) -> list[Shape]:
    """Return a faint line along the floor of every pane."""
    lines = [
        ((pane.left, target[1]), (pane.right, target[1]))
        for pane, target in zip(layout.panes, layout.target_px, strict=True)
    ]
    points = np.broadcast_to(np.array(lines), (frames, len(lines), 2, 2))
    return [Strokes(points, Pen(WHITE, 2.0), np.full(frames, 0.35))]


def wrapped(sentences: Sequence[str], size_px: float, room_px: float) -> list[str]:
    """Return sentences set into lines no wider than the room, broken between words."""
    lines = [""]
    for word in " ".join(sentences).split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size_px, 400) > room_px:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _stride_bar(rgba: Floats, match: PhaseMatch, start: int, end: int) -> None:
    """Draw one stride from start to end: a bar while a foot is down, dark while none is."""
    width = end - start
    bar = plate(width, _STRIP_PX, 6.0, 1.0, (52, 61, 73))
    same = match.legs == match.second_legs
    feet = match.legs if same else ("near", "far")
    edges = match.part
    for leg, color in ((0, WHITE), (1, MUTED)):
        down, up = edges[2 * leg : 2 * leg + 2] * width
        if np.isfinite(down) and np.isfinite(up):
            words = (f"{feet[leg]} foot on the ground", f"{feet[leg]} foot", feet[leg][0].upper())
            _span(bar, down, up, words, color)
    for leg in range(2):
        up, down = edges[2 * leg + 1], edges[2] if leg == 0 else 1.0
        if down > up:
            _words(bar, up * width, down * width, ("in the air", "air"), MUTED)
    over(rgba, bar, start, _STRIP_TOP_PX)


def _span(bar: Floats, down: float, up: float, words: Sequence[str], color: Rgb) -> None:
    left, right = round(down), round(up)
    over(bar, plate(right - left, _STRIP_PX, 6.0, 0.92, color), left, 0)
    _words(bar, down, up, words, INK)


def _words(bar: Floats, left: float, right: float, words: Sequence[str], color: Rgb) -> None:
    """Write the longest of some words that fits between two edges into the middle."""
    for text in words:
        room = right - left - text_width(text, _SMALL_PX)
        if room >= 8:
            _write(bar, text, round(left + 0.5 * room), 8, TextLook(_SMALL_PX, color))
            return


def _write(rgba: Floats, text: str, x: int, y: int, look: TextLook) -> None:
    over(rgba, tinted(coverage(text, look.size_px, look.weight), look.color), x, y)


def _points(x: Floats, y: float) -> Floats:
    return np.stack((x, np.full(x.shape, y)), axis=-1)
