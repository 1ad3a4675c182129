"""Which clips may be compared: every refusal, every caution, and the mode."""

from __future__ import annotations

from typing import Any

import pytest

from formcheck.comparison import compare
from formcheck.comparison.checks import faster, usual_mode
from formcheck.errors import NoRunnerError
from formcheck.report.schema import Report
from tests.comparison.reports import TEMPO, report

REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("runner_differs", {"runner": {"id": "someone else"}}),
    ("view_differs", {"view": {"kind": "rear", "facing": None, "near_side": None}}),
    ("camera_side_differs", {"view": {"facing": "right", "near_side": "right"}}),
    ("frame_rate_class_differs", {"clip": {"frame_rate_hz": 120.0}}),
    ("frame_rate_class_differs", {"clip": {"frame_rate_hz": 29.97}}),
    ("model_differs", {"provenance": {"model": "blazepose_lite_v1"}}),
    ("model_differs", {"provenance": {"model_sha256": "2" * 64}}),
    ("incline_differs", {"runner": {"incline_pct": 1.0}}),
    ("speed_differs", {"runner": {"belt_speed_mps": 3.0}}),
]
CAUTIONS: list[tuple[str, dict[str, Any]]] = [
    ("speed_unknown", {"runner": {"belt_speed_mps": None}}),
    ("pace_differs", {"runner": {"pace": "other"}}),
    ("height_differs", {"runner": {"height_m": 1.85}}),
    ("scale_differs", {"calibration": {"scale_source": "height"}}),
    ("formcheck_differs", {"provenance": {"formcheck": "9.9.9"}}),
]
HARMLESS: list[dict[str, Any]] = [
    {},
    {"runner": {"id": None}},
    {"clip": {"frame_rate_hz": 50.0}},
    {"runner": {"belt_speed_mps": 2.9}},
    {"runner": {"incline_pct": 0.25}},
    {"runner": {"height_m": 1.77}},
    {"provenance": {"provider": "CUDAExecutionProvider"}},
    {"quality": [{"code": "far_leg", "severity": "info", "text": "The far leg is hidden."}]},
]


def codes(first: Report, second: Report, **how: Any) -> list[str]:
    return [caution.code for caution in compare(first, second, **how).warnings]


@pytest.mark.parametrize(("code", "changed"), REFUSED)
def test_clips_that_cannot_be_compared_are_refused(code: str, changed: dict[str, Any]) -> None:
    for pair in ((report(), report(**changed)), (report(**changed), report())):
        found = compare(*pair, mode="before_after")
        assert not found.comparable
        assert found.warnings[0].code == code
        assert found.warnings[0].refused
        assert {change.verdict for change in found.metrics.values()} == {"not_comparable"}
        assert all(change.difference is None for change in found.metrics.values())
        assert all(change.reason for change in found.metrics.values())
        assert found.metrics["cadence_spm"].first == 165.0
        assert found.sentence == f"These two clips cannot be compared. {found.warnings[0].text}"


@pytest.mark.parametrize(("code", "changed"), CAUTIONS)
def test_other_differences_are_told_and_not_refused(code: str, changed: dict[str, Any]) -> None:
    for pair in ((report(), report(**changed)), (report(**changed), report())):
        found = compare(*pair, mode="before_after")
        assert found.comparable
        assert [caution.code for caution in found.warnings] == [code]
        assert not found.warnings[0].refused


@pytest.mark.parametrize("changed", HARMLESS, ids=str)
def test_what_does_not_matter_is_not_told(changed: dict[str, Any]) -> None:
    assert codes(report(), report(**changed)) == []


def test_other_shoes_are_told_and_shoes_that_nobody_named_are_not() -> None:
    first = report(runner={"shoes": "soft pair"})
    assert codes(first, report(runner={"shoes": "firm pair"})) == ["shoes_differ"]
    assert codes(first, report()) == []


def test_easy_against_tempo_tells_the_speed_without_refusing() -> None:
    found = compare(report(), report(runner=TEMPO))
    assert found.comparable
    assert [caution.code for caution in found.warnings] == ["speed_differs"]
    assert "10.1" in found.warnings[0].text
    same = report(runner={"pace": "tempo"})
    assert codes(report(), same) == ["speed_same"]
    steep = report(runner={**TEMPO, "incline_pct": 2.0})
    assert not compare(report(), steep).comparable


