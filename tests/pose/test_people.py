"""Following people through frames, and choosing the runner among them."""

import numpy as np
import pytest

from formcheck.errors import UsageError
from formcheck.landmarks import Landmark
from formcheck.pose.choose import choose_runner, leg_swing, others_beside, seen_s
from formcheck.pose.models import find_model
from formcheck.pose.network import Network
from formcheck.pose.people import Person, follow_people
from formcheck.pose.search import find_people
from tests.pose.pictures import frame_of, on_canvas, picture

STEP_S = 0.05


@pytest.fixture(scope="module")
def networks():
    return Network(find_model("detector"), "cpu"), Network(find_model("lite"), "cpu")


def frames(draw, seconds):
    """Make frames of what `draw` returns for each time."""
    for i in range(round(seconds / STEP_S)):
        yield frame_of(draw(i * STEP_S), i, i * STEP_S)


def empty(width=900, height=400):
    return np.full((height, width, 3), 96, np.uint8)


def test_a_runner_who_moves_through_the_picture_is_followed(networks):
    def draw(t_s):
        return on_canvas(picture("side"), 0.8, 900, 400, round(40 + 150 * t_s), 8)

    (person,) = follow_people(frames(draw, 2.5), *networks)
    assert len(person.t_s) == 25
    x = np.array(person.regions)[:, 0]
    speed = np.polyfit(person.t_s, x, 1)[0]
    assert speed == pytest.approx(150, rel=0.05)
    hips = np.array(person.points)[:, [Landmark.LEFT_HIP, Landmark.RIGHT_HIP], 0].mean(1)
    assert np.abs(hips - x).max() < 15


def test_two_people_are_kept_apart(networks):
    def draw(_):
        canvas = on_canvas(picture("side"), 0.8, 900, 400, 20, 8)
        canvas[8:392, 480:864] = on_canvas(picture("rear"), 0.8, 384, 384, 0, 0)
        return canvas

    people = follow_people(frames(draw, 1.0), *networks)
    centres = sorted(np.median(person.regions, axis=0)[0] for person in people)
    assert centres == pytest.approx((20 + 0.8 * 228, 480 + 0.8 * 240), abs=15)
    assert [len(person.t_s) for person in people] == [10, 10]


def test_who_comes_back_to_the_same_place_is_the_same_person(networks):
    def draw(t_s):
        return empty() if 0.8 < t_s < 2.1 else on_canvas(picture("side"), 0.8, 900, 400, 200, 8)

    (person,) = follow_people(frames(draw, 3.5), *networks)
    gaps = np.diff(person.t_s)
    assert gaps.max() > 1.2
    assert person.t_s[-1] > 3.3


def test_who_comes_later_is_found_within_two_seconds(networks):
    def draw(t_s):
        return empty() if t_s < 1.2 else on_canvas(picture("rear"), 0.8, 900, 400, 200, 8)

    (person,) = follow_people(frames(draw, 2.5), *networks)
    assert 1.2 <= person.t_s[0] < 1.8


@pytest.mark.parametrize(("scale", "searched"), [(0.8, [1]), (0.3, [1, 2])])
def test_finest_tiles_are_for_small_people_only(networks, monkeypatch, scale, searched):
    asked = []

    def noted(frame, detector, threshold, finest):
        asked.append(finest)
        return find_people(frame, detector, threshold, finest)

    monkeypatch.setattr("formcheck.pose.people.find_people", noted)

    def draw(_):
        return on_canvas(picture("side"), scale, 900, 400, 200, 8)

    (person,) = follow_people(frames(draw, 0.4), *networks)
    assert person.t_s[0] == 0.0
    assert asked == searched


def test_an_empty_room_has_nobody(networks):
    assert follow_people(frames(lambda _: empty(), 1.0), *networks) == []


