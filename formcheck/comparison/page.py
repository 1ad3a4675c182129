"""What stands on the comparison's page, ready to be laid out: every text and picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from formcheck.catalogue import MetricSpec, spec_of, split_side
from formcheck.comparison.rules import texts
from formcheck.comparison.schema import Change, Comparison, Mode, Party
from formcheck.comparison.stick import Panel, stick_panels
from formcheck.landmarks import SIDES, Side, other
from formcheck.report import words
from formcheck.report.charts import curve_picture
from formcheck.report.info import CurveInfo, catalogue
from formcheck.report.page import Course
from formcheck.report.schema import MetricRecord, Report

SIDE_COURSES: Final = (
    "trunk_lean_deg",
    "knee_flexion_deg",
    "shank_angle_deg",
    "foot_height",
    "hip_height",
    "upper_arm_deg",
)
REAR_COURSES: Final = (
    "trunk_side_lean_deg",
    "hip_height",
    "knee_fppa_deg",
)
SIGNS: Final = {"real": "●", "possible": "◐", "within_noise": "○", "not_comparable": "–"}


@dataclass(frozen=True, slots=True)
class Row:
    """One metric in both clips, in words."""

    key: str
    name: str
    first: str
    first_range: str
    second: str
    second_range: str
    difference: str
    difference_range: str
    verdict: str
    sign: str
    word: str
    remark: str


@dataclass(frozen=True, slots=True)
class Part:
    """Metrics with one verdict under one heading, such as what speed does not explain."""

    id: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the template shows besides the comparison itself."""

    title: str
    names: tuple[str, str]
    sentence: str
    facts: tuple[tuple[str, str, str], ...]
    refusals: tuple[str, ...]
    cautions: tuple[str, ...]
    parts: tuple[Part, ...]
    missing: str
    table_lead: str
    courses: tuple[Course, ...]
    panels: tuple[Panel, ...]
    figures_lead: str

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows in the order in which they are shown."""
        return tuple(row for part in self.parts for row in part.rows)


def build_page(comparison: Comparison, first: Report, second: Report) -> Page:
    """Lay out a comparison's texts and pictures; the reports hold the curves and figures."""
    said = texts()["page"]
    return Page(
        title=said[comparison.mode],
        names=names_of(comparison),
        sentence=comparison.sentence,
        facts=facts(comparison.first, comparison.second),
        refusals=tuple(one.text for one in comparison.warnings if one.refused),
        cautions=tuple(one.text for one in comparison.warnings if not one.refused),
        parts=parts_of(comparison),
        missing=_missing(comparison, first),
        table_lead=_table_lead(comparison),
        courses=courses(first, second, comparison.mode) if comparison.comparable else (),
        panels=stick_panels(first.figures, second.figures) if comparison.comparable else (),
        figures_lead=said[
            "lead_figures_side" if comparison.first.view == "side" else "lead_figures"
        ],
    )


def _table_lead(comparison: Comparison) -> str:
    said = texts()["page"]
    one, two = (name.lower() for name in names_of(comparison))
    added = "" if comparison.same_setup else said["added"]
    lead = str(said["lead_table"]).format(first=one, second=two.capitalize(), added=added)
    return f"{lead} {said['lead_sides']}" if comparison.mode == "left_right" else lead


def names_of(comparison: Comparison) -> tuple[str, str]:
    """Return what the two runs are called; a leg of one run by its side."""
    first, second = texts()["names"][comparison.mode]
    near = comparison.first.near_side, comparison.second.near_side
    if comparison.mode == "left_right" and None not in near:
        first, second = (f"{str(side).capitalize()} leg" for side in near)
    return first, second


def facts(first: Party, second: Party) -> tuple[tuple[str, str, str], ...]:
    """Return what is known of both runs as label and two texts; rows nobody filled are left out."""

    def column(party: Party) -> list[tuple[str, str]]:
        near = f", {party.near_side} leg near" if party.near_side else ""
        pain = "" if party.pain_during is None else f"{party.pain_during:g} of 10"
        speed = party.belt_speed_mps
        return [
            ("Runner", party.runner or ""),
            ("Date", party.date or ""),
            ("Clip", f"{party.clip}, {party.from_s:.1f} to {words.duration(party.to_s)}"),
            ("Pace", party.pace or ""),
            ("Belt speed", "" if speed is None else words.speed(speed)),
            ("Incline", f"{party.incline_pct:g} %"),
            ("Shoes", party.shoes or ""),
            ("Pain during", pain),
            ("Filmed", f"from the {party.view}{near}, {party.frame_rate_hz:.4g} frames a second"),
        ]

    pairs = zip(column(first), column(second), strict=True)
    return tuple((label, one, two) for (label, one), (_, two) in pairs if one or two)


def _is_shown(change: Change) -> bool:
    return change.first is not None or change.second is not None


def row_of(key: str, change: Change, comparison: Comparison) -> Row:
    """Return one metric in words; a metric told in words only has no difference in figures."""
    info = spec_of(key)
    one, two = change.first, change.second
    first_ends = change.first_low, change.first_high
    second_ends = change.second_low, change.second_high
    said = texts()
    remark = ""
    if change.verdict in ("real", "possible") and comparison.mode == "easy_tempo":
        remark = said["expected"][change.expected_from_speed]
    elif change.verdict == "not_comparable" and comparison.comparable:
        remark = "" if _is_whole(change, comparison) else change.reason or ""
    word = said["verdicts"][change.verdict]
    if change.verdict == "within_noise":
        word = said["parts"][comparison.mode]["within_noise"]
    return Row(
        key=key,
        name=name_of(key),
        first=_value(one, first_ends, change, info),
        first_range=_range(one, first_ends, info),
        second=_value(two, second_ends, change, info),
        second_range=_range(two, second_ends, info),
        difference=difference_text(change, info),
        difference_range=_difference_range(change, info),
        verdict=change.verdict,
        sign=SIGNS[change.verdict],
        word=word,
        remark=remark,
    )


