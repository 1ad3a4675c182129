"""One runner over weeks: order, groups, trends, targets and pages."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from formcheck.errors import UsageError
from formcheck.progress.build import progress_of
from formcheck.progress.chart import places, trend_picture
from formcheck.progress.page import COLUMNS, render_progress, strength_text, write_progress
from formcheck.progress.schema import Point, Progress, json_schema
from formcheck.report.schema import Report, save_report
from tests.comparison.reports import HALF, TEMPO, lost, report
from tests.comparison.test_page import NASTY, Outline

DAYS = ("2026-03-02", "2026-03-16", "2026-04-01", "2026-04-29")


def stored(folder: Path, name: str, made: Report) -> None:
    (folder / name).mkdir(parents=True)
    save_report(made, folder / name / "report.json")


def run(day: str | None, sha: str, **how: Any) -> Report:
    runner = {"date": day, **how.pop("runner", {})}
    return report(clip={"name": f"{sha}.mp4", "sha256": sha}, runner=runner, **how)


@pytest.fixture
def weeks(tmp_path: Path) -> Path:
    """Four easy runs whose cadence rises and pain falls, and one tempo run; names out of order."""
    folder = tmp_path / "runs"
    for i, day in enumerate(DAYS):
        advice = {"cadence": {"baseline_spm": 165.0, "first_baseline_spm": 165.0,
                              "target_low_spm": 173.0, "target_high_spm": 177.0}}  # fmt: skip
        cue = {"id": "cadence", "title": "A quicker step", "text": "Step.",
               "remeasure": "After two weeks."}  # fmt: skip
        made = run(day, f"e{i}", moved={"cadence_spm": 3.0 * i, "trunk_lean_deg": 0.1 * i},
                   runner={"symptoms": {"pain_during": 5.0 - i, "calf_raises_left": 10.0 + 4 * i}},
                   advice=advice if i == 0 else {}, cues=[cue] if i == 0 else [])  # fmt: skip
        stored(folder, f"{9 - i}/deep", made)
    stored(folder, "0", run(DAYS[0], "t0", runner=TEMPO))
    return folder


def test_runs_go_by_date_and_only_comparable_ones_go_together(weeks: Path) -> None:
    found = progress_of(weeks)
    assert (found.runner, found.ordered_by) == ("r1", "date")
    tempo, easy = found.groups
    assert [entry.date for entry in easy.entries] == list(DAYS)
    assert easy.entries[0].path == "9/deep/report.json"
    assert [entry.pain_during for entry in easy.entries] == [5.0, 4.0, 3.0, 2.0]
    assert [e.tests for e in easy.entries] == [{"calf_raises_left": 10.0 + 4 * i} for i in range(4)]
    assert list(strength_text(easy)) == ["single-leg heel raises in a row, left: 10 to 22"]
    assert "Single-leg heel raises in a row" in render_progress(found)
    assert (easy.pace, easy.belt_speed_mps, tempo.pace) == ("easy", 2.8, "tempo")
    assert len(tempo.entries) == 1
    assert tempo.metrics["cadence_spm"].verdict == "not_comparable"
    assert "baseline" in tempo.sentence


def test_a_trend_holds_all_values_and_judges_the_latest_against_the_first(weeks: Path) -> None:
    easy = progress_of(weeks).groups[1]
    cadence = easy.metrics["cadence_spm"]
    assert [point.value for point in cadence.points] == [165.0, 168.0, 171.0, 174.0]
    assert cadence.points[0].low == 165.0 - HALF["cadence_spm"]
    assert (cadence.difference, cadence.verdict) == (9.0, "real")
    assert cadence.threshold == pytest.approx((2 * 0.3**2 + 4.0**2 - 2.0**2) ** 0.5, rel=1e-4)
    assert cadence.noise_low == pytest.approx(165.0 - (cadence.threshold or 0), rel=1e-5)
    assert cadence.noise_high == pytest.approx(165.0 + (cadence.threshold or 0), rel=1e-5)
    assert easy.metrics["trunk_lean_deg"].verdict == "within_noise"
    assert "cadence went from" in easy.sentence


def test_targets_and_the_re_measure_plan_come_from_the_latest_advice(weeks: Path) -> None:
    found = progress_of(weeks)
    (target,) = found.targets
    assert (target.metric, target.low, target.high) == ("cadence_spm", 173.0, 177.0)
    assert "173 to 177" in target.text
    assert found.remeasure == ("A quicker step: After two weeks.",)


def test_without_every_date_the_files_names_order_the_runs_and_that_is_said(weeks: Path) -> None:
    stored(weeks, "5", run(None, "undated"))
    found = progress_of(weeks)
    assert found.ordered_by == "name"
    assert any("order of their files' names" in note for note in found.notes)
    paths = [
        entry.path for group in found.groups for entry in group.entries if group.pace == "easy"
    ]
    assert paths == sorted(paths)


def test_several_runners_need_a_name(weeks: Path) -> None:
    stored(weeks, "other", run(DAYS[0], "o", runner={"id": "r2"}))
    stored(weeks, "unnamed", run(DAYS[0], "u", runner={"id": None}))
    with pytest.raises(UsageError, match=r"r1, r2.*--runner"):
        progress_of(weeks)
    found = progress_of(weeks, "r2")
    assert found.runner == "r2"
    assert [len(group.entries) for group in found.groups] == [1]
    assert any("name no runner: 1" in note for note in found.notes)
    with pytest.raises(UsageError, match=r"r3.*holds r1, r2"):
        progress_of(weeks, "r3")


def test_runs_that_name_nobody_are_one_runner(tmp_path: Path) -> None:
    for i, day in enumerate(DAYS):
        stored(tmp_path, str(i), run(day, str(i), runner={"id": None}))
    found = progress_of(tmp_path)
    assert found.runner is None
    assert [len(group.entries) for group in found.groups] == [4]


def test_what_cannot_be_used_is_left_out_and_said(weeks: Path) -> None:
    before = progress_of(weeks)
    (weeks / "broken").mkdir()
    (weeks / "broken" / "report.json").write_text("{", encoding="utf-8")
    nobody = Report.model_validate(run(DAYS[0], "n").model_dump(by_alias=True) | {"view": None})
    stored(weeks, "nobody", nobody)
    stored(weeks, "zz_copy", run(DAYS[0], "e0"))
    found = progress_of(weeks)
    assert found.groups == before.groups
    notes = " ".join(found.notes)
    for path in ("broken/report.json", "nobody/report.json", "zz_copy/report.json"):
        assert path in notes


def test_a_folder_without_reports_says_what_to_give(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UsageError, match="formcheck analyze"):
            progress_of(folder)


@pytest.mark.parametrize(
    "changed",
    [
        {"runner": {"belt_speed_mps": 3.1}},
        {"runner": {"incline_pct": 2.0}},
        {"runner": {"pace": "other"}},
        {"view": {"kind": "rear", "near_side": None}},
        {"provenance": {"model": "another"}},
    ],
)
def test_what_may_not_be_compared_starts_a_group_of_its_own(
    changed: dict[str, Any], tmp_path: Path
) -> None:
    stored(tmp_path, "a", run(DAYS[0], "a"))
    stored(tmp_path, "b", run(DAYS[1], "b", **changed))
    stored(tmp_path, "c", run(DAYS[2], "c"))
    found = progress_of(tmp_path)
    assert [[entry.clip for entry in group.entries] for group in found.groups] == [
        ["a.mp4", "c.mp4"],
        ["b.mp4"],
    ]


def test_a_metric_that_was_lost_on_the_way_keeps_its_other_points(tmp_path: Path) -> None:
    stored(tmp_path, "a", run(DAYS[0], "a"))
    stored(tmp_path, "b", run(DAYS[1], "b", metrics={"trunk_lean_deg": lost()}))
    trend = progress_of(tmp_path).groups[0].metrics["trunk_lean_deg"]
    assert [point.value for point in trend.points] == [5.0, None]
    assert (trend.verdict, trend.noise_low) == ("not_comparable", None)
    assert "second clip" in (trend.reason or "")


def test_the_files_hold_it_all(weeks: Path, tmp_path: Path) -> None:
    found = progress_of(weeks)
    write_progress(found, tmp_path)
    content = json.loads((tmp_path / "progress.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(json_schema()).validate(content)
    assert Progress.model_validate(content) == found
    with (tmp_path / "progress.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    cadence = [
        row["value"] for row in rows if row["metric"] == "cadence_spm" and row["group"] == "2"
    ]
    assert cadence == ["165.0", "168.0", "171.0", "174.0"]
    outline = Outline((tmp_path / "progress.html").read_text(encoding="utf-8"))
    for part in ("Over time", "r1", "Easy, from the left side", "Pain during the run",
                 "4 runs, 2026-03-02 to 2026-04-29", "● Differs", "○ No measurable change",
                 "Target: Cadence 173 to 177", "After two weeks.", "+9.0"):  # fmt: skip
        assert part in outline.text, part
    assert "script" not in outline.tags


def test_names_from_outside_cannot_become_markup(tmp_path: Path) -> None:
    for name in ("a", "b"):
        stored(tmp_path, name, run(DAYS[0], name, runner={"id": NASTY, "shoes": NASTY + name}))
    outline = Outline(render_progress(progress_of(tmp_path)))
    assert not {"script", "img"} & set(outline.tags)
    assert "<script>alert(1)</script>" in outline.text


def test_dots_stand_by_date_and_evenly_without() -> None:
    assert places(["2026-01-01", "2026-01-02", "2026-01-11"]) == [0.0, 0.1, 1.0]
    assert places(["2026-01-01", None]) == [0.25, 0.75]
    assert places(["2026-01-01"] * 2) == [0.25, 0.75]
    assert places(["2026-01-01"]) == [0.5]


def test_a_picture_puts_larger_values_higher_and_leaves_gaps_out() -> None:
    points = [Point(value=1.0, low=0.5, high=1.5), Point(), Point(value=3.0)]
    picture = trend_picture(points, DAYS[:3], band=(0.0, 2.0), target=(3.5, 4.0))
    assert picture is not None
    first, last = picture.dots
    assert first.top < first.y < first.bottom
    assert (last.top, last.bottom) == (last.y, last.y)
    assert last.y < first.y
    assert last.x > first.x
    assert picture.band is not None
    assert picture.target is not None
    assert sum(picture.band) == pytest.approx(166.0)  # down to zero, the lowest tick
    assert sum(picture.target) < picture.band[0]
    assert [mark.label for mark in picture.x_ticks] == [DAYS[0], DAYS[2]]
    assert len(re.findall("[ML]", picture.path)) == 2
    assert trend_picture([Point()], DAYS[:1]) is None
