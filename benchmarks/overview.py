"""One row a clip, with or without truth: what formcheck reads from it, or why it does not.

Usage: ``python -m benchmarks.overview FOLDER [FOLDER ...] [--pose heavy]``

Beside a clip with truth (`NAME.json`) the errors of the main metrics stand in brackets.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from benchmarks.clips import read_truth
from formcheck.errors import FormcheckError
from formcheck.pipeline import Options, analyze
from formcheck.pose import pose_names
from formcheck.types import Analysis, Runner

SUFFIXES = {".mp4", ".mov", ".mkv", ".webm", ".m4v"}
SHOWN = (
    "cadence_spm",
    "contact_time_ms",
    "vertical_oscillation_cm",
    "trunk_lean_deg",
    "landing_ankle_hip_cm",
    "knee_fppa_midstance_deg",
    "step_width_cm",
)


def row(clip: Path, pose: str) -> list[str]:
    """Measure one clip and return its cells."""
    beside = clip.with_suffix(".json")
    truth = (
        read_truth(clip.stem, json.loads(beside.read_text("utf-8"))) if beside.exists() else None
    )
    runner = truth.runner if truth else Runner()
    try:
        analysis = analyze(clip, Options(runner=runner, pose=pose))
    except FormcheckError as error:
        return [clip.stem, error.code, *[""] * len(SHOWN), str(error)]
    exact = truth.metrics if truth else {}
    notes = ", ".join(note.code for note in analysis.quality)
    return [clip.stem, analysis.gait.view.kind, *(_cell(analysis, exact, k) for k in SHOWN), notes]


def _cell(analysis: Analysis, exact: Mapping[str, float], key: str) -> str:
    metric = analysis.metrics.get(key)
    if metric is None or metric.value is None:
        return ""
    error = f" ({metric.value - exact[key]:+.1f})" if key in exact else ""
    return f"{metric.value:.1f}{error}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--pose", default="heavy", choices=pose_names())
    options = parser.parse_args()
    print("| clip | view or reason |", " | ".join(SHOWN), "| notes |")
    print("|---" * (len(SHOWN) + 3) + "|")
    for folder in options.folders:
        for clip in sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES):
            print("|", " | ".join(row(clip, options.pose)), "|", flush=True)


if __name__ == "__main__":
    main()
