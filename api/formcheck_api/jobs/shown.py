"""What lists show of an analysis, taken from its report."""

from __future__ import annotations

from typing import Any, Final

from formcheck.report.schema import Report

HEADLINE: Final = (
    "cadence_spm",
    "contact_time_ms",
    "vertical_oscillation_cm",
    "trunk_lean_deg",
    "landing_ankle_hip_cm",
    "knee_fppa_midstance_deg",
    "pelvic_drop_midstance_deg",
    "step_width_cm",
)


def shown_of(report: Report) -> dict[str, Any]:
    """Return what lists show of an analysis."""
    measured = {
        key: report.metrics[key].value
        for key in HEADLINE
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
