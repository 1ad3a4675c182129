"""Every statement of the guide is used somewhere, or left out for a reason that is written down."""

from __future__ import annotations

from importlib.resources import files

import pytest

from formcheck.cues import docs, load_guide
from formcheck.cues.guide.checks import tables
from formcheck.cues.guide.loader import read_file
from formcheck.cues.guide.shapes import FactsFile

GUIDE = load_guide()
FACTS = read_file(files("formcheck.cues.guide"), "facts.toml", FactsFile).facts
SOURCES = {
    **{f"{table}.{row.id}": row.source for _, table, rows in tables(GUIDE) for row in rows},
    "response": GUIDE.rules.response.source,
    "irritability": GUIDE.regions.irritability.source,
    "persistence": GUIDE.regions.persistence.source,
    "shoes": GUIDE.regions.shoes.source,
    "red_flag": GUIDE.regions.red_flag.source,
    "strength": GUIDE.regions.strength.source,
    "mileage": GUIDE.regions.mileage.source,
    "fade": GUIDE.rules.fade.source,
}


def test_there_are_129_statements_in_order():
    assert [fact.id for fact in FACTS] == [f"F{n}" for n in range(1, 130)]
    lines = [fact.line for fact in FACTS]
    assert lines == sorted(lines)
    assert (lines[0], lines[-1]) == (1, 58)


@pytest.mark.parametrize("fact", FACTS, ids=[fact.id for fact in FACTS])
def test_a_statement_went_where_it_says(fact):
    if fact.unused is not None:
        assert len(fact.unused.split()) >= 4
        return
    for entry in fact.used:
        assert entry in SOURCES, f"{fact.id}: there is no {entry}"
        assert f"guide L{fact.line}" in SOURCES[entry], f"{entry} does not cite L{fact.line}"


def test_every_line_that_is_cited_holds_a_statement_that_went_there():
    given = {(entry, f"guide L{fact.line}") for fact in FACTS for entry in fact.used}
    cited = {(entry, s) for entry, row in SOURCES.items() for s in row if s.startswith("guide")}
    assert cited - given == set()


def test_few_statements_are_left_out():
    assert sum(fact.unused is not None for fact in FACTS) <= 6


def test_every_drill_can_come_up():
    reachable = {d.id for region in GUIDE.regions.region for d in region.drills}
    reachable |= {name for extra in GUIDE.regions.extra for name in extra.drills}
    later = {"line_hops", "bounds"}  # reached from pogo hops by strength and progression
    assert reachable | later == {drill.id for drill in GUIDE.drills.drill}


def test_the_fixed_names_exist():
    cues = (
        "cadence land_under_hips lean_from_ankles unfold_waist less_bounce free_arms "
        "knee_control step_width"
    )
    drills = (
        "heel_raise split_squat step_down single_leg_rdl side_plank pallof_press foot_doming "
        "toe_raise loaded_calf pogo_hops line_hops bounds"
    )
    assert {cue.id for cue in GUIDE.rules.cue} == set(cues.split())
    assert {drill.id for drill in GUIDE.drills.drill} >= set(drills.split())


def test_the_page_is_up_to_date():
    assert docs.PAGE.read_text("utf-8") == docs.page()
    assert docs.main(["--check"]) == 0


def test_drift_is_noticed(tmp_path, monkeypatch, capsys):
    page = tmp_path / "advice.md"
    monkeypatch.setattr(docs, "PAGE", page)
    assert docs.main(["--check"]) == 1
    assert docs.main([]) == 0
    assert docs.main(["--check"]) == 0
    page.write_text(page.read_text("utf-8") + "x", "utf-8")
    assert docs.main(["--check"]) == 1
    with pytest.raises(SystemExit, match="2"):
        docs.main(["--wrong"])
    assert "out of date" in capsys.readouterr().err
