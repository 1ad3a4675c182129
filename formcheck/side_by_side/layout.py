"""Where things lie on screen: panes, header, footer, and the runners in the panes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from formcheck.annotate.shapes import Box
from formcheck.annotate.theme import Theme, theme_for
from formcheck.side_by_side.subject import Subject
from formcheck.types import Floats

Style = Literal["beside", "overlay"]

HEADER_PX: Final = 84
FOOTER_PX: Final = 92
_PANE_PX: Final[dict[Style, tuple[int, int]]] = {"beside": (640, 640), "overlay": (1080, 640)}
_GAP_PX: Final = 4
_FREE: Final = 0.035


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Sizes and places in pixels of the screen.

    Attributes
    ----------
    size_px : (int, int)
        Width and height of the whole picture; even.
    panes : tuple of Box
        One for each runner, or one for both; even sides at even places.
    titles : (Box, Box)
        Part of the header for each runner.
    target_px : (2, 2) float
        Where each runner's anchor lies.
    body_px : float
        Length of trunk and leg of either runner.
    theme : Theme
        Sizes of lines and texts.
    """

    size_px: tuple[int, int]
    panes: tuple[Box, ...]
    titles: tuple[Box, Box]
    target_px: Floats
    body_px: float
    theme: Theme

    @property
    def footer(self) -> Box:
        """The strip below the panes."""
        width, height = self.size_px
        return Box(0, height - FOOTER_PX, width, height)

    def pane_of(self, which: int) -> Box:
        """Return the pane that runner 0 or 1 is shown in."""
        return self.panes[min(which, len(self.panes) - 1)]


def layout_of(style: Style, subjects: Sequence[Subject]) -> Layout:
    """Return the layout in which both bodies are equally long, whole in their panes, and large."""
    width, height = _PANE_PX[style]
    count = len(subjects) if style == "beside" else 1
    panes = tuple(
        Box(left, HEADER_PX, left + width, HEADER_PX + height)
        for left in (i * (width + _GAP_PX) for i in range(count))
    )
    size_px = (int(panes[-1].right), HEADER_PX + height + FOOTER_PX)
    half = size_px[0] // 2
    body_px, drop_px = _body_on_screen((width, height), subjects)
    targets = [((pane.left + pane.right) / 2, pane.top + drop_px) for pane in (panes[0], panes[-1])]
    return Layout(
        size_px=size_px,
        panes=panes,
        titles=(Box(0, 0, half, HEADER_PX), Box(half, 0, size_px[0], HEADER_PX)),
        target_px=np.array(targets),
        body_px=body_px,
        theme=theme_for(width, height, 0.8 * height),
    )


def _body_on_screen(pane_px: tuple[int, int], subjects: Sequence[Subject]) -> tuple[float, float]:
    """Return the length of a body and how far below the pane's top its anchor lies."""
    left, up, right, down = np.max([subject.reach for subject in subjects], axis=0)
    free = _FREE * pane_px[1]
    inside = np.array(pane_px) - 2 * free
    body_px = float(min(inside[1] / (up + down), 0.5 * inside[0] / max(left, right)))
    # What is left over goes above the head: the floor stays near the pane's lower edge.
    return body_px, float(pane_px[1] - free - down * body_px)
