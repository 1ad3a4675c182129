"""`analyze` and what it writes: the only module that knows all stages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from math import isfinite
from pathlib import Path
from typing import Final, Literal, TypeVar

import numpy as np

from formcheck import __version__
from formcheck.annotate import Still, annotate_clip, still_frames
from formcheck.closeup import ClipCloseups
from formcheck.cues import Advice, Past, Symptoms, advise, load_guide
from formcheck.errors import NoRunnerError, UsageError
from formcheck.gait.footage import in_one_piece
from formcheck.gait.model import Closeups, build_gait
from formcheck.gait.notes import clip_notes, cut_off_error, cut_off_notes, edge_notes
from formcheck.gait.repeats import REPEATED
from formcheck.gait.running import play_step_rate
from formcheck.gait.standing import (
    at_true_times,
    find_standing,
    in_clip,
    split_standing,
    standing_notes,
)
from formcheck.gait.view import find_view
from formcheck.landmarks import SIDES, index, mid_hip
from formcheck.machine import one_thread_algebra
from formcheck.metrics import measure_gait, per_step
from formcheck.metrics.doubted import doubted, untimed, withheld
from formcheck.pose import (
    Chosen,
    PoseEstimator,
    PoseName,
    ReplayEstimator,
    TwoPassEstimator,
    open_estimator,
)
from formcheck.report.build import build_empty_report, build_report
from formcheck.report.html import write_report
from formcheck.report.schema import REPORT_NAME, Report, save_report
from formcheck.report.stored import FRAMES_NAME
from formcheck.report.tables import write_frames, write_strides
from formcheck.results import ResultFolder, writing
from formcheck.types import (
    Analysis,
    Clip,
    Gait,
    Metric,
    PoseTrack,
    Posture,
    Provenance,
    QualityNote,
    Runner,
    Scene,
    ViewKind,
)
from formcheck.video import (
    ClipInfo,
    KeptFrames,
    fitting_factors,
    is_clear,
    is_slowed,
    probe,
)
from formcheck.video.belt_edges import Standing
from formcheck.video.kept import spare_bytes
from formcheck.video.level import clip_level

Stage = Literal["open", "pose", "measure", "annotate", "write"]
Progress = Callable[[Stage, float], None]
Result = TypeVar("Result")

PAGE_NAME: Final = "report.html"
CLIP_NAME: Final = "annotated.mp4"
STRIDES_NAME: Final = "strides.csv"
RESULT_NAMES: Final = (REPORT_NAME, PAGE_NAME, CLIP_NAME, FRAMES_NAME, STRIDES_NAME)
TOO_SHORT: Final = "too_short"
SHORTEST_S = 1.5
# A clip of standing is looked at this far.
STANDING_WITHIN_S = 10.0
# As played: ten seconds are enough; these are ten minutes at 60 frames a second, or half an hour of
# what plays slowly. Time and memory grow with both.
LONGEST_S, MOST_FRAMES = 1800.0, 36_000
UNCLEAR = "How many times slower than life the clip plays is not clear: give --slow-motion."


@dataclass(frozen=True, slots=True)
class Options:
    """How one clip is analysed.

    `slow_motion` is the factor by which the clip plays slower than life, None to find it; `view`
    None to find it; `person` who is measured where there are several; `rotate_deg` how far the
    picture is turned clockwise before anything is looked for; `baseline` an earlier report of the
    same runner, for the advice; `name` what the clip is called in the report instead of its file's
    name; `track` a stored pose track that stands in for the network; `standing` a clip in which the
    runner stands still side-on, where the measured one does not begin with that.
    """

    runner: Runner = field(default_factory=Runner)
    view: ViewKind | None = None
    from_s: float | None = None
    to_s: float | None = None
    slow_motion: float | None = None
    pose: PoseName = "heavy"
    person: Chosen = "auto"
    rotate_deg: int = 0
    video: bool = True
    blur_face: bool = False
    symptoms: Symptoms | None = None
    baseline: Past | None = None
    name: str | None = None
    track: Path | None = None
    standing: Path | None = None


def silent(stage: Stage, fraction: float) -> None:
    """Report no progress."""


def _unseen(fraction: float) -> None:
    """Report no progress of a part."""


def analyze(path: Path, options: Options, progress: Progress = silent) -> Analysis:
    """Measure one clip.

    Parameters
    ----------
    path : Path
        The clip.
    options : Options
        What the user said.
    progress : callable
        Called with the stage and its finished share, 0 to 1.

    Raises
    ------
    ClipError
        The clip cannot be read.
    NoRunnerError
        The clip was read, but nobody could be measured in it.
    ModelError
        The pose model is missing or damaged.
    """
    progress("open", 0.0)
    info = _probed(path, options)
    with one_thread_algebra, _open_estimator(options) as estimator:
        return _analyze_upright(info, options, estimator, progress)[1]


def _probed(path: Path, options: Options, memory: int | None = None) -> ClipInfo:
    """Probe a clip whose frames, if there is room for them, are decoded once for all stages."""
    info = probe(path).turned(options.rotate_deg)
    return replace(info, kept=KeptFrames(spare_bytes(memory)))


def _standing_in(path: Path, options: Options, estimator: PoseEstimator) -> Posture | None:
    """Return how the runner stands in a clip of its own; None where nobody stands side-on in it."""
    info = _probed(path, options)
    until_s = min(info.duration_s, STANDING_WITHIN_S)
    try:
        track = estimator.estimate(info, from_s=None, to_s=until_s, progress=_unseen)
    except NoRunnerError:
        return None
    posture = find_standing(track)
    if posture is None:
        return None
    scene = scene_of(info, track)
    return in_clip(posture, None if scene is None else (scene.roll_deg, scene.roll_sd_deg))


@contextmanager
def _beside(work: Callable[[], Result]) -> Iterator[Future[Result]]:
    """Do some work in a thread beside the block, which ends when both are done."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        yield future
        future.result()


