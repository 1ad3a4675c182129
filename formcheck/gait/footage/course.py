"""The course of a runner's rhythm through a clip: where it breaks, and how it drifts.

A runner's legs keep one rhythm. A cut, a pause of the camera, or steps lost or shown twice make it
jump by a part of a stride from one frame to the next; a belt that changes its speed makes it drift;
a part in slow motion gives it another pace altogether.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formcheck.landmarks import Landmark, mid_hip
from formcheck.track.local import least_squares
from formcheck.track.rhythm import shared_signals
from formcheck.types import Floats, PoseTrack

HOP_STRIDES = 0.25
WINDOW_STRIDES = 1.5
BESIDE_STRIDES = 2.0
FEWEST_SAMPLES = 8
ROUNDS = 4
# A window whose wave has hardly the shape of the others' tells no time: 0.94 and more in clips of
# treadmills, from 0.23 on where a hand-held phone follows a runner far away.
LEAST_ALIKE = 0.85


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """How far the rhythm runs ahead of an even one through a clip.

    Attributes
    ----------
    at_s : (W,) float
        Middles of the windows.
    ahead : (W,) float
        In strides, by what both legs do alike: no mix-up of the legs changes it, but it repeats
        with every step. NaN where unseen.
    stride_s : float
        Time of an even stride.
    """

    at_s: Floats
    ahead: Floats
    stride_s: float


def rhythm_course(track: PoseTrack, stride_hz: float) -> Course:
    """Return how the rhythm runs through a clip, window by window.

    Parameters
    ----------
    track : PoseTrack
        Landmarks in the body frame or in pixels; they need no repair.
    stride_hz : float
        Strides a second over the whole clip.
    """
    stride_s = 1 / stride_hz
    half_s = WINDOW_STRIDES * stride_s / 2
    at_s = np.arange(track.t_s[0] + half_s, track.t_s[-1] - half_s, HOP_STRIDES * stride_s)
    steps = _turns(track.t_s, _alike(track), 2 * stride_hz, at_s, half_s)
    return Course(at_s, steps / 2, stride_s)


def _alike(track: PoseTrack) -> Floats:
    """Return (T, 6) what both legs do alike, without the runner's wander over the picture."""
    signals = shared_signals(track)
    hips = mid_hip(track.xy_px)
    free = signals[:, :4] - np.tile(hips, 2)
    heads = track.xy_px[:, [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER], 1].mean(axis=1)
    return np.column_stack([free, signals[:, 6], heads])


def _turns(t_s: Floats, signals: Floats, hz: float, at_s: Floats, half_s: float) -> Floats:
    """Return (W,) how many turns of a wave the signals are ahead in each window, NaN if untold."""
    parts = np.array([_wave(t_s, signals, hz, middle_s, half_s) for middle_s in at_s])
    turns = np.full(at_s.size, np.nan)
    seen = np.isfinite(parts).all(axis=1) if len(parts) else np.zeros(0, bool)
    if not seen.any():
        return turns
    parts = parts[seen]
    like = parts[len(parts) // 2]
    for _ in range(ROUNDS):
        angle = np.angle(parts @ like.conj())
        like = (parts * np.exp(-1j * angle)[:, None]).mean(axis=0)
    told = np.abs(parts @ like.conj())
    told /= np.maximum(np.linalg.norm(parts, axis=1) * np.linalg.norm(like), 1e-12)
    kept = told >= LEAST_ALIKE
    # The fitted wave cos(2 pi hz t - a) has the angle -a, and is late where a grows.
    turns[np.flatnonzero(seen)[kept]] = np.unwrap(angle[kept]) / (2 * np.pi)
    return turns


def _wave(t_s: Floats, signals: Floats, hz: float, middle_s: float, half_s: float) -> Floats:
    """Return (C,) the complex size of a wave in the signals of one window, NaN if hardly seen."""
    inside = (np.abs(t_s - middle_s) <= half_s) & np.isfinite(signals).all(axis=1)
    if inside.sum() < FEWEST_SAMPLES:
        return np.full(signals.shape[1], np.nan, complex)
    angle = 2 * np.pi * hz * t_s[inside]
    design = np.column_stack([np.ones(angle.size), np.cos(angle), np.sin(angle)])
    _, cosine, sine = least_squares(design, signals[inside])
    return np.asarray(cosine - 1j * sine)


def jumps(course: Course, same_pace: float) -> Floats:
    """Return (W,) by how much of a stride the rhythm jumps in the middle of each window.

    The rhythm of some strides before and of some after is carried on to the middle, at the pace
    that both share. NaN near the ends, where it was not seen, and where the pace before and after
    differs by more than `same_pace`, a share: there the runner's speed changes.
    """
    n = round(BESIDE_STRIDES / HOP_STRIDES)
    gap = round(WINDOW_STRIDES / HOP_STRIDES) // 2
    found = np.full(course.at_s.size, np.nan)
    for middle in range(gap + n, course.at_s.size - gap - n):
        sides = (
            np.arange(middle - gap - n, middle - gap + 1),
            np.arange(middle + gap, middle + gap + n + 1),
        )
        both = np.concatenate(sides)
        lag = course.at_s[both] - course.at_s[middle]
        ahead = course.ahead[both]
        if not np.isfinite(ahead).all():
            continue
        pace = [np.polyfit(course.at_s[part], course.ahead[part], 1)[0] for part in sides]
        if abs(pace[1] - pace[0]) * course.stride_s > same_pace:
            continue
        later = np.repeat([0.0, 1.0], n + 1)
        design = np.column_stack([np.ones(lag.size), lag, later])
        found[middle] = least_squares(design, ahead[:, None])[2, 0]
    return np.asarray(found - np.nanmedian(found)) if np.isfinite(found).any() else found
