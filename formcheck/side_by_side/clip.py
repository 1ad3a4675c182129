"""Two runners in one clip, matched by the phase of their strides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from formcheck.annotate.blur import head_circles
from formcheck.annotate.body import lean, plumb
from formcheck.annotate.clip import DRAWN_AHEAD
from formcheck.annotate.ink import Painter
from formcheck.annotate.shapes import Label, Shape
from formcheck.errors import UsageError
from formcheck.parallel import ahead
from formcheck.report.schema import ViewRecord
from formcheck.report.stored import StoredRun
from formcheck.side_by_side.layout import Layout, Style, layout_of
from formcheck.side_by_side.panes import Shot, composed, pictures
from formcheck.side_by_side.phase import PhaseMatch, match_phases
from formcheck.side_by_side.runner import COLORS, head, skeleton
from formcheck.side_by_side.scene import floor_line, footer, header, names_of, remarks
from formcheck.side_by_side.source import Footage, footage_of
from formcheck.side_by_side.subject import Hold, Subject, nearest_frames, subject_of
from formcheck.types import Floats
from formcheck.video import ClipWriter
from formcheck.video.canvas import Canvas

SLOWEST: Final = 16.0
_FAST_HZ, _USUAL_HZ = 60.0, 30.0


def write_side_by_side(
    first: StoredRun,
    second: StoredRun,
    out: Path,
    *,
    clips: tuple[Path | None, Path | None] = (None, None),
    style: Style = "beside",
    slow: float = 1.0,
    blur_face: bool = False,
    progress: Callable[[float], None] = lambda _: None,
) -> None:
    """Write both runners at the same body length, level, matched by the phase of the stride.

    The first runner keeps their own time; the second is stretched so that contacts and toe-offs
    coincide (see `phase`). A second runner who faces the other way is mirrored.

    Parameters
    ----------
    first, second : StoredRun
        Two analyses with their frames.
    out : Path
        The MP4 to write (H.264, plays in browsers), at a constant 30 or 60 frames a second.
    clips : (Path or None, Path or None)
        The clips that were analysed. Without one, pictures come from ``annotated.mp4`` in the run's
        folder; without that, or where its lettering would be mirrored or lie over another runner,
        the runner is drawn on plain ground.
    style : {"beside", "overlay"}
        Beside each other on one floor line, or over each other about the middle of the hips.
    slow : float
        How many times slower than life it plays, from 1 to `SLOWEST`.
    blur_face : bool
        Blur both heads where pictures come from `clips`.
    progress : callable
        Told the part that is done, from 0 to 1.

    Raises
    ------
    UsageError
        For an impossible `slow`; when a run has no frames (``no_frames``), no visible body
        (``no_body``) or no stride in common with the other (``too_few_contacts``); when a clip is
        not the one that was analysed (``other_clip``); when runs of different views are to be laid
        over each other (``other_view``).
    ClipError
        If a clip cannot be read.
    FormcheckError
        If the new clip cannot be written.
    """
    if not 1.0 <= slow <= SLOWEST:
        raise UsageError(f"A clip can be slowed 1 to {SLOWEST:g} times, not {slow:g} times.")
    runs = (first, second)
    hold: Hold = "hip" if style == "overlay" else "floor"
    mirrored = faces_other_way(first.report.view, second.report.view)
    subjects = [
        subject_of(run, mirrored=flip, hold=hold)
        for run, flip in zip(runs, (False, mirrored), strict=True)
    ]
    if style == "overlay":
        _check_views(subjects)
    match = match_phases(first.report, second.report)
    footage = _footage(runs, clips, style, mirrored)
    rate_hz = _rate(subjects, slow)
    shots = _shots(subjects, footage, match, rate_hz * slow, blur_face)
    layout = layout_of(style, subjects)
    told = remarks(match, subjects, names_of(first.report, second.report), style, slow)
    painter = Painter(_shapes(shots, match, told, layout, style), layout.size_px)
    _write(out, shots, layout, painter, rate_hz, progress)


def faces_other_way(first: ViewRecord | None, second: ViewRecord | None) -> bool:
    """Return whether the second picture has to be mirrored to compare it with the first.

    From the side where the runners face opposite ways; also where one is seen from behind and the
    other from the front, so that left is on the same side.
    """
    if first is None or second is None:
        return False
    if first.kind == second.kind == "side":
        return first.facing != second.facing
    return {first.kind, second.kind} == {"rear", "front"}


def output_times(
    match: PhaseMatch, first_t: Floats, second_t: Floats, rate_hz: float, *, by_frame: bool
) -> Floats:
    """Return the first run's time (F,) in each output frame, at an even pace.

    Parameters
    ----------
    match : PhaseMatch
        Gives the part that both runs share.
    first_t, second_t : (T,), (U,) float
        Frame times of either run; nothing beyond them is shown.
    rate_hz : float
        Output frames for each second of the first run.
    by_frame : bool
        Take the nearest frame's time, so that the second runner is matched with what is seen.
    """
    second_span = np.clip(second_t[[0, -1]], *match.second_s[[0, -1]])
    spans = np.stack((match.first_s[[0, -1]], first_t[[0, -1]], match.to_first(second_span)))
    begin_s, end_s = spans[:, 0].max(), spans[:, 1].min()
    even_s = begin_s + np.arange(int(max(0.0, end_s - begin_s) * rate_hz + 1e-6) + 1) / rate_hz
    if not by_frame:
        return np.asarray(even_s)
    # Even steps from a frame's own time, so that a clip at the output's rate loses no frame.
    even_s += first_t[nearest_frames(first_t, even_s[:1])[0]] - begin_s
    return np.clip(first_t[nearest_frames(first_t, even_s)], begin_s, max(begin_s, end_s))


def _check_views(subjects: list[Subject]) -> None:
    kinds = {"side" if s.figure.view.kind == "side" else "end" for s in subjects}
    if len(kinds) == 2:
        raise UsageError(
            "A side view and a rear or front view cannot be laid over each other; show them beside "
            "each other.",
            "other_view",
        )


def _footage(
    runs: tuple[StoredRun, StoredRun],
    clips: tuple[Path | None, Path | None],
    style: Style,
    mirrored: bool,
) -> list[Footage | None]:
    """Return each run's pictures, None where there are none that suit."""
    found = [footage_of(run, clip) for run, clip in zip(runs, clips, strict=True)]
    if mirrored and found[1] is not None and found[1].drawn:
        found[1] = None
    if style == "overlay" and any(each is None or each.drawn for each in found):
        return [None, None]
    return found


