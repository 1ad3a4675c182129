"""Pages that are made while the site is built, from the program itself: commands and service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import typer
from formcheck_api.web.app import create_app
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from formcheck.cli.app import app as commands

COMMANDS_HEAD: Final = """\
# Command line

`formcheck COMMAND --help` shows the same on a terminal. Exit codes: 0 done, 2 wrong usage, 3 the
clip cannot be read, 4 nobody could be measured in it (`report.json` still says why), 5 a model is
missing or damaged, 6 some clips of a batch failed."""
SERVICE_HEAD: Final = """\
# Calls of the service

`formcheck serve` describes itself at `/docs`, and by the OpenAPI document at `/openapi.json`, with
every field and every answer. Errors are problem documents (RFC 9457) with a stable `code`.

| call | what it does | answers |
|---|---|---|"""
VERBS: Final = ("get", "post", "patch", "put", "delete")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that no file holds."""
    pages = {"commands.md": commands_page(), "service.md": service_page()}
    for name, text in pages.items():
        files.append(File.generated(config, name, content=text))
    return files


def commands_page() -> str:
    """Return every command with its arguments and options, as its help tells them."""
    lines = [COMMANDS_HEAD]
    for name, command in _commands(typer.main.get_command(commands)):
        lines += ["", f"## formcheck {name}", "", _text(command.help), ""]
        lines += ["| argument or option | what it is |", "|---|---|"]
        for each in command.params:
            if each.name != "help" and not getattr(each, "hidden", False):
                shown = each.opts[0] if each.opts[0].startswith("-") else each.opts[0].upper()
                lines.append(f"| `{shown}` | {_text(getattr(each, 'help', ''))} |")
    return "\n".join(lines) + "\n"


def _commands(
    group: Any,  # noqa: ANN401
    before: str = "",
) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before}{name} ")
        elif not command.hidden:
            yield f"{before}{name}", command


def service_page() -> str:
    """Return every call of the service, from its OpenAPI document."""
    document = create_app().openapi()
    lines = [SERVICE_HEAD]
    for path, calls in document["paths"].items():
        for verb in VERBS:
            if verb in calls:
                call = calls[verb]
                told = _text(call.get("description") or call.get("summary"))
                answers = ", ".join(sorted(call["responses"]))
                lines.append(f"| `{verb.upper()} {path}` | {told} | {answers} |")
    return "\n".join(lines) + "\n"


def _text(text: str | None) -> str:
    """Return the first paragraph of a text on one line, as a cell holds it."""
    first = (text or "").strip().split("\n\n")[0]
    return " ".join(first.split()).replace("|", "\\|")
