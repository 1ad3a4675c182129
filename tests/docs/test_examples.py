"""Every block of docs/python.md and both examples run, in a folder that holds what they read.

Only the pose network is replaced: a stored track of a synthetic runner stands in for it.
"""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import ezc3d
import numpy as np
import pytest

import formcheck
from formcheck.landmarks import NAMES
from formcheck.pose import ReplayEstimator, save_track
from tests.gait.exact import filmed
from tests.synthetic import make_runner
from tests.video.clips import record, steady

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """A folder with `clip.mp4`, in which a program runs."""
    track = filmed("left", 30.0, 4.0)[2]
    save_track(track, tmp_path / "track.npz")
    record(tmp_path / "clip.mp4", steady(track.t_s.size, 30.0))
    monkeypatch.setattr(
        "formcheck.pipeline.open_estimator",
        lambda pose, person: ReplayEstimator(tmp_path / "track.npz"),
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_page_on_python(place, capsys):
    blocks = BLOCK.findall((DOCS / "python.md").read_text(encoding="utf-8"))
    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "python.md", "exec"), names)
    assert len(blocks) >= 6
    assert "is not understood" in capsys.readouterr().out
    one, other = (names[name].metrics["cadence_spm"].value for name in ("run", "other"))  # type: ignore[attr-defined]
    assert one == pytest.approx(170, abs=1)
    assert other == pytest.approx(one, abs=1)
    assert (place / "tables" / "anna.parquet").is_file()


def test_knee_over_the_stride(place):
    made = runpy.run_path(str(DOCS / "examples" / "knee_over_stride.py"))
    mean = made["curves"].mean(axis=0)
    assert len(made["curves"]) >= 4
    assert mean.argmax() in range(60, 85)  # the swing's bend
    assert 0.25 < np.mean(made["toe_off"]) < 0.5
    assert "initial contact" in (place / "knee.html").read_text(encoding="utf-8")


def test_motion_capture(place, capsys):
    runner = make_runner(3, 8.0)
    t_s = np.arange(0.0, 6.0, 1 / 150)
    file = ezc3d.c3d()
    points = np.ones((4, len(NAMES), t_s.size))
    points[:3] = 1000 * runner.joints(t_s).transpose(2, 1, 0)
    file["data"]["points"] = points
    group = file["parameters"]["POINT"]
    group["RATE"]["value"], group["LABELS"]["value"] = [150.0], list(NAMES)
    group["UNITS"]["value"] = ["mm"]
    file.write(str(place / "trial.c3d"))
    made = runpy.run_path(str(DOCS / "examples" / "motion_capture.py"))
    run = made["run"]
    assert isinstance(run, formcheck.Run)
    assert run.metrics["cadence_spm"].value == pytest.approx(170, abs=1)
    assert "cadence_spm 170 steps/min" in capsys.readouterr().out
