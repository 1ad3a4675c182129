"""The estimator protocol, and the estimator of two passes that runs the networks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np

from formcheck.errors import NoRunnerError
from formcheck.landmarks import N_LANDMARKS
from formcheck.notes import refusal
from formcheck.parallel import ordered_map
from formcheck.pose.choose import Chosen, choose_runner, others_beside
from formcheck.pose.decode import Points, decode
from formcheck.pose.early import CropLook, EarlyCrops, look_at
from formcheck.pose.geometry import to_frame
from formcheck.pose.lying import lying_turn
from formcheck.pose.network import Crops, Network
from formcheck.pose.notes import pose_notes
from formcheck.pose.path import RegionPath, smooth_path
from formcheck.pose.people import Person, follow_people
from formcheck.pose.shots import Shots, shot_note
from formcheck.types import Floats, PoseTrack
from formcheck.video import ClipInfo, ClipReader, Frame, probe

Progress = Callable[[float], None]

_FIRST_PASS_SHARE = 0.25


class PoseEstimator(Protocol):
    """Finds the runner of a clip and their landmarks in every frame; a context manager.

    Attributes
    ----------
    name : str
        What the user calls it, e.g. ``heavy``.
    sha256 : str
        Hash of the weights, or of what stands for them.
    provider : str
        What runs the network.
    """

    name: str
    sha256: str
    provider: str

    def estimate(
        self, clip: Path | ClipInfo, *, from_s: float | None, to_s: float | None, progress: Progress
    ) -> PoseTrack:
        """Return the runner's landmarks in every frame of a clip, or of a part of it.

        Parameters
        ----------
        clip : Path or ClipInfo
            The file, or what `formcheck.video.probe` said of it (saves reading it again).
        from_s, to_s : float or None
            Part to read; times still count from the clip's first frame.
        progress : callable
            Told the share that is done, 0 to 1.

        Raises
        ------
        ClipError
            The clip cannot be read.
        NoRunnerError
            Nobody was seen for long enough.
        """
        ...

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class Landmarker(Protocol):
    """Finds landmarks in crops; used from `workers` threads at once, `batch` crops a call."""

    name: str
    convention: str
    sha256: str
    provider: str
    size_px: int
    scale: float
    turned: bool
    workers: int
    batch: int

    def __call__(self, crops: Sequence[Crops]) -> Points:
        """Return the landmarks in crop pixels."""
        ...

    def close(self) -> None:
        """Give back what is held."""
        ...


class NetworkLandmarker:
    """A pose network as its card describes it."""

    def __init__(self, network: Network) -> None:
        card = network.card
        self.name = card.name
        self.convention = card.convention
        self.sha256 = card.sha256
        self.provider = network.provider
        self.size_px = max(card.input.width_px, card.input.height_px)
        self.scale = card.input.crop_scale
        self.turned = card.input.turned
        self.workers = network.workers
        self.batch = network.batch
        self._network = network

    def __call__(self, crops: Sequence[Crops]) -> Points:
        """Return the landmarks in crop pixels."""
        return decode(self._network.card, self._network(crops))

    def close(self) -> None:
        """Nothing to give back: the session ends with the object."""


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Some frames in a row: their times, and the crops of those that show the runner."""

    t_s: Floats
    shown: list[int]
    matrices: Floats
    crops: list[Crops]


