"""formcheck metronome."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from formcheck.cli.terminal import echo
from formcheck.cues import write_click_loop, write_click_track
from formcheck.errors import UsageError
from formcheck.values import parse_bouts

MINUTES = 20.0


def metronome(
    spm: Annotated[float, typer.Option(help="Steps per minute.")],
    out: Annotated[Path, typer.Option(help="The WAV file to write.")],
    bouts: Annotated[str | None, typer.Option(help="Minutes on and off, e.g. 2:1.")] = None,
    minutes: Annotated[
        float | None, typer.Option(help=f"Length of the track; default: {MINUTES:g}.")
    ] = None,
    every_other: Annotated[
        bool, typer.Option("--every-other", help="Click on every other step.")
    ] = False,
    lead_in: Annotated[
        float | None, typer.Option(help="Minutes of clicks before the first bout.")
    ] = None,
    loop: Annotated[
        bool,
        typer.Option("--loop", help="Write a short piece that a player can repeat without a seam."),
    ] = False,
) -> None:
    """Write a click track to run to."""
    if out.is_file() and not _is_sound(out):
        raise UsageError(f"{out} is there and is no WAV file: give another file for the track.")
    if loop:
        if minutes is not None or lead_in is not None:
            raise UsageError(
                "A loop has neither length nor lead-in: leave out --minutes, --lead-in."
            )
        write_click_loop(out, spm, parse_bouts(bouts), every_other=every_other)
    else:
        write_click_track(
            out,
            spm,
            parse_bouts(bouts),
            MINUTES if minutes is None else minutes,
            every_other=every_other,
            lead_in_minutes=lead_in or 0.0,
        )
    echo(f"Wrote {out}{', to be played over and over' if loop else ''}.")


def _is_sound(path: Path) -> bool:
    """Return whether a file begins as WAV does, as a track does that may be written anew."""
    with path.open("rb") as file:
        head = file.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"WAVE"
