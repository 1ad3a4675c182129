"""Panels at the picture's edge: a few numbers in a corner, and a timeline of contacts.

Everything is in pixels of the picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from formcheck.annotate.geometry import between
from formcheck.annotate.lettering import coverage, over, plate, rim_pad, text_width, tinted
from formcheck.annotate.shapes import (
    MUTED,
    WHITE,
    Box,
    Panel,
    Pen,
    Rgb,
    Shape,
    Strokes,
    TextLook,
    label_of,
)
from formcheck.annotate.theme import Theme
from formcheck.landmarks import SIDES, Side
from formcheck.types import Contact, Floats

_PLATE: Final = 0.55
_PANEL_HEIGHT: Final = 0.22
_LETTER: Final = {"left": "L", "right": "R"}


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A line of the corner panel: a name, and a number that may change from frame to frame."""

    name: str
    values: Sequence[str]

    @property
    def fixed(self) -> str | None:
        """The number, if it is the same throughout."""
        return self.values[0] if len(set(self.values)) == 1 else None


def corner_panel(rows: Sequence[Row], runner: Box, free: Box, theme: Theme) -> list[Shape]:
    """Return the panel with one line a row, in the upper corner that covers less of the runner.

    Where letters are large against the picture, the last rows are left out.

    Parameters
    ----------
    rows : sequence of Row
        Its lines; no panel without any.
    runner : Box
        Where the runner is.
    free : Box
        The part of the picture it may lie in.
    theme : Theme
        Sizes.
    """
    line = round(1.35 * theme.text_px)
    rows = rows[: max(1, int(_PANEL_HEIGHT * theme.height_px / line))]
    if not rows:
        return []
    name_px, value_px = theme.small_px, theme.text_px
    gap, pad = round(0.8 * value_px), round(0.55 * value_px)
    names = max(text_width(row.name, name_px, 400) for row in rows)
    values = max(text_width(v, value_px) for row in rows for v in set(row.values))
    width, height = names + gap + values + 2 * pad, line * len(rows) + pad
    left, top = _corner(width, height, runner, free)
    rgba = plate(width, height, 0.4 * value_px, _PLATE)
    moving: list[Shape] = []
    for i, row in enumerate(rows):
        middle = round(0.5 * pad + (i + 0.5) * line)
        _write(rgba, row.name, pad, middle, TextLook(name_px, MUTED, 400))
        look = TextLook(value_px, WHITE)
        if row.fixed is not None:
            _write(rgba, row.fixed, width - pad - text_width(row.fixed, value_px), middle, look)
        else:
            anchor = np.array((left + width - pad + rim_pad(value_px), top + middle), float)
            moving.append(label_of(list(row.values), anchor, (1.0, 0.5), look))
    return [Panel((left, top), rgba), *moving]


def _corner(width: int, height: int, runner: Box, free: Box) -> tuple[int, int]:
    top = round(free.top)
    lefts = (round(free.left), max(round(free.left), round(free.right) - width))
    return min(
        ((left, top) for left in lefts),
        key=lambda at: runner.overlap(Box(at[0], top, at[0] + width, top + height)),
    )


