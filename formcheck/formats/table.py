"""Tidy tables of the landmarks: one row a frame and landmark, at the true frame times."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from formcheck.formats.motion import frames_of, level_points
from formcheck.landmarks import NAMES
from formcheck.report.stored import StoredRun
from formcheck.types import Floats


def landmarks_table(run: StoredRun) -> pa.Table:
    """Return the columns of the tidy table.

    ``clip``, ``frame``, ``t_s``, ``landmark``; ``x_m`` (forward, from behind to the right) and
    ``y_m`` (up), level with gravity, null without a scale; ``x_px`` and ``y_px`` in the upright
    picture, y down; ``confidence``; ``modelled``, true where a point was filled in. Null where a
    point is unknown. The table's metadata says what made it.
    """
    frames, _ = frames_of(run)
    report = run.report
    count, points = frames.t_s.size, len(NAMES)
    scale = report.calibration.metres_per_px if report.calibration else None
    metres = np.full_like(frames.xy_px, np.nan) if scale is None else level_points(run, scale)
    columns = {
        "clip": pa.array([report.clip.name] * (count * points)),
        "frame": np.repeat(np.arange(count), points),
        "t_s": np.repeat(frames.t_s, points),
        "landmark": pa.array(list(NAMES) * count),
        "x_m": _known(metres[..., 0], 5),
        "y_m": _known(metres[..., 1], 5),
        "x_px": _known(frames.xy_px[..., 0], 2),
        "y_px": _known(frames.xy_px[..., 1], 2),
        "confidence": _known(frames.confidence, 3),
        "modelled": frames.modelled.ravel(),
    }
    origin = {"clip_sha256": report.clip.sha256, **report.provenance.model_dump()}
    return pa.table(columns).replace_schema_metadata(origin)


def _known(values: Floats, decimals: int) -> pa.Array:
    flat = np.round(values.ravel(), decimals) + 0.0
    return pa.array(flat, mask=np.isnan(flat))
