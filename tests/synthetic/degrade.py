"""What a pose network and a phone do to an exact track, one function a defect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from formcheck.landmarks import LEG, N_LANDMARKS, SIDES, Side, index, other
from formcheck.types import PoseTrack

LOW_CONFIDENCE = 0.1


def with_noise(
    track: PoseTrack,
    white_px: float = 0.0,
    slow_px: float = 0.0,
    slow_s: float = 0.1,
    seed: int = 0,
) -> PoseTrack:
    """Add independent noise, and noise that keeps its value for about `slow_s` (first order)."""
    rng = np.random.default_rng(seed)
    slow = rng.normal(size=track.xy_px.shape)
    kept = np.exp(-np.diff(track.t_s) / slow_s)
    for i, share in enumerate(kept, start=1):
        slow[i] = share * slow[i - 1] + np.sqrt(1.0 - share**2) * slow[i]
    white = rng.normal(size=track.xy_px.shape)
    return replace(track, xy_px=track.xy_px + white_px * white + slow_px * slow)


def with_dropout(track: PoseTrack, share: float, seed: int = 0) -> PoseTrack:
    """Lose single points: not known, no confidence."""
    lost = np.random.default_rng(seed).random((track.t_s.size, N_LANDMARKS)) < share
    return _lost(track, lost)


def with_gap(track: PoseTrack, from_s: float, to_s: float) -> PoseTrack:
    """Lose every point for a while."""
    during = (track.t_s >= from_s) & (track.t_s < to_s)
    return _lost(track, np.repeat(during[:, None], N_LANDMARKS, axis=1))


def _lost(track: PoseTrack, lost: np.ndarray) -> PoseTrack:
    return replace(
        track,
        xy_px=np.where(lost[..., None], np.nan, track.xy_px),
        confidence=np.where(lost, 0.0, track.confidence),
    )


def with_outliers(track: PoseTrack, share: float, size_px: float, seed: int = 0) -> PoseTrack:
    """Throw single points off by about `size_px` in a random direction."""
    rng = np.random.default_rng(seed)
    hit = rng.random((track.t_s.size, N_LANDMARKS)) < share
    jump = size_px * rng.normal(size=track.xy_px.shape)
    return replace(track, xy_px=track.xy_px + jump * hit[..., None])


def with_leg_swaps(
    track: PoseTrack, frames: Sequence[int], names: Sequence[str] = LEG
) -> PoseTrack:
    """Exchange the named points of the left and the right leg in some frames."""
    xy, confidence = track.xy_px.copy(), track.confidence.copy()
    rows = np.asarray(frames, dtype=int)[:, None]
    there = [index(name, side) for name in names for side in SIDES]
    back = [index(name, other(side)) for name in names for side in SIDES]
    xy[rows, there] = track.xy_px[rows, back]
    confidence[rows, there] = track.confidence[rows, back]
    return replace(track, xy_px=xy, confidence=confidence)


def with_hidden_leg(
    track: PoseTrack,
    far: Side,
    frames: Sequence[int] | slice = slice(None),
    names: Sequence[str] = LEG,
    scatter_px: float = 2.0,
    seed: int = 0,
) -> PoseTrack:
    """Let the far leg's points lie on the near leg, with low confidence, as networks guess."""
    rng = np.random.default_rng(seed)
    xy, confidence = track.xy_px.copy(), track.confidence.copy()
    for name in names:
        guess = xy[frames, index(name, other(far))]
        xy[frames, index(name, far)] = guess + scatter_px * rng.normal(size=guess.shape)
        confidence[frames, index(name, far)] = LOW_CONFIDENCE
    return replace(track, xy_px=xy, confidence=confidence)
