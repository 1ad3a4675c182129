"""What a clip's pixels say, kept on disk so that measuring again takes seconds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from formcheck.gait.model import Follow
from formcheck.pipeline import runner_column
from formcheck.pose import PoseEstimator, load_track, open_estimator, save_track
from formcheck.shoe import follow_shoes
from formcheck.types import Contact, PoseTrack, Scene, ShoePath
from formcheck.video import probe
from formcheck.video.level import clip_level


class TrackStore:
    """Pose tracks (`NAME.npz`) of clips, and how the room shows the camera (`NAME.room.json`).

    What is missing is made from the clip and kept; delete the files to have it made again. The
    network is loaded when it is first needed.
    """

    def __init__(self, folder: Path, pose: str) -> None:
        self._folder = folder / pose
        self._pose = pose
        self._estimator: PoseEstimator | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._estimator is not None:
            self._estimator.__exit__(kind, error, trace)

    def track(self, clip: Path) -> PoseTrack:
        """Return the pose track of a clip."""
        stored = self._folder / f"{clip.stem}.npz"
        if not stored.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            track = self._network().estimate(clip, from_s=None, to_s=None, progress=_silent)
            save_track(track, stored)
        return load_track(stored)

    def scene(self, clip: Path) -> Scene | None:
        """Return what the room says of the camera at the runner's column."""
        stored = self._folder / f"{clip.stem}.room.json"
        if not stored.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            seen = clip_level(clip)
            column = 0.5 if seen is None else runner_column(self.track(clip))
            found = None if seen is None else seen.told_at(column)
            stored.write_text(json.dumps(found), encoding="utf-8")
        scene = json.loads(stored.read_text(encoding="utf-8"))
        return None if scene is None else Scene(*scene)

    def follow(self, clip: Path, part: str = "") -> Follow:
        """Return what follows the shoes of a clip, or tells where they were by an earlier look.

        The looks hang on the rough contacts: a part of a clip has its own, under its name, and the
        files are to be deleted when the rules of contacts change.
        """
        name = f"{clip.stem}{part}"

        def followed(track: PoseTrack, contacts: Sequence[Contact]) -> Sequence[ShoePath]:
            done = self._folder / f"{name}.shoes.json"
            if not done.exists():
                paths = follow_shoes(probe(clip), track, contacts)
                for path in paths:
                    arrays = {part.name: getattr(path, part.name) for part in fields(path)}
                    np.savez(self._folder / f"{name}.{path.side}.npz", **arrays)
                done.write_text(json.dumps([path.side for path in paths]), encoding="utf-8")
            sides = json.loads(done.read_text(encoding="utf-8"))
            return [_shoe_path(self._folder / f"{name}.{side}.npz") for side in sides]

        return followed

    def _network(self) -> PoseEstimator:
        if self._estimator is None:
            self._estimator = open_estimator(self._pose).__enter__()
        return self._estimator


def _shoe_path(stored: Path) -> ShoePath:
    arrays = dict(np.load(stored))
    return ShoePath(**arrays | {"side": str(arrays["side"])})


def _silent(share: float) -> None:
    """Report no progress."""
