"""What stands on the page, ready to be laid out: every text and picture, no markup."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.resources import files
from typing import Any, Final

from formcheck.catalogue import MetricSpec, headlines, spec_of, split_side
from formcheck.cues import load_guide
from formcheck.cues.guide.shapes import Text
from formcheck.cues.wording import complaint, strength_told
from formcheck.landmarks import SIDES, Side, other
from formcheck.report import words
from formcheck.report.charts import (
    CurvePicture,
    RangePicture,
    Timeline,
    curve_picture,
    range_picture,
    timeline,
)
from formcheck.report.info import CurveInfo, Source, catalogue, cite_short, cited
from formcheck.report.schema import (
    Curve,
    DrillRecord,
    JudgementRecord,
    MetricRecord,
    RemarkRecord,
    Report,
)
from formcheck.report.units import factor_of, report_in, spec_in, text_in
from formcheck.types import Status, Units

# What stands in where a clip has no scale.
WITHOUT_SCALE: Final = {
    "landing_ankle_hip_cm": "landing_ankle_hip_pct_leg",
    "vertical_oscillation_cm": "vertical_oscillation_pct_leg",
}
# A range that takes more of its axis than this tells too little to be read as a number.
WIDEST_SHARE: Final = 0.5
# A clip of which less was left out counts as measured whole.
LEFT_OUT_S: Final = 0.3
MIN_SHARE_MEASURED: Final = 0.5
MAX_DRILLS: Final = 3


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence with what it rests on."""

    text: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One measured metric."""

    key: str
    name: str
    term: str
    figure: str
    unit: str
    direction: str
    interval: str
    uncorrected: str
    factor: float
    wide: bool
    detail: str
    meaning: str
    definition: str
    remarks: tuple[Remark, ...]
    sides: tuple[tuple[str, str], ...]
    picture: RangePicture | None
    usual: str

    @property
    def value(self) -> str:
        """The value as running text."""
        return f"{words.with_unit(self.figure, self.unit)} {self.direction}".rstrip()

    @property
    def range_text(self) -> str:
        """Direction and range as one line; empty where there is neither."""
        likely = f"likely {self.interval}" if self.interval else ""
        return ", ".join(part for part in (self.direction, likely) if part)


@dataclass(frozen=True, slots=True)
class Grade:
    """What the clip is good for; `title` is empty where it is good for everything."""

    id: str
    title: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """Title and lines at the top of a page without cues; no title where there are cues."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Withheld:
    """One metric that was not measured, and why."""

    key: str
    name: str
    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class Course:
    """One picture of stride curves."""

    name: str
    unit: str
    up: str
    down: str
    picture: CurvePicture


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the template shows besides the report itself."""

    report: Report
    title: str
    grade: Grade
    sentence: str
    facts: tuple[tuple[str, str], ...]
    headline: Headline
    complaint: tuple[tuple[str, str], ...]
    tests: tuple[tuple[str, str, str], ...]
    warnings: tuple[str, ...]
    responses: tuple[str, ...]
    drills: tuple[DrillRecord, ...]
    later: tuple[DrillRecord, ...]
    answers: tuple[tuple[str, tuple[JudgementRecord, ...]], ...]
    corrected: tuple[str, ...]
    concerns: tuple[str, ...]
    notes: tuple[str, ...]
    safety: tuple[str, ...]
    tiles: tuple[Row, ...]
    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    withheld: tuple[Withheld, ...]
    courses: tuple[Course, ...]
    timeline: Timeline | None
    filming: tuple[str, ...]
    sources: tuple[Source, ...]
    texts: dict[str, Any]


@lru_cache(maxsize=1)
def fixed_texts() -> dict[str, Any]:
    """Return the fixed wording, read once from the package."""
    content = files("formcheck.report").joinpath("texts.toml").read_text(encoding="utf-8")
    return tomllib.loads(content)


def build_page(report: Report, units: Units | None = None) -> Page:
    """Lay out a report's texts and pictures, in its own units or in others."""
    units = units or report.runner.units
    report = report_in(report, units)
    groups = metric_groups(report, units)
    rows = {row.key: row for _, members in groups for row in members}
    kind = report.view.kind if report.view else "side"
    wanted = headlines().of_view(kind)
    top = headline(report)
    safety = of_kind(report, "safety")
    return Page(
        report=report,
        title=f"Running form {view_text(report)}".rstrip(),
        grade=grade(report),
        sentence=sentence(report, top),
        facts=facts(report, units),
        headline=top,
        corrected=corrected(report),
        concerns=tuple(note.text for note in report.quality if note.severity != "info"),
        notes=tuple(text for text in of_kind(report, "note") if text not in top.lines),
        complaint=complaint(report.runner.symptoms),
        tests=strength_told(report.runner.symptoms, [one.id for one in remarks(report)]),
        warnings=tuple(text for text in of_kind(report, "warning") if text not in top.lines),
        responses=tuple(text for text in of_kind(report, "response") if text not in top.lines),
        drills=tuple(drill for drill in report.advice.drills if not drill.later)[:MAX_DRILLS],
        later=tuple(drill for drill in report.advice.drills if drill.later)
        + tuple(drill for drill in report.advice.drills if not drill.later)[MAX_DRILLS:],
        answers=answers(report),
        safety=safety or tuple(fixed_texts()["safety"]["footer"]),
        tiles=tuple(rows[key] for key in map(partial(_headline_key, rows), wanted) if key in rows),
        groups=groups,
        withheld=withheld(report),
        courses=courses(report),
        timeline=timeline(report.events, report.clip.from_s, report.clip.to_s, _first_side(report)),
        filming=tuple(
            text_in(text, units)
            for text in fixed_texts()["filming"]["side" if kind == "side" else "rear"]
        )
        if needs_filming_advice(report)
        else (),
        sources=tuple(cited(_sources(report))),
        texts=fixed_texts(),
    )


