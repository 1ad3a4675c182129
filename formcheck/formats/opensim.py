"""OpenSim's text formats: ``.trc`` for landmarks, ``.mot`` for angles.

Gaps are written as ``NaN``, which OpenSim reads in both. The formats are described in the OpenSim
documentation, "Marker (.trc) Files" and "Motion (.mot) Files".
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from formcheck.formats.motion import Motion
from formcheck.landmarks import NAMES
from formcheck.types import Floats


def trc_text(motion: Motion, name: str) -> str:
    """Return a ``.trc``: X forward, Y up, Z right, in metres; `name` is the file's.

    ``OrigDataRate`` and ``OrigNumFrames`` are the clip's own; they differ from ``DataRate`` and
    ``NumFrames`` where uneven frames were interpolated.
    """
    rate, source_rate = f"{motion.rate_hz:.6g}", f"{motion.source_rate_hz:.6g}"
    frames = motion.t_s.size
    keys = "DataRate CameraRate NumFrames NumMarkers Units OrigDataRate OrigDataStartFrame"
    facts = (rate, rate, frames, len(NAMES), "m", source_rate, 1, motion.source_frames)
    axes = [f"{axis}{i + 1}" for i in range(len(NAMES)) for axis in "XYZ"]
    lines = [
        ["PathFileType", "4", "(X/Y/Z)", name],
        [*keys.split(), "OrigNumFrames"],
        [str(fact) for fact in facts],
        ["Frame#", "Time", *(cell for label in NAMES for cell in (label, "", ""))],
        ["", "", *axes],
        [],
    ]
    rows = motion.points_m.reshape(frames, -1)
    for i, (t_s, row) in enumerate(zip(motion.t_s.tolist(), rows, strict=True)):
        lines.append([str(i + 1), f"{t_s:.6f}", *_numbers(row, 5)])
    return _tabbed(lines)


def mot_text(motion: Motion, name: str) -> str:
    """Return a ``.mot``: the angles that the view shows, in degrees; `name` is the file's.

    Columns are formcheck's own angles, not coordinates of a model.
    """
    angles = np.stack(list(motion.angles_deg.values()), axis=1)
    made = "Interpolated at even times." if motion.source_frames != motion.t_s.size else ""
    header = [
        name,
        "version=1",
        f"nRows={motion.t_s.size}",
        f"nColumns={angles.shape[1] + 1}",
        "inDegrees=yes",
        "",
        f"Angles in the picture plane from formcheck {motion.report.provenance.formcheck}. {made}",
        "endheader",
    ]
    lines = [[line.rstrip()] for line in header]
    lines.append(["time", *motion.angles_deg])
    for t_s, row in zip(motion.t_s.tolist(), angles, strict=True):
        lines.append([f"{t_s:.6f}", *_numbers(row, 4)])
    return _tabbed(lines)


def _numbers(row: Floats, decimals: int) -> list[str]:
    return [f"{x:.{decimals}f}" if np.isfinite(x) else "NaN" for x in row.tolist()]


def _tabbed(lines: Iterable[list[str]]) -> str:
    return "".join("\t".join(line) + "\n" for line in lines)