def parts_of(comparison: Comparison) -> tuple[Part, ...]:
    """Return the shown metrics under their headings: what speed does not explain comes first."""
    rows = [
        (_part(change, comparison), row_of(key, change, comparison))
        for key, change in comparison.metrics.items()
        if _is_shown(change)
    ]
    titles = texts()["parts"][comparison.mode]
    found = (
        Part(part, title, tuple(row for own, row in rows if own == part))
        for part, title in titles.items()
    )
    return tuple(part for part in found if part.rows)


def _part(change: Change, comparison: Comparison) -> str:
    """Return the id of the part that a change stands in."""
    if _is_whole(change, comparison):
        return "whole"
    by_speed = comparison.mode == "easy_tempo" and change.expected_from_speed == "yes"
    return "by_speed" if change.verdict == "real" and by_speed else change.verdict


def _is_whole(change: Change, comparison: Comparison) -> bool:
    """Return whether left and right are compared and a number is of the whole body."""
    return comparison.mode == "left_right" and change.reason == texts()["reasons"]["both_legs"]


def name_of(key: str) -> str:
    """Return a metric's name, with the side of a sided key."""
    info, side = spec_of(key), split_side(key)[1]
    name = info.name if info is not None else split_side(key)[0].replace("_", " ")
    return f"{name}, {side}" if side else name


def _value(
    value: float | None,
    ends: tuple[float | None, float | None],
    change: Change,
    info: MetricSpec | None,
) -> str:
    if value is None:
        return "–"
    if info is None:
        return f"{value:.4g} {change.unit}".rstrip()
    if info.words:
        low, high = ends
        record = MetricRecord(value=value, low=low, high=high, unit=info.unit, status="measured")
        return words.category(record, info)
    return words.with_unit(words.number(value, info.decimals), short_unit(info))


def short_unit(info: MetricSpec) -> str:
    """Return the unit without what the metric's name says already."""
    return "%" if info.unit == "%" else words.unit(info)


def _range(
    value: float | None, ends: tuple[float | None, float | None], info: MetricSpec | None
) -> str:
    low, high = ends
    if value is None or low is None or high is None or info is None or info.words:
        return ""
    return f"{words.number(low, info.decimals)} to {words.number(high, info.decimals)}"


def signed(value: float, decimals: int) -> str:
    """Return a number with its sign, zero without one."""
    text = words.number(value, decimals)
    return f"+{text}" if value > 0 and float(text) != 0 else text


def difference_text(change: Change, info: MetricSpec | None) -> str:
    """Return the difference with its sign and unit; a dash where there is none to tell."""
    if change.difference is None or (info is not None and info.words):
        return "–"
    if info is None:
        return f"{signed(change.difference, 2)} {change.unit}".rstrip()
    return words.with_unit(signed(change.difference, info.decimals), short_unit(info))


def _difference_range(change: Change, info: MetricSpec | None) -> str:
    if change.low is None or change.high is None or info is None or info.words:
        return ""
    return f"{signed(change.low, info.decimals)} to {signed(change.high, info.decimals)}"


def _missing(comparison: Comparison, first: Report) -> str:
    """Return the names of the metrics that neither clip has, though its view shows them."""
    kind = first.view.kind if first.view is not None else "side"
    names = [
        name_of(key)
        for key, change in comparison.metrics.items()
        if not _is_shown(change)
        and split_side(key)[1] is None
        and (info := spec_of(key)) is not None
        and kind in info.views
    ]
    return ", ".join(name[0].lower() + name[1:] for name in names)


def courses(first: Report, second: Report, mode: Mode = "before_after") -> tuple[Course, ...]:
    """Return the mean courses of both clips on common axes, the second one dashed.

    Left against right the course of each clip is that of its own near limb.
    """
    kind = first.view.kind if first.view is not None else "side"
    wanted = SIDE_COURSES if kind == "side" else REAR_COURSES
    known = {info.key: info for info in catalogue().curves}
    near = first.view.near_side if first.view is not None else None
    sides: tuple[Side, ...] = (near,) if near is not None else SIDES
    pairs = [(side, side) for side in sides]
    if mode == "left_right" and near is not None:
        pairs = [(near, other(near))]
    found = []
    for key in wanted:
        info = known[key]
        for one, two in pairs if info.sided else [("", "")]:
            names = (f"{key}_{one}", f"{key}_{two}") if info.sided else (key, key)
            course = _course(names, info, first, second)
            if course is not None:
                found.append(course)
    return tuple(found)


def _course(keys: tuple[str, str], info: CurveInfo, first: Report, second: Report) -> Course | None:
    one, two = first.curves.get(keys[0]), second.curves.get(keys[1])
    if one is None or two is None or one.unit != two.unit:
        return None
    picture = curve_picture([(one, "first", False), (two, "second", True)])
    if picture is None:
        return None
    unit = {"deg": "degrees"}.get(one.unit, one.unit)
    name = f"{info.name}, {one.side}" if info.sided and one.side == two.side else info.name
    return Course(name, unit, info.up, info.down, picture)
