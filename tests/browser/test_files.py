"""What the page's files may not hold."""

from __future__ import annotations

import re
from pathlib import Path

import formcheck_api
import pytest

FOLDER = Path(formcheck_api.__file__).parent / "web" / "page"
FILES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".js", ".html", ".css"))
SCRIPTS = [path for path in FILES if path.suffix == ".js"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_fetched_from_elsewhere(path):
    addresses = re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"'`]*", path.read_text("utf-8"))
    assert [one for one in addresses if one != "http://www.w3.org/2000/svg"] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_data_never_becomes_markup(path):
    text = path.read_text("utf-8")
    found = re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text)
    assert found == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_modules_stay_small(path):
    assert len(path.read_text("utf-8").splitlines()) <= 250


def test_no_inline_script_or_style():
    page = (FOLDER / "index.html").read_text("utf-8")
    assert re.findall(r"\s(?:style|on\w+)=", page) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style", page) == []


def imported(name, known):
    """Return the modules that a module cannot begin without, itself among them."""
    if name not in known:
        known.add(name)
        text = (FOLDER / name).read_text("utf-8")
        for other in re.findall(r"^(?:import|export)\b[^;]*?\"\./([\w.]+)\";", text, re.M):
            imported(other, known)
    return known


def test_first_view_loads_few_modules_and_all_at_once():
    page = (FOLDER / "index.html").read_text("utf-8")
    listed = re.findall(r'<link rel="modulepreload" href="/page/([\w.]+)">', page)
    needed = imported("main.js", set())
    assert sorted([*listed, "main.js"]) == sorted(needed)
    assert len(needed) <= 16


def test_every_other_view_is_where_the_page_looks_for_it():
    text = (FOLDER / "main.js").read_text("utf-8")
    views = re.findall(r'from\("\./([\w.]+)", "(\w+)"\)', text)
    assert len(views) >= 9
    for module, name in views:
        assert f"function {name}(" in (FOLDER / module).read_text("utf-8")
