"""Everything that is drawn on a clip, in order: one list of shapes from one analysis."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from formcheck.annotate import body, marks
from formcheck.annotate.figure import Figure, extent
from formcheck.annotate.geometry import latest, turn_matrix, turned
from formcheck.annotate.panels import Row, corner_panel, free_of_strip, timeline
from formcheck.annotate.readings import (
    Readings,
    knee_angles,
    landings,
    lean_now,
    measured,
    step_widths,
)
from formcheck.annotate.shapes import Box, Label, Shape, moved
from formcheck.annotate.theme import Theme
from formcheck.landmarks import SIDES
from formcheck.types import CM_PER_INCH, Analysis, Floats

_NOT_YET: Final = "–"


def overlay(
    analysis: Analysis, figure: Figure, theme: Theme, *, still: bool = False
) -> list[Shape]:
    """Return the shapes of a clip in picture pixels.

    Parameters
    ----------
    analysis : Analysis
        What was measured.
    figure : Figure
        The runner in pixels of the picture that is drawn on.
    theme : Theme
        Sizes for that picture.
    still : bool
        Leave out what needs a course over time: corner panel, timeline, bounce trace, past
        moments.
    """
    if not figure.trunk_px:
        return []  # nobody was found in any frame
    view = side_view if figure.view.kind == "side" else rear_view
    turn = turn_matrix(figure.roll_deg)
    if still:
        return [moved(s, turn) for s in view(analysis, figure, theme, marks.STILL_HOLD)]
    shapes = body.wake(figure, _bounce_text(analysis), theme)
    shapes += view(analysis, figure, theme, marks.CLIP_HOLD)
    shapes = [moved(shape, turn) for shape in shapes]
    runner = runner_box(figure)
    free = free_of_strip(runner, theme)
    kept = [replace(s, within=free) if isinstance(s, Label) else s for s in shapes]
    return [
        *kept,
        *corner_panel(rows(analysis), runner, free, theme),
        *timeline(figure.t_s, figure.contacts, body.side_colors(figure), runner, theme),
    ]


def side_view(analysis: Analysis, figure: Figure, theme: Theme, hold: marks.Hold) -> list[Shape]:
    """Return the shapes on the runner seen from the side, level."""
    return [
        *body.plumb(figure, theme),
        *body.skeleton(figure, theme),
        *body.lean(figure, lean_now(analysis), theme),
        *marks.landing(figure, landings(analysis), theme, hold),
    ]


def rear_view(analysis: Analysis, figure: Figure, theme: Theme, hold: marks.Hold) -> list[Shape]:
    """Return the shapes on the runner seen from behind or in front, level."""
    shapes = [
        *body.plumb(figure, theme),
        *body.skeleton(figure, theme),
    ]
    for side in SIDES:
        shapes += marks.knee(figure, side, knee_angles(analysis, side), theme, hold)
    return [*shapes, *marks.step_width(figure, step_widths(analysis), theme, hold)]


def runner_box(figure: Figure) -> Box:
    """Return the part of the picture the runner usually fills."""
    picture = turned(figure.xy, figure.roll_deg)
    low, high = extent(picture)
    left, top = np.nanpercentile(low, 10, axis=0)
    right, bottom = np.nanpercentile(high, 90, axis=0)
    return Box(float(left), float(top), float(right), float(bottom))


def rows(analysis: Analysis) -> list[Row]:
    """Return the lines of the corner panel: what was measured, and how it stands."""
    metric = measured(analysis, "cadence_spm")
    cadence = [] if metric is None else [Row("Cadence", [f"{metric.value:.0f} steps/min"])]
    side = analysis.gait.view.kind == "side"
    return cadence + (side_rows(analysis) if side else rear_rows(analysis))


def _bounce_text(analysis: Analysis) -> str:
    metric = measured(analysis, "vertical_oscillation_cm")
    if metric is None or metric.value is None:
        return ""
    if analysis.runner.units == "imperial":
        return f"bounce {metric.value / CM_PER_INCH:.1f} in"
    return f"bounce {metric.value:.1f} cm"


def side_rows(analysis: Analysis) -> list[Row]:
    """Return lean now and the latest landing."""
    t_s = analysis.gait.track.t_s
    lean = lean_now(analysis)
    rows = [Row("Lean now", body.degrees(lean))] if np.isfinite(lean).any() else []
    return [*rows, *_latest_row("Landing ahead", t_s, landings(analysis))]


def rear_rows(analysis: Analysis) -> list[Row]:
    """Return the latest knee angle of each leg and the latest step width."""
    t_s = analysis.gait.track.t_s
    rows = []
    for side in SIDES:
        knee = knee_angles(analysis, side)
        texts = [marks.inward(v) for v in knee.value]
        rows += _course_row(f"{side.capitalize()} knee", t_s, knee.t_s, texts)
    return [*rows, *_latest_row("Step width", t_s, step_widths(analysis))]


def _latest_row(name: str, t_s: Floats, readings: Readings) -> list[Row]:
    texts = [marks.number(v, readings.unit) for v in readings.value]
    return _course_row(name, t_s, readings.t_s, texts)


def _course_row(name: str, t_s: Floats, events_s: Floats, texts: list[str]) -> list[Row]:
    if not any(texts):
        return []
    which, _ = latest(t_s, events_s)
    return [Row(name, [texts[k] or _NOT_YET if k >= 0 else _NOT_YET for k in which])]
