"""Slow motion: what the container tells, and what a step rate no runner has suggests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Written by Android cameras since 7.0 (`android.media.MediaRecorder.setCaptureRate`).
_CAPTURE_KEYS: Final = ("com.android.capture.fps", "com.apple.quicktime.capture.fps")
_SLOWEST_FACTOR: Final = 1.2


def capture_factor(metadata: Mapping[str, str], frame_rate_hz: float) -> float:
    """Return capture rate over play rate from a container's metadata, 1.0 where it tells nothing.

    A clip that was filmed at 240 Hz and stored at 240 Hz is no slow motion, whatever the player
    does with it; one filmed at 240 Hz and stored at 30 Hz is slowed 8 times.
    """
    for key in _CAPTURE_KEYS:
        try:
            factor = float(metadata[key]) / frame_rate_hz
        except (KeyError, ValueError):
            continue
        if _SLOWEST_FACTOR <= factor <= 64:
            return factor
    return 1.0
