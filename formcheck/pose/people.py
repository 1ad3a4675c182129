"""First pass: follow everybody in the clip, a few times a second, with the fast network."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from formcheck.pose.decode import decode
from formcheck.pose.geometry import crop_matrix, regions_from_circles, to_frame
from formcheck.pose.network import Network
from formcheck.pose.search import distinct, find_people, same_person
from formcheck.types import Floats
from formcheck.video import Frame

SAMPLE_STEP_S = 0.1
"""Ten looks a second show a stride of running (up to 1.7 Hz) with room to spare."""

PATIENCE_S = 0.45
"""How long somebody may go unseen and still be followed where they were."""

_SEARCH_STEP_S = 2.0
_URGENT_STEP_S = 0.5
_CLOCK_SLACK_S = 1e-3
_SCORE = 0.2
_PRESENT = 0.5
_STEEPEST_RAD = 1.2
_MOST_PEOPLE = 6
_USUAL_SIDE = 0.6
"""Least side of a usual runner's region, over the picture's shorter side: body and margin."""


@dataclass(slots=True, eq=False)
class Person:
    """What the first pass knows of one person: a list entry for each look that showed them.

    Attributes
    ----------
    t_s : list of float
    regions : list of (4,) float
        Where to look for them in the next picture.
    points : list of (19, 2) float
        Canonical landmarks in frame pixels.
    light : list of float
        Mean brightness of the middle of the crop, where the body is, 0 to 255.
    """

    t_s: list[float] = field(default_factory=list)
    regions: list[Floats] = field(default_factory=list)
    points: list[Floats] = field(default_factory=list)
    light: list[float] = field(default_factory=list)

    def between(self, first_s: float, last_s: float) -> Person:
        """Return what is known of the person from looks in a part of the clip."""
        part = [i for i, t_s in enumerate(self.t_s) if first_s <= t_s <= last_s]
        return Person(
            [self.t_s[i] for i in part],
            [self.regions[i] for i in part],
            [self.points[i] for i in part],
            [self.light[i] for i in part],
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """What the network sees in one region."""

    region: Floats
    points: Floats
    presence: float
    light: float


def follow_people(
    frames: Iterable[Frame],
    detector: Network,
    network: Network,
    seen: Callable[[float], None] = lambda _: None,
    people: list[Person] | None = None,
) -> list[Person]:
    """Find and follow people through a clip.

    Parameters
    ----------
    frames : iterable of Frame
    detector, network : Network
        Finds people, and follows one by the circle around the body.
    seen : callable
        Told the time of each look.
    people : list of Person, optional
        An empty list to fill, for whoever follows along.

    Returns
    -------
    list of Person
        In the order in which they appeared.
    """
    people = [] if people is None else people
    look_s = search_s = -np.inf
    for frame in frames:
        if frame.t_s < look_s + SAMPLE_STEP_S - _CLOCK_SLACK_S:
            continue
        look_s = frame.t_s
        live = [person for person in people if look_s - person.t_s[-1] <= PATIENCE_S]
        _follow(frame, live, network)
        wait_s = _SEARCH_STEP_S if _shown(people, look_s) else _URGENT_STEP_S
        if look_s >= search_s + wait_s:
            search_s = look_s
            _meet(frame, people, live, detector, network)
        seen(look_s)
    return people


def _shown(people: list[Person], t_s: float) -> list[Person]:
    """Return who was seen in the look at this time."""
    return [person for person in people if person.t_s[-1] == t_s]


def _follow(frame: Frame, live: list[Person], network: Network) -> None:
    """Look at where each person was; keep what is still that person."""
    looks = _look(frame, [person.regions[-1] for person in live], network)
    taken: list[Floats] = []
    by_age = sorted(zip(live, looks, strict=True), key=lambda pair: -len(pair[0].t_s))
    for person, look in by_age:
        clear = not any(same_person(look.region, other) for other in taken)
        if clear and _is_body(look) and _continues(person.regions[-1], look.region):
            taken.append(look.region)
            _remember(person, frame.t_s, look)


def _meet(
    frame: Frame, people: list[Person], live: list[Person], detector: Network, network: Network
) -> None:
    """Search for people who are not followed yet; take up again who was just lost there.

    The finest tiles, most of the work, are for when nobody of the usual size is there.
    """
    for finest in (1, 2):
        found = find_people(frame, detector, _SCORE, finest)
        looks = _bodies(frame, distinct(found, _latest(live))[:_MOST_PEOPLE], network)
        if live or any(look.region[2] >= _USUAL_SIDE * _shorter_side(frame) for look in looks):
            break
    for look in looks:
        known = _latest(_shown(people, frame.t_s))
        if len(known) < _MOST_PEOPLE and len(distinct(look.region[None], known)):
            _remember(_returning(people, frame.t_s, look.region), frame.t_s, look)


def looks_at(frame: Frame, detector: Network, network: Network) -> list[tuple[float, float]]:
    """Return direction (radians, 0 upright) and size (pixels) of every body, however it lies."""
    found = distinct(find_people(frame, detector, _SCORE, 1))[:_MOST_PEOPLE]
    return [
        (float(look.region[3]), float(look.region[2]))
        for look in _look(frame, list(found), network)
        if look.presence >= _PRESENT
    ]


def _bodies(frame: Frame, regions: Floats, network: Network) -> list[_Look]:
    """Return the looks of those regions that show a body."""
    for _ in range(2):  # the second look is through a region that the landmarks themselves gave
        looks = [look for look in _look(frame, list(regions), network) if _is_body(look)]
        regions = np.array([look.region for look in looks]).reshape(-1, 4)
    return looks


def _shorter_side(frame: Frame) -> int:
    return min(frame.width_px, frame.height_px)


def _latest(people: list[Person]) -> Floats:
    return np.array([person.regions[-1] for person in people]).reshape(-1, 4)


def _returning(people: list[Person], t_s: float, region: Floats) -> Person:
    """Return the person who was lost near here, else a new one."""
    for person in reversed(people):
        if person.t_s[-1] < t_s and _continues(person.regions[-1], region):
            return person
    people.append(Person())
    return people[-1]


def _look(frame: Frame, regions: list[Floats], network: Network) -> list[_Look]:
    if not regions:
        return []
    size = network.card.input.width_px
    matrices = np.stack([crop_matrix(region, size) for region in regions])
    crops = [frame.warp(matrix, size) for matrix in matrices]
    points = decode(network.card, network(crops))
    circles = to_frame(points.circle, matrices)
    found = regions_from_circles(circles[:, 0], circles[:, 1])
    places = to_frame(points.xy, matrices)
    body = slice(size // 4, 3 * size // 4)
    return [
        _Look(found[i], places[i], float(points.presence[i]), float(crop[body, body].mean()))
        for i, crop in enumerate(crops)
    ]


def _is_body(look: _Look) -> bool:
    """Tell a body from shapes that resemble one: nobody runs lying down or upside down."""
    return look.presence >= _PRESENT and abs(float(look.region[3])) <= _STEEPEST_RAD


def _continues(before: Floats, after: Floats) -> bool:
    """Return whether a region can be the next of the same body, a moment later."""
    smaller, larger = sorted((before[2], after[2]))
    moved = float(np.hypot(*(after[:2] - before[:2])))
    return bool(moved < 0.4 * larger and larger < 1.5 * smaller)


def _remember(person: Person, t_s: float, look: _Look) -> None:
    person.t_s.append(t_s)
    person.regions.append(look.region)
    person.points.append(look.points)
    person.light.append(look.light)
