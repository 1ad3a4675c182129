"""What is said of a clip: every code is used, every form can be filled in, the page lists all."""

from __future__ import annotations

import ast
import re
from itertools import chain
from pathlib import Path
from string import Formatter

import pytest

from formcheck import notes
from formcheck.errors import NoRunnerError, UsageError

ROOT = Path(__file__).parents[1]
SOURCES = {path: path.read_text("utf-8") for path in (ROOT / "formcheck").rglob("*.py")}
# Remarks are made from words elsewhere only where these were stored, or are an error's.
WITH_WORDS = {"notes.py", "run.py", "outputs.py", "replay.py"}


def test_the_page_is_of_these_words():
    assert notes.main(["--check", "--root", str(ROOT)]) == 0


def test_every_code_is_used_and_no_other_words_are_said():
    text = "\n".join(source for path, source in SOURCES.items() if path.name != "notes.toml")
    for code in notes.entries():
        assert re.search(rf'"{code}"', text), code
    for path, source in SOURCES.items():
        if "QualityNote(" in source and path.name not in WITH_WORDS | {"types.py"}:
            calls = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)]
            assert not [c for c in calls if getattr(c.func, "id", "") == "QualityNote"], path


@pytest.mark.parametrize("code", notes.entries())
def test_words_can_be_filled_in(code):
    whole = notes.entries()[code]
    for form in (None, *whole.forms):
        entry = whole.form(form)
        texts = (entry.text, entry.fix, *entry.also.values())
        names = {name for _, name, _, _ in chain(*map(Formatter().parse, texts)) if name}
        said = notes.note(code, form, also=tuple(entry.also), **{name: 1.0 for name in names})
        assert said.severity in ("info", "warn", "error")
        assert said.text[0].isupper() or entry.text.startswith("{")
        assert said.text.endswith(".")
        assert not set("{}") & set(said.text + said.fix)


def test_a_refusal_carries_its_code():
    error = notes.refusal("legs_mixed_up", swapped=7, frames=90)
    assert isinstance(error, NoRunnerError)
    assert error.code == "legs_mixed_up"
    assert "7 of 90 frames" in str(error)


def test_sentences_may_follow():
    said = notes.note("slow_motion", also=("unclear",), factor=8.0, rate_spm=21.4, others="")
    assert said.text.startswith("Read as slow motion, 8 times")
    assert said.text.endswith("no part of the results.")


def test_wrong_usage_is_said_with_all_that_its_sentence_names():
    said = set()
    for path, source in SOURCES.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "usage":
                code = node.args[0].value  # type: ignore[attr-defined]
                named = {name for _, name, _, _ in Formatter().parse(notes.usage_texts()[code])}
                assert {one.arg for one in node.keywords} == named - {None}, (path, code)
                said.add(code)
    assert said == set(notes.usage_texts())


def test_an_error_of_usage_carries_its_code():
    error = notes.usage("speed_impossible", told="90km/h", speed_kmh=90.0)
    assert isinstance(error, UsageError)
    assert (error.code, error.detail) == ("usage", "speed_impossible")
    assert str(error).startswith("--speed 90km/h is 90.0 km/h, not a plausible running speed")