def _headline_key(rows: Mapping[str, Row], key: str) -> str:
    """Return the key that is shown for a headline metric: another one where there is no scale."""
    return key if key in rows else WITHOUT_SCALE.get(key, key)


def grade(report: Report) -> Grade:
    """Return what the clip is good for, with the notes that say why it is not good for more."""
    known = report.advice.grade
    if known is None:
        return Grade("", "", ())
    by_code = {note.code: words.without_options(note.text) for note in report.quality}
    reasons = tuple(by_code[code] for code in known.reasons if code in by_code)
    return Grade(known.id, fixed_texts()["grade"][known.id], reasons)


def sentence(report: Report, top: Headline) -> str:
    """Return the one sentence that stands first: what stands out, or that nothing does."""
    if top.title:
        return top.title
    seen = [one.text for one in report.advice.findings if one.answer == "stands_out" and one.text]
    if seen:
        return seen[0]
    cues = [cue.title[:1].upper() + cue.title[1:] for cue in report.cues]
    return f"To try: {', then '.join(cues)}." if cues else ""


def corrected(report: Report) -> tuple[str, ...]:
    """Return what was corrected by hand, and by whom, as sentences."""
    found = []
    for one in report.corrections:
        step = f"{one.side} foot's landing at {words.duration(one.contact_s, 2)}"
        done = f"The {step} was struck out"
        if one.kind == "joint":
            place = words.duration(one.at_s or 0.0, 2)
            done = f"The {one.side} {one.joint} was moved in the picture at {place}"
        if one.kind == "event":
            event = "landing" if one.event == "initial_contact" else "toe-off"
            place = words.duration(one.to_s or 0.0, 3)
            done = f"The {event} of the {step} was moved to {place}"
        found.append(f"{done}{f' by {one.by}' if one.by else ''}.")
    return tuple(found)


