"""Every view in another language: no text of the page is left in English."""

from __future__ import annotations

import json
import re

import pytest
from formcheck_api.web.routers.page import FOLDER
from playwright.sync_api import expect

from tests.api.service import analysed

MARK = "\N{MATHEMATICAL LEFT WHITE SQUARE BRACKET}"
OWN = re.compile(r"formcheck|English|Deutsch|Español|^(cm|km/h|mph|m/s|min/km|min/mi|ms)$")
WRITTEN = (
    ".day h2 a, .what, .timeline a, .ghost option, #first, #second, "
    "[data-part=runner], [data-part=list] .strong"
)
TEXTS_OF = """([selector, written]) => [...document.querySelectorAll(selector)].flatMap((root) => {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.parentElement;
    if (/[A-Za-z]{2}/.test(node.data) && !at.closest(`template, script, noscript, svg, ${written}`))
      found.push(node.data.trim());
  }
  return found;
})"""


@pytest.fixture
def marked(desktop):
    """Return a page whose language is English between marks, so that what it lacks shows."""
    english, own = (
        json.loads((FOLDER / f"texts/{code}.json").read_text("utf-8")) for code in ("en", "de")
    )
    texts = {name: f"{MARK}{english.get(name, name)}" for name in own}
    desktop.route("**/page/texts/de.json", lambda route: route.fulfill(json=texts))
    desktop.add_init_script("localStorage.setItem('formcheck.language', 'de')")
    return desktop


def unmarked(page, selector: str) -> list[str]:
    """Return the texts below a selector that are not of the language, but for what people wrote."""
    expect(page.locator("main h1").first).to_be_visible()
    texts = page.evaluate(TEXTS_OF, [selector, WRITTEN])
    assert any(MARK in text for text in texts)
    return [text for text in texts if MARK not in text and not OWN.search(text)]


@pytest.mark.parametrize("view", ["", "film", "history", "compare"])
def test_a_view_is_all_in_the_language(marked, known, view):
    marked.goto(f"/#/{view}")
    assert unmarked(marked, "body") == []
    assert marked.title().startswith(MARK)


def test_what_one_presses_on_a_result_is_in_the_language(marked, known):
    marked.goto(f"/#/clip/{known.sore}")
    expect(marked.locator(".curve").first).to_be_visible()
    controls = ".folds summary h2, .controls *, .speeds *, label, option, legend, .cue dt"
    assert unmarked(marked, f"main :is({controls})") == []


def test_a_visit_and_a_runner_are_in_the_language(marked, known):
    marked.goto(f"/#/visit/{known.sore}/{known.rear}")
    assert unmarked(marked, "main :is(button, summary, h2, thead th, label, figcaption)") == []
    marked.goto("/#/runner/Mia")
    assert unmarked(marked, "main :is(button, summary h2, .timeline, figcaption .strong)") == []


def test_what_people_wrote_stays_as_it_is(marked, service, clips):
    with service.client() as client:
        analysed(client, clips.rear, runner="Landing", speed="2.7m/s")
    marked.goto("/#/history")
    expect(marked.get_by_role("link", name="Landing", exact=True)).to_be_visible()
