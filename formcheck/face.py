"""The functions that `import formcheck` gives: clips, landmarks and folders in, runs out."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from formcheck import __version__
from formcheck.comparison import Comparison, Mode
from formcheck.comparison import compare as compare_reports
from formcheck.comparison.folder import compare_to_folder
from formcheck.cues import Advice
from formcheck.formats import Format
from formcheck.formats import export as export_stored
from formcheck.formats.write import write_run
from formcheck.gait.notes import clip_notes
from formcheck.landmarks import N_LANDMARKS, NAMES, SIDES, index
from formcheck.notes import usage
from formcheck.pipeline import Stage, analyze_clip, measure_track, silent
from formcheck.report.schema import Pace
from formcheck.request import Request
from formcheck.run import Run, advice_on
from formcheck.types import Analysis, Clip, Floats, PoseTrack, Provenance, Runner, Units, ViewKind

NEEDED: Final = ("shoulder", "hip", "knee", "ankle")
MARGIN: Final = 0.25
"""Of the larger side of what landmarks span, around them where no picture's size is given."""


def analyze(
    clip: str | Path,
    *,
    view: Literal["auto", "side", "rear", "front"] = "auto",
    height_m: float | str | None = None,
    speed: str | None = None,
    incline: float | str = 0.0,
    pace: Pace | None = None,
    runner: str | None = None,
    shoes: str | None = None,
    date: str | None = None,
    from_s: float | str | None = None,
    to_s: float | str | None = None,
    slow_motion: float | str = "auto",
    pose: str = "heavy",
    person: int | str = "auto",
    rotate: int = 0,
    units: Units = "metric",
    blur_face: bool = False,
    standing: str | Path | None = None,
    track: str | Path | None = None,
    progress: Callable[[Stage, float], None] = silent,
) -> Run:
    """Measure a clip of one runner, from the side, from behind or from in front.

    The words are those of ``formcheck analyze``, with the same meanings and the same checks.

    Parameters
    ----------
    clip : str or Path
        The video.
    view : {"auto", "side", "rear", "front"}
        Where the camera stands.
    height_m : float or str
        The runner's height; as text also ``"176cm"`` or ``"5 ft 9"``.
    speed : str
        Belt speed or pace with its unit: ``"10km/h"``, ``"2.8m/s"``, ``"6.2mph"``, ``"5:30/km"``.
    incline : float or str
        Of the belt, in per cent.
    pace : {"easy", "tempo", "other"}
        What run it is.
    runner, shoes, date : str
        A name for the runner, what was worn, and when it was filmed (YYYY-MM-DD), for later runs.
    from_s, to_s : float or str
        The part to measure.
    slow_motion : float or "auto"
        How many times slower than life the clip plays.
    pose : str
        The pose network: heavy, full, lite, mediapipe, or a model folder's own name.
    person : int or {"auto", "left", "right"}
        Who is measured: a number counts from the left.
    rotate : {0, 90, 180, 270}
        Turn the picture clockwise first.
    units : {"metric", "imperial"}
        What the page and the clip that `Run.save` writes are in.
    blur_face : bool
        Blur the face in what `Run.save` writes.
    standing : str or Path
        A clip in which the runner stands still, side-on.
    track : str or Path
        A stored pose track (``.npz``) that stands in for the network.
    progress : callable
        Called with the stage and its finished share, 0 to 1.

    Raises
    ------
    UsageError
        For a value that cannot be.
    ClipError
        The clip cannot be read.
    NoRunnerError
        The clip was read, but nobody could be measured in it.
    ModelError
        The pose model is missing or damaged.
    """
    request = Request(
        view=view,
        height=height_m,
        speed=speed,
        incline=incline,
        pace=pace,
        runner=runner,
        shoes=shoes,
        date=date,
        from_s=from_s,
        to_s=to_s,
        slow_motion=str(slow_motion),
        pose=pose,
        person=str(person),
        rotate=str(rotate),
        units=units,
        blur_face=blur_face,
    )
    options = replace(
        request.options(),
        standing=None if standing is None else Path(standing),
        track=None if track is None else Path(track),
    )
    info, analysis = analyze_clip(Path(clip), options, progress)
    return Run.of(analysis, info, options)


