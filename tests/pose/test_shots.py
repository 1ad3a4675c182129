"""Cuts between shots, and what is no cut."""

from __future__ import annotations

import numpy as np
import pytest

from formcheck.pose.shots import Shots, cuts
from tests.pose.pictures import frame_of

RATE_HZ = 30.0


def scene(seed: int) -> np.ndarray:
    """Return a scene of soft shapes, three pictures wide."""
    rng = np.random.default_rng(seed)
    return np.kron(rng.uniform(20, 230, (6, 30)), np.ones((20, 20)))


def filmed(seed: int, count: int, speed_px: float = 0.0, flicker: float = 0.0) -> list[np.ndarray]:
    """Return pictures of a scene: a camera that pans, light that flickers, noise."""
    rng = np.random.default_rng(seed + 100)
    wide = scene(seed)
    pictures = []
    for i in range(count):
        left = int(i * speed_px)
        light = 1 + flicker * (-1) ** i
        pictures.append(light * wide[:, left : left + 200] + rng.normal(0, 3, (120, 200)))
    return pictures


def watched(pictures: list[np.ndarray]) -> Shots:
    shots = Shots()
    frames = (
        frame_of(np.repeat(np.clip(p, 0, 255).astype(np.uint8)[..., None], 3, 2), i, i / RATE_HZ)
        for i, p in enumerate(pictures)
    )
    assert sum(1 for _ in shots.watch(frames)) == len(pictures)
    return shots


def test_the_longest_of_three_shots():
    shots = watched(filmed(1, 20) + filmed(2, 45) + filmed(3, 30))
    assert cuts(np.array(shots.thumbnails)) == [20, 65]
    assert shots.longest() == pytest.approx((20 / RATE_HZ, 64 / RATE_HZ, 3))


@pytest.mark.parametrize("how", [{}, {"speed_px": 4}, {"speed_px": 9}, {"flicker": 0.3}], ids=str)
def test_pans_and_flicker_are_no_cuts(how):
    shots = watched(filmed(4, 40, **how))
    assert shots.longest() == pytest.approx((0.0, 39 / RATE_HZ, 1))


@pytest.mark.parametrize("times", [2, 3])
def test_pictures_that_repeat(times):
    pan, still, other = (
        [picture for picture in pictures for _ in range(times)]
        for pictures in (filmed(4, 20, speed_px=9), filmed(5, 20), filmed(6, 20))
    )
    assert watched(pan).longest()[2] == 1
    assert cuts(np.array(watched(still + other).thumbnails)) == [len(still)]


@pytest.mark.parametrize("between", [1, 2])
def test_black_pictures_between_two_shots(between):
    black = [np.zeros((120, 200))] * between
    found = cuts(np.array(watched(filmed(5, 20) + black + filmed(6, 20)).thumbnails))
    assert found == [20, 20 + between]


def test_a_stray_picture_is_no_shot():
    shots = watched(filmed(5, 40) + filmed(6, 1))
    assert shots.longest() == pytest.approx((0.0, 40 / RATE_HZ, 1))


def test_one_picture():
    assert watched(filmed(7, 1)).longest() == (0.0, 0.0, 1)
