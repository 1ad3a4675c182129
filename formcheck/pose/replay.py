"""Stored tracks: written once, read back as if they had just been estimated."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np

from formcheck.errors import ModelError
from formcheck.pose.estimator import PoseEstimator, Progress
from formcheck.types import PoseTrack, QualityNote
from formcheck.video import ClipInfo

_ARRAYS: Final = ("t_s", "xy_px", "confidence", "width_px", "height_px")


class ReplayEstimator:
    """Returns a stored track whatever the clip; for tests, and for tracks from elsewhere.

    Parameters
    ----------
    path : Path
        A ``.npz`` as `save_track` writes it.
    """

    def __init__(self, path: Path) -> None:
        self._track, (self.name, self.sha256, self.provider) = _read(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def estimate(
        self, clip: Path | ClipInfo, *, from_s: float | None, to_s: float | None, progress: Progress
    ) -> PoseTrack:
        """Return the stored track, or a part of it; the clip is not read."""
        del clip
        t_s = self._track.t_s
        part = (t_s >= (from_s or 0.0)) & (t_s < (np.inf if to_s is None else to_s))
        progress(1.0)
        return replace(
            self._track,
            t_s=t_s[part],
            xy_px=self._track.xy_px[part],
            confidence=self._track.confidence[part],
        )


def save_track(track: PoseTrack, path: Path, made_by: PoseEstimator | None = None) -> None:
    """Write a track with its notes as a compressed ``.npz``, and which network made it."""
    maker = ("", "", "") if made_by is None else (made_by.name, made_by.sha256, made_by.provider)
    np.savez_compressed(
        path,
        t_s=track.t_s,
        xy_px=track.xy_px,
        confidence=track.confidence,
        width_px=track.width_px,
        height_px=track.height_px,
        convention=track.convention,
        network=track.network,
        notes=json.dumps([asdict(note) for note in track.notes]),
        maker=maker,
    )


def load_track(path: Path) -> PoseTrack:
    """Read a track that `save_track` wrote.

    Raises
    ------
    ModelError
        Code ``bad_track``: the file is missing or is no stored track.
    """
    return _read(path)[0]


def _read(path: Path) -> tuple[PoseTrack, tuple[str, str, str]]:
    """Return a stored track, and name, hash and provider of the network that made it."""
    try:
        with np.load(path) as data:
            t_s, xy_px, confidence, width_px, height_px = (data[name] for name in _ARRAYS)
            track = PoseTrack(t_s, xy_px, confidence, int(width_px), int(height_px))
            # Tracks from elsewhere need not say them.
            track = replace(
                track,
                convention=str(data.get("convention", track.convention)),
                network=str(data.get("network", track.network)),
                notes=tuple(QualityNote(**one) for one in json.loads(str(data.get("notes", "[]")))),
            )
            name, sha256, provider = (str(one) for one in data.get("maker", ("", "", "")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path} is not a stored pose track: {error}.", "bad_track") from error
    # Of a track from elsewhere no network is known: two such tracks do not differ by it.
    return track, (name, sha256, provider) if name else ("replay", "", "none")
