"""Write ``docs/settings.md`` from the settings: ``python -m formcheck_api.docs [--check]``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from formcheck.generated import keep_page
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
    return keep_page("formcheck_api.docs", Path(PAGE), settings_page, arguments)


if __name__ == "__main__":
    sys.exit(main())