class TwoPassEstimator:
    """Follow everybody with a fast network first, then look closely at the runner alone.

    The first pass looks ten times a second and decides who the runner is; it gives a smooth path
    of regions. The second pass cuts a crop from every frame along that path. Since no crop waits
    for the result of the one before, all cores work at once, while the next frames are decoded.

    Parameters
    ----------
    detector, follower : Network
        For the first pass.
    landmarker : Landmarker
        For the second.
    person : {"auto", "left", "right"} or int
        Who the runner is; see `formcheck.pose.choose.choose_runner`.
    """

    def __init__(
        self,
        detector: Network,
        follower: Network,
        landmarker: Landmarker,
        person: Chosen = "auto",
    ) -> None:
        self.name = landmarker.name
        self.sha256 = landmarker.sha256
        self.provider = landmarker.provider
        self._detector = detector
        self._follower = follower
        self._person = person
        self._landmarker = landmarker

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._landmarker.close()

    def lying_turn(self, clip: ClipInfo, from_s: float | None, to_s: float | None) -> int:
        """Return the clockwise turn in degrees that would make a lying picture upright, else 0."""
        span_s = from_s or 0.0, min(to_s or np.inf, clip.duration_s)
        return lying_turn(clip, span_s, self._detector, self._follower)

    def estimate(
        self, clip: Path | ClipInfo, *, from_s: float | None, to_s: float | None, progress: Progress
    ) -> PoseTrack:
        """Return the runner's landmarks in every frame; see `PoseEstimator.estimate`."""
        info = clip if isinstance(clip, ClipInfo) else probe(clip)
        size = info.width_px, info.height_px
        start_s = from_s or 0.0
        span_s = min(to_s or np.inf, info.duration_s) - start_s
        done = _scaled(progress, 0.0, _FIRST_PASS_SHARE, start_s, span_s)
        people: list[Person] = []
        shots, early = Shots(), EarlyCrops(people, self._landmarker)
        with ClipReader(info, from_s, to_s, keep=True) as frames:
            if not frames.keeps and early.fits(info, frames.count):
                seen = early.watch(shots.watch(frames))
            else:
                seen = shots.watch(frames)
            follow_people(seen, self._detector, self._follower, done, people)
            damage = frames.damage
        first_s, last_s, count = shots.longest()
        if count > 1:
            people = [person.between(first_s, last_s) for person in people]
            from_s, to_s = first_s, last_s + 0.5 / info.frame_rate_hz
        runner = choose_runner(people, *size, self._person)
        if runner is None:
            raise _nobody(people)
        region_path = smooth_path(np.array(runner.t_s), np.array(runner.regions))
        done = _scaled(progress, _FIRST_PASS_SHARE, 1.0, start_s, span_s)
        if info.kept is not None:
            info.kept.parts = early.parts_of(runner) if count == 1 else {}
        looks = early.along(runner, region_path) if count == 1 else None
        if looks is not None:
            t_s, xy, confidence = read_looks(_emptied(looks), self._landmarker, done)
        else:
            with ClipReader(info, from_s, to_s) as frames:
                t_s, xy, confidence = read_landmarks(frames, region_path, self._landmarker, done)
                damage = frames.damage
        others = others_beside(people, runner) if self._person == "auto" else 0
        notes = pose_notes(runner, others, xy, *size)
        if count > 1:
            notes = (shot_note(first_s, last_s, count), *notes)
        progress(1.0)
        return PoseTrack(
            t_s,
            xy,
            confidence,
            *size,
            (*damage, *notes),
            convention=self._landmarker.convention,
            network=self._landmarker.name,
        )


def read_landmarks(
    frames: Iterable[Frame], path: RegionPath, landmarker: Landmarker, seen: Callable[[float], None]
) -> tuple[Floats, Floats, Floats]:
    """Second pass: return times (T,), landmarks (T, 19, 2) in frame pixels and confidences (T, 19).

    Frames without a region have NaN landmarks of confidence 0.
    """
    return read_looks((look_at(f, path, landmarker) for f in frames), landmarker, seen)


def read_looks(
    looks: Iterable[CropLook], landmarker: Landmarker, seen: Callable[[float], None]
) -> tuple[Floats, Floats, Floats]:
    """Return what `read_landmarks` does, from crops that are cut."""

    def work(batch: _Batch) -> tuple[Floats, Floats, Floats]:
        return _read(batch, landmarker)

    times, places, confidences = [], [], []
    for t_s, xy, confidence in ordered_map(work, _batches(looks, landmarker), landmarker.workers):
        times.append(t_s)
        places.append(xy)
        confidences.append(confidence)
        seen(float(t_s[-1]))
    return np.concatenate(times), np.concatenate(places), np.concatenate(confidences)


def _batches(looks: Iterable[CropLook], landmarker: Landmarker) -> Iterator[_Batch]:
    """Put looks together as many at a time as the network takes."""
    some: list[CropLook] = []
    for look in looks:
        some.append(look)
        if len(some) == landmarker.batch:
            yield _batch(some)
            some = []
    if some:
        yield _batch(some)


def _batch(looks: list[CropLook]) -> _Batch:
    return _Batch(
        t_s=np.array([look.t_s for look in looks]),
        shown=[i for i, look in enumerate(looks) if look.matrix is not None],
        matrices=np.array([look.matrix for look in looks if look.matrix is not None]),
        crops=[look.crop for look in looks if look.crop is not None],
    )


def _read(batch: _Batch, landmarker: Landmarker) -> tuple[Floats, Floats, Floats]:
    xy = np.full((len(batch.t_s), N_LANDMARKS, 2), np.nan)
    confidence = np.zeros((len(batch.t_s), N_LANDMARKS))
    if batch.crops:
        points = landmarker(batch.crops)
        xy[batch.shown] = to_frame(points.xy, batch.matrices)
        confidence[batch.shown] = points.confidence
    return batch.t_s, xy, confidence


def _scaled(
    progress: Progress, low: float, high: float, start_s: float, span_s: float
) -> Callable[[float], None]:
    """Turn the time of a frame into the share of the whole work."""

    def seen(t_s: float) -> None:
        share = min(max((t_s - start_s) / span_s, 0.0), 1.0)
        progress(low + share * (high - low))

    return seen


def _emptied(looks: list[CropLook]) -> Iterator[CropLook]:
    """Yield looks in order and let go of each."""
    looks.reverse()
    while looks:
        yield looks.pop()


def _nobody(people: list[Person]) -> NoRunnerError:
    if people:
        return refusal("runner_too_brief")
    return refusal("no_person")
