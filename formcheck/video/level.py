"""How the camera was held, from what stands still behind the runner.

A dozen frames spread over the clip are laid over each other and their median taken, which leaves
the room and takes the runner away; the lines of door and window frames, walls and skirting then
tell the camera's roll against gravity, and how far it is off square to the room
(`formcheck.video.vanishing`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final, cast

import av.error
import cv2
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

from formcheck.types import Floats, Scene
from formcheck.video.belt_edges import Standing, belt_aside
from formcheck.video.container import open_video
from formcheck.video.decoding import Ticks, decoded
from formcheck.video.frame import Frame
from formcheck.video.info import ClipInfo, probe
from formcheck.video.vanishing import FOCAL, FOCAL_REL_SD, turn_of_lines

logger = logging.getLogger(__name__)
Gray = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Points = NDArray[np.float32]

_LONG_SIDE_PX: Final = 960
_TRACKING_SIDE_PX: Final = 480
_BETWEEN_S: Final = 0.1
"""Between frames taken from one key frame on: a third of a step, so limbs have moved."""

_MOST_POINTS: Final = 300
_FEWEST_POINTS: Final = 12
_LEAST_STILL: Final = 0.3
_STILL_PX: Final = 0.7
_CHANGE: Final = 25
_CHANGED_SHARE: Final = 0.15
_BLACK: Final = 24
_LIT_SHARE: Final = 0.02
_BORDER_PX: Final = 4
_SHORTEST: Final = 0.026
"""Shortest line used, as a share of the longer side."""

_LEAST_UPRIGHTS, _LEAST_LEVELS = 2.0, 8.0
"""So many upright lines, or many more level ones."""

_LARGEST_SD_DEG: Final = 1.0
_USUAL_FAN_DEG: Final = 4.0
"""Spread of `fan_deg` over clips: phones are rarely held more than a few degrees off level."""
_SMALLEST_SD_DEG: Final = 0.1


@dataclass(frozen=True, slots=True)
class SceneRoll:
    """How gravity points in the picture, by the scene.

    Attributes
    ----------
    roll_deg : float
        Clockwise turn of the picture's content against gravity, in the middle of the picture and
        as the mean over the frames: above 0, a level line falls to the right.
    sd_deg : float
        Standard uncertainty of `roll_deg`.
    fan_deg : float
        How much further clockwise uprights stand at the right edge than at the left one; not 0
        when the camera looks up or down. Gravity's turn at column `x_px` is
        ``roll_deg + fan_deg * (x_px / width_px - 0.5)``.
    fan_sd_deg : float
        Standard uncertainty of `fan_deg`.
    uprights, levels : float
        About how many separate upright and level lines agree.
    aside_deg, aside_sd_deg : float
        How far the camera looks to the right of square to the room's level lines.
    pitch_deg, pitch_sd_deg : float
        How far it looks down.
    half_view_deg : float
        Half of the horizontal angle that a usual phone camera sees.
    ends : (N, 4) float
        Ends of the lines, in longer sides of the picture from its upper left corner.
    """

    roll_deg: float
    sd_deg: float
    fan_deg: float
    fan_sd_deg: float
    uprights: float
    levels: float
    aside_deg: float
    aside_sd_deg: float
    pitch_deg: float
    pitch_sd_deg: float
    half_view_deg: float
    ends: Floats = field(default_factory=lambda: np.empty((0, 4)), compare=False, repr=False)

    def at(self, share: float) -> tuple[float, float]:
        """Return gravity's turn and its standard uncertainty at a column of the picture.

        Parameters
        ----------
        share : float
            The column, 0 at the left edge and 1 at the right one.
        """
        known = _USUAL_FAN_DEG**2 / (_USUAL_FAN_DEG**2 + self.fan_sd_deg**2)
        off = share - 0.5
        doubt = off * self.fan_sd_deg * known**0.5
        return self.roll_deg + known * self.fan_deg * off, float(np.hypot(self.sd_deg, doubt))

    def aside(self, share: float) -> tuple[float, float]:
        """Return how far the line of sight through a column is off square to the room, and its sd.

        In degrees, positive to the right. Rooms whose level lines run elsewhere than the belt are
        not told apart, so the answer is one of several.

        Parameters
        ----------
        share : float
            The column, 0 at the left edge and 1 at the right one.
        """
        half = np.tan(np.radians(self.half_view_deg))
        column_deg = float(np.degrees(np.arctan((2 * share - 1) * half)))
        deg = self.aside_deg + column_deg
        return deg, float(np.hypot(self.aside_sd_deg, FOCAL_REL_SD * deg))

    def told_at(self, share: float, standing: Standing | None = None) -> Scene:
        """Return all that the scene tells of the camera at a column of the picture.

        Parameters
        ----------
        share : float
            The column, 0 at the left edge and 1 at the right one.
        standing : Standing or None
            Where a runner who is seen from behind or in front stands: the edges of the belt there
            then tell where it points.
        """
        pitch_sd_deg = float(np.hypot(self.pitch_sd_deg, FOCAL_REL_SD * self.pitch_deg))
        told = Scene(*self.at(share), *self.aside(share), self.pitch_deg, pitch_sd_deg)
        belt = None if standing is None else belt_aside(self.ends, standing)
        return told if belt is None else told._replace(belt_deg=belt[0], belt_sd_deg=belt[1])


def clip_level(clip: str | Path | ClipInfo, count: int = 12) -> SceneRoll | None:
    """Return the camera's roll in a clip, or None where the scene does not tell.

    Parameters
    ----------
    clip : path or ClipInfo
        The file, or what `probe` said of it.
    count : int
        About how many frames to use. They are taken at and shortly after key frames all over the
        clip, so that few others need decoding.

    Raises
    ------
    ClipError
        When the file cannot be read as a video.
    """
    info = clip if isinstance(clip, ClipInfo) else probe(clip)
    return scene_roll(list(_sampled(info, count)))


def scene_roll(frames: Sequence[Gray], moving_mask: Mask | None = None) -> SceneRoll | None:
    """Return the camera's roll from frames of one scene, or None where they do not tell.

    Parameters
    ----------
    frames : sequence of (H, W) uint8
        Grey frames of one size, spread over the clip; a dozen is plenty.
    moving_mask : (H, W) bool, optional
        True where lines must not count. What moves between the frames never does.

    Notes
    -----
    Frames of a hand-held camera are laid over the middle one first. None comes back for scenes
    with too little that is upright or level, for those whose lines contradict each other, and for
    cameras that travel along.
    """
    still = _still_picture([_reduced(frame, _LONG_SIDE_PX) for frame in frames])
    if still is None:
        return None
    picture, moving, turns_deg = still
    height_px, width_px = picture.shape
    if moving_mask is not None:
        moving |= cv2.resize(moving_mask.astype(np.uint8), (width_px, height_px)) > 0
    ends = _line_ends(picture, moving)
    turn = turn_of_lines(ends, (width_px, height_px))
    sway_sd_deg = float(turns_deg.std()) / turns_deg.size**0.5
    sd_deg = max(_SMALLEST_SD_DEG, float(np.hypot(turn.roll_sd_deg, sway_sd_deg)))
    logger.debug("scene: %s", turn)
    few = turn.uprights < _LEAST_UPRIGHTS and turn.levels < _LEAST_LEVELS
    if few or sd_deg > _LARGEST_SD_DEG:
        return None
    fan_deg, fan_sd_deg = np.degrees((turn.slope, turn.slope_sd)) * width_px / max(picture.shape)
    return SceneRoll(
        roll_deg=turn.roll_deg + float(turns_deg.mean()),
        sd_deg=sd_deg,
        fan_deg=float(fan_deg),
        fan_sd_deg=float(fan_sd_deg),
        uprights=turn.uprights,
        levels=turn.levels,
        aside_deg=turn.aside_deg,
        aside_sd_deg=turn.aside_sd_deg,
        pitch_deg=turn.pitch_deg,
        pitch_sd_deg=turn.pitch_sd_deg,
        half_view_deg=float(np.degrees(np.arctan(width_px / max(picture.shape) / 2 / FOCAL))),
        ends=ends / max(picture.shape),
    )


def _sampled(info: ClipInfo, count: int) -> Iterator[Gray]:
    """Yield about `count` reduced grey frames, each key frame and some after it."""
    rate_hz = info.frame_rate_hz if np.isfinite(info.frame_rate_hz) else 30.0
    step = max(1, round(_BETWEEN_S * rate_hz))
    container, stream = open_video(info.path)
    with container:
        keys = _key_ticks(container, stream)
        picked = keys[np.unique(np.linspace(0, keys.size - 1, count).astype(int))]
        each = -(-count // picked.size)
        for tick in picked:
            first = int(np.searchsorted(info.ticks, tick))
            part = range(first, min(first + (each - 1) * step + 1, info.frames))
            frames: Iterable[Frame] | None = None if info.kept is None else info.kept.find(part)
            if frames is None:
                _go_to(container, stream, int(tick))
                frames = (
                    Frame(0, 0.0, picture, info.place) for picture in decoded(container, stream)
                )
            for frame in islice(frames, 0, len(part), step):
                rgb = frame.scaled_rgb(_LONG_SIDE_PX)
                yield cast(Gray, cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))


def _key_ticks(container: InputContainer, stream: VideoStream) -> Ticks:
    """Return when key frames are presented, by the packets; the start if none says."""
    try:
        ticks = [p.pts for p in container.demux(stream) if p.is_keyframe and not p.is_discard]
    except av.error.FFmpegError as error:
        logger.debug("listing stopped: %s", error)
        ticks = []
    return np.array(sorted({tick for tick in ticks if tick is not None}) or [0], np.int64)


def _go_to(container: InputContainer, stream: VideoStream, tick: int) -> None:
    try:
        container.seek(tick, stream=stream)
    except av.error.FFmpegError as error:
        logger.debug("cannot seek to %d: %s", tick, error)


def _reduced(frame: Gray, long_px: int) -> Gray:
    scale = long_px / max(frame.shape)
    if scale >= 1:
        return frame
    return cast(Gray, cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))


def _still_picture(frames: list[Gray]) -> tuple[Gray, Mask, Floats] | None:
    """Return the scene without what moves, where that is, and each frame's turn against it."""
    turns = _turns([_reduced(frame, _TRACKING_SIDE_PX) for frame in frames])
    seen = [(frame, turn) for frame, turn in zip(frames, turns, strict=True) if turn is not None]
    if len(seen) * 2 <= len(frames):
        return None
    laid = np.stack([_laid_over(frame, turn) for frame, turn in seen])
    picture = median_frame(laid)
    changed = np.mean([cv2.absdiff(frame, picture) > _CHANGE for frame in laid], axis=0)
    turns_deg = np.degrees([np.arctan2(-turn[0, 1], turn[1, 1]) for _, turn in seen])
    return picture, cv2.blur(changed, (9, 9)) > _CHANGED_SHARE, turns_deg


