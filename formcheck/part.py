"""The part of a clip that is measured, and what a report says of the clip."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from typing import Final

import numpy as np

from formcheck.gait.repeats import REPEATED
from formcheck.notes import refusal, usage
from formcheck.types import Clip, Gait
from formcheck.video import ClipInfo

TOO_SHORT: Final = "too_short"
SHORTEST_S: Final = 1.5
# As played: ten seconds are enough; these are ten minutes at 60 frames a second, or half an hour of
# what plays slowly. Time and memory grow with both.
LONGEST_S: Final = 1800.0
MOST_FRAMES: Final = 36_000


def played_part(
    from_s: float | None, to_s: float | None, factor: float
) -> tuple[float | None, float | None]:
    """Turn the true times of a part into those on the clip's own clock."""
    return (
        None if from_s is None else from_s * factor,
        None if to_s is None else to_s * factor,
    )


def check_part(info: ClipInfo, from_s: float | None, to_s: float | None) -> None:
    """Check that a part of a clip, on its own clock, is there and neither too long nor too short.

    Raises
    ------
    UsageError
        Nothing is left, or more than can be measured.
    NoRunnerError
        Code ``too_short``: it cannot hold strides.
    """
    start, stop = from_s or 0.0, info.duration_s if to_s is None else to_s
    if start >= info.duration_s or stop <= start:
        raise usage("part_empty", clip_s=info.duration_s)
    frames = np.count_nonzero((info.frame_times_s >= start) & (info.frame_times_s < stop))
    if frames > MOST_FRAMES or min(stop, info.duration_s) - start > LONGEST_S:
        raise usage("part_too_long", minutes=LONGEST_S / 60, frames=MOST_FRAMES)
    if min(stop, info.duration_s) - start < SHORTEST_S:
        raise refusal(TOO_SHORT)


def clip_record(
    info: ClipInfo, factor: float, from_s: float, to_s: float, name: str | None = None
) -> Clip:
    """Return the record of a clip that plays `factor` times slower than life; true times."""
    return Clip(
        name=name or info.name,
        sha256=info.sha256,
        width_px=info.width_px,
        height_px=info.height_px,
        rotation_deg=info.rotation_deg,
        duration_s=info.duration_s / factor,
        frames=info.frames,
        frame_rate_hz=_rate_hz(info) * factor,
        variable_frame_rate=info.variable_frame_rate,
        slow_motion_factor=factor,
        from_s=from_s,
        to_s=to_s,
    )


def _rate_hz(info: ClipInfo) -> float:
    """Return the frame rate as played; of a single frame, which has none, one over its time."""
    return info.frame_rate_hz if isfinite(info.frame_rate_hz) else info.frames / info.duration_s


def at_true_rate(clip: Clip, gait: Gait) -> Clip:
    """Return the clip at the rate of its different pictures where some were repeated."""
    if not any(note.code == REPEATED for note in gait.notes):
        return clip
    return replace(clip, frame_rate_hz=1 / float(np.median(np.diff(gait.track.t_s))))
