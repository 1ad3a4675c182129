"""A sound file with a click on every beat, in bouts, to run to."""

from __future__ import annotations

import math
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from formcheck.errors import UsageError

RATE_HZ: Final = 44_100
CLICK_S: Final = 0.03
CLICK_HZ: Final = 1_500.0
CLICK_DECAY_S: Final = 0.006
CLICK_PEAK: Final = 0.8
BEATS_SPM: Final = (40.0, 300.0)
LONGEST_MIN: Final = 240.0
CHUNK_S: Final = 30
LOOP_S: Final = (5.0, 15.0)

Samples = NDArray[np.int16]


def write_click_track(
    path: Path,
    spm: float,
    bouts: tuple[float, float] | None = (2.0, 1.0),
    minutes: float = 20.0,
    *,
    every_other: bool = False,
    lead_in_minutes: float = 0.0,
) -> None:
    """Write a click track: WAV, 16 bit, mono, 44.1 kHz.

    Every bout starts on a beat; beats lie on the sample nearest to their time, so that nothing
    adds up over the track.

    Parameters
    ----------
    path : Path
        The file to write; its folder must exist.
    spm : float
        Steps per minute.
    bouts : (float, float) or None
        Minutes with clicks and minutes of silence, repeated; None for clicks throughout.
    minutes : float
        Length of the track.
    every_other : bool
        Click on every other step, at half the rate.
    lead_in_minutes : float
        Minutes with clicks before the first bout.

    Raises
    ------
    UsageError
        For impossible numbers, or a file that cannot be written.
    """
    beats = beat_samples(
        spm, bouts, minutes, every_other=every_other, lead_in_minutes=lead_in_minutes
    )
    _write(path, beats, round(minutes * 60.0 * RATE_HZ))


def write_click_loop(
    path: Path,
    spm: float,
    bouts: tuple[float, float] | None = None,
    *,
    every_other: bool = False,
) -> None:
    """Write a short click track that a player repeats without a seam.

    It holds a whole number of beats, or with bouts one bout and the silence after it. Parameters,
    format and errors are those of `write_click_track`.
    """
    _write(path, *loop_samples(spm, bouts, every_other=every_other))


def loop_samples(
    spm: float, bouts: tuple[float, float] | None = None, *, every_other: bool = False
) -> tuple[NDArray[np.int64], int]:
    """Return the sample at which each click of a loop starts, and the loop's length in samples.

    A file has a whole number of samples and a beat does not: of the numbers of beats that last 5 to
    15 seconds the one is taken that comes nearest to whole samples, so that an hour of repeats is
    off by a few milliseconds.

    Raises
    ------
    UsageError
        For impossible numbers.
    """
    if bouts is not None and bouts[1] > 0.0:
        cycle_min = sum(bouts)
        beats = beat_samples(spm, bouts, cycle_min, every_other=every_other)
        return beats, round(60.0 * cycle_min * RATE_HZ)
    _check(spm, bouts, 1.0, 0.0)
    step = (120.0 if every_other else 60.0) / spm * RATE_HZ
    low, high = (seconds * RATE_HZ / step for seconds in LOOP_S)
    counts = np.arange(math.ceil(low), math.floor(high) + 1)
    drift = np.abs(counts * step - np.rint(counts * step)) / counts
    count = int(counts[np.argmin(drift)])
    total = round(count * step)
    return np.rint(np.arange(count) * total / count).astype(np.int64), total