def walker(swing=0.0, x=400.0, side=400.0, seconds=5.0, noise=0.003, seed=0):
    """Make somebody whose ankles swing against each other by this share of their size."""
    t_s = np.arange(0, seconds, 0.1)
    rng = np.random.default_rng(seed)
    points = np.tile((x, 300.0), (len(t_s), 19, 1))
    stride = np.sin(2 * np.pi * 1.4 * t_s) * swing * side
    points[:, Landmark.LEFT_ANKLE] += np.stack((stride, np.full_like(stride, 0.3 * side)), -1)
    points[:, Landmark.RIGHT_ANKLE] += np.stack((-stride, np.full_like(stride, 0.3 * side)), -1)
    points += rng.normal(0, noise * side, points.shape)
    regions = [np.array((x, 300.0, side, 0.0))] * len(t_s)
    return Person(list(t_s), regions, list(points), [120.0] * len(t_s))


def test_leg_swing_is_the_spread_of_the_ankles_difference():
    person = walker(swing=0.1, noise=0)
    found = leg_swing(np.array(person.points), np.full(len(person.t_s), 400.0))
    assert found == pytest.approx(2 * 0.1 / np.sqrt(2), rel=0.02)


RUNNER = {"swing": 0.1}


@pytest.mark.parametrize(
    "other",
    [
        {"swing": 0.0, "side": 600.0},  # a large bystander
        {"swing": 0.1, "seconds": 2.0},  # somebody who runs past
        {"swing": 0.1, "side": 150.0},  # a runner far away
        {"swing": 0.1, "x": 780.0},  # a runner at the edge of the picture
        {"swing": 0.12, "seconds": 0.5},  # a moment's shape
    ],
)
def test_the_one_who_runs_stays_and_is_large_is_the_runner(other):
    runner = walker(**RUNNER, seed=1)
    beside = walker(**other, seed=2)
    for people in ([runner, beside], [beside, runner]):
        assert choose_runner(people, 800, 600) is runner


def test_time_unseen_counts_nothing():
    person = walker(seconds=3.0)
    assert seen_s(person) == pytest.approx(2.9)
    for list_of in (person.t_s, person.regions, person.points, person.light):
        del list_of[8:20]
    assert seen_s(person) == pytest.approx(0.7 + 0.9)


def test_somebody_standing_is_chosen_when_nobody_moves():
    near, far = walker(side=500.0), walker(side=200.0)
    assert choose_runner([far, near], 800, 600) is near


@pytest.mark.parametrize(
    ("chosen", "place"), [("left", 0), ("right", 2), (1, 0), (2, 1), (3, 2), ("auto", 1)]
)
def test_the_one_the_user_names_is_the_runner(chosen, place):
    """From the left, whoever runs, and without those who only pass."""
    row = [walker(x=150.0), walker(**RUNNER), walker(x=700.0, side=200.0)]
    passing = walker(x=20.0, seconds=1.2)
    people = [row[2], passing, row[0], row[1]]
    assert choose_runner(people, 800, 600, chosen) is row[place]


def test_a_number_that_nobody_has_is_told():
    with pytest.raises(UsageError, match="only one person stays"):
        choose_runner([walker()], 800, 600, 2)
    with pytest.raises(UsageError, match="only 2 people stay"):
        choose_runner([walker(), walker(x=700.0)], 800, 600, 3)


def test_nobody_is_chosen_from_nobody():
    assert choose_runner([], 800, 600) is None
    assert choose_runner([walker(swing=0.1, seconds=0.6)], 800, 600) is None


def test_only_people_who_stay_are_of_like_size_and_stand_apart_count_as_others():
    runner = walker(**RUNNER)
    assert others_beside([runner], runner) == 0
    assert others_beside([runner, walker(x=650.0)], runner) == 1
    assert others_beside([runner, walker(x=650.0, side=150.0)], runner) == 0
    assert others_beside([runner, walker(x=650.0, seconds=1.4)], runner) == 0
    assert others_beside([runner, walker(x=420.0, side=300.0)], runner) == 0
