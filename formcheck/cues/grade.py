"""How good a clip is, told from its report alone: what may be judged from it at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from formcheck.catalogue import spec_of, split_side
from formcheck.cues.advice import ClipGrade
from formcheck.cues.cadence import is_walking
from formcheck.cues.past import Note
from formcheck.cues.rules_model import Grading
from formcheck.cues.signs import usable
from formcheck.types import Metric, ViewKind

LANDINGS = ("landing_ankle_hip_pct_leg", "landing_ankle_hip_cm", "shank_angle_ic_deg")


@dataclass(frozen=True, slots=True)
class Graded:
    """A clip's grade and its metrics, without the values that may not be judged."""

    grade: ClipGrade
    metrics: Mapping[str, Metric]


def graded(
    metrics: Mapping[str, Metric],
    notes: Iterable[Note],
    views: tuple[ViewKind, ...],
    rule: Grading,
    min_strides: int,
    *,
    downhill: bool = False,
) -> Graded:
    """Grade a clip and leave out what its quality makes doubtful.

    Parameters
    ----------
    metrics : mapping of key to Metric
        All that was measured.
    notes : iterable of Note
        The report's remarks on quality.
    downhill : bool
        Run down a slope: what is other there is left out.

    Returns
    -------
    Graded
        ``"good"``; ``"rhythm_and_posture"`` where nothing may rest on the landing; ``"film_again"``
        where nothing may be judged.
    """
    told = tuple(notes)
    codes = {note.code for note in told if note.severity != "info"}
    errors = {note.code for note in told if note.severity == "error"}
    nothing = not any(usable(metric, min_strides) for metric in metrics.values())
    reasons = (errors | (codes & set(rule.film_again))) | ({"walking"} & _walking(metrics))
    if reasons or nothing:
        return Graded(ClipGrade("film_again", tuple(sorted(reasons))), {})
    landing = codes & set(rule.rhythm_and_posture)
    unseen = "side" in views and not any(_seen(metrics, key, min_strides) for key in LANDINGS)
    slope = {"downhill"} if downhill else set()
    dropped = {key for code in codes | slope for key in rule.drops.get(code, ())}
    low = bool(landing) or unseen

    def kept(key: str) -> bool:
        spec = spec_of(key)
        on_landing = low and spec is not None and spec.landing
        return not on_landing and split_side(key)[0] not in dropped

    grade = ClipGrade("rhythm_and_posture" if low else "good", tuple(sorted(landing)))
    rows = metrics.items()
    return Graded(grade, {key: metric if kept(key) else _unsure(metric) for key, metric in rows})


def _unsure(metric: Metric) -> Metric:
    """Return a metric that the clip's quality makes doubtful as one that was not seen clearly."""
    if metric.status != "measured":
        return metric
    return replace(
        metric,
        status="low_confidence",
        value=None,
        low=None,
        high=None,
        repeat_low=None,
        repeat_high=None,
    )


def _walking(metrics: Mapping[str, Metric]) -> set[str]:
    return {"walking"} if is_walking(metrics) else set()


def _seen(metrics: Mapping[str, Metric], key: str, min_strides: int) -> bool:
    return any(
        usable(metrics.get(name), min_strides) for name in (key, f"{key}_left", f"{key}_right")
    )