def answers(report: Report) -> tuple[tuple[str, tuple[JudgementRecord, ...]], ...]:
    """Return the three answers with their titles; those that nothing belongs to are left out."""
    titles = fixed_texts()["answers"]
    rows = (
        (str(titles[answer]), tuple(o for o in report.advice.findings if o.answer == answer))
        for answer in ("stands_out", "ordinary", "cannot_be_told")
    )
    return tuple(row for row in rows if row[1])


def facts(report: Report, units: Units = "metric") -> tuple[tuple[str, str], ...]:
    """Return what is known of clip and runner as label and text; what is unknown is left out."""
    clip, runner = report.clip, report.runner
    found = [
        ("Clip", clip.name),
        ("Measured part", _measured_part(report)),
        ("Standing", _standing(report)),
        ("Frames", f"{clip.frame_rate_hz:.4g} a second, {clip.width_px} × {clip.height_px}"),
        ("Runner", runner.id or ""),
        ("Date", runner.date or ""),
        ("Pace", runner.pace or ""),
        (
            "Belt speed",
            "" if (speed := runner.belt_speed_mps) is None else words.speed(speed, units),
        ),
        ("Incline", f"{runner.incline_pct:g} %" if runner.incline_pct else ""),
        ("Height", "" if (tall := runner.height_m) is None else words.height(tall, units)),
        ("Shoes", runner.shoes or ""),
    ]
    return tuple((label, text) for label, text in found if text)


def _measured_part(report: Report) -> str:
    clip = report.clip
    slowed = ""
    if clip.slow_motion_factor != 1:
        slowed = f", slow motion {clip.slow_motion_factor:g} times undone"
    part = f"{clip.from_s:.1f} to {words.duration(clip.to_s)}"
    if clip.duration_s - (clip.to_s - clip.from_s) >= LEFT_OUT_S:
        part = f"only {part} of {words.duration(clip.duration_s)}"
    return f"{part}{slowed}"


def _standing(report: Report) -> str:
    standing = report.standing
    if standing is None:
        return ""
    where = "" if standing.source == "start" else " of a clip of its own"
    return f"{standing.from_s:.1f} to {words.duration(standing.to_s)}{where}"


def view_text(report: Report) -> str:
    """Return where the camera stood, e.g. ``from the left side``; empty where it is not known."""
    view = report.view
    if view is None:
        return ""
    if view.kind != "side":
        return "from behind" if view.kind == "rear" else "from the front"
    return f"from the {view.near_side} side" if view.near_side else "from the side"


def headline(report: Report) -> Headline:
    """Return what stands at the top of the page."""
    if report.view is None:
        return _fixed("no_runner")
    flags = of_kind(report, "red_flag")
    if flags:
        return _fixed("red_flags", flags)
    if report.cues:
        return Headline("", ())
    for kind in ("worse", "flares", "film_again", "too_little", "nothing", "nothing_seen"):
        said = _said(report, fixed_texts()["headline"][kind]["notes"])
        if said:
            return _fixed(kind, said)
    if of_kind(report, "warning", "response", "note", "safety"):
        return _fixed("held_back")
    return _fixed("nothing" if _enough_measured(report) else "too_little")


def _fixed(kind: str, lines: tuple[str, ...] = ()) -> Headline:
    """Return a headline of the fixed texts, with lines of the advice in place of its own."""
    text = fixed_texts()["headline"][kind]
    return Headline(text["title"], lines or (str(text["text"]),))


def remarks(report: Report) -> tuple[RemarkRecord, ...]:
    """Return the advice's remarks with their ids.

    A report from before remarks carried ids knows only sentences: those of a text without numbers,
    in its present or a former wording, get their id back, the others are notes.
    """
    advice = report.advice
    if advice.remarks:
        return advice.remarks
    known = {words: row for row in load_guide().texts.text for words in (row.text, *row.former)}
    flags = (RemarkRecord(id="", kind="red_flag", text=text) for text in advice.red_flags)
    notes = (_recognised(text, known.get(text)) for text in advice.notes)
    kept = (RemarkRecord(id="", kind="retest", text=text) for text in advice.retest)
    return (*flags, *notes, *kept)


