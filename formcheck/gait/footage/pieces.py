"""Footage in several pieces: cuts, pauses, lost or doubled steps, parts at another speed.

The rhythm of a clip that was cut is a mixture of its pieces' and belongs to none of them, so the
longest piece is measured alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from formcheck.gait.footage.course import jumps, rhythm_course
from formcheck.gait.footage.rules import rules
from formcheck.landmarks import SIDES, index
from formcheck.notes import note, refusal
from formcheck.track.rhythm import SWAPPED_STRENGTH, Rhythm, find_rhythm
from formcheck.types import Floats, PoseTrack, QualityNote

BROKEN = "footage_broken"
SPEEDS = "several_speeds"
FEWEST_WINDOWS = 3
MOST_ROUNDS = 6
# Below this a window shows no rhythm, rather than another one.
LEAST_STRENGTH = 0.6
# Steps of a runner, at most four a second, show at this rate as well as at any higher one.
ENOUGH_HZ = 15.0


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a clip in seconds, and whether what follows or precedes plays at another speed."""

    from_s: float
    to_s: float
    speeds: bool = False


def in_one_piece(track: PoseTrack) -> PoseTrack:
    """Return the longest piece of a track that was filmed in one go, with a note if it is not all.

    Parameters
    ----------
    track : PoseTrack
        Raw landmarks on the clip's own clock.

    Raises
    ------
    NoRunnerError
        Where no piece is long enough.
    """
    part = _Part(float(track.t_s[0]), float(track.t_s[-1]))
    whole = part
    for _ in range(MOST_ROUNDS):
        pieces = _split(_within(track, part), part)
        longest = max(pieces, key=lambda one: one.to_s - one.from_s)
        if longest == part:
            break
        part = replace(longest, speeds=longest.speeds or part.speeds)
    if (part.from_s, part.to_s) == (whole.from_s, whole.to_s):
        return track
    if part.to_s - part.from_s < rules()["course"]["shortest_s"]:
        raise refusal(_code(part), "refused")
    shown = _within(track, part)
    return replace(shown, notes=(*track.notes, _note(part)))


def _within(track: PoseTrack, part: _Part) -> PoseTrack:
    kept = (track.t_s >= part.from_s) & (track.t_s <= part.to_s)
    return replace(
        track, t_s=track.t_s[kept], xy_px=track.xy_px[kept], confidence=track.confidence[kept]
    )


def _split(track: PoseTrack, part: _Part) -> list[_Part]:
    """Split a piece where it is surely broken, else return it alone."""
    gaps = np.flatnonzero(np.diff(track.t_s) > rules()["course"]["gap_s"])
    if gaps.size:
        starts = np.append(part.from_s, track.t_s[gaps + 1])
        stops = np.append(track.t_s[gaps], part.to_s)
        return [_Part(float(a), float(b)) for a, b in zip(starts, stops, strict=True)]
    thinned = _thinned(track)
    rhythm = find_rhythm(thinned)
    if rhythm is None:
        return [part]
    by_pace = _split_by_pace(track, thinned, part, rhythm.stride_hz)
    if len(by_pace) > 1 or by_pace[0] != part:
        return by_pace
    course = rhythm_course(track, rhythm.stride_hz)
    rule = rules()["course"]
    jump = np.nan_to_num(jumps(course, rule["same_pace"]))
    if not jump.size or np.abs(jump).max() < rule["jump_strides"]:
        return [part]
    middle_s = float(course.at_s[np.abs(jump).argmax()])
    return _at_cut(track, part, middle_s, course.stride_s)


def _at_cut(track: PoseTrack, part: _Part, middle_s: float, within_s: float) -> list[_Part]:
    """Split a piece at the frame near a time after which the legs are elsewhere at once."""
    before, after = _jump_of_legs(track, middle_s, within_s)
    return [replace(part, to_s=before), replace(part, from_s=after)]


def window_paces(track: PoseTrack, stride_hz: float) -> tuple[Floats, Floats, float]:
    """Return (W,) middles of windows, (W,) the strides per second in each, and their width.

    Unlike a running phase each window is looked at for itself, whatever the rest shows. Only one in
    which the legs are mixed up goes at the pace of the whole rather than at half or twice of it.
    """
    rule = rules()["course"]
    width_s = rule["window_strides"] / stride_hz
    first_s, last_s = track.t_s[0] + width_s / 2, track.t_s[-1] - width_s / 2
    at_s = np.arange(first_s, last_s + 1e-9, rule["hop_windows"] * width_s)
    paces = np.full(at_s.size, np.nan)
    for i, middle_s in enumerate(at_s):
        part = _Part(middle_s - width_s / 2, middle_s + width_s / 2)
        found = _window_rhythm(_within(track, part), stride_hz)
        if found is not None and found.strength > LEAST_STRENGTH:
            paces[i] = found.stride_hz
    seen = np.isfinite(paces)
    return at_s[seen], paces[seen], width_s


