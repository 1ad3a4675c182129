"""The page's texts as data: a language is one file, whose sentences take the same values."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from formcheck_api.web.routers.page import FOLDER

TEXTS = FOLDER / "texts"
VALUE = re.compile(r"\{\w+\}")
LETTERS = re.compile(r"[^\W\d_]{2,}")
ASKED = re.compile(r'\bt\(\s*(?:[^()"]*\? )?"([^"]+)"(?: : "([^"]+)")?')
ATTRIBUTES = ("aria-label", "alt", "placeholder", "title")
AS_THEY_ARE = {"formcheck", "cm", "km/h", "mph", "m/s", "min/km", "min/mi", "5'9", "10km/h"}


def texts(code: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((TEXTS / f"{code}.json").read_text("utf-8"))
    return found


class _Words(HTMLParser):
    """Every text of a page that is read or heard."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {text.strip() for name, text in attrs if name in ATTRIBUTES and text}

    def handle_data(self, data: str) -> None:
        self.found.add(data.strip())


@pytest.mark.parametrize("code", ["de", "es"])
def test_a_language_has_every_text_and_says_who_read_it(code):
    english, own = texts("en"), texts(code)
    assert own.pop("_note") == "machine-translated, not yet read by a clinician"
    assert set(own) >= set(english)
    for name, text in own.items():
        of_english = english.get(name, name)
        assert sorted(VALUE.findall(text)) == sorted(VALUE.findall(of_english)), name
        assert text.strip(), name


def test_languages_have_the_same_texts():
    assert set(texts("de")) == set(texts("es"))


def test_every_text_that_is_asked_for_is_there():
    known = set(texts("de"))
    for path in FOLDER.glob("*.js"):
        asked = {text for found in ASKED.findall(path.read_text("utf-8")) for text in found if text}
        assert asked - known <= {text for text in asked if not LETTERS.search(text)}, path.name


def test_every_text_of_the_markup_is_there():
    words = _Words()
    words.feed((FOLDER / "index.html").read_text("utf-8").split("<body>")[1])
    told = {text for text in words.found if LETTERS.search(text)}
    assert len(told) > 200
    assert told - set(texts("de")) - AS_THEY_ARE == set()
