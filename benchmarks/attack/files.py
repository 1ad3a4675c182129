"""Hostile files: damaged, cut, mislabelled and lying clips, each through upload, look and job."""

from __future__ import annotations

import struct
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

import httpx
import numpy as np

from tests.api.processes import children, peak_memory_mb
from tests.api.service import Service, send, state_when
from tests.e2e.clips import write

FRAMES: Final = 40
LONGEST_S: Final = 60.0
_BROKEN: Final = ("worker_lost", "internal", "service_lost")


def measure(service: Service, folder: Path, files: int, seed: int = 0) -> None:
    """Send so many files; print what the service and its processes made of them."""
    outcomes, slowest_s, hangs, tracebacks, peak_mb = Counter[str](), 0.0, 0, 0, 0.0
    with service.client() as client:
        for _, (name, content) in zip(range(files), hostile(folder, seed), strict=False):
            path = folder / "hostile.mp4"
            path.write_bytes(content)
            began = time.monotonic()
            outcome = _outcome(client, path)
            took_s = time.monotonic() - began
            outcomes[outcome] += 1
            slowest_s = max(slowest_s, took_s)
            hangs += outcome == "too_slow" or took_s > LONGEST_S
            said = service.log.read_text("utf-8", "replace")
            if outcome in _BROKEN or said.count("Traceback") > tracebacks:
                tracebacks = said.count("Traceback")
                last = [line for line in said.splitlines() if "Traceback" in line][-1:]
                print(f"  {name}: {outcome}", *last, flush=True)
            peaks = [peak_memory_mb(pid) for pid in (service.pid, *children(service.pid))]
            peak_mb = max(peak_mb, *peaks)
    broken = sum(outcomes[code] for code in _BROKEN)
    print(f"hostile files: {outcomes.total()}, tracebacks: {tracebacks}")
    print(f"  jobs that broke: {broken}, hangs: {hangs}, slowest {slowest_s:.1f} s")
    print(f"  memory of the largest process: peak {peak_mb:.0f} MB")
    print(f"  outcomes {dict(outcomes.most_common())}")


def _outcome(client: httpx.Client, path: Path) -> str:
    """Send a file; return the code it ends with."""
    answer = send(client, path, pose="lite", to=1, no_video="true")
    if answer.status_code != 202:
        return str(answer.json().get("code", answer.status_code))
    address = f"/v1/analyses/{answer.json()['id']}"
    state = state_when(client, address, "done", "failed")
    client.delete(address)
    return state["error"]["code"] if state["error"] else "done"


def hostile(folder: Path, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield names and contents of hostile files without end; the same for the same seed."""
    clips = list(_clips(folder))
    for name, content in (*_special(clips[0][1]), *_cut(clips)):
        yield name, content
    random, number = Random(seed), 0
    while True:
        name, content = random.choice(clips)
        number += 1
        yield f"{name} changed {number}", _changed(random, content)


def _clips(folder: Path) -> Iterator[tuple[str, bytes]]:
    wall = [np.full((64, 96, 3), 5 * n % 256, np.uint8) for n in range(FRAMES)]
    for name, codec in (("a.mp4", "libx264"), ("b.mkv", "libx264"), ("c.avi", "mjpeg")):
        yield name, write(folder / name, iter(wall), codec=codec).read_bytes()
    yield "one.mp4", write(folder / "one.mp4", iter(wall[:1])).read_bytes()
    tall = (np.zeros((1024, 16, 3), np.uint8) for _ in range(10))
    yield "tall.mp4", write(folder / "tall.mp4", tall).read_bytes()


def _special(clip: bytes) -> Iterator[tuple[str, bytes]]:
    yield "empty", b""
    yield "zeros", bytes(100_000)
    yield "text", b"no video"
    yield "playlist", b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n"
    yield "concat", b"ffconcat version 1.0\nfile /etc/passwd\n"
    yield "page", b"<html><script>alert(1)</script></html>"
    yield "picture", b"\x89PNG\r\n\x1a\n" + bytes(64)
    yield "nested", b"".join(struct.pack(">I4s", 8 * n, b"moov") for n in range(3000, 0, -1))
    yield "doubled", clip + clip
    for box in (b"stts", b"stsz", b"stco", b"stsc", b"mvhd", b"tkhd", b"mdhd", b"trak", b"avcC"):
        at = clip.find(box)
        for count in (0, 1, 0x7FFFFFFF, 0xFFFFFFFF):
            yield f"{box!r} {count}", clip[: at + 8] + struct.pack(">I", count) + clip[at + 12 :]
            yield (
                f"{box!r} then {count}",
                clip[: at + 12] + struct.pack(">I", count) + clip[at + 16 :],
            )
    at = clip.find(b"stsz")
    for samples in (10**6, 2 * 10**7):
        lie = struct.pack(">II", 1, samples)
        yield f"{samples} samples", clip[: at + 8] + lie + clip[at + 16 :]


def _cut(clips: list[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    for name, clip in clips:
        for share in (0.01, 0.3, 0.6, 0.9, 0.99):
            yield f"{name} cut at {share}", clip[: int(share * len(clip))]
            yield f"{name} from {share}", clip[int(share * len(clip)) :]


def _changed(random: Random, clip: bytes) -> bytes:
    """Return a clip with some bytes changed, more often near its ends, where its tables lie."""
    content = bytearray(clip)
    for _ in range(random.choice((1, 3, 10, 100))):
        where = random.choice((random.random(), random.random() ** 6, 1 - random.random() ** 6))
        at = min(len(content) - 1, int(where * len(content)))
        content[at] = random.choice((0, 255, random.randrange(256), content[at] ^ 1))
    return bytes(content)
