"""The runner in a track: view, rhythm, repaired points, and the body without its slow drift."""

from __future__ import annotations

from dataclasses import dataclass

from formcheck.gait.body import drift, to_body, trunk_length
from formcheck.gait.footage import refuse_backward
from formcheck.gait.repeats import without_repeats
from formcheck.gait.running import (
    refuse_exercise,
    refuse_mixed_up,
    refuse_walking,
    running_rhythm,
)
from formcheck.gait.view import find_view
from formcheck.gait.whole import Sized, levelled, sized, whole_body
from formcheck.track.clean import CleanTrack, clean
from formcheck.track.rhythm import Rhythm
from formcheck.types import Floats, PoseTrack, QualityNote, View, ViewKind


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A runner before any event is known.

    Attributes
    ----------
    view : View
        Where the camera stands.
    cleaned : CleanTrack
        Repaired landmarks, of one size in all frames.
    size : Sized or None
        How they are brought back to the size that the picture shows.
    rhythm : Rhythm
        Of the strides.
    slow_px : (T, 2) float
        The runner's slow drift over the picture.
    level_px : (T, K, 2) float
        Points without it in the body frame, in pixels, the camera taken as level.
    unit_px : float
        The trunk's length.
    notes : tuple of QualityNote
        What was left out.
    """

    view: View
    cleaned: CleanTrack
    size: Sized | None
    rhythm: Rhythm
    slow_px: Floats
    level_px: Floats
    unit_px: float
    notes: tuple[QualityNote, ...]

    @property
    def t_s(self) -> Floats:
        """Frame times."""
        return self.cleaned.track.t_s

    @property
    def stride_s(self) -> float:
        """Time of a stride."""
        return 1 / self.rhythm.stride_hz

    @property
    def still_px(self) -> Floats:
        """Points of the picture without slow drift."""
        return self.cleaned.track.xy_px - self.slow_px[:, None]


def find_run(track: PoseTrack, kind: ViewKind | None) -> Run:
    """Find the runner in a raw track.

    Parameters
    ----------
    track : PoseTrack
        Raw landmarks at true times.
    kind : {"side", "rear", "front"} or None
        The user's word of the view; found when None.

    Raises
    ------
    NoRunnerError
        When nobody runs in it, or time runs backward.
    """
    track, repeats = without_repeats(track)
    view = find_view(track, kind)
    track, part = (track, ()) if view.kind == "side" else whole_body(track)
    size = None if view.kind == "side" else sized(track)
    track = levelled(track, size)
    rhythm = running_rhythm(track, view)
    cleaned = clean(track, rhythm)
    refuse_mixed_up(cleaned.swapped)
    refuse_exercise(cleaned.track, view, rhythm)
    rhythm = running_rhythm(cleaned.track, view, rhythm.stride_hz)
    refuse_walking(cleaned.track, view, rhythm)
    slow_px = drift(cleaned.track, 1 / rhythm.stride_hz)
    level_px = to_body(cleaned.track.xy_px - slow_px[:, None], view)
    unit_px = trunk_length(level_px)
    if view.kind == "side":
        refuse_backward(level_px, rhythm, view, unit_px)
    return Run(view, cleaned, size, rhythm, slow_px, level_px, unit_px, (*repeats, *part))
