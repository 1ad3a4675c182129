"""What every table of the advice data shares: unknown words and wrong types are errors.

The files are meant to be edited by people who do not program, so every row forbids unknown words
and wrong types; `formcheck.cues.loader` turns what is found into a sentence with file and line.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Sequence = Field(strict=False)
Words = Annotated[tuple[str, ...], Sequence]
Range = Annotated[tuple[float, float], Sequence]
Gate = Literal["favour", "caution", "block"]
Level = Literal["low", "moderate", "high"]


class Row(BaseModel):
    """Base of every table: unknown words, wrong types and later changes are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
