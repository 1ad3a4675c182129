"""Is a runner framed well? By points that are known, and by the networks on a sample clip."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from formcheck.landmarks import Landmark
from formcheck.pose.framing import FEET, Framer, Framing, Picture, framing_of

SAMPLES = Path(__file__).resolve().parents[2] / "sample_videos"
WIDTH, HEIGHT = 400, 600


def body(*, turn: float = 0.0, shift: float = 0.0, tall: float = 400.0) -> np.ndarray:
    """Return an upright body in the middle; hips and shoulders lie `turn` trunks apart."""
    levels = {
        "NOSE": 0.0, "EAR": 0.0, "SHOULDER": 0.18, "ELBOW": 0.35, "WRIST": 0.5, "HIP": 0.5,
        "KNEE": 0.75, "ANKLE": 0.95, "HEEL": 1.0, "TOE": 1.0,
    }  # fmt: skip
    trunk = 0.32 * tall
    xy = np.empty((len(Landmark), 2))
    for point in Landmark:
        side, _, name = point.name.rpartition("_")
        aside = {"LEFT": -0.5, "RIGHT": 0.5, "": 0.0}[side] * turn * trunk
        xy[point] = WIDTH / 2 + aside, 60.0 + shift + levels[name] * tall
    return xy


def framing(xy: np.ndarray | None, shade: int = 120, place: str = "side", **sure: float) -> Framing:
    picture = Picture(np.full((HEIGHT, WIDTH, 3), shade, np.uint8))
    confidence = None if xy is None else np.full(len(xy), sure.get("confidence", 0.9))
    return framing_of(xy, confidence, picture, "rear" if place == "rear" else "side")


@pytest.mark.parametrize(
    ("told", "hint"),
    [
        (framing(body()), None),
        (framing(body(turn=0.5), place="rear"), None),
        (framing(None), "person"),
        (framing(body(shift=150.0)), "feet"),
        (framing(body(shift=-70.0)), "whole_body"),
        (framing(body(tall=150.0)), "near_enough"),
        (framing(body(turn=0.5)), "square"),
        (framing(body(), place="rear"), "square"),
        (framing(body(), shade=20), "light_enough"),
        (framing(body(), shade=250), "light_enough"),
    ],
)
def test_names_the_first_thing_to_change(told, hint):
    assert told.hint == hint


def test_hidden_feet_are_not_in():
    xy = body()
    confidence = np.full(len(xy), 0.9)
    confidence[list(FEET)] = 0.1
    picture = Picture(np.full((HEIGHT, WIDTH, 3), 120, np.uint8))
    assert framing_of(xy, confidence, picture, "side").feet is False


def test_crops_lie_where_the_map_says():
    ramp = np.repeat(np.arange(WIDTH, dtype=np.uint8)[None, :, None], 50, axis=0)
    picture = Picture(np.repeat(ramp, 3, axis=2))
    crop = picture.warp(np.array([[1.0, 0.0, 30.0], [0.0, 1.0, 5.0]]), 20)
    np.testing.assert_array_equal(crop[0, :, 0], np.arange(30, 50))


def test_junk_is_no_picture():
    assert Picture.decoded(b"\xff\xd8 no picture") is None
    assert Picture.decoded(b"") is None


@pytest.mark.model
@pytest.mark.parametrize(("name", "other"), [("side", "rear"), ("rear", "side")])
def test_sample_clip_is_framed_well_from_its_own_place_only(name, other):
    framer = Framer()
    with av.open(str(SAMPLES / f"{name}_easy_60fps.mp4")) as clip:
        decoded = [f.to_ndarray(format="rgb24") for f in clip.decode(video=0)][60:300:60]
    frames = [np.asarray(frame, np.uint8) for frame in decoded]
    looks = [framer.look(Picture(frame), name) for frame in frames]
    assert sum(look.hint is None for look in looks) >= len(frames) - 1
    assert {framer.look(Picture(frame), other).hint for frame in frames[1:]} == {"square"}
    cut = [Picture(np.ascontiguousarray(f[: int(0.7 * len(f))])) for f in frames[1:]]
    assert all(framer.look(one, name).hint in ("feet", "person") for one in cut)
