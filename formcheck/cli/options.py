"""Options that commands share, made from the dataclasses that hold them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import Field, fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from formcheck.cues import Symptoms
from formcheck.cues.symptoms import YesNo
from formcheck.errors import UsageError
from formcheck.report.schema import load_report
from formcheck.request import Request
from formcheck.results import file_hash
from formcheck.text import shortened, shown_name
from formcheck.values import from_text, words_of

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print the result as JSON, and nothing else, to stdout.")
]
BaselineOption = Annotated[
    list[str] | None,
    typer.Option(
        help="Your own baseline: an earlier report.json, or steps per minute; several: their mean."
    ),
]
PANELS: dict[type, str] = {Request: "The clip and the runner", Symptoms: "Symptoms"}

KEYWORD = inspect.Parameter.KEYWORD_ONLY
Command = Callable[..., None]


def takes_fields(command: Command) -> Command:
    """Let a command that is annotated with a dataclass take one option for each of its fields.

    The command is called with the dataclass made from the options. Help and, where it is no Python
    name, the option's name come from the fields' metadata.
    """
    hints = get_type_hints(command, include_extras=True)
    plain: list[inspect.Parameter] = []
    groups: dict[str, type] = {}
    for name, parameter in inspect.signature(command).parameters.items():
        if is_dataclass(hints[name]):
            groups[name] = hints[name]
            plain += _parameters(hints[name])
        else:
            plain.append(parameter.replace(annotation=hints[name], kind=KEYWORD))

    @functools.wraps(command)
    def called(**given: Any) -> None:  # noqa: ANN401
        for name, group in groups.items():
            given[name] = group(**_read(group, given))
        command(**given)

    called.__signature__ = inspect.Signature(plain)  # type: ignore[attr-defined]
    called.__annotations__ = {each.name: each.annotation for each in plain}
    del called.__wrapped__
    return called


def _read(group: type, given: dict[str, Any]) -> dict[str, Any]:
    """Take a dataclass's fields out of what was given, each read as its type wants it."""
    hints = get_type_hints(group)
    own: dict[str, Any] = {}
    for each in fields(group):
        told, kind = given.pop(each.name), _kind(each, hints[each.name])
        if isinstance(told, list):
            told = [from_text(_name(each), kind, word) for word in told] or None
        own[each.name] = from_text(_name(each), kind, told) if isinstance(told, str) else told
    return own


def _parameters(group: type) -> Iterator[inspect.Parameter]:
    """Yield a flag for each field that is true or false, and an option of text for any other."""
    hints = get_type_hints(group)
    for each in fields(group):
        yield inspect.Parameter(
            each.name,
            KEYWORD,
            default=_default(each, hints[each.name]),
            annotation=Annotated[
                _typed(each, hints[each.name]), _option(each, hints[each.name], PANELS[group])
            ],
        )


def _default(each: Field[Any], hint: Any) -> Any:  # noqa: ANN401
    return each.default if hint is bool or each.default is None else f"{each.default}"


def _typed(each: Field[Any], hint: Any) -> Any:  # noqa: ANN401
    """Return what an option of a field takes: nothing, text, or text several times."""
    if hint is bool:
        return bool
    if each.metadata.get("several"):
        return list[str] | None
    return str | None if each.default is None else str


def _name(each: Field[Any]) -> str:
    return (each.metadata.get("name") or each.name).replace("_", "-")


def _option(each: Field[Any], kind: object, panel: str) -> Any:  # noqa: ANN401
    words = "|".join(words_of(_kind(each, kind)))
    return typer.Option(
        f"--{_name(each)}",
        help=each.metadata["help"],
        rich_help_panel=panel,
        metavar=f"[{words}]" if words else None,
    )


def _kind(each: Field[Any], hint: object) -> object:
    """Return what a field is read as: yes and no are words here."""
    return YesNo if each.metadata.get("yes_no") else hint


def said(symptoms: Symptoms) -> Symptoms | None:
    """Return the symptoms, None when nothing was said."""
    return None if symptoms == Symptoms() else symptoms


def default_folder(clip: Path) -> Path:
    """Return where results go when nothing is said: a folder here that is named like the clip.

    A folder with something else in it is passed over for one with a number, so that clips of one
    name, such as ``IMG_1.MOV`` and ``IMG_1.mp4``, never share one.
    """
    name = shortened(clip.stem) or "clip"
    folder, number = Path(name), 1
    while not _is_free(folder, clip):
        number += 1
        folder = Path(f"{name}_{number}")
    return folder


def _is_free(folder: Path, clip: Path) -> bool:
    """Return whether a folder is not there, empty, or holds results of this clip."""
    if not folder.exists():
        return True
    if not folder.is_dir():
        return False
    try:
        earlier = load_report(folder).clip
    except UsageError:
        return not any(folder.iterdir())
    return earlier.name == shown_name(clip) and earlier.sha256 == file_hash(clip)