def _rate(subjects: list[Subject], slow: float) -> float:
    """Return the output's frame rate: 60 where a clip has that many to show, else 30."""
    fastest = max(subject.report.clip.frame_rate_hz for subject in subjects)
    return _FAST_HZ if fastest / slow > 1.5 * _USUAL_HZ else _USUAL_HZ


def _shots(
    subjects: list[Subject],
    footage: list[Footage | None],
    match: PhaseMatch,
    rate_hz: float,
    blur_face: bool,
) -> list[Shot]:
    first_t, second_t = (subject.t_s for subject in subjects)
    first_s = output_times(match, first_t, second_t, rate_hz, by_frame=footage[0] is not None)
    shots = []
    for subject, source, at_s in zip(
        subjects, footage, (first_s, match.to_second(first_s)), strict=True
    ):
        blurred = blur_face and source is not None and not source.drawn
        circles = head_circles(subject.picture_xy) if blurred else None
        index = nearest_frames(subject.t_s, at_s)
        shots.append(Shot(subject, source, at_s, index, circles))
    return shots


def _shapes(
    shots: list[Shot], match: PhaseMatch, told: list[str], layout: Layout, style: Style
) -> list[Shape]:
    """Return everything that is drawn over the pictures."""
    subjects = [shot.subject for shot in shots]
    names = names_of(subjects[0].report, subjects[1].report)
    times_s = [shot.at_s for shot in shots]
    shapes = floor_line(layout, times_s[0].size) if style == "beside" else []
    for which, shot in enumerate(shots):
        if shot.footage is None or not shot.footage.drawn:
            shapes += _runner(shot, which, layout, style)
    shapes += header(subjects, names, times_s, layout)
    return [*shapes, *footer(match, times_s[0], told, layout)]


def _runner(shot: Shot, which: int, layout: Layout, style: Style) -> list[Shape]:
    """Return the lines of a runner, where the picture's own frame or the exact time puts them."""
    subject, pane = shot.subject, layout.pane_of(which)
    at_s = shot.at_s if shot.footage is None else subject.t_s[shot.index]
    points = subject.screen_points(at_s, layout.target_px[which], layout.body_px)
    figure = subject.shown(shot.at_s, points)
    shapes = skeleton(figure, COLORS[which], layout.theme)
    if shot.footage is None:
        shapes = [*head(figure, COLORS[which], layout.theme), *shapes]
    if style == "beside" and figure.view.kind == "side":
        shapes = [*plumb(figure, layout.theme), *shapes]
        shapes += lean(figure, np.full(at_s.shape, np.nan), layout.theme)
    return [replace(s, within=pane) if isinstance(s, Label) else s for s in shapes]


def _write(
    out: Path,
    shots: list[Shot],
    layout: Layout,
    painter: Painter,
    rate_hz: float,
    progress: Callable[[float], None],
) -> None:
    count = shots[0].at_s.size
    with ExitStack() as stack:
        writer = stack.enter_context(ClipWriter(out, *layout.size_px, fps_hint=rate_hz))
        panes = [pictures(shot, which, layout, stack) for which, shot in enumerate(shots)]

        def drawn() -> Iterator[Canvas]:
            for number, planes in enumerate(zip(*panes, strict=True)):
                canvas = composed(planes, layout)
                painter.draw(canvas.planes, number)
                yield canvas

        with closing(ahead(drawn(), DRAWN_AHEAD)) as ready:
            for number, canvas in enumerate(ready):
                writer.write_canvas(canvas, number / rate_hz)
                progress((number + 1) / count)
