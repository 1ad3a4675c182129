"""Everything that ``formcheck compare`` writes into a folder."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from formcheck.comparison.build import compare
from formcheck.comparison.html import write_comparison_page
from formcheck.comparison.schema import COMPARISON_NAME, Caution, Comparison, Mode, save_comparison
from formcheck.comparison.stills import RunStill, run_stills
from formcheck.errors import FormcheckError, UsageError
from formcheck.report.stored import StoredRun
from formcheck.results import ResultFolder, writing
from formcheck.side_by_side.clip import SLOWEST, write_side_by_side
from formcheck.side_by_side.layout import Style

logger = logging.getLogger(__name__)

PAGE_NAME: Final = "comparison.html"
VIDEO_NAME: Final = "side_by_side.mp4"
RESULT_NAMES: Final = (COMPARISON_NAME, PAGE_NAME, VIDEO_NAME)
Clips = tuple[Path | None, Path | None]


def silent(share: float) -> None:
    """Report no progress."""


def compare_to_folder(
    first: StoredRun,
    second: StoredRun,
    out: Path,
    *,
    mode: Mode | None = None,
    same_setup: bool = False,
    clips: Clips = (None, None),
    style: Style = "beside",
    slow: float = 1.0,
    blur_face: bool = False,
    video: bool = True,
    progress: Callable[[float], None] = silent,
) -> Comparison:
    """Compare two stored runs and write comparison, page and phase-matched video.

    Parameters
    ----------
    first, second : StoredRun
        As `formcheck.report.stored.load_run` reads them. Pictures that cannot be had are told
        under ``no_pictures``.
    out : Path
        Folder for the results; made when it is not there.
    clips : (Path or None, Path or None)
        The clips themselves, for pictures; else those of the runs' folders.
    mode, same_setup, style, slow, blur_face
        As for `compare` and `write_side_by_side`.
    video : bool
        Whether to write the video.
    progress : callable
        Told the share of the video that is done, 0 to 1.

    Returns
    -------
    Comparison
        As in ``comparison.json``.

    Raises
    ------
    NoRunnerError
        When no runner could be measured in one of the clips.
    UsageError
        For an impossible `slow`, or when the folder cannot be written to or a result would replace
        something that is read.
    """
    check_slow(slow)
    comparison = compare(first.report, second.report, mode, same_setup)
    inputs = (*files_of(first), *files_of(second), *(clip for clip in clips if clip is not None))
    with ResultFolder(out, RESULT_NAMES, inputs) as folder:
        stills, cautions = _stills(first, second, clips, blur_face)
        if video:
            try:
                write_side_by_side(
                    first, second, folder.part / VIDEO_NAME, clips=clips, style=style, slow=slow,
                    blur_face=blur_face, progress=progress,
                )  # fmt: skip
            except FormcheckError as error:
                cautions = [Caution(code="no_pictures", text=str(error))]
        comparison = comparison.model_copy(update={"warnings": (*comparison.warnings, *cautions)})
        with writing(out):
            page = folder.part / PAGE_NAME
            write_comparison_page(comparison, first.report, second.report, page, stills)
            save_comparison(comparison, folder.part / COMPARISON_NAME)
        folder.put_in_place()
    return comparison


def files_of(run: StoredRun) -> list[Path]:
    """Return the files of a stored run."""
    return [] if run.folder is None else [path for path in run.folder.iterdir() if path.is_file()]


def check_slow(slow: float) -> None:
    """Check how many times slower than life a video is to play.

    Raises
    ------
    UsageError
        When it cannot be.
    """
    if not 1.0 <= slow <= SLOWEST:
        raise UsageError(f"A video can be slowed 1 to {SLOWEST:g} times, not {slow:g} times.")


def _stills(
    first: StoredRun, second: StoredRun, clips: Clips, blur_face: bool
) -> tuple[list[RunStill], list[Caution]]:
    """Return stills of both runs, moment by moment, or why there are none."""
    try:
        found = [
            run_stills(run, clip, name, blur_face=blur_face)
            for run, clip, name in zip((first, second), clips, ("first", "second"), strict=True)
        ]
    except FormcheckError as error:
        logger.info("no stills: %s", error)
        return [], [Caution(code="no_pictures", text=str(error))]
    longest = max(len(stills) for stills in found)
    return [stills[i] for i in range(longest) for stills in found if i < len(stills)], []
