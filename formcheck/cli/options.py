"""Options that commands share, made from the dataclasses that hold them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import Field, fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from formcheck.cues import REGIONS, Symptoms
from formcheck.cues.symptoms import YesNo
from formcheck.errors import UsageError
from formcheck.report.schema import load_report
from formcheck.request import Request
from formcheck.results import file_hash
from formcheck.text import shortened, shown_name

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

# The same words as a type that may be given several times.
Region = StrEnum("Region", [(word, word) for word in REGIONS])  # type: ignore[misc]

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
            own = {each.name: given.pop(each.name) for each in fields(group)}
            given[name] = group(**own)
        command(**given)

    called.__signature__ = inspect.Signature(plain)  # type: ignore[attr-defined]
    called.__annotations__ = {each.name: each.annotation for each in plain}
    del called.__wrapped__
    return called


def _parameters(group: type) -> Iterator[inspect.Parameter]:
    hints = get_type_hints(group)
    for each in fields(group):
        yield inspect.Parameter(
            each.name,
            KEYWORD,
            default=each.default,
            annotation=Annotated[_typed(each, hints[each.name]), _option(each, PANELS[group])],
        )


def _typed(each: Field[Any], hint: Any) -> Any:  # noqa: ANN401
    """Return what an option of a field takes: a word several times, or yes or no as a word."""
    if each.metadata.get("several"):
        return list[Region] | None
    return YesNo | None if each.metadata.get("yes_no") else hint


def _option(each: Field[Any], panel: str) -> Any:  # noqa: ANN401
    name = "--" + (each.metadata.get("name") or each.name).replace("_", "-")
    return typer.Option(name, help=each.metadata["help"], rich_help_panel=panel)


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
    """Tell whether a folder is not there, empty, or holds results of this clip."""
    if not folder.exists():
        return True
    if not folder.is_dir():
        return False
    try:
        earlier = load_report(folder).clip
    except UsageError:
        return not any(folder.iterdir())
    return earlier.name == shown_name(clip) and earlier.sha256 == file_hash(clip)