def _window_rhythm(window: PoseTrack, stride_hz: float) -> Rhythm | None:
    """Return a window's rhythm; that of the whole where half or twice of it is told no better.

    From behind the body sways once a stride: where the legs are mixed up that looks like steps at
    half of the pace.
    """
    found = find_rhythm(window)
    if found is None or found.strength >= SWAPPED_STRENGTH:
        return found
    octaves = abs(np.log(found.stride_hz / stride_hz)) / np.log(2)
    if abs(octaves - 1) * np.log(2) > np.log1p(rules()["course"]["other_pace"]):
        return found
    usual = find_rhythm(window, stride_hz)
    return found if usual is None else usual


def _thinned(track: PoseTrack) -> PoseTrack:
    frame_s = float(np.median(np.diff(track.t_s))) if track.t_s.size > 1 else 1.0
    kept = slice(None, None, max(1, int(1 / (ENOUGH_HZ * frame_s))))
    return replace(
        track, t_s=track.t_s[kept], xy_px=track.xy_px[kept], confidence=track.confidence[kept]
    )


def _median_line(x: Floats, y: Floats) -> tuple[float, float]:
    """Return slope and level of Theil and Sen's line; `scipy.stats` takes half a second to load."""
    later = x[:, None] - x > 0
    slope = float(np.median((y[:, None] - y)[later] / (x[:, None] - x)[later]))
    return slope, float(np.median(y) - slope * np.median(x))


def _split_by_pace(
    track: PoseTrack, thinned: PoseTrack, part: _Part, stride_hz: float
) -> list[_Part]:
    at_s, paces, width_s = window_paces(thinned, stride_hz)
    if at_s.size < FEWEST_WINDOWS:
        return [part]
    rule = rules()["course"]
    logs = np.log(paces)
    slope, level = _median_line(at_s, logs)
    even, drifting = np.log(_usual(paces)), level + slope * at_s
    # A cut near one end of a short clip looks like a drift; what fits more windows is right.
    lines = [np.abs(logs - line) for line in (even, drifting)]
    off = min(lines, key=lambda one: int((one > rule["pace_off"]).sum()))
    other = np.abs(logs - even) > np.log1p(rule["other_pace"])
    if _longest_run(other) >= rule["other_windows"]:
        runs = _runs(~other)
        ends = [(at_s[a] - width_s / 2, at_s[b - 1] + width_s / 2) for a, b in runs]
        return [_Part(float(a), float(b), speeds=True) for a, b in ends]
    broken = astray(off)
    if not broken.any() or broken.mean() > 0.5:
        return [part]
    worst = int(off.argmax())
    run = next((a, b) for a, b in _runs(broken) if a <= worst < b)
    return _at_cut(track, part, float(at_s[run[0] : run[1]].mean()), width_s / 2)


def astray(off: Floats) -> NDArray[np.bool_]:
    """Return (W,) whether paces are as far off the clip's, as shares, as a cut throws them.

    Where a hand-held phone follows a runner far away all windows stray; a cut leaves many be.
    """
    rule = rules()["course"]
    usual = float(np.quantile(off, 0.25)) if off.size >= rule["noise_windows"] else 0.0
    return np.asarray(off > max(rule["pace_off"], rule["pace_noise"] * usual))


def _usual(paces: Floats) -> float:
    """Return the pace that most windows share to within a few per cent."""
    near = np.abs(np.log(paces[:, None] / paces)) < np.log1p(2 * rules()["course"]["pace_off"])
    return float(np.median(paces[near[near.sum(axis=1).argmax()]]))


def _jump_of_legs(track: PoseTrack, middle_s: float, within_s: float) -> tuple[float, float]:
    """Return the times of the two frames near a time between which the legs move most abruptly."""
    legs = track.xy_px[:, [index(n, s) for n in ("knee", "ankle", "heel", "toe") for s in SIDES]]
    steps = np.diff(legs, axis=0)
    beside = (steps[:-2] + steps[2:]) / 2
    size_px = np.linalg.norm(steps[1:-1] - beside, axis=2)
    seen = np.isfinite(size_px).any(axis=1)
    abrupt = np.full(seen.size, np.nan)
    abrupt[seen] = np.nanmedian(size_px[seen], axis=1)
    near = np.abs(track.t_s[1:-2] - middle_s) <= within_s
    if not near.any():
        return middle_s, middle_s
    last = 1 + int(np.nanargmax(np.where(near & np.isfinite(abrupt), abrupt, -1.0)))
    return float(track.t_s[last]), float(track.t_s[last + 1])


def _longest_run(flag: NDArray[np.bool_]) -> int:
    return max((b - a for a, b in _runs(flag)), default=0)


def _runs(flag: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return [start, stop) of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flag.view(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _code(part: _Part) -> str:
    """Return the code of what is wrong with the clip."""
    return SPEEDS if part.speeds else BROKEN


def _note(part: _Part) -> QualityNote:
    """Say that the clip is not one piece, and what was measured of it."""
    return note(_code(part), from_s=part.from_s, to_s=part.to_s)
