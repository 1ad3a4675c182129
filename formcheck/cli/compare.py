"""formcheck compare."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final, Literal, cast, get_args

import typer

from formcheck.cli.bars import shown
from formcheck.cli.compare_summary import comparison_text
from formcheck.cli.options import JsonOption, takes_fields
from formcheck.cli.summary import text_width
from formcheck.cli.terminal import echo, echo_json
from formcheck.comparison.folder import RESULT_NAMES, check_slow, compare_to_folder, files_of
from formcheck.comparison.schema import Mode
from formcheck.errors import UsageError
from formcheck.outputs import RESULT_NAMES as MEASURED_NAMES
from formcheck.outputs import analyze_to_folder
from formcheck.pipeline import OnStage as Callback
from formcheck.pipeline import Options
from formcheck.report.schema import Pace
from formcheck.report.stored import StoredRun, load_run
from formcheck.request import Request
from formcheck.results import keep_inputs
from formcheck.values import parse_word
from formcheck.video import probe

Run = Annotated[
    Path,
    typer.Argument(help="A clip, a report.json, or an output folder of analyze.", readable=False),
]
Shown = Callable[[], AbstractContextManager[Callback]]
PARTS: Final = ("first", "second")


MODES: Final[dict[str, Mode]] = {
    "easy-tempo": "easy_tempo",
    "before-after": "before_after",
    "left-right": "left_right",
}
ModeOption = Annotated[
    Literal["easy-tempo", "before-after", "left-right"] | None,
    typer.Option(help="Purpose of the comparison; default: by pace, speed and camera side."),
]
SameSetupOption = Annotated[
    bool,
    typer.Option("--same-setup", help="One session, camera untouched: smaller differences count."),
]
SpeedOption = Annotated[str | None, typer.Option(help="Belt speed of one clip, if they differ.")]
PaceOption = Annotated[
    str | None,
    typer.Option(help="Pace of one clip, if they differ.", metavar=f"[{'|'.join(get_args(Pace))}]"),
]
SlowOption = Annotated[float, typer.Option(help="Slow-motion factor of the video.")]
OverlayOption = Annotated[
    bool, typer.Option("--overlay", help="Lay the runners over each other in the video.")
]
OutOption = Annotated[
    Path | None, typer.Option(help="Folder for the results; default: both names.")
]


@takes_fields
def compare(
    first: Run,
    second: Run,
    request: Request,
    mode: ModeOption = None,
    same_setup: SameSetupOption = False,
    speed_first: SpeedOption = None,
    speed_second: SpeedOption = None,
    pace_first: PaceOption = None,
    pace_second: PaceOption = None,
    slow: SlowOption = 1.0,
    overlay: OverlayOption = False,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare two runs: what differs beyond noise, a page to print, and a phase-matched video."""
    wanted = (
        request_of(request, speed_first, pace_first).options(),
        request_of(request, speed_second, pace_second).options(),
    )
    check_slow(slow)
    paths = (first, second)
    about_pictures = replace(Request(), no_video=request.no_video, blur_face=request.blur_face)
    folder = out or Path("_".join(_name(path) for path in paths))
    _check_inputs(paths, used=request != about_pictures or wanted[0] != wanted[1])
    keep_inputs(_inputs(paths), _targets(paths, folder))

    def progress() -> AbstractContextManager[Callback]:
        return shown(quiet=as_json)

    runs = [
        stored_run(path, folder / name, options, progress)
        for path, name, options in zip(paths, PARTS, wanted, strict=True)
    ]
    with progress() as callback:
        comparison = compare_to_folder(
            runs[0],
            runs[1],
            folder,
            mode=None if mode is None else MODES[mode],
            same_setup=same_setup,
            clips=(_clip(first), _clip(second)),
            style="overlay" if overlay else "beside",
            slow=slow,
            blur_face=request.blur_face,
            video=not request.no_video,
            progress=lambda share: callback("annotate", share),
        )
    if as_json:
        echo_json(comparison.to_json())
    else:
        echo(comparison_text(comparison, folder, text_width()))


def request_of(request: Request, speed: str | None, pace: str | None) -> Request:
    """Return the request of one clip: what was said of it in place of what was said of both."""
    return replace(
        request,
        speed=request.speed if speed is None else speed,
        pace=request.pace if pace is None else cast(Pace, parse_word("pace", pace, get_args(Pace))),
    )


def stored_run(path: Path, folder: Path, options: Options, progress: Shown) -> StoredRun:
    """Return a stored run, after measuring it into `folder` where the path is a clip."""
    if _clip(path) is not None:
        with progress() as callback:
            analyze_to_folder(path, folder, options, callback)
        path = folder
    return load_run(path)


def _clip(path: Path) -> Path | None:
    """Return the path where it is that of a clip rather than of a stored result."""
    return None if path.is_dir() or path.suffix.lower() == ".json" else path


def _inputs(paths: tuple[Path, Path]) -> Iterator[Path]:
    """Yield every file that is read."""
    for path in paths:
        yield from [path] if _clip(path) is not None else files_of(load_run(path))


def _targets(paths: tuple[Path, Path], folder: Path) -> Iterator[Path]:
    """Yield every file that may be written."""
    yield from (folder / name for name in RESULT_NAMES)
    for path, part in zip(paths, PARTS, strict=True):
        if _clip(path) is not None:
            yield from (folder / part / name for name in MEASURED_NAMES)


def _name(path: Path) -> str:
    """Return what a run is called: the clip's name, or that of the folder of its result."""
    if _clip(path) is not None:
        return path.stem
    return (path if path.is_dir() else path.parent).resolve().name


def _check_inputs(paths: tuple[Path, Path], *, used: bool) -> None:
    """Tell at once what cannot be read, before minutes are spent on the other clip.

    Raises
    ------
    UsageError
        For a stored result that cannot be read, or options that belong to clips when both are
        stored results.
    ClipError
        For a clip that cannot be read.
    """
    clips = [clip for path in paths if (clip := _clip(path)) is not None]
    for path in paths:
        if path not in clips:
            load_run(path)
    for clip in clips:
        probe(clip)
    if used and not clips:
        raise UsageError(
            "Both inputs are stored results, which keep what was said of their clips: "
            "leave out the options about clip and runner, or give the clips themselves."
        )
