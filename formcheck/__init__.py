"""Measured running form from ten seconds of phone video.

>>> import formcheck
>>> run = formcheck.analyze("clip.mp4", height_m=1.76, speed="10km/h")  # doctest: +SKIP
>>> run.metrics["cadence_spm"]  # doctest: +SKIP
cadence_spm 165.7 steps/min (165.5 to 165.9), n=26

The names in `__all__` are the public ones; everything else may change without notice. Each is
imported when it is first used, so that importing `formcheck` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from formcheck.telemetry import switch_off

if TYPE_CHECKING:
    from formcheck.comparison.schema import Comparison
    from formcheck.cues import Advice
    from formcheck.errors import (
        BatchError,
        ClipError,
        FormcheckError,
        ModelError,
        NoRunnerError,
        UsageError,
    )
    from formcheck.face import advise, analyze, compare, export, load, measure, pose_track
    from formcheck.report.schema import Report
    from formcheck.run import Run
    from formcheck.types import Metric, PoseTrack, Runner

__version__ = "0.1.0"

_HOMES: Final = {
    "Advice": "formcheck.cues",
    "BatchError": "formcheck.errors",
    "ClipError": "formcheck.errors",
    "Comparison": "formcheck.comparison.schema",
    "FormcheckError": "formcheck.errors",
    "Metric": "formcheck.types",
    "ModelError": "formcheck.errors",
    "NoRunnerError": "formcheck.errors",
    "PoseTrack": "formcheck.types",
    "Report": "formcheck.report.schema",
    "Run": "formcheck.run",
    "Runner": "formcheck.types",
    "UsageError": "formcheck.errors",
    "advise": "formcheck.face",
    "analyze": "formcheck.face",
    "compare": "formcheck.face",
    "export": "formcheck.face",
    "load": "formcheck.face",
    "measure": "formcheck.face",
    "pose_track": "formcheck.face",
}

__all__ = [
    "Advice",
    "BatchError",
    "ClipError",
    "Comparison",
    "FormcheckError",
    "Metric",
    "ModelError",
    "NoRunnerError",
    "PoseTrack",
    "Report",
    "Run",
    "Runner",
    "UsageError",
    "__version__",
    "advise",
    "analyze",
    "compare",
    "export",
    "load",
    "measure",
    "pose_track",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'formcheck' has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


switch_off()
