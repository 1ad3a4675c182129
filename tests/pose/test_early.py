"""Crops that are cut during the first pass serve the second, and only where they are the same."""

from dataclasses import replace

import numpy as np
import pytest
from av.video.frame import VideoFrame

from formcheck.landmarks import N_LANDMARKS, SIDES, index
from formcheck.pose import early as early_module
from formcheck.pose import open_estimator
from formcheck.pose.early import EarlyCrops
from formcheck.pose.path import smooth_path
from formcheck.pose.people import Person
from formcheck.video import Frame, KeptFrames, probe
from formcheck.video.container import open_video
from formcheck.video.geometry import placement
from tests.pose.pictures import on_canvas, picture, write_clip

RATE_HZ = 30.0
FRAMES = 75
LOOK_STEP = 3


class Cutting:
    """Crops of 32 pixels, upright."""

    size_px, scale, turned = 32, 1.0, False


def region(t_s):
    return np.array(
        (180 + 60 * np.sin(3 * t_s), 150 + 27 * t_s, 120 + 15 * np.cos(7 * t_s), 0.1 * t_s)
    )


def standing(region, apart):
    """Return the points of somebody whose shoulders are so far apart, in sides of the region."""
    x, y, side, _ = region
    points = np.tile((x, y), (N_LANDMARKS, 1))
    for leg, sign in zip(SIDES, (-1, 1), strict=True):
        points[index("shoulder", leg)] += (0.5 * sign * apart * side, -0.3 * side)
    return points


def noisy(noise, number):
    """Return a frame as a phone's clip has them."""
    picture = VideoFrame.from_ndarray(noise, "rgb24").reformat(format="yuv420p")
    return Frame(number, number / RATE_HZ, picture, placement((noise.shape[1], noise.shape[0])))


def passed(*looked, frames=FRAMES, apart=0.05):
    """Let frames go by; each person is seen in the looks with the numbers that are given."""
    people: list[Person] = []
    crops = EarlyCrops(people, Cutting())
    everybody = [Person() for _ in looked]
    noise = np.random.default_rng(0).integers(0, 255, (300, 420, 3), np.uint8)
    clip = (noisy(noise, i) for i in range(frames))
    for frame in crops.watch(clip):
        for person, looks in zip(everybody, looked, strict=True):
            look, between = divmod(frame.index, LOOK_STEP)
            if look in looks and not between:
                person.t_s.append(frame.t_s)
                person.regions.append(region(frame.t_s))
                person.points.append(standing(region(frame.t_s), apart))
                if person not in people:
                    people.append(person)
    return crops, everybody, noise


def final_path(person):
    return smooth_path(np.array(person.t_s), np.array(person.regions))


@pytest.mark.parametrize("looks", [range(25), range(4, 17), [*range(9), *range(11, 25)]])
def test_the_crops_are_those_of_the_final_path(looks):
    crops, (person,), noise = passed(set(looks))
    path = final_path(person)
    found = crops.along(person, path)
    assert found is not None
    assert [one.t_s for one in found] == [i / RATE_HZ for i in range(FRAMES)]
    shown = 0
    for i, one in enumerate(found):
        expected = early_module.look_at(noisy(noise, i), path, Cutting())
        assert (one.crop is None) == (expected.crop is None)
        if expected.crop is not None:
            shown += 1
            np.testing.assert_array_equal(one.matrix, expected.matrix)
            np.testing.assert_array_equal(one.crop, expected.crop)
    assert shown >= LOOK_STEP * (len(looks) - 1)


def test_each_of_two_people_has_their_own():
    crops, (_, second), _ = passed(set(range(25)), set(range(8, 25)))
    found = crops.along(second, final_path(second))
    assert found is not None
    assert sum(one.crop is not None for one in found) < FRAMES


@pytest.mark.parametrize(("apart", "shoes"), [(0.05, True), (0.3, False)])
def test_what_is_put_by_holds_the_shoes_from_the_side_and_the_waist_from_behind(apart, shoes):
    crops, (person,), _ = passed(set(range(25)), apart=apart)
    parts = crops.parts_of(person)
    assert sorted(parts) == list(range(FRAMES))
    at = region(40 / RATE_HZ)
    for x, y, there in ((0.45, 0.4, shoes), (-0.45, 0.4, shoes), (0, -0.2, not shoes)):
        matrix = np.array(((1e-3, 0, at[0] + x * at[2]), (0, 1e-3, at[1] + y * at[2])))
        assert parts[40].covers(matrix, 1) is there


def test_a_path_that_leads_elsewhere_gets_nothing():
    crops, (person,), _ = passed(set(range(25)))
    person.regions[12] = person.regions[12] + 1e-6
    assert crops.along(person, final_path(person)) is None


def test_no_more_is_held_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(early_module, "CROPS_BYTES", 20 * 32 * 32 * 3)
    crops, (person,), _ = passed(set(range(25)))
    assert crops.along(person, final_path(person)) is None
    monkeypatch.undo()
    monkeypatch.setattr(early_module, "WAITING_BYTES", 50_000)
    crops, (person,), _ = passed(set(range(25)))
    assert crops.along(person, final_path(person)) is None


def test_a_clip_that_is_not_kept_is_decoded_once_for_the_same_track(tmp_path, monkeypatch):
    still = [on_canvas(picture("side"), 0.9, 640, 440, 20 + 2 * i, 4) for i in range(45)]
    info = probe(write_clip(tmp_path / "moving.mp4", still, RATE_HZ))
    decodings = []

    def opened(path):
        decodings.append(path)
        return open_video(path)

    monkeypatch.setattr("formcheck.video.reader.open_video", opened)
    tracks = []
    with open_estimator("lite", "cpu") as estimator:
        for kept, times in ((None, 2), (KeptFrames(45 * info.picture_bytes - 1), 1)):
            decodings.clear()
            clip = replace(info, kept=kept)
            tracks.append(estimator.estimate(clip, from_s=None, to_s=None, progress=lambda _: None))
            assert len(decodings) == times
    apart, once = tracks
    np.testing.assert_array_equal(once.xy_px, apart.xy_px)
    np.testing.assert_array_equal(once.confidence, apart.confidence)
    np.testing.assert_array_equal(once.t_s, apart.t_s)
