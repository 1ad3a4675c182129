"""One measured run, as Python programs and notebooks hold it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from formcheck.catalogue import spec_of
from formcheck.cues import Advice, advise_reports, symptoms_from
from formcheck.cues.reports import metrics_from
from formcheck.errors import UsageError
from formcheck.outputs import CLIP_NAME, PAGE_NAME, RESULT_NAMES, STRIDES_NAME, save_run
from formcheck.pipeline import Options
from formcheck.report.arrow import frames_arrow, steps_arrow
from formcheck.report.build import build_report
from formcheck.report.html import write_report
from formcheck.report.schema import REPORT_NAME, Events, Report, save_report
from formcheck.report.stored import StoredRun, frames_in, load_run
from formcheck.report.tables import read_csv, strides_table
from formcheck.report.words import amount, between
from formcheck.results import ResultFolder, writing
from formcheck.types import Analysis, Metric, QualityNote, Samples
from formcheck.values import load_baseline
from formcheck.video import ClipInfo


class Run:
    """One measured run: of a clip, of landmarks, or read back from a folder.

    Made by `formcheck.analyze`, `formcheck.measure` and `formcheck.load`.

    Attributes
    ----------
    report : Report
        Everything that is known of the run but its frames: what ``report.json`` holds.
    metrics : mapping of str to Metric
        Every metric by its key, `_left` and `_right` of one side, those withheld with the reason.
    analysis : Analysis or None
        The measuring stages' own result; None for a run that was read back.
    """

    def __init__(
        self,
        stored: StoredRun,
        *,
        analysis: Analysis | None = None,
        clip: ClipInfo | None = None,
        options: Options | None = None,
    ) -> None:
        self._stored = stored
        self._clip = None if clip is None else replace(clip, kept=None)
        self._options = options or Options()
        self.analysis = analysis
        self.metrics: Mapping[str, Metric] = (
            _metrics_of(stored.report) if analysis is None else analysis.metrics
        )

    @classmethod
    def of(
        cls, analysis: Analysis, clip: ClipInfo | None = None, options: Options | None = None
    ) -> Run:
        """Return the run of a fresh analysis, of a clip where it was made from one."""
        stored = StoredRun(build_report(analysis), None, frames_in(analysis.gait))
        return cls(stored, analysis=analysis, clip=clip, options=options)

    @classmethod
    def read(cls, path: Path) -> Run:
        """Return a run from the folder of its results or its ``report.json``."""
        return cls(load_run(path))

    @property
    def report(self) -> Report:
        """Everything that is known of the run but its frames."""
        return self._stored.report

    @property
    def stored(self) -> StoredRun:
        """The report and the frames, as exports and comparisons take them."""
        return self._stored

    @property
    def clip_path(self) -> Path | None:
        """The clip that was measured in this program, for pictures."""
        return None if self._clip is None else self._clip.path

    @property
    def events(self) -> Events:
        """Initial contacts and toe-offs of both feet, in seconds: ``events.left.toe_off_s``."""
        return self.report.events

    @property
    def quality(self) -> tuple[QualityNote, ...]:
        """What is to be said of the clip and of how it was measured."""
        return tuple(
            QualityNote(note.code, note.severity, note.text, note.fix)
            for note in self.report.quality
        )

    def frames(self) -> pa.Table:
        """Return a row a frame: time, the kernel's measures, and every landmark.

        The columns are those of ``frames.csv``; null where something is not known.

        Raises
        ------
        UsageError
            The run was read from a lone report, or nobody was measured in it.
        """
        if self._stored.frames is None:
            raise UsageError(
                f"The frames of {self.report.clip.name} are missing: load the folder that holds "
                "its frames.csv beside the report.json."
            )
        return frames_arrow(self._stored.frames)

    def steps(self) -> pa.Table:
        """Return a row a step: its side, its events, and the metrics that are known step by step.

        The columns are those of ``strides.csv``; null where something is not known.

        Raises
        ------
        UsageError
            The run was read from a lone report, or nobody was measured in it.
        """
        if self.analysis is not None:
            return steps_arrow(strides_table(self.analysis.gait.contacts, self.analysis.metrics))
        table = None if self._stored.folder is None else self._stored.folder / STRIDES_NAME
        if table is None or not table.is_file():
            raise UsageError(
                f"The steps of {self.report.clip.name} are missing: load the folder that holds "
                "its strides.csv beside the report.json."
            )
        return steps_arrow(read_csv(table))

    def advice(self, *, baseline: object = None, **symptoms: object) -> Advice:
        """Return at most two things worth trying.

        Parameters
        ----------
        baseline : Run, path, number or several of them
            Earlier runs of the same runner, or easy cadences in steps per minute.
        **symptoms
            As the symptom options of the command line: ``region="knee"``, ``pain_during=3``,
            ``stiff_next_morning=True``.

        Raises
        ------
        UsageError
            For a symptom or a value that cannot be, or a run in which nobody was measured.
        """
        return advice_on([self], baseline, symptoms)

    def save(self, folder: str | Path, *, video: bool = True, **symptoms: object) -> Path:
        """Write what ``formcheck analyze`` writes: report, page, tables and annotated clip.

        Parameters
        ----------
        folder : str or Path
            The folder; made if it is not there. Results that lay there before go.
        video : bool
            Whether to write the annotated clip; only a run that was measured from a clip in this
            program has one.
        **symptoms
            As for `advice`: what the advice in the report is to go by.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        UsageError
            When the folder cannot be written to or a result would replace something that is read.
        """
        out = Path(folder)
        if self.analysis is None:
            if symptoms:
                raise UsageError(
                    "A run that was read back is written as it is: ask advice() for other symptoms."
                )
            self._copy(out, video=video)
            return out
        told = symptoms_from(symptoms) if symptoms else self._options.symptoms
        save_run(self.analysis, out, replace(self._options, symptoms=told, video=video), self._clip)
        return out

    def _copy(self, out: Path, *, video: bool) -> None:
        """Write a run that was read back once more: its files as they are."""
        source = self._stored.folder
        names = [name for name in RESULT_NAMES if video or name != CLIP_NAME]
        there = [] if source is None else [source / name for name in names]
        files = [file for file in there if file.is_file()]
        with writing(out), ResultFolder(out, RESULT_NAMES, files) as place:
            for file in files:
                shutil.copyfile(file, place.part / file.name)
            if not files:
                save_report(self.report, place.part / REPORT_NAME)
                write_report(self.report, place.part / PAGE_NAME)
            place.put_in_place()

    def __repr__(self) -> str:
        report = self.report
        if report.view is None:
            return f"<Run {report.clip.name}: nobody could be measured>"
        feet = (self.events.left, self.events.right)
        contacts = sum(len(foot.initial_contact_s) for foot in feet)
        known = sum(metric.value is not None for metric in self.metrics.values())
        return (
            f"<Run {report.clip.name}: {report.view.kind} view, "
            f"{report.clip.to_s - report.clip.from_s:.1f} s, {contacts} contacts, "
            f"{known} of {len(self.metrics)} metrics measured>"
        )

    def _repr_html_(self) -> str:
        rows = "".join(_row(key, metric) for key, metric in self.metrics.items())
        notes = "".join(f"<li>{escape(note.text)}</li>" for note in self.report.quality)
        return (
            f"<p>{escape(repr(self)[1:-1])}</p><table><thead><tr><th>metric</th><th>value</th>"
            f"<th>95 %</th><th>n</th></tr></thead><tbody>{rows}</tbody></table><ul>{notes}</ul>"
        )


def _metrics_of(report: Report) -> dict[str, Metric]:
    """Return the metrics of a report, with their single values as far as it holds them."""
    found = metrics_from(report.plain())
    for key, metric in found.items():
        record = report.metrics[key].samples
        if record is not None:
            values = np.array([np.nan if x is None else x for x in record.value])
            found[key] = replace(metric, samples=Samples(np.array(record.t_s), values, record.side))
    return found


def _row(key: str, metric: Metric) -> str:
    """Return one row of the table that a notebook shows."""
    info = spec_of(key)
    name = f"<code>{escape(key)}</code>"
    if metric.value is None or info is None:
        reason = escape(metric.reason or metric.status)
        return f"<tr><td>{name}</td><td colspan=3>not measured: {reason}</td></tr>"
    value, low, high = metric.value, metric.low, metric.high
    spread = "" if low is None or high is None else between(low, high, info, value)
    cells = (escape(amount(value, info)), escape(spread), str(metric.n))
    return f"<tr><td>{name}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def advice_on(runs: Sequence[Run], baseline: object, symptoms: Mapping[str, object]) -> Advice:
    """Return one advice from the runs of one runner, side and rear together."""
    told = symptoms_from(symptoms) if symptoms else None
    past = [plain for one in _several(baseline) for plain in _plain_baseline(one)]
    return advise_reports([run.report.plain() for run in runs], told, past or None)


def _several(baseline: object) -> Iterable[object]:
    if baseline is None:
        return ()
    return baseline if isinstance(baseline, list | tuple) else (baseline,)


def _plain_baseline(baseline: object) -> list[dict[str, Any] | float]:
    if isinstance(baseline, Run):
        return [baseline.report.plain()]
    return load_baseline([str(baseline)]) or []
