"""Many uploads at once: what is lost, how long they take, how much memory the service needs.

Usage: ``python -m benchmarks.service CLIP [--uploads 50] [--megabytes 20] [--jobs 1] [--replay F]``

Starts a service of its own on the loopback in a temporary folder, sends the clip as often as asked
at the same time, each time with another option so that each is a job of its own, and waits until
all have ended. Prints how long all uploads and all jobs took, and the peak memory of the service
and of the largest of its workers. ``--megabytes`` pads the clip to a size with a box that players
pass over; ``--replay`` names a folder of pose tracks that stand in for the network, of which the
padded clip is given the clip's.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import httpx

_SERVE: Final = "from formcheck_api.server import serve; serve('127.0.0.1', 0)"
_ENDED: Final = ("done", "failed")
PATIENCE_S: Final = 3600.0


def padded(clip: Path, megabytes: float, target: Path) -> Path:
    """Write the clip, followed by an empty box up to that size."""
    content = clip.read_bytes()
    box = max(8, int(megabytes * 1e6) - len(content))
    target.write_bytes(content + box.to_bytes(4, "big") + b"free" + bytes(box - 8))
    return target


def lend_track(clip: Path, padded_clip: Path, replay: Path, folder: Path) -> None:
    """Give a padded clip the stored track of the clip."""
    names = (hashlib.sha256(path.read_bytes()).hexdigest() for path in (clip, padded_clip))
    source, target = (f"{name}.npz" for name in names)
    shutil.copyfile(replay / source, folder / target)


@contextmanager
def service(folder: Path, jobs: int, replay: Path | None) -> Iterator[tuple[str, int]]:
    """Run a service; yield its address and its process."""
    own = {"DATA_FOLDER": str(folder), "JOBS": str(jobs), "LOG_LEVEL": "WARNING"}
    if replay is not None:
        own["REPLAY_FOLDER"] = str(replay)
    environment = {**os.environ, **{f"FORMCHECK_{name}": value for name, value in own.items()}}
    with subprocess.Popen(
        [sys.executable, "-c", _SERVE], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[-1], process.pid
        finally:
            process.terminate()


def send(url: str, clip: Path, number: int) -> int:
    """Send the clip once; return the status."""
    with clip.open("rb") as file, httpx.Client(timeout=PATIENCE_S) as client:
        answer = client.post(
            f"{url}/v1/analyses", files={"clip": file}, data={"incline": str(number / 10)}
        )
    return answer.status_code


def states(url: str) -> list[str]:
    """Return the states of all analyses."""
    found = httpx.get(f"{url}/v1/analyses", params={"limit": 100}, timeout=PATIENCE_S).json()
    return [item["status"] for item in found["items"]]


def peak_mb(pid: int) -> float:
    """Return the most memory a process has had in use (``VmHWM``)."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) * 1024 / 1e6


def measure(clip: Path, uploads: int, url: str, pid: int) -> None:
    """Send all, wait for all, print what it took."""
    before_mb, began = peak_mb(pid), time.monotonic()
    with ThreadPoolExecutor(uploads) as pool:
        answers = Counter(pool.map(partial(send, url, clip), range(uploads)))
    sent_s = time.monotonic() - began
    while set(found := states(url)) - set(_ENDED):
        time.sleep(0.5)
    ended_s = time.monotonic() - began
    print(f"{uploads} uploads of {clip.stat().st_size / 1e6:.0f} MB: answers {dict(answers)}")
    print(f"all answered after {sent_s:.1f} s, all jobs ended after {ended_s:.1f} s")
    print(f"jobs: {dict(Counter(found))}, lost: {uploads - len(found)}")
    print(f"service: peak {peak_mb(pid):.0f} MB, {before_mb:.0f} MB before")


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description="Many uploads at once.")
    parser.add_argument("clip", type=Path)
    parser.add_argument("--uploads", type=int, default=50)
    parser.add_argument("--megabytes", type=float, default=20.0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--replay", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = padded(options.clip, options.megabytes, folder / "clip.mp4")
        if options.replay is not None:
            lend_track(options.clip, clip, options.replay, folder)
        replay = folder if options.replay is not None else None
        with service(folder / "data", options.jobs, replay) as (url, pid):
            measure(clip, options.uploads, url, pid)
        children_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
        print(f"largest process, workers included: peak {children_mb:.0f} MB")


if __name__ == "__main__":
    main()
