"""Turn an analysis and its advice into a report."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from formcheck.catalogue import split_side
from formcheck.cues import Advice, Symptoms
from formcheck.landmarks import SIDES, Side
from formcheck.metrics.drift import drift_of
from formcheck.report.curves import stride_curves
from formcheck.report.figures import stride_figures
from formcheck.report.info import definition_link
from formcheck.report.schema import (
    AdviceRecord,
    CalibrationRecord,
    ClipRecord,
    CueRecord,
    DriftRecord,
    Events,
    FootEvents,
    MetricRecord,
    ProvenanceRecord,
    QualityRecord,
    Report,
    RollCandidates,
    RunnerRecord,
    SamplesRecord,
    ScaleCandidates,
    StandingRecord,
    ViewRecord,
    YawCandidates,
)
from formcheck.types import (
    Analysis,
    Calibration,
    Clip,
    Contact,
    Metric,
    Provenance,
    QualityNote,
    Runner,
)


def build_report(
    analysis: Analysis,
    cues: Sequence[Mapping[str, Any]] = (),
    advice: Mapping[str, Any] | None = None,
    symptoms: Mapping[str, Any] | None = None,
) -> Report:
    """Return the report of one clip.

    Parameters
    ----------
    analysis : Analysis
        The whole result of the measuring stages.
    cues : sequence of mapping
        At most two, with the fields of `CueRecord`; `formcheck.cues.Advice.to_dict` has them under
        ``"cues"``.
    advice : mapping, optional
        With the fields of `AdviceRecord`; ``"advice"`` of the same.
    symptoms : mapping, optional
        What the user said of symptoms; kept as ``runner.symptoms``.
    """
    gait = analysis.gait
    return Report(
        clip=ClipRecord.model_validate(analysis.clip),
        view=ViewRecord.model_validate(gait.view),
        runner=_runner(analysis.runner, symptoms),
        calibration=_calibration(gait.calibration),
        standing=None if gait.standing is None else StandingRecord.model_validate(gait.standing),
        events=events_record(gait.contacts),
        metrics={key: metric_record(metric) for key, metric in analysis.metrics.items()},
        curves=stride_curves(gait, analysis.metrics),
        figures=stride_figures(gait),
        cues=tuple(CueRecord.model_validate(cue) for cue in cues),
        advice=AdviceRecord.model_validate(advice or {}),
        quality=_quality(analysis.quality),
        provenance=ProvenanceRecord.model_validate(analysis.provenance),
    )


def with_advice(report: Report, advice: Advice, symptoms: Symptoms | None = None) -> Report:
    """Return a report with other advice; its measurements stay.

    Parameters
    ----------
    symptoms : Symptoms, optional
        What was said this time; without it the report keeps what it holds.
    """
    spoken = advice.to_dict()
    told = {} if symptoms is None else {"symptoms": symptoms.to_dict()}
    return report.model_copy(
        update={
            "runner": report.runner.model_copy(update=told),
            "cues": tuple(CueRecord.model_validate(cue) for cue in spoken["cues"]),
            "advice": AdviceRecord.model_validate(spoken["advice"]),
        }
    )


def build_empty_report(
    clip: Clip,
    runner: Runner,
    quality: Iterable[QualityNote],
    provenance: Provenance,
    symptoms: Mapping[str, Any] | None = None,
) -> Report:
    """Return the report of a clip in which no runner could be measured; `quality` says why."""
    return Report(
        clip=ClipRecord.model_validate(clip),
        runner=_runner(runner, symptoms),
        quality=_quality(quality),
        provenance=ProvenanceRecord.model_validate(provenance),
    )


def events_record(contacts: Iterable[Contact]) -> Events:
    """Return the events of both feet; those outside the clip (NaN) are left out."""
    seen = tuple(contacts)
    return Events(**{side: _foot(seen, side) for side in SIDES})


def metric_record(metric: Metric) -> MetricRecord:
    """Return one metric as it stands in the report."""
    return MetricRecord(
        value=metric.value,
        low=metric.low,
        high=metric.high,
        repeat_low=metric.repeat_low,
        repeat_high=metric.repeat_high,
        sd=metric.sd,
        unit=metric.unit,
        side=metric.side,
        n=metric.n,
        status=metric.status,
        reason=metric.reason,
        definition=definition_link(metric.key),
        samples=_samples(metric),
        drift=_drift(metric),
    )


def _drift(metric: Metric) -> DriftRecord | None:
    if metric.samples is None or metric.value is None or split_side(metric.key)[1]:
        return None
    found = drift_of(metric.samples)
    return None if found is None else DriftRecord(**found._asdict())


def _samples(metric: Metric) -> SamplesRecord | None:
    if metric.samples is None or split_side(metric.key)[1]:
        return None
    known = metric.samples
    at_s = np.isfinite(known.t_s)
    return SamplesRecord(
        t_s=tuple(known.t_s[at_s].tolist()),
        value=tuple(known.value[at_s].tolist()),
        side=tuple(side for side, kept in zip(known.side, at_s, strict=True) if kept),
    )


def _foot(contacts: tuple[Contact, ...], side: Side) -> FootEvents:
    own = [contact for contact in contacts if contact.side == side]
    return FootEvents(
        initial_contact_s=_known(contact.initial_contact_s for contact in own),
        toe_off_s=_known(contact.toe_off_s for contact in own),
    )


def _known(times_s: Iterable[float]) -> tuple[float, ...]:
    return tuple(sorted(time for time in times_s if math.isfinite(time)))


def _runner(runner: Runner, symptoms: Mapping[str, Any] | None) -> RunnerRecord:
    record = RunnerRecord.model_validate(runner)
    return record.model_copy(update={"symptoms": dict(symptoms) if symptoms else None})


def _calibration(calibration: Calibration) -> CalibrationRecord:
    return CalibrationRecord(
        roll_deg=calibration.roll_deg,
        roll_source=calibration.roll_source,
        roll_sd_deg=calibration.roll_sd_deg,
        roll_candidates=RollCandidates.model_validate(dict(calibration.roll_candidates)),
        yaw_deg=calibration.yaw_deg,
        yaw_sd_deg=calibration.yaw_sd_deg,
        yaw_candidates=YawCandidates.model_validate(dict(calibration.yaw_candidates)),
        metres_per_px=calibration.metres_per_px,
        scale_source=calibration.scale_source,
        landing_source=calibration.landing_source,
        scale_candidates=ScaleCandidates.model_validate(dict(calibration.scale_candidates)),
    )


def _quality(notes: Iterable[QualityNote]) -> tuple[QualityRecord, ...]:
    return tuple(QualityRecord.model_validate(note) for note in notes)