def _write(path: Path, beats: NDArray[np.int64], total: int) -> None:
    try:
        with path.open("wb") as file, wave.open(file, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(RATE_HZ)
            sound.setnframes(total)
            for chunk in _chunks(beats, total):
                sound.writeframes(chunk.astype("<i2").tobytes())
    except OSError as error:
        reason = error.strerror or "the folder does not allow it"
        raise UsageError(f"The click track cannot be written to {path}: {reason}.") from error


def beat_samples(
    spm: float,
    bouts: tuple[float, float] | None = (2.0, 1.0),
    minutes: float = 20.0,
    *,
    every_other: bool = False,
    lead_in_minutes: float = 0.0,
) -> NDArray[np.int64]:
    """Return the sample at which each click starts, in order; parameters as `write_click_track`.

    Raises
    ------
    UsageError
        For impossible numbers.
    """
    _check(spm, bouts, minutes, lead_in_minutes)
    step_s = (120.0 if every_other else 60.0) / spm
    spans = _spans(bouts, 60.0 * minutes, 60.0 * lead_in_minutes)
    return np.concatenate([_beats(start, stop, step_s) for start, stop in spans])


def _beats(start_s: float, stop_s: float, step_s: float) -> NDArray[np.int64]:
    """Return the clicks of one bout, the last one ending before the bout does."""
    count = math.floor((stop_s - start_s - CLICK_S) / step_s) + 1
    times_s = start_s + step_s * np.arange(max(count, 0))
    beats: NDArray[np.int64] = np.rint(times_s * RATE_HZ).astype(np.int64)
    return beats


def _spans(
    bouts: tuple[float, float] | None, total_s: float, lead_in_s: float
) -> Iterator[tuple[float, float]]:
    """Yield start and stop of every stretch with clicks, in seconds."""
    if bouts is None or bouts[1] == 0.0:
        yield 0.0, total_s
        return
    if lead_in_s > 0.0:
        yield 0.0, min(lead_in_s, total_s)
    on_s, off_s = 60.0 * bouts[0], 60.0 * bouts[1]
    start_s = lead_in_s + (off_s if lead_in_s > 0.0 else 0.0)
    number = 0
    while (begin_s := start_s + number * (on_s + off_s)) < total_s:
        yield begin_s, min(begin_s + on_s, total_s)
        number += 1


def _chunks(beats: NDArray[np.int64], total: int) -> Iterator[Samples]:
    """Yield the track piece by piece; a click that crosses a border goes on in the next piece."""
    click = click_samples()
    size = CHUNK_S * RATE_HZ
    for start in range(0, total, size):
        stop = min(start + size, total)
        room = np.zeros(stop - start + 2 * len(click), dtype=np.int16)
        first, last = np.searchsorted(beats, [start - len(click), stop])
        for beat in beats[first:last]:
            at = int(beat) - start + len(click)
            room[at : at + len(click)] = click
        yield room[len(click) : len(click) + stop - start]


def click_samples() -> Samples:
    """Return one click: a short decaying tone that starts and ends at zero."""
    t_s = np.arange(round(CLICK_S * RATE_HZ)) / RATE_HZ
    fade = np.minimum(1.0, (CLICK_S - t_s) / CLICK_DECAY_S)
    tone = np.sin(2.0 * np.pi * CLICK_HZ * t_s) * np.exp(-t_s / CLICK_DECAY_S) * fade
    return np.rint(CLICK_PEAK * 32_767 * tone).astype(np.int16)


def _check(
    spm: float, bouts: tuple[float, float] | None, minutes: float, lead_in_minutes: float
) -> None:
    low, high = BEATS_SPM
    if not low <= spm <= high:
        raise UsageError(f"A beat of {spm:g} a minute is impossible; use {low:g} to {high:g}.")
    if not 0.0 < minutes <= LONGEST_MIN:
        raise UsageError(f"The track must last more than 0 and up to {LONGEST_MIN:g} minutes.")
    if not 0.0 <= lead_in_minutes <= LONGEST_MIN:
        raise UsageError(f"The lead-in must last 0 to {LONGEST_MIN:g} minutes.")
    if bouts is None:
        return
    shortest_s = 120.0 / low
    good = all(math.isfinite(b) and 0.0 <= b <= LONGEST_MIN for b in bouts)
    if not good or 60.0 * bouts[0] < shortest_s:
        raise UsageError("Bouts are minutes on and minutes off, for example 2:1.")