def _open_estimator(options: Options) -> PoseEstimator:
    if options.track is not None:
        return ReplayEstimator(options.track)
    return open_estimator(options.pose, person=options.person)


def _analyze_upright(
    info: ClipInfo,
    options: Options,
    estimator: PoseEstimator,
    progress: Progress,
) -> tuple[ClipInfo, Analysis]:
    """Measure a clip; where nobody can be and the picture lies, turn it and measure again."""
    try:
        return info, _analyze(info, options, estimator, progress)
    except NoRunnerError as error:
        turn_deg = _turn_needed(info, options, estimator, error)
        if not turn_deg:
            raise
    how = "is upside down" if turn_deg == 180 else "lies on its side"
    upright = info.turned(turn_deg)
    if info.kept is not None:
        upright = replace(upright, kept=KeptFrames(info.kept.most_bytes))
    try:
        analysis = _analyze(upright, options, estimator, progress)
    except NoRunnerError as error:
        raise NoRunnerError(
            f"The picture {how}. Turned by {turn_deg} degrees: {error}", error.code
        ) from error
    note = QualityNote(
        "turned",
        "warn",
        f"The picture {how} and was turned clockwise by {turn_deg} degrees.",
        "If that is wrong, say how with --rotate (90, 180 or 270), or turn the clip in an editor.",
    )
    return upright, replace(analysis, quality=(*analysis.quality, note))


def _turn_needed(
    info: ClipInfo, options: Options, estimator: PoseEstimator, error: NoRunnerError
) -> int:
    """Return the turn that would right a picture in which nobody was measured; 0 for none."""
    if options.rotate_deg or error.code == TOO_SHORT or not isinstance(estimator, TwoPassEstimator):
        return 0
    return estimator.lying_turn(info, *_played_span(info, options))


def _played_span(info: ClipInfo, options: Options) -> tuple[float | None, float | None]:
    """Return the part to look at, on the clip's own clock."""
    hinted = options.slow_motion or info.slow_motion_hint
    return _playing(options.from_s, hinted), _playing(options.to_s, hinted)


