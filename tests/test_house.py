"""The house as docs/architecture.md draws it: rooms in their order, short functions, no way around.

Everything is read from the syntax of the files; nothing is imported.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "formcheck"
ROW = re.compile(r"^\| `(\w+)` \| ", re.MULTILINE)
LONGEST, USUAL_LONGEST = 70, 35


@cache
def order() -> tuple[str, ...]:
    """Return the rooms in their order, lowest first, as the page lists them."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return tuple(ROW.findall(page.split("## Rooms")[1].split("\n## ")[0]))


@cache
def files(folder: str) -> tuple[tuple[Path, ast.Module], ...]:
    paths = sorted((ROOT / folder).rglob("*.py"))
    return tuple((path, ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return "formcheck" if first == "__init__.py" else first.removesuffix(".py")


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield the modules that a file imports when it is imported, and those inside functions."""
    public = [node for node in tree.body if isinstance(node, ast.If)]  # if TYPE_CHECKING
    aside = {id(inner) for node in public for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in aside:
            continue
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "formcheck":
                yield from (f"formcheck.{n.name}" for n in node.names if n.name in order())


def arrows() -> Iterator[tuple[str, str, Path]]:
    for path, tree in files("formcheck"):
        for module in imported(tree):
            parts = module.split(".")
            if parts[0] == "formcheck":
                yield room_of(path), parts[1] if len(parts) > 1 else "formcheck", path


def test_every_room_is_on_the_page_once():
    rooms = {room_of(path) for path, _ in files("formcheck")}
    assert len(order()) == len(set(order()))
    assert set(order()) == rooms


def test_rooms_import_only_from_those_above_them():
    place = {room: k for k, room in enumerate(order())}
    wrong = [
        f"{path.relative_to(ROOT)}: {room} imports {other}"
        for room, other, path in arrows()
        if place[other] > place[room]
    ]
    assert not wrong


def test_the_library_knows_neither_service_nor_tests():
    outside = {"formcheck_api", "tests", "benchmarks"}
    for path, tree in files("formcheck"):
        assert not outside & {module.split(".")[0] for module in imported(tree)}, path


@pytest.mark.parametrize("folder", ["formcheck", "api", "benchmarks"])
def test_nobody_takes_a_private_name_of_another_module(folder):
    for path, tree in files(folder):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("formcheck"):
                private = [n.name for n in node.names if re.match(r"_[^_]", n.name)]
                assert not private, f"{path} imports {private}"


def lengths() -> dict[str, int]:
    """Return the lines of every function without its docstring."""
    found: dict[str, int] = {}
    for path, tree in (*files("formcheck"), *files("api")):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                text = ast.get_docstring(node, clean=False)
                told = node.body[0].end_lineno - node.body[0].lineno + 1 if text else 0  # type: ignore[operator]
                lines = (node.end_lineno or node.lineno) - node.lineno + 1 - told
                name = f"{path.relative_to(ROOT)}:{node.name}"
                found[name] = max(lines, found.get(name, 0))
    return found


def test_functions_are_short():
    found = lengths()
    assert {name: lines for name, lines in found.items() if lines > LONGEST} == {}
    assert np.percentile(list(found.values()), 95) <= USUAL_LONGEST
