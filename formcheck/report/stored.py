"""A finished analysis read back from its folder: the report and what `frames.csv` holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.errors import UsageError
from formcheck.landmarks import NAMES
from formcheck.report.schema import LARGEST, REPORT_NAME, Report, load_report
from formcheck.report.tables import measure_columns
from formcheck.types import Floats, Gait

FRAMES_NAME: Final = "frames.csv"


@dataclass(frozen=True, slots=True, eq=False)
class StoredFrames:
    """What a ``frames.csv`` holds of T frames.

    Attributes
    ----------
    t_s : (T,) float
        True times.
    xy_px : (T, K, 2) float
        Landmarks in the upright picture, y down; NaN where unknown.
    confidence : (T, K) float
        The network's own.
    modelled : (T, K) bool
        True where a point was filled in.
    measures : mapping of str to (T,) float
        The per-frame measures by their column names, unit included.
    """

    t_s: Floats
    xy_px: Floats
    confidence: Floats
    modelled: NDArray[np.bool_]
    measures: Mapping[str, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class StoredRun:
    """A report and, where its folder is there, the frames beside it."""

    report: Report
    folder: Path | None
    frames: StoredFrames | None


def load_run(path: Path) -> StoredRun:
    """Read a finished analysis.

    Parameters
    ----------
    path : Path
        An output folder of ``formcheck analyze`` or the ``report.json`` in it. Without a
        ``frames.csv`` beside the report, `StoredRun.frames` is None.

    Raises
    ------
    UsageError
        When there is no report, or when the report or the table is damaged.
    """
    report = load_report(path)
    folder = path if path.is_dir() else path.parent
    whole = path.is_dir() or path.name == REPORT_NAME
    table = folder / FRAMES_NAME
    frames = load_frames(table) if whole and table.is_file() else None
    return StoredRun(report, folder if whole else None, frames)


def frames_in(gait: Gait) -> StoredFrames:
    """Return the frames of a fresh analysis, unrounded."""
    track = gait.track
    return StoredFrames(
        track.t_s, track.xy_px, track.confidence, gait.modelled, measure_columns(gait)
    )


def _check_values(path: Path, t_s: Floats, values: Floats) -> None:
    """Check that time goes on from row to row and that no number is beyond what is measured."""
    onward = t_s.size > 1 and bool(np.all(np.isfinite(t_s)) and np.all(np.diff(t_s) > 0))
    if not onward or bool(np.any(np.abs(values) > LARGEST)):
        raise UsageError(
            f"{path} is damaged: its times do not go on or its numbers cannot be; analyse the clip "
            "again.",
            "unreadable_report",
        )


def load_frames(path: Path) -> StoredFrames:
    """Read a ``frames.csv``.

    Raises
    ------
    UsageError
        When it cannot be read or is no such table.
    """
    try:
        header, first, *more = path.read_text(encoding="utf-8").splitlines()
        values = np.genfromtxt([first, *more], delimiter=",", dtype=np.float64, ndmin=2)
        columns = dict(zip(header.split(","), values.T, strict=True))
        marks = {
            suffix: np.stack([columns.pop(f"{name}_{suffix}") for name in NAMES], axis=1)
            for suffix in ("x_px", "y_px", "confidence", "modelled")
        }
        t_s = columns.pop("t_s")
        columns.pop("frame")
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(
            f"{path} is not a table of formcheck analyze or is cut off; analyse the clip again.",
            "unreadable_report",
        ) from error
    _check_values(path, t_s, values)
    xy_px = np.stack([marks["x_px"], marks["y_px"]], axis=-1)
    return StoredFrames(t_s, xy_px, marks["confidence"], marks["modelled"] > 0.5, columns)
