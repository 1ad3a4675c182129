"""Batches: throughput against one process after another, and a large one that is killed twice.

Short clips are cut from the clips of a folder; ten of every hundred or so are no good on purpose:
empty, cut off, not a video, too short, nobody in them. They are measured with the fastest network
and without annotated clips.

Usage: ``python -m benchmarks.batch FOLDER [--clips 110] [--timed 12] [--work DIR]``

First the same clips are measured by one ``formcheck analyze`` after another and by ``formcheck
batch``. Then all clips are measured by the pool and by a Dask cluster of two workers on this
machine; both are killed (SIGKILL) after a third and after two thirds of the clips and taken up
again, and every result that was there at a kill must still be the same file at the end. Needs the
extra ``cluster``.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import chain, islice
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from formcheck.video import ClipReader, probe

LENGTH_S = 2.0
SHIFT_S = 0.5
RATE_HZ = 30
LONG_SIDE_PX = 640
BAD = 10
OPTIONS = ("--pose", "lite", "--no-video", "--height", "1.76")
PATIENCE_S = 3600.0
FORMCHECK = [sys.executable, "-m", "formcheck"]


def cut(source: Path, target: Path, from_s: float, length_s: float = LENGTH_S) -> None:
    """Encode a part of a clip anew, small and at a low rate: the batch is tested, not numbers."""
    info = probe(source)
    every = max(1, round(info.frame_rate_hz / RATE_HZ))
    with ClipReader(info, from_s, from_s + length_s) as clip:
        write(target, (frame.scaled_rgb(LONG_SIDE_PX) for frame in islice(clip, 0, None, every)))


def write(target: Path, pictures: Iterator[NDArray[np.uint8]]) -> None:
    """Encode pictures as a clip."""
    first = next(pictures)
    with av.open(str(target), "w") as container:
        stream = container.add_stream("libx264", rate=RATE_HZ)
        stream.height, stream.width = (side // 2 * 2 for side in first.shape[:2])
        stream.pix_fmt = "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "23"}
        for picture in chain([first], pictures):
            even = np.ascontiguousarray(picture[: stream.height, : stream.width])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(even, format="rgb24")))
        container.mux(stream.encode(None))


def parts(folder: Path) -> Iterator[tuple[Path, float]]:
    """Yield clips and where to cut them, every clip once before any is cut again."""
    lengths = {path: probe(path).duration_s for path in sorted(folder.glob("*.mp4"))}
    start_s = 0.0
    while any(start_s + LENGTH_S <= length_s for length_s in lengths.values()):
        for path, length_s in lengths.items():
            if start_s + LENGTH_S <= length_s:
                yield path, start_s
        start_s += SHIFT_S


def make_clips(folder: Path, target: Path, count: int) -> None:
    """Fill a folder with short clips, the bad ones spread among them."""
    good = list(islice(parts(folder), count - BAD))
    if len(good) < count - BAD:
        raise SystemExit(f"{folder} gives only {len(good)} parts of {LENGTH_S:g} s.")
    places = {round((i + 0.5) * count / BAD) for i in range(BAD)}
    left = iter(good)
    for number in range(count):
        name = target / f"{number:03}.mp4"
        if number in places:
            make_bad(name, good[0][0], sorted(places).index(number))
        else:
            path, from_s = next(left)
            cut(path, name, from_s)


def make_bad(target: Path, source: Path, kind: int) -> None:
    """Write one of five sorts of clips that cannot be measured."""
    data = source.read_bytes()
    makers: list[Callable[[], object]] = [
        target.touch,
        lambda: target.write_bytes(data[: len(data) // 3]),
        lambda: target.write_text("no video\n" * 100, encoding="utf-8"),
        lambda: cut(source, target, 0.0, 0.5),
        lambda: write(target, nobody()),
    ]
    makers[kind % len(makers)]()


def nobody() -> Iterator[NDArray[np.uint8]]:
    """Yield two seconds in which only colours move."""
    y, x = np.mgrid[:360, :640]
    for number in range(2 * RATE_HZ):
        slopes = np.stack([(x + 3 * number) % 256, (y + number) % 256, (x + y) % 256], axis=-1)
        yield slopes.astype(np.uint8)


def throughput(clips: list[Path], work: Path) -> None:
    """Print clips a minute of one process after another, and of batches."""
    chosen = work / "timed"
    chosen.mkdir()
    for clip in clips:
        shutil.copy(clip, chosen / clip.name)

    def one_after_another() -> None:
        for clip in clips:
            run("analyze", str(clip), "--out", str(work / "serial" / clip.stem))

    ways: dict[str, Callable[[], object]] = {
        "one process after another": one_after_another,
        "batch, one worker": lambda: run_batch(chosen, work / "one", "--workers", "1"),
        "batch": lambda: run_batch(chosen, work / "pool"),
    }
    print(f"{len(clips)} clips of {LENGTH_S:g} s, {os.cpu_count()} processors")
    print(f"{'':<28}{'s':>8}{'clips/min':>11}{'ratio':>7}")
    first_s = 0.0
    for name, way in ways.items():
        start_s = time.perf_counter()
        way()
        spent_s = time.perf_counter() - start_s
        first_s = first_s or spent_s
        speed = 60 * len(clips) / spent_s
        print(f"{name:<28}{spent_s:>8.1f}{speed:>11.1f}{first_s / spent_s:>7.2f}", flush=True)


def run(*words: str) -> None:
    """Run formcheck to its end; clips that fail are no failure here."""
    subprocess.run([*FORMCHECK, *words, *OPTIONS], capture_output=True, check=False)


def run_batch(clips: Path, out: Path, *words: str) -> None:
    """Run a batch to its end."""
    run("batch", str(clips), "--out", str(out), *words)


def killed_twice(name: str, clips: Path, out: Path, *words: str) -> None:
    """Run a batch that is killed and taken up again, and print what became of every clip."""
    count = len(list(clips.iterdir()))
    start_s = time.perf_counter()
    before: dict[str, int] = {}
    for share in (1 / 3, 2 / 3):
        process = start_batch(clips, out, *words)
        wait_until(lambda: len(records(out)) >= share * count or process.poll() is not None)  # noqa: B023
        process.kill()
        process.wait()
        before |= records(out)
        print(f"{name}: killed with {len(before)} of {count} clips finished", flush=True)
    process = start_batch(clips, out, *words)
    code = process.wait()
    after = records(out)
    again = sum(after.get(folder) != inode for folder, inode in before.items())
    print(f"{name}: exit code {code}, {time.perf_counter() - start_s:.0f} s in all; {again} clips "
          f"done again that were finished, {count - len(after)} lost")  # fmt: skip
    print(f"{name}: {len(rows(out / 'summary.csv'))} measured, {failures(out)}", flush=True)


def start_batch(clips: Path, out: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start a batch, or take it up again."""
    command = [*FORMCHECK, "batch", str(clips), "--out", str(out), "--resume", "--report"]
    quiet = subprocess.DEVNULL
    return subprocess.Popen([*command, *OPTIONS, *words], stdout=quiet, stderr=quiet)


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for something; give up after an hour."""
    end_s = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > end_s:
            raise SystemExit("It takes too long.")
        time.sleep(0.05)


def records(out: Path) -> dict[str, int]:
    """Return which clips are finished, each with the identity of its record's file."""
    return {file.parent.name: file.stat().st_ino for file in out.glob("*/batch.json")}


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def failures(out: Path) -> str:
    """Return how many clips failed, by code."""
    codes = Counter(row["code"] for row in rows(out / "failures.csv"))
    return (
        f"{codes.total()} failed: {', '.join(f'{n} {code}' for code, n in sorted(codes.items()))}"
    )