def _recognised(text: str, row: Text | None) -> RemarkRecord:
    if row is None or row.kind == "page":
        return RemarkRecord(id="", kind="note", text=text)
    return RemarkRecord(id=row.id, kind=row.kind, text=text)


def of_kind(report: Report, *kinds: str) -> tuple[str, ...]:
    """Return the sentences of the given kinds."""
    return tuple(one.text for one in remarks(report) if one.kind in kinds)


def _said(report: Report, ids: Iterable[str]) -> tuple[str, ...]:
    """Return those of the advice's remarks that have one of the given ids."""
    wanted = set(ids)
    return tuple(one.text for one in remarks(report) if one.id in wanted)


def _enough_measured(report: Report) -> bool:
    shown = [one for one in report.metrics.values() if one.status != "wrong_view"]
    measured = sum(one.status == "measured" for one in shown)
    return bool(shown) and measured >= MIN_SHARE_MEASURED * len(shown)


def needs_filming_advice(report: Report) -> bool:
    """Return whether the clip's quality calls for advice on filming."""
    return report.view is None or any(note.severity != "info" for note in report.quality)


def metric_groups(
    report: Report, units: Units = "metric"
) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """Return the measured metrics by group, in the catalogue's order."""
    known = catalogue()
    found = []
    for group, title in known.groups.items():
        members = (info for info in known.metrics.values() if info.group == group)
        rows = tuple(
            row for info in members if (row := metric_row(report, info, units)) is not None
        )
        if rows:
            found.append((title, rows))
    return tuple(found)


def metric_row(report: Report, info: MetricSpec, units: Units = "metric") -> Row | None:
    """Return a metric's row; None where it was not measured.

    `report` is in those units already, `info` is the catalogue's.
    """
    record = report.metrics.get(info.key)
    factor, info = factor_of(info, units), spec_in(info, units)
    if record is None or record.value is None:
        return None
    sides = _side_records(report, info)
    usual = _usual_text(report, info)
    named = bool(info.words)
    return Row(
        key=info.key,
        name=info.name,
        term=fixed_texts()["terms"].get(info.key, ""),
        figure=words.category(record, info) if named else words.figure(record.value, info),
        unit="" if named else words.unit(info),
        direction="" if named else words.direction(record.value, info),
        interval=_interval(record, info),
        uncorrected=_uncorrected(record, info),
        wide=is_wide(record, info),
        factor=factor,
        detail=_detail(record, info),
        meaning=info.meaning,
        definition=info.definition,
        remarks=tuple(
            Remark(note.text, tuple(cite_short(source) for source in note.source))
            for note in info.context
        ),
        sides=tuple((side, _side_text(one, record, info)) for side, one in sides),
        picture=None if named else range_picture(info, record, sides, bool(usual)),
        usual=usual,
    )


def _interval(record: MetricRecord, info: MetricSpec) -> str:
    if info.words or record.low is None or record.high is None:
        return ""
    return words.between(record.low, record.high, info, record.value)


def _uncorrected(record: MetricRecord, info: MetricSpec) -> str:
    """Return what was measured before a correction by hand; empty where there was none."""
    was = record.uncorrected
    if was is None:
        return ""
    value = words.category(record, info) if info.words else words.amount(was.value, info)
    return f"{value}, {words.between(was.low, was.high, info, was.value)}"


def is_wide(record: MetricRecord, info: MetricSpec) -> bool:
    """Return whether a range is too wide to use its value as a number."""
    if info.words or record.low is None or record.high is None:
        return False
    return record.high - record.low > WIDEST_SHARE * (info.axis[1] - info.axis[0])


def _side_records(report: Report, info: MetricSpec) -> list[tuple[Side, MetricRecord]]:
    pairs = [(side, report.metrics.get(f"{info.key}_{side}")) for side in SIDES]
    return [(side, one) for side, one in pairs if one is not None and one.value is not None]