def pose_track(
    points: Mapping[str, ArrayLike],
    t_s: ArrayLike,
    *,
    convention: str = "motion_capture",
    confidence: ArrayLike | None = None,
    size_px: tuple[int, int] | None = None,
) -> PoseTrack:
    """Return landmarks from elsewhere as `measure` takes them.

    Parameters
    ----------
    points : mapping of str to (T, 2) array
        Image positions by the names of body points (``"left_hip"``, ``"right_toe"``, ...), x to the
        right, y down, in pixels; NaN where one is not known. Points that are left out are unknown.
    t_s : (T,) array
        True times in seconds, increasing.
    convention : str
        Whose idea of a hip or a heel the points follow: ``"motion_capture"`` for joint centres
        of recorded people, ``"joints"`` for those of a model's runner, or a pose network's name
        such as ``"blazepose"``.
    confidence : (T,) or (T, K) array, optional
        0 to 1; 1 where it is left out and the point is known.
    size_px : (int, int), optional
        Width and height of the picture; else large enough to hold the points.

    Raises
    ------
    UsageError
        For a name that is no body point, or arrays of other shapes.
    """
    unknown = sorted(set(points) - set(NAMES))
    if unknown or not points:
        what = f"{unknown[0]!r} is no body point" if unknown else "There are no points"
        raise usage("points_not_known", what=what, known=", ".join(NAMES))
    times = np.asarray(t_s, dtype=np.float64)
    xy_px = np.full((times.size, N_LANDMARKS, 2), np.nan)
    for name, values in points.items():
        each = np.asarray(values, dtype=np.float64)
        if each.shape != (times.size, 2):
            raise usage("points_shape", name=name, shape=each.shape, rows=times.size)
        xy_px[:, NAMES.index(name)] = each
    known = np.isfinite(xy_px).all(axis=2)
    if size_px is None:
        xy_px, size_px = _framed(xy_px, known)
    try:
        sure = np.asarray(1.0 if confidence is None else confidence, dtype=np.float64)
        sure = np.broadcast_to(sure[:, None] if sure.ndim == 1 else sure, known.shape)
        return PoseTrack(
            times,
            xy_px,
            np.where(known, sure, 0.0),
            size_px[0],
            size_px[1],
            convention=convention,
            network=convention,
        )
    except ValueError as error:
        raise usage("points_not_usable", reason=error) from error


def _framed(xy_px: Floats, known: NDArray[np.bool_]) -> tuple[Floats, tuple[int, int]]:
    """Move points into a picture that holds them with a margin; return them and its size."""
    if not known.any():
        raise usage("points_all_unknown")
    low, high = np.min(xy_px[known], axis=0), np.max(xy_px[known], axis=0)
    margin = MARGIN * float(np.max(high - low))
    width, height = np.ceil(high - low + 2 * margin)
    return xy_px - low + margin, (int(width), int(height))


