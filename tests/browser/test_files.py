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
