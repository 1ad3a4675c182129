"""Small clips whose every frame tells its own number.

A picture is a smooth moving colour field with a bar code along its top: a white cell, eight cells
for the number's bits, a black cell. Whatever a codec does to it, the number can be read back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream
from numpy.typing import NDArray

WIDTH, HEIGHT, CELL = 192, 128, 16
BITS = 8
TICK = Fraction(1, 90_000)
Image = NDArray[np.uint8]


def picture(number: int, width: int = WIDTH, height: int = HEIGHT) -> Image:
    """Draw the upright picture with that number."""
    x, y = np.meshgrid(np.arange(width) / width, np.arange(height) / height)
    phase = 2 * np.pi * number / 24
    field = np.stack(
        (
            128 + 70 * np.sin(2 * np.pi * x + phase),
            128 + 70 * np.cos(2 * np.pi * y + phase),
            128 + 70 * np.sin(2 * np.pi * (x - y)),
        ),
        axis=-1,
    ).astype(np.uint8)
    bits = (1, *((number >> bit) & 1 for bit in range(BITS)), 0)
    for place, bit in enumerate(bits):
        field[:CELL, place * CELL : (place + 1) * CELL] = 230 * bit + 12
    return field


def number_of(rgb: Image) -> int:
    """Read the number of an upright picture; fails if it has no bar code."""
    half = CELL // 2
    cells = [rgb[half, place * CELL + half].mean() > 128 for place in range(BITS + 2)]
    assert cells[0], "no bar code at the top left"
    assert not cells[-1], "no bar code at the top left"
    return sum(int(bit) << place for place, bit in enumerate(cells[1:-1]))


@dataclass(frozen=True)
class Recipe:
    """How to encode a clip."""

    codec: str = "libx264"
    pix_fmt: str = "yuv420p"
    suffix: str = ".mp4"
    options: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        return f"{self.codec}-{self.pix_fmt}{self.suffix}"


_QUIET = {
    "libx265": {"x265-params": "log-level=none", "tag": "hvc1"},
    "libsvtav1": {"preset": "10"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "6"},
}


def record(
    path: Path,
    times_s: Sequence[float],
    recipe: Recipe | None = None,
    *,
    draw: Callable[[int], Image] = picture,
    prepare: Callable[[OutputContainer, VideoStream], None] = lambda container, stream: None,
    alter: Callable[[list[Packet[VideoStream]]], None] = lambda packets: None,
    container_options: dict[str, str] | None = None,
) -> Path:
    """Encode picture 0, 1, ... at the given times.

    Parameters
    ----------
    prepare
        Last changes to container and stream before encoding.
    alter
        Changes the list of encoded packets in place before they are written.
    """
    recipe = recipe or Recipe()
    first = draw(0)
    options = {**_QUIET.get(recipe.codec, {}), **dict(recipe.options)}
    with av.open(str(path), "w", options=container_options or {}) as container:
        rate = Fraction(1 / (times_s[1] - times_s[0])).limit_denominator(1001)
        stream = cast(VideoStream, container.add_stream(recipe.codec, rate=rate, options=options))
        stream.height, stream.width = first.shape[:2]
        stream.pix_fmt = recipe.pix_fmt
        stream.codec_context.time_base = TICK
        prepare(container, stream)
        packets = list(_encoded(stream, times_s, draw))
        alter(packets)
        for packet in packets:
            container.mux(packet)
    return path


def _encoded(
    stream: VideoStream, times_s: Sequence[float], draw: Callable[[int], Image]
) -> Iterator[Packet[VideoStream]]:
    for number, t_s in enumerate(times_s):
        frame = av.VideoFrame.from_ndarray(draw(number), format="rgb24")
        frame.pts, frame.time_base = round(t_s / TICK), TICK
        yield from stream.encode(frame)
    yield from stream.encode(None)


def steady(frames: int, rate_hz: float = 30.0) -> list[float]:
    """Frame times of a steady clip."""
    return [number / rate_hz for number in range(frames)]


def psnr(first: Image, second: Image) -> float:
    """Peak signal to noise ratio of two pictures in dB."""
    error = np.mean((first.astype(float) - second.astype(float)) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-12)))


def packet_bytes(path: Path) -> list[tuple[int, int]]:
    """Return where in the file each coded picture starts and ends."""
    with av.open(str(path)) as container:
        spans = [(packet.pos or 0, packet.size) for packet in container.demux(video=0)]
    return [(start, start + size) for start, size in spans if size]
