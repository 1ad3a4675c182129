"""Which cores a worker may use."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def core_shares(cores: Sequence[int], workers: int) -> list[tuple[int, ...]]:
    """Divide cores among workers as evenly as possible, no core twice while there are enough.

    A network call uses one core and a clip's frames are spread over all that its process may use,
    so workers that share cores would only fight over them.
    """
    if workers >= len(cores):
        return [(cores[i % len(cores)],) for i in range(workers)]
    edges = [round(i * len(cores) / workers) for i in range(workers + 1)]
    return [tuple(cores[a:b]) for a, b in pairwise(edges)]
