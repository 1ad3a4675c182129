"""Close looks at parts of frames that were put by: the same pictures, without decoding."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from formcheck.closeup import pictures as pictures_module
from formcheck.closeup.pictures import cut_pictures
from formcheck.types import Floats
from formcheck.video import ClipReader, KeptFrames, probe
from tests.video.clips import record, steady

FRAMES, RATE_HZ = 12, 30.0


@dataclass
class Spots:
    """A thing that goes from left to right."""

    t_s: Floats
    place_px: Floats
    length_px: float = 12.0


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A clip of which a box of every frame was put by."""
    info = probe(record(tmp_path_factory.mktemp("parts") / "clip.mp4", steady(FRAMES, RATE_HZ)))
    low, high = np.array((0.0, 0.0)), np.array((info.width_px / 1.5, info.height_px))
    kept = KeptFrames(0)
    with ClipReader(info) as frames:
        found = [frame.part(low, high) for frame in frames]
    kept.parts = {part.index: part for part in found if part is not None}
    assert len(kept.parts) == FRAMES
    return replace(info, kept=kept)


def spots(clip, samples, until):
    t_s = clip.frame_times_s[samples]
    x = np.linspace(10, until * clip.width_px, t_s.size)
    return Spots(t_s, np.column_stack([x, np.full(t_s.size, clip.height_px / 2)]))


def decoded(clip, monkeypatch):
    """Return how often clips are opened from now on."""
    opened = []

    def reader(*given):
        opened.append(given)
        return ClipReader(*given)

    monkeypatch.setattr(pictures_module, "ClipReader", reader)
    return opened


def alike(found, expected):
    for some, others in zip(found, expected, strict=True):
        assert some.keys() == others.keys()
        for n, picture in some.items():
            np.testing.assert_array_equal(picture.rgb, others[n].rgb)
            np.testing.assert_array_equal(picture.corner_px, others[n].corner_px)


def test_pictures_from_parts_are_those_from_the_clip(clip, monkeypatch):
    looks = [spots(clip, np.arange(2, 9), 0.3), spots(clip, np.array((3, 5)), 0.2)]
    expected = cut_pictures(replace(clip, kept=None), looks, 1 / RATE_HZ)
    opened = decoded(clip, monkeypatch)
    found = cut_pictures(clip, looks, 1 / RATE_HZ)
    assert [len(one) for one in found] == [7, 2]
    assert opened == []
    alike(found, expected)


@pytest.mark.parametrize("lacking", [5, None])
def test_one_look_beyond_what_was_put_by_decodes_the_clip(clip, lacking, monkeypatch):
    looks = [spots(clip, np.arange(2, 9), 0.3 if lacking else 0.9)]
    kept = KeptFrames(0)
    kept.parts = {n: part for n, part in clip.kept.parts.items() if n != lacking}
    opened = decoded(clip, monkeypatch)
    found = cut_pictures(replace(clip, kept=kept), looks, 1 / RATE_HZ)
    assert len(opened) == 1
    alike(found, cut_pictures(replace(clip, kept=None), looks, 1 / RATE_HZ))