def _analyze(
    info: ClipInfo,
    options: Options,
    estimator: PoseEstimator,
    progress: Progress,
) -> Analysis:
    hinted = options.slow_motion or info.slow_motion_hint
    from_s, to_s = _played_span(info, options)
    _check_range(info, from_s, to_s)
    apart = None if options.standing is None else _standing_in(options.standing, options, estimator)
    progress("open", 1.0)
    track = estimator.estimate(
        info, from_s=from_s, to_s=to_s, progress=lambda share: progress("pose", share)
    )
    began, track = split_standing(track)
    progress("measure", 0.0)
    track = in_one_piece(track)
    pace = play_pace(track, info.frame_rate_hz, hinted, given=options.slow_motion is not None)
    factor = pace.factor
    track = replace(track, t_s=track.t_s / factor)
    posture = at_true_times(began, factor) if options.standing is None else apart
    try:
        with _beside(partial(scene_of, info, track)) as scene:
            gait, metrics = measure_track(
                track,
                options.runner,
                view=options.view,
                scene=scene.result,
                closeups=ClipCloseups(info, factor),
                posture=posture,
            )
    except NoRunnerError as error:
        raise cut_off_error(error, track.notes) from error
    last_s = float(track.t_s[-1] + np.median(np.diff(track.t_s)))
    clip = _at_true_rate(_clip(info, factor, float(track.t_s[0]), last_s, options.name), gait)
    if not pace.clear:
        metrics = {key: untimed(metric, gait, UNCLEAR) for key, metric in metrics.items()}
    notes = info.notes + track.notes + pace.notes + clip_notes(clip, gait, options.runner)
    notes += cut_off_notes(gait, track.notes) + edge_notes(gait, track.notes)
    notes += standing_notes(gait, posture, asked=options.standing is not None)
    steps = per_step(gait)
    progress("measure", 1.0)
    return Analysis(
        clip, options.runner, gait, metrics, notes + gait.notes, _provenance(estimator), steps
    )


def measure_track(
    track: PoseTrack,
    runner: Runner,
    *,
    view: ViewKind | None = None,
    scene: Scene | Callable[[], Scene | None] | None = None,
    closeups: Closeups | None = None,
    posture: Posture | None = None,
) -> tuple[Gait, Mapping[str, Metric]]:
    """Measure a pose track: gait model and metrics.

    Parameters
    ----------
    track : PoseTrack
        Raw landmarks at true times.
    runner : Runner
        Height, belt speed and incline as far as known.
    view : {"side", "rear", "front"} or None
        The user's word; found automatically when None.
    scene : Scene or None, or a function that returns it
        What lines in the room say of the camera.
    closeups : Closeups or None
        Close looks at the clip's pictures, as `formcheck.closeup.ClipCloseups` takes them.
    posture : Posture or None
        How the runner stood still, as `formcheck.gait.standing` finds it.

    Raises
    ------
    NoRunnerError
        When nobody runs in the clip.
    """
    gait = build_gait(track, runner, view=view, scene=scene, closeups=closeups, posture=posture)
    found = measure_gait(gait, runner)
    return gait, {key: doubted(_believed(metric), gait) for key, metric in found.items()}


def _believed(metric: Metric) -> Metric:
    """Withhold a value that no body can have: it was read from points that lie elsewhere."""
    names = load_guide().rules.metric
    name = names.get(metric.key.removesuffix("_left").removesuffix("_right"))
    if metric.value is None or name is None:
        return metric
    low, high = name.possible
    if (
        metric.low is not None
        and metric.high is not None
        and 2 * (metric.high - metric.low) > high - low
    ):
        return withheld(metric, "The body was not seen well enough: it could be anything.")
    if low <= metric.value <= high:
        return metric
    reason = f"The body was not seen well enough: {metric.value:.3g} {metric.unit} cannot be."
    return withheld(metric, reason)


