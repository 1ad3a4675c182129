"""The second pass's crops, cut while the first pass goes by: a clip is decoded once for both.

With them what close looks at feet and waist will want of the pictures is put by.

Where the runner is at a time is known once a few later looks of the first pass are: frames wait
that long, then give their crops and go. A crop serves if the final path leads to the very same one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np

from formcheck.landmarks import SIDES, index, mid_hip, mid_shoulder
from formcheck.pose.geometry import crop_matrix
from formcheck.pose.network import Crops
from formcheck.pose.path import REACH, RegionPath, smooth_path
from formcheck.pose.people import PATIENCE_S, SAMPLE_STEP_S, Person
from formcheck.types import Floats
from formcheck.video import ClipInfo, Frame, FramePart

WAITING_BYTES: Final = 256 << 20
"""Of frames that wait: 1.4 seconds of 1080p at 60 frames a second."""
CROPS_BYTES: Final = 256 << 20
"""Of crops: 22 seconds at 60 frames a second of one person at 256 pixels."""

PARTS_BYTES: Final = 512 << 20
"""Of parts of frames that are put by for close looks, of everybody together."""

# Where close looks go, as parts of a region's side about its middle, (left, top) and (right,
# bottom), and how far the boxes reach. Over eleven clips landing shoes from the side were looked
# for from 0.45 ahead to 0.29 behind and 0.17 to 0.61 below, over two leaving ones to 0.51 behind
# and 0.06 above; waist and back from behind from -0.14 to 0.12 across and from 0.28 above to 0.10
# below.
_SHOES: Final = np.array(((-0.62, 0.0), (0.62, 0.66)))
_WAIST: Final = np.array(((-0.2, -0.34), (0.2, 0.16)))
# The eighth stride, and at low rates the sixteenth, is the last that is looked at.
_CLOSE_S, _CLOSE_FRAMES = 7.0, 420
# Shoulders apart, as a share of the trunk, over many looks: from the side less, from behind more.
_SQUARE: Final = 0.5
_MOST_LOOKS: Final = 40

_LEAST_WAIT_S: Final = 0.3  # someone who appears is looked for a little before, too
_LONGEST_WAIT_S: Final = 1.0
_TAIL: Final = 24  # looks that a region may rest on by then


class Cutting(Protocol):
    """How the crops of a landmarker are cut."""

    size_px: int
    scale: float
    turned: bool


@dataclass(frozen=True, slots=True, eq=False)
class CropLook:
    """A frame's time and what is cut from it; no crop where the runner is not seen."""

    t_s: float
    matrix: Floats | None
    crop: Crops | None


def look_at(frame: Frame, path: RegionPath, cutting: Cutting) -> CropLook:
    """Cut the crop of a frame that a path leads to."""
    matrix = matrix_at(frame.t_s, path, cutting)
    crop = None if matrix is None else frame.warp(matrix, cutting.size_px)
    return CropLook(frame.t_s, matrix, crop)


def matrix_at(t_s: float, path: RegionPath, cutting: Cutting) -> Floats | None:
    """Return the (2, 3) map from crop to frame pixels at a time; None where nobody is seen."""
    region = path.at(t_s)
    if region is None:
        return None
    return crop_matrix(region, cutting.size_px, scale=cutting.scale, turned=cutting.turned)


@dataclass(slots=True, eq=False)
class _Cuts:
    """The crops of one person by the number of the frame, and the path as far as it is needed."""

    looks: dict[int, CropLook] = field(default_factory=dict)
    parts: dict[int, FramePart] = field(default_factory=dict)
    path: RegionPath | None = None
    seen: int = 0


