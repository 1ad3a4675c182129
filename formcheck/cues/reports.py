"""Advice from stored reports: plain JSON values in, one advice for one runner out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final, get_args

from formcheck.catalogue import split_side
from formcheck.cues.advice import Advice
from formcheck.cues.cadence import check_baseline, is_easy
from formcheck.cues.engine import advise
from formcheck.cues.evidence import usable
from formcheck.cues.guide.loader import load_guide
from formcheck.cues.history import Past
from formcheck.cues.symptoms import Symptoms, symptoms_from
from formcheck.errors import NoRunnerError, UsageError
from formcheck.types import Metric, Runner, Status, ViewKind

Report = Mapping[str, Any]
"""A report as loaded from ``report.json``; unknown fields are ignored."""

Baseline = Report | float
"""An earlier report, or an easy cadence in steps per minute."""

SCHEMA: Final = "formcheck.report/"
NUMBERS: Final = ("value", "low", "high", "repeat_low", "repeat_high", "sd")


def advise_reports(
    reports: Sequence[Report],
    symptoms: Symptoms | None = None,
    baseline: Baseline | Sequence[Baseline] | None = None,
) -> Advice:
    """Give one advice, with one cap of two cues, from the reports of one runner.

    Parameters
    ----------
    reports : sequence of dict
        Loaded ``report.json`` files of one run: side, rear, or both. Where two hold the same
        metric, the side view's counts, and of several runs the latest. When easy and faster runs
        are mixed, the easy ones count. Several easy runs of one view give the mean of their
        cadences as the baseline.
    symptoms : Symptoms, optional
        Without it, those stored in the reports.
    baseline : dict, float or several, optional
        An earlier report of the same runner, or an easy cadence in steps per minute; several stand
        for their mean. Without it, the baseline that a report was made with.

    Raises
    ------
    UsageError
        When something is no report, reports belong to different runners, or a number is
        impossible.
    """
    if not reports:
        raise UsageError("There is no report to advise on; give at least one report.json.")
    for report in reports:
        _check_report(report)
    _check_one_runner(reports)
    chosen = sorted(_one_pace(reports), key=_report_order)
    stored = next((s for r in chosen if (s := _symptoms(r)) is not None), None)
    cadences = [row for r in chosen if (row := _stored_cadence(r))]
    kept = next((row for row in cadences if row.get("baseline_given")), {})
    past = _typed_in_trial(read_baseline(baseline), chosen, kept)
    runs = _runs(chosen) if past is None and not kept else ()
    given, first = (_stored_spm(kept, name) for name in ("baseline_spm", "first_baseline_spm"))
    if past is not None:
        runs, given = past.runs_spm, past.baseline_spm
        first = _first_baseline(past, cadences)
    elif len(runs) > 1:
        given = first = sum(runs) / len(runs)
    return advise(
        _merged(chosen),
        _runner(chosen[0]),
        tuple(dict.fromkeys(_view(report) for report in chosen)),
        stored if symptoms is None else symptoms,
        baseline_spm=given,
        first_baseline_spm=first,
        previous=past,
        landing_source=next(filter(None, map(_landing_source, chosen)), None),
        quality=tuple(note for report in chosen for note in _quality(report)),
        rate_hz=min((rate for r in chosen if (rate := _rate(r)) is not None), default=None),
        trying=tuple(name for report in chosen for name in _cue_ids(report)),
        runs_spm=runs,
        paces_mixed=len(chosen) < len(reports),
    )


def _typed_in_trial(
    past: Past | None, reports: Sequence[Report], kept: Mapping[str, Any]
) -> Past | None:
    """Return the past without a typed baseline above the one that a report has on trial."""
    stored = _stored_spm(kept, "baseline_spm")
    trying = any("cadence" in _cue_ids(report) for report in reports)
    typed = None if past is None or past.metrics else past.baseline_spm
    if past is None or typed is None or stored is None or not trying or typed <= stored:
        return past
    return replace(past, baseline_spm=stored, aside_spm=(typed,))


@dataclass(frozen=True, slots=True)
class StoredNote:
    """A remark on a clip's quality, as a report holds it."""

    code: str
    severity: str


def _quality(report: Report) -> Iterator[StoredNote]:
    for row in _rows(report, "quality"):
        yield StoredNote(str(row.get("code", "")), str(row.get("severity", "info")))


def _rate(report: Report) -> float | None:
    rate = _table(report, "clip").get("frame_rate_hz")
    return None if rate is None else _plain_number(rate, "The frame rate")


def _cue_ids(report: Report) -> tuple[str, ...]:
    return tuple(str(cue["id"]) for cue in _rows(report, "cues") if "id" in cue)


def _first_baseline(past: Past, cadences: Sequence[Mapping[str, Any]]) -> float | None:
    """Return the earliest baseline: a typed one does not lift the ceiling that a report keeps."""
    if past.metrics or past.baseline_spm is None:
        return past.first_baseline_spm
    kept = (_stored_spm(row, "first_baseline_spm") for row in cadences)
    stored = [spm for spm in kept if spm is not None]
    return min(past.baseline_spm, *stored) if stored else past.baseline_spm


