"""The tables of a run as Arrow tables, for programs: typed columns, null where nothing is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import pyarrow as pa

from formcheck.landmarks import NAMES
from formcheck.report.stored import StoredFrames
from formcheck.report.tables import Column
from formcheck.types import Floats

_TEXT: Final = ("side",)
_WHOLE: Final = ("step",)


def frames_arrow(frames: StoredFrames) -> pa.Table:
    """Return a row a frame, with the columns of ``frames.csv`` in their order.

    ``frame`` is an integer, ``NAME_modelled`` true or false, everything else a float.
    """
    columns: dict[str, pa.Array] = {
        "frame": pa.array(np.arange(frames.t_s.size)),
        "t_s": pa.array(frames.t_s),
        **{name: _known(values) for name, values in frames.measures.items()},
    }
    for k, name in enumerate(NAMES):
        columns[f"{name}_x_px"] = _known(frames.xy_px[:, k, 0])
        columns[f"{name}_y_px"] = _known(frames.xy_px[:, k, 1])
        columns[f"{name}_confidence"] = _known(frames.confidence[:, k])
        columns[f"{name}_modelled"] = pa.array(frames.modelled[:, k])
    return pa.table(columns)


def steps_arrow(columns: Iterable[Column]) -> pa.Table:
    """Return a row a step of the columns of ``strides.csv``, as they are written there."""
    return pa.table({name: _read(name, cells) for name, cells in columns})


def _read(name: str, cells: list[str]) -> pa.Array:
    if name in _TEXT:
        return pa.array(cells, pa.string())
    kind = int if name in _WHOLE else float
    return pa.array(
        [kind(cell) if cell else None for cell in cells],
        pa.int64() if kind is int else pa.float64(),
    )


def _known(values: Floats) -> pa.Array:
    return pa.array(values, mask=~np.isfinite(values))
