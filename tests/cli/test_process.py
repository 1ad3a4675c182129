"""The command line as users start it: exit codes and texts of a real process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from formcheck import __version__
from tests.cli.run import one_sentence

ROOT = Path(__file__).resolve().parents[2]


def start(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "formcheck", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "PYTHONIOENCODING": "utf-8"},
        timeout=120,
        check=False,
    )


def test_version():
    done = start("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"formcheck {__version__}\n"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("analyze", "a.mp4", "--speed", "fast"), 2),
        (("analyze", "nowhere.mp4"), 3),
        (("advise", "nowhere.json"), 2),
    ],
    ids=lambda x: " ".join(x) if isinstance(x, tuple) else None,
)
def test_failures_are_one_sentence(words, code, tmp_path):
    done = start(*words, cwd=tmp_path)
    assert done.returncode == code
    assert done.stdout == ""
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("formcheck: ")
    assert one_sentence(last)
    assert "Traceback" not in done.stderr


def test_text_that_is_piped_away_is_no_failure():
    """As `formcheck --help | head -1` does it."""
    command = f'"{sys.executable}" -m formcheck analyze --help | head -n 1'
    done = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
