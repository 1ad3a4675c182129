"""Pictures of a camera that is about to film: looked at in a process of its own, and forgotten."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from tests.api.problems import problem
from tests.api.processes import children

SAMPLE = Path(__file__).resolve().parents[2] / "sample_videos" / "side_easy_60fps.mp4"


@pytest.fixture(scope="module")
def jpeg() -> Callable[[float], bytes]:
    """Return a function that gives a frame of the sample clip, the upper part of it, as a JPEG."""
    with av.open(str(SAMPLE)) as clip:
        clip.seek(2_000_000)
        frame = next(clip.decode(video=0)).to_ndarray(format="bgr24")

    def encoded(share: float = 1.0) -> bytes:
        part = cv2.resize(frame[: int(share * len(frame))], None, fx=0.5, fy=0.5)
        return bytes(cv2.imencode(".jpg", part)[1].tobytes())

    return encoded


def look(client, content, place="side"):
    return client.post(
        f"/v1/look?place={place}", content=content, headers={"Content-Type": "image/jpeg"}
    )


@pytest.mark.model
def test_says_what_to_change(client, jpeg):
    good = look(client, jpeg()).json()
    assert (good["person"], good["feet"], good["square"], good["hint"]) == (True, True, True, None)
    assert look(client, jpeg(), "rear").json()["hint"] == "square"
    cut = look(client, jpeg(0.75)).json()
    assert cut["hint"] in ("feet", "person")
    wall = cv2.imencode(".jpg", np.full((200, 200, 3), 128, np.uint8))[1].tobytes()
    assert look(client, wall).json()["hint"] == "person"


def test_what_is_no_picture_is_refused(client, jpeg):
    for junk in (b"", b"no picture", b"\xff\xd8\xff" + bytes(100)):
        problem(look(client, junk), 400, "bad_request")
    problem(look(client, bytes(70_000)), 413, "too_large")
    problem(look(client, jpeg(), "above"), 422, "invalid")


@pytest.mark.model
def test_a_looker_that_dies_is_started_again(client, service, jpeg):
    def lookers() -> list[int]:
        return [
            child
            for child in children(service.pid)
            if b"looker" in Path(f"/proc/{child}/cmdline").read_bytes()
        ]

    assert look(client, jpeg()).status_code == 200
    (first,) = lookers()
    environment = Path(f"/proc/{first}/environ").read_bytes()
    assert b"FORMCHECK_DATA_FOLDER" not in environment
    os.kill(first, signal.SIGKILL)
    answers = [look(client, jpeg()).status_code for _ in range(2)]
    assert answers[-1] == 200
    assert lookers() != [first]
