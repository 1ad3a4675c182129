"""The page's texts as data: a language is one file, whose sentences take the same values."""

from __future__ import annotations

import json
import re

import pytest
from formcheck_api.web.routers.page import FOLDER

TEXTS = FOLDER / "texts"
VALUE = re.compile(r"\{\w+\}")


def texts(code: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((TEXTS / f"{code}.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("code", ["de", "es"])
def test_a_language_has_every_text_and_says_who_read_it(code):
    english, own = texts("en"), texts(code)
    assert own.pop("_note") == "machine-translated, not yet read by a clinician"
    assert set(own) == set(english)
    for name, text in own.items():
        assert sorted(VALUE.findall(text)) == sorted(VALUE.findall(english[name])), name


def test_every_text_that_is_asked_for_is_there():
    scripts = "".join(path.read_text("utf-8") for path in FOLDER.glob("*.js"))
    asked = set(re.findall(r'\bt\("([a-z_.]+)"', scripts))
    assert asked
    assert asked <= set(texts("en"))
