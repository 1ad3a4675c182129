"""The shape of ``texts.toml`` and ``facts.toml``, and all files of the advice together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import model_validator

from formcheck.cues.regions_model import DrillsFile, RegionsFile
from formcheck.cues.row import Row, Sequence, Words
from formcheck.cues.rules_model import RulesFile


class Text(Row):
    """Something said under given circumstances.

    `former` holds earlier wordings: reports from before remarks carried their ids know them by no
    more than the sentence.
    """

    id: str
    kind: Literal["red_flag", "warning", "note", "retest", "safety", "page"]
    when: Words
    text: str
    source: Words
    unless: Words = ()
    former: Words = ()
    slows: bool = False


class TextsFile(Row):
    """``texts.toml``."""

    text: Annotated[tuple[Text, ...], Sequence]


class Fact(Row):
    """One statement of the guide and where it went."""

    id: str
    line: int
    says: str
    used: Words = ()
    unused: str | None = None

    @model_validator(mode="after")
    def _used_or_not(self) -> Fact:
        if bool(self.used) == bool(self.unused):
            raise ValueError("needs either used or unused, and not both")
        return self


class FactsFile(Row):
    """``facts.toml``."""

    facts: Annotated[tuple[Fact, ...], Sequence]


@dataclass(frozen=True, slots=True)
class Guide:
    """The four files of the advice, read and checked."""

    rules: RulesFile
    drills: DrillsFile
    regions: RegionsFile
    texts: TextsFile
