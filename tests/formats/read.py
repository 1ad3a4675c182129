"""Readers of the text formats, written from their descriptions alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Trc:
    head: dict[str, str]
    t_s: Floats
    points: dict[str, Floats]


def read_trc(path: Path) -> Trc:
    lines = path.read_text("utf-8").splitlines()
    first = lines[0].split("\t")
    assert first[:3] == ["PathFileType", "4", "(X/Y/Z)"]
    assert first[3] == path.name
    head = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=True))
    names = [name for name in lines[3].split("\t") if name]
    assert names[:2] == ["Frame#", "Time"]
    axes = [axis for axis in lines[4].split("\t") if axis]
    assert axes == [f"{a}{i}" for i in range(1, len(names) - 1) for a in "XYZ"]
    assert lines[5].strip() == ""
    rows = np.array([[float(cell) for cell in line.split("\t")] for line in lines[6:]])
    assert rows.shape == (int(head["NumFrames"]), 2 + 3 * int(head["NumMarkers"]))
    np.testing.assert_array_equal(rows[:, 0], np.arange(1, len(rows) + 1))
    points = {name: rows[:, 2 + 3 * i : 5 + 3 * i] for i, name in enumerate(names[2:])}
    return Trc(head, rows[:, 1], points)


def read_mot(path: Path) -> dict[str, Floats]:
    lines = path.read_text("utf-8").splitlines()
    end = lines.index("endheader")
    head = dict(line.split("=") for line in lines[:end] if "=" in line)
    assert head["inDegrees"] == "yes"
    names = lines[end + 1].split("\t")
    rows = np.array([[float(cell) for cell in line.split("\t")] for line in lines[end + 2 :]])
    assert rows.shape == (int(head["nRows"]), int(head["nColumns"]))
    return dict(zip(names, rows.T, strict=True))
