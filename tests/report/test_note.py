"""A report as a text note: everything that was told and measured, in lines of plain text."""

from __future__ import annotations

from formcheck.report.note import WIDTH, text_note
from formcheck.report.page import build_page


def test_holds_the_run_the_numbers_and_the_cue(side_report):
    note = text_note(side_report, "K. Berg", "Calf tight.")
    lines = note.splitlines()
    assert lines[0].startswith("Running form from the ")
    assert "  Seen by: K. Berg" in lines
    assert "  Calf tight." in lines
    for _, rows in build_page(side_report).groups:
        for row in rows:
            assert any(line.startswith(f"  {row.name}: ") for line in lines)
    for cue in side_report.cues:
        assert cue.title in note
    assert "not a medical device" in note


def test_the_foot_is_charted_as_an_angle(side_report):
    foot = side_report.metrics["foot_inclination_ic_deg"]
    (line,) = (row for row in text_note(side_report).splitlines() if "Foot at landing" in row)
    assert "first, " in line
    assert f"{abs(foot.value):.1f}°" in line
    assert " to " in line


def test_wraps_and_names_no_option_of_the_command_line(changed):
    quality = [
        {"code": "x", "severity": "warn", "text": "Give it (--height 1.76). " + "Long. " * 40}
    ]
    note = text_note(changed(quality=quality))
    assert "--" not in note
    told = note[note.index("Caution") :].splitlines()
    assert max(map(len, told)) <= WIDTH


def test_leaves_out_what_nobody_said(changed):
    note = text_note(changed(quality=[], runner={}))
    assert "Complaint" not in note
    assert "Notes" not in note
    assert "Seen by" not in note
