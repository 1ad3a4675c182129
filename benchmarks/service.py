"""The service under load and attack: what is lost, what breaks, how much memory it takes.

Usage: ``python -m benchmarks.service [--uploads 50] [--megabytes 20] [--requests 10000]
[--files 300] [--kills 50] [--seed 0]``; 0 leaves a part out.

Starts services of its own on the loopback in a temporary folder and prints, part by part: uploads
at once and how many were lost; requests nobody has in mind and how many were answered with 500;
hostile files and how many ended in a traceback, a broken job or a hang; kills (``kill -9``) at
random moments and what is lost, twice or half written after them. Memory is the peak in use
(``VmHWM``). The clips are synthetic, their tracks stand in for the network; hostile files are
measured by the real one.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from pathlib import Path

from benchmarks.attack import files, fuzz, kills, load
from tests.api.clips import runner_clip
from tests.api.service import analysed, running
from tests.api.uploads import large_clip


def main() -> None:
    """Read the options and run the parts."""
    parser = argparse.ArgumentParser(description="The service under load and attack.")
    parser.add_argument("--uploads", type=int, default=50)
    parser.add_argument("--megabytes", type=float, default=20.0)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        run(Path(name), options)
    largest_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
    print(f"largest process of all, workers included: peak {largest_mb:.0f} MB")


def run(folder: Path, options: argparse.Namespace) -> None:
    """Run the parts that are asked for, each on a service of its own."""
    tracks = folder / "tracks"
    tracks.mkdir()
    clip = runner_clip(folder / "clip.mp4", tracks)
    own = {"replay_folder": tracks, "keep_free_mb": 0}
    if options.uploads:
        large = large_clip(clip, tracks, folder / "large.mp4", options.megabytes)
        with running(folder / "load", **own) as service:
            load.measure(service, large, options.uploads)
    if options.requests:
        with (
            running(folder / "fuzz", **own, upload_patience_s=1) as service,
            service.client() as client,
        ):
            fuzz.measure(service, analysed(client, clip), options.requests, options.seed)
    if options.files:
        with running(folder / "files", keep_free_mb=0, job_minutes=1) as service:
            files.measure(service, folder, options.files, options.seed)
    if options.kills:
        with running(folder / "kills", **own) as service:
            kills.measure(service, clip, options.kills, options.seed)


if __name__ == "__main__":
    main()