def _stored_spm(cadence: Mapping[str, Any], name: str) -> float | None:
    spm = cadence.get(name)
    return None if spm is None else _plain_number(spm, "A stored baseline")


def _runs(reports: Sequence[Report]) -> tuple[float, ...]:
    """Return the easy cadences of several runs: one for each clip of the same view."""
    first = _view(reports[0])
    same = [r for r in reports if _view(r) == first]
    cadences = [spm for r in same if (spm := _easy_cadence(r)) is not None]
    return tuple(cadences) if len(cadences) > 1 else ()


def _easy_cadence(report: Report) -> float | None:
    """Return the cadence of a report of an easy run, None for others."""
    rules, metrics = load_guide().rules, metrics_from(report)
    cadence = metrics.get("cadence_spm")
    easy = is_easy(_runner(report), metrics, rules.cadence)
    if cadence is None or not easy or not usable(cadence, rules.limits.min_strides):
        return None
    return None if cadence.value is None else float(cadence.value)


def read_baseline(baseline: Baseline | Sequence[Baseline] | None) -> Past | None:
    """Return what a baseline option stands for: earlier reports, or easy cadences.

    Several stand for several easy runs before: their cadences' mean is the baseline; everything
    else is taken from the last report among them.

    Raises
    ------
    UsageError
        When a report holds no easy cadence, or is no report.
    """
    if baseline is None:
        return None
    if isinstance(baseline, Mapping | float | int):
        return _one_baseline(baseline)
    return _mean_baseline([_one_baseline(one) for one in baseline])


def _one_baseline(baseline: Baseline) -> Past:
    if not isinstance(baseline, Mapping):
        spm = _plain_number(baseline, "The baseline")
        check_baseline(spm, load_guide().rules.cadence)
        return Past(baseline_spm=spm)
    _check_report(baseline)
    past = past_from(baseline)
    if past.baseline_spm is None:
        raise UsageError(
            "The baseline report holds no cadence of an easy run; "
            "choose another or give the steps per minute."
        )
    return past


def _mean_baseline(pasts: Sequence[Past]) -> Past | None:
    """Return one past for several easy runs; the latest report among them speaks for the rest.

    One that has a quicker step on trial stands alone: what was counted meanwhile is no baseline.
    """
    if len(pasts) < 2:
        return pasts[0] if pasts else None
    on_trial = max((p for p in pasts if "cadence" in p.cues), key=_standing, default=None)
    if on_trial is not None:
        others = (past.baseline_spm for past in pasts if past is not on_trial)
        aside = tuple(spm for spm in others if spm is not None and spm != on_trial.baseline_spm)
        return replace(on_trial, aside_spm=aside)
    runs = tuple(past.baseline_spm or 0.0 for past in pasts)
    told = [past for past in pasts if past.metrics]
    last = max(told, key=_standing, default=pasts[-1])
    mean = sum(runs) / len(runs)
    chained = (p.first_baseline_spm for p in told if p.first_baseline_spm != p.baseline_spm)
    first = min((spm for spm in chained if spm is not None), default=mean)
    return replace(last, baseline_spm=mean, first_baseline_spm=first, runs_spm=runs)


def _standing(past: Past) -> tuple[bool, str]:
    """Order reports by how much they say of what was advised last."""
    return bool(past.cues), past.runner.date or ""


def past_from(report: Report) -> Past:
    """Return what an earlier report says that later advice needs."""
    advice, stored = _table(report, "advice"), _stored_cadence(report)
    baseline = _stored_spm(stored, "baseline_spm") if stored.get("baseline_given") else None
    first = _stored_spm(stored, "first_baseline_spm") if baseline is not None else None
    if baseline is None:
        baseline = _easy_cadence(report)
    return Past(
        metrics=metrics_from(report),
        runner=_runner(report),
        views=(_view(report),),
        symptoms=_symptoms(report),
        cues=_cue_ids(report),
        dropped=_words(advice, "dropped"),
        worked=_words(advice, "worked"),
        baseline_spm=baseline,
        first_baseline_spm=baseline if first is None else first,
        landing_source=_landing_source(report),
        rate_hz=_rate(report),
        trials=_trials(advice),
        known=_known(advice),
        plans={
            str(row["id"]): None if row.get("since") is None else str(row["since"])
            for row in _rows(advice, "plans")
            if "id" in row
        },
    )


def _known(advice: Mapping[str, Any]) -> Symptoms | None:
    """Return the answers that held by then; None where the report keeps none."""
    answers = advice.get("known")
    return symptoms_from(answers) if isinstance(answers, Mapping) and answers else None


