"""The annotated clip: every frame of the analysed part, drawn on and written at its own time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

from formcheck.annotate.blur import blur_circle, head_circles
from formcheck.annotate.figure import figure_of
from formcheck.annotate.ink import Painter
from formcheck.annotate.scene import overlay
from formcheck.annotate.stills import Still, still_moments, still_of
from formcheck.annotate.theme import theme_for
from formcheck.annotate.times import track_times
from formcheck.parallel import ahead
from formcheck.types import Analysis
from formcheck.video import ClipInfo, ClipReader, ClipWriter, Frame
from formcheck.video.canvas import Canvas

DRAWN_AHEAD = 2
"""Frames that are drawn on while one is encoded."""


def annotate_clip(
    path: Path | ClipInfo,
    analysis: Analysis,
    out: Path,
    *,
    blur_face: bool = False,
    progress: Callable[[float], None] = lambda _: None,
) -> list[Still]:
    """Write the clip with skeleton, lines, numbers and timeline drawn on; return stills from it.

    Parameters
    ----------
    path : Path or ClipInfo
        The clip that was analysed, or what is known of its file (saves reading it again).
    analysis : Analysis
        What was measured in it.
    out : Path
        The MP4 to write. It holds the analysed part at the times of the original frames.
    blur_face : bool
        Blur the runner's head in every frame.
    progress : callable
        Told the part that is done, from 0 to 1.

    Returns
    -------
    list of Still
        As `formcheck.annotate.still_frames` returns them, without reading the clip once more.

    Raises
    ------
    ClipError
        If the clip cannot be read (any more).
    FormcheckError
        If the new clip cannot be written.
    """
    times = track_times(analysis)
    first_s, end_s = times.span_s
    moments = still_moments(analysis)
    stills: list[Still] = []
    with ClipReader(path, first_s, end_s) as clip:
        info = clip.info
        rate_hz = info.frame_rate_hz if np.isfinite(info.frame_rate_hz) else 1 / times.step_s
        with ClipWriter(out, info.width_px, info.height_px, fps_hint=rate_hz) as writer:
            draw = Overlay(analysis, (writer.width_px, writer.height_px), blur_face)

            def drawn() -> Iterator[tuple[Frame, Canvas, list[Still]]]:
                for frame in clip:
                    canvas = frame.canvas(writer.width_px, writer.height_px)
                    draw(canvas, frame.t_s)
                    shown = times.at(frame.t_s)
                    asked = [moment for moment in moments if moment.index == shown]
                    new = [still_of(moment, frame, analysis, blur_face) for moment in asked]
                    yield frame, canvas, new

            # Closed before clip and writer are, when something fails on the way.
            with closing(ahead(drawn(), DRAWN_AHEAD)) as ready:
                for frame, canvas, new in ready:
                    stills += new
                    writer.write_canvas(canvas, frame.t_s, _shown_for(frame.index, clip))
                    progress(min(1.0, (frame.t_s - first_s) / (end_s - first_s)))
    progress(1.0)
    return stills


class Overlay:
    """Draws one clip's shapes, in the size that is written.

    Parameters
    ----------
    analysis : Analysis
        What was measured.
    size_px : (int, int)
        Width and height of the canvases to draw on.
    blur_face : bool
        Blur the runner's head first.
    """

    def __init__(self, analysis: Analysis, size_px: tuple[int, int], blur_face: bool) -> None:
        track = analysis.gait.track
        scale = size_px[1] / track.height_px
        figure = figure_of(analysis.gait, scale)
        theme = theme_for(*size_px, figure.height_px)
        self._painter = Painter(overlay(analysis, figure, theme), size_px)
        self._heads = head_circles(track.xy_px) * scale if blur_face else None
        self._times = track_times(analysis)

    def __call__(self, canvas: Canvas, t_s: float) -> None:
        """Draw on the frame at a time of the file; one without landmarks stays as it is."""
        if self._heads is not None:  # in every frame, also one that the pose stage never saw
            blur_circle(canvas.planes, self._heads[self._times.nearest(t_s)])
        index = self._times.at(t_s)
        if index is not None:
            self._painter.draw(canvas.planes, index)


def _shown_for(index: int, clip: ClipReader) -> float | None:
    """Return how long a frame is shown: up to the next one, or to the end of the clip."""
    times_s = clip.info.frame_times_s
    end_s = times_s[index + 1] if index + 1 < times_s.size else clip.info.duration_s
    shown_s = float(end_s - times_s[index])
    return shown_s if shown_s > 0 else None
