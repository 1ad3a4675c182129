"""What each stage of an analysis costs: time on the clock, processor time, decoding, memory."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import Final

from formcheck.pipeline import OnStage, Stage, silent
from formcheck.video.decoding import tally

if sys.platform != "win32":
    import resource

_KIB_MIB: Final = 1024
_HEADINGS: Final = ("stage", "wall s", "processor s", "frames decoded", "MiB decoded", "peak MiB")


@dataclass(slots=True)
class StageCost:
    """What one stage cost.

    Attributes
    ----------
    wall_s, processor_s : float
        Time on the clock, and of all threads of this process together.
    frames, decoded_bytes : int
        Pictures that were decoded, and what they took in memory one after the other.
    """

    wall_s: float = 0.0
    processor_s: float = 0.0
    frames: int = 0
    decoded_bytes: int = 0

    def __add__(self, other: StageCost) -> StageCost:
        return StageCost(
            self.wall_s + other.wall_s,
            self.processor_s + other.processor_s,
            self.frames + other.frames,
            self.decoded_bytes + other.decoded_bytes,
        )


class StageClock:
    """A progress callback that passes everything on and adds up what the stages cost.

    Parameters
    ----------
    progress : callable
        Who is told of the progress.

    Attributes
    ----------
    costs : dict of str to StageCost
        By stage, in the order they began. What comes before the first, loading the program, is
        ``start``: its processor time alone.
    """

    def __init__(self, progress: OnStage = silent) -> None:
        self._progress = progress
        self._stage: Stage = "open"
        self.costs: dict[str, StageCost] = {"start": StageCost(processor_s=time.process_time())}
        self.peaks_mib: dict[str, float] = {"start": peak_mib()}
        self._since = _now()

    def __call__(self, stage: Stage, fraction: float) -> None:
        """Take note of the stage and pass its finished share on."""
        self._close()
        self._stage = stage
        self._progress(stage, fraction)

    def _close(self) -> None:
        now, since = _now(), self._since
        spent = StageCost(
            now.wall_s - since.wall_s,
            now.processor_s - since.processor_s,
            now.frames - since.frames,
            now.decoded_bytes - since.decoded_bytes,
        )
        self.costs[self._stage] = self.costs.get(self._stage, StageCost()) + spent
        self.peaks_mib[self._stage] = peak_mib()
        self._since = now

    @property
    def whole(self) -> StageCost:
        """The sum of all stages."""
        return sum(self.costs.values(), StageCost())

    def table(self) -> str:
        """Return the costs as lines of text, a line a stage and one for all."""
        self._close()
        lines = [_line(_HEADINGS)]
        for name, cost in {**self.costs, "whole": self.whole}.items():
            peak = self.peaks_mib.get(name, max(self.peaks_mib.values()))
            numbers = (
                f"{cost.wall_s:.2f}",
                f"{cost.processor_s:.2f}",
                str(cost.frames),
                f"{cost.decoded_bytes / 2**20:.0f}",
                f"{peak:.0f}",
            )
            lines.append(_line((name, *numbers)))
        return "\n".join(lines)


def _line(cells: tuple[str, ...]) -> str:
    return "".join(f"{one:<10}" if i == 0 else f"{one:>16}" for i, one in enumerate(cells))


def _now() -> StageCost:
    return StageCost(time.perf_counter(), time.process_time(), tally.pictures, tally.picture_bytes)


def peak_mib() -> float:
    """Return the most memory this process ever held, in MiB; NaN where the system does not tell."""
    if sys.platform == "win32":
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / _KIB_MIB**2 if sys.platform == "darwin" else peak / _KIB_MIB
