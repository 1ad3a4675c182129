"""The tables of a batch: a row a measured clip (CSV and Parquet), a row a clip that failed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from formcheck.batch.inputs import Refused
from formcheck.batch.plan import FAILURES_CSV, SUMMARY_CSV, SUMMARY_PARQUET
from formcheck.batch.record import Record, write_whole
from formcheck.catalogue import split_side
from formcheck.landmarks import SIDES
from formcheck.report.info import catalogue
from formcheck.report.schema import MetricRecord, Report, load_report
from formcheck.text import cell

SUMMARY_SCHEMA: Final = "formcheck.summary/1"
TEXT, NUMBER, COUNT = pa.string(), pa.float64(), pa.int64()

Cell = str | float | int | None
Row = Mapping[str, Cell]

ABOUT: Final[Mapping[str, pa.DataType]] = {
    "clip": TEXT,
    "folder": TEXT,
    "runner": TEXT,
    "height_m": NUMBER,
    "belt_speed_mps": NUMBER,
    "incline_pct": NUMBER,
    "pace": TEXT,
    "shoes": TEXT,
    "date": TEXT,
    "view": TEXT,
    "near_side": TEXT,
    "duration_s": NUMBER,
    "frame_rate_hz": NUMBER,
    "slow_motion_factor": NUMBER,
    "metres_per_px": NUMBER,
    "scale_source": TEXT,
}
PROVENANCE: Final[Mapping[str, pa.DataType]] = {
    "quality": TEXT,
    "cues": TEXT,
    "clip_sha256": TEXT,
    "options_sha256": TEXT,
    "formcheck": TEXT,
    "model": TEXT,
    "model_sha256": TEXT,
    "provider": TEXT,
}
OF_METRIC: Final[Mapping[str, pa.DataType]] = {
    "": NUMBER,
    "_low": NUMBER,
    "_high": NUMBER,
    "_n": COUNT,
    "_status": TEXT,
}


def measured_reports(out: Path, records: Iterable[Record]) -> list[tuple[Record, Report]]:
    """Return the records of measured clips, each with its report."""
    return [
        (record, load_report(out / record.folder))
        for record in records
        if record.state == "measured"
    ]


def summary_table(
    measured: Sequence[tuple[Record, Report]], extra: Mapping[str, Mapping[str, str]] | None = None
) -> pa.Table:
    """Return the summary.

    Columns always come in the same order: what is known of the clip, every metric of the catalogue
    (value, ``_low``, ``_high``, ``_n``, ``_status``) followed by its ``_left`` and ``_right`` forms
    where some clip has them, quality codes, cues and provenance; at last the manifest's further
    columns as text, from `extra` by clip. Null where nothing was measured.
    """
    keys = metric_keys(report for _, report in measured)
    columns = {
        **ABOUT,
        **{key + part: kind for key in keys for part, kind in OF_METRIC.items()},
        **PROVENANCE,
    }
    further = {name: name for cells in (extra or {}).values() for name in cells}
    further = {n: f"manifest_{n}" if n in columns else n for n in further}
    columns |= dict.fromkeys(further.values(), TEXT)
    rows: list[Row] = []
    for record, report in measured:
        own = (extra or {}).get(record.clip, {})
        told = {further[name]: text or None for name, text in own.items()}
        rows.append({**_row(record, report, keys), **told})
    schema = pa.schema(list(columns.items()), metadata={"schema": SUMMARY_SCHEMA})
    return pa.Table.from_pylist([dict(row) for row in rows], schema=schema)


def metric_keys(reports: Iterable[Report]) -> list[str]:
    """Return the keys of the catalogue, in its order, and after them any others there are."""
    found = {key for report in reports for key in report.metrics}
    keys = []
    for base in catalogue().metrics:
        keys += [base, *(f"{base}_{side}" for side in SIDES if f"{base}_{side}" in found)]
    return keys + sorted(found.difference(keys), key=lambda key: (split_side(key)[0], key))


def _row(record: Record, report: Report, keys: Iterable[str]) -> Row:
    runner, clip, view = report.runner, report.clip, report.view
    scale = report.calibration
    about: dict[str, Cell] = {
        "clip": record.clip,
        "folder": record.folder,
        "runner": runner.id,
        "height_m": runner.height_m,
        "belt_speed_mps": runner.belt_speed_mps,
        "incline_pct": runner.incline_pct,
        "pace": runner.pace,
        "shoes": runner.shoes,
        "date": runner.date,
        "view": view.kind if view else None,
        "near_side": view.near_side if view else None,
        "duration_s": clip.duration_s,
        "frame_rate_hz": clip.frame_rate_hz,
        "slow_motion_factor": clip.slow_motion_factor,
        "metres_per_px": scale.metres_per_px if scale else None,
        "scale_source": scale.scale_source if scale else None,
        "quality": " ".join(note.code for note in report.quality),
        "cues": " ".join(cue.id for cue in report.cues),
        "clip_sha256": record.clip_sha256,
        "options_sha256": record.options_sha256,
        **report.provenance.model_dump(),
    }
    for key in keys:
        about |= _metric_cells(key, report.metrics.get(key))
    return about


def _metric_cells(key: str, metric: MetricRecord | None) -> dict[str, Cell]:
    if metric is None:
        return {}
    return {
        key: metric.value,
        f"{key}_low": metric.low,
        f"{key}_high": metric.high,
        f"{key}_n": metric.n,
        f"{key}_status": metric.status,
    }


def write_summary(table: pa.Table, out: Path) -> None:
    """Write both forms of the summary."""
    rows = ([_text(value) for value in row.values()] for row in table.to_pylist())
    write_whole(out / SUMMARY_CSV, csv_bytes([cell(name) for name in table.column_names], rows))
    sink = io.BytesIO()
    pq.write_table(table, sink)
    write_whole(out / SUMMARY_PARQUET, sink.getvalue())


def write_failures(failures: Iterable[Record | Refused], out: Path) -> None:
    """Write ``failures.csv``; it is there, with its header alone, when nothing failed too."""
    rows = ([cell(one.clip), one.code or "", cell(one.sentence or "")] for one in failures)
    write_whole(out / FAILURES_CSV, csv_bytes(("clip", "code", "sentence"), rows))


def csv_bytes(names: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV file: UTF-8, comma, decimal point, quotes where needed."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue().encode()


def _text(value: Cell) -> str:
    return "" if value is None else cell(value) if isinstance(value, str) else str(value)
