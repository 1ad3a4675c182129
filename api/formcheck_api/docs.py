"""Write ``docs/settings.md`` from the settings: ``python -m formcheck_api.docs [--check]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from formcheck_api.settings import PREFIX, Settings

PAGE: Final = "docs/settings.md"
_INTRODUCTION: Final = """\
# Settings of the service

Made from `api/formcheck_api/settings.py` by `python -m formcheck_api.docs`; change it there.

`formcheck serve` reads them from the environment. An impossible value, an address that others can
reach without tokens, a folder that another service uses, a database or a cluster that does not
answer: each ends the start with one sentence and exit code 2.

| variable | default | what it sets |
|---|---|---|
"""


def settings_page() -> str:
    """Return the whole page as Markdown."""
    rows = (_row(name, field) for name, field in Settings.model_fields.items())
    return _INTRODUCTION + "".join(rows)


def _row(name: str, field: FieldInfo) -> str:
    return f"| `{PREFIX}{name.upper()}` | {_default(field)} | {field.description} |\n"


def _default(field: FieldInfo) -> str:
    value = field.examples[0] if field.examples else field.default
    if field.examples and field.default_factory is dict:
        return f"none (such as `{value}`)"
    if value in (None, "", PydanticUndefined):
        return "none"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or with ``--check`` only say whether it is up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a difference")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="folder that holds docs/")
    options = parser.parse_args(arguments)
    page = options.root / PAGE
    if not options.check:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(settings_page(), encoding="utf-8")
        return 0
    current = page.read_text(encoding="utf-8") if page.is_file() else ""
    if current == settings_page():
        return 0
    sys.stderr.write(f"{page} is out of date; run python -m formcheck_api.docs\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