def _words(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    words = table.get(name)
    return tuple(map(str, words)) if isinstance(words, list | tuple) else ()


def _trials(advice: Mapping[str, Any]) -> dict[str, tuple[str | None, Symptoms | None]]:
    """Return since when the cues of a report are on trial."""
    found: dict[str, tuple[str | None, Symptoms | None]] = {}
    for row in _rows(advice, "trials"):
        if "cue" in row:
            told, since = row.get("symptoms"), row.get("since")
            symptoms = symptoms_from(told) if isinstance(told, Mapping) else None
            found[str(row["cue"])] = None if since is None else str(since), symptoms
    return found


def _landing_source(report: Report) -> str | None:
    """Return what a side view's landings were read from, None for other views."""
    source = _table(report, "calibration").get("landing_source")
    return str(source) if source is not None and _view(report) == "side" else None


def _stored_cadence(report: Report) -> Mapping[str, Any]:
    """Return the baselines that a report's advice kept."""
    return _table(_table(report, "advice"), "cadence")


def metrics_from(report: Report) -> dict[str, Metric]:
    """Return the metrics of a report; any subset is accepted.

    Raises
    ------
    UsageError
        Names the metric that is not as a report writes it.
    """
    return {str(key): _metric(str(key), row) for key, row in _table(report, "metrics").items()}


def _metric(key: str, row: object) -> Metric:
    if not isinstance(row, Mapping):
        raise UsageError(f"The metric {key} in the report is not readable; measure the clip again.")
    status: Any = row.get("status")
    if status not in get_args(Status):
        raise UsageError(f"The metric {key} has the unknown status {status!r}; measure again.")
    numbers: dict[str, Any] = {name: _number(key, row.get(name)) for name in NUMBERS}
    count = row.get("n")
    side = row.get("side")
    return Metric(
        key=key,
        unit=str(row.get("unit", "")),
        status=status,
        side=side if side in ("left", "right") else "both",
        n=count if isinstance(count, int) else 0,
        reason=row.get("reason"),
        **numbers,
    )


def _number(key: str, value: object) -> float | None:
    return None if value is None else _plain_number(value, f"The metric {key}")


def _plain_number(value: object, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UsageError(f"{what} must be a number, not {value!r}.")
    return float(value)


def _check_report(report: Report) -> None:
    schema: Any = report.get("schema") if isinstance(report, Mapping) else None
    if not isinstance(schema, str) or not schema.startswith(SCHEMA):
        raise UsageError("This is no formcheck report; give a report.json written by analyze.")
    if report.get("view") is None:
        raise NoRunnerError("No runner could be measured in this report; film the run again.")


def _check_one_runner(reports: Sequence[Report]) -> None:
    names = {name for r in reports if (name := _table(r, "runner").get("id")) is not None}
    if len(names) > 1:
        listed = ", ".join(sorted(map(str, names)))
        raise UsageError(f"The reports belong to different runners ({listed}); give one runner's.")


def _one_pace(reports: Sequence[Report]) -> list[Report]:
    """Return the easy runs, or all when none is: faster clips are for comparisons."""
    easy = [r for r in reports if _runner(r).pace in (None, "easy")]
    return easy or list(reports)


def _report_order(report: Report) -> tuple[int, float, str]:
    """Side before rear; the latest run first, whatever the order in which reports were given."""
    day = _runner(report).date
    clip = _table(report, "clip")
    when = 0 if day is None else date.fromisoformat(day).toordinal()
    name = f"{clip.get('sha256', '')}{clip.get('name', '')}"
    return ("side", "rear", "front").index(_view(report)), -when, name


def _merged(reports: Sequence[Report]) -> dict[str, Metric]:
    """Return the metrics of all reports; the first that measured one counts.

    Where clips from the left and from the right hold the same metric of their near side, the
    second is kept under the key of its side.
    """
    merged: dict[str, Metric] = {}
    for report in reports:
        for key, metric in metrics_from(report).items():
            name = key
            if _taken(merged, key) and metric.side not in ("both", merged[key].side):
                name = f"{split_side(key)[0]}_{metric.side}"
            if not _taken(merged, name):
                merged[name] = metric
    return merged


def _taken(metrics: Mapping[str, Metric], key: str) -> bool:
    return key in metrics and metrics[key].status == "measured"


def _view(report: Report) -> ViewKind:
    kind: Any = _table(report, "view").get("kind")
    if kind not in get_args(ViewKind):
        raise UsageError(
            f"The report's view {kind!r} is not known; it must be side, rear or front."
        )
    view: ViewKind = kind
    return view


def _runner(report: Report) -> Runner:
    names = {field.name for field in fields(Runner)}
    given = {k: v for k, v in _table(report, "runner").items() if k in names and v is not None}
    for name in ("belt_speed_mps", "incline_pct", "height_m"):
        if name in given:
            given[name] = _plain_number(given[name], f"The runner's {name}")
    if "date" in given:
        given["date"] = _day(given["date"])
    return Runner(**given)


def _day(told: object) -> str:
    try:
        return date.fromisoformat(str(told)).isoformat()
    except ValueError:
        raise UsageError(f"The report's date {told!r} is no YYYY-MM-DD; measure again.") from None


def _symptoms(report: Report) -> Symptoms | None:
    stored = _table(report, "runner").get("symptoms")
    return symptoms_from(stored) if isinstance(stored, Mapping) else None


def _rows(table: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """Return a list of tables; what is none is left out."""
    rows = table.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _table(report: Report, name: str) -> Mapping[str, Any]:
    table = report.get(name)
    return table if isinstance(table, Mapping) else {}
