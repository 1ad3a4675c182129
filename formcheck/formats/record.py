"""An analysis as it goes into a record elsewhere: FHIR's JSON, with the text note inside."""

from __future__ import annotations

import json
from datetime import datetime

from formcheck.report.fhir import diagnostic_report
from formcheck.report.note import text_note
from formcheck.report.schema import Report


def fhir_text(
    report: Report, issued: datetime | None = None, clinician: str = "", remarks: str = ""
) -> str:
    """Return a report as the JSON of a FHIR R4 ``DiagnosticReport``, the text note inside.

    Parameters
    ----------
    report : Report
        What was measured.
    issued : datetime, optional
        When the report was made, with its time zone; left out where it is not known.
    clinician, remarks : str
        Who saw the runner, and what that person noted; left out where empty.
    """
    made = diagnostic_report(report, issued, text_note(report, clinician, remarks))
    return json.dumps(made, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