def median_frame(frames: NDArray[np.uint8]) -> Gray:
    """Return the median of (N, H, W) frames, rounded down, as `numpy.median` does.

    Neighbours change places until all are sorted: on whole frames at a time that is eight times as
    fast as sorting each pixel's values.
    """
    ranked = list(frames)
    for turn in range(len(ranked)):
        for i in range(turn % 2, len(ranked) - 1, 2):
            low, high = ranked[i : i + 2]
            ranked[i : i + 2] = np.minimum(low, high), np.maximum(low, high)
    middle = ranked[(len(ranked) - 1) // 2].astype(np.uint16) + ranked[len(ranked) // 2]
    return cast(Gray, (middle // 2).astype(np.uint8))


def _turns(frames: list[Gray]) -> list[Floats | None]:
    """Return each camera's (3, 3) turn against the middle one's; None where too little is alike."""
    if not frames:
        return []
    middle = frames[len(frames) // 2]
    corners = cv2.goodFeaturesToTrack(middle, _MOST_POINTS, 0.01, 6)
    if corners is None:
        return [None] * len(frames)
    return [_turn(middle, frame, corners.astype(np.float32)) for frame in frames]


def _turn(middle: Gray, other: Gray, corners: Points) -> Floats | None:
    """Return the turn that takes viewing rays of the middle frame to those of another."""
    moved, found, _ = cv2.calcOpticalFlowPyrLK(middle, other, corners, corners.copy())
    kept = found.ravel() == 1
    if kept.sum() < _FEWEST_POINTS:
        return None
    start, end = corners[kept], moved[kept]
    _, still = cv2.findHomography(start, end, cv2.RANSAC, _STILL_PX)
    if still is None or still.sum() < max(_FEWEST_POINTS, _LEAST_STILL * len(corners)):
        return None
    lens = np.linalg.inv(_lens(middle))
    rays = [cv2.convertPointsToHomogeneous(at[still.ravel() == 1])[:, 0] for at in (start, end)]
    before, after = (ray @ lens.T / np.linalg.norm(ray @ lens.T, axis=1)[:, None] for ray in rays)
    left, _, right = np.linalg.svd(after.T @ before)
    return cast(Floats, left @ np.diag((1, 1, np.linalg.det(left @ right))) @ right)


def _lens(frame: Gray) -> Floats:
    """Return the (3, 3) matrix from viewing rays to pixels of a usual phone camera."""
    height, width = frame.shape
    focal = FOCAL * max(frame.shape)
    return np.array(((focal, 0, (width - 1) / 2), (0, focal, (height - 1) / 2), (0, 0, 1.0)))


def _laid_over(frame: Gray, turn: Floats) -> Gray:
    """Return a frame as the middle one's camera saw it."""
    lens = _lens(frame)
    map_ = lens @ turn @ np.linalg.inv(lens)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = frame.shape[::-1]
    laid = cv2.warpPerspective(frame, map_, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return cast(Gray, laid)


def _line_ends(picture: Gray, moving: Mask) -> Floats:
    """Return (N, 4) ends x1, y1, x2, y2 in pixels of lines that neither move nor frame the film."""
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(picture)[0]
    if found is None:
        return np.empty((0, 4))
    ends = found.reshape(-1, 4).astype(float)
    length = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    ends = ends[length >= _SHORTEST * max(picture.shape)]
    along = np.linspace(0, 1, 9)
    x, y = (ends[:, (i,)] + (ends[:, (i + 2,)] - ends[:, (i,)]) * along for i in (0, 1))
    rows = np.clip(y.astype(int), 0, picture.shape[0] - 1)
    columns = np.clip(x.astype(int), 0, picture.shape[1] - 1)
    barred = moving | _bars(picture, 1)[:, None] | _bars(picture, 0)
    return cast(Floats, ends[barred[rows, columns].mean(axis=1) < 0.5])


def _bars(picture: Gray, axis: int) -> Mask:
    """Mark the black rows (axis 1) or columns (0) at the picture's edges and their border."""
    dark = (picture > _BLACK).mean(axis=axis) < _LIT_SHARE
    outer = np.logical_and.accumulate(dark) | np.logical_and.accumulate(dark[::-1])[::-1]
    return np.convolve(outer, np.ones(2 * _BORDER_PX + 1), "same") > 0
