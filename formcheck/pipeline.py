"""From a clip to its measurements: the one way through all measuring stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final, Literal

import numpy as np

from formcheck import __version__
from formcheck.closeup import ClipCloseups
from formcheck.cues import Past, Symptoms
from formcheck.errors import NoRunnerError
from formcheck.gait.footage import in_one_piece
from formcheck.gait.model import Closeups, build_gait
from formcheck.gait.notes import clip_notes, cut_off_error, cut_off_notes, edge_notes
from formcheck.gait.room import scene_of
from formcheck.gait.standing import (
    at_true_times,
    find_standing,
    in_clip,
    split_standing,
    standing_notes,
)
from formcheck.machine import one_thread_algebra
from formcheck.metrics import measure_gait
from formcheck.metrics.doubted import untimed
from formcheck.pace import UNCLEAR, play_pace
from formcheck.parallel import beside
from formcheck.part import TOO_SHORT, at_true_rate, check_part, clip_record, played_part
from formcheck.pose import (
    Chosen,
    PoseEstimator,
    ReplayEstimator,
    TwoPassEstimator,
    open_estimator,
    save_track,
)
from formcheck.types import (
    Analysis,
    Gait,
    Metric,
    PoseTrack,
    Posture,
    Provenance,
    Runner,
    Scene,
    ViewKind,
)
from formcheck.upright import measured_upright
from formcheck.video import ClipInfo, KeptFrames, probe
from formcheck.video.kept import spare_bytes
from formcheck.withholding import believable

Stage = Literal["open", "pose", "measure", "annotate", "write"]
OnStage = Callable[[Stage, float], None]

# A clip of standing is looked at this far.
STANDING_WITHIN_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Options:
    """How one clip is analysed.

    `slow_motion` is the factor by which the clip plays slower than life, None to find it; `view`
    None to find it; `person` who is measured where there are several; `rotate_deg` how far the
    picture is turned clockwise before anything is looked for; `baseline` an earlier report of the
    same runner, for the advice; `name` what the clip is called in the report instead of its file's
    name; `track` a stored pose track that stands in for the network, `keep_track` where to store
    the one that is found; `standing` a clip in which the
    runner stands still side-on, where the measured one does not begin with that.
    """

    runner: Runner = field(default_factory=Runner)
    view: ViewKind | None = None
    from_s: float | None = None
    to_s: float | None = None
    slow_motion: float | None = None
    pose: str = "heavy"
    person: Chosen = "auto"
    rotate_deg: int = 0
    video: bool = True
    blur_face: bool = False
    symptoms: Symptoms | None = None
    baseline: Past | None = None
    name: str | None = None
    track: Path | None = None
    keep_track: Path | None = None
    standing: Path | None = None


def silent(stage: Stage, fraction: float) -> None:
    """Report no progress."""


def _unseen(fraction: float) -> None:
    """Report no progress of a part."""


def analyze(path: Path, options: Options, progress: OnStage = silent) -> Analysis:
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
    return analyze_clip(path, options, progress)[1]


def analyze_clip(
    path: Path, options: Options, progress: OnStage = silent
) -> tuple[ClipInfo, Analysis]:
    """Measure one clip as `analyze` does; also return the clip, turned as it was measured."""
    progress("open", 0.0)
    info = probed(path, options)
    with one_thread_algebra, estimator_for(options) as estimator:
        return analyze_upright(info, options, estimator, progress)


def probed(path: Path, options: Options, memory: int | None = None) -> ClipInfo:
    """Probe a clip whose frames, if there is room for them, are decoded once for all stages."""
    info = probe(path).turned(options.rotate_deg)
    return replace(info, kept=KeptFrames(spare_bytes(memory)))


def _standing_in(path: Path, options: Options, estimator: PoseEstimator) -> Posture | None:
    """Return how the runner stands in a clip of its own; None where nobody stands side-on in it."""
    info = probed(path, options)
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


def estimator_for(options: Options) -> PoseEstimator:
    """Return what finds the landmarks: a network, or a stored track; a context manager."""
    if options.track is not None:
        return ReplayEstimator(options.track)
    return open_estimator(options.pose, person=options.person)


def analyze_upright(
    info: ClipInfo,
    options: Options,
    estimator: PoseEstimator,
    progress: OnStage,
) -> tuple[ClipInfo, Analysis]:
    """Measure a clip; where nobody can be and the picture lies, turn it and measure again."""
    return measured_upright(
        info,
        lambda clip: _analyze(clip, options, estimator, progress),
        lambda error: _turn_needed_deg(info, options, estimator, error),
    )


def _turn_needed_deg(
    info: ClipInfo, options: Options, estimator: PoseEstimator, error: NoRunnerError
) -> int:
    """Return the turn that would right a picture in which nobody was measured; 0 for none."""
    if options.rotate_deg or error.code == TOO_SHORT or not isinstance(estimator, TwoPassEstimator):
        return 0
    hinted = options.slow_motion or info.slow_motion_hint
    return estimator.lying_turn(info, *played_part(options.from_s, options.to_s, hinted))


def _analyze(
    info: ClipInfo,
    options: Options,
    estimator: PoseEstimator,
    progress: OnStage,
) -> Analysis:
    hinted = options.slow_motion or info.slow_motion_hint
    from_s, to_s = played_part(options.from_s, options.to_s, hinted)
    check_part(info, from_s, to_s)
    apart = None if options.standing is None else _standing_in(options.standing, options, estimator)
    progress("open", 1.0)
    track = estimator.estimate(
        info, from_s=from_s, to_s=to_s, progress=lambda share: progress("pose", share)
    )
    if options.keep_track is not None:
        save_track(track, options.keep_track, estimator)
    began, track = split_standing(track)
    progress("measure", 0.0)
    track = in_one_piece(track)
    pace = play_pace(track, info.frame_rate_hz, hinted, given=options.slow_motion is not None)
    factor = pace.factor
    track = replace(track, t_s=track.t_s / factor)
    posture = at_true_times(began, factor) if options.standing is None else apart
    try:
        with beside(partial(scene_of, info, track)) as scene:
            gait, metrics = measure_track(
                track,
                options.runner,
                view=options.view,
                scene=scene.result,
                closeups=ClipCloseups(info, factor),
                posture=posture,
            )
    except NoRunnerError as error:
        raise cut_off_error(error, track.notes, track) from error
    last_s = float(track.t_s[-1] + np.median(np.diff(track.t_s)))
    clip = at_true_rate(clip_record(info, factor, float(track.t_s[0]), last_s, options.name), gait)
    if not pace.clear:
        metrics = {key: untimed(metric, gait, UNCLEAR) for key, metric in metrics.items()}
    notes = info.notes + track.notes + pace.notes + clip_notes(clip, gait, options.runner)
    notes += cut_off_notes(gait, track.notes) + edge_notes(gait, track.notes)
    notes += standing_notes(gait, posture, asked=options.standing is not None)
    progress("measure", 1.0)
    return Analysis(
        clip, options.runner, gait, metrics, notes + gait.notes, provenance_of(estimator)
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
    return gait, believable(measure_gait(gait, runner), gait)


def provenance_of(estimator: PoseEstimator) -> Provenance:
    """Return what makes the numbers."""
    return Provenance(__version__, estimator.name, estimator.sha256, estimator.provider)
