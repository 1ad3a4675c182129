"""Whole runs of the command line, each made once and shared by the tests that look at it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from benchmarks.clips import Truth, read_truth
from tests.e2e.clips import REAR, SIDE, pictures, write

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Run:
    """What one run of ``formcheck analyze`` said and left."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def report(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / "report.json").read_text("utf-8"))
        return content

    @property
    def sentence(self) -> str:
        """The last line on standard error."""
        return self.err.strip().splitlines()[-1]


def analyze(clip: Path, folder: Path, *words: str) -> Run:
    """Run ``formcheck analyze`` as a process of its own, every warning an error."""
    command = [sys.executable, "-W", "error", "-m", "formcheck", "analyze", str(clip), *words]
    done = subprocess.run(
        [*command, "--out", str(folder)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"},
        timeout=600,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr, folder)


def truth_of(clip: Path) -> Truth:
    return read_truth(clip.stem, json.loads(clip.with_suffix(".json").read_text("utf-8")))


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="session")
def side_run(results: Path) -> Run:
    """Return the side clip measured with everything a user may say."""
    words = ("--height", "1.79", "--speed", "2.6m/s", "--pace", "easy", "--runner", "anna")
    return analyze(SIDE, results / "side", *words, "--blur-face")


@pytest.fixture(scope="session")
def rear_run(results: Path) -> Run:
    """Return the rear clip measured, the belt speed in another unit."""
    return analyze(REAR, results / "rear", "--height", "179", "--speed", "9.72km/h")


@pytest.fixture(scope="session")
def half_rate_run(results: Path) -> Run:
    """Return every second picture of the side clip measured: thirty a second."""
    half = islice(pictures(SIDE, 10_000), 0, None, 2)
    clip = write(results / "half.mp4", half, rate=30)
    words = ("--pose", "full", "--no-video", "--height", "1.79", "--speed", "2.6m/s")
    return analyze(clip, results / "half", *words)


LITE = ("--pose", "lite", "--no-video", "--json", "--to", "3.5", "--height", "1.79")


@pytest.fixture(scope="session")
def twins(results: Path) -> tuple[Run, Run]:
    """Return the same clip measured twice, as JSON and without a video."""
    first, second = (analyze(SIDE, results / name, *LITE) for name in ("once", "again"))
    return first, second
