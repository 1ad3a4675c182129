"""formcheck metronome."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from formcheck.cli.terminal import echo
from formcheck.cues import write_click_track
from formcheck.errors import UsageError
from formcheck.values import parse_bouts


def metronome(
    spm: Annotated[float, typer.Option(help="Steps per minute.")],
    out: Annotated[Path, typer.Option(help="The WAV file to write.")],
    bouts: Annotated[str | None, typer.Option(help="Minutes on and off, e.g. 2:1.")] = None,
    minutes: Annotated[float, typer.Option(help="Length of the track.")] = 20.0,
    every_other: Annotated[
        bool, typer.Option("--every-other", help="Click on every other step.")
    ] = False,
    lead_in: Annotated[float, typer.Option(help="Minutes of clicks before the first bout.")] = 0.0,
) -> None:
    """Write a click track to run to."""
    if out.is_file() and not _is_sound(out):
        raise UsageError(f"{out} is there and is no WAV file: give another file for the track.")
    write_click_track(
        out, spm, parse_bouts(bouts), minutes, every_other=every_other, lead_in_minutes=lead_in
    )
    echo(f"Wrote {out}.")


def _is_sound(path: Path) -> bool:
    """Return whether a file begins as WAV does, as a track does that may be written anew."""
    with path.open("rb") as file:
        head = file.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"WAVE"