def analyze_to_folder(
    path: Path,
    out: Path,
    options: Options,
    progress: Progress = silent,
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
        info = _probed(path, options, memory)
        info, analysis = _analyze_or_report_why_not(info, folder, options, progress)
        advice = advise(
            analysis.metrics,
            analysis.runner,
            analysis.gait.view.kind,
            symptoms=options.symptoms,
            previous=options.baseline,
            landing_source=_landing_source(analysis.gait),
            quality=analysis.quality,
            rate_hz=analysis.clip.frame_rate_hz,
        )
        with writing(out):
            report = write_outputs(info, analysis, advice, folder.part, options, progress)
        folder.put_in_place()
    return report, advice


def _landing_source(gait: Gait) -> str | None:
    return gait.calibration.landing_source if gait.view.kind == "side" else None


def _analyze_or_report_why_not(
    info: ClipInfo, folder: ResultFolder, options: Options, progress: Progress
) -> tuple[ClipInfo, Analysis]:
    """Measure one clip; write the report that says why when nobody could be measured."""
    with one_thread_algebra, _open_estimator(options) as estimator:
        try:
            return _analyze_upright(info, options, estimator, progress)
        except NoRunnerError as error:
            provenance = _provenance(estimator)
            report = _report_without_runner(info, options, provenance, error)
            with writing(folder.folder):
                save_report(report, folder.part / REPORT_NAME)
            folder.put_in_place()
            raise


def write_outputs(
    clip: Path | ClipInfo,
    analysis: Analysis,
    advice: Advice,
    out: Path,
    options: Options,
    progress: Progress = silent,
) -> Report:
    """Write everything that `formcheck analyze` promises for a measured clip."""
    with _beside(partial(_write_tables, analysis, out)):
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
    write_strides(analysis.gait, analysis.steps, out / STRIDES_NAME)


def _draw(
    clip: Path | ClipInfo, analysis: Analysis, out: Path, options: Options, progress: Progress
) -> list[Still]:
    """Write the annotated clip, if it is wanted, and return the stills."""
    if not options.video:
        return still_frames(clip, analysis, blur_face=options.blur_face)
    return annotate_clip(
        clip,
        analysis,
        out / CLIP_NAME,
        blur_face=options.blur_face,
        progress=lambda share: progress("annotate", share),
    )


def scene_of(clip: Path | ClipInfo, track: PoseTrack) -> Scene | None:
    """Return what lines in the room say of the camera where the runner is, if they tell."""
    level = clip_level(clip)
    return None if level is None else level.told_at(runner_column(track), standing_place(track))


def standing_place(track: PoseTrack) -> Standing | None:
    """Return where a runner seen from behind or in front stands; None where a belt shows nothing.

    That is from the side, and where the feet were not seen below the hips.
    """
    if find_view(track).kind == "side":
        return None
    long_px = max(track.width_px, track.height_px)
    x_px, hips_px = np.nanmedian(mid_hip(track.xy_px), axis=0)
    toes = track.xy_px[:, [index("toe", side) for side in SIDES], 1]
    feet_px = float(np.mean(np.nanpercentile(toes, 90, axis=0)))
    if not feet_px > hips_px:
        return None
    return Standing(float(x_px) / long_px, float(hips_px) / long_px, feet_px / long_px)


def runner_column(track: PoseTrack) -> float:
    """Return where the runner's hips are across the picture, 0 at its left edge, 1 at its right."""
    return float(np.clip(np.nanmedian(mid_hip(track.xy_px)[:, 0]) / track.width_px, 0.0, 1.0))


def _playing(time_s: float | None, factor: float) -> float | None:
    """Turn a true time into one on the clip's own clock."""
    return None if time_s is None else time_s * factor


def _check_range(info: ClipInfo, from_s: float | None, to_s: float | None) -> None:
    start, stop = from_s or 0.0, info.duration_s if to_s is None else to_s
    if start >= info.duration_s or stop <= start:
        raise UsageError(
            f"--from and --to leave nothing of the clip, which is {info.duration_s:.1f} s long: "
            "give seconds from the clip's start, --from before --to."
        )
    frames = np.count_nonzero((info.frame_times_s >= start) & (info.frame_times_s < stop))
    if frames > MOST_FRAMES or min(stop, info.duration_s) - start > LONGEST_S:
        raise UsageError(
            f"More than {LONGEST_S / 60:g} minutes or {MOST_FRAMES} frames are to be measured: "
            "choose ten seconds of running with --from and --to."
        )
    if min(stop, info.duration_s) - start < SHORTEST_S:
        raise NoRunnerError(
            "The clip is too short to measure strides: film at least three seconds, better ten.",
            TOO_SHORT,
        )


@dataclass(frozen=True, slots=True)
class Pace:
    """How many times slower than life a clip plays, what to say of it, and whether it is clear."""

    factor: float
    notes: tuple[QualityNote, ...] = ()
    clear: bool = True


def play_pace(
    track: PoseTrack, frame_rate_hz: float, hinted: float = 1.0, *, given: bool = False
) -> Pace:
    """Find the slow-motion factor by the user, the file, and the runner's step rate.

    Parameters
    ----------
    track : PoseTrack
        Raw landmarks on the clip's own clock.
    frame_rate_hz : float
        Of the file, as it plays.
    hinted : float
        The factor that the user or the file tells.
    given : bool
        Whether the user told it.
    """
    if given:
        return Pace(hinted)
    rate_spm = (play_step_rate(track) or 0.0) * hinted
    fitting = fitting_factors(rate_spm, frame_rate_hz * hinted)
    factor = hinted * next(iter(fitting), 1.0)
    if is_slowed(rate_spm):
        clear = is_clear(rate_spm, fitting)
        note = _slowed_note(rate_spm, [hinted * one for one in fitting], clear=clear)
        return Pace(factor, (note,), clear)
    if factor == 1.0:
        return Pace(1.0)
    note = QualityNote(
        "slow_motion",
        "info",
        f"Read as slow motion, {factor:g} times slower than life: its file says so.",
        "If that is wrong, give the factor with --slow-motion (1 for real time).",
    )
    return Pace(factor, (note,))


def _slowed_note(rate_spm: float, factors: list[float], *, clear: bool) -> QualityNote:
    """Say how slow motion was read that only the step rate shows; likeliest factor first."""
    shown = f"nobody runs at {rate_spm:.0f} steps a minute"
    if not factors:
        text = f"This is slow motion of an unknown factor: {shown}."
    else:
        text = f"Read as slow motion, {factors[0]:.3g} times slower than life: {shown}."
    if len(factors) > 1:
        others = " or ".join(f"{factor:.3g}" for factor in factors[1:])
        text += f" {others} times would fit as well, and every time and speed hangs on it."
    if not clear:
        text += " Times and rates are therefore no part of the results."
    return QualityNote(
        "slow_motion",
        "warn",
        text,
        "Give the factor with --slow-motion: the camera's frames a second over those of the file "
        "(1 for real time).",
    )


def _clip(
    info: ClipInfo, factor: float, from_s: float, to_s: float, name: str | None = None
) -> Clip:
    return Clip(
        name=name or info.name,
        sha256=info.sha256,
        width_px=info.width_px,
        height_px=info.height_px,
        rotation_deg=info.rotation_deg,
        duration_s=info.duration_s / factor,
        frames=info.frames,
        frame_rate_hz=_rate_hz(info) * factor,
        variable_frame_rate=info.variable_frame_rate,
        slow_motion_factor=factor,
        from_s=from_s,
        to_s=to_s,
    )


def _rate_hz(info: ClipInfo) -> float:
    """Return the frame rate as played; of a single frame, which has none, one over its time."""
    return info.frame_rate_hz if isfinite(info.frame_rate_hz) else info.frames / info.duration_s


def _at_true_rate(clip: Clip, gait: Gait) -> Clip:
    """Return the clip at the rate of its different pictures where some were repeated."""
    if not any(note.code == REPEATED for note in gait.notes):
        return clip
    return replace(clip, frame_rate_hz=1 / float(np.median(np.diff(gait.track.t_s))))


def _provenance(estimator: PoseEstimator) -> Provenance:
    return Provenance(__version__, estimator.name, estimator.sha256, estimator.provider)


def _report_without_runner(
    info: ClipInfo, options: Options, provenance: Provenance, error: NoRunnerError
) -> Report:
    clip = _clip(info, 1.0, 0.0, info.duration_s, options.name)
    note = QualityNote(error.code, "error", str(error))
    return build_empty_report(clip, options.runner, (*info.notes, note), provenance)