def _write(rgba: Floats, text: str, x: int, middle: int, look: TextLook) -> None:
    glyphs = coverage(text, look.size_px, look.weight)
    over(rgba, tinted(glyphs, look.color), x, middle - glyphs.shape[0] // 2)


def timeline(
    t_s: Floats,
    contacts: Sequence[Contact],
    colors: Mapping[Side, Rgb],
    runner: Box,
    theme: Theme,
) -> list[Shape]:
    """Return the strip with a bar for each contact, left foot above right, and a playhead.

    A bar starts at initial contact and ends at toe-off; where toe-off is not known, only the tick
    of the initial contact is drawn. The strip lies at the bottom, or at the top if it would hide
    the runner's feet there and less above.
    """
    row, pad, height = _strip_sizes(theme)
    width = theme.width_px - 2 * theme.margin_px
    top = _strip_top(height, runner, theme)
    letters = text_width("R", theme.small_px) + 2 * pad
    clock = text_width(_clock(t_s[-1]), theme.small_px) + 3 * pad
    rgba = plate(width, height, 0.4 * theme.small_px, _PLATE)
    start, end = letters, width - clock
    per_s = (end - start) / max(t_s[-1] - t_s[0], 1e-6)
    for i, side in enumerate(SIDES):
        y = pad + i * (row + pad)
        letter = TextLook(min(theme.small_px, 1.3 * row), colors[side])
        _write(rgba, _LETTER[side], pad, y + row // 2, letter)
        spans = _spans(contacts, side, t_s)
        _bars(rgba, start + spans * per_s, slice(y, y + row), colors[side])
    x = theme.margin_px + start + (t_s - t_s[0]) * per_s
    head = between(_points(x, top + 0.5 * pad), _points(x, top + height - 0.5 * pad))[:, None]
    middle = np.array((theme.margin_px + width - pad, top + 0.5 * height))
    texts = [_clock(t) for t in t_s]
    return [
        Panel((theme.margin_px, top), rgba),
        Strokes(head, Pen(WHITE, max(1.0, 0.5 * theme.line_px))),
        label_of(texts, middle, (1.0, 0.5), TextLook(theme.small_px, WHITE)),
    ]


def free_of_strip(runner: Box, theme: Theme) -> Box:
    """Return the part of the picture above (or below) the timeline, within the margins."""
    _, pad, height = _strip_sizes(theme)
    margin = theme.margin_px
    top = _strip_top(height, runner, theme)
    above = top > 0.5 * theme.height_px
    return Box(
        margin,
        margin if above else top + height + pad,
        theme.width_px - margin,
        top - pad if above else theme.height_px - margin,
    )


def _strip_sizes(theme: Theme) -> tuple[int, int, int]:
    """Return the height of a foot's row, of the gaps, and of the whole strip."""
    row = max(7, round(0.72 * theme.small_px))
    pad = max(3, round(0.3 * theme.small_px))
    return row, pad, 2 * row + 3 * pad


def _strip_top(height: int, runner: Box, theme: Theme) -> int:
    bottom = theme.height_px - theme.margin_px - height
    places = (bottom, theme.margin_px)
    return min(places, key=lambda y: runner.overlap(Box(0, y, theme.width_px, y + height)))


def _clock(t_s: float) -> str:
    return f"{t_s:.1f} s"


def _points(x: Floats, y: float) -> Floats:
    return np.stack((x, np.full(x.shape, y)), axis=-1)


def _spans(contacts: Sequence[Contact], side: Side, t_s: Floats) -> Floats:
    """Return start and end (E, 2) of a foot's contacts in seconds from the first frame."""
    pairs = [(c.initial_contact_s, c.toe_off_s) for c in contacts if c.side == side]
    spans = np.array(pairs, float).reshape(-1, 2)
    began, ended = spans.T
    spans[:, 0] = np.where(np.isfinite(began), began, np.where(np.isfinite(ended), t_s[0], np.nan))
    spans[:, 1] = np.where(np.isfinite(ended), ended, began)
    return np.asarray(np.clip(spans, t_s[0], t_s[-1]) - t_s[0])


def _bars(rgba: Floats, spans_px: Floats, rows: slice, color: Rgb) -> None:
    """Fill bars from start to end (E, 2), at least two pixels wide, with soft ends."""
    columns = np.arange(rgba.shape[1])
    for start, end in spans_px[np.isfinite(spans_px).all(axis=1)]:
        end_px = max(end, start + 2.0)
        cover = np.clip(np.minimum(columns + 1, end_px) - np.maximum(columns, start), 0.0, 1.0)
        height = rows.stop - rows.start
        over(rgba, tinted(np.tile(0.9 * cover, (height, 1)), color), 0, rows.start)
