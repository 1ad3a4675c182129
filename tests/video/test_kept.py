"""Frames that are decoded once: who gets them, when they are decoded anew, what they may take."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from formcheck.machine import memory_bytes
from formcheck.video import ClipInfo, ClipReader, Frame, KeptFrames, probe
from formcheck.video.kept import spare_bytes
from formcheck.video.level import clip_level
from tests.video.clips import Recipe, number_of, packet_bytes, record, steady

FRAMES, RATE_HZ = 60, 30.0
SIDE = Path(__file__).parents[2] / "sample_videos" / "side_easy_60fps.mp4"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    recipe = Recipe(options=(("g", "20"), ("bf", "2")))
    return record(tmp_path_factory.mktemp("kept") / "clip.mp4", steady(FRAMES, RATE_HZ), recipe)


def with_room(path: Path, most_bytes: int = 1 << 30) -> ClipInfo:
    return replace(probe(path), kept=KeptFrames(most_bytes))


def read(
    info: ClipInfo, from_s: float | None = None, to_s: float | None = None, *, keep: bool = True
) -> list[Frame]:
    with ClipReader(info, from_s, to_s, keep=keep) as clip:
        return list(clip)


def same(first: list[Frame], second: list[Frame]) -> bool:
    """Return whether these are the very same decoded frames."""
    return [id(frame) for frame in first] == [id(frame) for frame in second]


def test_the_second_reader_gets_what_the_first_decoded(path):
    info = with_room(path)
    first = read(info)
    assert same(first, read(info))
    assert [number_of(frame.rgb()) for frame in first] == list(range(FRAMES))
    for kept, fresh in zip(first, read(probe(path)), strict=True):
        assert (kept.index, kept.t_s) == (fresh.index, fresh.t_s)
        np.testing.assert_array_equal(kept.rgb(), fresh.rgb())


def test_a_part_of_what_is_kept(path):
    info = with_room(path)
    whole = read(info)
    part = read(info, 0.5, 0.9)
    assert [frame.t_s for frame in part] == [frame.t_s for frame in read(probe(path), 0.5, 0.9)]
    assert same(part, [frame for frame in whole if 0.5 <= frame.t_s < 0.9])
    assert same(read(info), whole)  # the part did not take the place of the whole
    assert read(info, 0.501, 0.502) == []


def test_more_than_what_is_kept_is_decoded_anew(path):
    info = with_room(path)
    part = read(info, 0.5, 0.9)
    whole = read(info)
    assert [frame.index for frame in whole] == list(range(FRAMES))
    assert not same(part, [frame for frame in whole if 0.5 <= frame.t_s < 0.9])
    assert same(read(info), whole)


def test_nothing_is_kept_without_room(path):
    need = probe(path).picture_bytes * FRAMES
    exact, tight = with_room(path, need), with_room(path, need - 1)
    assert same(read(exact), read(exact))
    assert not same(read(tight), read(tight))
    half = read(tight, 0.0, 1.0)  # a part has room
    assert same(half, read(tight, 0.0, 1.0))


def test_only_who_is_asked_to_keeps_frames(path):
    info = with_room(path)
    assert not same(read(info, keep=False), read(info, keep=False))
    whole = read(info)
    assert same(read(info, 0.5, 0.9, keep=False), [f for f in whole if 0.5 <= f.t_s < 0.9])


def test_what_was_not_read_to_its_end_is_not_kept(path):
    frames, part = read(probe(path)), range(FRAMES)
    kept = KeptFrames(1 << 30)
    some = kept.collect(iter(frames), part)
    assert next(some) is frames[0]
    some.close()
    assert kept.find(part) is None
    assert list(kept.collect(iter(frames), part)) == frames
    assert kept.find(part) == frames


def test_frames_larger_than_the_first_are_not_kept_beyond_the_room(path):
    frames, part = read(probe(path)), range(FRAMES)
    kept = KeptFrames(frames[0].picture_bytes * (FRAMES - 1))
    assert list(kept.collect(iter(frames), part)) == frames
    assert kept.find(part) is None


def test_damage_is_told_to_every_reader(tmp_path):
    path = record(tmp_path / "hit.mp4", steady(90), Recipe(options=(("g", "10"), ("bf", "0"))))
    data = bytearray(path.read_bytes())
    for start, end in packet_bytes(path)[30:33]:
        data[start:end] = bytes(end - start)
    path.write_bytes(data)
    info = with_room(path)
    notes = []
    for _ in range(2):
        with ClipReader(info, keep=True) as clip:
            assert len(list(clip)) < 90
            notes.append(clip.notes)
    assert "damaged_frames" in [note.code for note in notes[0]]
    assert notes[0] == notes[1]


def test_the_scene_is_the_same_from_kept_frames():
    info = with_room(SIDE)
    decoded = clip_level(info)
    read(info)
    assert decoded is not None
    assert clip_level(info) == decoded


def test_room_follows_memory_and_cores(monkeypatch):
    monkeypatch.setenv("FORMCHECK_THREADS", "1")
    one = spare_bytes()
    assert 0 < one <= min(1 << 30, memory_bytes() // 4 // (os.cpu_count() or 1) + 1)
    monkeypatch.delenv("FORMCHECK_THREADS")
    assert one <= spare_bytes() <= 1 << 30
    assert spare_bytes(1000) == 250