def _side_text(one: MetricRecord, both: MetricRecord, info: MetricSpec) -> str:
    """Return one leg's value; its direction only where it differs from that of both together."""
    if one.value is None or both.value is None:
        return ""
    if info.words:
        return words.category(one, info)
    if words.direction(one.value, info) == words.direction(both.value, info):
        return words.with_unit(words.figure(one.value, info), words.unit(info))
    return words.amount(one.value, info)


def _detail(record: MetricRecord, info: MetricSpec) -> str:
    limb = "arm" if info.group == "arms" else "leg"
    side = "" if record.side == "both" else f"{record.side} {limb}, "
    counted = f"{side}{words.counted(record.n, info.counted)}" if record.n else side.rstrip(", ")
    return "; ".join(part for part in (counted, _drift_text(record, info)) if part)


def _drift_text(record: MetricRecord, info: MetricSpec) -> str:
    """Say how a number went through the clip, where that is more than chance and worth saying."""
    drift = record.drift
    if drift is None or info.words:
        return ""
    change = abs(drift.last - drift.first)
    if change < max(drift.least, info.same_session[1]):
        return ""
    first, last = (words.amount(value, info) for value in (drift.first, drift.last))
    return f"{first} in the first third of the clip, {last} in the last"


def _usual_text(report: Report, info: MetricSpec) -> str:
    """Return the usual range in words; empty where it does not hold for this clip's pace."""
    usual = info.usual
    if usual is None or usual.pace not in (None, report.runner.pace or usual.pace):
        return ""
    cites = ", ".join(cite_short(source) for source in usual.source)
    return f"{usual.low:g} to {usual.high:g}: {usual.text} ({cites})"


def withheld(report: Report) -> tuple[Withheld, ...]:
    """Return the metrics that were not measured; those of another view come last."""
    missing = [(key, record) for key, record in report.metrics.items() if record.value is None]
    missing.sort(key=lambda item: item[1].status == "wrong_view")
    return tuple(
        Withheld(key, _name(key), record.status, record.reason or "") for key, record in missing
    )


def _name(key: str) -> str:
    info = spec_of(key)
    base, side = split_side(key)
    name = info.name if info else base.replace("_", " ")
    return f"{name}, {side}" if side else name


def courses(report: Report) -> tuple[Course, ...]:
    """Return the pictures of the stride curves in the catalogue's order."""
    found, first = [], _first_side(report)
    for info in catalogue().curves:
        members = [
            (key, report.curves[key])
            for key in (info.key, *(f"{info.key}_{side}" for side in (first, other(first))))
            if key in report.curves
        ]
        drawn = [
            (curve, _curve_label(report, curve, info), info.sided and curve.side != first)
            for _, curve in members
        ]
        picture = curve_picture(drawn) if drawn else None
        if picture is not None:
            unit = {"deg": "degrees"}.get(drawn[0][0].unit, drawn[0][0].unit)
            found.append(Course(info.name, unit, info.up, info.down, picture))
    return tuple(found)


def _first_side(report: Report) -> Side:
    """Return the side shown first and in the first colour: the near one, or left from behind."""
    return (report.view.near_side if report.view else None) or "left"


def _curve_label(report: Report, curve: Curve, info: CurveInfo) -> str:
    if not info.sided:
        return f"from {curve.side} contact"
    near = report.view.near_side if report.view else None
    place = "" if near is None else " (near)" if curve.side == near else " (far)"
    return f"{curve.side}{place}{', partly filled in' if curve.modelled else ''}"


def _sources(report: Report) -> Iterable[str]:
    """Yield the source ids of everything shown."""
    for key, record in report.metrics.items():
        info = spec_of(key)
        if info and record.value is not None:
            yield from info.sources
    for cue in report.cues:
        yield from cue.source
    for drill in report.advice.drills:
        yield from drill.source
    for plan in report.advice.plans:
        yield from plan.source
    texts = {row.id: row.source for row in load_guide().texts.text}
    for remark in remarks(report):
        yield from texts.get(remark.id, ())
