"""Compare two reports."""

from __future__ import annotations

from collections.abc import Iterable

from formcheck.catalogue import spec_of, split_side
from formcheck.comparison.checks import (
    cautions,
    faster,
    landing_sources_differ,
    sides_share,
    speed_step,
    usual_mode,
)
from formcheck.comparison.difference import ABSENT, change_of, uncompared
from formcheck.comparison.rules import texts
from formcheck.comparison.schema import Change, Comparison, Mode, Party
from formcheck.comparison.sentence import Context, sentence
from formcheck.errors import NoRunnerError
from formcheck.landmarks import SIDES
from formcheck.report.info import catalogue
from formcheck.report.schema import MetricRecord, Report


def compare(
    first: Report, second: Report, mode: Mode | None = None, same_setup: bool = False
) -> Comparison:
    """Compare two clips of one runner, metric by metric.

    Parameters
    ----------
    first, second : Report
        Differences are second minus first.
    mode : {"easy_tempo", "before_after", "left_right"} or None
        What the clips are there for; None to tell it from paces and speeds.
    same_setup : bool
        The camera stood untouched and both clips are of one session, so that smaller differences
        count.

    Returns
    -------
    Comparison
        Where the clips cannot be compared, `comparable` is false and no metric has a difference.

    Raises
    ------
    NoRunnerError
        When no runner could be measured in one of the clips.
    """
    for which, report in (("first", first), ("second", second)):
        if report.view is None:
            raise NoRunnerError(
                f"No runner could be measured in the {which} clip ({report.clip.name}): "
                "film that run again."
            )
    mode = mode or usual_mode(first, second)
    found = cautions(first, second, mode, same_setup=same_setup)
    refusal = next((caution for caution in found if caution.refused), None)
    changes = _changes(
        first, second, same_setup, sides=mode == "left_right", refused=refusal is not None
    )
    near = _near(first), _near(second)
    context = Context(mode, changes, faster(first, second), _rate_hz(first, second), near)
    said = texts()
    return Comparison(
        mode=mode,
        same_setup=same_setup,
        first=_party(first),
        second=_party(second),
        comparable=refusal is None,
        warnings=found,
        metrics=changes,
        sentence=sentence(context)
        if refusal is None
        else str(said["sentence"]["refused"]).format(text=refusal.text),
        checklist=(*said["checklist"][mode], *said["checklist"]["common"]),
    )


def _rate_hz(first: Report, second: Report) -> float:
    return min(first.clip.frame_rate_hz, second.clip.frame_rate_hz)


def _changes(
    first: Report, second: Report, same_setup: bool, *, sides: bool, refused: bool
) -> dict[str, Change]:
    """Return every metric that either report names, in the order in which they are shown."""
    which = faster(first, second)
    other_landings = landing_sources_differ(first, second)
    found = {}
    for key in ordered([*first.metrics, *second.metrics]):
        if sides and split_side(key)[1]:
            continue
        one, two = (
            of_near_leg(report, key) if sides else report.metrics.get(key, ABSENT)
            for report in (first, second)
        )
        if refused:
            found[key] = uncompared(one, two, texts()["reasons"]["refused"])
            continue
        change = change_of(
            key,
            one,
            two,
            rate_hz=_rate_hz(first, second),
            same_setup=same_setup,
            faster=which,
            speed_told=which != 0 or speed_step(first, second) is not None,
            sides=sides,
            added_share=sides_share(first, second) if sides else 1.0,
        )
        spec = spec_of(key)
        if other_landings and spec is not None and spec.landing and change.difference is not None:
            change = uncompared(one, two, texts()["reasons"]["landing"])
        found[key] = change
    return found


def of_near_leg(report: Report, key: str) -> MetricRecord:
    """Return a metric of the leg near the camera, where it was measured apart from the other's."""
    own = report.metrics.get(f"{key}_{_near(report)}")
    return own if own is not None else report.metrics.get(key, ABSENT)


def _near(report: Report) -> str:
    return (report.view.near_side if report.view else None) or ""


def ordered(keys: Iterable[str]) -> list[str]:
    """Return metric keys, each once, in the catalogue's order; unknown ones last."""
    given = dict.fromkeys(keys)
    known = [
        name
        for key in catalogue().metrics
        for name in (key, *(f"{key}_{side}" for side in SIDES))
        if name in given
    ]
    return list(dict.fromkeys([*known, *given]))


def _party(report: Report) -> Party:
    clip, runner, view = report.clip, report.runner, report.view
    pain = (runner.symptoms or {}).get("pain_during")
    return Party(
        clip=clip.name,
        sha256=clip.sha256,
        from_s=clip.from_s,
        to_s=clip.to_s,
        runner=runner.id,
        height_m=runner.height_m,
        date=runner.date,
        pace=runner.pace,
        belt_speed_mps=runner.belt_speed_mps,
        incline_pct=runner.incline_pct,
        shoes=runner.shoes,
        pain_during=pain if isinstance(pain, int | float) else None,
        view=view.kind if view is not None else "side",
        near_side=view.near_side if view is not None else None,
        frame_rate_hz=clip.frame_rate_hz,
        scale_source=report.calibration.scale_source if report.calibration else "none",
        model=report.provenance.model,
        formcheck=report.provenance.formcheck,
    )
