"""Report and page of a stored analysis, written anew from what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from formcheck.cues.reports import Baseline
from formcheck.errors import UsageError
from formcheck.outputs import PAGE_NAME, STRIDES_NAME
from formcheck.report.changing import changed_report
from formcheck.report.corrections import fitting, read_steps
from formcheck.report.dragging import Shot
from formcheck.report.html import render_again
from formcheck.report.schema import REPORT_NAME, CorrectionRecord, Report, load_report
from formcheck.report.stored import FRAMES_NAME, load_frames
from formcheck.report.tables import read_csv
from formcheck.request import Request
from formcheck.values import load_json
from formcheck_api.store.storage import MEASURED, RESULT, Storage


def rewrite(
    storage: Storage, job_id: str, work: Mapping[str, Any], *, every_correction: bool = False
) -> Report:
    """Write report and page anew from what was measured, with the words and corrections of now.

    Contacts found again at another speed may lie elsewhere: a correction that fits none of them is
    left out, unless `every_correction` has to hold.

    Raises
    ------
    UsageError
        For a correction that cannot be.
    """
    folder = f"{job_id}/{RESULT}"
    with ExitStack() as held:

        def local(name: str) -> Path:
            return held.enter_context(storage.local(f"{folder}/{name}"))

        kept = storage.find(f"{folder}/{MEASURED}") is not None
        measured = load_report(local(MEASURED if kept else REPORT_NAME))
        page = local(PAGE_NAME).read_text(encoding="utf-8")
        steps = read_steps(read_csv(local(STRIDES_NAME)))
        frames = load_frames(local(FRAMES_NAME))
        corrections = [CorrectionRecord.model_validate(one) for one in work.get("corrections", ())]
        report = changed_report(
            measured,
            steps,
            frames,
            Request(**work["request"]).options().runner,
            work["symptoms"],
            corrections
            if every_correction
            else fitting(steps, frames, corrections, Shot.of(measured)),
            baseline_of(work["baseline"], storage),
        )
    if not kept:
        storage.write(measured.to_json().encode(), f"{folder}/{MEASURED}")
    storage.write(render_again(report, page).encode(), f"{folder}/{PAGE_NAME}")
    storage.write(report.to_json().encode(), f"{folder}/{REPORT_NAME}")
    return report


def baseline_of(told: float | str | None, storage: Storage) -> Baseline | None:
    """Return what a baseline stands for: steps per minute, or the report of an analysis.

    Raises
    ------
    UsageError
        When that analysis is gone.
    """
    if not isinstance(told, str):
        return told
    try:
        with storage.local(f"{told}/{RESULT}/{REPORT_NAME}") as path:
            return load_json(path)
    except FileNotFoundError:
        raise UsageError("The analysis named as baseline is gone: send another.") from None
