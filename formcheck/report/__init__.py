"""The report: one schema, the JSON file, the tables and the page."""

from formcheck.report.build import build_empty_report, build_report, with_advice
from formcheck.report.html import render_report, write_report
from formcheck.report.schema import (
    SCHEMA_ID,
    Report,
    json_schema,
    load_report,
    parse_report,
    save_report,
)
from formcheck.report.tables import write_csv, write_frames, write_strides

__all__ = [
    "SCHEMA_ID",
    "Report",
    "build_empty_report",
    "build_report",
    "json_schema",
    "load_report",
    "parse_report",
    "render_report",
    "save_report",
    "with_advice",
    "write_csv",
    "write_frames",
    "write_report",
    "write_strides",
]
