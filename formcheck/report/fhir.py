"""A report as FHIR R4: one ``DiagnosticReport`` that holds an ``Observation`` for every number.

No code of LOINC or SNOMED is claimed: the metrics have codes of their own (`SYSTEM`), which are
the keys of ``report.json``. Units are UCUM's.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from formcheck.catalogue import spec_of, split_side
from formcheck.report.page import headline
from formcheck.report.schema import MetricRecord, Report

SYSTEM: Final = "urn:formcheck:metric"
KIND_SYSTEM: Final = "urn:formcheck:report"
UCUM: Final = "http://unitsofmeasure.org"
ABSENT: Final = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
UCUM_CODES: Final = {
    "steps/min": "{steps}/min",
    "%": "%",
    "1": "1",
    "cm": "cm",
    "m": "m",
    "deg": "deg",
    "s": "s",
    "ms": "ms",
}
_LIMITS: Final = {
    "low": ("interval-low", "Lower end of the 95 % interval"),
    "high": ("interval-high", "Upper end of the 95 % interval"),
}

Resource = dict[str, Any]


def diagnostic_report(
    report: Report, issued: datetime | None = None, note: str | None = None
) -> Resource:
    """Return a report as a FHIR R4 ``DiagnosticReport``, as plain JSON values.

    Parameters
    ----------
    report : Report
        What was measured. Metrics that belong to another camera view are left out; withheld ones
        are told with the reason.
    issued : datetime, optional
        When the report was made, with its time zone.
    note : str, optional
        The report as text, carried along as `presentedForm`.

    Returns
    -------
    dict
        The resource. Subject and device are named in words only: whose record it belongs to is for
        the receiving system to say.
    """
    common = _common(report)
    observations = [
        _observation(key, record, common)
        for key, record in report.metrics.items()
        if record.status != "wrong_view"
    ]
    made: Resource = {
        "resourceType": "DiagnosticReport",
        "status": "corrected" if report.corrections else "final",
        "code": {
            "coding": [{"system": KIND_SYSTEM, "code": "running-form"}],
            "text": "Running form measured from video",
        },
        **{key: common[key] for key in ("subject", "effectiveDateTime") if key in common},
        **({"issued": issued.isoformat(timespec="milliseconds")} if issued is not None else {}),
        "conclusion": "\n".join(conclusion(report)),
    }
    if observations:  # FHIR knows no empty lists
        made["contained"] = observations
        made["result"] = [{"reference": f"#{one['id']}"} for one in observations]
    if note is not None:
        data = base64.b64encode(note.encode()).decode("ascii")
        kind = "text/plain; charset=utf-8"
        made["presentedForm"] = [{"contentType": kind, "language": "en", "data": data}]
    return made


def conclusion(report: Report) -> Iterator[str]:
    """Yield what the report comes to: red flags, else cues, else why there are none."""
    told = headline(report)
    if told.title:
        yield told.title
    yield from told.lines
    if not report.advice.red_flags:
        for cue in report.cues:
            yield f"{cue.title}: {cue.text}"


def _common(report: Report) -> Resource:
    """Return what every observation shares: whose it is, when it was, what measured it."""
    made = report.provenance
    common: Resource = {"device": {"display": f"formcheck {made.formcheck}, {made.model}"}}
    if report.runner.id:
        common["subject"] = {"display": report.runner.id}
    if report.runner.date:
        common["effectiveDateTime"] = report.runner.date
    return common


def _observation(key: str, record: MetricRecord, common: Resource) -> Resource:
    info, side = spec_of(key), split_side(key)[1]
    side = side or (record.side if record.side != "both" else None)
    name = info.name if info is not None else split_side(key)[0].replace("_", " ")
    made: Resource = {
        "resourceType": "Observation",
        "id": key.replace("_", "-"),
        "status": "corrected" if record.uncorrected else "final",
        "code": {"coding": [{"system": SYSTEM, "code": key, "display": name}], "text": name},
        **common,
    }
    if side is not None:
        made["bodySite"] = {"text": f"{side} side"}
    if record.value is None:
        made["dataAbsentReason"] = {
            "coding": [{"system": ABSENT, "code": "unknown"}],
            "text": record.reason or record.status.replace("_", " "),
        }
        return made
    made["valueQuantity"] = _quantity(record.value, record.unit)
    limits = ((name, getattr(record, name)) for name in _LIMITS)
    components = [_limit(name, end, record.unit) for name, end in limits if end is not None]
    return {**made, "component": components} if components else made


def _limit(name: str, value: float, unit: str) -> Resource:
    code, text = _LIMITS[name]
    return {
        "code": {"coding": [{"system": KIND_SYSTEM, "code": code}], "text": text},
        "valueQuantity": _quantity(value, unit),
    }


def _quantity(value: float, unit: str) -> Resource:
    code = UCUM_CODES.get(unit)
    coded = {"system": UCUM, "code": code} if code is not None else {}
    return {"value": value, "unit": unit if unit != "1" else "ratio", **coded}
