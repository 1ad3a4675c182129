"""A quick stand-in for measuring: the "clip" is JSON that says what is to happen.

Every start is noted in the folder that ``$FAKE_LOG`` names: a file called ``CLIP.PID.NUMBER``.
"""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from uuid import uuid4

from formcheck import __version__
from formcheck.errors import NoRunnerError
from formcheck.pipeline import Options
from formcheck.report.schema import Report, save_report

LOG = "FAKE_LOG"


def measure(clip: Path, folder: Path, options: Options) -> None:
    said = json.loads(clip.read_text("utf-8"))
    note(clip.name)
    (folder / "half.txt").write_text("begun", "utf-8")
    time.sleep(said.get("sleep_s", 0.0))
    if said.get("die") == "always" or (said.get("die") == "once" and starts(clip.name) == 1):
        os.kill(os.getpid(), signal.SIGKILL)
    if "bug" in said:
        raise ZeroDivisionError(said["bug"])
    if "nobody" in said:
        raise NoRunnerError("Nobody runs here; film a runner.", "no_person")
    save_report(report(clip.name, said["cadence"], options), folder / "report.json")
    (folder / "half.txt").unlink()


def note(name: str) -> None:
    if LOG in os.environ:
        (Path(os.environ[LOG]) / f"{name}.{os.getpid()}.{uuid4().hex}").touch()


def starts(name: str) -> int:
    return len(list(Path(os.environ[LOG]).glob(f"{name}.*")))


def report(name: str, cadence: float, options: Options, **changes: object) -> Report:
    """Return a small report with one measured and one withheld metric."""
    runner = options.runner
    content = {
        "schema": "formcheck.report/1",
        "clip": {"name": name, "sha256": "0" * 64, "width_px": 640, "height_px": 360,
                 "duration_s": 5.0, "frames": 300, "frame_rate_hz": 60.0},
        "view": {"kind": "side", "facing": "left", "near_side": "left", "confidence": 1.0},
        "runner": {"id": runner.id, "height_m": runner.height_m, "pace": runner.pace,
                   "belt_speed_mps": runner.belt_speed_mps},
        "calibration": {"roll_deg": 0.0, "roll_source": "none", "scale_source": "none"},
        "metrics": {
            "cadence_spm": {"value": cadence, "low": cadence - 0.5, "high": cadence + 0.5,
                            "unit": "steps/min", "n": 12, "status": "measured"},
            "step_width_cm": {"unit": "cm", "status": "wrong_view", "reason": "Needs the rear."},
        },
        "quality": [{"code": "short_clip", "severity": "info", "text": "Short.", "fix": "Film."}],
        "provenance": {"formcheck": __version__, "model": "lite", "model_sha256": "1" * 64,
                       "provider": "none"},
    }  # fmt: skip
    return Report.model_validate(content | changes)


def write_clip(path: Path, cadence: float = 170.0, **said: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cadence": cadence, **said}), "utf-8")
    return path