class EarlyCrops:
    """Cuts crops of everybody whom the first pass follows.

    Parameters
    ----------
    people : list of Person
        Filled by the first pass while it looks at the frames that `watch` yields.
    cutting : Cutting
        How the second pass wants its crops.
    """

    def __init__(self, people: list[Person], cutting: Cutting) -> None:
        self._people = people
        self._cutting = cutting
        self._cuts: dict[int, _Cuts] = {}
        self._waiting: deque[Frame] = deque()
        self._passed: list[tuple[int, float]] = []
        self._room = CROPS_BYTES
        self._parts_room = PARTS_BYTES
        self._waiting_bytes = 0

    def fits(self, info: ClipInfo, frames: int) -> bool:
        """Return whether a clip's room holds waiting frames and crops; parts may take the rest."""
        most = 0 if info.kept is None else info.kept.most_bytes
        rate_hz = info.frame_rate_hz if np.isfinite(info.frame_rate_hz) else 30.0
        waiting = int((REACH + 2) * SAMPLE_STEP_S * rate_hz + 2) * info.picture_bytes
        crops = frames * 3 * self._cutting.size_px**2
        self._parts_room = min(PARTS_BYTES, most - waiting - crops)
        return waiting <= WAITING_BYTES and crops <= CROPS_BYTES and self._parts_room >= 0

    def watch(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Yield the frames as they come; each is done with a second later."""
        for frame in frames:
            yield frame
            if self._room >= 0:
                self._passed.append((frame.index, frame.t_s))
                self._waiting.append(frame)
                self._waiting_bytes += frame.picture_bytes
                self._cut_ripe(frame.t_s)
        while self._waiting and self._room >= 0:
            self._cut(self._waiting.popleft())
        self._waiting.clear()

    def _cut_ripe(self, now_s: float) -> None:
        """Cut from the frames that later looks change no more, or that have waited long enough."""
        live = [one for one in self._people if now_s - one.t_s[-1] <= PATIENCE_S]
        ends = [one.t_s[-REACH - 1] for one in live if len(one.t_s) > REACH]
        ripe_s = min(ends, default=now_s) if len(ends) == len(live) else -np.inf
        ripe_s = max(min(ripe_s, now_s - _LEAST_WAIT_S), now_s - _LONGEST_WAIT_S)
        while self._waiting and self._waiting[0].t_s < ripe_s:
            self._cut(self._waiting.popleft())
        if self._waiting_bytes > WAITING_BYTES or self._room < 0:
            self._give_up()

    def _give_up(self) -> None:
        self._room = -1
        self._waiting.clear()
        self._cuts.clear()

    def _cut(self, frame: Frame) -> None:
        self._waiting_bytes -= frame.picture_bytes
        for person in self._people:
            if person.t_s[-1] < frame.t_s - _LONGEST_WAIT_S:
                continue
            cuts = self._cuts.setdefault(id(person), _Cuts())
            if cuts.path is None or cuts.seen != len(person.t_s):
                tail = slice(-_TAIL, None)
                cuts.path = smooth_path(np.array(person.t_s[tail]), np.array(person.regions[tail]))
                cuts.seen = len(person.t_s)
            look = look_at(frame, cuts.path, self._cutting)
            if look.crop is not None:
                cuts.looks[frame.index] = look
                self._room -= look.crop.nbytes
                self._put_by(frame, person, cuts)

    def _put_by(self, frame: Frame, person: Person, cuts: _Cuts) -> None:
        """Keep what close looks at a person will want of a frame."""
        region = None if cuts.path is None else cuts.path.at(frame.t_s)
        first, first_s = self._passed[0]
        late = frame.t_s > first_s + _CLOSE_S and frame.index > first + _CLOSE_FRAMES
        if region is None or late or self._parts_room <= 0:
            return
        part = frame.part(*(region[:2] + region[2] * _where_closely(person)))
        if part is not None:
            cuts.parts[frame.index] = part
            self._parts_room -= part.picture_bytes

    def parts_of(self, person: Person) -> Mapping[int, FramePart]:
        """Return what was put by of the frames that show a person; ask before `along`."""
        return self._cuts.get(id(person), _Cuts()).parts

    def along(self, person: Person, path: RegionPath) -> list[CropLook] | None:
        """Return what the second pass looks at along a person's final path, in order.

        None where a crop is missing or was cut elsewhere than that path says. The crops are given
        away: nothing of them stays here.
        """
        if self._room < 0 or not self._passed:
            return None
        cuts = self._cuts.pop(id(person), _Cuts()).looks
        self._cuts.clear()
        looks = []
        for number, t_s in self._passed:
            matrix = matrix_at(t_s, path, self._cutting)
            look = CropLook(t_s, None, None) if matrix is None else cuts.get(number)
            if look is None or not _same(look.matrix, matrix):
                return None
            looks.append(look)
        return looks


def _where_closely(person: Person) -> Floats:
    """Return ((left, top), (right, bottom)) of the box that close looks at a person stay in."""
    points = np.array(person.points[:_MOST_LOOKS])
    shoulders = points[:, [index("shoulder", side) for side in SIDES]]
    trunk = np.linalg.norm(mid_shoulder(points) - mid_hip(points), axis=1)
    across = np.linalg.norm(np.diff(shoulders, axis=1)[:, 0], axis=1)
    return _WAIST if np.median(across) > _SQUARE * np.median(trunk) else _SHOES


def _same(first: Floats | None, second: Floats | None) -> bool:
    if first is None or second is None:
        return first is second
    return bool(np.array_equal(first, second))
