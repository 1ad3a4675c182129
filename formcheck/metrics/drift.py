"""How a number goes through the clip: its last third against its first."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from formcheck.metrics.estimate import mean_error
from formcheck.types import Samples

THIRDS: Final = 3
# Fewer values in a third tell no mean.
FEWEST: Final = 3
# A report shows some thirty numbers, so one in twenty must not be called changed by chance: about
# one in a thousand.
SURE: Final = 3.3


class Drift(NamedTuple):
    """Means of the first and the last third of a clip's single values.

    `least` is the smallest difference that these could have told.
    """

    first: float
    last: float
    least: float

    @property
    def told(self) -> bool:
        """Whether the two differ by more than chance."""
        return abs(self.last - self.first) >= self.least


def drift_of(samples: Samples) -> Drift | None:
    """Compare the last third of a metric's values with the first.

    Returns
    -------
    Drift or None
        None where a third holds fewer than three values.
    """
    order = np.argsort(samples.t_s, kind="stable")
    value = samples.value[order]
    value = value[np.isfinite(value)]
    count = value.size // THIRDS
    if count < FEWEST:
        return None
    first, last = value[:count], value[-count:]
    least = SURE * float(np.hypot(mean_error(first), mean_error(last)))
    return Drift(float(first.mean()), float(last.mean()), least)