@contextmanager
def two_workers(work: Path) -> Iterator[str]:
    """Yield the address of a Dask cluster of two workers, one thread a clip."""
    file = work / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    env = {**os.environ, "FORMCHECK_THREADS": "1"}
    place = ["--host", "127.0.0.1", "--scheduler-file", str(file), "--no-dashboard"]
    with (work / "dask.txt").open("w") as log:
        started = [
            subprocess.Popen([*dask, "scheduler", "--port", "0", *place], stdout=log, stderr=log)
        ]
        wait_until(file.exists)
        address: str = json.loads(file.read_text("utf-8"))["address"]
        both = [*dask, "worker", "--nworkers", "2", "--nthreads", "1", *place]
        started.append(subprocess.Popen(both, stdout=log, stderr=log, env=env))
        try:
            wait_until(lambda: workers(address) == 2)
            yield address
        finally:
            for process in reversed(started):
                process.terminate()
                process.wait()


def workers(address: str) -> int:
    """Return how many workers a cluster has."""
    with import_module("distributed").Client(address, set_as_default=False) as client:
        return len(client.nthreads())


def main() -> None:
    """Read the command line and print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clips", type=int, default=110)
    parser.add_argument("--timed", type=int, default=12, help="clips to time; 0 for none")
    parser.add_argument("--work", type=Path, help="keep everything here")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        clips = work / "clips"
        clips.mkdir(parents=True)
        make_clips(arguments.folder, clips, arguments.clips)
        good = [path for path in sorted(clips.iterdir()) if path.stat().st_size > 10_000]
        if arguments.timed:
            throughput(good[: arguments.timed], work)
        killed_twice("pool", clips, work / "all_pool")
        with two_workers(work) as address:
            killed_twice("dask", clips, work / "all_dask", "--cluster", address)
        names = ("summary.csv", "failures.csv")
        same = [(work / "all_pool" / n).read_bytes() == (work / "all_dask" / n).read_bytes()
                for n in names]  # fmt: skip
        print(f"the same tables from pool and Dask: {same}")


if __name__ == "__main__":
    main()
