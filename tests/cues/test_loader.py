"""The advice files: every slip is answered with file, line and what is wrong."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from formcheck.cues import advise, load_guide, read_guide
from formcheck.cues.guide.loader import line_of
from formcheck.errors import UsageError
from formcheck.types import Runner
from tests.cues import build


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the advice files."""
    with as_file(files("formcheck.cues.guide")) as source:
        for path in source.glob("*.toml"):
            shutil.copy(path, tmp_path)
    return tmp_path


def edit(folder: Path, name: str, old: str, new: str) -> int:
    """Replace the first `old` and return the number of its line."""
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


LEAN = '{ metric = "trunk_lean_deg", estimate_above = 12.0, above = 9.5, faster = 3.0 }'

ABOUT_MORE_THAN_A_LINE = ("not optional", "twice")

SLIPS = [
    ("rules.toml", LEAN, LEAN.replace(" above = 9", " abve = 9"), "'abve'"),
    ("rules.toml", LEAN, LEAN.replace("9.5", '"ten"'), "'above'"),
    ("rules.toml", LEAN, LEAN.replace("9.5", "nan"), "'above'"),
    ("rules.toml", LEAN, LEAN.replace("trunk_lean_deg", "trunk_lean"), "'trunk_lean'"),
    ("rules.toml", LEAN, LEAN.replace("9.5", "14.0"), "estimate_above"),
    ("rules.toml", LEAN, LEAN.replace("12.0", "1250.0"), "1250 is impossible"),
    ("rules.toml", LEAN, LEAN.replace(", above = 9.5", ""), "exactly one of"),
    ("rules.toml", LEAN, LEAN.replace(" }", ", optional = true }"), "not optional"),
    ("rules.toml", "max_cues = 2 ", "max_cues = 3 ", "'max_cues'"),
    ("rules.toml", "ceiling_percent = 10.0", "ceiling_percent = 25.0", "'ceiling_percent'"),
    ("rules.toml", 'answers = ["arms"]', 'answers = ["legs"]', "'legs'"),
    ("rules.toml", 'answers = ["arms"]', 'answers = ["slow_rhythm"]', "'slow_rhythm'"),
    ("rules.toml", 'id = "free_arms"', 'id = "wave_arms"', "'wave_arms'"),
    ("rules.toml", 'id = "upright"', 'id = "folded"', "twice"),
    ("rules.toml", 'only_for = ["itb"', 'only_for = ["elbow"', "'elbow'"),
    ("rules.toml", "Imagine a low ceiling", "Imagine {baseline}", "{baseline}"),
    (
        "rules.toml",
        "{target} steps a minute. That",
        "{target_lo}",
        "target_lo",
    ),
    ("rules.toml", "Imagine a low ceiling", "Imagine a { ceiling", "brace"),
    ("rules.toml", 'source = ["guide L36"]', 'source = ["guide L99"]', "'guide L99'"),
    ("rules.toml", 'source = ["guide L36"]', "source = []", "source is missing"),
    ("drills.toml", 'text = "Side plank', 'txt = "Side plank', "'txt'"),
    ("drills.toml", "springy = true", 'springy = "yes"', "'springy'"),
    ("regions.toml", '{ id = "pallof_press" }', '{ id = "palof_press" }', "'palof_press'"),
    ("regions.toml", 'cadence = "block"', 'cadence = "forbid"', "'cadence'"),
    ("regions.toml", 'bouts = "race_near"', 'bouts = "sometimes"', "'sometimes'"),
    ("regions.toml", 'finding = "pelvic_drop"', 'finding = "pelvis"', "'pelvis'"),
    ("texts.toml", 'when = ["nothing"]', 'when = ["nothin"]', "'nothin'"),
    ("texts.toml", "Not judged in this clip: {unjudged}.", "Not judged: {what}.", "{what}"),
]


@pytest.mark.parametrize(("name", "old", "new", "word"), SLIPS)
def test_a_slip_is_named_with_its_line(folder, name, old, new, word):
    line = edit(folder, name, old, new)
    with pytest.raises(UsageError) as caught:
        read_guide(folder)
    message = str(caught.value)
    assert word in message
    assert message.startswith(name)
    told = int(message.split("line ")[1].split(":", maxsplit=1)[0])
    assert told == line or word in ABOUT_MORE_THAN_A_LINE
    assert caught.value.code == "advice_data"


def test_a_file_that_is_no_toml(folder):
    line = edit(folder, "drills.toml", "[[drill]]", "[[drill]")
    with pytest.raises(UsageError, match=rf"drills.toml cannot be read: .*line {line}"):
        read_guide(folder)


def test_a_missing_file(folder):
    (folder / "texts.toml").unlink()
    with pytest.raises(UsageError, match=r"texts\.toml"):
        read_guide(folder)


def test_a_missing_region(folder):
    edit(folder, "regions.toml", 'id = "forefoot"', 'id = "plantar"')
    with pytest.raises(UsageError, match=r"twice|missing"):
        read_guide(folder)


def test_a_changed_threshold_changes_the_advice(folder):
    metrics = build.metrics({**build.NEUTRAL_SIDE, "trunk_lean_deg": 10.5})
    edit(folder, "rules.toml", LEAN, LEAN.replace("12.0", "9.0").replace("9.5", "7.0"))
    changed = read_guide(folder)
    assert build.ids(advise(metrics, Runner(), "side")) == []
    assert build.ids(advise(metrics, Runner(), "side", guide=changed)) == ["unfold_waist"]


def test_lines_are_found_by_path():
    text = '\n'.join(
        ["# head", "[a]", "x = 1", "[[b]]", "[[b.c]]", "rows = [", "  { k = 1 },", "  # remark",
         "  { k = 2 },", "]", "y = 2", "[[b]]", "[[b.c]]", "z = 3", "[d.e]", "w = 4"]
    )  # fmt: skip
    assert line_of(text, ("a", "x")) == 3
    assert line_of(text, ("b", 0, "c", 0, "rows", 1, "k")) == 9
    assert line_of(text, ("b", 0, "c", 0, "y")) == 11
    assert line_of(text, ("b", 1, "c", 0, "z")) == 14
    assert line_of(text, ("b", 1, "c", 0, "absent")) == 13
    assert line_of(text, ("d", "e", "w")) == 16
    assert line_of(text, ("nowhere",)) == 1


def test_the_guide_is_read_once():
    assert load_guide() is load_guide()
