"""What a clip's file says of itself: size, rotation, frame times, codec, hints of slow motion."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Final, cast

from av.buffer import Buffer
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from formcheck.errors import ClipError
from formcheck.notes import note
from formcheck.text import shown_name
from formcheck.types import Floats, QualityNote
from formcheck.video import timing
from formcheck.video.container import check_frames, check_shape, check_size, open_video
from formcheck.video.decoding import Listing, Ticks, decoded, list_packets
from formcheck.video.geometry import Placement, placement, turn_of
from formcheck.video.kept import KeptFrames
from formcheck.video.slow_motion import capture_factor

_ASSUMED_STEP_S: Final = 1 / 30
_LONGEST_LAST_FRAME: Final = 4.0
# Packets without a picture before a file is given up: more than a minute of damaged ones.
_MOST_TRIED: Final = 5000


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
    picture_bytes : int
        What one decoded frame takes in memory.
    notes : tuple of QualityNote
        Codes ``truncated``, ``times_repaired``, ``dropped_frames``, ``interlaced``.
    kept : KeptFrames or None
        Decoded frames that all readers of this very object share; None keeps none.
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
    picture_bytes: int
    notes: tuple[QualityNote, ...] = ()
    kept: KeptFrames | None = field(default=None, repr=False)

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

    def turned(self, clockwise_deg: int) -> ClipInfo:
        """Return the same clip shown turned clockwise by 0, 90, 180 or 270 degrees."""
        return replace(self, place=self.place.turned(clockwise_deg))

    @property
    def frames(self) -> int:
        """Number of frames, counted from the container's packets."""
        return int(self.frame_times_s.size)


def probe(path: str | Path) -> ClipInfo:
    """Read what a clip's file says of itself.

    Every packet is listed and one picture decoded, so what this accepts can also be read.

    Raises
    ------
    ClipError
        Codes of `formcheck.video.container.open_video`, and ``undecodable`` when no picture of
        the video stream decodes.
    """
    path = Path(path)
    container, stream = open_video(path)
    with container:
        first = _first_picture(container, stream, path)
    container, stream = open_video(path)  # from the first packet again
    with container:
        return _describe(path, container, stream, first)


def _first_picture(container: InputContainer, stream: VideoStream, path: Path) -> VideoFrame:
    for picture in decoded(container, stream, most_packets=_MOST_TRIED):
        check_size(picture.width, picture.height, path)
        return picture
    raise ClipError(
        f"No picture of {path.name} could be decoded; export it again as H.264 MP4.",
        "undecodable",
    )


def _describe(
    path: Path, container: InputContainer, stream: VideoStream, first: VideoFrame
) -> ClipInfo:
    place = _placement(stream, first)
    check_shape(place.width_px, place.height_px, path)
    check_size(place.width_px, place.height_px, path)
    listing = list_packets(container, stream)
    check_frames(listing.ticks.size, path)
    tick_s = float(stream.time_base or Fraction(1, 1000))
    step_s = float(1 / stream.guessed_rate) if stream.guessed_rate else _ASSUMED_STEP_S
    ticks = listing.ticks
    if (
        first.pts is not None and first.pts in ticks
    ):  # what comes before the first picture that decodes is never shown
        ticks = ticks[ticks >= first.pts]
    times_s, made_up = timing.repaired((ticks - ticks[0]) * tick_s, step_s)
    rate_hz = timing.frame_rate(times_s, tick_s)
    variable = timing.is_variable(times_s, tick_s)
    step_s = 1 / rate_hz if math.isfinite(rate_hz) else step_s
    last_s = listing.last_ticks * tick_s
    last_s = last_s if 0 < last_s <= _LONGEST_LAST_FRAME * step_s else step_s
    lost = 0 if variable or listing.cut_off else timing.missing_frames(times_s)
    return ClipInfo(
        name=shown_name(path),
        path=path,
        sha256=_sha256(path),
        place=place,
        duration_s=float(times_s[-1]) + last_s,
        frame_times_s=times_s,
        ticks=ticks,
        frame_rate_hz=rate_hz,
        variable_frame_rate=variable,
        codec=stream.codec_context.codec.canonical_name,
        slow_motion_hint=capture_factor({**container.metadata, **stream.metadata}, rate_hz),
        has_audio=bool(container.streams.audio),
        picture_bytes=sum(plane.buffer_size for plane in first.planes),
        notes=(
            *_time_notes(made_up, times_s.size, rate_hz),
            *_notes(listing, lost, times_s.size, first.interlaced_frame),
        ),
    )


def _placement(stream: VideoStream, first: VideoFrame) -> Placement:
    matrix = cast(Mapping[str, Buffer], first.side_data).get("DISPLAYMATRIX")
    turn = turn_of(None if matrix is None else bytes(matrix))
    return placement((first.width, first.height), turn, stream.sample_aspect_ratio)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _time_notes(made_up: int, frames: int, rate_hz: float) -> tuple[QualityNote, ...]:
    """Say which times are not the file's own."""
    if not made_up:
        return ()
    form = "none" if made_up == frames - 1 else None
    return (note("times_repaired", form, made_up=made_up, frames=frames, rate_hz=rate_hz),)


def _notes(listing: Listing, lost: int, frames: int, interlaced: bool) -> tuple[QualityNote, ...]:
    notes = []
    if listing.cut_off:
        notes.append(note("truncated"))
    if lost:
        notes.append(note("dropped_frames", lost=lost, frames=frames + lost))
    if interlaced:
        notes.append(note("interlaced"))
    return tuple(notes)
