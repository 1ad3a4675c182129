"""Signs in a runner's own movement that the footage is not what it seems.

Time that runs backward, pictures that no camera took, a picture that is squeezed, a zoom, a rhythm
that drifts: each shows in the points of the body, whatever the room looks like.
"""

from __future__ import annotations

import numpy as np

from formcheck.gait.footage.rules import rules
from formcheck.landmarks import SIDES, Side, index, mid_hip, mid_shoulder
from formcheck.notes import note, refusal
from formcheck.track.local import least_squares
from formcheck.track.rhythm import Rhythm
from formcheck.types import Floats, PoseTrack, QualityNote, View

FEWEST_FRAMES = 20
SQUEEZED = "picture_squeezed"
MOVING = ("knee", "ankle", "heel", "toe")
OUTER_PERCENTILE = 90


def refuse_backward(
    body: Floats, rhythm: Rhythm, view: View, unit: float, high: tuple[float, float] = (0.0, 0.0)
) -> None:
    """Raise NoRunnerError where time runs backward in the clip or in a part of it.

    From the side an ankle goes forward above and backward below. From behind, the knee bends before
    the ankle rises; that can be told by a camera about as high as the hips only, since from the
    floor or from far above the foot's way along the belt shows as well. Before the runner nothing
    is told: there a camera as high as the chest sees about what one behind sees of time reversed.

    Parameters
    ----------
    body : (T, K, 2) float
        Repaired body-frame points without slow drift.
    rhythm : Rhythm
        Its phase tells the strides apart.
    view : View
        Where the camera stands.
    unit : float
        Trunk length in the unit of `body`.
    high : (float, float)
        How far the camera looks down on the hips in degrees, and its standard uncertainty.
    """
    rule = rules()["direction"]
    share = _share_needed(view, high)
    areas = loop_areas(body, rhythm, view) / unit**2
    least = rule["side_area"] if view.kind == "side" else rule["rear_area"]
    backward = float(np.mean(areas > least)) if areas.size else 0.0
    if backward < share:
        return
    if np.mean(areas < -least) < rule["share"]:
        raise refusal("plays_backward")
    raise refusal("plays_backward", "in_turn")


def _share_needed(view: View, high: tuple[float, float]) -> float:
    """Return which share of the strides must go backward for a clip to be refused."""
    rule = rules()["direction"]
    if view.kind == "side":
        return float(rule["share"])
    if view.kind == "front":
        return float("inf")
    deg, sd_deg = high
    if sd_deg > rule["rear_unknown_sd"]:
        return float(rule["rear_unknown_share"])
    return float(rule["share"]) if rule["rear_low"] <= deg <= rule["rear_high"] else float("inf")


def loop_areas(body: Floats, rhythm: Rhythm, view: View) -> Floats:
    """Return (S,) the area that the ankles go round in each stride, anticlockwise positive.

    From the side of their path beside the hips; otherwise of the ankle's height over the knee's.
    The mean of both legs; strides in which a point is missing are left out.
    """
    hip = mid_hip(body)
    strides = np.floor((rhythm.phase - rhythm.phase[0]) / (2 * np.pi))
    areas = []
    for stride in range(int(strides.max())):
        inside = strides == stride
        both = [_loop(_across(body, hip, side, view)[inside]) for side in SIDES]
        areas.append(float(np.mean(both)))
    found = np.array(areas)
    return np.asarray(found[np.isfinite(found)])


def _across(body: Floats, hip: Floats, side: Side, view: View) -> Floats:
    """Return (T, 2) the path whose direction tells that of time."""
    ankle = body[:, index("ankle", side)] - hip
    if view.kind == "side":
        return np.asarray(ankle)
    knee = body[:, index("knee", side)] - hip
    return np.asarray(np.column_stack([knee[:, 1], ankle[:, 1]]))


def _loop(path: Floats) -> float:
    """Return the area inside a closed path, anticlockwise positive."""
    after = np.roll(path, -1, axis=0)
    return float(np.sum(path[:, 0] * after[:, 1] - path[:, 1] * after[:, 0]) / 2)


def footage_notes(
    track: PoseTrack, body: Floats, rhythm: Rhythm, view: View, unit: float
) -> tuple[QualityNote, ...]:
    """Return what the runner's movement tells of the footage.

    Parameters
    ----------
    track : PoseTrack
        Repaired landmarks.
    body : (T, K, 2) float
        The same in the body frame, without slow drift.
    rhythm : Rhythm
        The runner's rhythm.
    view : View
        Where the camera stands.
    unit : float
        Trunk length in the unit of `body`.
    """
    return (
        *_drift_note(track.t_s, rhythm),
        *_made_up_note(body, view),
        *_shape_note(body, view, unit),
        *_zoom_note(track),
    )


