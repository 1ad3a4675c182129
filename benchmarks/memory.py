"""Peak memory over the length of a 4K clip: it must not grow.

Usage: ``python -m benchmarks.memory CLIP [--seconds 5 20 60] [--tasks read copy analyze]``

Scales the first seconds of CLIP up to 3840 pixels, repeats them to each length, and runs each task
on each length in a process of its own:

read
    decode every frame and cut a 256-pixel crop out of it;
copy
    decode every frame, convert it whole and write it into a new clip (scaled to Full HD);
analyze
    the whole ``formcheck analyze``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np

from formcheck.video import ClipReader, ClipWriter

LONG_SIDE_PX: Final = 3840
TASKS: Final = ("read", "copy", "analyze")
_ANALYZE: Final = "import sys; from formcheck.cli import main; sys.exit(main())"


def enlarge(source: Path, seconds: float, target: Path) -> None:
    """Write the first seconds of a clip at 4K."""
    with ClipReader(source, to_s=seconds) as clip:
        scale = LONG_SIDE_PX / max(clip.info.width_px, clip.info.height_px)
        size = round(clip.info.width_px * scale), round(clip.info.height_px * scale)
        rate = clip.info.frame_rate_hz
        with ClipWriter(target, *size, fps_hint=rate, max_side_px=LONG_SIDE_PX) as out:
            for frame in clip:
                large = cv2.resize(frame.rgb(), size, interpolation=cv2.INTER_CUBIC)
                out.write(np.asarray(large, np.uint8), frame.t_s)


def repeat(source: Path, times: int, target: Path) -> None:
    """Join a clip to itself without encoding it again."""
    with av.open(str(target), "w") as joined:
        copy = None
        for turn in range(times):
            with av.open(str(source)) as once:
                stream = once.streams.video[0]
                copy = copy or joined.add_stream_from_template(stream)
                shift = turn * (stream.duration or 0)
                for packet in once.demux(stream):
                    if packet.pts is not None and packet.dts is not None:
                        packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                        packet.stream = copy
                        joined.mux(packet)


def read(clip: Path) -> None:
    """Decode every frame and cut a crop out of it."""
    matrix = np.array(((4.0, 0, 1000), (0, 4.0, 500)))
    with ClipReader(clip) as frames:
        for frame in frames:
            frame.warp(matrix, 256)


def copy(clip: Path) -> None:
    """Decode every frame whole and write it again."""
    with ClipReader(clip) as frames:
        info = frames.info
        target = clip.with_name("copy.mp4")
        with ClipWriter(target, info.width_px, info.height_px, fps_hint=info.frame_rate_hz) as out:
            for frame in frames:
                out.write(frame.rgb(), frame.t_s)


def peak_mib(command: Sequence[str]) -> tuple[float, float, int]:
    """Run a command; return its peak resident memory in MiB, its time in seconds, its exit code."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    code = process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss / 1024, time.perf_counter() - start, code


def command_of(task: str, clip: Path) -> list[str]:
    """Return the command that runs a task on a clip."""
    if task == "analyze":
        out = str(clip.with_name("out"))
        return [sys.executable, "-c", _ANALYZE, "analyze", str(clip), "--out", out]
    return [sys.executable, "-m", "benchmarks.memory", str(clip), "--only", task]


def measure(source: Path, lengths_s: Sequence[int], tasks: Sequence[str]) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        once = Path(folder, "once.mp4")
        unit_s = min(lengths_s)
        own = [sys.executable, "-m", "benchmarks.memory", str(source), "--only", "enlarge"]
        subprocess.run([*own, "--seconds", str(unit_s), "--target", str(once)], check=True)
        print(f"{'task':8} {'seconds':>8} {'frames':>7} {'peak MiB':>9} {'took s':>7}")
        for seconds in lengths_s:
            clip = Path(folder, f"{seconds}s.mp4")
            repeat(once, round(seconds / unit_s), clip)
            with av.open(str(clip)) as container:
                frames = container.streams.video[0].frames
            for task in tasks:
                peak, took, code = peak_mib(command_of(task, clip))
                failed = f"  exit {code}" if code else ""
                print(
                    f"{task:8} {seconds:8d} {frames:7d} {peak:9.0f} {took:7.1f}{failed}", flush=True
                )


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description="Peak memory over the length of a 4K clip.")
    parser.add_argument("clip", type=Path)
    parser.add_argument("--seconds", type=int, nargs="+", default=[5, 20, 60])
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--only", choices=("read", "copy", "enlarge"), help=argparse.SUPPRESS)
    parser.add_argument("--target", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only == "enlarge":
        enlarge(options.clip, options.seconds[0], options.target)
    elif options.only:
        {"read": read, "copy": copy}[options.only](options.clip)
    else:
        measure(options.clip, options.seconds, options.tasks)


if __name__ == "__main__":
    main()
