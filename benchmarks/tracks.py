"""What a clip's pixels say, kept on disk so that measuring again takes seconds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from formcheck.closeup import ClipCloseups
from formcheck.gait.model import Closeups
from formcheck.gait.room import scene_of
from formcheck.landmarks import Side
from formcheck.pose import PoseEstimator, load_track, open_estimator, save_track
from formcheck.types import Contact, PoseTrack, Scene, ShoePath, ToePath, WaistPath
from formcheck.video import probe


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
        stored = self.stored(clip)
        if not stored.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            track = self._network().estimate(clip, from_s=None, to_s=None, progress=_silent)
            save_track(track, stored)
        return load_track(stored)

    def stored(self, clip: Path) -> Path:
        """Return where the pose track of a clip is kept."""
        return self._folder / f"{clip.stem}.npz"

    def scene(self, clip: Path) -> Scene | None:
        """Return what the room says of the camera at the runner's column."""
        stored = self._folder / f"{clip.stem}.room.json"
        if not stored.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            found = scene_of(clip, self.track(clip))
            stored.write_text(json.dumps(found), encoding="utf-8")
        scene = json.loads(stored.read_text(encoding="utf-8"))
        return None if scene is None else Scene(*scene)

    def closeups(self, clip: Path, part: str = "") -> Closeups:
        """Return close looks at a clip, taken when they are first asked for and kept.

        They hang on the contacts: a part of a clip has its own, under its name, and the files are
        to be deleted when the rules of contacts change.
        """
        return _StoredCloseups(clip, self._folder, f"{clip.stem}{part}")

    def _network(self) -> PoseEstimator:
        if self._estimator is None:
            self._estimator = open_estimator(self._pose).__enter__()
        return self._estimator


@dataclass(frozen=True, slots=True)
class _StoredCloseups:
    """Close looks at a clip, each kept as a list of its paths' names and one file a path."""

    clip: Path
    folder: Path
    name: str

    def shoes(self, track: PoseTrack, contacts: Sequence[Contact]) -> Sequence[ShoePath]:
        """Follow the shoes, or tell where they were by an earlier look."""
        listed = self.folder / f"{self.name}.shoes.json"
        if not listed.exists():
            paths = ClipCloseups(probe(self.clip)).shoes(track, contacts)
            for path in paths:
                _keep(path, self.folder / f"{self.name}.{path.side}.npz")
            listed.write_text(json.dumps([path.side for path in paths]), encoding="utf-8")
        found = []
        for side in json.loads(listed.read_text(encoding="utf-8")):
            arrays = dict(np.load(self.folder / f"{self.name}.{side}.npz"))
            found.append(ShoePath(**arrays | {"side": side}))
        return found

    def toes(self, track: PoseTrack, contacts: Sequence[Contact], side: Side) -> ToePath | None:
        """Follow the toes, or tell where they were by an earlier look."""
        listed = self.folder / f"{self.name}.toes.json"
        stored = self.folder / f"{self.name}.toes.npz"
        if not listed.exists():
            path = ClipCloseups(probe(self.clip)).toes(track, contacts, side)
            if path is not None:
                _keep(path, stored)
            listed.write_text(json.dumps(path and path.side), encoding="utf-8")
        followed = json.loads(listed.read_text(encoding="utf-8"))
        return ToePath(**dict(np.load(stored)) | {"side": side}) if followed == side else None

    def waist(self, track: PoseTrack, contacts: Sequence[Contact]) -> WaistPath | None:
        """Follow the waist, or tell how it turned by an earlier look."""
        listed = self.folder / f"{self.name}.waist.json"
        stored = self.folder / f"{self.name}.waist.npz"
        if not listed.exists():
            path = ClipCloseups(probe(self.clip)).waist(track, contacts)
            if path is not None:
                _keep(path, stored)
            listed.write_text(json.dumps(path is not None), encoding="utf-8")
        there = json.loads(listed.read_text(encoding="utf-8"))
        return WaistPath(**dict(np.load(stored))) if there else None


def _keep(path: ShoePath | WaistPath, stored: Path) -> None:
    np.savez(stored, **{part.name: getattr(path, part.name) for part in fields(path)})


def _silent(share: float) -> None:
    """Report no progress."""