def cadence_halves(t_s: Floats, rhythm: Rhythm) -> tuple[float, float]:
    """Return the steps per minute in the first and in the last half of a clip."""
    half = t_s.size // 2
    parts = slice(None, half), slice(half, None)
    first, last = (
        float(np.polyfit(t_s[part] - t_s[part][0], rhythm.phase[part], 1)[0]) * 60 / np.pi
        for part in parts
    )
    return first, last


def _drift_note(t_s: Floats, rhythm: Rhythm) -> tuple[QualityNote, ...]:
    rule = rules()["drift"]
    first, last = cadence_halves(t_s, rhythm)
    few = np.ptp(rhythm.phase) < 2 * np.pi * rule["least_strides"]
    if few or abs(last / first - 1) < rule["least"]:
        return ()
    much = abs(last / first - 1) >= rule["much"]
    return (note("cadence_drifts", "much" if much else None, first=first, last=last),)


def _made_up_note(body: Floats, view: View) -> tuple[QualityNote, ...]:
    if abs(made_up(body)) < rules()["made_up"]["parity"]:
        return ()
    return (note("pictures_made_up", None if view.kind == "side" else "rear"),)


def made_up(body: Floats) -> float:
    """Return how much more even frames turn aside than odd ones, as a logarithm.

    A picture made up from its neighbours shows the legs about halfway between them, while those of
    a runner go along curves.
    """
    legs = body[:, [index(name, side) for name in MOVING for side in SIDES]]
    aside = np.linalg.norm(legs[:-2] - 2 * legs[1:-1] + legs[2:], axis=2)
    if len(aside) < FEWEST_FRAMES or not np.isfinite(aside).any():
        return 0.0
    sizes = np.sqrt(np.nanmean(aside[np.isfinite(aside).any(axis=1)] ** 2, axis=1))
    even, odd = (max(float(np.median(sizes[first::2])), 1e-9) for first in (0, 1))
    return float(np.log(even / odd))


def _shape_note(body: Floats, view: View, unit: float) -> tuple[QualityNote, ...]:
    rule = rules()["shape"]
    if view.kind == "side" and view.near_side is not None:
        wide = pixel_width(body, view.near_side)
        # Pixels that are too wide make the picture look narrow.
        narrow, broad = wide**2 > rule["side_high"], wide**2 < rule["side_low"]
        by = wide if narrow or broad else 1.0
    else:
        left, right = (body[:, index("shoulder", side)] for side in SIDES)
        across = float(np.nanmedian(np.linalg.norm(left - right, axis=1))) / unit
        usual = (rule["rear_shoulders_low"] * rule["rear_shoulders_high"]) ** 0.5
        narrow = across < rule["rear_shoulders_low"]
        broad = across > rule["rear_shoulders_high"]
        by = usual / across
    if not (narrow or broad):
        return ()
    looks = "narrow" if narrow else "wide"
    return (note(SQUEEZED, off_pct=100 * abs(1 / by - 1), looks=looks),)


def pixel_width(body: Floats, near: Side) -> float:
    """Return how many times wider than high pixels must be for the near shank to keep its length.

    NaN where it hardly turns. From upright to flat in a stride the shank sees both directions.
    """
    shank = body[:, index("knee", near)] - body[:, index("ankle", near)]
    squares = shank[np.isfinite(shank).all(axis=1)] ** 2
    if len(squares) < FEWEST_FRAMES:
        return float("nan")
    squares = squares / squares.sum(axis=1).mean()
    design = np.column_stack([squares[:, 0], -np.ones(len(squares))])
    wide = float(least_squares(design, -squares[:, 1:])[0, 0])
    return float(np.sqrt(wide)) if wide > 0 else float("nan")


def _zoom_note(track: PoseTrack) -> tuple[QualityNote, ...]:
    grown = growth(track)
    if abs(grown) < rules()["zoom"]["least"]:
        return ()
    way = "larger" if grown > 0 else "smaller"
    return (note("size_changes", grown_pct=100 * abs(grown), way=way),)


def growth(track: PoseTrack) -> float:
    """Return by what share trunk and thighs grow from the clip's start to its end."""
    xy = track.xy_px
    thighs = [
        np.linalg.norm(xy[:, index("hip", side)] - xy[:, index("knee", side)], axis=1)
        for side in SIDES
    ]
    size = np.linalg.norm(mid_shoulder(xy) - mid_hip(xy), axis=1) + np.mean(thighs, axis=0)
    seen = np.isfinite(size)
    if seen.sum() < FEWEST_FRAMES:
        return 0.0
    slope = np.polyfit(track.t_s[seen], size[seen], 1)[0]
    return float(slope * np.ptp(track.t_s) / size[seen].mean())
