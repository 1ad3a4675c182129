"""What lists show of an analysis, taken from its report."""

from __future__ import annotations

from typing import Any

from formcheck.catalogue import headlines
from formcheck.report.schema import Report


def shown_of(report: Report) -> dict[str, Any]:
    """Return what lists show of an analysis."""
    measured = {
        key: report.metrics[key].value
        for key in headlines().listed
        if key in report.metrics and report.metrics[key].value is not None
    }
    return {
        "view": report.view.kind if report.view else None,
        "pace": report.runner.pace,
        "runner": report.runner.id,
        "date": report.runner.date,
        "symptoms": report.runner.symptoms,
        "headline": measured,
    }
