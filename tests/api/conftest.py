"""A service that replays stored tracks, shared by the tests that only ask it things."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.clips import runner_clip
from tests.api.service import Service, analysed, running


@dataclass(frozen=True)
class Clips:
    """Clips of synthetic runners, and the folder of their tracks."""

    tracks: Path
    side: Path
    tempo: Path
    rear: Path
    other: Path


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    folder = tmp_path_factory.mktemp("clips")
    tracks = tmp_path_factory.mktemp("tracks")

    def clip(name: str, **spec: Any) -> Path:
        return runner_clip(folder / f"{name}.mp4", tracks, **spec)

    return Clips(
        tracks,
        side=clip("side"),
        tempo=clip("tempo", speed_mps=3.8, cadence_spm=182.0, contact_s=0.21, seed=1),
        rear=clip("rear", stand="rear"),
        other=clip("other", seed=2),
    )


@pytest.fixture(scope="session")
def service(clips: Clips, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service") / "data"
    with running(folder, replay_folder=clips.tracks) as started:
        yield started


@pytest.fixture(scope="session")
def client(service: Service) -> Iterator[httpx.Client]:
    with service.client() as made:
        yield made


@pytest.fixture(scope="session")
def done(client: httpx.Client, clips: Clips) -> str:
    """Return the id of a finished analysis that no test deletes."""
    return analysed(client, clips.side, height=1.75, speed="2.9m/s", pace="easy", runner="anna")