def test_both_speeds_unknown_is_told_once() -> None:
    untold = report(runner={"belt_speed_mps": None})
    found = compare(untold, untold).warnings
    assert [caution.code for caution in found] == ["speed_unknown"]
    assert "both clips" in found[0].text


def test_remarks_on_a_clip_are_passed_on_with_which_clip_it_is() -> None:
    dark = report(quality=[{"code": "low_light", "severity": "warn", "text": "It is dark."}])
    (caution,) = compare(report(), dark).warnings
    assert (caution.code, caution.text) == ("quality", "About the second clip: It is dark.")


@pytest.mark.parametrize(
    "changed",
    [
        {"calibration": {"roll_deg": 1.3}},
        {"calibration": {"metres_per_px": 0.0033}},
    ],
)
def test_a_moved_camera_contradicts_the_same_set_up(changed: dict[str, Any]) -> None:
    assert codes(report(), report(**changed), same_setup=True) == ["camera_moved"]
    assert codes(report(), report(**changed)) == []


def test_different_days_contradict_the_same_set_up() -> None:
    pair = report(runner={"date": "2026-03-01"}), report(runner={"date": "2026-03-08"})
    assert codes(*pair, same_setup=True) == ["other_day"]
    assert codes(*pair) == []


def test_a_picture_of_another_size_from_the_same_place_is_no_moved_camera() -> None:
    larger = report(clip={"width_px": 1920}, calibration={"metres_per_px": 0.002})
    assert codes(report(), larger, same_setup=True) == []


def test_one_clip_twice_is_told_and_two_parts_of_it_are_not() -> None:
    named = {"sha256": "a" * 64}
    assert codes(report(clip=named), report(clip=named)) == ["same_clip"]
    later = report(clip={**named, "from_s": 4.0})
    assert codes(report(clip=named), later) == []


@pytest.mark.parametrize("which", ["first", "second"])
def test_a_clip_without_a_runner_is_no_clip_to_compare(which: str) -> None:
    nobody = Report.model_validate(report().model_dump(by_alias=True) | {"view": None})
    pair = (nobody, report()) if which == "first" else (report(), nobody)
    with pytest.raises(NoRunnerError, match=which):
        compare(*pair)


MODES = [
    ({}, {}, "before_after"),
    ({}, TEMPO, "easy_tempo"),
    ({}, {"pace": "tempo"}, "easy_tempo"),
    ({}, {"belt_speed_mps": 3.7}, "before_after"),
    ({"pace": None}, {"pace": None, "belt_speed_mps": 3.7}, "easy_tempo"),
    ({"pace": None}, {"belt_speed_mps": 3.7}, "easy_tempo"),
    ({"pace": None}, {"pace": None, "belt_speed_mps": None}, "before_after"),
    ({"pace": "other"}, {"belt_speed_mps": 2.85}, "before_after"),
]


@pytest.mark.parametrize(("first", "second", "mode"), MODES)
def test_the_mode_follows_from_paces_and_speeds(
    first: dict[str, Any], second: dict[str, Any], mode: str
) -> None:
    pair = report(runner=first), report(runner=second)
    assert usual_mode(*pair) == usual_mode(*pair[::-1]) == mode
    assert compare(*pair).mode == mode


def test_the_mode_can_be_said() -> None:
    found = compare(report(), report(runner=TEMPO), mode="before_after")
    assert (found.mode, found.comparable) == ("before_after", False)
    assert compare(report(), report(), mode="easy_tempo").mode == "easy_tempo"


def test_which_run_was_the_faster() -> None:
    assert faster(report(), report(runner=TEMPO)) == 1
    assert faster(report(runner=TEMPO), report()) == -1
    untold = {"belt_speed_mps": None}
    assert faster(report(runner=untold), report(runner={**untold, "pace": "tempo"})) == 1
    assert faster(report(), report(runner={"pace": "tempo"})) == 0
    assert faster(report(runner=untold), report()) == 0
