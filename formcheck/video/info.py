"""What a clip's file says of itself: size, rotation, frame times, codec, hints of slow motion."""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av.error
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from formcheck.errors import ClipError
from formcheck.types import Floats, QualityNote
from formcheck.video import timing
from formcheck.video.container import check_size, open_video
from formcheck.video.geometry import Placement, placement, turn_of
from formcheck.video.slow_motion import capture_factor

logger = logging.getLogger(__name__)
Ticks = NDArray[np.int64]
_ASSUMED_STEP_S = 1 / 30


@dataclass(frozen=True, slots=True, eq=False)
class ClipInfo:
    """What is known of a clip before its frames are decoded.

    Attributes
    ----------
    name, path, sha256
        File name, path and the hash of the bytes.
    place : Placement
        Upright size and turn.
    duration_s : float
        From the first frame's presentation to the end of the last one's.
    frame_times_s : (N,) float
        Presentation times since the first frame, strictly increasing, as the container's packets
        give them. A damaged file may decode to fewer frames.
    ticks : (N,) int
        The same in the container's own units, sorted but not repaired; to look frames up.
    frame_rate_hz : float
        As played; not corrected for slow motion. NaN for a single frame.
    variable_frame_rate : bool
        More than one interval in twenty is off the median by over a tenth.
    codec : str
        FFmpeg's name, e.g. ``hevc``.
    slow_motion_hint : float
        Capture rate over play rate where the container tells; 1.0 otherwise.
    has_audio : bool
        Whether there is sound (which is never read).
    notes : tuple of QualityNote
        ``truncated``, ``times_repaired``, ``dropped_frames``, ``variable_frame_rate``,
        ``interlaced``.
    """

    name: str
    path: Path
    sha256: str
    place: Placement
    duration_s: float
    frame_times_s: Floats
    ticks: Ticks = field(repr=False)
    frame_rate_hz: float
    variable_frame_rate: bool
    codec: str
    slow_motion_hint: float
    has_audio: bool
    notes: tuple[QualityNote, ...] = ()

    @property
    def width_px(self) -> int:
        """Width of the upright frame."""
        return self.place.width_px

    @property
    def height_px(self) -> int:
        """Height of the upright frame."""
        return self.place.height_px

    @property
    def rotation_deg(self) -> int:
        """Clockwise turn that makes the stored picture upright: 0, 90, 180 or 270."""
        return self.place.rotation_deg

    @property
    def frames(self) -> int:
        """Number of frames, counted from the container's packets."""
        return int(self.frame_times_s.size)


def probe(path: str | Path) -> ClipInfo:
    """Read what a clip's file says of itself.

    All packets are listed and one frame is decoded, so that what this accepts can be read.

    Raises
    ------
    ClipError
        Codes of `formcheck.video.container.open_video`, and ``undecodable`` when no frame of a
        video stream decodes.
    """
    path = Path(path)
    container, stream = open_video(path)
    with container:
        first = _first_frame(container, stream, path)
    container, stream = open_video(path)  # listing starts at the first packet again
    with container:
        return _describe(path, container, stream, first)


def _first_frame(container: InputContainer, stream: VideoStream, path: Path) -> VideoFrame:
    for frame in decoded(container, stream):
        check_size(frame.width, frame.height, path)
        return frame
    raise ClipError(
        f"No picture of {path.name} could be decoded; export it again as H.264 MP4.",
        "undecodable",
    )


def decoded(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Yield a stream's frames in order of presentation, stepping over packets that are damaged."""
    for packet in _packets(container, stream):
        try:
            frames = packet.decode()
        except av.error.FFmpegError as error:
            logger.debug("packet at %s not decoded: %s", packet.pts, error)
            continue
        yield from (frame for frame in frames if not frame.is_corrupt)


def _packets(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    packets = container.demux(stream)
    while True:
        try:
            yield next(packets)
        except StopIteration:
            return
        except av.error.FFmpegError as error:  # the file breaks off here; what came is kept
            logger.debug("reading stopped: %s", error)
            return


def _describe(
    path: Path, container: InputContainer, stream: VideoStream, first: VideoFrame
) -> ClipInfo:
    listing = _list_packets(container, stream)
    tick_s = float(stream.time_base or Fraction(1, 1000))
    start = listing.ticks[0] if first.pts is None else first.pts
    ticks = listing.ticks[listing.ticks >= start]
    untimed = np.full(listing.untimed, np.nan)
    guessed = float(1 / stream.guessed_rate) if stream.guessed_rate else _ASSUMED_STEP_S
    times, made_up = timing.repaired(np.r_[(ticks - start) * tick_s, untimed], guessed)
    rate = timing.frame_rate(times, tick_s)
    last_s = listing.last_duration * tick_s
    step = 1 / rate if math.isfinite(rate) else guessed
    duration = float(times[-1]) + (last_s if 0 < last_s <= 4 * step else step)
    variable = timing.is_variable(times, tick_s)
    metadata = {**container.metadata, **stream.metadata}
    matrix = first.side_data.get("DISPLAYMATRIX")
    return ClipInfo(
        name=path.name,
        path=path,
        sha256=_hash(path),
        place=placement(
            (first.width, first.height),
            turn_of(bytes(matrix) if matrix is not None else None),
            stream.sample_aspect_ratio,
        ),
        duration_s=duration,
        frame_times_s=times,
        ticks=ticks,
        frame_rate_hz=rate,
        variable_frame_rate=variable,
        codec=stream.codec_context.name,
        slow_motion_hint=capture_factor(metadata, rate),
        has_audio=bool(container.streams.audio),
    )


@dataclass(frozen=True, slots=True)
class _Listing:
    ticks: Ticks
    untimed: int
    last_duration: int


def _list_packets(container: InputContainer, stream: VideoStream) -> _Listing:
    """List when every shown packet is to be presented, sorted; hidden ones (edit lists) left out."""
    ticks: list[int] = []
    untimed = duration = 0
    for packet in _packets(container, stream):
        if packet.size == 0 or packet.is_discard:
            continue
        tick = packet.pts if packet.pts is not None else packet.dts
        if tick is None:
            untimed += 1
        else:
            ticks.append(tick)
            duration = packet.duration or duration
    return _Listing(np.array(sorted(ticks), np.int64), untimed, duration)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
