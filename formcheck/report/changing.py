"""A stored report whose words or strides are put right: other advice, other numbers, same clip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from formcheck.cues import Symptoms, advise_reports
from formcheck.cues.reports import Baseline
from formcheck.report.build import with_advice
from formcheck.report.corrections import Step, corrected
from formcheck.report.schema import CorrectionRecord, Report
from formcheck.report.stored import StoredFrames
from formcheck.types import Runner


def changed_report(
    measured: Report,
    steps: Sequence[Step],
    frames: StoredFrames | None,
    runner: Runner,
    symptoms: Mapping[str, Any] | None,
    corrections: Sequence[CorrectionRecord],
    baseline: Baseline | None = None,
) -> Report:
    """Return a report with other words about the runner and with corrections by hand.

    Parameters
    ----------
    measured : Report
        As it was measured, without corrections; height, speed and incline stay those it was
        measured with.
    steps, frames
        What `formcheck.report.corrections.corrected` works on.
    runner : Runner
        What is said of the runner now.
    symptoms : mapping or None
        What is said of symptoms now.
    corrections : sequence of CorrectionRecord
        All that hold.
    baseline : dict or float, optional
        What the report was advised by: an earlier report, or an easy cadence in steps per minute.

    Raises
    ------
    UsageError
        For a correction that cannot be.
    """
    said = {
        "id": runner.id,
        "pace": runner.pace,
        "shoes": runner.shoes,
        "date": runner.date,
        "units": runner.units,
        "symptoms": dict(symptoms) if symptoms else None,
    }
    told = measured.model_copy(update={"runner": measured.runner.model_copy(update=said)})
    report = corrected(told, steps, frames, corrections)
    if report.view is None:
        return report
    answers = Symptoms(**symptoms) if symptoms else Symptoms()
    return with_advice(
        report,
        advise_reports([report.plain()], answers, baseline),
        answers if symptoms else None,
    )
