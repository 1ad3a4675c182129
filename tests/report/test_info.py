"""The catalogue of metrics, and the page of the documentation that is made from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from formcheck.catalogue import headlines, spec_of, specs, split_side
from formcheck.cues import load_guide
from formcheck.kernel import ROW
from formcheck.report.docs import main, metrics_page
from formcheck.report.info import catalogue, cite, cited, definition_link

ROOT = Path(__file__).parents[2]
KEYS = [
    "cadence_spm",
    "step_time_s",
    "stride_time_s",
    "contact_time_ms",
    "flight_time_ms",
    "duty_factor",
    "vertical_oscillation_cm",
    "vertical_oscillation_pct_leg",
    "trunk_lean_deg",
    "landing_ankle_hip_cm",
    "landing_ankle_hip_pct_leg",
    "shank_angle_ic_deg",
    "knee_flexion_ic_deg",
    "knee_flexion_peak_stance_deg",
    "foot_inclination_ic_deg",
    "elbow_angle_deg",
    "arm_swing_deg",
    "arm_backswing_deg",
    "knee_fppa_midstance_deg",
    "pelvic_drop_midstance_deg",
    "step_width_cm",
    "trunk_side_lean_deg",
    "step_length_m",
    "step_length_pct_leg",
    "step_time_difference_pct",
    "contact_time_difference_pct",
    "hip_adduction_midstance_deg",
    "hip_extension_to_deg",
    "shank_angle_midstance_deg",
    "knee_excursion_stance_deg",
    "tibia_angle_loading_deg",
    "head_pitch_deg",
    "landing_heel_com_cm",
]
UNITS = {"spm": "steps/min", "s": "s", "ms": "ms", "cm": "cm", "deg": "deg", "factor": "1",
         "leg": "%", "pct": "%", "trunk": "%", "m": "m"}  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_every_fixed_key_is_known(key: str) -> None:
    info = spec_of(key)
    assert info is not None
    assert spec_of(f"{key}_left") == info
    assert definition_link(f"{key}_right") == f"docs/metrics.md#{key}"


def test_the_numbers_that_stand_first_are_known() -> None:
    first = headlines()
    for key in (*first.side, *first.rear, *first.listed):
        assert key in specs()
    assert all("side" in specs()[key].views for key in first.of_view("side"))
    assert all("rear" in specs()[key].views for key in first.of_view("front"))


def test_entries_are_sound() -> None:
    known = catalogue()
    for key, info in known.metrics.items():
        assert info.unit == UNITS[key.rpartition("_")[2]], key
        assert info.group in known.groups
        assert info.axis[0] < info.axis[1]
        assert info.possible[0] <= info.axis[0] < info.axis[1] <= info.possible[1]
        assert bool(info.positive) == bool(info.negative)
        for text in (info.meaning, info.method, info.definition):
            assert text.endswith("."), key
        for remark in info.context:
            assert remark.text.endswith(".")
            assert remark.source, key


def test_every_source_that_is_cited_is_listed_and_the_guides_lines_exist() -> None:
    known = catalogue()
    used = set()
    for info in known.metrics.values():
        for source in info.sources:
            name, _, line = source.partition(" ")
            used.add(name)
            assert name in known.sources, source
            if name == "guide":
                assert 1 <= int(line.removeprefix("L")) <= 58
    said = {row.source for row in load_guide().texts.text}
    asked = {source for sources in said for source in sources if source != "own choice"}
    assert all(cited([source]) for source in asked)
    assert used <= set(known.sources)


def test_a_usual_range_always_has_a_source_and_lies_on_the_axis() -> None:
    ranges = {key: info.usual for key, info in catalogue().metrics.items() if info.usual}
    assert set(ranges) == {"cadence_spm"}
    for key, usual in ranges.items():
        low, high = catalogue().metrics[key].axis
        assert low < usual.low < usual.high < high
        assert usual.source


def test_every_curve_reads_a_row_of_the_kernel() -> None:
    for curve in catalogue().curves:
        assert curve.measure.format(side="left") in ROW


def test_citations() -> None:
    assert cite("guide L7") == "guide L7"
    assert cite("teng2014") == "Teng and Powers 2014"
    assert cite("own choice") == "own choice"
    found = cited(["guide L7", "guide L13", "Lieberman 2015", "own choice"])
    assert [source.label for source in found] == ["guide", "Lieberman 2015"]
    assert split_side("contact_time_ms_left") == ("contact_time_ms", "left")
    assert split_side("cadence_spm") == ("cadence_spm", None)
    assert spec_of("moon_phase") is None
    assert definition_link("moon_phase") == ""


def test_the_documentation_is_up_to_date() -> None:
    assert (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8") == metrics_page()


def test_each_definition_link_leads_to_a_heading() -> None:
    headings = [line[4:] for line in metrics_page().splitlines() if line.startswith("### ")]
    assert headings == list(
        info.key
        for group in catalogue().groups
        for info in catalogue().metrics.values()
        if info.group == group
    )


def test_the_command_writes_the_page_and_notices_drift(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = ["--root", str(tmp_path)]
    assert main(["--check", *root]) == 1
    assert "out of date" in capsys.readouterr().err
    assert main(root) == 0
    assert main(["--check", *root]) == 0
    page = tmp_path / "docs" / "metrics.md"
    page.write_text(page.read_text(encoding="utf-8") + "more\n", encoding="utf-8")
    assert main(["--check", *root]) == 1
