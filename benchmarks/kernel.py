"""Cost of the kernel per frame and its ratio to the slow twin, both timed in this run.

Usage: ``python -m benchmarks.kernel``
"""

from __future__ import annotations

import timeit
from collections.abc import Callable
from functools import partial

import numpy as np

from formcheck.kernel import MEASURES, measure
from formcheck.landmarks import N_LANDMARKS
from tests import naive

FRAMES = (1, 600, 7200)
REPEATS = 5
MIN_CALL_S = 0.2


def best_us(call: Callable[[], object], frames: int) -> float:
    """Return the best time per frame in microseconds over `REPEATS` rounds."""
    timer = timeit.Timer(call)
    once = max(timer.timeit(1), 1e-6)
    number = max(1, int(MIN_CALL_S / once))
    return min(timer.repeat(REPEATS, number)) / number / frames * 1e6


def main() -> None:
    """Print one line per track length."""
    print(f"{len(MEASURES)} measures of {N_LANDMARKS} landmarks; best of {REPEATS} rounds")
    print(f"{'frames':>8} {'kernel us/frame':>16} {'twin us/frame':>14} {'ratio':>8}")
    for frames in FRAMES:
        body = np.random.default_rng(0).normal(size=(frames, N_LANDMARKS, 2))
        out = np.empty((len(MEASURES), frames))
        fast = best_us(partial(measure, body, out), frames)
        slow = best_us(partial(naive.measure, body), frames)
        print(f"{frames:>8} {fast:>16.3f} {slow:>14.1f} {slow / fast:>8.1f}")


if __name__ == "__main__":
    main()
