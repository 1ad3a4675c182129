"""Packets and pictures of one video stream, in order, stepping over what is damaged."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import islice
from threading import Lock
from typing import Final

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

logger = logging.getLogger(__name__)
Ticks = NDArray[np.int64]
MOST_PACKETS: Final = 5_000_000
"""Of all streams together; what lies behind them is not read."""
_AT_END: Final = 4
_FALLS_BACK_S, _LEAP_S = 0.5, 600.0
_CUT_OFF_S: Final = 0.1
_LOOK_AHEAD: Final = 3  # as far as usual H.264 moves a picture


@dataclass(frozen=True, slots=True)
class Listing:
    """When a stream's pictures are to be presented, by its packets.

    Attributes
    ----------
    ticks : (N,) int
        Presentation times in units of the stream's time base, sorted. Pictures that an edit list
        hides are left out; one without a time repeats that of the packet before it.
    last_ticks : int
        Duration of the last picture; 0 if unknown.
    cut_off : bool
        Whether the file ends before what its header announces.
    """

    ticks: Ticks
    last_ticks: int
    cut_off: bool


class Tally:
    """Counts the pictures that were decoded in this process, and the bytes they took."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.pictures = 0
        self.picture_bytes = 0

    def add(self, picture: VideoFrame) -> None:
        """Count one more."""
        with self._lock:
            self.pictures += 1
            self.picture_bytes += sum(plane.buffer_size for plane in picture.planes)


tally: Final = Tally()


def list_packets(container: InputContainer, stream: VideoStream) -> Listing:
    """Read every packet of a container that was just opened; decode none."""
    durations: dict[int, int] = {}
    ticks: list[int] = []
    last_end_s = 0.0
    torn = False
    for packet in islice(_packets(container), MOST_PACKETS):
        ours = packet.stream_index == stream.index
        torn |= packet.is_corrupt
        tick = _tick(packet)
        if tick is not None and (ours or stream.duration is None):
            last_end_s = max(last_end_s, float((tick + (packet.duration or 0)) * packet.time_base))
        if not ours or packet.size == 0 or packet.is_discard or packet.is_corrupt:
            continue
        ticks.append(tick if tick is not None else ticks[-1] if ticks else 0)
        durations[ticks[-1]] = packet.duration or 0
    short = _announced_end_s(container, stream) - last_end_s > _CUT_OFF_S
    ticks.sort()
    return Listing(
        np.array(ticks, np.int64), durations.get(max(ticks, default=0), 0), torn or short
    )


def _tick(packet: Packet[Stream]) -> int | None:
    return packet.dts if packet.pts is None else packet.pts


def _announced_end_s(container: InputContainer, stream: VideoStream) -> float:
    if stream.duration is not None and stream.time_base is not None:
        return float(((stream.start_time or 0) + stream.duration) * stream.time_base)
    return (container.duration or 0) / av.time_base


def decoded(
    container: InputContainer, stream: VideoStream, most_packets: int | None = None
) -> Iterator[VideoFrame]:
    """Yield a stream's pictures in order of presentation from where the container stands.

    With `most_packets` no more than so many packets are looked at.
    """
    for packet in islice(_packets(container, stream), most_packets):
        if packet.is_corrupt:
            continue
        try:
            pictures = packet.decode()
        except av.error.FFmpegError as error:
            logger.debug("packet at %s not decoded: %s", packet.pts, error)
            continue
        for picture in pictures:
            if isinstance(picture, VideoFrame) and not picture.is_corrupt:
                tally.add(picture)
                yield picture


def _packets(container: InputContainer, *streams: Stream) -> Iterator[Packet[Stream]]:
    """Yield packets until the file ends or breaks off; the empty ones that flush come last."""
    packets = container.demux(*streams)
    try:
        yield from _joined(packets) if container.format.name == "mpegts" else packets
    except (av.error.FFmpegError, IndexError) as error:
        # PyAV knows streams by their place when the file was opened: one that begins later has none
        logger.debug("reading stopped: %s", error)


def _joined(packets: Iterator[Packet[Stream]]) -> Iterator[Packet[Stream]]:
    """Yield the packets of a transport stream with the times that they have in the whole.

    One of the last packets of a piece counts as damaged, as the next piece comes in place of what
    was announced to follow; it is whole.
    """
    pieces = _Pieces()
    waiting: deque[Packet[Stream]] = deque()
    for packet in packets:
        if pieces.put_behind(packet):
            for last in waiting:
                last.is_corrupt = False
        waiting.append(packet)
        if len(waiting) > _AT_END:
            yield waiting.popleft()
    yield from waiting


class _Pieces:
    """Lets the parts of a transport stream that was joined from pieces follow each other.

    Each piece counts its time from its own beginning. Where a stream's decoding time falls back, or
    leaps by more than a pause of the camera can explain, a piece begins: its packets are put right
    behind the last one of the same stream.
    """

    def __init__(self) -> None:
        self._shifts: dict[int, int] = {}
        self._last: dict[int, tuple[int, int]] = {}

    def put_behind(self, packet: Packet[Stream]) -> bool:
        """Give a packet the time that it has in the whole; tell whether a piece begins with it."""
        if packet.dts is None or packet.time_base is None or packet.size == 0:
            return False
        stream, tick_s = packet.stream_index, float(packet.time_base)
        shift = self._shifts.get(stream, 0)
        last, step = self._last.get(stream, (packet.dts + shift, packet.duration or 0))
        gone_s = (packet.dts + shift - last) * tick_s
        begins = not -_FALLS_BACK_S < gone_s < _LEAP_S
        if begins:
            self._shifts[stream] = shift = last + step - packet.dts
        packet.dts += shift
        packet.pts = None if packet.pts is None else packet.pts + shift
        self._last[stream] = packet.dts, packet.duration or step
        return begins


def stamped(pictures: Iterator[VideoFrame]) -> Iterator[tuple[VideoFrame, int | None]]:
    """Pair pictures with their time stamps, which change places where they come in wrong order.

    The decoder knows the order of pictures from the video itself; stamps are the container's.
    """
    waiting: deque[VideoFrame] = deque()
    stamps: list[int] = []
    for picture in pictures:
        waiting.append(picture)
        if picture.pts is not None:
            heappush(stamps, picture.pts)
        if len(waiting) > _LOOK_AHEAD:
            yield _next(waiting, stamps)
    while waiting:
        yield _next(waiting, stamps)


def _next(waiting: deque[VideoFrame], stamps: list[int]) -> tuple[VideoFrame, int | None]:
    picture = waiting.popleft()
    return picture, None if picture.pts is None else heappop(stamps)
