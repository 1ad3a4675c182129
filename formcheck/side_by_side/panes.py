"""The pictures below the drawing: each runner's frames in its pane, or both blended in one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import repeat
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.annotate.shapes import INK, Box, Rgb
from formcheck.annotate.stamps import Plane, Planes, codes_of
from formcheck.side_by_side.layout import Layout
from formcheck.side_by_side.source import Footage, FrameStream, warped
from formcheck.side_by_side.subject import Subject
from formcheck.types import Floats
from formcheck.video.canvas import CODING, Canvas, blank_canvas

GROUND: Final[Rgb] = (34, 41, 51)
"""Behind runners without a picture."""

_BLEND_LUMA: Final = 0.4
_BLEND_CHROMA: Final = 0.2
_SOFT_PX: Final = 96
_BELOW_FLOOR_PX: Final = 6


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One runner as shown.

    Attributes
    ----------
    subject : Subject
        The runner.
    footage : Footage or None
        Where pictures come from.
    at_s : (F,) float
        The run's own time in each output frame.
    index : (F,) int
        The frame nearest to it.
    head : (T, 3) float or None
        Circles to blur, in pixels of the clip.
    """

    subject: Subject
    footage: Footage | None
    at_s: Floats
    index: NDArray[np.intp]
    head: Floats | None


def pictures(shot: Shot, which: int, layout: Layout, stack: ExitStack) -> Iterator[Planes | None]:
    """Yield the planes of a runner's pane for each output frame; None without pictures.

    Parameters
    ----------
    shot : Shot
        The runner and its moments.
    which : int
        0 for the first, 1 for the second.
    layout : Layout
        Places.
    stack : ExitStack
        Closes the clip.
    """
    if shot.footage is None:
        return repeat(None, shot.at_s.size)
    played_s = shot.footage.played(shot.subject.t_s[shot.index])
    stream = FrameStream(shot.footage.info, float(played_s[0]), float(played_s[-1]))
    return _warped_frames(shot, which, layout, stack.enter_context(stream), played_s)


def _warped_frames(
    shot: Shot, which: int, layout: Layout, stream: FrameStream, played_s: Floats
) -> Iterator[Planes | None]:
    pane, record = layout.pane_of(which), shot.subject.report.clip
    target_px = layout.target_px[which] - (pane.left, pane.top)
    last, planes = -1, None
    for index, at_s in zip(shot.index.tolist(), played_s.tolist(), strict=True):
        if index != last:
            planes = warped(
                stream.at(at_s),
                shot.subject.screen_matrix(index, target_px, layout.body_px),
                (record.width_px, record.height_px),
                (int(pane.right - pane.left), int(pane.bottom - pane.top)),
                codes_of(INK),
                None if shot.head is None else shot.head[index],
            )
            if shot.footage is not None and shot.footage.drawn:
                planes = without_panels(planes, float(target_px[1]))
            last = index
        yield planes


def without_panels(planes: Planes, floor_px: float) -> Planes:
    """Return planes of an annotated clip without what is left of its panels at the pane's edges.

    They go dark towards both sides and end just below the floor.
    """
    last = 2 * round(0.5 * floor_px) + _BELOW_FLOOR_PX
    y, u, v = (
        _faded(plane, code, _SOFT_PX // part, last // part)
        for plane, code, part in zip(planes, codes_of(INK), (1, 2, 2), strict=True)
    )
    return y, u, v


def _faded(plane: Plane, code: float, soft_px: int, last: int) -> Plane:
    faded = plane.copy()
    faded[last:] = round(code)
    share = (np.arange(soft_px) + 0.5) / soft_px
    share = np.clip(2.0 * share - 1.0, 0.0, 1.0)
    for part, kept in ((faded[:, :soft_px], share), (faded[:, -soft_px:], share[::-1])):
        part[:] = np.rint(code + (part - code) * kept)
    return faded


def composed(planes: Sequence[Planes | None], layout: Layout) -> Canvas:
    """Return a canvas with the runners' pictures in their panes and plain ground elsewhere.

    Two pictures for one pane are blended, darkened and drained of colour, so that the lines drawn
    over them stand out.
    """
    canvas = blank_canvas(*layout.size_px)
    _fill(canvas.planes, Box(0, 0, *layout.size_px), INK)
    known = [each for each in planes if each is not None]
    if len(layout.panes) == 1 and len(known) == 2:
        _paste(canvas.planes, _blended(*known), layout.panes[0])
        return canvas
    for i, pane in enumerate(layout.panes):
        picture = planes[i]
        if picture is None:
            _fill(canvas.planes, pane, GROUND)
        else:
            _paste(canvas.planes, picture, pane)
    return canvas


def _blended(first: Planes, second: Planes) -> Planes:
    shares = (_BLEND_LUMA, _BLEND_CHROMA, _BLEND_CHROMA)
    y, u, v = (
        np.asarray(cv2.addWeighted(a, share, b, share, (1 - 2 * share) * black), np.uint8)
        for a, b, share, black in zip(first, second, shares, CODING.black, strict=True)
    )
    return y, u, v


def _fill(planes: Planes, box: Box, color: Rgb) -> None:
    for i, (plane, code) in enumerate(zip(planes, codes_of(color), strict=True)):
        plane[_part(box, i)] = round(code)


def _paste(planes: Planes, picture: Planes, box: Box) -> None:
    for i, (plane, own) in enumerate(zip(planes, picture, strict=True)):
        np.copyto(plane[_part(box, i)], own)


def _part(box: Box, plane: int) -> tuple[slice, slice]:
    """Return the rows and columns of a box with even edges in a plane."""
    left, top, right, bottom = (
        int(edge) // (2 if plane else 1) for edge in (box.left, box.top, box.right, box.bottom)
    )
    return slice(top, bottom), slice(left, right)
