"""Annotated stills around the runner, for the report: landing and midstance."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.annotate.blur import blur_circle, head_circles
from formcheck.annotate.figure import figure_of
from formcheck.annotate.ink import Painter
from formcheck.annotate.readings import Readings, knee_angles, landings, stances
from formcheck.annotate.scene import overlay
from formcheck.annotate.shapes import Box
from formcheck.annotate.theme import theme_for
from formcheck.annotate.times import track_times
from formcheck.landmarks import SIDES
from formcheck.types import Analysis, Floats
from formcheck.video import ClipInfo, ClipReader, Frame, probe
from formcheck.video.canvas import canvas_from_rgb

STILL_HEIGHT_PX: Final = 720
_MARGIN: Final = 0.14
_ASPECT: Final = (0.62, 1.0)


@dataclass(frozen=True, slots=True)
class Moment:
    """A frame of the track that is worth showing, and what it shows."""

    label: str
    index: int


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """One annotated picture.

    Attributes
    ----------
    label : str
        What it shows, e.g. "Initial contact, left foot".
    t_s : float
        When, in seconds of the analysed clip.
    rgb : (H, W, 3) uint8
        The picture.
    """

    label: str
    t_s: float
    rgb: NDArray[np.uint8]


def still_frames(
    path: Path | ClipInfo, analysis: Analysis, *, blur_face: bool = False
) -> list[Still]:
    """Return stills of the moments the numbers are taken at.

    Side view: initial contact and midstance of the near leg. Rear view: midstance of each leg. Of
    all contacts, the one nearest to the runner's usual value is shown.

    Parameters
    ----------
    path : Path or ClipInfo
        The clip that was analysed, or what is known of its file (saves reading it again).
    analysis : Analysis
        What was measured in it.
    blur_face : bool
        Blur the runner's head.

    Returns
    -------
    list of Still
        About `STILL_HEIGHT_PX` high; empty where no contact was found.

    Raises
    ------
    ClipError
        If the clip cannot be read (any more).
    """
    moments = still_moments(analysis)
    if not moments:
        return []
    info = path if isinstance(path, ClipInfo) else probe(path)
    times = track_times(analysis)
    reach_s = 0.4 * times.step_s
    stills = []
    for moment in moments:
        at_s = float(times.played_s[moment.index])
        with ClipReader(info, max(0.0, at_s - reach_s), at_s + reach_s) as clip:
            frames = list(clip)[:1]
        stills += [still_of(moment, frame, analysis, blur_face) for frame in frames]
    return stills


def still_moments(analysis: Analysis) -> list[Moment]:
    """Return the moments to show of which the track knows anything, in order."""
    track = analysis.gait.track
    found = [
        Moment(label, int(np.argmin(np.abs(track.t_s - t_s))))
        for label, t_s in typical_moments(analysis)
    ]
    return [moment for moment in found if np.isfinite(track.xy_px[moment.index]).any()]


def still_of(moment: Moment, frame: Frame, analysis: Analysis, blur_face: bool) -> Still:
    """Return the still of a moment from its frame of the file."""
    t_s = float(analysis.gait.track.t_s[moment.index])
    return Still(moment.label, t_s, _annotated(frame, analysis, moment.index, blur_face))


def typical_moments(analysis: Analysis) -> list[tuple[str, float]]:
    """Return (label, time) of the moments to show, in order."""
    near = analysis.gait.view.near_side
    if analysis.gait.view.kind == "side" and near is not None:
        contacts, middles = stances(analysis, near).T
        which = _typical(landings(analysis), contacts, middles, analysis)
        if which is None:
            return []
        named = ((f"Initial contact, {near} foot", contacts), (f"Midstance, {near} foot", middles))
        return [(label, float(times_s[which])) for label, times_s in named]
    found = []
    for side in SIDES:
        _, middles = stances(analysis, side).T
        which = _typical(knee_angles(analysis, side), middles, middles, analysis)
        if which is not None:
            found.append((f"Midstance, {side} foot", float(middles[which])))
    return sorted(found, key=lambda moment: moment[1])


def _typical(
    readings: Readings, read_s: Floats, middles_s: Floats, analysis: Analysis
) -> int | None:
    """Return the stance whose value is nearest to the median; without values, one in mid-clip.

    Each stance has a value at the nearest reading to its `read_s`, if it has one. Only stances
    whose middle lies in the clip count.
    """
    t_s = analysis.gait.track.t_s
    inside = (middles_s >= t_s[0]) & (middles_s <= t_s[-1])
    if not inside.any():
        return None
    values = np.full(middles_s.size, np.nan)
    for at_s, value in zip(readings.t_s, readings.value, strict=True):
        values[np.abs(read_s - at_s).argmin()] = value
    known = inside & np.isfinite(values)
    if known.any():
        off = np.where(known, np.abs(values - np.median(values[known])), np.inf)
    else:
        off = np.where(inside, np.abs(middles_s - np.median(t_s)), np.inf)
    return int(np.argmin(off))


def crop_box(xy_px: Floats, picture_px: tuple[int, int]) -> Box:
    """Return the part of a picture around a runner's points (K, 2), neither slim nor wide."""
    low, high = np.nanmin(xy_px, axis=0), np.nanmax(xy_px, axis=0)
    height = (high - low)[1] * (1 + 2 * _MARGIN)
    width = np.clip((high - low)[0] + 2 * _MARGIN * height, *(k * height for k in _ASPECT))
    half = 0.5 * np.minimum((width, height), picture_px)
    centre = np.clip(0.5 * (low + high), half, np.array(picture_px) - half)
    left, top = np.floor(centre - half)
    right, bottom = np.ceil(centre + half)
    return Box(max(0.0, left), max(0.0, top), min(right, picture_px[0]), min(bottom, picture_px[1]))


def _annotated(frame: Frame, analysis: Analysis, index: int, blur_face: bool) -> NDArray[np.uint8]:
    """Return the part of a frame around the runner, enlarged or shrunk, then drawn on."""
    track = analysis.gait.track
    box = crop_box(track.xy_px[index], (frame.width_px, frame.height_px))
    left, top, right, bottom = (int(k) for k in (box.left, box.top, box.right, box.bottom))
    scale = STILL_HEIGHT_PX / (bottom - top)
    size_px = (2 * round(0.5 * scale * (right - left)), STILL_HEIGHT_PX)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    crop = cv2.resize(frame.rgb()[top:bottom, left:right], size_px, interpolation=method)
    canvas = canvas_from_rgb(np.asarray(crop, np.uint8))
    figure = figure_of(analysis.gait, scale, (left, top))
    if blur_face:
        heads = (head_circles(track.xy_px) - (left, top, 0)) * scale
        blur_circle(canvas.planes, heads[index])
    # A still is shown small: letters and lines as for a picture as wide as it is high.
    theme = theme_for(STILL_HEIGHT_PX, STILL_HEIGHT_PX, figure.height_px)
    shapes = overlay(analysis, figure, theme, still=True)
    Painter(shapes, size_px).draw(canvas.planes, index)
    return canvas.rgb()