def measure(
    track: PoseTrack,
    runner: Runner | None = None,
    *,
    view: ViewKind | None = None,
    name: str = "landmarks",
) -> Run:
    """Measure landmarks that come from elsewhere: another network, or motion capture.

    Parameters
    ----------
    track : PoseTrack
        The landmarks of one runner over time, as `pose_track` makes them.
    runner : Runner
        Height, belt speed and incline as far as known: they make centimetres.
    view : {"side", "rear", "front"} or None
        Where the camera stood; found when None.
    name : str
        What the run is called.

    Raises
    ------
    NoRunnerError
        When nobody runs in them.
    UsageError
        When shoulders, hips, knees or ankles are not there. What needs other points that are
        missing (heels and toes for contacts, wrists for the arms) is not measured.
    """
    runner = runner or Runner()
    _check_seen(track)
    with warnings.catch_warnings():
        # Points that are never there are NaN throughout, and so is all that is made of them.
        warnings.filterwarnings(
            "ignore", r"All-NaN|Mean of empty|Degrees of freedom", RuntimeWarning
        )
        gait, metrics = measure_track(track, runner, view=view)
    frame_s = float(np.median(np.diff(gait.track.t_s)))
    clip = Clip(
        name=name,
        sha256="",
        width_px=track.width_px,
        height_px=track.height_px,
        rotation_deg=0,
        duration_s=float(track.t_s[-1] - track.t_s[0]) + frame_s,
        frames=track.t_s.size,
        frame_rate_hz=1.0 / frame_s,
        from_s=float(gait.track.t_s[0]),
        to_s=float(gait.track.t_s[-1]) + frame_s,
    )
    notes = track.notes + clip_notes(clip, gait, runner) + gait.notes
    made_by = Provenance(__version__, track.network or track.convention, "", "none")
    return Run.of(Analysis(clip, runner, gait, metrics, notes, made_by))


def _check_seen(track: PoseTrack) -> None:
    seen = np.any(np.all(np.isfinite(track.xy_px), axis=2), axis=0)
    missing = [f"{side}_{name}" for name in NEEDED for side in SIDES if not seen[index(name, side)]]
    if missing:
        raise usage("points_missing", name=missing[0], needed=", ".join(NEEDED))


def load(folder: str | Path) -> Run:
    """Read a run from the folder that `Run.save` or ``formcheck analyze`` wrote, or its report.

    Raises
    ------
    UsageError
        When there is no report, or when it or a table is damaged.
    """
    return Run.read(Path(folder))


def advise(
    runs: Sequence[Run | str | Path], *, baseline: object = None, **symptoms: object
) -> Advice:
    """Return one advice from several runs of one runner, such as side and rear; see `Run.advice`.

    Raises
    ------
    UsageError
        As `Run.advice`, and for runs of different runners.
    """
    return advice_on([_run(one) for one in runs], baseline, symptoms)


def compare(
    first: Run | str | Path,
    second: Run | str | Path,
    *,
    mode: Mode | None = None,
    same_setup: bool = False,
    out: str | Path | None = None,
    video: bool = True,
) -> Comparison:
    """Compare two runs of one runner, metric by metric; differences are second minus first.

    Parameters
    ----------
    first, second : Run, str or Path
        Runs, or folders of their results.
    mode : {"easy_tempo", "before_after", "left_right"} or None
        What the runs are there for; None to infer it from paces and speeds.
    same_setup : bool
        The camera stood untouched and both clips are of one session, so that smaller differences
        count.
    out : str or Path, optional
        A folder for what ``formcheck compare`` writes: page, JSON and phase-matched clip.
    video : bool
        Whether to write that clip.

    Raises
    ------
    NoRunnerError
        When nobody was measured in one of them.
    UsageError
        When something is no run, or `out` cannot be written to.
    """
    one, two = _run(first), _run(second)
    if out is None:
        return compare_reports(one.report, two.report, mode, same_setup)
    return compare_to_folder(
        one.stored,
        two.stored,
        Path(out),
        mode=mode,
        same_setup=same_setup,
        clips=(one.clip_path, two.clip_path),
        video=video,
    )


def export(run: Run | str | Path, kind: Format, out: str | Path) -> list[Path]:
    """Write a run, or every run in a folder of results, in another format.

    Parameters
    ----------
    run : Run, str or Path
        A run, the folder of its results, or a folder of such folders.
    kind : str
        One of `formcheck.formats.FORMATS`: "c3d" or "fhir" for example.
    out : str or Path
        The file to write; for a folder of runs the folder to write them into.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    UsageError
        The format needs frames or a scale that the run has not, or `out` cannot be written.
    BatchError
        Some of a folder could not be exported; the others were.
    """
    if isinstance(run, Run):
        return [write_run(run.stored, kind, Path(out))]
    return export_stored(Path(run), kind, Path(out))


def _run(one: Run | str | Path) -> Run:
    return one if isinstance(one, Run) else load(one)
