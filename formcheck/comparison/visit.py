"""A visit: clips of one runner and day as one sheet, left beside right, easy beside tempo.

A difference between the sides counts by the limits of two clips whose camera was moved, and only
beyond what healthy runners' legs differ by: two side clips are filmed from two places, and from
behind a camera off the belt's middle line turns the two legs apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from pydantic import Field

from formcheck.catalogue import MetricSpec, specs
from formcheck.changes import worth
from formcheck.comparison.build import compare
from formcheck.comparison.checks import landing_sources_differ, refused, sides_share
from formcheck.comparison.difference import change_of, verdict_of
from formcheck.comparison.page import SIGNS, difference_text, name_of, row_of, short_unit
from formcheck.comparison.rules import rules, texts
from formcheck.comparison.schema import Change, Comparison, Verdict
from formcheck.cues import Advice, advise_reports
from formcheck.cues.wording import complaint
from formcheck.errors import NoRunnerError, UsageError
from formcheck.landmarks import SIDES
from formcheck.report import words
from formcheck.report.page import fixed_texts, is_wide, view_text
from formcheck.report.schema import MetricRecord, Model, Report, RunnerRecord

PACES: Final = ("easy", "tempo", "other")
MOST: Final = 12
# Reports of earlier versions do not tell how well the level is known.
UNTOLD_ROLL_SD_DEG: Final = 1.0
FIRST_VERDICTS: Final = ("real", "possible")


@dataclass(frozen=True, slots=True)
class Filmed:
    """One clip of a visit: the name it goes by, and what was measured in it."""

    id: str
    report: Report


class Value(Model):
    """A number in words with its 95 % interval; empty where there is none.

    `wide`: the interval is too wide to use the number.
    """

    text: str = ""
    interval: str = ""
    wide: bool = False


class SideRow(Model):
    """One metric: of both legs together, of each, and whether these differ (right minus left)."""

    key: str
    name: str
    both: Value = Value()
    left: Value = Value()
    right: Value = Value()
    difference: str = ""
    verdict: Verdict = "not_comparable"
    sign: str = ""
    word: str = ""
    first: bool = False


class PaceTable(Model):
    """Every number of the clips of one pace."""

    pace: str
    title: str
    rows: tuple[SideRow, ...]


class StepRow(Model):
    """One number at easy and at tempo pace, and whether speed explains the difference."""

    name: str
    easy: str
    tempo: str
    difference: str
    verdict: Verdict
    sign: str
    word: str
    remark: str


class PaceStep(Model):
    """What differs between easy and tempo, in clips from the same place."""

    title: str
    sentence: str
    rows: tuple[StepRow, ...] = ()


class VisitClip(Model):
    """One clip: where it was filmed from, how fast, what its quality is."""

    id: str
    name: str
    title: str
    concerns: tuple[str, ...] = ()
    instants: dict[str, float] = Field(default_factory=dict)


class Suggestion(Model):
    """The one advice of all clips together."""

    title: str
    lines: tuple[str, ...] = ()
    cues: tuple[dict[str, str], ...] = ()
    drills: tuple[str, ...] = ()


class Visit(Model):
    """Everything on the sheet of a visit."""

    runner: str | None = None
    date: str | None = None
    facts: tuple[tuple[str, str], ...]
    complaint: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...] = ()
    clips: tuple[VisitClip, ...]
    tables: tuple[PaceTable, ...]
    steps: tuple[PaceStep, ...] = ()
    advice: Suggestion
    safety: tuple[str, ...]


def visit_of(clips: Sequence[Filmed]) -> Visit:
    """Lay out clips of one runner and day as one visit.

    Raises
    ------
    UsageError
        Code ``mixed_runners`` or ``mixed_days`` where they are of several people or days, or when
        there is none or too many.
    NoRunnerError
        When nobody was measured in one of them.
    """
    _check(clips)
    ordered = sorted(clips, key=_order)
    reports = [clip.report for clip in ordered]
    advice = advise_reports([report.plain() for report in reports])
    told = next((r.runner.symptoms for r in reports if r.runner.symptoms), None)
    return Visit(
        runner=_known("id", reports),
        date=_known("date", reports),
        facts=tuple(_facts(reports)),
        complaint=complaint(told),
        warnings=tuple(_warnings(reports)),
        clips=tuple(_clip(clip) for clip in ordered),
        tables=tuple(_tables(reports)),
        steps=tuple(_steps(reports)),
        advice=_suggestion(advice),
        safety=tuple(fixed_texts()["safety"]["footer"]),
    )


def check_together(runners: Sequence[RunnerRecord]) -> None:
    """Check that clips are of one person and one day; what was not said is taken to fit.

    Raises
    ------
    UsageError
        Codes ``mixed_runners`` and ``mixed_days``.
    """
    said = texts()["visit"]
    for name, code in (("id", "mixed_runners"), ("date", "mixed_days")):
        found = sorted({str(value) for one in runners if (value := getattr(one, name))})
        if len(found) > 1:
            raise UsageError(said[code].format(listed=", ".join(found)), code)


def _check(clips: Sequence[Filmed]) -> None:
    if not 1 <= len(clips) <= MOST:
        raise UsageError(f"A visit has 1 to {MOST} clips, not {len(clips)}.")
    check_together([clip.report.runner for clip in clips])
    for clip in clips:
        if clip.report.view is None:
            raise NoRunnerError(
                f"No runner could be measured in {clip.report.clip.name}: leave it out."
            )


def pace_of(report: Report) -> str:
    """Return the pace of a run; what was not said counts as easy."""
    return report.runner.pace or "easy"


def _order(clip: Filmed) -> tuple[int, int, str, str]:
    view = clip.report.view
    kind = ("side", "rear", "front").index(view.kind) if view is not None else 3
    near = (view.near_side or "") if view is not None else ""
    return PACES.index(pace_of(clip.report)), kind, near, clip.id


def _known(name: str, reports: Sequence[Report]) -> str | None:
    return next((value for report in reports if (value := getattr(report.runner, name))), None)


def _facts(reports: Sequence[Report]) -> Iterator[tuple[str, str]]:
    """Yield what is known of runner and runs; what differs between clips is told of each."""
    runners = [report.runner for report in reports]
    rows = (
        ("Runner", [one.id for one in runners]),
        ("Date", [one.date for one in runners]),
        ("Height", [None if o.height_m is None else f"{o.height_m:.2f} m" for o in runners]),
        ("Belt speed", [_speed(one) for one in runners]),
        ("Incline", [f"{one.incline_pct:g} %" if one.incline_pct else None for one in runners]),
        ("Shoes", [one.shoes for one in runners]),
    )
    for label, values in rows:
        known = dict.fromkeys(value for value in values if value)
        if known:
            yield label, "; ".join(known)


def _speed(runner: RunnerRecord) -> str | None:
    if runner.belt_speed_mps is None:
        return None
    speed = words.speed(runner.belt_speed_mps)
    return f"{runner.pace} {speed}" if runner.pace else speed


def _clip(clip: Filmed) -> VisitClip:
    report = clip.report
    return VisitClip(
        id=clip.id,
        name=report.clip.name,
        title=f"{pace_of(report)}, {view_text(report)}".capitalize(),
        concerns=tuple(
            words.without_options(note.text) for note in report.quality if note.severity != "info"
        ),
        instants=_instants(report),
    )


def _instants(report: Report) -> dict[str, float]:
    """Return where one stance is in the annotated clip, in seconds of its own playing."""
    start_s, slow = report.clip.from_s, report.clip.slow_motion_factor
    return {name: (time - start_s) * slow for name, time in _stance(report).items()}


def _stance(report: Report) -> dict[str, float]:
    near = report.view.near_side if report.view is not None else None
    foot = getattr(report.events, near or "left")
    landings = foot.initial_contact_s
    for start in landings[len(landings) // 2 :] + landings[: len(landings) // 2]:
        off = next((t for t in foot.toe_off_s if t > start), None)
        if off is not None and off - start < 1.0:
            return {"contact": start, "midstance": (start + off) / 2, "toe_off": off}
    return {}


def _tables(reports: Sequence[Report]) -> Iterator[PaceTable]:
    for pace in PACES:
        mine = [report for report in reports if pace_of(report) == pace]
        if mine:
            rows = tuple(_rows(mine))
            speed = next((s for r in mine if (s := r.runner.belt_speed_mps) is not None), None)
            title = pace.capitalize() + ("" if speed is None else f", {words.speed(speed)}")
            yield PaceTable(pace=pace, title=title, rows=rows)


def _rows(reports: Sequence[Report]) -> Iterator[SideRow]:
    first = texts()["visit"]["first"]
    known = specs()
    for key in dict.fromkeys([*(key for key in first if key in known), *known]):
        row = _row(key, known[key], reports, first=key in first)
        if row is not None:
            yield row


def _row(key: str, info: MetricSpec, reports: Sequence[Report], *, first: bool) -> SideRow | None:
    found = {side: _found(key, side, reports) for side in ("both", *SIDES)}
    sides = {side: None if one is None else one[0] for side, one in found.items()}
    if not any(sides.values()):
        return None
    made = SideRow(
        key=key,
        name=info.name,
        both=_value(sides["both"], info),
        left=_value(sides["left"], info),
        right=_value(sides["right"], info),
        first=first,
    )
    if found["left"] is None or found["right"] is None or info.words:
        return made
    (left, of_left), (right, of_right) = found["left"], found["right"]
    if not _comparable(of_left, of_right, info):
        return made
    change = change_of(
        key,
        left.model_copy(update={"side": "left"}),
        right.model_copy(update={"side": "right"}),
        rate_hz=min(report.clip.frame_rate_hz for report in (of_left, of_right)),
        same_setup=False,
        faster=0,
        speed_told=True,
        sides=True,
        added_share=1.0 if of_left is of_right else sides_share(of_left, of_right),
    )
    if of_left is of_right:
        change = _of_level(change, info, of_left)
    if of_left is of_right and key in rules().sides:
        change = _by_own_metric(change, of_left.metrics.get(rules().sides[key]))
    if change.verdict == "not_comparable":
        return made
    verdict, word = _side_verdict(change.verdict, info)
    return made.model_copy(
        update={
            "difference": difference_text(change, info),
            "verdict": verdict,
            "sign": SIGNS[verdict],
            "word": word,
        }
    )


def _side_verdict(verdict: Verdict, info: MetricSpec) -> tuple[Verdict, str]:
    """Return whether two sides differ, and its word; what healthy arms differ by is not known."""
    words_of = texts()["visit"]["verdicts"]
    if info.family == "arms" and verdict in FIRST_VERDICTS:
        return "possible", words_of["arms"]
    return verdict, words_of[verdict]


def _of_level(change: Change, info: MetricSpec, report: Report) -> Change:
    """Widen a difference in one clip by what its level may be off.

    A turned picture adds to one foot what it takes from the other.
    """
    level = report.calibration
    if not info.level_apart or change.threshold is None or change.difference is None:
        return change
    roll_sd_deg = UNTOLD_ROLL_SD_DEG if level is None else level.roll_sd_deg or UNTOLD_ROLL_SD_DEG
    limit = float(np.hypot(change.threshold, 1.96 * info.level_apart * roll_sd_deg))
    return _limited(change, change.difference, limit)


def _by_own_metric(change: Change, own: MetricRecord | None) -> Change:
    """Judge a difference in one clip by the metric that tells it: by what that could tell there."""
    if own is None or own.value is None or own.low is None or own.high is None:
        return change.model_copy(update={"verdict": "not_comparable"})
    first, second = change.first or 0.0, change.second or 0.0
    told = max(own.high - own.value, own.value - own.low) / 100 * (first + second) / 2
    limit = max(told, rules().healthy.apart(change.unit, first))
    return _limited(change, second - first, limit)


def _limited(change: Change, difference: float, limit: float) -> Change:
    """Return a change judged by another limit."""
    return change.model_copy(
        update={
            "threshold": limit,
            "low": difference - limit,
            "high": difference + limit,
            "verdict": verdict_of(difference, limit),
        }
    )


def _comparable(left: Report, right: Report, info: MetricSpec) -> bool:
    """Return whether a number of the left leg may be held against that of the right one."""
    if left is right:
        return True
    if refused(left, right, "left_right"):
        return False
    return not (info.landing and landing_sources_differ(left, right))


def _found(key: str, side: str, reports: Sequence[Report]) -> tuple[MetricRecord, Report] | None:
    """Return the first measured record of a side, and its report.

    That of its own key, or that of the near leg.
    """
    for report in reports:
        for name in (f"{key}_{side}", key):
            record = report.metrics.get(name)
            if record is None or record.value is None:
                continue
            if name != key or record.side == side:
                return record, report
    return None


def _value(record: MetricRecord | None, info: MetricSpec) -> Value:
    if record is None or record.value is None:
        return Value()
    interval = ""
    if record.low is not None and record.high is not None:
        ends = (words.number(end, info.decimals) for end in (record.low, record.high))
        interval = " to ".join(ends)
    wide = is_wide(record, info)
    if info.words:
        return Value(text=words.charted(record, info), interval=interval, wide=wide)
    return Value(text=words.with_unit(words.number(record.value, info.decimals), short_unit(info)),
                 interval=interval, wide=wide)  # fmt: skip


def _warnings(reports: Sequence[Report]) -> Iterator[str]:
    """Yield where clips of one pace show other cadences than one run has."""
    key = "cadence_spm"
    for pace in PACES:
        rates: dict[str, float] = {}
        for report in reports:
            record = report.metrics.get(key)
            if pace_of(report) == pace and record is not None and record.value is not None:
                rates.setdefault(view_text(report), record.value)
        apart = max(rates.values()) - min(rates.values()) if rates else 0.0
        if apart > worth(key, None):
            listed = ", ".join(f"{words.number(v, 1)} {place}" for place, v in rates.items())
            yield texts()["visit"]["cadences_differ"].format(pace=pace, listed=listed)


def _steps(reports: Sequence[Report]) -> Iterator[PaceStep]:
    """Yield what differs between easy and tempo, a camera place each."""
    places: dict[str, dict[str, Report]] = {}
    for report in reports:
        places.setdefault(view_text(report), {}).setdefault(pace_of(report), report)
    for place, found in places.items():
        if found.keys() >= {"easy", "tempo"}:
            yield _step(place, compare(found["easy"], found["tempo"], "easy_tempo"))


def _step(place: str, comparison: Comparison) -> PaceStep:
    rows = []
    for key, change in comparison.metrics.items():
        if change.verdict in FIRST_VERDICTS:
            row = row_of(key, change, comparison)
            rank = (change.expected_from_speed == "yes", change.verdict != "real")
            rows.append((rank, key, change.verdict, row))
    return PaceStep(
        title=f"Easy and tempo, {place}",
        sentence=comparison.sentence,
        rows=tuple(
            StepRow(
                name=name_of(key),
                easy=row.first,
                tempo=row.second,
                difference=row.difference,
                verdict=verdict,
                sign=row.sign,
                word=row.word,
                remark=row.remark,
            )
            for _, key, verdict, row in sorted(rows, key=lambda one: one[0])
        ),
    )


def _suggestion(advice: Advice) -> Suggestion:
    """Return the advice as it stands on the sheet: red flags close everything else."""
    told = advice.to_dict()
    titles = fixed_texts()["headline"]
    flags = tuple(told["advice"]["red_flags"])
    if flags:
        return Suggestion(title=titles["red_flags"]["title"], lines=flags)
    cues = tuple(
        {name: str(cue[name]) for name in ("id", "title", "text", "dose", "trade_off", "remeasure")}
        for cue in told["cues"]
    )
    drills = tuple(d["text"] for d in told["advice"]["drills"] if not d.get("later"))[:3]
    if cues:
        title = texts()["visit"]["try" if len(cues) == 1 else "try_each"]
        return Suggestion(title=title, cues=cues, drills=drills)
    for kind in ("film_again", "too_little", "nothing", "nothing_seen"):
        ids = titles[kind]["notes"]
        lines = [r["text"] for r in told["advice"]["remarks"] if r["id"] in ids]
        if lines:
            title = titles[kind]["title"]
            lines = [line.removeprefix(f"{title}. ") for line in lines]
            if kind == "nothing_seen":
                lines = [_untold(told["advice"]["findings"])]
            return Suggestion(title=title, lines=tuple(lines), drills=drills)
    held = titles["held_back"]
    return Suggestion(title=held["title"], lines=(held["text"],), drills=drills)


def _untold(findings: Sequence[dict[str, str]]) -> str:
    """Return what could not be told, each with what would tell it."""
    return " ".join(
        texts()["visit"]["untold"].format(what=one["title"], how=one["text"])
        for one in findings
        if one["answer"] == "cannot_be_told"
    )
