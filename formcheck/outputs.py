"""What is written of a measured clip: the report and its page, the tables, the annotated clip."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from formcheck.annotate import Still, annotate_clip, still_frames
from formcheck.cues import Advice, advise
from formcheck.errors import NoRunnerError
from formcheck.machine import one_thread_algebra
from formcheck.parallel import beside
from formcheck.part import clip_record
from formcheck.pipeline import (
    OnStage,
    Options,
    analyze_upright,
    estimator_for,
    probed,
    provenance_of,
    silent,
)
from formcheck.report.build import build_empty_report, build_report
from formcheck.report.html import write_report
from formcheck.report.schema import REPORT_NAME, Report, save_report
from formcheck.report.stored import FRAMES_NAME
from formcheck.report.tables import write_frames, write_strides
from formcheck.results import ResultFolder, writing
from formcheck.types import Analysis, Gait, Provenance, QualityNote
from formcheck.video import ClipInfo

PAGE_NAME: Final = "report.html"
CLIP_NAME: Final = "annotated.mp4"
STRIDES_NAME: Final = "strides.csv"
RESULT_NAMES: Final = (REPORT_NAME, PAGE_NAME, CLIP_NAME, FRAMES_NAME, STRIDES_NAME)


def analyze_to_folder(
    path: Path,
    out: Path,
    options: Options,
    progress: OnStage = silent,
    *,
    memory: int | None = None,
) -> tuple[Report, Advice]:
    """Measure one clip and write report, tables, page and annotated clip into a folder.

    A clip in which nobody could be measured still gets a ``report.json`` that says why.

    Parameters
    ----------
    path, options, progress
        As for `analyze`.
    out : Path
        The folder; made if it is not there. Results that lay there before go.
    memory : int, optional
        Bytes this process may use if that is less than what the system tells.

    Raises
    ------
    FormcheckError
        As `analyze`; the folder is not left behind empty.
    UsageError
        When the folder cannot be written to or a result would replace the clip.
    """
    with ResultFolder(out, RESULT_NAMES, (path,)) as folder:
        progress("open", 0.0)
        info = probed(path, options, memory)
        info, analysis = _analyze_or_report_why_not(info, folder, options, progress)
        return _write(info, analysis, folder, options, progress)


def save_run(analysis: Analysis, out: Path, options: Options, info: ClipInfo | None) -> None:
    """Write a run that was measured already into a folder, as `analyze_to_folder` does.

    Parameters
    ----------
    info : ClipInfo or None
        The clip as it was measured; None where there is none, and so neither pictures nor video.

    Raises
    ------
    UsageError
        When the folder cannot be written to or a result would replace the clip.
    """
    inputs = () if info is None else (info.path,)
    with ResultFolder(out, RESULT_NAMES, inputs) as folder:
        _write(info, analysis, folder, options, silent)


def _write(
    info: ClipInfo | None,
    analysis: Analysis,
    folder: ResultFolder,
    options: Options,
    progress: OnStage,
) -> tuple[Report, Advice]:
    """Write all results of a run and put them in their place."""
    advice = _advice_on(analysis, options)
    with writing(folder.folder):
        report = write_outputs(info, analysis, advice, folder.part, options, progress)
    folder.put_in_place()
    return report, advice


def _advice_on(analysis: Analysis, options: Options) -> Advice:
    return advise(
        analysis.metrics,
        analysis.runner,
        analysis.gait.view.kind,
        symptoms=options.symptoms,
        previous=options.baseline,
        landing_source=_landing_source(analysis.gait),
        quality=analysis.quality,
        rate_hz=analysis.clip.frame_rate_hz,
    )


def _landing_source(gait: Gait) -> str | None:
    return gait.calibration.landing_source if gait.view.kind == "side" else None


def _analyze_or_report_why_not(
    info: ClipInfo, folder: ResultFolder, options: Options, progress: OnStage
) -> tuple[ClipInfo, Analysis]:
    """Measure one clip; write the report that says why when nobody could be measured."""
    with one_thread_algebra, estimator_for(options) as estimator:
        try:
            return analyze_upright(info, options, estimator, progress)
        except NoRunnerError as error:
            provenance = provenance_of(estimator)
            report = _report_without_runner(info, options, provenance, error)
            with writing(folder.folder):
                save_report(report, folder.part / REPORT_NAME)
            folder.put_in_place()
            raise


def write_outputs(
    clip: ClipInfo | None,
    analysis: Analysis,
    advice: Advice,
    out: Path,
    options: Options,
    progress: OnStage = silent,
) -> Report:
    """Write everything that `formcheck analyze` promises; no pictures where there is no clip."""
    with beside(partial(_write_tables, analysis, out)):
        stills = _draw(clip, analysis, out, options, progress)
    progress("write", 0.0)
    spoken = advice.to_dict()
    report = build_report(
        analysis,
        spoken["cues"],
        spoken["advice"],
        options.symptoms.to_dict() if options.symptoms else None,
    )
    write_report(report, out / PAGE_NAME, stills)
    save_report(report, out / REPORT_NAME)
    progress("write", 1.0)
    return report


def _write_tables(analysis: Analysis, out: Path) -> None:
    write_frames(analysis.gait, out / FRAMES_NAME)
    write_strides(analysis.gait.contacts, analysis.metrics, out / STRIDES_NAME)


def _draw(
    clip: ClipInfo | None, analysis: Analysis, out: Path, options: Options, progress: OnStage
) -> list[Still]:
    """Write the annotated clip, if it is wanted, and return the stills."""
    if clip is None:
        return []
    if not options.video:
        return still_frames(clip, analysis, blur_face=options.blur_face)
    return annotate_clip(
        clip,
        analysis,
        out / CLIP_NAME,
        blur_face=options.blur_face,
        progress=lambda share: progress("annotate", share),
    )


def _report_without_runner(
    info: ClipInfo, options: Options, provenance: Provenance, error: NoRunnerError
) -> Report:
    clip = clip_record(info, 1.0, 0.0, info.duration_s, options.name)
    note = QualityNote(error.code, "error", str(error))
    return build_empty_report(clip, options.runner, (*info.notes, note), provenance)
