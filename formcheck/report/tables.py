"""The tables beside a report: ``frames.csv`` (a row a frame), ``strides.csv`` (a row a step).

Both are plain CSV: comma, decimal point, UTF-8, one header row, an empty cell where a value is not
known. Every name ends in its unit. Columns always come in the same order; new ones are added at the
end of their group.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.catalogue import split_side
from formcheck.errors import UsageError
from formcheck.kernel import MEASURES
from formcheck.landmarks import NAMES, SIDES
from formcheck.types import Contact, Floats, Gait, Metric

# Columns of times that are always there, and their decimals.
ALWAYS: Final = {"step_time_s": 5, "contact_time_ms": 1, "flight_time_ms": 1}
# Samples and contacts that are at one instant may differ by rounding.
SAME_S: Final = 1e-6

# A column is its name and its cells, already written out.
Column = tuple[str, list[str]]

_ANGLE: Final = re.compile(r"_deg(_left|_right)?$")
_SIDED: Final = re.compile(r"(_left|_right)?$")


def frames_table(gait: Gait) -> list[Column]:
    """Return the columns of ``frames.csv``.

    Parameters
    ----------
    gait : Gait
        Landmarks, measures and modelled flags of T frames. Both are smoothed, as they are drawn;
        metrics are read from the points before smoothing.

    Returns
    -------
    list of (name, T cells)
        ``frame``, ``t_s``; the kernel's measures (``_deg``, and lengths in ``_m`` with a scale,
        else ``_px``, the unit before the side); then for each landmark ``_x_px``, ``_y_px``,
        ``_confidence`` and ``_modelled`` (1 where the point was filled in, not seen).
    """
    track = gait.track
    length_unit = "px" if gait.calibration.metres_per_px is None else "m"
    length_decimals = 2 if length_unit == "px" else 4
    columns = [
        ("frame", [str(i) for i in range(track.t_s.size)]),
        ("t_s", cells(track.t_s, 6)),
    ]
    for name, values in measure_columns(gait).items():
        columns.append((name, cells(values, 2 if _ANGLE.search(name) else length_decimals)))
    for k, name in enumerate(NAMES):
        columns += [
            (f"{name}_x_px", cells(track.xy_px[:, k, 0], 2)),
            (f"{name}_y_px", cells(track.xy_px[:, k, 1], 2)),
            (f"{name}_confidence", cells(track.confidence[:, k], 3)),
            (f"{name}_modelled", _flags(gait.modelled[:, k])),
        ]
    return columns


def measure_columns(gait: Gait) -> dict[str, Floats]:
    """Return the kernel's measures of T frames, unrounded, by the names of their columns."""
    unit = "px" if gait.calibration.metres_per_px is None else "m"
    return {
        name if _ANGLE.search(name) else _SIDED.sub(rf"_{unit}\1", name, count=1): values
        for name, values in zip(MEASURES, gait.measures, strict=True)
    }


def strides_table(contacts: Sequence[Contact], metrics: Mapping[str, Metric]) -> list[Column]:
    """Return the columns of ``strides.csv``.

    Parameters
    ----------
    contacts : sequence of Contact
        N contacts in order.
    metrics : mapping of str to Metric
        Those that are known contact by contact become columns under their keys.

    Returns
    -------
    list of (name, N cells)
        ``step``, ``side``, ``initial_contact_s``, ``toe_off_s``, the standard uncertainty of each,
        ``step_time_s`` (from the other foot's contact before it), ``contact_time_ms``,
        ``flight_time_ms`` (until the other foot's contact after it), then the other metrics.
    """
    values = step_values(contacts, metrics)
    nothing = np.full(len(contacts), np.nan)
    events_s = [(contact.initial_contact_s, contact.toe_off_s) for contact in contacts]
    event_s = np.array(events_s, dtype=np.float64).reshape(-1, 2)
    sd_s = [(contact.initial_contact_sd_s, contact.toe_off_sd_s) for contact in contacts]
    uncertainty = np.array(sd_s, dtype=np.float64).reshape(-1, 2)
    columns: list[Column] = [
        ("step", [str(i + 1) for i in range(len(contacts))]),
        ("side", [contact.side for contact in contacts]),
        ("initial_contact_s", cells(event_s[:, 0], 5)),
        ("toe_off_s", cells(event_s[:, 1], 5)),
        ("initial_contact_sd_s", cells(uncertainty[:, 0], 5)),
        ("toe_off_sd_s", cells(uncertainty[:, 1], 5)),
        *((key, cells(values.get(key, nothing), places)) for key, places in ALWAYS.items()),
    ]
    taken = {name for name, _ in columns}
    columns += [(name, cells(x, 4)) for name, x in values.items() if name not in taken]
    return columns


def step_values(contacts: Sequence[Contact], metrics: Mapping[str, Metric]) -> dict[str, Floats]:
    """Return the metrics that are known contact by contact, an array of N for each key.

    A sample belongs to the contact of its foot that began last before it; NaN where there is none.
    A metric that is withheld for more than too few steps has none at all.
    """
    begun = {
        side: [n for n, c in enumerate(contacts) if c.side == side and c.initial_contact_s < np.inf]
        for side in SIDES
    }
    start_s = {side: [contacts[n].initial_contact_s for n in own] for side, own in begun.items()}
    found: dict[str, Floats] = {}
    for key, metric in metrics.items():
        samples = metric.samples
        if samples is None or split_side(key)[1] or not set(samples.side) & set(SIDES):
            continue
        column = np.full(len(contacts), np.nan)
        for side in SIDES:
            own = samples.of(side)
            rows = np.searchsorted(start_s[side], own.t_s + SAME_S) - 1
            for row, value in zip(rows, own.value, strict=True):
                if row >= 0:
                    column[begun[side][row]] = value
        found[key] = column
    return found


def cells(values: Floats, decimals: int) -> list[str]:
    """Write numbers with fixed decimals; an empty cell for NaN, never a negative zero."""
    rounded = np.round(np.asarray(values, dtype=np.float64), decimals) + 0.0
    return [f"{x:.{decimals}f}" if math.isfinite(x) else "" for x in rounded.tolist()]


def write_csv(columns: Iterable[Column], path: Path) -> None:
    """Write columns of equal length as a CSV file."""
    names, values = zip(*columns, strict=True)
    rows = zip(*values, strict=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(names) + "\n")
        file.writelines(",".join(row) + "\n" for row in rows)


def read_csv(path: Path) -> list[Column]:
    """Read a table that `write_csv` wrote.

    Raises
    ------
    UsageError
        When it cannot be read or is no such table.
    """
    try:
        header, *rows = csv.reader(path.read_text(encoding="utf-8").splitlines())
        columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in header]
        return list(zip(header, columns, strict=True))
    except (OSError, ValueError, csv.Error) as error:
        raise UsageError(
            f"{path} is not a table of formcheck analyze or is cut off; analyse the clip again.",
            "unreadable_report",
        ) from error


def write_frames(gait: Gait, path: Path) -> None:
    """Write ``frames.csv``."""
    write_csv(frames_table(gait), path)


def write_strides(contacts: Sequence[Contact], metrics: Mapping[str, Metric], path: Path) -> None:
    """Write ``strides.csv``."""
    write_csv(strides_table(contacts, metrics), path)


def _flags(values: NDArray[np.bool_]) -> list[str]:
    return ["1" if flag else "0" for flag in values.tolist()]
