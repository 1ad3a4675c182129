"""Hostile clips: small files that hold or announce enormous pictures, whole or half way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.api.problems import problem
from tests.api.processes import files_in, peak_memory_mb
from tests.api.service import Service, ended, running, send
from tests.e2e.clips import write

START_OF_FRAME = b"\xff\xc0\x00\x11\x08"
FRAMES, SIDE_PX, HUGE_PX = 90, 64, 65_000
PEAK_MB = 500


@pytest.fixture(scope="module")
def service(tmp_path_factory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("hostile") / "data", job_memory_mb=1500) as started:
        yield started


@pytest.fixture(scope="module")
def honest(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("honest") / "clip.avi"
    pictures = (np.full((SIDE_PX, SIDE_PX, 3), n, np.uint8) for n in range(FRAMES))
    return write(path, pictures, codec="mjpeg").read_bytes()


def huge_pictures(clip: bytes) -> bytes:
    """Let every picture say that it is enormous."""
    size = START_OF_FRAME + HUGE_PX.to_bytes(2, "big") * 2
    return re.sub(re.escape(START_OF_FRAME) + b".{4}", lambda _: size, clip, flags=re.DOTALL)


def huge_header(clip: bytes) -> bytes:
    """Let the file's header say that its pictures are enormous."""
    at = clip.index(b"strf") + 12
    return clip[:at] + HUGE_PX.to_bytes(4, "little") * 2 + clip[at + 8 :]


def both(clip: bytes) -> bytes:
    """Let header and pictures agree on it."""
    return huge_header(huge_pictures(clip))


def huge_later(clip: bytes) -> bytes:
    """Let the pictures become enormous half way."""
    middle = len(clip) // 2
    return clip[:middle] + huge_pictures(clip[middle:])


def sent(service: Service, clip: Path) -> tuple[str, str]:
    """Send a clip; return code and text of how it failed, at once or at work."""
    with service.client() as client:
        answer = send(client, clip, pose="lite")
        if answer.status_code != 202:
            found = problem(answer, 422, answer.json()["code"])
            return found["code"], found["detail"]
        state = ended(client, f"/v1/analyses/{answer.json()['id']}")
    assert state["status"] == "failed"
    return state["error"]["code"], state["error"]["text"]


@pytest.mark.parametrize("hostile", [huge_pictures, huge_header, both, huge_later])
def test_pictures_that_are_not_what_they_say(
    service, honest, tmp_path, hostile: Callable[[bytes], bytes]
):
    clip = tmp_path / "clip.avi"
    clip.write_bytes(hostile(honest))
    code, text = sent(service, clip)
    assert code not in ("internal", "worker_lost")
    assert text
    assert peak_memory_mb(service.pid) < PEAK_MB
    assert files_in(service.folder / "uploads") == []
    with service.client() as client:
        assert client.get("/readyz").status_code == 200


def test_large_pictures_in_a_small_file(service, tmp_path):
    wall = np.zeros((3000, 5000, 3), np.uint8)
    clip = write(tmp_path / "clip.mp4", (wall for _ in range(2)))
    assert clip.stat().st_size < 100_000
    code, text = sent(service, clip)
    assert code == "too_many_pixels"
    assert "15.0 megapixels" in text
