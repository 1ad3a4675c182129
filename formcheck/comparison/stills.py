"""Stills of a stored run for the comparison's page: contact and midstance in mid-clip."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.annotate.blur import blur_circle, head_circles
from formcheck.annotate.stills import crop_box
from formcheck.report.schema import FootEvents, Report
from formcheck.report.stored import StoredRun
from formcheck.side_by_side.source import FrameStream, footage_of
from formcheck.types import Floats
from formcheck.video import Frame

HEIGHT_PX: Final = 480


@dataclass(frozen=True, slots=True, eq=False)
class RunStill:
    """A picture of a run: what it shows, when, and its (H, W, 3) RGB pixels."""

    label: str
    t_s: float
    rgb: NDArray[np.uint8]


def run_stills(
    run: StoredRun, clip: Path | None, name: str, *, blur_face: bool = False
) -> list[RunStill]:
    """Return stills at contact and midstance of a step in the middle of a clip.

    Parameters
    ----------
    run : StoredRun
        The run; its annotated clip is shown where there is one.
    clip : Path or None
        The clip itself, for runs without an annotated one.
    name : str
        How the run is called in the labels.
    blur_face : bool
        Blur the head in pictures of `clip`.

    Raises
    ------
    UsageError
        When `clip` is another one than was analysed.
    ClipError
        When the pictures cannot be read.
    """
    footage = footage_of(run, None) or footage_of(run, clip)
    moments = step_moments(run.report)
    if footage is None or run.frames is None or not moments:
        return []
    times_s = footage.played(np.array([t_s for _, t_s in moments]))
    heads = head_circles(run.frames.xy_px) if blur_face and not footage.drawn else None
    stills = []
    with FrameStream(footage.info, float(times_s[0]), float(times_s[-1])) as stream:
        for (label, t_s), played_s in zip(moments, times_s.tolist(), strict=True):
            row = int(np.argmin(np.abs(run.frames.t_s - t_s)))
            points = run.frames.xy_px[row]
            if np.isfinite(points).any():
                head = None if heads is None else heads[row]
                rgb = _around(stream.at(played_s), points, run.report.clip.height_px, head)
                stills.append(RunStill(f"{label}, {name}", t_s, rgb))
    return stills


def _around(
    frame: Frame, points: Floats, clip_height_px: int, head: Floats | None
) -> NDArray[np.uint8]:
    """Return the part of a frame around the runner's points (in pixels of the analysed clip)."""
    scale = frame.height_px / clip_height_px
    canvas = frame.canvas(frame.width_px, frame.height_px)
    if head is not None:
        blur_circle(canvas.planes, head * scale)
    rgb = canvas.rgb()
    box = crop_box(points * scale, (rgb.shape[1], rgb.shape[0]))
    left, top, right, bottom = (int(k) for k in (box.left, box.top, box.right, box.bottom))
    size_px = (max(1, round(HEIGHT_PX * (right - left) / (bottom - top))), HEIGHT_PX)
    method = cv2.INTER_AREA if bottom - top > HEIGHT_PX else cv2.INTER_CUBIC
    part = cv2.resize(rgb[top:bottom, left:right], size_px, interpolation=method)
    return np.asarray(part, np.uint8)


def step_moments(report: Report) -> list[tuple[str, float]]:
    """Return (label, time) of contact and midstance of the whole step nearest to mid-clip."""
    side = (report.view.near_side if report.view is not None else None) or "left"
    foot: FootEvents = getattr(report.events, side)
    middle_s = (report.clip.from_s + report.clip.to_s) / 2.0
    steps = []
    for start in foot.initial_contact_s:
        leave = next((toe for toe in foot.toe_off_s if toe > start), None)
        if leave is not None:
            steps.append((start, (start + leave) / 2.0))
    if not steps:
        return []
    start, middle = min(steps, key=lambda step: abs(step[1] - middle_s))
    return [("Contact", start), ("Midstance", middle)]
